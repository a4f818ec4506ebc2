/** The forms for a new title, for a merge, and for the end of a merge. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { type FormValues, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { readIncidentNumber, TITLE_CHARS } from '#model/incident/incident.ts';
import type { ChangeWorkflows } from '#workflows/incidents/change-incident.ts';
import type { MergeWorkflows } from '#workflows/incidents/merge-incidents.ts';
import type { AskedBy, Told } from '#workflows/incidents/on-incident.ts';

export const RENAME_FORM = 'incident_rename_form';
export const MERGE_FORM = 'incident_merge_form';
export const SPLIT_FORM = 'incident_split_form';

/** `channelId`: the channel where the form was opened. */
type Opened = Readonly<{ incidentId: string; channelId: string }>;

export function renameForm(opened: Opened): ModalView {
  return {
    type: 'modal',
    callback_id: RENAME_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('New title'),
    submit: label('Rename'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'title',
        title: 'What is wrong',
        hint: 'The timeline keeps the old title.',
        maxLength: TITLE_CHARS,
      }),
    ],
  };
}

export function renameSubmitted({
  rename,
}: Pick<ChangeWorkflows, 'rename'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '' } = metadataIn(view.private_metadata);
    const title = textIn(view.state.values, 'title');
    const result =
      title === ''
        ? { kind: 'refused', text: 'Say what is wrong.' }
        : await rename({ asked: whoSubmitted(body, context), meant: { incidentId }, title });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { title: result.text } });
  };
}

export function mergeForm(opened: Opened): ModalView {
  return {
    type: 'modal',
    callback_id: MERGE_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Merge an incident'),
    submit: label('Merge'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'other',
        title: 'The incident that ends',
        hint: 'Its name: INC-7. This incident shows its entries, and its reminders stop. “split INC-7” undoes it.',
        maxLength: 20,
      }),
    ],
  };
}

export function splitForm(opened: Opened): ModalView {
  return {
    type: 'modal',
    callback_id: SPLIT_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Split an incident off'),
    submit: label('Split off'),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'other',
        title: 'The merged incident',
        hint: 'Its name: INC-7. It is an incident of its own again, with all that belongs to it.',
        maxLength: 20,
      }),
      textField({ id: 'text', title: 'Why', optional: true, maxLength: REASON_CHARS }),
    ],
  };
}

const REASON_CHARS = 500;

export function splitSubmitted({
  split,
}: Pick<ChangeWorkflows, 'split'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return otherSubmitted(({ asked, other, values }) =>
    split({ asked, meant: { channelId: '', number: other }, text: textIn(values, 'text') }),
  );
}

export function mergeSubmitted({
  mergeNumbered,
}: Pick<MergeWorkflows, 'mergeNumbered'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return otherSubmitted(({ asked, incidentId, other }) => mergeNumbered({ asked, incidentId, other }));
}

type OtherNamed = Readonly<{ asked: AskedBy; incidentId: string; other: number; values: FormValues }>;

function otherSubmitted(
  change: (named: OtherNamed) => Promise<Told>,
): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '' } = metadataIn(view.private_metadata);
    const { values } = view.state;
    const other = readIncidentNumber(textIn(values, 'other'));
    const result =
      other === undefined
        ? { kind: 'refused', text: 'Write the name of one incident: INC-7.' }
        : await change({ asked: whoSubmitted(body, context), incidentId, other, values });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { other: result.text } });
  };
}
