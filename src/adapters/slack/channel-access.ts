/**
 * Access control by Slack's answers: anybody who can read an incident's channel may see everything about the incident.
 * What cannot be checked is not permitted, because a leaked secret cannot be taken back. Slack may stumble: a question
 * without an answer is asked once more, within the time that a person waits.
 */
import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import { type Clock, within } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import { askingOnce, askingTwice, type Question, refreshing, refusedBy, remembering } from './questions.ts';
import { refusalIn, UNAUTHORIZED } from './sender.ts';

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
  /**
   * Whether this person may ask the bot for something in `channelId` ('' for the Home tab): a full member of the token's
   * workspace. The workspace in the request does not count, because people of another company send theirs. Others with an
   * open account may look where a setting names the channel. `looks`: the request only shows something.
   */
  mayAsk(who: Readonly<{ userId: string; channelId: string; fromForm?: true; looks: boolean }>): Promise<Permitted>;
  /**
   * Whether somebody whose question passed the door may do more than look in the channel of the question. False if Slack
   * does not say.
   */
  mayAct(who: Readonly<{ userId: string; channelId: string }>): Promise<boolean>;
  /** Whether an app may cause an answer by a message that people of another company also read. */
  mayPost(app: Readonly<{ workspaceId: string; channelId: string }>): Promise<Permitted>;
  /**
   * Whether everybody who reads `shownIn` may also read the channel `wanted`. False if Slack does not say; so it is for
   * any other channel where a guest reads, and for those of a workspace of more than 19,980 accounts.
   */
  mayShowIn(shownIn: string, wanted: string): Promise<boolean>;
  /** Whether every full member of the workspace may read the channel, and nobody of another company. */
  isForAll(channelId: string): Promise<Permitted>;
  /** Undefined if Slack did not say. */
  readersOf(channelId: string): Promise<Readers | undefined>;
  /** Slack's code, such as `token_revoked`, if it refused the token at the last question; else undefined. */
  refusedToken(): string | undefined;
}>;

/**
 * Who reads a channel: every full member of the workspace; its members alone; people of another company, too. Nobody if
 * it is archived, or if the bot cannot see it.
 */
export type Readers = 'workspace' | 'members' | 'another company' | 'archived' | 'unseen';

type Person = Readonly<{
  /** The workspaces that this person belongs to as a full member. A guest, a bot or a stranger has none. */
  memberOf: readonly string[];
  /** A person whose account is open. */
  isOpen: boolean;
}>;

/** What `users.info` and `users.list` say; the client's types leave the last one out. */
type Listed = Readonly<Omit<NonNullable<UsersInfoResponse['user']>, 'profile'> & { is_stranger?: boolean }>;

/** `isWhole`: Slack had no more of them than we asked for. */
type Listing<T> = Readonly<{ found: ReadonlySet<T>; isWhole: boolean }>;

type Channel = Readonly<{
  /** Every full member of the workspace may read it. */
  isPublic: boolean;
  /** People of other companies also read it. */
  isShared: boolean;
  isArchived: boolean;
}>;

/**
 * The shortest time limit of one call. A client makes 100 calls at once: silent ones must not fill it for longer. An
 * answer for which nobody waits any more serves the person's next try.
 */
const CALL_TIMEOUT_MS = 3_000;
/** How long an answer of Slack is used. So somebody who loses access keeps it for at most this long. */
const REMEMBER_US = 30_000_000;
/** How long the list of the workspace's people is used; as long again while a new one is on its way. */
const PEOPLE_US = 600_000_000;
/** Slack wants fewer than 1,000. https://docs.slack.dev/reference/methods/conversations.members */
const PAGE_PEOPLE = 999;
/** Slack's largest private channels; a larger one means no access. */
const MOST_PAGES = 20;

/** With these codes, Slack says that the bot cannot see the person or the channel. All other errors may pass. */
const NOBODY = new Set(['user_not_found', 'user_not_visible']);
const NO_CHANNEL = new Set(['channel_not_found', 'missing_scope']);

