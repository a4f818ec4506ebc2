/** The form for "Add to an incident": which of the open incidents gets the message, or a new one. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { messageIn, messageMetadata } from '#listeners/views/carried-message.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { choiceField, label, metadataIn } from '#listeners/views/form.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { titleOfHeadline } from '#model/incident/proposed-title.ts';
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { plainFromMrkdwn } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';
import type { ChosenMessage } from '#workflows/follow-message.ts';
import type { MessageWorkflows } from '#workflows/messages/add-messages.ts';
import type { AskedBy } from '#workflows/on-incident.ts';
import type { ProposeIncident } from '#workflows/propose-incident.ts';

export const MESSAGE_FORM = 'incident_message_form';

const NEW = 'new';
/** Slack takes 75 characters for an option. */
const OPTION_CHARS = 75;

export function messageForm(message: ChosenMessage, open: readonly Incident[]): ModalView {
  return {
    type: 'modal',
    callback_id: MESSAGE_FORM,
    private_metadata: JSON.stringify({ channelId: message.channelId, ...messageMetadata(message) }),
    title: label('Add to an incident'),
    submit: label('Add'),
    close: label('Cancel'),
    blocks: [
      choiceField({
        id: 'incident',
        title: 'Incident',
        hint: 'The message goes into its timeline, with its time and its author.',
        choices: [
          ...open.map((incident) => ({ value: incident.id, text: optionOf(incident) })),
          { value: NEW, text: 'A new incident: declare it from this message' },
        ],
      }),
    ],
  };
}

function optionOf(incident: Incident): string {
  return cutLine(`${incidentName(incident)} ${incident.severity} ${shown(incident.title)}`, OPTION_CHARS);
}

export type MessageFormWorkflows = Pick<MessageWorkflows, 'addMessages'> &
  Readonly<{ proposeIncident: ProposeIncident }>;

export function messageSubmitted({
  addMessages,
  proposeIncident,
}: MessageFormWorkflows): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const message = messageIn(metadataIn(view.private_metadata));
    const incidentId = view.state.values.incident?.incident?.selected_option?.value ?? '';
    const asked = whoSubmitted(body, context);
    if (message === undefined) return await ack();
    if (incidentId === NEW) {
      const form = await declareFrom(proposeIncident, asked, message);
      return await ack({ response_action: 'update', view: sealed(form, SENT_BACK) });
    }
    const result = await addMessages({ asked, incidentId, messages: [message] });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { incident: result.text } });
  };
}

/** The form that declares an incident from a message: the title is its first line. */
export async function declareFrom(
  propose: ProposeIncident,
  asked: AskedBy,
  message: ChosenMessage,
): Promise<ModalView> {
  const { channelId, ts, threadTs = ts } = message;
  const origin = { channelId, threadTs };
  const proposal = await propose({ asked, origin });
  const [first = ''] = plainFromMrkdwn(message.text).trim().split('\n', 1);
  const title = proposal.title || titleOfHeadline(first);
  return declareForm(origin, { ...proposal, title }, messageMetadata(message));
}
