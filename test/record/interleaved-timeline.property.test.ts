/**
 * However the events of an incident are mixed, the timeline is the same: what people write, edit, withdraw and write again,
 * statuses, severities and roles arrive in two processes, some twice, and a process is killed in between. What is about one
 * thing keeps its order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type EntryKind,
  type Incident,
  incidentMetrics,
  SEVERITIES,
  type Severity,
  type Status,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import type { Role } from '#model/incident/roles.ts';
import { findIncident } from '#record/find-incidents.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import type { Store, Tx } from '#record/store.ts';
import { addEntry, editEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place, sqlitePlace } from '#test/temp-store.ts';

/** Each run writes two incidents to a file. */
const RUNS = process.env.FAST_CHECK_RUNS === undefined ? 6 : 100;
const DEEP_RUNS = 60;
const MINUTE_US = 60_000_000;

type Generated<Made> = Made extends fc.Arbitrary<infer One> ? One : never;
type Step = (tx: Tx, incidentId: string, baseUs: number) => Promise<unknown>;
/** What is about one thing, in its order. */
type Chain = readonly Step[];

const text = fc.constantFrom(
  'half is back',
  '<!channel> & "x"',
  '\u202Egnp.exe',
  'token=abcdef0123456789abcdef',
  ' ',
  'ü😀',
);
const minute = fc.nat(20);

const changes = fc.oneof(
  fc.record({ does: fc.constant('edit' as const), text }),
  fc.record({ does: fc.constant('move' as const), at: minute }),
  fc.record({ does: fc.constantFrom('remove' as const, 'return' as const) }),
);

const written = fc
  .record({
    kind: fc.constantFrom<EntryKind>('note', 'message', 'update', 'image'),
    at: minute,
    first: text,
    later: fc.array(changes, { maxLength: 4 }),
  })
  .map(({ kind, at, first, later }) => (key: string): Chain => {
    const add: Step = (tx, incidentId, baseUs) => {
      const atUs = baseUs + at * MINUTE_US;
      return addEntry(tx, { incidentId, key, atUs, kind, text: first, source: 'U00000KIM1', link: '' });
    };
    return [add, ...later.map((change) => (change.does === 'return' ? add : changeOf(key, change)))];
  });

function changeOf(key: string, change: Generated<typeof changes>): Step {
  const by = 'U00000ANA1';
  return (tx, incidentId, baseUs) => {
    if (change.does === 'edit') return editEntry(tx, { incidentId, key, by, text: change.text });
    if (change.does === 'move') return editEntry(tx, { incidentId, key, by, atUs: baseUs + change.at * MINUTE_US });
    return removeEntry(tx, { incidentId, key, by });
  };
}

/** Each at a time of its own: two at once have the order in which they were noted. */
const statuses = fc
  .record({
    minutes: fc.uniqueArray(minute, { minLength: 4, maxLength: 4 }),
    reached: fc.subarray<Status>(['identified', 'mitigated', 'fixed', 'resolved']),
  })
  .map(({ minutes, reached }) =>
    reached.map(
      (status, index): Chain => [
        (tx, incidentId, baseUs) => {
          const atUs = baseUs + (minutes[index] ?? 0) * MINUTE_US;
          return changeIncident(tx, { incidentId, key: status, by: 'U00000KIM1', status, atUs });
        },
      ],
    ),
  );

const severities = fc.array(fc.constantFrom<Severity>(...SEVERITIES), { maxLength: 3 }).map(
  (all): Chain =>
    all.map((severity, index) => (tx, incidentId, baseUs) => {
      const atUs = baseUs + index * MINUTE_US;
      return changeIncident(tx, { incidentId, key: `severity-${index}`, by: 'U00000KIM1', severity, atUs });
    }),
);

const holders = (role: Role) =>
  fc.array(fc.constantFrom('U00000KIM1', 'U00000ANA1'), { maxLength: 3 }).map(
    (all): Chain =>
      all.map((userId, index) => (tx, incidentId, baseUs) => {
        const atUs = baseUs + index * MINUTE_US;
        return assignRole(tx, { incidentId, key: `${role}-${index}`, role, userId, by: 'U00000KIM1', atUs });
      }),
  );

const chains = fc
  .tuple(fc.array(written, { maxLength: 5 }), statuses, severities, holders('commander'), holders('own:DBA'))
  .map(([notes, reached, ...others]) => [...notes.map((made, index) => made(`note-${index}`)), ...reached, ...others]);

/** Which chain goes on, in which process, how often it is delivered, and whether a process is killed before. */
const turns = fc.array(
  fc.record({ chain: fc.nat(), process: fc.nat(1), isTwice: fc.boolean(), isKilled: fc.nat(19).map((at) => at === 0) }),
  { minLength: 40, maxLength: 40 },
);

async function play(
  { place, clock, stores }: Readonly<{ place: Place; clock: SteppedClock; stores: Store[] }>,
  incidentId: string,
  { all, order, baseUs }: Readonly<{ all: readonly Chain[]; order: Generated<typeof turns>; baseUs: number }>,
): Promise<void> {
  const left = all.map((chain) => [...chain]).filter((chain) => chain.length > 0);
  for (let at = 0; left.length > 0; at += 1) {
    const turn = order[at % order.length];
    if (turn === undefined) return;
    const chosen = left[turn.chain % left.length] ?? [];
    const step = chosen.shift();
    if (chosen.length === 0) left.splice(left.indexOf(chosen), 1);
    if (turn.isKilled) stores[turn.process] = await opened(place, clock);
    const others = [turn.process, ...(turn.isTwice ? [1 - turn.process] : [])];
    for (const process of others) await stores[process]?.transaction(async (tx) => step?.(tx, incidentId, baseUs));
    await clock.tick(100);
  }
}

/** As people read it: without what says when each was noted. */
async function seen(store: Store, id: string) {
  const incident = (await findIncident(store, { workspaceId: 'T1', id })) as Incident;
  const entries = await timelineOf(store, id);
  const times = entries.map(({ atUs }) => atUs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const { severity, status, resolvedUs, roles } = incident;
  return {
    ...{ severity, status, resolvedUs, roles, metrics: incidentMetrics(incident, entries) },
    entries: entries.map(shownAs).sort(),
  };
}

function shownAs({ atUs, kind, text: said, source, value }: TimelineEntry): string {
  return JSON.stringify([atUs, kind, said, source, value]);
}

async function isTheSame(numRuns: number): Promise<void> {
  const place = sqlitePlace();
  const clock = steppedClock();
  const stores = [await opened(place, clock), await opened(place, clock)];
  let run = 0;
  await fc.assert(
    fc.asyncProperty(chains, turns, turns, async (all, ...orders) => {
      run += 1;
      const ids = orders.map((_, at) => `run-${run}-${at}`);
      const baseUs = clock.nowUs();
      for (const id of ids) await stores[0]?.transaction((tx) => declareIncident(tx, { ...LOGINS_TIME_OUT, id }));
      for (const [at, order] of orders.entries())
        await play({ place, clock, stores }, ids[at] ?? '', { all, order, baseUs });
      const [first, second] = await Promise.all(ids.map((id, at) => seen(stores[at] as Store, id)));
      expect(second).toEqual(first);
    }),
    { numRuns },
  );
  expect(await verifyTimelines(stores[0] as Store)).toMatchObject({ ok: true });
}

test('a timeline is the same however its events are mixed', () => isTheSame(RUNS));
test('a timeline is the same however its events are mixed, often', { tags: ['deep'] }, () => isTheSame(DEEP_RUNS));
