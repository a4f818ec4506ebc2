/** What was acknowledged is answered, once, although the process is killed in between. Real processes, real time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { botEnvironment } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { OF_EVERY_PROGRAM } from '#test/of-every-program.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import { PATIENCE } from '#test/patience.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let slack: SlackSide;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let dataFolder: string;
let running: ChildProcess | undefined;

beforeEach(async () => {
  slack = await openSlackSide();
  backends = await openHotrodBackends();
  dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-killed-'));
});

afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) await kill(running);
  await backends.close();
  await slack.close();
  await rm(dataFolder, { recursive: true, force: true });
});

test('killed between storing a command and posting the answer, it answers once after the restart', async () => {
  // Stored and acknowledged, and not a word of it can be posted.
  slack.proxy.chaos((method) => (method === 'chat.postMessage' ? { kind: 'limited', seconds: 1 } : undefined));
  const first = await start();
  const answered = await sendToBot(first.url, slack.command(SLOW_QUERY_TRACE.id));
  expect(answered.status).toBe(200);
  await kill(first.process);
  expect(await slack.messages()).toHaveLength(0);

  slack.proxy.chaos(() => undefined);
  await start();
  const [message] = await answeredMessages();
  expect(message?.text).toMatch(/mysql/i);
  expect(await slack.messages()).toHaveLength(1);
});

test('killed after Slack took the message and before that was noted, it does not post it again', {
  tags: ['deep'],
}, async () => {
  const first = await start();
  slack.proxy.hang('chat.postMessage');
  await sendToBot(first.url, slack.command(SLOW_QUERY_TRACE.id));
  await eventually(async () => ((await slack.messages()).length === 1 ? true : undefined));
  await kill(first.process);

  await start();
  const messages = await answeredMessages();
  expect(messages).toHaveLength(1);
  expect(messages[0]?.text).toMatch(/mysql/i);
});

test('killed after Slack took the line for the channel and before that was noted, it does not say it again', {
  tags: ['deep'],
}, async () => {
  const first = await start();
  slack.proxy.chaos((method, { reply_broadcast }) =>
    method === 'chat.postMessage' && reply_broadcast === 'true' ? { kind: 'hangs' } : undefined,
  );
  const { ts } = await slack.post('frontend is slow');
  const alert = pagerdutyMessage({ id: 'Q7X2FRONTEND', title: 'frontend is slow' }, { channel: slack.channel, ts });
  await sendToBot(first.url, slack.event(alert));
  const line = await eventually(async () => (await slack.messages()).at(1));
  expect(line.thread_ts).toBe(ts);
  await kill(first.process);

  slack.proxy.chaos(() => undefined);
  await start();
  await eventually(() => slack.proxy.callsOf('conversations.replies').at(0));
  // What comes after it in the channel is sent once it was found.
  await eventually(async () => (await slack.thread(ts)).find(({ text }) => /examined requests/.test(text)));
  expect((await slack.messages()).map((message) => message.ts)).toEqual([ts, line.ts]);
});

test('told to stop, it ends what it has begun and exits cleanly', async () => {
  const { process, url } = await start();
  await sendToBot(url, slack.command(SLOW_QUERY_TRACE.id));
  process.kill('SIGTERM');
  const [code] = await once(process, 'exit');
  expect(code).toBe(0);
  const [message] = await slack.messages();
  expect(message?.text).toMatch(/mysql/i);
});

async function start(): Promise<{ process: ChildProcess; url: string }> {
  const env = { ...PATIENCE, SPANHOUND_LEASE_SECONDS: '1' };
  const environment = botEnvironment({ slack, ...backends, dataFolder, env });
  const child = spawn(process.execPath, ['bin/start.mjs'], {
    cwd: ROOT,
    env: { ...OF_EVERY_PROGRAM, LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk));
  const url = await eventually(() => {
    if (child.exitCode !== null) throw new Error(`the bot ended at its start:\n${said}`);
    return /Ready on (http:\S+?)\.?\s/.exec(said)?.[1];
  });
  return { process: child, url };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function answeredMessages() {
  return eventually(async () => {
    const messages = await slack.messages();
    return messages.some(({ blocks }) => blocks?.some(({ type }) => type === 'actions')) ? messages : undefined;
  });
}
