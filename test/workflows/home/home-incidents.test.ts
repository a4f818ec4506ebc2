/** The incidents of the Home tab: only those that its reader may see, and what waits for that person. */
import { beforeEach, expect, test } from 'vitest';
import { DEFAULTS } from '#config/defaults.ts';
import type { Severity } from '#model/incident/incident.ts';
import { actionItemsOf, addActionItem, changeItemState } from '#record/action-items.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { incidentsFor } from '#workflows/home/home-incidents.ts';

const READER = 'U0READER1';
const MINUTE_MS = 60_000;

let store: Store;
let clock: SteppedClock;

beforeEach(async () => {
  clock = steppedClock(); // Tuesday, 2026-01-06
  store = await opened(sqlitePlace(), clock);
});

async function declared(id: string, more: Readonly<{ severity?: Severity; channelId?: string; by?: string }> = {}) {
  const { severity = 'P2', channelId = 'C1', by = 'U0OTHER01' } = more;
  await store.transaction((tx) =>
    declareIncident(tx, {
      id,
      workspaceId: 'T1',
      title: `${id} fails`,
      severity,
      channelId,
      declaredBy: by,
      detectedBy: 'employee',
      detection: '',
    }),
  );
}

const seen = (secret: readonly string[] = [], isMember = true) =>
  incidentsFor({
    store,
    minutes: DEFAULTS.incidents.reminderMinutes,
    permalink: async () => '',
    access: { isMember: async () => isMember, mayRead: async (_, channelId) => !secret.includes(channelId) },
  })({ userId: READER, workspaceId: 'T1', channelId: '' });

const namesIn = ({ open }: Awaited<ReturnType<typeof seen>>) => open.map(({ incident }) => incident.id);

test('shows the open ones, the most severe first, and none that is resolved', async () => {
  await declared('old');
  await declared('over');
  await declared('worst', { severity: 'P0' });
  await declared('new');
  await store.transaction((tx) => changeIncident(tx, { incidentId: 'over', key: 'r', by: READER, status: 'resolved' }));
  expect(namesIn(await seen())).toEqual(['worst', 'new', 'old']);
});

test('neither shows nor counts one of a channel that the reader cannot read, and shows a guest nothing', async () => {
  for (let at = 0; at < 12; at++) await declared(`open-${at}`);
  await declared('breach', { channelId: 'C-secret', severity: 'P0', by: READER });
  const item = {
    id: 'a',
    incidentId: 'breach',
    text: 'tell nobody',
    owner: READER,
    due: '2026-02-01',
    createdBy: 'U1',
  };
  await store.transaction((tx) => addActionItem(tx, item));
  const all = await seen(['C-secret']);
  expect(all.open).toHaveLength(10);
  expect(all.more).toBe(2);
  expect(JSON.stringify(all)).not.toMatch(/breach|tell nobody/);
  expect((await seen()).more).toBe(3);
  expect(await seen([], false)).toEqual({ open: [], more: 0, roles: [], waiting: [] });
});

test('an update waits for the commander once it is due, and a commander for who declared it', async () => {
  await declared('mine', { by: READER });
  expect((await seen()).waiting).toMatchObject([{ what: 'commander', name: 'INC-1' }]);
  const role = { incidentId: 'mine', key: 'c', role: 'commander', userId: READER, by: READER } as const;
  await store.transaction((tx) => assignRole(tx, role));
  expect((await seen()).waiting).toEqual([]);
  await clock.tick(61 * MINUTE_MS);
  expect((await seen()).waiting).toMatchObject([{ what: 'update', name: 'INC-1' }]);
});

test('the reader’s action items wait, the earliest first, also of resolved incidents, and not for ever', async () => {
  await declared('past');
  const items = [
    { id: 'a', text: 'later', owner: READER, due: '2026-02-01' },
    { id: 'b', text: 'sooner', owner: READER, due: '2026-01-10' },
    { id: 'c', text: 'long past', owner: READER, due: '2025-11-01' },
    { id: 'd', text: 'of others', owner: 'Platform', due: '2026-01-10' },
  ];
  await store.transaction(async (tx) => {
    for (const item of items) await addActionItem(tx, { ...item, incidentId: 'past', createdBy: 'U1' });
    await changeIncident(tx, { incidentId: 'past', key: 'r', by: READER, status: 'resolved' });
  });
  expect((await seen()).waiting).toMatchObject([
    { what: 'action-item', name: 'INC-1', text: 'sooner', due: '2026-01-10' },
    { what: 'action-item', item: 'A1', text: 'later' },
  ]);
  const [item] = await actionItemsOf(store, 'past');
  if (item === undefined) throw new Error('there is no item');
  const done = { item, key: 'd', state: 'done', reason: '', by: READER } as const;
  await store.transaction((tx) => changeItemState(tx, done));
  expect((await seen()).waiting).toMatchObject([{ what: 'action-item', text: 'sooner' }]);
});

test('the roles of the reader, in open incidents that they may see; one that they have not confirmed says so', async () => {
  await declared('mine');
  await declared('given');
  await declared('breach', { channelId: 'C-secret' });
  await declared('over');
  const assign = (incidentId: string, role: 'commander' | 'scribe', by: string) =>
    store.transaction((tx) => assignRole(tx, { incidentId, key: role, role, userId: READER, by }));
  await assign('mine', 'commander', READER);
  await assign('mine', 'scribe', READER);
  await assign('given', 'scribe', 'U0OTHER01');
  await assign('breach', 'commander', READER);
  await assign('over', 'commander', READER);
  await store.transaction((tx) => changeIncident(tx, { incidentId: 'over', key: 'r', by: READER, status: 'resolved' }));
  const told = (await seen(['C-secret'])).roles.map(({ title, roles }) => [
    title,
    roles.map(({ role, isConfirmed }) => `${role} ${isConfirmed}`),
  ]);
  expect(told).toEqual([
    ['given fails', ['scribe false']],
    ['mine fails', ['incident commander true', 'scribe true']],
  ]);
});
