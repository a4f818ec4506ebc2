/**
 * Access control by Slack's answers: anybody who can read an incident's channel may see everything about the incident.
 * What cannot be checked is not permitted, because a leaked secret cannot be taken back. Slack may stumble: a question
 * without an answer is asked once more, within the time that a person waits.
 */
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';

/** Undefined if Slack did not say. */
export type Permitted = boolean | undefined;

export type ChannelAccess = Readonly<{
  /** Whether Slack reports this person as a full member of the workspace. */
  isMember(who: Readonly<{ userId: string; workspaceId: string }>): Promise<Permitted>;
  /**
   * Whether this person, who asks in `channelId` ('' if unknown), can read the channel `wanted`. `fromForm`: they were
   * in that channel when they opened a form, and may have left since.
   */
  mayRead(
    who: Readonly<{ userId: string; workspaceId: string; channelId: string; fromForm?: true }>,
    wanted: string,
  ): Promise<Permitted>;
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
/** If Slack has not answered after this time, the question is sent a second time. The first answer counts. */
const AGAIN_AFTER_MS = 500;
/** How long an answer of Slack is used. So somebody who loses access keeps it for at most this long. */
const REMEMBER_US = 30_000_000;
const MOST_REMEMBERED = 1_000;
const PAGE_MEMBERS = 1_000;
/** Slack's largest private channels; a larger one means no access. */
const MOST_PAGES = 20;

/** With these codes, Slack says that the bot cannot see the person or the channel. All other errors may pass. */
const NOBODY = new Set(['user_not_found', 'user_not_visible']);
const NO_CHANNEL = new Set(['channel_not_found', 'missing_scope']);

export type ChannelAccessOptions = Readonly<{ client: WebClient; clock: Clock; log: Log }>;

export function channelAccess({ client, clock, log }: ChannelAccessOptions): ChannelAccess {
  const workspaces = remembering(clock, twice(workspacesOf));
  const channels = remembering(clock, twice(describe));
  const members = remembering(clock, twice(membersOf));

  return {
    isMember: async (who) => await inTime(memberOf(who)),

    mayRead: async (who, wanted) => await inTime(mayRead(who, wanted)),

    async mayShowIn(shownIn, wanted) {
      if (shownIn === wanted) return true;
      const [there, here] = await Promise.all([inTime(channels(wanted)), inTime(channels(shownIn))]);
      if (typeof there !== 'object' || typeof here !== 'object') return false;
      return there.isPublic && !there.isShared && !here.isShared;
    },
  };

  async function mayRead(
    { userId, workspaceId, channelId, fromForm }: Parameters<ChannelAccess['mayRead']>[0],
    wanted: string,
  ): Promise<Permitted> {
    const isMember = await memberOf({ userId, workspaceId });
    if (!isMember) return isMember;
    const isThere = channelId === wanted;
    // Only members of a conversation can ask in it.
    if (isThere && !fromForm) return true;
    const channel = await channels(wanted);
    if (channel === undefined) return undefined;
    // Without us in it, Slack tells nobody who has left it.
    if (channel === 'none') return isThere ? undefined : false;
    return channel.isPublic || (await members(wanted))?.has(userId);
  }

  /** Guests see only the channels of their invitation; people of other workspaces only shared channels. */
  async function memberOf({ userId, workspaceId }: Readonly<{ userId: string; workspaceId: string }>) {
    return (await workspaces(userId))?.includes(workspaceId);
  }

  async function inTime<T>(asked: Promise<T | undefined>): Promise<T | undefined> {
    const late = new AbortController();
    const answer = await Promise.race([asked, clock.sleep(PATIENCE_MS, late.signal).then(() => undefined)]);
    late.abort();
    return answer;
  }

  /** Asks again if there is no answer; both may answer. Undefined if neither did. */
  function twice<T>(ask: (key: string) => Promise<T | undefined>): (key: string) => Promise<T | undefined> {
    return async (key) => {
      const answered = new AbortController();
      const first = ask(key).catch(unanswered);
      const early = await Promise.race([first, clock.sleep(AGAIN_AFTER_MS, answered.signal).then(() => undefined)]);
      answered.abort();
      if (early !== undefined) return early;
      const second = ask(key).catch(unanswered);
      return await Promise.race([first.then((answer) => answer ?? second), second.then((answer) => answer ?? first)]);
    };
  }

  function unanswered(error: unknown): undefined {
    log.info({ err: error }, 'slack did not say who may read what');
  }

  /** The workspaces that this person belongs to as a full member. A guest, a bot or a stranger has none. */
  async function workspacesOf(user: string): Promise<readonly string[] | undefined> {
    const { user: found } = await client.users.info({ user }).catch(refusedBy(NOBODY, { user: 'nobody' as const }));
    if (found === 'nobody') return [];
    if (found?.deleted === true) return [];
    // Half an answer decides nothing.
    if (!found?.team_id || !isSaid(found.is_restricted) || !isSaid(found.is_bot)) return undefined;
    const { team_id, is_restricted, is_ultra_restricted, is_bot, enterprise_user } = found;
    const isOutsider =
      is_restricted || is_ultra_restricted || is_bot || (found as { is_stranger?: boolean }).is_stranger;
    return isOutsider ? [] : [team_id, ...(enterprise_user?.teams ?? [])];
  }

  async function describe(channel: string): Promise<Channel | 'none' | undefined> {
    const { channel: found } = await client.conversations
      .info({ channel })
      .catch(refusedBy(NO_CHANNEL, { channel: 'none' as const }));
    if (found === 'none') return 'none';
    if (found === undefined) return undefined;
    const { is_private, is_im, is_mpim, is_ext_shared, is_pending_ext_shared } = found;
    // Slack says of a direct message only that it is one.
    const isDirect = is_im === true || is_mpim === true;
    if (!isDirect && !isSaid(is_private)) return undefined;
    return {
      isPublic: !isDirect && !is_private,
      isShared: Boolean(is_ext_shared || is_pending_ext_shared),
    };
  }

  async function membersOf(channel: string): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const asked = { channel, limit: PAGE_MEMBERS, ...(cursor && { cursor }) };
      const { members, response_metadata } = await client.conversations.members(asked);
      if (members === undefined) return undefined;
      for (const member of members) found.add(member);
      cursor = response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return found;
  }
}

/** Slack answers `null` where it does not know. */
function isSaid(answer: unknown): answer is boolean {
  return typeof answer === 'boolean';
}

/** For a refusal that is an answer. */
function refusedBy<T>(codes: ReadonlySet<string>, answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof WebAPIPlatformError && codes.has(error.data.error)) return answer;
    throw error;
  };
}

/** One request for all callers at the same time. Remembers an answer; a missing one is asked for again. */
function remembering<T>(
  clock: Clock,
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
    known.set(key, { answer, untilUs: clock.elapsedUs() + REMEMBER_US });
    return answer;
  };
}