export type ChannelAccessOptions = Readonly<{
  /** One of its own, with `questionTimeoutMs`: questions without an answer delay no posts. */
  client: WebClient;
  /** How long one question is waited for. Two may follow each other. */
  answerSeconds: number;
  /** The workspace of the token. */
  workspace(): Promise<string>;
  /** The channels where guests and people of other companies may look. */
  guestsLookIn: readonly string[];
  clock: Clock;
  log: Log;
}>;

export function channelAccess({
  client,
  answerSeconds,
  workspace,
  guestsLookIn,
  clock,
  log,
}: ChannelAccessOptions): ChannelAccess {
  const patienceMs = answerSeconds * 1_000;
  const options = { clock, log, patienceMs, what: 'who may read what' };
  const twice = askingTwice(options);
  let refusedToken: string | undefined;
  const people = remembering(clock, REMEMBER_US, twice(noting(personOf)));
  // Mostly from memory, which proves nothing about the token.
  const own = twice(async () => await workspace().catch(noteRefusal));
  const channels = remembering(clock, REMEMBER_US, twice(noting(describe)));
  const members = remembering(clock, REMEMBER_US, twice(noting(membersOf)));
  const insiders = refreshing(clock, PEOPLE_US, askingOnce(options)(noting(listInsiders)));

  return {
    isMember: async (who) => await inTime(memberOf(who)),

    mayRead: async (who, wanted) => await inTime(mayRead(who, wanted)),

    mayAsk: async (who) => await inTime(mayAsk(who)),

    async mayAct({ userId, channelId }) {
      if (!guestsLookIn.includes(channelId)) return true;
      return (await inTime(mayAsk({ userId, channelId, looks: false }))) === true;
    },

    async mayPost({ workspaceId, channelId }) {
      if (guestsLookIn.includes(channelId)) return true;
      const ours = await inTime(own(''));
      return ours === undefined ? undefined : workspaceId === ours;
    },

    async mayShowIn(shownIn, wanted) {
      if (shownIn === wanted) return true;
      if (guestsLookIn.includes(shownIn)) return false;
      const [there, here] = await Promise.all([inTime(channels(wanted)), inTime(channels(shownIn))]);
      if (typeof there !== 'object' || typeof here !== 'object') return false;
      return there.isPublic && !there.isShared && !here.isShared && (await isAmongUs(shownIn));
    },

    async isForAll(channelId) {
      const found = await inTime(channels(channelId));
      return typeof found === 'object' ? found.isPublic && !found.isShared : found && false;
    },

    async readersOf(channelId) {
      const found = await inTime(channels(channelId));
      if (found === undefined || found === 'none') return found && 'unseen';
      if (found.isArchived) return 'archived';
      if (found.isShared) return 'another company';
      return found.isPublic ? 'workspace' : 'members';
    },

    refusedToken: () => refusedToken,
  };

  function noting<T>(ask: Question<T>): Question<T> {
    return async (key) => {
      const answer = await ask(key).catch(noteRefusal);
      refusedToken = undefined;
      return answer;
    };
  }

  function noteRefusal(error: unknown): never {
    const code = refusalIn(error);
    refusedToken = code !== undefined && UNAUTHORIZED.has(code) ? code : undefined;
    throw error;
  }

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
    return channel.isPublic || (await members(wanted))?.found.has(userId);
  }

  async function mayAsk({ looks, ...who }: Parameters<ChannelAccess['mayAsk']>[0]): Promise<Permitted> {
    const { userId, channelId } = who;
    const [person, workspaceId] = await Promise.all([people(userId), own('')]);
    if (person === undefined || workspaceId === undefined) return undefined;
    if (!person.memberOf.includes(workspaceId)) return looks && person.isOpen && guestsLookIn.includes(channelId);
    return channelId === '' || (await mayRead({ ...who, workspaceId }, channelId));
  }

  /** Guests see only the channels of their invitation; people of other workspaces only shared channels. */
  async function memberOf({ userId, workspaceId }: Readonly<{ userId: string; workspaceId: string }>) {
    return (await people(userId))?.memberOf.includes(workspaceId);
  }

  async function inTime<T>(asked: Promise<T | undefined>): Promise<T | undefined> {
    return await within(clock, patienceMs, asked);
  }

  async function personOf(user: string): Promise<Person | undefined> {
    const { user: found } = await client.users.info({ user }).catch(refusedBy(NOBODY, { user: 'nobody' as const }));
    if (found === 'nobody' || found?.deleted === true) return NO_PERSON;
    return found && asPerson(found);
  }

  /**
   * Whether Slack lists everybody in the channel as a full member of the workspace. A guest whom it listed as a member
   * counts as one for 20 minutes at most; somebody new is an outsider until the next list.
   */
  async function isAmongUs(channel: string): Promise<boolean> {
    const [known, there] = await Promise.all([inTime(insiders()), inTime(members(channel))]);
    return known !== undefined && there?.isWhole === true && [...there.found].every((id) => known.has(id));
  }

  /** Full members, and who is no reader: bots and closed accounts. Undefined if the workspace has too many people. */
  async function listInsiders(): Promise<ReadonlySet<string> | undefined> {
    const workspaceId = await own('');
    if (workspaceId === undefined) return undefined;
    const listed = await allOf(async (page) => {
      const { members: people, response_metadata } = await client.users.list(page);
      return { items: people, next: response_metadata?.next_cursor };
    });
    const isOurs = (one: Listed) =>
      one.is_bot === true || one.deleted === true || asPerson(one)?.memberOf.includes(workspaceId);
    return listed?.isWhole ? new Set([...listed.found].flatMap((one) => (isOurs(one) && one.id) || [])) : undefined;
  }

  async function describe(channel: string): Promise<Channel | 'none' | undefined> {
    const { channel: found } = await client.conversations
      .info({ channel })
      .catch(refusedBy(NO_CHANNEL, { channel: 'none' as const }));
    if (found === 'none') return 'none';
    if (found === undefined) return undefined;
    const { is_private, is_im, is_mpim, is_ext_shared, is_pending_ext_shared, is_archived } = found;
    // Slack says of a direct message only that it is one.
    const isDirect = is_im === true || is_mpim === true;
    if (!isDirect && !isSaid(is_private)) return undefined;
    return {
      isPublic: !isDirect && !is_private,
      isShared: Boolean(is_pending_ext_shared) || (isDirect ? Boolean(is_ext_shared) : is_ext_shared !== false),
      isArchived: is_archived === true,
    };
  }

  async function membersOf(channel: string): Promise<Listing<string> | undefined> {
    return await allOf(async (page) => {
      const { members: items, response_metadata } = await client.conversations.members({ channel, ...page });
      return { items, next: response_metadata?.next_cursor };
    });
  }
}

