/** A system that throws wherever it is asked stands between the others, and stops none of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { System } from '#adapters/system.ts';
import { type Check, doctor } from '#cli/doctor.ts';
import { composeAlertMessages } from '#compose/alert-messages.ts';
import { composeAlertReader } from '#compose/alert-reader.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { startScreen } from '#compose/start-screen.ts';
import { alertTitles, linkedSystems, placesOf } from '#compose/systems.ts';
import { composeWebhooks } from '#compose/webhooks.ts';
import { type Environment, loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { later } from '#test/later.ts';
import { printed } from '#test/printed.ts';

const WRONG = 'http://me:S3CRETpw@broken.internal is\nwrong';

function wrong(): never {
  throw new TypeError(WRONG);
}

vi.mock('#adapters/registry.ts', async (original) => {
  const [{ systems }, { acme }] = await Promise.all([
    original<typeof import('#adapters/registry.ts')>(),
    import('../adapters/acme/index.ts'),
  ]);
  const broken: System = {
    id: 'broken',
    title: 'Bro\nken\u001b[31m',
    docs: 'formats.md',
    checked: 'documented',
    settings: {},
    links: { trace: 'http://broken.internal/trace/{traceId}' },
    evidence: {
      kinds: ['traces', 'logs', 'metrics', 'platform', 'databases', 'changes', 'diffs'],
      setup: { set: 'BROKEN_URL', purpose: 'to read everything from it' },
      place: wrong,
      open: wrong,
    },
    chat: { place: wrong },
    doctor: { set: 'BROKEN_TOKEN', check: wrong },
    alertMessages: { load: async () => wrong },
    alertWebhook: {
      path: '/webhooks/broken',
      secret: 'BROKEN_SECRET',
      setup: 'set BROKEN_SECRET',
      bodies: ['a broken webhook'],
      refusal: 'no',
      load: async () => ({ proof: wrong, read: wrong }),
    },
  };
  const unloadable: System = {
    ...broken,
    id: 'unloadable',
    title: 'Unloadable',
    alertMessages: { load: wrong },
    alertWebhook: { ...broken.alertWebhook, path: '/webhooks/unloadable', load: wrong } as never,
  };
  return { systems: [broken, unloadable, ...systems, acme] };
});

const folder = mkdtempSync(join(tmpdir(), 'spanhound-broken-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ACME: Environment = {
  ACME_URL: 'http://acme.internal',
  ACME_WEBHOOK_TOKEN: 't0ken',
  CHANGES_TOKEN: 't0ken',
  SPANHOUND_DATA: join(folder, 'da\nta'),
};

async function printedBy(form: 'json' | 'text'): Promise<string> {
  return await printed(() => doctor({ env: ACME, options: { format: form } }));
}

test('doctor has a failed line for it, and checks the others', async () => {
  const text = await printedBy('json');
  const checks: Check[] = JSON.parse(text).checks;
  const of = (name: string) => checks.filter((check) => check.name === name);
  expect(of('broken')).toMatchObject([
    {
      state: 'failed',
      detail: expect.stringContaining('broken cannot be read'),
      remedy: expect.stringContaining('Bro ken'),
    },
    { state: 'failed', detail: expect.stringContaining('broken.internal is wrong') },
  ]);
  expect(of('acme')).toMatchObject([{ state: 'ok' }]);
  expect(of('alerts')).toMatchObject([
    { state: 'failed', detail: expect.stringMatching(/^not accepted from Bro ken: /) },
    { state: 'failed', detail: expect.stringMatching(/^not accepted from Unloadable: /) },
    { state: 'off', detail: expect.stringMatching(/^accepted from Acme, but /) },
  ]);
  expect(of('changes')).toMatchObject([{ state: 'ok' }]);
  expect(text).not.toContain('S3CRETpw');
});

test('doctor writes a line break in a name or a message as a space', async () => {
  const text = await printedBy('text');
  expect(text).toContain('/da ta\n');
  expect(text.split('\n').filter((line) => !/^(?:[✓✗·] | {4,}→ |\d+ of \d+ checks failed: |$)/u.test(line))).toEqual(
    [],
  );
});

test('the start screen says what is wrong with it, and shows the others', async () => {
  const screen = await startScreen(loadConfig(ACME), { isPlayground: false, port: 3000, version: '1' });
  expect(screen).toMatch(
    /^ {2}Logs {4}Bro ken \(.*broken\.internal is wrong; run `spanhound doctor`\), .*Acme at http:\/\/acme\.internal$/m,
  );
  expect(screen).toMatch(/^ {2}Bro ken Bro ken \(/m);
  expect(screen).toMatch(/^ {2}Slack {3}not connected/m);
  expect(screen).not.toContain('S3CRETpw');
  expect((await placesOf('traces', loadConfig(ACME))).join()).not.toContain('S3CRETpw');
});

test('an investigation reads the others, and knows that it is missing', async () => {
  const config = loadConfig(ACME);
  const { logSources, traceSources, databaseSources } = await composeInvestigation(config, { systems: config });
  const signal = later();
  expect(logSources.map(({ name }) => name)).toEqual(['broken', 'unloadable', 'acme']);
  await expect(traceSources[0]?.openTrace('1', signal)).rejects.toMatchObject({
    code: 'SH_NOT_OPENED',
    message: expect.stringMatching(/^broken cannot be read: /),
  });
  await expect(databaseSources[0]?.check(signal)).rejects.toMatchObject({ code: 'SH_NOT_OPENED' });
});

test('a message is read by the readers after it, and the error is logged', async () => {
  const error = vi.fn();
  const { read, titles } = await composeAlertMessages({ ...silentLog, error });
  const event = { app_id: 'A0ACME', channel: 'C1', ts: '1.5', text: 'Shop is slow' };
  expect(read(event)).toMatchObject({ alert: { source: 'acme' } });
  expect(error.mock.calls.map(([{ system }]) => system)).toEqual(['unloadable', 'broken']);
  expect(titles).toMatch(/^Bro ken, .*, Acme or another sender$/);
});

test('the webhooks of the others are served, and the error is logged', async () => {
  const error = vi.fn();
  const webhooks = await composeWebhooks(loadConfig(ACME), {
    take: async () => undefined,
    takeNote: async () => undefined,
    note: async () => undefined,
    hearIssue: async () => undefined,
    hearTooLarge: () => undefined,
    log: { ...silentLog, error },
    clock: systemClock,
  });
  expect(Object.keys(webhooks)).toContain('/webhooks/acme');
  expect(Object.keys(webhooks)).not.toContain('/webhooks/broken');
  expect(error).toHaveBeenCalledTimes(2);
});

test('an alert in a file is read by the readers after it, and its error is the answer if none reads it', async () => {
  const file = join(folder, 'alert.json');
  const readAlert = await composeAlertReader(await composeInvestigation(loadConfig(ACME)));
  writeFileSync(file, '{"acme":"Shop is slow"}');
  expect(await readAlert(file)).toMatchObject({ source: 'acme' });
  writeFileSync(file, '{}');
  await expect(readAlert(file)).rejects.toThrow(WRONG);
});

test('a title stands on one line in every advice', async () => {
  expect(await linkedSystems()).toMatch(/^Bro ken, Unloadable, /);
  expect(await alertTitles()).toMatch(/^Bro ken, Unloadable, /);
});
