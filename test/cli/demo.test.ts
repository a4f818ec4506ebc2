/** `spanhound demo`: the guide's incident in the store, as a new user plays it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OF_EVERY_PROGRAM } from '#test/of-every-program.ts';
import { SPANHOUND, spanhound } from './run-spanhound.ts';

const SPANHOUND_DATA = mkdtempSync(join(tmpdir(), 'spanhound-demo-test-'));
afterAll(() => rmSync(SPANHOUND_DATA, { recursive: true, force: true }));

/** Were it asked, the demo would fail: nothing listens there. */
const NOBODY = 'http://127.0.0.1:9';
const env = { SPANHOUND_DATA, JAEGER_URL: NOBODY, LOKI_URL: NOBODY };

/** Played once: the first three tests look at the same store. */
let played: Awaited<ReturnType<typeof spanhound>>;
beforeAll(async () => {
  played = await spanhound(['demo', '--json'], { env });
});

test('plays the outage from alert to postmortem into the store, and asks nobody outside', () => {
  const { code, stdout } = played;
  expect(code).toBe(0);
  const told = JSON.parse(stdout);
  expect(Object.keys(told)).toEqual([
    'incident',
    'reply',
    'timeline',
    'metrics',
    'knownFrom',
    'durationFrom',
    'postmortem',
  ]);
  expect(told.incident).toBe('INC-1');
  expect(told.metrics).toEqual({ detectionMinutes: 0, confirmationMinutes: 3, repairMinutes: 10, durationMinutes: 30 });
  expect(told.reply).toMatchObject({
    schema: 'spanhound.report/1',
    subject: { kind: 'alert', service: 'user-service' },
    diagnosis: {
      kind: 'pool-exhaustion',
      service: 'user-service',
      verdict: expect.stringMatching(/^The connection pool of user-service is exhausted/),
    },
  });
  expect(told.timeline.map(({ at, kind }: { at: string; kind: string }) => `${at.slice(0, 16)} ${kind}`)).toEqual([
    '2025-01-06T14:28 finding',
    '2025-01-06T14:30 alert',
    '2025-01-06T14:30 note',
    '2025-01-06T14:30 diagnosis',
    '2025-01-06T14:30 status',
    '2025-01-06T14:30 role',
    '2025-01-06T14:31 note',
    '2025-01-06T14:33 status',
    '2025-01-06T14:35 status',
    '2025-01-06T14:40 status',
    '2025-01-06T15:00 status',
  ]);
  expect(told.reply.affected).toMatchObject({ requests: 12, failed: 3, slow: null });
  expect(told.postmortem).toContain('# Postmortem of INC-1: Logins fail');
  // The evidence has a failed request from before the alert, and the start that a person entered counts.
  expect(told.postmortem).toContain(
    '| **Detection** | 0 min | from the start of the impact, as a responder entered it',
  );
  expect(told.postmortem).not.toMatch(/- (brute-force|sql-injection|error-burst)/);
  expect(told.postmortem.split('**More to ask**')[0].match(/- \[ \]/g)).toHaveLength(7);
  expect(told.postmortem).toContain('- 3 of 12 requests to user-service (25 %) failed between ');
});

test('what it played is there for the other verbs: incidents, postmortem, case, audit', async () => {
  const incidents = await spanhound(['incidents'], { env });
  expect(incidents.stdout).toMatch(/INC-1 .*resolved.*Logins fail/);
  const postmortem = await spanhound(['postmortem', 'INC-1'], { env });
  expect(postmortem.stdout).toMatch(/^#+ Timeline/m);
  expect(postmortem.stdout).toContain('“pagerduty: Error rate above 5 % on user-service”');
  expect(postmortem.stdout).toContain('Incident commander: You');
  expect(postmortem.stdout).not.toContain('U0YOU');
  const folder = join(SPANHOUND_DATA, 'exported');
  expect((await spanhound(['case', 'export', 'INC-1', folder], { env })).code).toBe(0);
  expect((await spanhound(['case', 'verify', folder], { env })).code).toBe(0);
  expect((await spanhound(['audit', 'verify'], { env })).code).toBe(0);
});

test('its last line works as it is printed', { tags: ['deep'] }, async () => {
  const { stdout } = await spanhound(['demo'], { env });
  const line = /^The postmortem: (.+)$/m.exec(stdout)?.[1] ?? '';
  const { PATH } = process.env;
  const run = spawnSync('sh', ['-c', line], { cwd: dirname(SPANHOUND), env: { PATH }, encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('# Postmortem of INC-1') });
  expect(stdout).toMatch(/from the first alert: confirmation 3 min · repair 10 min\n.*from .*: duration 30 min/);
  expect((await spanhound(['incidents'], { env })).stdout).toContain('took 30 min');
});

test('played again into the same store it is the same incident, and no earlier one that is like it', {
  tags: ['deep'],
}, async () => {
  const first = await spanhound(['postmortem', 'INC-1'], { env });
  const { code, stdout, stderr } = await spanhound(['demo', '--json'], { env });
  expect(code).toBe(0);
  expect(stderr).toContain(`already ran in ${SPANHOUND_DATA}, as INC-1`);
  const told = JSON.parse(stdout);
  expect(told.incident).toBe('INC-1');
  expect(told.metrics).toEqual({ detectionMinutes: 0, confirmationMinutes: 3, repairMinutes: 10, durationMinutes: 30 });
  expect(JSON.stringify(told)).not.toContain('INC-2');
  expect((await spanhound(['incidents'], { env })).stdout.match(/^INC-/gm)).toHaveLength(1);
  expect((await spanhound(['postmortem', 'INC-1'], { env })).stdout).toBe(first.stdout);
  expect((await spanhound(['audit', 'verify'], { env })).code).toBe(0);
});

test('one that was stopped half-way is ended, and the next one is played to its end', { tags: ['deep'] }, async () => {
  const stopped = { ...env, SPANHOUND_DATA: mkdtempSync(join(SPANHOUND_DATA, 'stopped-')) };
  await playUntil('14:33:00', stopped);
  const { code, stdout } = await spanhound(['demo', '--json'], { env: stopped });
  expect(code).toBe(0);
  const told = JSON.parse(stdout);
  expect(told.incident).toBe('INC-2');
  expect(told.metrics.durationMinutes).toBe(30);
  expect(told.reply.similar ?? []).toEqual([]);
  const list = JSON.parse((await spanhound(['incidents', '--json'], { env: stopped })).stdout);
  expect(list.map(({ status }: { status: string }) => status)).toEqual(['resolved', 'resolved']);
  expect((await spanhound(['incidents', '--like', 'INC-2'], { env: stopped })).stdout).not.toContain('INC-1');
});

/** Kills the demo as it says this. */
function playUntil(line: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const demo = spawn(SPANHOUND, ['demo'], { env: { ...OF_EVERY_PROGRAM, ...env } });
  demo.stderr.setEncoding('utf8').on('data', (said: string) => {
    if (said.includes(line)) demo.kill('SIGKILL');
  });
  demo.on('exit', (_code, signal) =>
    signal === 'SIGKILL' ? resolve() : reject(new Error('the demo was not stopped')),
  );
  return promise;
}
