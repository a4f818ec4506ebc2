/** Who may see what: members, guests and strangers, in public, private and shared channels. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { type ChannelAccess, channelAccess } from '#adapters/slack/channel-access.ts';
import { slackReader } from '#adapters/slack/reader.ts';
import { silentLog } from '#core/log.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';

let slack: SlackSide;
let access: ChannelAccess;
let secret: string;
let clock: SteppedClock;

beforeEach(async () => {
  slack = await openSlackSide();
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport }, silentLog);
  clock = steppedClock();
  const parts = { client, clock, log: silentLog };
  access = channelAccess({ ...parts, person: slackReader(parts).person });
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
});
afterEach(() => slack.close());

const asking = (userId: string, channelId = '') => ({ userId, workspaceId: slack.team, channelId });

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
    ['nobody that Slack knows', 'U0NOBODY', { public: false, private: false }],
  ])('who is %s', async (_, userId, may) => {
    expect({
      public: await access.mayRead(asking(userId), slack.channel),
      private: await access.mayRead(asking(userId), secret),
    }).toEqual(may);
  });

  test('who asks in the channel can read it, unless Slack says that they are a guest or a stranger', async () => {
    const inIt = async (userId: string) => await access.mayRead(asking(userId, secret), secret);
    expect(await Promise.all(['U0NOBODY', 'U0OUTSIDE', 'U0GUEST', 'U0OTHER'].map(inIt))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await access.mayRead(asking('U0OUTSIDE', slack.channel), secret)).toBe(false);
  });

  test('who opened a form there and has left since can read it no more', async () => {
    const sent = async (userId: string) => await access.mayRead({ ...asking(userId, secret), fromForm: true }, secret);
    expect(await Promise.all(['U0INSIDE', 'U0OUTSIDE', 'U0GUEST'].map(sent))).toEqual([true, false, false]);
    // Where we are no member ourselves nobody says who is.
    slack.proxy.refuse('conversations.members', 'channel_not_found');
    const elsewhere = await slack.newChannel('without-us', true);
    expect(await access.mayRead({ ...asking('U0OUTSIDE', elsewhere), fromForm: true }, elsewhere)).toBe(true);
  });

  test.each([
    ['is not known yet', false],
    ['is known', true],
  ])('who %s and waits for a Slack that does not answer waits less than two seconds', async (_, isKnown) => {
    if (isKnown) expect(await access.isMember(asking('U0OUTSIDE'))).toBe(true);
    for (const method of ['users.info', 'conversations.info', 'conversations.members']) slack.proxy.hang(method, 9);
    const answered = vi.fn();
    void access.mayRead(asking('U0OUTSIDE'), secret).then(answered);
    await clock.tick(1_999);
    expect(answered).toHaveBeenCalledExactlyOnceWith(false);
  });

  test.each(['users.info', 'conversations.info', 'conversations.members'])(
    'whom Slack says nothing about, by %s, may see nothing of a private channel',
    async (method) => {
      slack.proxy.refuse(method, 'internal_error', 99);
      expect(await access.mayRead(asking('U0OUTSIDE'), secret)).toBe(false);
      if (method !== 'conversations.members') {
        expect(await access.mayRead(asking('U0OUTSIDE'), slack.channel)).toBe(false);
      }
    },
  );

  test('is asked about once by many requests, and again when Slack had no answer', async () => {
    slack.proxy.refuse('conversations.info', 'internal_error');
    expect(await access.mayRead(asking('U0OUTSIDE'), slack.channel)).toBe(false);
    await Promise.all(Array.from({ length: 20 }, () => access.mayRead(asking('U0OUTSIDE'), slack.channel)));
    expect(slack.proxy.callsOf('conversations.info')).toHaveLength(2);
  });

  test('who is found on a later page of members is one', async () => {
    slack.proxy.members(secret, Array.from({ length: 1_500 }, (_, index) => `U${index}`).concat('U0OUTSIDE'));
    expect(await access.mayRead(asking('U0OUTSIDE'), secret)).toBe(true);
    expect(slack.proxy.callsOf('conversations.members')).toHaveLength(2);
  });
});

describe('what belongs to a channel', () => {
  test('may be shown in itself, and elsewhere only where everybody there may read it', async () => {
    const other = await slack.newChannel('payments', false);
    expect(await access.mayShowIn(secret, secret)).toBe(true);
    expect(await access.mayShowIn(slack.channel, other)).toBe(true);
    expect(await access.mayShowIn(secret, slack.channel)).toBe(true);
    expect(await access.mayShowIn(slack.channel, secret)).toBe(false);
  });

  test('is not shown to another company that reads a shared channel, nor the other way round', async () => {
    const shared = await slack.newChannel('with-acme', false);
    slack.proxy.share(shared);
    expect(await access.mayShowIn(shared, slack.channel)).toBe(false);
    expect(await access.mayShowIn(slack.channel, shared)).toBe(false);
    expect(await access.mayShowIn(shared, shared)).toBe(true);
  });

  test('is not shown where Slack does not say what the channel is', async () => {
    slack.proxy.refuse('conversations.info', 'missing_scope', 99);
    const other = await slack.newChannel('payments', false);
    expect(await access.mayShowIn(slack.channel, other)).toBe(false);
  });
});
