/** The form after "No" under a diagnosis: what it was instead. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { CAUSE_FIELDS } from '#model/finding/cause-fields.ts';
import type { RecordFeedback } from '#workflows/traces/record-feedback.ts';

export const SAID_CAUSE_FORM = 'said_cause_form';

const TEXT_CHARS = 300;
const SERVICE_CHARS = 100;

/** `channelId`: the channel where the form was opened. */
export function saidCauseForm(opened: Readonly<{ investigationId: string; channelId: string }>): ModalView {
  return {
    type: 'modal',
    callback_id: SAID_CAUSE_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('What was it?'),
    submit: label('Save'),
    close: label('I do not know'),
    blocks: [
      textField({
        id: 'text',
        title: 'What it was',
        hint: 'Your No is noted already. Similar incidents and the postmortem will say what people said.',
        maxLength: TEXT_CHARS,
      }),
      textField({ id: 'service', title: 'In which service', optional: true, maxLength: SERVICE_CHARS }),
      choiceField({
        id: 'field',
        title: 'What kind',
        optional: true,
        choices: CAUSE_FIELDS.map((field) => ({ value: field, text: field })),
      }),
    ],
  };
}

export function saidCauseSubmitted(
  recordFeedback: RecordFeedback,
): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const text = oneLine(textIn(values, 'text'));
    if (text === '') return await ack({ response_action: 'errors', errors: { text: 'Say what it was.' } });
    const { investigationId = '' } = metadataIn(view.private_metadata);
    const { inboxId, workspaceId, userId, responseUrl } = whoSubmitted(body, context);
    const said = { text, service: oneLine(textIn(values, 'service')), field: choiceIn(values, 'field', CAUSE_FIELDS) };
    await recordFeedback({ inboxId, workspaceId, investigationId, userId, responseUrl, right: false, said });
    await ack();
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
