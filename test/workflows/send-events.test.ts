/** Events of incidents reach the receivers: each of them, once more after a failure, never of a private incident. */
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { eventReceiver } from '#adapters/event-webhooks/receiver.ts';
import { openApiDocument } from '#api/openapi.ts';
import { silentLog } from '#core/log.ts';
import { dropWork } from '#record/drop-work.ts';
import { scopeOfIncident } from '#record/forget-scope.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry } from '#record/timeline.ts';
import { addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { openReceiver } from '#test/webhook-receiver.ts';
import { eventQueuer, eventSender, SEND_EVENT } from '#workflows/send-events.ts';
import { LASTING_KINDS } from '#workflows/upkeep/tell-given-up.ts';

const HOUR_MS = 3_600_000;
const CHANGE = { incidentId: 'in-1', by: 'U1' } as const;

const DOCUMENT = JSON.parse(JSON.stringify(openApiDocument()));

/** What the OpenAPI document says of a delivery. */
function checkAgainstDocument({ headers, body }: Readonly<{ headers: object; body: unknown }>): void {
  const said = DOCUMENT.webhooks[(body as { type: string }).type]?.post;
  const names = said?.parameters.map(({ name }: { name: string }) => name);
  expect(Object.keys(headers)).toEqual(expect.arrayContaining(names));
  const [{ $ref = '' }, own] = said.requestBody.content['application/json'].schema.allOf;
  for (const schema of [DOCUMENT.components.schemas[$ref.split('/').at(-1)], { type: 'object', ...own }])
    expect(z.fromJSONSchema(schema).safeParse(body).error).toBeUndefined();
}

/** Every delivery of every test is checked against the document. */
async function open({ takesPrivate = false, names = ['data'] } = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const server = await openReceiver();
  onTestFinished(() => server.close());
  onTestFinished(() => {
    for (const [at, { headers }] of server.raw.entries()) checkAgainstDocument({ headers, body: server.bodies[at] });
  });
  let isForAll: boolean | undefined = true;
  const receivers = names.map((name) =>
    eventReceiver({ name, url: new URL(server.url), secrets: ['s3cret'], takesPrivate }),
  );
  const given = { store, clock, jobs: tableJobs, receivers, isForAll: async () => isForAll, kick: () => undefined };
  const dead: string[] = [];
  const onDead = async (_tx: unknown, _job: unknown, error: string) => void dead.push(error);
  const handlers = { [SEND_EVENT]: eventSender(given) };
  const jobs = tableJobs.runJobs({ store, handlers, log: silentLog, lasting: LASTING_KINDS, onDead });
  onTestFinished(() => stopNow(jobs, clock));
  const queue = eventQueuer(given);
  await queue();
  return {
    store,
    clock,
    server,
    dead,
    queue,
    slackSays: (says: boolean | undefined) => {
      isForAll = says;
    },
    /** What happened is queued, and what is due is sent. */
    async work(ms = 0) {
      await queue();
      await clock.tick(ms);
      jobs.kick();
      await jobs.idle();
    },
    events: () => server.bodies as readonly { type: string; timestamp: string; data: { text: string } }[],
    types: () => server.bodies.map((body) => (body as { type: string }).type),
  };
}

const declare = async (store: Store, title = 'Checkout is slow') =>
  await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'in-1',
      workspaceId: 'T1',
      title,
      severity: 'P1',
      channelId: 'C0SHOP',
      threadTs: undefined,
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: 'U1',
    }),
  );
const change = async (store: Store, key: string, more: object) =>
  await store.transaction((tx) => changeIncident(tx, { ...CHANGE, key, ...more }));
const ids = (server: Awaited<ReturnType<typeof openReceiver>>) =>
  server.raw.map(({ headers }) => headers['webhook-id']);

