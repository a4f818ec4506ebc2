/**
 * Reads from Slack what its events do not contain: who a person is, and the current content of a pinned or marked
 * message. A permanent refusal (a missing scope, a deleted message) is an answer; any other error is thrown, to be
 * retried: a token that Slack refuses, too.
 */
import type { WebClient } from '@slack/web-api';
import { type Clock, within } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import { type SaidFile, saidFiles } from '#model/incident/entry-file.ts';
import type { TraceReference } from '#model/trace/trace-id.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import { offsetText, readZone, type Zone } from '#utilities/time-zone.ts';
import { permanentIn } from './sender.ts';

export type Person = Readonly<{
  name: string;
  /** With daylight saving time if Slack names the place; undefined if Slack does not. */
  zone: Zone | undefined;
}>;

type Known = Readonly<{ person: Person; names: readonly string[] }>;

export type Place = Readonly<{ channelId: string; ts: string }>;

export type SeenMessage =
  | Readonly<{
      kind: 'seen';
      /** In Slack's own markup. */
      text: string;
      files: readonly SaidFile[];
      userId: string;
      /** The root of its thread. */
      threadTs: string | undefined;
      link: string;
      /** The traces that it names. */
      traces: readonly TraceReference[];
      /** Undefined if access is not permitted. */
      marked: boolean | undefined;
      pinned: boolean | undefined;
    }>
  | Readonly<{ kind: 'gone' }>
  | Readonly<{ kind: 'unreadable'; reason: string }>;

export type SlackReader = Readonly<{
  /** Undefined if Slack does not identify the person. */
  person(userId: string): Promise<Person | undefined>;
  /** All names of a person in Slack; an empty list for a bot. Undefined if Slack does not answer. */
  namesOf(userId: string): Promise<readonly string[] | undefined>;
  /** `emoji` is the name of the reaction that marks a message. */
  message(place: Place, emoji: string): Promise<SeenMessage>;
  /** '' if Slack returns none. */
  permalink(place: Place): Promise<string>;
  /** The newest of a thread, or of a channel without its threads; the oldest first. Undefined if Slack shows none. */
  newest(place: Conversation, most: number): Promise<readonly SaidMessage[] | undefined>;
}>;

/** Without `threadTs`: the channel. */
export type Conversation = Readonly<{ channelId: string; threadTs?: string | undefined }>;

export type SaidMessage = Readonly<{
  ts: string;
  threadTs: string | undefined;
  /** In Slack's own markup. */
  text: string;
  files: readonly SaidFile[];
  /** '' for an app without a user. */
  userId: string;
}>;

/** People rarely change their names or travel during an incident. */
const REMEMBER_PERSON_US = 3_600 * 1_000_000;
/** Somebody may grant the missing scope. */
const REMEMBER_MISS_US = 300 * 1_000_000;
const MOST_PEOPLE = 2_000;

/** A person waits: a longer thread shows what its first thousand messages have. */
const PAGE_MESSAGES = 200;
const MOST_PAGES = 5;

const GONE = new Set(['message_not_found', 'channel_not_found', 'thread_not_found']);

