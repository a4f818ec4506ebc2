/** A P0 or P1 that nobody leads: who is called, when, how often, and what ends it. */
import { expect, test } from 'vitest';
import type { Severity } from '#model/incident/incident.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';
import type { Pager } from '#model/incident/pager.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { openInvestigation } from '#record/investigations.ts';
import type { Job } from '#record/jobs.ts';
import { pagerStepsOf } from '#record/pager-steps.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { onCallDesk, onDuty, person, shift } from '#test/on-call-desk.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { CALL_COMMANDER, callCommander, callFromNow } from '#workflows/commander/call-commander.ts';

const MINUTE_MS = 60_000;
/** It is never called here: its steps wait for their job. */
const PAGER: Pager = {
  ...{ id: 'pager', title: 'Pager', does: ['page'], takes: () => false },
  apply: async () => ({ kind: 'refused', reason: '' }),
};
const signal = new AbortController().signal;

async function open({
  severity = 'P1' as Severity,
  onCall = [] as readonly string[],
  minutes = 5,
  sources = [] as readonly OnCallSource[],
  onCallByChannel = [] as readonly Readonly<{ channelId: string; target: string }>[],
  onCallBySeverity = [] as readonly Readonly<{ severity: Severity; target: string }>[],
  minutesBySeverity = {} as Readonly<Partial<Record<Severity, number>>>,
} = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const calls = { minutes, minutesBySeverity, onCall, onCallByChannel, onCallBySeverity };
  const handle = callCommander({
    store,
    jobs: tableJobs,
    calls,
    pages: { onCall: ['payments-team=pager:payments'] },
    mayRead: async ({ userId }) => userId !== 'U0GUEST',
    desk: onCallDesk({ clock, sources }),
    pagers: [PAGER],
    kick: () => undefined,
  });
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
    /** All that the messages show. */
    async said() {
      const rows = await store.db.selectFrom('outbox').select('payload').orderBy('seq').execute();
      return rows.map(({ payload }) => payload).join('\n');
    },
    /** How often the conversation read that nobody could be called. */
    async nobody() {
      const rows = await store.db.selectFrom('messages').select('id').execute();
      return rows.filter(({ id }) => id.startsWith('i/commander-notes/')).length;
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
  ['P0', 2, ['S0EXECUTIVE', 'U0CHIEF1']],
  ['P1', 5, ['S0ONCALL', 'U0BOSS']],
  ['P2', 30, ['S0ONCALL', 'U0BOSS']],
  ['P3', undefined, []],
] as const)(
  'by the table, %s calls after %s minutes, and each call is in the timeline',
  async (severity, every, who) => {
    const { after, called, entries } = await open({
      severity,
      onCall: ['S0ONCALL', 'U0BOSS'],
      minutesBySeverity: { P0: 2, P2: 30 },
      onCallBySeverity: ['S0EXECUTIVE', 'U0CHIEF1'].map((target) => ({ severity: 'P0', target })),
    });
    await after((every ?? 500) - 1);
    expect(await called()).toEqual([]);
    await after(1);
    expect(await called()).toEqual(who.slice(0, 1));
    for (const _ of who) await after(every ?? 0);
    expect(await called()).toEqual(who);
    expect(await entries()).toEqual(
      who.map(
        (_, at) => `Incident commander: nobody for ${(every ?? 0) * (at + 1)} min. Called on-call, ${at + 1} of 2`,
      ),
    );
  },
);

test('a severity that falls is called by its own minutes, and not at all where it has none', async () => {
  const minutesBySeverity = { P0: 5, P2: 30 };
  const { after, called, change, fromNow } = await open({
    severity: 'P0',
    onCall: ['U1', 'U2', 'U3'],
    minutesBySeverity,
  });
  await after(5);
  await fromNow(change({ severity: 'P2' }).then(({ incident }) => incident));
  await after(29);
  expect(await called()).toEqual(['U1']);
  await after(1);
  expect((await called()).length).toBeGreaterThan(1);
  const before = await called();
  await change({ severity: 'P3' });
  await after(90);
  expect(await called()).toEqual(before);
});

