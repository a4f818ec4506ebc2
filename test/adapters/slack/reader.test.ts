/** What Slack says of people and messages, told by a Slack over HTTP. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { type SlackReader, slackReader } from '#adapters/slack/reader.ts';
import { silentLog } from '#core/log.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';

let slack: SlackSide;
let reader: SlackReader;
let clock: SteppedClock;

beforeEach(async () => {
  slack = await openSlackSide();
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport }, silentLog);
  clock = steppedClock();
  reader = slackReader({ client, answerSeconds: 1.3, clock, log: silentLog });
});
afterEach(() => slack.close());

const look = async (ts: string) => await reader.message({ channelId: slack.channel, ts }, 'pushpin');

describe('a person', () => {
  test('has a name and a time zone, and is asked for once', async () => {
    slack.proxy.timeZone(slack.person, 'America/Lima');
    const person = await reader.person(slack.person);
    expect(person).toEqual({
      name: expect.stringMatching(/\w/),
      zone: { kind: 'region', name: 'America/Lima', otherwise: '' },
    });
    expect(await reader.person(slack.person)).toEqual(person);
    expect(slack.proxy.callsOf('users.info')).toHaveLength(1);
  });

  test('is known under every name that Slack has, from the same question; a bot under none', async () => {
    const kim = await userNamed('kim');
    expect((await reader.person(kim))?.name).toBeDefined();
    expect(new Set(await reader.namesOf(kim))).toEqual(new Set(['kim', 'Kim Lee']));
    expect(slack.proxy.callsOf('users.info')).toHaveLength(1);
    slack.proxy.isBot(slack.person);
    expect(await reader.namesOf(slack.person)).toEqual([]);
    expect(await reader.namesOf('U0NOBODY99')).toBeUndefined();
  });

  test('whom Slack does not know, or may not name, is nobody: no request fails for it', async () => {
    expect(await reader.person('U0NOBODY99')).toBeUndefined();
    slack.proxy.missScope('users.info', 'users:read');
    expect(await reader.person('U0NOBODY98')).toBeUndefined();
    slack.proxy.down(true);
    expect(await reader.person('U0NOBODY97')).toBeUndefined();
  });

  test('is not waited for longer than a command may wait', async () => {
    slack.proxy.hang('users.info');
    const answered = vi.fn();
    void reader.person(slack.person).then(answered);
    await clock.tick(1_999);
    expect(answered).toHaveBeenCalledExactlyOnceWith(undefined);
  });
});

describe('a message', () => {
  test('says what it holds, and whether it is marked and pinned', async () => {
    const { ts } = await slack.post('the pool is full');
    expect(await look(ts)).toMatchObject({ kind: 'seen', text: 'the pool is full', marked: false, pinned: false });
    await slack.call('reactions.add', { channel: slack.channel, timestamp: ts, name: 'eyes' });
    expect(await look(ts)).toMatchObject({ marked: false });
    await slack.call('reactions.add', { channel: slack.channel, timestamp: ts, name: 'pushpin' });
    await slack.call('pins.add', { channel: slack.channel, timestamp: ts });
    expect(await look(ts)).toMatchObject({ marked: true, pinned: true, link: expect.stringContaining('http') });
  });

  test('that was deleted is gone', async () => {
    expect(await look('1700000000.000100')).toEqual({ kind: 'gone' });
  });

  test('of which only one thing may be asked says that, and the other is not known', async () => {
    const { ts } = await slack.post('the pool is full');
    await slack.call('pins.add', { channel: slack.channel, timestamp: ts });
    slack.proxy.missScope('reactions.get', 'reactions:read');
    expect(await look(ts)).toMatchObject({ kind: 'seen', marked: undefined, pinned: true });
    slack.proxy.missScope('pins.list', 'pins:read');
    expect(await look(ts)).toEqual({ kind: 'unreadable', reason: 'missing_scope' });
  });

  test('is asked for again later where Slack is away or busy', async () => {
    const { ts } = await slack.post('the pool is full');
    slack.proxy.limit('reactions.get', 1);
    await expect(look(ts)).rejects.toThrow();
    slack.proxy.down(true);
    await expect(look(ts)).rejects.toThrow();
  });
});

async function userNamed(name: string): Promise<string> {
  const { members } = await slack.call('users.list', {});
  return (members as { id: string; name: string }[]).find((member) => member.name === name)?.id ?? '';
}