export function slackReader({
  client,
  answerSeconds,
  clock,
  log,
}: Readonly<{
  client: WebClient;
  /** How long a name is waited for: an id is better than a failed command. */
  answerSeconds: number;
  clock: Clock;
  log: Log;
}>): SlackReader {
  const people = new Map<string, Readonly<{ known: Known | undefined; untilUs: number }>>();

  return {
    person: async (userId) => (await whois(userId))?.person,
    namesOf: async (userId) => (await whois(userId))?.names,

    async message(place, emoji) {
      const [reacted, pinned, link] = await Promise.all([reactionsOf(place), pinOf(place), permalink(place)]);
      if (reacted === 'gone') return { kind: 'gone' };
      const message = (typeof reacted === 'object' ? reacted : undefined) ?? pinned.message;
      if (message === undefined) return { kind: 'unreadable', reason: typeof reacted === 'string' ? reacted : '' };
      const reactions = typeof reacted === 'object' ? (reacted.reactions ?? []) : undefined;
      const marked = reactions?.some(({ name, users = [] }) => name === emoji && users.length > 0);
      return { kind: 'seen', ...shownOf(message), link, marked, pinned: pinned.pinned };
    },

    permalink,

    async newest({ channelId: channel, threadTs }, most) {
      try {
        const said = threadTs === undefined ? await newestOf(channel, most) : await newestIn(channel, threadTs, most);
        return said.flatMap((message) => (message.ts === undefined ? [] : [{ ts: message.ts, ...shownOf(message) }]));
      } catch (error) {
        log.info({ err: error }, 'slack did not show the messages of a conversation');
        return undefined;
      }
    },
  };

  async function newestOf(channel: string, limit: number): Promise<readonly RawMessage[]> {
    const { messages = [] } = await client.conversations.history({ channel, limit });
    return (messages as RawMessage[]).filter(isWritten).toReversed();
  }

  /** Slack returns a thread from its start. */
  async function newestIn(channel: string, ts: string, most: number): Promise<readonly RawMessage[]> {
    let newest: readonly RawMessage[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const asked = { channel, ts, limit: PAGE_MESSAGES, ...(cursor && { cursor }) };
      const { messages = [], response_metadata } = await client.conversations.replies(asked);
      newest = [...newest, ...(messages as RawMessage[]).filter(isWritten)].slice(-most);
      cursor = response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return newest;
  }

  async function whois(userId: string): Promise<Known | undefined> {
    const before = people.get(userId);
    if (before !== undefined && before.untilUs > clock.elapsedUs()) return before.known;
    const known = await within(clock, answerSeconds * 1_000, lookUp(userId));
    if (people.size >= MOST_PEOPLE) people.clear();
    const livesUs = known === undefined ? REMEMBER_MISS_US : REMEMBER_PERSON_US;
    people.set(userId, { known, untilUs: clock.elapsedUs() + livesUs });
    return known;
  }

  async function lookUp(userId: string): Promise<Known | undefined> {
    try {
      const { user } = await client.users.info({ user: userId });
      const called = [user?.profile?.display_name, user?.real_name, user?.profile?.real_name, user?.name];
      const names = [...new Set(called.flatMap((name) => name || []))];
      const [name] = names;
      if (user === undefined || name === undefined) return undefined;
      const person = { name, zone: zoneOf(user.tz, user.tz_offset) };
      return { person, names: user.is_bot ? [] : names };
    } catch (error) {
      log.info({ err: error, userId }, 'slack did not say who a person is');
      return undefined;
    }
  }

  async function reactionsOf({ channelId, ts }: Place): Promise<RawMessage | 'gone' | string> {
    try {
      const { message } = await client.reactions.get({ channel: channelId, timestamp: ts, full: true });
      return (message as RawMessage | undefined) ?? 'gone';
    } catch (error) {
      const refusal = permanentIn(error);
      return GONE.has(refusal) ? 'gone' : refusal;
    }
  }

  async function pinOf({
    channelId,
    ts,
  }: Place): Promise<{ pinned: boolean | undefined; message?: RawMessage | undefined }> {
    try {
      const { items = [] } = await client.pins.list({ channel: channelId });
      const item = (items as { message?: RawMessage }[]).find(({ message }) => message?.ts === ts);
      return { pinned: item !== undefined, message: item?.message };
    } catch (error) {
      permanentIn(error);
      return { pinned: undefined };
    }
  }

  async function permalink({ channelId, ts }: Place): Promise<string> {
    try {
      return (await client.chat.getPermalink({ channel: channelId, message_ts: ts })).permalink ?? '';
    } catch (error) {
      log.info({ err: error }, 'slack gave no link to a message');
      return '';
    }
  }
}

/** Somebody joined, set the topic, pinned: nobody wrote that. */
function isWritten({ subtype }: RawMessage): boolean {
  return subtype === undefined || WRITTEN.has(subtype);
}

const WRITTEN: ReadonlySet<string> = new Set(['thread_broadcast', 'file_share', 'bot_message', 'me_message']);

type RawMessage = Readonly<{
  ts?: string;
  subtype?: string;
  text?: string;
  user?: string;
  thread_ts?: string;
  reactions?: readonly Readonly<{ name?: string; users?: readonly string[] }>[];
  files?: readonly unknown[];
}>;

/** `tz`: `Europe/Berlin`. `offsetSeconds` is the current offset. */
function zoneOf(tz: string | undefined, offsetSeconds: number | undefined): Zone | undefined {
  const named = readZone(tz ?? '');
  if (named !== undefined || offsetSeconds === undefined) return named;
  return { kind: 'offset', name: offsetText(offsetSeconds), seconds: offsetSeconds, otherwise: '' };
}

function shownOf(message: RawMessage) {
  const { text = '', files, user = '', thread_ts: threadTs } = message;
  return { text, files: saidFiles(files), userId: user, threadTs, traces: tracesIn(message) };
}