test('a channel with a list of its own calls nobody else', async () => {
  const onCallByChannel = ['S0SECURITY', 'U0CISO'].map((target) => ({ channelId: 'C1', target }));
  const onCallBySeverity = [{ severity: 'P1', target: 'U0BOSS' }] as const;
  const lists = { onCall: ['S0ONCALL', 'U0BOSS', 'here'], onCallByChannel, onCallBySeverity };
  const { after, called, entries } = await open(lists);
  for (const _ of Array.from({ length: 6 })) await after(5);
  expect(await called()).toEqual(['S0SECURITY', 'U0CISO']);
  expect(await entries()).toEqual([
    'Incident commander: nobody for 5 min. Called on-call, 1 of 2',
    'Incident commander: nobody for 10 min. Called on-call, 2 of 2',
  ]);
  const elsewhere = await open({ onCall: ['S0ONCALL'], onCallByChannel: [{ channelId: 'C2', target: 'U0CISO' }] });
  await elsewhere.after(5);
  expect(await elsewhere.called()).toEqual(['S0ONCALL']);
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

test('nobody is called once a person stopped the calls, until the severity rises', async () => {
  const { after, called, change, fromNow, store } = await open({ onCall: ['S0ONCALL', 'U0BOSS', 'U0CHIEF1'] });
  await after(5);
  await store.transaction((tx) => {
    const entry = { incidentId: 'i', key: 's', atUs: tx.nowUs, text: 'Stopped the calls', source: 'U2', link: '' };
    return addEntry(tx, { ...entry, kind: 'note', value: 'calls=stopped' });
  });
  for (const _ of Array.from({ length: 4 })) await after(5);
  expect(await called()).toEqual(['S0ONCALL']);
  const raised = await change({ severity: 'P0' });
  await fromNow(Promise.resolve(raised.incident));
  await after(5);
  expect(await called()).toEqual(['S0ONCALL', 'S0ONCALL']);
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

test.each<[Severity, readonly string[]]>([
  ['P0', ['payments']],
  ['P1', ['payments']],
  ['P2', []],
])('at %s a target outside is paged there, once', async (severity, places) => {
  const desk = await open({ severity, onCall: ['pager:payments', 'U0BOSS', 'pager:payments'] });
  await desk.after(4);
  expect(await pagerStepsOf(desk.store, 'i')).toEqual([]);
  for (let at = 0; at < 4; at += 1) await desk.after(5);
  expect((await pagerStepsOf(desk.store, 'i')).map(({ place }) => place)).toEqual(places);
});

test('minutes of 0 call nobody', async () => {
  const { after, called } = await open({ severity: 'P0', onCall: ['S0ONCALL'], minutes: 0 });
  await after(60);
  expect(await called()).toEqual([]);
});

const LIST = ['pager:payments', 'U0BOSS'];

test('the one on call is called, and the message and the timeline say where and until when', async () => {
  const untilUs = Date.UTC(2026, 0, 6, 18, 0) * 1_000;
  const found = onDuty();
  const sources = [shift(() => ({ ...found, people: [person('kim', { untilUs })] }) as typeof found)];
  const { after, called, entries, said } = await open({ onCall: LIST, sources });
  await after(5);
  expect(await called()).toEqual(['U0KIM']);
  expect(await entries()).toEqual([
    'Incident commander: nobody for 5 min. Called U0KIM, on call in Pager’s schedule Payments until 2026-01-06 18:00 UTC',
  ]);
  expect(await said()).toContain(' You are on call in Pager’s schedule Payments"},{"type":"text","text":" until "');
  for (const _ of Array.from({ length: 4 })) await after(5);
  expect(await called()).toEqual(['U0KIM', 'U0BOSS']);
});

test('who has taken the next shift is called, too, before the next of the list', async () => {
  const sources = [shift((_, asked) => onDuty(asked === 1 ? 'kim' : 'ana'))];
  const { after, called } = await open({ onCall: LIST, sources });
  for (const _ of Array.from({ length: 8 })) await after(5);
  expect(await called()).toEqual(['U0KIM', 'U0ANA', 'U0BOSS']);
});

test.each([
  ['does not answer', () => ({ kind: 'unknown', reason: 'Pager is having trouble (HTTP 503).' }) as const, '503'],
  ['throws', () => Promise.reject(new Error('torn')), 'This is a bug in Spanhound'],
  ['has nobody on call', () => onDuty(), 'Nobody is on call in Pager’s schedule Payments now.'],
  ['names somebody who is not in Slack', () => onDuty('nobody'), 'nobody is on call in Pager’s schedule Payments, but'],
  ['names a guest', () => onDuty('guest'), 'I do not call U0GUEST, who is on call in'],
])('a system that %s: the next of the list is called, and both say why', async (_, answer, why) => {
  const { after, called, entries, said } = await open({ onCall: LIST, sources: [shift(answer)] });
  await after(5);
  expect(await called()).toEqual(['U0BOSS']);
  expect((await entries())[0]).toContain(why);
  expect((await entries())[1]).toBe('Incident commander: nobody for 5 min. Called U0BOSS');
  expect(await said()).toContain(why);
});

test('a system that is away and then back: it is asked each minute, people read it once, and nobody is lost', async () => {
  const sources = [shift((_, asked) => (asked <= 2 ? { kind: 'unknown', reason: 'It is away.' } : onDuty('kim')))];
  const { after, called, entries, nobody } = await open({ onCall: ['pager:payments'], sources });
  await after(5);
  expect(await called()).toEqual([]);
  for (const _ of Array.from({ length: 12 })) await after(1);
  expect(await called()).toEqual(['U0KIM']);
  expect((await entries()).filter((text) => text.includes('It is away.'))).toHaveLength(1);
  expect(await nobody()).toBe(1);
});

test('a system that stays away is not asked for ever', async () => {
  let asked = 0;
  const sources = [
    shift(() => {
      asked += 1;
      return { kind: 'unknown', reason: 'It is away.' };
    }),
  ];
  const { after } = await open({ onCall: ['pager:payments'], sources });
  for (const _ of Array.from({ length: 60 })) await after(1);
  // Ten more times, and each job runs twice here.
  expect(asked).toBe(22);
});

test('a target of a system that is not connected is a note', async () => {
  const { after, called, entries } = await open({ onCall: LIST });
  await after(5);
  expect(await called()).toEqual(['U0BOSS']);
  expect((await entries())[0]).toContain('pager:payments. It is not connected');
});

test('a cause that nobody knows is a note, and the next of the list is called', async () => {
  const { after, called, entries } = await open({ onCall: ['cause', 'U0BOSS'] });
  await after(5);
  expect(await called()).toEqual(['U0BOSS']);
  expect((await entries())[0]).toContain('I do not know who is on call for the cause');
});

test('the cause: who is on call for the owner of the service that the newest answer blames', async () => {
  const { store, after, called } = await open({ onCall: ['cause', 'U0BOSS'], sources: [shift(() => onDuty('kim'))] });
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { id: 'a', workspaceId: 'T1', traceId: '', askedBy: 'U1', channelId: 'C1' });
    const report = JSON.stringify({ catalogue: { service: 'payments-api', owners: ['payments-team'] } });
    await tx.db.updateTable('investigations').set({ state: 'done', report }).where('id', '=', 'a').execute();
    const entry = { incidentId: 'i', key: 'd', atUs: tx.nowUs, text: 'payments-api is slow', source: 'U1', link: '' };
    await addEntry(tx, { ...entry, kind: 'diagnosis', value: 'a' });
  });
  await after(5);
  expect(await called()).toEqual(['U0KIM']);
  await after(5);
  expect(await called()).toEqual(['U0KIM', 'U0BOSS']);
});
