/**
 * Secrets in whatever people type, alerts say and backends answer: none leaves for Slack or for the log, none is kept in
 * the record, and the command line prints none of them. Real Bolt over HTTP, a stateful Slack.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeToken } from '#compose/tokens.ts';
import { redact } from '#model/redaction/redaction.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { botEnvironment, openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { PATIENCE } from '#test/patience.ts';
import { leaks, SECRETS } from '#test/planted-secrets.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { spanhound } from '../cli/run-spanhound.ts';

const TOKEN = 'token-of-the-webhook';
/** Far apart, so that neighbours are of different kinds. */
const STEP = 7;
let nth = 0;

/** A text with the next secret behind it. */
function planted(text: string): string {
  nth += STEP;
  return `${text} ${SECRETS[nth % SECRETS.length]?.text}`;
}

function plantedAlert(): string {
  const known = firing('frontend-0');
  const labels = { ...known.labels, service: 'frontend', alertname: planted('TooSlow'), pod: planted('pod') };
  const one = {
    ...known,
    labels,
    annotations: { summary: planted('p95 is 2.3 s'), description: planted('of each route'), owner: planted('web') },
    startsAt: new Date().toISOString(),
    generatorURL: `http://prometheus:9090/graph?${new URLSearchParams({ expr: planted('x > 1') })}`,
  };
  return JSON.stringify(alertmanagerGroup([one], { commonLabels: labels }));
}

const alert = plantedAlert();
const logged: string[] = [];
const printed: [command: string, text: string][] = [];
let slack: SlackSide;
let bot: TestBot;
let told: Readonly<Record<string, string>>;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends({ plant: planted });
  slack = await openSlackSide();
  const env = { ...PATIENCE, ALERTMANAGER_TOKEN: TOKEN, ALERTS_CHANNEL: slack.channel };
  const lines = new Writable({
    write(chunk, _, done) {
      logged.push(String(chunk));
      done();
    },
  });
  // As `npm start` opens it.
  const log = pino({ level: 'debug', hooks: { streamWrite: redact } }, lines);
  bot = await openBot({ slack, ...backends, env, log });

  await alertAnswered();
  await traceAnswered();
  await incidentKept();
  await refused();

  await askedByPrograms();

  told = botEnvironment({ slack, ...backends, dataFolder: bot.dataFolder, env });
  await bot.stop();
  const commands = [
    ['investigate', '--alert', '-'],
    ['investigate', '--alert', '-', '--json'],
    ['alert', 'try', '-'],
    ['trace', SLOW_QUERY_TRACE.id, '--methods'],
    ['incidents', '--json'],
    ['postmortem', 'INC-1'],
    ['audit', 'show', '--json'],
  ];
  for (const args of commands) await print(args);
});
afterAll(async () => {
  await bot.forget();
  await slack.close();
  await backends.close();
});

/** What the command line prints. */
async function print(args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await spanhound(args, { env: told, stdin: alert });
  expect(`${stdout}${stderr}`, args.join(' ')).not.toBe('');
  expect([0, 1, 5], `${args.join(' ')}: ${stderr}`).toContain(code);
  printed.push([args.join(' '), stdout + stderr]);
  return stdout + stderr;
}

async function alertAnswered(): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const answered = await fetch(`${bot.url}/webhooks/alertmanager`, { method: 'POST', headers, body: alert });
  expect(answered.status).toBe(202);
  await said(/mysql/i);
}

/** What nobody can read is logged. */
async function refused(): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const body = JSON.stringify({ alerts: planted('none'), [planted('key')]: planted('value') });
  const answered = await fetch(`${bot.url}/webhooks/alertmanager`, { method: 'POST', headers, body });
  expect(answered.status).toBe(400);
  printed.push(['a refused webhook', await answered.text()]);
}

