/** "Diagnose this trace": for alerts and pasted log lines, and for threads, where Slack has no commands. */
import type { MessageShortcut, Middleware, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { inboxIdOf, workspaceOf } from '#listeners/delivery.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import type { Investigate } from '#workflows/traces/investigate.ts';

const nothingFound = (linkedSystems: string) =>
  [
    'I found no trace id in this message. I look in its text, its blocks and its attachments for',
    '• 16 or 32 hex digits after a word like `trace_id` or `traceId`, or on their own',
    `• a link to a trace in ${linkedSystems}`,
    '• a `traceparent`',
    '• the id of a request after a word like `request_id` or `X-Request-ID`',
    '',
    'If you have the id, `/trace <id>` works in every channel that I am in.',
  ].join('\n');

/** `linkedSystems`: the systems whose links name a trace. */
export function diagnoseMessage(
  investigate: Investigate,
  linkedSystems: string,
): Middleware<SlackShortcutMiddlewareArgs<MessageShortcut>> {
  return async ({ ack, shortcut, context, respond }) => {
    const references = tracesIn(shortcut.message);
    if (references.length === 0) {
      await ack();
      await respond({ response_type: 'ephemeral', text: nothingFound(linkedSystems) });
      return;
    }
    await investigate({
      inboxId: inboxIdOf(context),
      workspaceId: workspaceOf(shortcut),
      channelId: shortcut.channel.id,
      threadTs: threadOf(shortcut),
      askedBy: shortcut.user.id,
      responseUrl: shortcut.response_url,
      references: references.map((reference) => ({ ...reference, around: 'message' })),
    });
    await ack();
  };
}

/** A message inside a thread is answered in that thread: Slack has no threads in threads. */
function threadOf({ message, message_ts }: MessageShortcut): string {
  return typeof message.thread_ts === 'string' ? message.thread_ts : message_ts;
}
