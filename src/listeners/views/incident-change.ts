/** The forms for a new title, and for a merge. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { readIncidentNumber, TITLE_CHARS } from '#model/incident/incident.ts';
import type { ChangeWorkflows } from '#workflows/change-incident.ts';
import type { MergeWorkflows } from '#workflows/merge-incidents.ts';

export const RENAME_FORM = 'incident_rename_form';
export const MERGE_FORM = 'incident_merge_form';

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

export function mergeSubmitted({
  mergeNumbered,
}: Pick<MergeWorkflows, 'mergeNumbered'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '' } = metadataIn(view.private_metadata);
    const other = readIncidentNumber(textIn(view.state.values, 'other'));
    const result =
      other === undefined
        ? { kind: 'refused', text: 'Write the name of one incident: INC-7.' }
        : await mergeNumbered({ asked: whoSubmitted(body, context), incidentId, other });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { other: result.text } });
  };
}
