/**
 * Messages that alerting apps post into channels: new ones, edits and replies in threads. The app's own posts have a
 * `bot_id` without a subtype, those of incoming webhooks the subtype `bot_message` and no user.
 */
import { z } from 'zod';
import { type Said, saidIn } from '#adapters/message-text.ts';
import type { Alert, AlertMessage, AlertNote, ReadAlert } from '#model/incident/alert.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

export const Posted = z.object({
  ts: z.string().regex(/^\d+\.\d+$/),
  thread_ts: z.string().nullish(),
  subtype: z.string().nullish(),
  bot_id: z.string().nullish(),
  app_id: z.string().nullish(),
  bot_profile: z.object({ app_id: z.string().nullish(), name: z.string().nullish() }).nullish(),
  username: z.string().nullish(),
  text: z.string().nullish(),
  blocks: z.array(z.unknown()).nullish(),
  attachments: z.array(z.unknown()).nullish(),
  files: z.array(z.unknown()).nullish(),
  edited: z.object({ ts: z.string().nullish() }).nullish(),
});
export type Posted = z.output<typeof Posted>;

const NewMessage = Posted.extend({ type: z.literal('message'), channel: z.string().min(1) });

const ChangedMessage = z.object({
  type: z.literal('message'),
  subtype: z.literal('message_changed'),
  channel: z.string().min(1),
  ts: z.string().nullish(),
  message: Posted,
});

export type PostedEvent = Readonly<{
  channelId: string;
  message: Posted;
  /** When the message was edited; undefined for a new one. */
  editedTs: string | undefined;
}>;

/** The message that the event reports, not the event's own: an edit has another `ts`. */
export function postedIn(event: unknown): PostedEvent | undefined {
  const changed = ChangedMessage.safeParse(event);
  if (changed.success) {
    const { channel: channelId, message, ts } = changed.data;
    return { channelId, message: withoutShared(message), editedTs: message.edited?.ts ?? ts ?? message.ts };
  }
  const posted = NewMessage.safeParse(event);
  if (!posted.success) return undefined;
  return { channelId: posted.data.channel, message: withoutShared(posted.data), editedTs: undefined };
}

/** A copy of another message, which Slack attaches to the message that shares or links it. */
const Shared = z.union([
  z.looseObject({ is_share: z.literal(true) }),
  z.looseObject({ is_msg_unfurl: z.literal(true) }),
]);

/** What somebody shares was said before, and elsewhere: it is no new alert. */
function withoutShared(message: Posted): Posted {
  if (!message.attachments) return message;
  return { ...message, attachments: message.attachments.filter((one) => !Shared.safeParse(one).success) };
}

/** What an app posts. `thread_broadcast` is a reply that its author also sent to the channel: Slack sends it once. */
const OWN_POST: ReadonlySet<string> = new Set(['', 'thread_broadcast']);

/** Every other subtype is about the channel or a person's message. */
export function isByApp({ bot_id, subtype }: Posted): boolean {
  return subtype === 'bot_message' || (Boolean(bot_id) && OWN_POST.has(subtype ?? ''));
}

/** A root may name itself as its thread. */
export function isReply({ ts, thread_ts }: Posted): boolean {
  return Boolean(thread_ts) && thread_ts !== ts;
}

/** A reply that its author also sent to the channel. */
export function isSentToChannel(message: Posted): boolean {
  return isReply(message) && message.subtype === 'thread_broadcast';
}

/** The name under which the app posts; empty where it has none. */
export function appName({ bot_profile, username }: Posted): string {
  return (username || bot_profile?.name || '').trim();
}

/** Slack's message ids are timestamps; as a number they would lose digits. */
export function microseconds(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The text of all parts of a message; its fallback only where there is nothing else. */
export function shownIn(said: Said): string {
  return said.lines.map(({ text }) => text).join('\n') || said.fallback;
}

/** Longer replies stand in the thread. */
const NOTE_CHARS = 1_000;

/** What the app says in the thread of its alert: somebody acknowledged it, took it over, wrote a note. */
export function replyNote(source: string, { channelId, message, editedTs }: PostedEvent): AlertMessage | undefined {
  const text = shownIn(saidIn(message)).slice(0, NOTE_CHARS).trim();
  if (editedTs !== undefined || text === '') return undefined;
  const { ts, thread_ts } = message;
  const note: AlertNote = {
    id: `${channelId}/${ts}`,
    source,
    key: '',
    text,
    by: '',
    atUs: microseconds(ts),
    url: '',
  };
  return { channelId, ts, edited: false, note, threadTs: thread_ts ?? ts };
}

/** What a vendor reads in a message; times and the trace id are the same for all. */
export type PostedAlert = Pick<Alert, 'key' | 'title' | 'state' | 'service' | 'severity' | 'url' | 'labels'> &
  Partial<Pick<Alert, 'atUs' | 'links' | 'reminder'>>;

/** A message of the vendor that is known to be no alert: why. */
export type NoAlert = Readonly<{ noAlert: string }>;

export type MessageReader = Readonly<{
  source: string;
  /** Whether the message is of this vendor: by its app, its name, or its form. */
  isOwn(message: Posted): boolean;
  read(said: Said, message: Posted): PostedAlert | NoAlert | undefined;
  /** Whether the vendor says the end of an alert only in the thread of its message: such a reply is read as a message. */
  endsInThread?: true;
}>;

/** `Daily Summary for Your Projects`, `Weekly report`: what was, with links to what is known. */
const REPORT = /\b(?:daily|weekly|monthly) (?:summary|report|digest)\b/i;

/** The title of a message and what stands right below it. */
export function firstLines({ lines, fallback }: Said): readonly string[] {
  return [...lines.slice(0, 3).map(({ text }) => text), fallback];
}

/** A reply in the thread of an alert, which is a note unless its vendor says ends there. */
function isNote(message: Posted, said: Said, { read, endsInThread }: MessageReader): boolean {
  if (!isReply(message)) return false;
  const found = endsInThread ? read(said, message) : undefined;
  return found === undefined || !('state' in found) || found.state !== 'resolved';
}

/** Messages of the vendor in which no alert is recognised are left to other readers. */
export function messageReader(reader: MessageReader): ReadAlert {
  const { source, isOwn, read } = reader;
  return (event) => {
    const posted = postedIn(event);
    if (posted === undefined || !isByApp(posted.message) || !isOwn(posted.message)) return undefined;
    const { channelId, message, editedTs } = posted;
    const said = saidIn(message);
    if (isNote(message, said, reader)) return replyNote(source, posted);
    const isReport = REPORT.test((said.lines[0]?.text ?? '').slice(0, 200));
    const found = isReport ? { noAlert: 'a report, not an alert' } : read(said, message);
    if (found === undefined) return undefined;
    const place = { channelId, ts: message.ts, edited: editedTs !== undefined };
    if ('noAlert' in found) return { ...place, ...found };
    const texts = said.lines.flatMap(({ text, links }) => [text, ...links.map(({ url }) => url)]);
    const alert: Alert = {
      ...found,
      source,
      atUs: found.atUs ?? microseconds(message.ts),
      saidUs: microseconds(editedTs ?? message.ts),
      traceId: namedTraceId(texts.join('\n')) ?? '',
    };
    return { ...place, alert };
  };
}
