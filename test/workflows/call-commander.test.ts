/** A P0 or P1 that nobody leads: who is called, when, how often, and what ends it. */
import { expect, test } from 'vitest';
import type { Severity } from '#model/incident/incident.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { CALL_COMMANDER, callCommander, callFromNow } from '#workflows/call-commander.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;

async function open({ severity = 'P1' as Severity, onCall = [] as readonly string[], minutes = 5 } = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const calls = { minutes, onCall };
  const handle = callCommander({ store, jobs: tableJobs, calls, kick: () => undefined });
  const declared = {
    id: 'i',
    workspaceId: 'T1',
    title: 'Checkout is slow',
    severity,
    channelId: 'C1',
    declaredBy: 'U1',
    detectedBy: 'employee',
    detection: '',
  } as const;
  const ran = new Set<string>();
  const fromNow = async (incident = declaredIncident()) =>
    await store.transaction(async (tx) => await callFromNow(tx, tableJobs, await incident, calls));
  const declaredIncident = () => store.transaction((tx) => declareIncident(tx, declared));
  await fromNow();
  const jobs = async () => {
    const rows = await store.db
      .selectFrom('jobs')
      .selectAll()
      .where('kind', '=', CALL_COMMANDER)
      .orderBy('due_us')
      .execute();
    return rows as unknown as readonly (Job & Readonly<{ due_us: number; workspace_id: string; payload: unknown }>)[];
  };
  return {
    store,
    fromNow,
    /** Runs what is due, each twice: a job may be done again after a crash. */
    async after(n: number) {
      await clock.tick(n * MINUTE_MS);
      for (const job of await jobs()) {
        if (ran.has(job.id) || job.due_us > clock.nowUs()) continue;
        ran.add(job.id);
        const given = { ...job, workspaceId: job.workspace_id, payload: JSON.parse(String(job.payload)) };
        await handle(given, signal);
        await handle(given, signal);
      }
    },
    async called() {
      const rows = await store.db.selectFrom('outbox').select(['message_id', 'payload']).orderBy('seq').execute();
      return rows
        .filter(({ message_id }) => message_id.startsWith('i/commander/'))
        .map(({ payload }) => /"(?:user_id|usergroup_id|range)":"(\w+)"/.exec(payload)?.[1]);
    },
    entries: async () =>
      (await timelineOf(store, 'i')).filter(({ source }) => source === 'spanhound').map(({ text }) => text),
    change: (more: object) =>
      store.transaction((tx) => changeIncident(tx, { incidentId: 'i', key: JSON.stringify(more), by: 'U2', ...more })),
    lead: () =>
      store.transaction((tx) =>
        assignRole(tx, { incidentId: 'i', key: 'l', role: 'commander', userId: 'U3', by: 'U3' }),
      ),
  };
}

test('without a list, who declared it is called once', async () => {
  const { after, called, entries } = await open();
  await after(4);
  expect(await called()).toEqual([]);
  await after(1);
  expect(await called()).toEqual(['U1']);
  await after(30);
  expect(await called()).toEqual(['U1']);
  expect(await entries()).toEqual(['Incident commander: nobody for 5 min. Called who declared it']);
});

test('those on call are called one after the other, until the list ends', async () => {
  const { after, called, entries } = await open({ severity: 'P0', onCall: ['S0ONCALL', 'U0BOSS', 'here'] });
  for (const _ of Array.from({ length: 8 })) await after(5);
  expect(await called()).toEqual(['S0ONCALL', 'U0BOSS', 'here']);
  expect((await entries()).at(-1)).toBe('Incident commander: nobody for 15 min. Called on-call, 3 of 3');
});

test.each([
  ['somebody leads', async ({ lead }: Awaited<ReturnType<typeof open>>) => void (await lead())],
  [
    'it is resolved',
    async ({ change }: Awaited<ReturnType<typeof open>>) => void (await change({ status: 'resolved' })),
  ],
  ['it is a P2 now', async ({ change }: Awaited<ReturnType<typeof open>>) => void (await change({ severity: 'P2' }))],
])('nobody is called once %s', async (_, ends) => {
  const opened = await open({ onCall: ['S0ONCALL', 'U0BOSS'] });
  await opened.after(5);
  await ends(opened);
  for (const _ of Array.from({ length: 4 })) await opened.after(5);
  expect(await opened.called()).toEqual(['S0ONCALL']);
});

test('a severity that rises calls from then on, and not twice where a call was due already', async () => {
  const low = await open({ severity: 'P2', onCall: ['S0ONCALL'] });
  await low.after(60);
  expect(await low.called()).toEqual([]);

  const { after, called, change, fromNow } = await open({ severity: 'P1', onCall: ['S0ONCALL', 'U0BOSS'] });
  await after(3);
  const raised = await change({ severity: 'P0' });
  await fromNow(Promise.resolve(raised.incident));
  await after(2);
  await after(3);
  expect(await called()).toEqual(['S0ONCALL']);
  for (const _ of Array.from({ length: 6 })) await after(1);
  expect(await called()).toEqual(['S0ONCALL', 'U0BOSS']);
});

test('minutes of 0 call nobody', async () => {
  const { after, called } = await open({ severity: 'P0', onCall: ['S0ONCALL'], minutes: 0 });
  await after(60);
  expect(await called()).toEqual([]);
});