test('each event is posted once, with the incident as it was, and without secrets', async () => {
  const { store, work, events, types, queue } = await open();
  await declare(store, 'Checkout is slow, password=hunter22');
  await work();
  await change(store, 'k1', { severity: 'P0', text: 'token=abcdef0123456789abcdef' });
  await work();
  await change(store, 'k2', { status: 'identified' });
  await work();
  const investigation = { id: 'inv-1', workspaceId: 'T1', traceId: 't', askedBy: 'U1', channelId: 'C0SHOP' };
  await store.transaction(async (tx) => {
    await openInvestigation(tx, investigation);
    const report = { diagnosis: { verdict: 'The pool of checkout is exhausted.' } };
    await finishInvestigation(tx, { id: 'inv-1', traceId: 't', report, markdown: '', logs: '' });
    await addDiagnosisEntry(tx, { incidentId: 'in-1', investigationId: 'inv-1' });
  });
  await work();
  await change(store, 'k3', { status: 'resolved' });
  await work();
  await queue();
  await work(HOUR_MS);
  expect(types()).toEqual([
    'incident.declared',
    'incident.severity_changed',
    'incident.status_changed',
    'incident.diagnosed',
    'incident.resolved',
  ]);
  expect(JSON.stringify(events())).not.toMatch(/hunter22|abcdef0123456789/);
  expect(events()[2]).toEqual({
    type: 'incident.status_changed',
    timestamp: '2026-01-06T14:30:00.000Z',
    data: {
      incident: {
        name: 'INC-1',
        number: 1,
        title: expect.stringContaining('Checkout is slow'),
        severity: 'P0',
        status: 'identified',
        declaredAt: '2026-01-06T14:30:00.000Z',
        resolvedAt: null,
      },
      text: 'investigating → identified',
    },
  });
  expect(events()[3]?.data.text).toBe('The pool of checkout is exhausted.');
});

test('the page lists the events of the document', () => {
  const page = readFileSync('docs/webhooks.md', 'utf8');
  const listed = [...page.matchAll(/^\| `(incident\.\w+)` \|/gm)].map(([, type]) => type);
  expect(listed).toEqual(Object.keys(DOCUMENT.webhooks));
});

test('an end that people set right is posted again, once, with its time; corrected notes are not', async () => {
  const { store, work, events, types } = await open();
  await declare(store, 'Checkout is slow');
  await change(store, 'k1', { status: 'fixed' });
  await store.transaction((tx) =>
    addEntry(tx, { incidentId: 'in-1', key: 'n', atUs: tx.nowUs, kind: 'note', text: 'x', source: 'U1', link: '' }),
  );
  await work(HOUR_MS);
  await change(store, 'k2', { status: 'resolved' });
  await work(HOUR_MS);
  const atUs = (await store.nowUs()) - 1_800_000_000;
  for (const key of ['k3', 'k4'])
    await change(store, key, { status: 'resolved', atUs, text: 'token=abcdef0123456789abcdef' });
  await store.transaction((tx) => editEntry(tx, { incidentId: 'in-1', key: 'n', text: 'y', by: 'U1' }));
  await work();
  await work(HOUR_MS);
  expect(types()).toEqual([
    ...['incident.declared', 'incident.status_changed', 'incident.resolved'],
    'incident.status_corrected',
  ]);
  const at = new Date(atUs / 1_000).toISOString();
  expect(events()[3]).toMatchObject({
    timestamp: at,
    data: { incident: { status: 'resolved', resolvedAt: at }, text: expect.stringMatching(/^fixed → resolved: /) },
  });
  expect(JSON.stringify(events())).not.toContain('abcdef0123456789');
});

test('what was before the first start, and what is older than a day, is no news', async () => {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  await declare(store);
  const given = { store, clock, jobs: tableJobs, receivers: [{ name: 'x' }], kick: () => undefined };
  const queue = eventQueuer({ ...given, isForAll: async () => true } as never);
  const queued = async () => await store.db.selectFrom('jobs').select('key').execute();
  await queue();
  expect(await queued()).toEqual([]);
  await change(store, 'k1', { severity: 'P0' });
  await clock.tick(25 * HOUR_MS);
  await change(store, 'k2', { severity: 'P2' });
  await queue();
  expect(await queued()).toHaveLength(1);
});

test('events of one moment reach every receiver, one after the other', async () => {
  const { store, server, work } = await open({ names: ['data', 'ops'] });
  await declare(store);
  await change(store, 'k1', { severity: 'P0' });
  await work();
  for (let turn = 0; turn < 3; turn++) await work(1_000);
  expect(ids(server)).toHaveLength(4);
  expect(new Set(ids(server)).size).toBe(2);
});

