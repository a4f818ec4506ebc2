/**
 * Windows of time with their answers: a drawn system, a healthy time of it, and one in which something is wrong, or
 * nothing. What users ask for and how much there is of it moves between the two, as it does.
 */
import { type Random, randomOf } from '../random.ts';
import { drawFault, FAULT_KINDS, type Fault, type FaultKind, SHARES, type Share } from './fault.ts';
import { type DrawnSeries, drawMetrics } from './metrics.ts';
import { type DrawnRequest, drawRequest, type Weather } from './request.ts';
import { drawSystem, type Operation, type System } from './system.ts';

export const MISSING = ['traces', 'logs', 'metrics', 'traces and logs', 'logs and metrics'] as const;
export type Missing = (typeof MISSING)[number] | 'nothing';

export type DrawnWindow = Readonly<{
  id: string;
  system: System;
  faults: readonly Fault[];
  missing: Missing;
  fromMs: number;
  toMs: number;
  requests: readonly DrawnRequest[];
  healthy: readonly DrawnRequest[];
  series: readonly DrawnSeries[];
}>;

/** Friday, 2026-01-09, 09:00 UTC. */
const BEGINS_MS = Date.UTC(2026, 0, 9, 9);

/** `perKind` windows of each kind of fault and share, as many of each two faults and each lack as make sense beside them, and `healthy` ones. */
export function* drawWindows(
  seed: string,
  perKind: number,
  healthy = perKind * FAULT_KINDS.length,
): Generator<DrawnWindow> {
  for (const kind of FAULT_KINDS) {
    for (const share of SHARES) yield* drawnOf(`${seed}/${kind}/${share}`, perKind, oneFault(kind, [share]));
    for (const missing of MISSING)
      yield* drawnOf(`${seed}/without ${missing}/${kind}`, perKind / 3, oneFault(kind, MANY), missing);
    yield* drawnOf(`${seed}/two/${kind}`, perKind / 2, (system, random) => {
      const [first] = oneFault(kind, MANY)(system, random);
      return [first, drawFault(system, random.pick(FAULT_KINDS), random.pick(MANY), random, first.service)];
    });
  }
  // A third of those in which nothing is wrong lacks some signal, too.
  for (let number = 0; number < healthy; number += 1) {
    const missing = number % 3 === 0 ? MISSING[(number / 3) % MISSING.length] : 'nothing';
    yield drawn(`${seed}/healthy/${number}`, () => [], missing ?? 'nothing');
  }
}

/** Of the calls, where the share is not what is looked at. */
const MANY: readonly Share[] = [0.5, 1];

function oneFault(kind: FaultKind, shares: readonly Share[]): (system: System, random: Random) => readonly [Fault] {
  return (system, random) => [drawFault(system, kind, random.pick(shares), random)];
}

function* drawnOf(id: string, count: number, faultsOf: FaultsOf, missing: Missing = 'nothing'): Generator<DrawnWindow> {
  for (let number = 0; number < count; number += 1) yield drawn(`${id}/${number}`, faultsOf, missing);
}

/** A fault that fewer requests met is nobody's incident, and in no evidence. */
const FEWEST_MET = 5;

function drawn(id: string, faultsOf: FaultsOf, missing: Missing): DrawnWindow {
  for (let attempt = 0; ; attempt += 1) {
    const window = attempted(id, randomOf(`${id}/${attempt}`), faultsOf, missing);
    if (window.faults.every((fault) => window.requests.filter(({ met }) => met.has(fault)).length >= FEWEST_MET))
      return window;
  }
}

type FaultsOf = (system: System, random: Random) => readonly Fault[];

function attempted(id: string, random: Random, faultsOf: FaultsOf, missing: Missing): DrawnWindow {
  const system = drawSystem(random);
  const faults = faultsOf(system, random);
  const [healthyMs, windowMs] = [random.whole(3, 10) * 60_000, random.whole(1, 5) * 60_000];
  const fromMs = BEGINS_MS + healthyMs;
  const before = { fromMs: BEGINS_MS, toMs: fromMs, faults: [], load: 1, moods: new Map(), asked: system.asked };
  // People ask for other things in another minute, and somewhat more or fewer of them ask.
  const asked = system.asked.map(({ operation, weight }) => ({ operation, weight: weight * random.between(0.4, 2) }));
  const now = {
    fromMs,
    toMs: fromMs + windowMs,
    faults,
    load: random.between(0.9, 1.15),
    moods: moodsOf(system, random),
    asked,
  };
  const isSparse = random.chance(0.2);
  const [healthy, requests] = [before, now].map((time) =>
    requestsIn(system, time, isSparse ? random.whole(12, 25) : random.whole(35, 110), random),
  );
  const times = [
    { ...before, requests: healthy ?? [] },
    { ...now, requests: requests ?? [] },
  ];
  return {
    id,
    system,
    faults,
    missing,
    fromMs,
    toMs: now.toMs,
    requests: requests ?? [],
    healthy: healthy ?? [],
    series: drawMetrics(system, times, random.fork('metrics')),
  };
}

/** Of one operation in seven users ask for somewhat else than before, and of one in twenty for something else altogether. */
function moodsOf({ services }: System, random: Random): ReadonlyMap<Operation, number> {
  const moods = new Map<Operation, number>();
  for (const operation of services.flatMap(({ operations }) => operations)) {
    const chance = random.next();
    if (chance < 0.05) moods.set(operation, random.pick([0.02, 50]));
    else if (chance < 0.2) moods.set(operation, random.pick([0.5, 2]));
  }
  return moods;
}

type Time = Readonly<{ fromMs: number; toMs: number; faults: readonly Fault[]; asked: System['asked'] }> &
  Pick<Weather, 'load' | 'moods'>;

function requestsIn(
  system: System,
  { fromMs, toMs, faults, load, moods, asked }: Time,
  count: number,
  random: Random,
): readonly DrawnRequest[] {
  const total = asked.reduce((sum, { weight }) => sum + weight, 0);
  const users = usersOf(system, count, random);
  return Array.from({ length: count }, () => {
    const user = random.pick(users);
    let left = random.next() * total;
    const chosen = asked.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    const { operation } = chosen ?? asked[0] ?? raise();
    const atMs = fromMs + (toMs - fromMs) * random.between(user.from, user.to);
    return drawRequest(operation, atMs, { system, faults, load, moods: bothMoods(moods, user.moods) }, random);
  });
}

/** Who is there for a part of the time, as shares of it, and does what others do not: many requests of few users are alike. */
type User = Readonly<{ from: number; to: number; moods: Weather['moods'] }>;

/** Two to ten requests each; of one operation in three a user has a habit. */
function usersOf({ services }: System, requests: number, random: Random): readonly User[] {
  const operations = services.flatMap((service) => service.operations);
  return Array.from({ length: Math.ceil(requests / random.whole(2, 10)) }, () => {
    const from = random.between(0, 0.7);
    const habits = operations.filter(() => random.chance(0.3));
    const moods = new Map(habits.map((operation) => [operation, random.pick([0.1, 0.3, 3, 10])]));
    return { from, to: from + random.between(0.1, 0.3), moods };
  });
}

function bothMoods(moods: Weather['moods'], own: Weather['moods']): Weather['moods'] {
  return new Map(
    [...new Set([...moods.keys(), ...own.keys()])].map((one) => [one, (moods.get(one) ?? 1) * (own.get(one) ?? 1)]),
  );
}

function raise(): never {
  throw new Error('nobody asks for anything');
}
