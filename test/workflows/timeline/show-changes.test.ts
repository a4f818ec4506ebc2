/** The list of what changed: whose changes it has, from when to when, in which order, and what each says. */
import { beforeEach, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { noteChanges } from '#record/changes.ts';
import { auditEntries } from '#record/find-audit.ts';
import { findIncident } from '#record/find-incidents.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { changesShower, readChanges } from '#workflows/timeline/show-changes.ts';

const HOUR_US = 3_600_000_000;

let store: Store;
let clock: SteppedClock;
let beganUs: number;
let requests = 0;

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
  beganUs = clock.nowUs();
});

async function declared(changes: readonly object[] = [], service = 'checkout'): Promise<void> {
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { id: 'inv-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' });
    const report = {
      subject: { traceId: 'a', from: '', to: '' },
      diagnosis: { verdict: 'it fails', service },
      fingerprint: { service, neighbours: ['web →', '→ mysql', '→ payments'] },
      changes,
    };
    await finishInvestigation(tx, { id: 'inv-1', traceId: 'a', report, markdown: '', logs: '' });
    await declareIncident(tx, {
      id: 'incident-1',
      workspaceId: 'T1',
      title: 'Checkout fails',
      severity: 'P1',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: '',
      investigationId: 'inv-1',
    });
  });
}

const change = (service: string, hours: number, more: Partial<Change> = {}): Change => ({
  atUs: beganUs + hours * HOUR_US,
  kind: 'deploy',
  service,
  id: `${service}${hours}`,
  text: `to ${service} at ${hours}`,
  url: '',
  files: [],
  diff: '',
  ...more,
});

async function asked({ readsReported = true, mayRead = true } = {}): Promise<string> {
  requests += 1;
  const show = changesShower({ store, mayRead: async () => mayRead, readsReported, kick: () => undefined });
  const person = { inboxId: `in-${requests}`, workspaceId: 'T1', userId: 'U1', userName: 'kim', channelId: 'C1' };
  await show({
    asked: { ...person, responseUrl: 'https://slack.example/r' },
    meant: { incidentId: 'incident-1' },
  });
  const id = `response/in-${requests}`;
  const row = await store.db.selectFrom('outbox').selectAll().where('message_id', '=', id).executeTakeFirstOrThrow();
  const { text, blocks = [] } = JSON.parse(row.payload);
  expect(blockProblems(blocks)).toEqual([]);
  return `${text} ${JSON.stringify(blocks)}`;
}

/** The texts of the changes, and where it began, in the order of the list. */
const inOrder = (message: string) => message.match(/to \w+ at -?[\d.]+|It began/g);

test('has the changes of the service and of what it depends on, newest first, before and in the incident', async () => {
  await declared();
  const url = 'https://github.com/acme/checkout/commit/1';
  const all = [
    change('checkout', -25),
    change('checkout', -23),
    change('mysql', -2, { kind: 'config' }),
    change('web', -1),
    change('payments', -1, { kind: 'flag' }),
    change('', -0.5, { kind: 'commit', url }),
    change('checkout', 0.5),
    change('checkout', 2),
  ];
  await store.transaction((tx) => noteChanges(tx, all));
  await clock.tick(3_600_000);
  const message = await asked();
  expect(message).toContain('Changes of checkout and what it depends on (mysql, payments), from a day before it began');
  expect(inOrder(message)).toEqual([
    'to checkout at 0.5',
    'It began',
    'to payments at -1',
    'to mysql at -2',
    'to checkout at -23',
  ]);
  expect(message).toContain(url);
  expect(message).toContain('setting of mysql');
  const shown = await auditEntries(store, { action: 'incident.shown', limit: 10 });
  expect(shown).toMatchObject([{ actor: 'U1', detail: { what: 'changes' } }]);
});

test('reads each report once', async () => {
  await declared();
  const reads: string[] = [];
  const { db } = store;
  const counting = new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== 'selectFrom') return typeof value === 'function' ? value.bind(target) : value;
      return (table: Parameters<typeof db.selectFrom>[0]) => {
        reads.push(`${table}`);
        return target.selectFrom(table);
      };
    },
  });
  const incident = await findIncident(store, { workspaceId: 'T1', id: 'incident-1' });
  if (incident === undefined) throw new Error('no incident');
  const { service } = await readChanges({ ...store, db: counting }, incident, true);
  expect(service).toBe('checkout');
  expect(reads.filter((table) => table === 'investigations')).toEqual(['investigations']);
});

test('marks the change that a diagnosis names, which the report and the record have once', async () => {
  const at = new Date((beganUs - HOUR_US) / 1_000).toISOString();
  const { service, id, text, kind } = change('checkout', -1);
  await declared([{ at, service, id, text, kind, isCulprit: true }]);
  await store.transaction((tx) => noteChanges(tx, [change('checkout', -1), change('checkout', -2)]));
  const message = await asked();
  expect(inOrder(message)).toEqual(['It began', 'to checkout at -1', 'to checkout at -2']);
  expect(message.match(/a diagnosis names it/g)).toHaveLength(1);
  // Another workspace has the report alone.
  expect(inOrder(await asked({ readsReported: false }))).toEqual(['It began', 'to checkout at -1']);
});

test('ends with the incident, and shows at most 25', async () => {
  await declared();
  const many = Array.from({ length: 30 }, (_, at) => change('checkout', -at / 10 - 0.1, { text: 'x'.repeat(500) }));
  await store.transaction((tx) => noteChanges(tx, [...many, change('checkout', 2)]));
  await clock.tick(3_600_000);
  await store.transaction((tx) =>
    changeIncident(tx, { incidentId: 'incident-1', key: 'r', by: 'U1', status: 'resolved' }),
  );
  await clock.tick(7_200_000);
  const message = await asked();
  expect(message).not.toContain('to checkout at 2');
  expect(message).toContain('5 earlier ones are not shown.');
});

test('says that it knows of none, and nothing to who may not read the channel', async () => {
  await declared();
  expect(await asked()).toContain('I know of no change of checkout');
  await store.transaction((tx) => noteChanges(tx, [change('checkout', -1)]));
  expect(await asked({ mayRead: false })).not.toMatch(/checkout|Checkout/);
});

test('without a service it has the changes of no service, and says why', async () => {
  await declared([], '');
  const missing = 'No diagnosis names a service yet.';
  expect(await asked()).toContain(`I know of no change without a service, from a day before it began. ${missing}`);
  await store.transaction((tx) => noteChanges(tx, [change('', -1, { text: 'lowered the limit' })]));
  const message = await asked();
  expect(message).toContain(`Changes without a service, from a day before it began, newest first. ${missing}`);
  expect(message).toContain('lowered the limit');
});
