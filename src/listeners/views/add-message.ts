/** The form for "Add to an incident": which of the open incidents gets the message, or a new one, and what the message says. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { messageIn, messageMetadata } from '#listeners/views/carried-message.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import {
  choiceField,
  choiceIn,
  type FormValues,
  label,
  metadataIn,
  peopleIn,
  readersField,
} from '#listeners/views/form.ts';
import { DETECTED, IMPACT_START, type Incident, incidentName } from '#model/incident/incident.ts';
import { titleOfHeadline } from '#model/incident/proposed-title.ts';
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { plainFromMrkdwn } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { ProposeIncident } from '#workflows/incidents/propose-incident.ts';
import type { MessageWorkflows } from '#workflows/messages/add-messages.ts';
import { MESSAGE_SAYS, type MessageSays, type SayByMessage } from '#workflows/messages/message-as.ts';
import type { ChosenMessage } from '#workflows/timeline/follow-message.ts';

export const MESSAGE_FORM = 'incident_message_form';

const NEW = 'new';
/** Slack takes 75 characters for an option. */
const OPTION_CHARS = 75;

const TEXTS: Readonly<Record<MessageSays, string>> = {
  tried: 'somebody tried it, without effect',
  helped: 'somebody tried it, and it helped',
  hypothesis: 'a possible cause: it goes onto the board of hypotheses',
  [IMPACT_START]: 'the impact began then',
  [DETECTED]: 'the incident was detected then',
  investigating: 'the status became investigating then',
  identified: 'the status became identified then',
  mitigated: 'the status became mitigated then',
  fixed: 'the status became fixed then',
  resolved: 'the status became resolved then',
};

const EVIDENCE = 'evidence';

/** `meant`: the id of the incident that is chosen already. */
export function messageForm(
  message: ChosenMessage,
  { open, meant }: Readonly<{ open: readonly Incident[]; meant: string | undefined }>,
): ModalView {
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
        ...(meant !== undefined && { initial: meant }),
        choices: [
          ...open.map((incident) => ({ value: incident.id, text: optionOf(incident) })),
          { value: NEW, text: 'A new incident: declare it from this message' },
        ],
      }),
      choiceField({
        id: 'says',
        title: 'What it is',
        hint: 'It happened when the message was written.',
        initial: EVIDENCE,
        choices: [
          { value: EVIDENCE, text: 'a note in the timeline, with its author and a link' },
          ...MESSAGE_SAYS.map((value) => ({ value, text: TEXTS[value] })),
        ],
      }),
      readersField(
        'For a note. If you choose somebody, only they, its author, you and the commander read the words and the files.',
      ),
    ],
  };
}

function optionOf(incident: Incident): string {
  return cutLine(`${incidentName(incident)} ${incident.severity} ${shown(incident.title)}`, OPTION_CHARS);
}

export type MessageFormWorkflows = Pick<MessageWorkflows, 'addMessages'> &
  Readonly<{ proposeIncident: ProposeIncident; sayByMessage: SayByMessage }>;

const ALL_READ = 'Everybody reads that. Leave this empty, or add the message as a note.';
const DECLARE_FIRST = 'Declare the incident from another message or by command, then add this one.';

export function messageSubmitted({
  addMessages,
  proposeIncident,
  sayByMessage,
}: MessageFormWorkflows): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const message = messageIn(metadataIn(view.private_metadata));
    const asked = whoSubmitted(body, context);
    const chosen = chosenIn(view.state.values);
    if (message === undefined) return await ack();
    if ('errors' in chosen) return await ack({ response_action: 'errors', errors: chosen.errors });
    const { incidentId, says, readers } = chosen;
    if (incidentId === NEW) {
      const form = await declareFrom(proposeIncident, asked, message);
      return await ack({ response_action: 'update', view: sealed(form, SENT_BACK) });
    }
    const result =
      says === undefined
        ? await addMessages({ asked, incidentId, messages: [message], readers })
        : await sayByMessage({ asked, incidentId, message, says });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [fieldOf(chosen)]: result.text } });
  };
}

/** `readers`: undefined for everybody. `says`: undefined for a note. */
type Chosen = Readonly<{ incidentId: string; says: MessageSays | undefined; readers: readonly string[] | undefined }>;

function chosenIn(values: FormValues): Chosen | Readonly<{ errors: Record<string, string> }> {
  const incidentId = values.incident?.incident?.selected_option?.value ?? '';
  const says = choiceIn(values, 'says', MESSAGE_SAYS);
  const people = peopleIn(values, 'readers');
  if (people.length === 0) return { incidentId, says, readers: undefined };
  if (says !== undefined) return { errors: { readers: ALL_READ } };
  if (incidentId === NEW) return { errors: { readers: DECLARE_FIRST } };
  return { incidentId, says, readers: people };
}

function fieldOf({ says, readers }: Chosen): string {
  if (readers !== undefined) return 'readers';
  return says === undefined ? 'incident' : 'says';
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
