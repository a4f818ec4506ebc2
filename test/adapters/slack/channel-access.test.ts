/** Who may see what: members, guests and strangers, in public, private and shared channels. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { type ChannelAccess, channelAccess } from '#adapters/slack/channel-access.ts';
import { silentLog } from '#core/log.ts';
import { eventually } from '#test/eventually.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { STUMBLES } from '#test/slack-stumbles.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';

let slack: SlackSide;
let access: ChannelAccess;
let open: ChannelAccess;
let secret: string;
let workspace: () => Promise<string>;
/** How often Slack gave no answer. */
let unanswered: number;
let clock: SteppedClock;

beforeEach(async () => {
  slack = await openSlackSide();
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport }, silentLog);
  clock = steppedClock();
  workspace = async () => slack.team;
  unanswered = 0;
  const log = {
    ...silentLog,
    info() {
      unanswered += 1;
    },
  };
  const parts = { client, answerSeconds: 1.3, workspace: () => workspace(), clock, log };
  access = channelAccess({ ...parts, guestsLookIn: [] });
  open = channelAccess({ ...parts, guestsLookIn: [slack.channel] });
  secret = await slack.newChannel('secret', true);
  slack.proxy.members(secret, ['U0INSIDE', 'U0GUEST', 'U0OTHER']);
  slack.proxy.person('U0INSIDE');
  slack.proxy.person('U0OUTSIDE');
  slack.proxy.person('U0GUEST', { is_restricted: true });
  slack.proxy.person('U0SINGLE', { is_ultra_restricted: true });
  slack.proxy.person('U0OTHER', { team_id: 'T0OTHER' });
  slack.proxy.person('U0STRANGER', { is_stranger: true, team_id: 'T0OTHER' });
  slack.proxy.person('U0GRID', { team_id: 'E0ORG', enterprise_user: { teams: ['T000000001', 'T2'] } });
  slack.proxy.person('U0BOT', { is_bot: true });
  slack.proxy.person('U0CLOSED', { deleted: true });
});
afterEach(() => slack.close());

const asking = (userId: string, channelId = '') => ({ userId, workspaceId: slack.team, channelId });

/** Slack was asked that often, and perhaps has not answered. */
const calls = (method: string, times: number) =>
  eventually(() => slack.proxy.callsOf(method).length >= times || undefined);

