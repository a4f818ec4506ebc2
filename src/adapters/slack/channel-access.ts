/**
 * Access control by Slack's answers: anybody who can read an incident's channel may see everything about the incident.
 * If Slack does not answer, access is denied, because a leaked secret cannot be taken back.
 */
import type { WebClient } from '@slack/web-api';
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { Person } from './reader.ts';

export type ChannelAccess = Readonly<{
  /** Whether Slack reports this person as a full member of the workspace. */
  isMember(who: Readonly<{ userId: string; workspaceId: string }>): Promise<boolean>;
  /**
   * Whether this person, who asks in `channelId` ('' if unknown), can read the channel `wanted`. `fromForm`: they were
   * in that channel when they opened a form, and may have left since.
   */
  mayRead(
    who: Readonly<{ userId: string; workspaceId: string; channelId: string; fromForm?: true }>,
    wanted: string,
  ): Promise<boolean>;
  /** Whether everybody who reads `shownIn` may also read the channel `wanted`. */
  mayShowIn(shownIn: string, wanted: string): Promise<boolean>;
}>;

type Channel = Readonly<{
  /** Every full member of the workspace may read it. */
  isPublic: boolean;
  /** People of other companies also read it. */
  isShared: boolean;
}>;

/** A person waits for an answer that Slack requires within three seconds. */
const PATIENCE_MS = 1_500;
/** A channel that becomes private, or that a person leaves, is noticed after this time. */
const REMEMBER_CHANNEL_US = 60_000_000;
const REMEMBER_MEMBERS_US = 30_000_000;
const MOST_REMEMBERED = 1_000;
const PAGE_MEMBERS = 1_000;
/** Slack's largest private channels; a larger one means no access. */
const MOST_PAGES = 20;

export type ChannelAccessOptions = Readonly<{
  client: WebClient;
  clock: Clock;
  log: Log;
  person(userId: string): Promise<Person | undefined>;
}>;

export function channelAccess({ client, clock, log, person }: ChannelAccessOptions): ChannelAccess {
  const channels = remembering(clock, REMEMBER_CHANNEL_US, describe);
  const members = remembering(clock, REMEMBER_MEMBERS_US, membersOf);

  return {
    async isMember({ userId, workspaceId }) {
      const who = await person(userId);
      return who !== undefined && !isOutsider(who, workspaceId);
    },

    async mayRead({ userId, workspaceId, channelId, fromForm = false }, wanted) {
      const isThere = channelId === wanted;
      const decided = async () => {
        const who = await person(userId);
        if (who !== undefined && isOutsider(who, workspaceId)) return false;
        // Only members of a conversation can ask in it.
        if (who === undefined || (isThere && !fromForm)) return isThere;
        if ((await channels(wanted))?.isPublic) return true;
        // In a channel without us, Slack does not list the members: then the last known state counts.
        return (await members(wanted))?.has(userId) ?? isThere;
      };
      return (await inTime(decided())) ?? isThere;
    },

    async mayShowIn(shownIn, wanted) {
      if (shownIn === wanted) return true;
      const [there, here] = await Promise.all([inTime(channels(wanted)), inTime(channels(shownIn))]);
      return there?.isPublic === true && !there.isShared && here?.isShared === false;
    },
  };

  async function inTime<T>(asked: Promise<T | undefined>): Promise<T | undefined> {
    const late = new AbortController();
    const answer = await Promise.race([asked, clock.sleep(PATIENCE_MS, late.signal).then(() => undefined)]);
    late.abort();
    return answer;
  }

  async function describe(channel: string): Promise<Channel | undefined> {
    try {
      const { channel: found } = await client.conversations.info({ channel });
      if (found === undefined) return undefined;
      const { is_private, is_im, is_mpim, is_ext_shared, is_pending_ext_shared } = found;
      return {
        isPublic: is_private === false && !is_im && !is_mpim,
        isShared: Boolean(is_ext_shared || is_pending_ext_shared),
      };
    } catch (error) {
      log.info({ err: error, channel }, 'slack did not say what a channel is');
      return undefined;
    }
  }

  async function membersOf(channel: string): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    let cursor: string | undefined;
    try {
      for (let page = 0; page < MOST_PAGES; page++) {
        const asked = { channel, limit: PAGE_MEMBERS, ...(cursor && { cursor }) };
        const { members = [], response_metadata } = await client.conversations.members(asked);
        for (const member of members) found.add(member);
        cursor = response_metadata?.next_cursor;
        if (!cursor) break;
      }
      return found;
    } catch (error) {
      log.info({ err: error, channel }, 'slack did not say who is in a channel');
      return undefined;
    }
  }
}

/** Guests see only the channels of their invitation; people of other workspaces only shared channels. */
function isOutsider({ isGuest, isBot, workspaces }: Person, workspaceId: string): boolean {
  return isGuest || isBot || (workspaces.length > 0 && !workspaces.includes(workspaceId));
}

/** One request for all callers at the same time. Caches the answer; a missing answer is requested again. */
function remembering<T>(
  clock: Clock,
  livesUs: number,
  ask: (key: string) => Promise<T | undefined>,
): (key: string) => Promise<T | undefined> {
  const known = new Map<string, Readonly<{ answer: Promise<T | undefined>; untilUs: number }>>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined && before.untilUs > clock.elapsedUs()) return before.answer;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const answer = ask(key).then((found) => {
      if (found === undefined) known.delete(key);
      return found;
    });
    known.set(key, { answer, untilUs: clock.elapsedUs() + livesUs });
    return answer;
  };
}