test('events that wait for their turn leave no rows behind', async () => {
  const { store, server, work } = await open();
  await declare(store);
  for (let times = 0; times < 6; times++) await change(store, `k${times}`, { severity: times % 2 === 0 ? 'P0' : 'P2' });
  await work();
  for (let turn = 0; turn < 8; turn++) await work(1_000);
  expect(new Set(ids(server)).size).toBe(7);
  expect(await store.db.selectFrom('jobs').select('id').execute()).toHaveLength(7);
});

test('a failing receiver pauses for longer and longer, and gets the same event again', async () => {
  const { store, server, work, types } = await open();
  for (let times = 0; times < 4; times++) server.fail({ status: 500 });
  await declare(store);
  await work();
  await change(store, 'k1', { severity: 'P0' });
  const calls: number[] = [];
  for (let minute = 0; minute < 30; minute++) {
    await work(60_000);
    calls.push(server.raw.length);
  }
  // In the first minutes it is asked more often than later, and the second event waits with the first.
  expect(server.raw.length).toBe(6);
  expect(new Set(ids(server).slice(0, 4)).size).toBeLessThanOrEqual(2);
  expect(new Set(types().slice(4))).toEqual(new Set(['incident.declared', 'incident.severity_changed']));
  expect(new Set(ids(server)).size).toBe(2);
});

test('Retry-After is kept', async () => {
  const { store, server, work } = await open();
  server.fail({ status: 429, headers: { 'retry-after': '1800' } });
  await declare(store);
  await work();
  for (let minute = 0; minute < 29; minute++) await work(60_000);
  expect(server.raw).toHaveLength(1);
  for (let minute = 0; minute < 15; minute++) await work(60_000);
  expect(server.raw).toHaveLength(2);
});

test('a clock that was ahead leaves no pause of hours', async () => {
  const { store, clock, server, work } = await open();
  clock.correct(5 * HOUR_MS);
  server.fail({ status: 500 });
  await declare(store);
  await work();
  expect(server.raw).toHaveLength(1);
  clock.correct(-5 * HOUR_MS);
  await change(store, 'k1', { severity: 'P0' });
  await work(60_000);
  expect(server.raw).toHaveLength(2);
});

test('after a day it is given up, with the reason', async () => {
  const { store, clock, server, work, dead } = await open();
  server.fail({ status: 404 });
  await declare(store);
  await work();
  expect(dead).toEqual([]);
  // As after a day of failures; its next attempt comes after the pause of the receiver.
  const nowUs = clock.nowUs();
  const aged = { attempts: 9, created_us: nowUs - 24 * HOUR_MS * 1_000, due_us: nowUs + 30_000_000 };
  await store.db.updateTable('jobs').set(aged).execute();
  server.fail({ status: 404 });
  await work(60_000);
  expect(dead).toEqual([expect.stringContaining('The webhook data does not know the address (HTTP 404).')]);
  expect(server.raw).toHaveLength(2);
});

test('an event of a private incident stays here, unless the setting says so', async () => {
  const closed = await open();
  closed.slackSays(false);
  await declare(closed.store);
  await closed.work();
  await closed.work(HOUR_MS);
  expect(closed.server.raw).toEqual([]);
  const allowed = await open({ takesPrivate: true });
  allowed.slackSays(false);
  await declare(allowed.store);
  await allowed.work();
  expect(allowed.types()).toEqual(['incident.declared']);
});

test('what was forgotten while it waited is not sent', async () => {
  const { store, server, work } = await open();
  server.fail({ status: 500 });
  const incident = await declare(store);
  await work();
  await store.transaction(async (tx) => dropWork(tx, await scopeOfIncident(tx, incident)));
  await work(HOUR_MS);
  expect(server.raw).toHaveLength(1);
});

test('while Slack does not say whether the channel is private, the event waits', async () => {
  const { store, server, slackSays, work } = await open();
  slackSays(undefined);
  await declare(store);
  await work();
  expect(server.raw).toEqual([]);
  slackSays(true);
  await work(60_000);
  expect(server.raw).toHaveLength(1);
});
