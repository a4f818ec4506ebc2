/** "Diagnose this trace": for alerts and pasted log lines, and for threads, where Slack has no commands. */
import type { MessageShortcut, Middleware, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { inboxIdOf, workspaceOf } from '#listeners/delivery.ts';
import { readTraceId, sameTraceId, type TraceReference } from '#model/trace/trace-id.ts';
import type { Investigate } from '#workflows/investigate.ts';

/** A message with more ids is a list of examples, and the first few are enough. */
const MOST_TRACES = 3;

/** Digits of an id without a name before it: 64 and 128 bits. */
const ID_LENGTHS = new Set([16, 32]);

/** Fields with people's text. All other fields (block ids, client_msg_id, image addresses) have ids that are not traces. */
const SPOKEN = new Set(
  'text fallback pretext title title_link footer author_name value url from_url original_url'.split(' '),
);

const nothingFound = (linkedSystems: string) =>
  [
    'I found no trace id in this message. I look in its text, its blocks and its attachments for',
    '• 16 or 32 hex digits after a word like `trace_id` or `traceId`, or on their own',
    `• a link to a trace in ${linkedSystems}`,
    '• a `traceparent`',
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

export function tracesIn(message: unknown): readonly TraceReference[] {
  const found: TraceReference[] = [];
  for (const line of spokenLines(message)) {
    const whole = readIn(line);
    // A line with several traces is read word by word.
    const references = whole === undefined ? line.split(/\s+/).map(readIn) : [whole];
    for (const reference of references) {
      if (reference === undefined) continue;
      if (!found.some((known) => known.kind === 'trace' && sameTraceId(known.id, reference.id))) found.push(reference);
      if (found.length === MOST_TRACES) return found;
    }
  }
  return found;
}

/**
 * Stricter than `/trace`, where a person says that the text is an id. Here, `facade` or a count of 500000 is not a trace,
 * although its characters are hex digits.
 */
function readIn(text: string): (TraceReference & { kind: 'trace' }) | undefined {
  const reference = readTraceId(text);
  if (reference?.kind !== 'trace') return undefined;
  const alone = text.trim().replace(/[^0-9a-z]/gi, '').length === reference.id.length;
  return alone && !ID_LENGTHS.has(reference.id.length) ? undefined : reference;
}

/** Uses a list instead of recursion, because a message may be nested too deeply. */
function spokenLines(message: unknown): readonly string[] {
  const lines: string[] = [];
  const open: unknown[] = [message];
  while (open.length > 0) {
    const node = open.shift();
    if (Array.isArray(node)) {
      open.unshift(...node);
      continue;
    }
    if (typeof node !== 'object' || node === null) continue;
    const inside: unknown[] = [];
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'object') inside.push(value);
      else if (typeof value === 'string' && SPOKEN.has(key)) lines.push(...value.split('\n'));
    }
    open.unshift(...inside);
  }
  return lines;
}
