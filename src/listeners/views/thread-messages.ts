/** The form for "Add messages": the newest messages of a thread, to choose several at once for the timeline. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { type FormValues, label, metadataIn } from '#listeners/views/form.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { zonedSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import type { Conversation, MessageWorkflows, OfferedMessages } from '#workflows/messages/add-messages.ts';

export const THREAD_FORM = 'incident_thread_form';

/** Slack takes ten checkboxes in a field, and 75 characters for each. */
const IN_FIELD = 10;
const OPTION_CHARS = 75;

/** The second: where the form was opened. */
export function threadForm(
  { incidentId, name, messages, zone }: OfferedMessages,
  { channelId, threadTs = '' }: Conversation,
): ModalView {
  const options = messages.map(({ key, atUs, text, author }) => ({
    value: key,
    text: label(cutLine(shown(text), OPTION_CHARS)),
    description: label(cutLine(`${zonedSecond(atUs, zone)} · ${shown(author)}`, OPTION_CHARS)),
  }));
  const fields: InputBlock[] = [];
  for (let at = 0; at < options.length; at += IN_FIELD) {
    const id = `messages_${at / IN_FIELD + 1}`;
    const element = { type: 'checkboxes', action_id: id, options: options.slice(at, at + IN_FIELD) } as const;
    const title = at === 0 ? `The newest ${messages.length} that ${name} does not have, oldest first` : 'Later ones';
    fields.push({ type: 'input', block_id: id, optional: true, label: label(title), element });
  }
  return {
    type: 'modal',
    callback_id: THREAD_FORM,
    private_metadata: JSON.stringify({ incidentId, channelId, threadTs }),
    title: label('Add messages'),
    submit: label('Add'),
    close: label('Cancel'),
    blocks: fields,
  };
}

export function threadSubmitted({
  addOffered,
}: Pick<MessageWorkflows, 'addOffered'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', channelId = '', threadTs = '' } = metadataIn(view.private_metadata);
    const thread = threadTs === '' ? undefined : { channelId, threadTs };
    const chosen = chosenIn(values);
    const [field = 'messages_1'] = Object.keys(values);
    const result =
      chosen.size === 0
        ? { kind: 'refused', text: 'Choose at least one message.' }
        : await addOffered({ asked: whoSubmitted(body, context), incidentId, thread, chosen });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [field]: result.text } });
  };
}

/** The ids of the chosen messages. */
function chosenIn(values: FormValues): ReadonlySet<string> {
  const fields = Object.entries(values).map(([id, field]) => field[id]?.selected_options ?? []);
  return new Set(fields.flat().map(({ value }) => value));
}
