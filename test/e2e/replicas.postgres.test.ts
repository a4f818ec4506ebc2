/** Two whole bots on one Postgres: what one takes, any of them answers, once; and the database may go away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { emptyDatabase, isThereAPostgres } from '#test/postgres-place.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { openTcpProxy, type TcpProxy } from '#test/tcp-proxy.ts';
import { storeTrouble } from '#workflows/upkeep/check-store.ts';

/** The first one loads the whole bot. */
const OPENS_WITHIN_MS = 60_000;

describe.skipIf(!isThereAPostgres)('two replicas on one Postgres', () => {
  let slack: SlackSide;
  let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
  let bots: TestBot[];
  let way: TcpProxy;
  let dataFolder: string;

  beforeEach(async () => {
    const url = new URL(await emptyDatabase());
    way = await openTcpProxy(Number(url.port));
    url.port = `${way.port}`;
    slack = await openSlackSide();
    backends = await openHotrodBackends();
    dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-shared-'));
    const env = { DATABASE_URL: url.href, SPANHOUND_REDACTION_KEY: 'the same in all replicas' };
    const open = () => openBot({ slack, ...backends, dataFolder, env });
    bots = await Promise.all([open(), open()]);
  }, OPENS_WITHIN_MS);
  afterEach(async () => {
    way.set('well');
    await Promise.all(bots.map((bot) => bot.stop()));
    await way.close();
    await backends.close();
    await slack.close();
    await rm(dataFolder, { recursive: true, force: true });
  }, OPENS_WITHIN_MS);

  const answers = async () => (await slack.messages()).filter(({ text }) => /mysql/i.test(text));
  const url = (index: number) => bots[index]?.url ?? '';

  test('answer a command once that Slack delivers to both', async () => {
    const command = slack.command(SLOW_QUERY_TRACE.id);
    const sent = await Promise.all([0, 1].map((index) => sendToBot(url(index), command)));
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await slack.messages()).toHaveLength(1);
  });

  test('one answers what the other took before it stopped', async () => {
    // Slack says who may ask, and takes no message: a command of somebody it says nothing about is refused.
    slack.proxy.chaos((method) =>
      method === 'chat.postMessage' ? { kind: 'refused', error: 'service_unavailable' } : undefined,
    );
    expect((await sendToBot(url(0), slack.command(SLOW_QUERY_TRACE.id))).status).toBe(200);
    await bots.shift()?.stop();
    expect(await slack.messages()).toHaveLength(0);
    slack.proxy.chaos(() => undefined);
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    expect(await slack.messages()).toHaveLength(1);
  });

  test.each(['away', 'silent'] as const)('go on by themselves after a database that was %s', async (how) => {
    const [bot] = bots;
    if (bot === undefined) throw new Error('there is no bot');
    const trouble = storeTrouble(bot.store);
    expect(await trouble()).toBeUndefined();
    way.set(how);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // an answer about the store holds for a second
    expect(await trouble()).toMatch(/^the store (cannot be written|took longer)/);
    const refused = sendToBot(url(0), slack.command(SLOW_QUERY_TRACE.id)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    way.set('well');
    await refused;

    await eventually(async () => ((await trouble()) === undefined ? true : undefined));
    const taken = await sendToBot(url(1), slack.command(SLOW_QUERY_TRACE.id));
    expect(taken).toEqual({ status: 200, body: '' });
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
  });
});

describe.skipIf(!isThereAPostgres)('two replicas with Socket Mode', () => {
  let slack: SlackSide;
  let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
  let bots: TestBot[];
  let dataFolder: string;

  beforeEach(async () => {
    slack = await openSlackSide();
    backends = await openHotrodBackends();
    dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-shared-'));
    const env = { DATABASE_URL: await emptyDatabase(), SPANHOUND_REDACTION_KEY: 'the same in all replicas' };
    const open = () => openBot({ slack, ...backends, dataFolder, env, mode: 'socket' });
    bots = await Promise.all([open(), open()]);
  }, OPENS_WITHIN_MS);
  afterEach(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await backends.close();
    await slack.close();
    await rm(dataFolder, { recursive: true, force: true });
  }, OPENS_WITHIN_MS);

  const connections = () => slack.proxy.socket.connections();
  const send = (connection: number, command: ReturnType<SlackSide['command']>) =>
    slack.proxy.socket.send('slash_commands', command, connection);
  const answers = async () => (await slack.messages()).filter(({ text }) => /mysql/i.test(text));

  test('each has two connections of its own, and all get commands', async () => {
    expect(connections()).toBe(4);
    for (const connection of [0, 1, 2, 3]) {
      expect(await send(connection, slack.command('help'))).toMatchObject({ response_type: 'ephemeral' });
    }
  });

  test('what Slack delivers again on the connection of the other is answered once', async () => {
    const command = slack.command(SLOW_QUERY_TRACE.id);
    await Promise.all([0, 1, 2, 3].map((connection) => send(connection, command)));
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await Promise.all(bots.splice(0).map((bot) => bot.stop())); // the end of all work
    expect(await slack.messages()).toHaveLength(1);
  });

  test('what comes again after Slack renewed a connection is answered once', async () => {
    const command = slack.command(SLOW_QUERY_TRACE.id);
    void send(0, command);
    slack.proxy.socket.disconnect('refresh_requested', 0);
    await Promise.all([0, 1, 2].map((connection) => send(connection, command)));
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await Promise.all(bots.splice(0).map((bot) => bot.stop()));
    expect(await slack.messages()).toHaveLength(1);
  });

  test('one answers what the other took before it stopped, and takes what comes next', async () => {
    slack.proxy.chaos((method) =>
      method === 'chat.postMessage' ? { kind: 'refused', error: 'service_unavailable' } : undefined,
    );
    await send(0, slack.command(SLOW_QUERY_TRACE.id));
    await bots.shift()?.stop();
    await eventually(() => (connections() === 2 ? true : undefined));
    slack.proxy.chaos(() => undefined);
    await eventually(async () => ((await answers()).length > 0 ? true : undefined));
    await send(0, slack.command(SLOW_QUERY_TRACE.id));
    await eventually(async () => ((await answers()).length > 1 ? true : undefined));
    expect(await answers()).toHaveLength(2);
  });
});
