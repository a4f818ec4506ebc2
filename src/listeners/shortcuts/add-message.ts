/** "Add to an incident" in the menu of a message: a form asks for the incident, and what the message says about it. */
import type { MessageShortcut, Middleware, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { whoChose } from '#listeners/delivery.ts';
import { declareFrom, messageForm } from '#listeners/views/add-message.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { saidFiles } from '#model/incident/entry-file.ts';
import type { ProposeIncident } from '#workflows/incidents/propose-incident.ts';
import type { MessageWorkflows } from '#workflows/messages/add-messages.ts';
import type { ChosenMessage } from '#workflows/timeline/follow-message.ts';

export type AddMessageWorkflows = Pick<MessageWorkflows, 'incidentsForMessage'> &
  Readonly<{ proposeIncident: ProposeIncident }>;

export function addMessage(workflows: AddMessageWorkflows): Middleware<SlackShortcutMiddlewareArgs<MessageShortcut>> {
  return async ({ ack, shortcut, context, client }) => {
    const asked = whoChose(shortcut, context);
    const message = chosenIn(shortcut);
    const found = await workflows.incidentsForMessage({ asked, message });
    const form =
      found.open.length === 0
        ? await declareFrom(workflows.proposeIncident, asked, message)
        : messageForm(message, found);
    await openModal({ ack, client, body: shortcut }, form);
  };
}

/** What is not text or a file stays in Slack. */
function chosenIn({ channel, message, message_ts: ts }: MessageShortcut): ChosenMessage {
  const { text, user, thread_ts, files } = message as Readonly<Record<string, unknown>>;
  return {
    channelId: channel.id,
    ts,
    ...(typeof thread_ts === 'string' ? { threadTs: thread_ts } : {}),
    text: textOf(text),
    files: saidFiles(files),
    userId: textOf(user),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
