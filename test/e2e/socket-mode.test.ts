/** Socket Mode: the bot connects out, twice, and everything else is as over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import { openSlackSide, type SlackSide } from '#test/slack-side.ts';

const INCIDENT = { id: 'Q7X2FRONTEND', title: 'frontend is slow' };

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeEach(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends, mode: 'socket' });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

test('a command that comes over the socket is acknowledged and answered', async () => {
  const acknowledged = await slack.proxy.socket.send('slash_commands', slack.command(SLOW_QUERY_TRACE.id));
  expect(acknowledged ?? {}).toEqual({});
  const message = await eventually(async () => (await slack.messages()).find(({ text }) => /mysql/i.test(text)));
  expect(message.thread_ts).toBeUndefined();
});

test('help comes back in the acknowledgement itself', async () => {
  const acknowledged = await slack.proxy.socket.send('slash_commands', slack.command('help'));
  expect(acknowledged).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('/trace') });
});

describe('of two connections', () => {
  const alert = async () =>
    slack.event(pagerdutyMessage(INCIDENT, { channel: slack.channel, ts: (await slack.post(INCIDENT.title)).ts }));
  const answers = async () => {
    const [root] = await slack.messages();
    return (await slack.thread(root?.ts ?? '')).filter(({ blocks = [] }) =>
      blocks.some(({ type }) => type === 'image'),
    );
  };

  test('each gets requests', async () => {
    expect(slack.proxy.socket.connections()).toBe(2);
    for (const connection of [0, 1]) {
      const answered = await slack.proxy.socket.send('slash_commands', slack.command('help'), connection);
      expect(answered).toMatchObject({ response_type: 'ephemeral' });
    }
  });

  test.each(['refresh_requested', 'warning'] as const)(
    'one that Slack renews (%s) loses nothing: the other takes what comes meanwhile',
    async (reason) => {
      slack.proxy.socket.disconnect(reason);
      expect(slack.proxy.socket.connections()).toBe(1);
      expect(await slack.proxy.socket.send('slash_commands', slack.command(SLOW_QUERY_TRACE.id))).toEqual({});
      await eventually(async () => (await slack.messages()).find(({ text }) => /mysql/i.test(text)));
    },
  );

  test('what came over one, was not acknowledged before its end, and comes again over the other is answered once', async () => {
    const event = await alert();
    void slack.proxy.socket.send('events_api', event, 0);
    slack.proxy.socket.disconnect('refresh_requested', 0);
    await slack.proxy.socket.send('events_api', event, 0);
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await bot.stop(); // the end of all work
    expect(await answers()).toHaveLength(1);
    bot = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
  });

  test('what comes over both at the same time is answered once', async () => {
    const event = await alert();
    await Promise.all([0, 1].map((connection) => slack.proxy.socket.send('events_api', event, connection)));
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await bot.stop();
    expect(await answers()).toHaveLength(1);
    bot = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
  });

  test('both that Slack renews are connected anew, and take requests', { tags: ['deep'] }, async () => {
    slack.proxy.socket.disconnect('refresh_requested');
    slack.proxy.socket.disconnect('refresh_requested');
    await eventually(() => (slack.proxy.socket.connections() === 2 ? true : undefined));
    for (const connection of [0, 1]) {
      const answered = await slack.proxy.socket.send('slash_commands', slack.command('help'), connection);
      expect(answered).toMatchObject({ response_type: 'ephemeral' });
    }
  });

  test('one that is too many is tried again until there is a place', { tags: ['deep'] }, async () => {
    slack.proxy.socket.allow(1);
    slack.proxy.socket.disconnect('refresh_requested', 1);
    await eventually(() => (slack.proxy.socket.refused() > 0 ? true : undefined));
    expect(await slack.proxy.socket.send('slash_commands', slack.command(SLOW_QUERY_TRACE.id))).toEqual({});
    slack.proxy.socket.allow(2);
    await eventually(() => (slack.proxy.socket.connections() === 2 ? true : undefined));
  });

  test('one for which Slack refuses the token for a moment ends nothing', { tags: ['deep'] }, async () => {
    slack.proxy.refuse('apps.connections.open', 'invalid_auth');
    slack.proxy.socket.disconnect('refresh_requested', 0);
    await eventually(() => slack.proxy.callsOf('apps.connections.open').find(({ answer }) => answer === 'refused'));
    expect(await slack.proxy.socket.send('slash_commands', slack.command(SLOW_QUERY_TRACE.id))).toEqual({});
    await eventually(() => (slack.proxy.socket.connections() === 2 ? true : undefined));
  });
});

test('a bot starts with one connection while there is no place for the other', { tags: ['deep'] }, async () => {
  await bot.stop();
  slack.proxy.socket.allow(1);
  bot = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
  expect(await slack.proxy.socket.send('slash_commands', slack.command('help'))).toMatchObject({
    response_type: 'ephemeral',
  });
});

test('two processes on one folder answer once what Slack delivers to both', async () => {
  const other = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
  expect(slack.proxy.socket.connections()).toBe(4);
  const command = slack.command(SLOW_QUERY_TRACE.id);
  await Promise.all([0, 1, 2, 3].map((connection) => slack.proxy.socket.send('slash_commands', command, connection)));
  await eventually(async () => (await slack.messages()).find(({ text }) => /mysql/i.test(text)));
  await Promise.all([bot.stop(), other.stop()]);
  expect(await slack.messages()).toHaveLength(1);
  bot = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
});

test('a delivery that is repeated after a reconnect is answered once', { tags: ['deep'] }, async () => {
  const command = slack.command(SLOW_QUERY_TRACE.id);
  await slack.proxy.socket.send('slash_commands', command);
  await slack.proxy.socket.send('slash_commands', command);
  await eventually(async () => (await slack.messages()).find(({ text }) => /mysql/i.test(text)));
  expect(await slack.messages()).toHaveLength(1);
});

test('stopping disconnects, so that Slack sends nothing to a process that goes', async () => {
  expect(slack.proxy.socket.connections()).toBe(2);
  await bot.stop();
  await eventually(() => (slack.proxy.socket.connections() === 0 ? true : undefined));
  bot = await openBot({ slack, ...backends, mode: 'socket', dataFolder: bot.dataFolder });
});

test('a message larger than Slack sends is not taken: the bot connects anew and goes on', {
  tags: ['deep'],
}, async () => {
  const large = slack.command('help', { padding: 'a'.repeat(3_900_000) });
  expect(await slack.proxy.socket.send('slash_commands', large)).toMatchObject({ response_type: 'ephemeral' });

  void slack.proxy.socket.send('slash_commands', slack.command('help', { padding: 'a'.repeat(4_300_000) }));
  await eventually(() => (slack.proxy.socket.connections() === 1 ? true : undefined));
  await eventually(() => (slack.proxy.socket.connections() === 2 ? true : undefined));
  expect(await slack.proxy.socket.send('slash_commands', slack.command('help'))).toMatchObject({
    response_type: 'ephemeral',
  });
});