/** What Slack says of a person. Undefined if it says half of it, which decides nothing. */
function asPerson(found: Listed): Person | undefined {
  const { team_id, is_restricted, is_ultra_restricted, is_bot, deleted, enterprise_user } = found;
  if (!team_id || ![is_restricted, is_bot, deleted].every(isSaid)) return undefined;
  if (is_bot) return NO_PERSON;
  const isOutsider = is_restricted || is_ultra_restricted || found.is_stranger;
  return { memberOf: isOutsider ? [] : [team_id, ...(enterprise_user?.teams ?? [])], isOpen: true };
}

/** Page after page. Undefined if Slack leaves one out. */
async function allOf<T>(
  ask: (page: {
    limit: number;
    cursor?: string;
  }) => Promise<Readonly<{ items?: T[] | undefined; next?: string | undefined }>>,
): Promise<Listing<T> | undefined> {
  const found = new Set<T>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await ask({ limit: PAGE_PEOPLE, ...(cursor && { cursor }) });
    if (items === undefined) return undefined;
    for (const item of items) found.add(item);
    cursor = next;
    if (!cursor) break;
  }
  return { found, isWhole: !cursor };
}

/** The time limit of one call, for those who wait that long for a question. */
export function questionTimeoutMs(answerSeconds: number): number {
  return Math.max(CALL_TIMEOUT_MS, answerSeconds * 1_000);
}

const NO_PERSON: Person = { memberOf: [], isOpen: false };

/** Slack answers `null` where it does not know. */
function isSaid(answer: unknown): answer is boolean {
  return typeof answer === 'boolean';
}