describe('somebody', () => {
  test.each([
    ['a member of the workspace', 'U0OUTSIDE', { public: true, private: false }],
    ['a member of the channel', 'U0INSIDE', { public: true, private: true }],
    ['a member of an organisation whose workspace it is', 'U0GRID', { public: true, private: false }],
    ['a guest, in the channel or not', 'U0GUEST', { public: false, private: false }],
    ['a guest of a single channel', 'U0SINGLE', { public: false, private: false }],
    ['a person of another workspace, in the channel', 'U0OTHER', { public: false, private: false }],
    ['a stranger', 'U0STRANGER', { public: false, private: false }],
    ['a bot', 'U0BOT', { public: false, private: false }],
    ['somebody whose account was closed', 'U0CLOSED', { public: false, private: false }],
    ['nobody that Slack knows', 'U0NOBODY', { public: false, private: false }],
  ])('who is %s', async (_, userId, may) => {
    expect({
      public: await access.mayRead(asking(userId), slack.channel),
      private: await access.mayRead(asking(userId), secret),
    }).toEqual(may);
  });

  test('who asks in the channel can read it, unless Slack says that they are nobody, a guest or a stranger', async () => {
    const inIt = async (userId: string) => await access.mayRead(asking(userId, secret), secret);
    expect(await Promise.all(['U0OUTSIDE', 'U0NOBODY', 'U0GUEST', 'U0OTHER'].map(inIt))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(await access.mayRead(asking('U0OUTSIDE', slack.channel), secret)).toBe(false);
  });

  test('who opened a form there and has left since can read it no more', async () => {
    const sent = async (userId: string) => await access.mayRead({ ...asking(userId, secret), fromForm: true }, secret);
    expect(await Promise.all(['U0INSIDE', 'U0OUTSIDE', 'U0GUEST'].map(sent))).toEqual([true, false, false]);
  });

  test('who opened a form in a direct message, for which Slack sends no is_private', async () => {
    slack.proxy.members('D1', ['U0INSIDE']);
    const body = '{"ok":true,"channel":{"id":"D1","is_im":true}}';
    slack.proxy.fail('conversations.info', { kind: 'garbled', body }, 2);
    const sent = async (userId: string) => await access.mayRead({ ...asking(userId, 'D1'), fromForm: true }, 'D1');
    expect([await sent('U0INSIDE'), await sent('U0OUTSIDE')]).toEqual([true, false]);
  });

  test('who opened a form where we are no member ourselves cannot be checked', async () => {
    slack.proxy.refuse('conversations.info', 'channel_not_found');
    const elsewhere = await slack.newChannel('without-us', true);
    const asked = { ...asking('U0OUTSIDE', elsewhere), fromForm: true } as const;
    expect(await access.mayRead(asked, elsewhere)).toBeUndefined();
  });

  test('who waits for a Slack that does not answer is told so after 1.3 s', async () => {
    for (const method of ['users.info', 'conversations.info', 'conversations.members']) slack.proxy.hang(method, 9);
    const asked = access.mayRead(asking('U0OUTSIDE'), secret);
    await calls('users.info', 1);
    await clock.tick(500);
    await calls('users.info', 2);
    await clock.tick(799);
    const early = await Promise.race([asked, Promise.resolve('waiting')]);
    await clock.tick(1);
    expect([early, await asked]).toEqual(['waiting', undefined]);
  });

  test('is asked about once by many requests, and again when Slack had no answer', async () => {
    slack.proxy.refuse('conversations.info', 'internal_error', 2);
    expect(await access.mayRead(asking('U0OUTSIDE'), slack.channel)).toBeUndefined();
    await Promise.all(Array.from({ length: 20 }, () => access.mayRead(asking('U0OUTSIDE'), slack.channel)));
    expect(slack.proxy.callsOf('conversations.info')).toHaveLength(3);
  });

  test('is believed for half a minute', async () => {
    expect(await access.mayRead(asking('U0INSIDE'), secret)).toBe(true);
    slack.proxy.members(secret, []);
    await clock.tick(29_000);
    expect(await access.mayRead(asking('U0INSIDE'), secret)).toBe(true);
    await clock.tick(1_000);
    for (const method of ['users.info', 'conversations.info']) slack.proxy.refuse(method, 'internal_error', 2);
    expect(await access.mayRead(asking('U0INSIDE'), secret)).toBeUndefined();
    for (const _ of ['users.info', 'conversations.info']) await access.mayRead(asking('U0INSIDE'), secret);
    expect(await access.mayRead(asking('U0INSIDE'), secret)).toBe(false);
  });

  test('who is found on a later page of members is one', async () => {
    slack.proxy.members(secret, Array.from({ length: 1_500 }, (_, index) => `U${index}`).concat('U0OUTSIDE'));
    expect(await access.mayRead(asking('U0OUTSIDE'), secret)).toBe(true);
    expect(slack.proxy.callsOf('conversations.members')).toHaveLength(2);
  });
});

const reads = (by: Parameters<ChannelAccess['mayRead']>[0]) => access.mayRead(by, secret);
const visits = (channelId: string, more: Readonly<{ fromForm?: true }> = {}) =>
  access.mayAsk({ userId: 'U0INSIDE', channelId, looks: false, ...more });
const byForm = { fromForm: true } as const;

/** Each question that decides, with somebody who may. */
const DECIDES = [
  ['users.info', 'in the channel', () => reads(asking('U0INSIDE', secret))],
  ['users.info', 'from elsewhere', () => reads(asking('U0INSIDE'))],
  ['conversations.info', 'from elsewhere', () => reads(asking('U0INSIDE'))],
  ['conversations.info', 'by a form', () => reads({ ...asking('U0INSIDE', secret), ...byForm })],
  ['conversations.members', 'from elsewhere', () => reads(asking('U0INSIDE'))],
  ['conversations.members', 'by a form', () => reads({ ...asking('U0INSIDE', secret), ...byForm })],
  ['users.info', 'at the door', () => visits(secret)],
  ['users.info', 'at the door, from the Home tab', () => visits('')],
  ['users.info', 'at the door, by a form', () => visits(secret, byForm)],
  ['conversations.info', 'at the door, by a form', () => visits(secret, byForm)],
  ['conversations.members', 'at the door, by a form', () => visits(secret, byForm)],
] as const;

describe.each(DECIDES)('where %s stumbles for somebody who asks %s', (method, _, ask) => {
  const answerAfter = async (kind: string, times: number) => {
    const asked = ask();
    for (let silent = 1; kind === 'hangs' && silent <= times; silent += 1) {
      await calls(method, silent);
      await clock.tick(silent === 1 ? 500 : 800);
    }
    for (let limit = 1; kind === 'limited' && limit <= times; limit += 1) {
      await eventually(() => unanswered >= limit || undefined);
      await clock.tick(1_000);
    }
    return await asked;
  };

  test.each(STUMBLES)('once with %s, the second answer counts', async (_, fault) => {
    slack.proxy.fail(method, fault, 1);
    expect(await answerAfter(fault.kind, 1)).toBe(true);
    expect(slack.proxy.callsOf(method)).toHaveLength(2);
  });

  test.each(STUMBLES)('twice with %s, nothing is permitted', async (_, fault) => {
    slack.proxy.fail(method, fault, 2);
    expect(await answerAfter(fault.kind, 2)).toBeUndefined();
  });
});

describe('at the door', () => {
  test.each([
    ['a member of the workspace', 'U0OUTSIDE', { looks: [true, true], acts: [true, true] }],
    ['a member of an organisation whose workspace it is', 'U0GRID', { looks: [true, true], acts: [true, true] }],
    ['a guest', 'U0GUEST', { looks: [true, false], acts: [false, false] }],
    ['a guest of a single channel', 'U0SINGLE', { looks: [true, false], acts: [false, false] }],
    ['a person of another workspace', 'U0OTHER', { looks: [true, false], acts: [false, false] }],
    ['a stranger', 'U0STRANGER', { looks: [true, false], acts: [false, false] }],
    ['a bot', 'U0BOT', { looks: [false, false], acts: [false, false] }],
    ['somebody whose account was closed', 'U0CLOSED', { looks: [false, false], acts: [false, false] }],
    ['nobody that Slack knows', 'U0NOBODY', { looks: [false, false], acts: [false, false] }],
  ])('%s may look and act: in the channel of the setting, and elsewhere', async (_, userId, may) => {
    const both = async (looks: boolean) => [
      await open.mayAsk({ userId, channelId: slack.channel, looks }),
      await open.mayAsk({ userId, channelId: secret, looks }),
    ];
    expect({ looks: await both(true), acts: await both(false) }).toEqual(may);
    expect(await access.mayAsk({ userId, channelId: slack.channel, looks: true })).toBe(may.acts[0]);
  });

  test('who has left a private channel sends no form that was opened there', async () => {
    expect(await visits(secret, byForm)).toBe(true);
    expect(await access.mayAsk({ userId: 'U0OUTSIDE', channelId: secret, looks: false, ...byForm })).toBe(false);
  });

  test('nobody may while Slack does not say which workspace the token belongs to', async () => {
    workspace = async () => {
      throw new Error('Slack did not say');
    };
    expect(await visits(secret)).toBeUndefined();
    expect(await access.mayPost({ workspaceId: slack.team, channelId: slack.channel })).toBeUndefined();
    workspace = async () => slack.team;
    expect(await visits(secret)).toBe(true);
  });

  test('an app of another company causes no answer where that company reads, unless the setting names the channel', async () => {
    const posts = async (by: ChannelAccess, workspaceId: string) =>
      await by.mayPost({ workspaceId, channelId: slack.channel });
    expect([await posts(access, slack.team), await posts(access, 'T0OTHER'), await posts(access, '')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await posts(open, 'T0OTHER')).toBe(true);
  });

  test('one call answers for all that a person asks within half a minute', async () => {
    for (let asked = 0; asked < 20; asked += 1) {
      expect(await access.mayAsk({ userId: 'U0OUTSIDE', channelId: slack.channel, looks: asked % 2 === 0 })).toBe(true);
      await clock.tick(1_000);
    }
    expect(slack.proxy.calls.map(({ method }) => method)).toEqual(['users.info']);
  });

  test('a person who is known enters while Slack limits its calls, and nobody else costs a call before its end', async () => {
    expect(await visits(secret)).toBe(true);
    slack.proxy.limit('users.info', 20);
    const others = ['U0OUTSIDE', 'U0GRID', 'U0GUEST'];
    const ask = async (userId: string) => await access.mayAsk({ userId, channelId: slack.channel, looks: false });
    for (const userId of others) expect(await ask(userId)).toBeUndefined();
    expect(await visits(secret)).toBe(true);
    expect(slack.proxy.callsOf('users.info')).toHaveLength(2);
    await clock.tick(20_000);
    expect(await Promise.all(others.map(ask))).toEqual([true, true, false]);
  });
});

describe('what belongs to a channel', () => {
  test('may be shown in itself, and elsewhere only where everybody there may read it', async () => {
    const other = await slack.newChannel('payments', false);
    expect(await access.mayShowIn(secret, secret)).toBe(true);
    expect(await access.mayShowIn(slack.channel, other)).toBe(true);
    expect(await access.mayShowIn(await slack.newChannel('quiet', true), slack.channel)).toBe(true);
    expect(await access.mayShowIn(slack.channel, secret)).toBe(false);
  });

  test.each([
    ['a guest', 'U0GUEST', false],
    ['a guest of a single channel', 'U0SINGLE', false],
    ['a person of another workspace', 'U0OTHER', false],
    ['a stranger', 'U0STRANGER', false],
    ['somebody whom Slack does not list', 'U0NOBODY', false],
    ['a member of the workspace', 'U0OUTSIDE', true],
    ['a member of an organisation whose workspace it is', 'U0GRID', true],
    ['a bot', 'U0BOT', true],
    ['somebody whose account was closed', 'U0CLOSED', true],
  ])('is shown elsewhere or not where %s reads: %s', async (_, userId, may) => {
    const other = await slack.newChannel('payments', false);
    slack.proxy.members(other, ['U0INSIDE', userId]);
    expect(await access.mayShowIn(other, slack.channel)).toBe(may);
    expect(await access.mayShowIn(other, other)).toBe(true);
    expect(slack.proxy.callsOf('users.list')).toHaveLength(1);
  });

  test('is not shown elsewhere while Slack does not list the people, or lists too many', async () => {
    const other = await slack.newChannel('payments', false);
    const shows = async () => await access.mayShowIn(slack.channel, other);
    slack.proxy.refuse('users.list', 'internal_error', 1);
    expect(await shows()).toBe(false);
    const page = JSON.stringify({ ok: true, members: [], response_metadata: { next_cursor: 'more' } });
    slack.proxy.fail('users.list', { kind: 'garbled', body: page }, 20);
    expect(await shows()).toBe(false);
    expect(slack.proxy.callsOf('users.list')).toHaveLength(21);
    expect(await shows()).toBe(true);
  });

  test('a list of people serves for ten minutes, and for ten more while Slack is asked for a new one', async () => {
    const other = await slack.newChannel('payments', false);
    const shows = async () => await access.mayShowIn(slack.channel, other);
    expect(await shows()).toBe(true);
    await clock.tick(599_000);
    expect([await shows(), slack.proxy.callsOf('users.list').length]).toEqual([true, 1]);
    slack.proxy.hang('users.list', 1);
    await clock.tick(1_000);
    expect(await shows()).toBe(true);
    await calls('users.list', 2);
    await clock.tick(600_000);
    const late = shows();
    await clock.tick(1_300);
    expect(await late).toBe(false);
  });

  test('is not shown to another company that reads a shared channel, nor the other way round', async () => {
    const shared = await slack.newChannel('with-acme', false);
    slack.proxy.share(shared);
    expect(await access.mayShowIn(shared, slack.channel)).toBe(false);
    expect(await access.mayShowIn(slack.channel, shared)).toBe(false);
    expect(await access.mayShowIn(shared, shared)).toBe(true);
  });

  test('is not shown where guests may look', async () => {
    const other = await slack.newChannel('payments', false);
    expect(await access.mayShowIn(slack.channel, other)).toBe(true);
    expect(await open.mayShowIn(slack.channel, other)).toBe(false);
    expect(await open.mayShowIn(slack.channel, slack.channel)).toBe(true);
  });

  test('is not shown where Slack does not say whether another company reads the channel', async () => {
    const other = await slack.newChannel('payments', false);
    slack.proxy.fail('conversations.info', { kind: 'garbled', body: '{"ok":true,"channel":{"is_private":false}}' }, 1);
    expect(await access.mayShowIn(slack.channel, other)).toBe(false);
  });

  test('is for all only where every member may read it, and no other company', async () => {
    const other = await slack.newChannel('payments', false);
    const shared = await slack.newChannel('with-acme', false);
    slack.proxy.share(shared);
    expect(await access.isForAll(other)).toBe(true);
    expect(await access.isForAll(secret)).toBe(false);
    expect(await access.isForAll(shared)).toBe(false);
    expect(await access.isForAll('C0NOWHERE')).toBe(false);
    slack.proxy.fail('conversations.info', { kind: 'refused', error: 'internal_error' }, 2);
    expect(await access.isForAll(await slack.newChannel('unsaid', false))).toBeUndefined();
  });

  test('is not shown where Slack does not say what the channel is', async () => {
    slack.proxy.refuse('conversations.info', 'missing_scope', 99);
    const other = await slack.newChannel('payments', false);
    expect(await access.mayShowIn(slack.channel, other)).toBe(false);
  });
});