/** What a program asks for, and what is wrong in its questions. */
async function askedByPrograms(): Promise<void> {
  const asked = {
    name: 'all',
    scopes: ['read', 'cases', 'diagnose'],
    channels: [slack.channel],
    days: '1',
    by: 'test',
  };
  const { token } = await makeToken(bot.store, asked);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const path = (text: string) => encodeURIComponent(planted(text));
  const body = JSON.stringify({ failing: planted('a trace'), [planted('healthy')]: [planted('another')] });
  for (const [way, more] of [
    ['/incidents?status=all', {}],
    ['/incidents/INC-1', {}],
    ['/incidents/INC-1/timeline', {}],
    ['/incidents/INC-1/similar', {}],
    ['/services', {}],
    [`/incidents?status=${path('open')}`, {}],
    [`/incidents/${path('INC-1')}`, {}],
    [`/services?${path('name')}=${path('cart')}`, {}],
    [`/services?name=${path('cart')}`, {}],
    [`/${path('nothing')}`, {}],
    ['/compare', { method: 'POST', body }],
    ['/compare', { method: 'POST', body: planted('{') }],
  ] as const) {
    const answered = await fetch(`${bot.url}/api/v1${way}`, { headers, ...more });
    printed.push([`${answered.status} of the API for ${way}`, await answered.text()]);
  }
}

async function traceAnswered(): Promise<void> {
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  await sendToBot(bot.url, slack.command(planted('tools json')));
  await eventually(async () => (await everywhere()).filter((message) => /mysql/i.test(message.text)).at(1));
}

async function incidentKept(): Promise<void> {
  await typed(planted('declare P1 Checkout is slow'));
  await said(/Checkout is slow/);
  for (const text of ['note the pool is full', 'update we look into it', 'resolve restarted', 'explode']) {
    await typed(planted(text));
  }
  await typed('resolve');
  await sendToBot(bot.url, slack.command('INC-1', { command: '/postmortem' }));
  await eventually(() => slack.proxy.calls.find(({ args }) => /postmortem/i.test(JSON.stringify(args))));
}

async function typed(text: string): Promise<void> {
  const command = slack.command(text, { command: '/incident' });
  const { status, body } = await sendToBot(bot.url, command);
  expect(status).toBe(200);
  const urlId = (command.response_url ?? '').split('/').at(-1);
  if (body === '') await eventually(() => slack.proxy.responses.find((answer) => answer.urlId === urlId));
  printed.push([text, body]);
}

function said(words: RegExp): Promise<SlackMessage> {
  return eventually(async () => (await everywhere()).find((message) => words.test(JSON.stringify(message))));
}

async function everywhere(): Promise<readonly SlackMessage[]> {
  const roots = await slack.messages();
  return [...roots, ...(await Promise.all(roots.map(({ ts }) => slack.thread(ts)))).flat()];
}

describe('a secret in whatever comes in', () => {
  test('does not leave for Slack', () => {
    expect(slack.proxy.calls.length).toBeGreaterThan(10);
    for (const { method, args } of slack.proxy.calls) expect(leaks(JSON.stringify(args)), method).toEqual([]);
    for (const { body } of slack.proxy.responses) expect(leaks(JSON.stringify(body))).toEqual([]);
    for (const bytes of slack.proxy.uploads.values()) expect(leaks(bytes.toString())).toEqual([]);
  });

  test('is not logged', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(leaks(logged.join(''))).toEqual([]);
  });

  test('is in no file of the data folder', () => {
    const files = globSync('**/*', { cwd: bot.dataFolder }).filter((file) =>
      statSync(join(bot.dataFolder, file)).isFile(),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(leaks(readFileSync(join(bot.dataFolder, file), 'latin1')), file).toEqual([]);
  });

  test('is not printed by the command line', () => {
    for (const [command, text] of printed) expect(leaks(text), command).toEqual([]);
    expect(printed.filter(([command]) => command.startsWith('200 of the API')).length).toBeGreaterThan(4);
  });

  test.each([
    ['incidents', 'INC-1'],
    ['incidents', '--like', 'INC-1'],
    ['timeline', 'INC-1'],
    ['actions', 'INC-1', '--json'],
    ['changes', 'INC-1'],
    ['review', '--format', 'md'],
    ['services', '--json'],
    ['postmortem', 'versions', 'INC-1'],
    ['postmortem', 'lint', '-'],
    ['audit', 'verify'],
  ])('is not printed by %s %s', async (...args) => {
    expect(leaks(await print(args))).toEqual([]);
  });
});
