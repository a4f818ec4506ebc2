/** Socket Mode: the bot connects out, and everything else is as over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackSide } from '#test/slack-side.ts';

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

test('a delivery that is repeated after a reconnect is answered once', { tags: ['deep'] }, async () => {
  const command = slack.command(SLOW_QUERY_TRACE.id);
  await slack.proxy.socket.send('slash_commands', command);
  await slack.proxy.socket.send('slash_commands', command);
  await eventually(async () => (await slack.messages()).find(({ text }) => /mysql/i.test(text)));
  expect(await slack.messages()).toHaveLength(1);
});

test('stopping disconnects, so that Slack sends nothing to a process that goes', async () => {
  expect(slack.proxy.socket.connections()).toBe(1);
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
  await eventually(() => (slack.proxy.socket.connections() === 0 ? true : undefined));
  await eventually(() => (slack.proxy.socket.connections() === 1 ? true : undefined));
  expect(await slack.proxy.socket.send('slash_commands', slack.command('help'))).toMatchObject({
    response_type: 'ephemeral',
  });
});
