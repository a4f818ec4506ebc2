/** A system that is in the registry is everywhere where systems are named: nothing else has to be touched for a new one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { systems } from '#adapters/registry.ts';
import type { System } from '#adapters/system.ts';
import { doctor } from '#cli/doctor.ts';
import { run } from '#cli/main.ts';
import { trace } from '#cli/trace.ts';
import { composeAlertMessages } from '#compose/alert-messages.ts';
import { composeAlertReader } from '#compose/alert-reader.ts';
import { composeHome } from '#compose/home.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { startScreen } from '#compose/start-screen.ts';
import { composeWebhooks } from '#compose/webhooks.ts';
import { type Environment, loadConfig } from '#config/load.ts';
import { Config } from '#config/schema.ts';
import { settingsOf } from '#config/setting.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { Delivery } from '#model/incident/alert.ts';
import { readTraceId } from '#model/trace/trace-id.ts';
import { later } from '#test/later.ts';
import { printed } from '#test/printed.ts';
import { configurationReference } from '../../tools/configuration-reference.ts';

vi.mock('#adapters/registry.ts', async (original) => {
  const [{ systems }, { acme }] = await Promise.all([
    original<typeof import('#adapters/registry.ts')>(),
    import('./acme/index.ts'),
  ]);
  return { systems: [...systems, acme] };
});

const folder = mkdtempSync(join(tmpdir(), 'spanhound-registry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ACME: Environment = {
  ACME_URL: 'http://me:hidden@acme.internal',
  ACME_WEBHOOK_TOKEN: 't0ken',
  SPANHOUND_DATA: folder,
};

async function investigationOf(env: Environment) {
  const config = loadConfig(env);
  return await composeInvestigation(config, { systems: config });
}

async function webhooksOf(env: Environment) {
  const taken: Delivery[] = [];
  const webhooks = await composeWebhooks(loadConfig(env), {
    take: async (delivery) => void taken.push(delivery),
    takeNote: async () => undefined,
    note: async () => undefined,
    hearIssue: async () => undefined,
    hearTooLarge: () => undefined,
    log: silentLog,
    clock: systemClock,
  });
  return { taken, webhooks };
}

describe('a system of one’s own', () => {
  test('has its settings in the schema, and its mistakes in the messages', () => {
    expect(loadConfig(ACME)).toMatchObject({ acme: { webhookToken: 't0ken' } });
    expect(loadConfig({})).not.toHaveProperty('acme');
    expect(() => loadConfig({ ACME_URL: 'acme' })).toThrow('→ at acme.url (ACME_URL)');
    expect(() => loadConfig({ ACME_WEBHOOK_TOKEN: 't0ken' })).toThrow('is missing → at acme.url (ACME_URL)');
  });

  test('has its row and its chapter on the settings page', () => {
    const page = configurationReference(settingsOf(Config));
    const row =
      '| [Acme](formats.md) | reads log lines; takes alerts at `/webhooks/acme`; reads its alerts in channels |';
    expect(page.split('\n## ')[1]).toContain(`${row} \`ACME_URL\`; \`ACME_WEBHOOK_TOKEN\` |`);
    const [, chapter = ''] = page.split('\n## Acme\n');
    expect(chapter.split('\n## ')[0]).toContain('| `acme.url` | `ACME_URL` |  | Where Acme answers. |');
  });

  test('is checked by doctor, which says what to set where it is not configured', async () => {
    const checks = async (env: Environment) =>
      Object.fromEntries(
        JSON.parse(await printed(() => doctor({ env, options: { json: true } }))).checks.map(
          ({ name, ...check }: { name: string }) => [name, check],
        ),
      );
    expect(await checks({ SPANHOUND_DATA: folder })).toMatchObject({
      acme: { state: 'off', remedy: 'Set ACME_URL to read log lines from it.' },
      alerts: { state: 'off', remedy: expect.stringContaining('that of another sender') },
    });
    expect(await checks(ACME)).toMatchObject({
      acme: { state: 'ok', detail: expect.stringContaining('answers at') },
      alerts: {
        state: 'off',
        detail: expect.stringContaining('from Acme, but answered only under'),
        remedy: expect.stringContaining('ALERTS_CHANNEL'),
      },
    });
    expect(await checks({ ...ACME, ALERTS_CHANNEL: 'C0123456789' })).toMatchObject({
      alerts: { state: 'ok', detail: 'accepted from Acme' },
    });
    expect(await checks({ ...ACME, ACME_URL: 'http://down.acme.internal' })).toMatchObject({
      acme: { state: 'failed', remedy: expect.stringContaining('that ACME_URL is right') },
    });
  });

  test('stands on the start screen, without its password', async () => {
    const screen = (env: Environment) => startScreen(loadConfig(env), { isPlayground: true, port: 3000, version: '1' });
    expect(await screen({})).toMatch(
      /Logs .*set LOKI_URL(?:, [A-Z_]+){2} or that of another system \(docs\/systems\.md\)$/m,
    );
    expect(await screen(ACME)).toContain('  Logs    Acme at http://acme.internal\n');
    expect(await screen(ACME)).toMatch(/^ {2}Alerts {2}from Acme, answered only under .*Set ALERTS_CHANNEL/m);
    const ALERTS_CHANNEL = 'C0123456789';
    expect(await screen({ ...ACME, ALERTS_CHANNEL })).toContain('  Alerts  from Acme, answered in C0123456789\n');
    expect(await screen({})).not.toContain('Alerts');
  });

  test('is read where evidence is gathered', async () => {
    const investigation = await investigationOf(ACME);
    expect(investigation.logSources.map(({ name }) => name)).toEqual(['acme']);
    expect(investigation.connections).toMatchObject([{ system: 'acme', name: 'acme' }]);
    const signal = later();
    const query = { by: 'service', services: [], fromUs: 1, toUs: 2, limit: 1 } as const;
    const chunks = await Array.fromAsync((await investigation.logSources[0]?.openLogs(query, signal))?.chunks ?? []);
    expect(Buffer.concat(chunks).toString()).toContain('a line of Acme');
  });

  test('stands in the help of the command line and on the Home tab', async () => {
    const help = await printed(() => run(['investigate', '--help'], {}));
    expect(help.replace(/\s+/g, ' ')).toMatch(/a webhook body from .*PagerDuty, .* or Acme;/);
    expect((await composeHome(await investigationOf({}))).settings.logs).toMatch(
      /^`LOKI_URL`.* or that of another system \(docs\/systems\.md\)$/,
    );
    expect((await composeAlertMessages(silentLog)).titles).toMatch(/PagerDuty.*, Acme or another sender$/);
  });

  test('has its links named where people ask for a trace', async () => {
    await expect(trace({ env: {}, options: {} }, '?')).rejects.toMatchObject({
      advice: expect.stringMatching(/the link as .*Jaeger, Tempo, .* or Acme shows it/),
    });
    const { linkedSystems } = await import('#compose/systems.ts');
    expect(await linkedSystems()).toMatch(/Jaeger, Tempo, .* or Acme$/);
  });

  test('has its messages read, and the wait for them', async () => {
    const { read, sources } = await composeAlertMessages(silentLog);
    const event = { app_id: 'A0ACME', channel: 'C1', ts: '1.5', text: 'Shop is slow' };
    expect(read(event)).toMatchObject({ alert: { source: 'acme', title: 'Shop is slow' } });
    expect(read({ ...event, app_id: 'A0OTHER' })).toBeUndefined();
    expect(sources).toContain('acme');
  });

  test('has its webhook served, to nobody but itself', async () => {
    const { taken, webhooks } = await webhooksOf(ACME);
    const request = (authorization: string, body: string) => ({
      header: (name: string) => (name === 'authorization' ? authorization : undefined),
      body: Buffer.from(body),
    });
    const webhook = webhooks['/webhooks/acme'];
    expect(webhook?.refuse(request('Bearer wrong', ''))).toEqual({ status: 401, text: 'invalid bearer token\n' });
    expect(webhook?.refuse(request('Bearer t0ken', ''))).toBeUndefined();
    expect(await webhook?.answer(request('Bearer t0ken', '{"acme":"Shop is slow"}'))).toMatchObject({ status: 202 });
    expect(taken).toMatchObject([{ subject: { source: 'acme', title: 'Shop is slow' } }]);

    const { webhooks: closed } = await webhooksOf({ ACME_URL: 'http://acme.internal' });
    expect(closed['/webhooks/acme']?.refuse(request('', ''))).toEqual({
      status: 503,
      text: 'Acme webhooks are not set up here: set ACME_WEBHOOK_TOKEN to the token of the webhook\n',
    });
  });

  test('has its alert read from a file, and stands in the advice where a file holds none', async () => {
    const readAlert = await composeAlertReader(await investigationOf({}));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    expect(await readAlert(file('acme.json', '{"acme":"Shop is slow"}'))).toMatchObject({ source: 'acme' });
    await expect(readAlert(file('none.json', '{}'))).rejects.toMatchObject({
      advice: expect.stringMatching(/^Give the JSON of a PagerDuty v3 webhook, .* or an Acme webhook\.$/),
    });
  });
});

describe('the registry', () => {
  const all: readonly System[] = systems;

  test('has each id, each path of a webhook and each title once', () => {
    for (const values of [
      all.map(({ id }) => id),
      all.map(({ title }) => title),
      all.flatMap((system) => pathsOf(system)),
    ]) {
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test('has each setting and each variable once, and none that the program itself has', () => {
    const own = all.flatMap(({ settings }) =>
      Object.entries(settings).flatMap(([group, shape]) => settingsOf(z.strictObject(shape), [group])),
    );
    expect(new Set(own.map(({ path }) => path.join('.'))).size).toBe(own.length);
    const variables = settingsOf(Config).map(({ env }) => env);
    expect(new Set(variables).size).toBe(variables.length);
    for (const { env } of own) expect(variables).toContain(env);
  });

  test('names in its texts only variables that there are', () => {
    const known = new Set(settingsOf(Config).map(({ env }) => env));
    for (const system of all) {
      const { alertWebhook, changeWebhook, issueWebhook } = system;
      const setups = [alertWebhook?.setup, changeWebhook?.setup, issueWebhook?.setup];
      for (const variable of variablesIn([...setsOf(system), ...setups])) expect(known).toContain(variable);
    }
  });

  test('names only links that are read', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    for (const { links } of all.filter(({ links }) => links !== undefined)) {
      expect(readTraceId(links?.trace.replace('{traceId}', traceId) ?? '')).toEqual({ kind: 'trace', id: traceId });
    }
  });

  test('has a page for each system, which names what to set and the paths of its webhooks', () => {
    for (const system of all.filter(({ id }) => id !== 'acme')) {
      const page = readFileSync(new URL(`../../docs/${system.docs}`, import.meta.url), 'utf8');
      for (const named of [...variablesIn(setsOf(system)), ...pathsOf(system)])
        expect(page, system.docs).toContain(named);
    }
  });
});

function pathsOf({ alertWebhook, changeWebhook, issueWebhook }: System): readonly string[] {
  return [alertWebhook, changeWebhook, issueWebhook].flatMap((webhook) => webhook?.path ?? []);
}

/** The texts that say what to set. */
function setsOf({
  evidence,
  alertWebhook,
  changeWebhook,
  issueWebhook,
  postmortemTarget,
  doctor,
  errors,
}: System): readonly (string | undefined)[] {
  return [
    evidence?.setup?.set,
    alertWebhook?.secret,
    changeWebhook?.secret,
    issueWebhook?.secret,
    postmortemTarget?.set,
    doctor?.set,
    errors?.address,
    errors?.credentials,
  ];
}

function variablesIn(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.flatMap((text) => text?.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []);
}
