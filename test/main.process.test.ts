/** `npm start` as a process: what it says, when it refuses to start, how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '#test/eventually.ts';
import { inGate } from '#test/in-gate.ts';
import { OF_EVERY_PROGRAM } from '#test/of-every-program.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function start(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(process.execPath, ['bin/start.mjs', ...args], {
    cwd: ROOT,
    env: { ...OF_EVERY_PROGRAM, PORT: '0', LOG_LEVEL: 'error', ...environment },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk));
  // It exits before all that it said is read.
  return { child, said, exit: once(child, 'close') };
}

test('with nothing configured it opens the playground, and says what to set for more', async () => {
  const { child, said, exit } = start({});
  const url = await eventually(() => /Open (http:\S+)/.exec(said.out)?.[1]);
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'JAEGER_URL', 'LOKI_URL']) {
    expect(said.out).toContain(name);
  }
  expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
  expect(await (await fetch(new URL('/status.json', url))).json()).toEqual({ open: 0, incidents: [] });
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('with Slack configured it says what is missing, and never shows a password', async () => {
  const data = mkdtempSync(join(tmpdir(), 'spanhound-main-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const { child, said, exit } = start({
    SLACK_BOT_TOKEN: 'xoxb-secret-token',
    SLACK_SIGNING_SECRET: 'signing-secret',
    SLACK_API_URL: 'http://127.0.0.1:1023/api/',
    JAEGER_URL: 'http://someone:password@127.0.0.1:1023/base/',
    SPANHOUND_DATA: data,
  });
  const url = await eventually(() => /Ready on (http:\S+?)\.\s/.exec(said.out)?.[1]);
  expect(said.out).toContain(`HTTP: Slack sends events to ${url}/slack/events`);
  expect(said.out).toContain('Jaeger at http://127.0.0.1:1023/base');
  expect(said.out).toContain('none. Set LOKI_URL');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await eventually(() => (said.err.includes('Slack did not answer') ? true : undefined));
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(said.out + said.err).not.toMatch(/password|xoxb-secret-token|signing-secret/);
});

const halves = inGate(
  [
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET']],
    [{ SLACK_SIGNING_SECRET: 's' }, ['SLACK_BOT_TOKEN']],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, ['SLACK_BOT_TOKEN']],
  ] as const,
  2,
);
test.each(halves.gate)('half a Slack configuration is refused with what is missing: %o', isRefused);
test.each(halves.deep)('half a Slack configuration is refused with what is missing: %o', { tags: ['deep'] }, isRefused);

async function isRefused(environment: Readonly<Record<string, string>>, missing: readonly string[]): Promise<void> {
  const { said, exit } = start(environment);
  expect(await exit).toEqual([2, null]);
  for (const name of missing) expect(said.err).toContain(name);
  expect(said.err).not.toContain('    at ');
}

test.each([['--config', 'a\r\u001b[31mb\u202ec\u0085d'], ['--a\r\u001b[31mb\u202ec\u0085d']])(
  'says words of a person without what moves the cursor or turns a line around: %j',
  async (...args) => {
    const { said, exit } = start({}, ...args);
    await exit;
    expect(said.err).toContain('spanhound: ');
    expect(said.err).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  },
);

test('it shows its options, and starts nothing', { tags: ['deep'] }, async () => {
  const { said, exit } = start({}, '--help');
  expect(await exit).toEqual([0, null]);
  expect(said).toEqual({ out: expect.stringMatching(/^Usage: npm start.*--config/s), err: '' });
});

const wrong = inGate([['--halp'], ['word'], ['--config']], 2);
test.each(wrong.gate)('it says that %s is no option of it, and is no bug', isNoOption);
test.each(wrong.deep)('it says that %s is no option of it, and is no bug', { tags: ['deep'] }, isNoOption);

async function isNoOption(argument: string): Promise<void> {
  const { said, exit } = start({}, argument);
  expect(await exit).toEqual([2, null]);
  expect(said.out).toBe('');
  expect(said.err.trimEnd().split('\n')).toEqual([
    expect.stringContaining(argument),
    'Run `npm start -- --help` for the options.',
  ]);
}
