/**
 * Where new failures begin: for each operation, in how many more requests than in the baseline a failure begins there.
 */
import { chanceAmong, chanceOfRise, comparisonsOf } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

export type NewFailure = Readonly<{
  service: string;
  operation: string;
  before: Counted;
  now: Counted;
  /** How many more requests than in the baseline. */
  excess: number;
  /** How much more probable a rise of the failure rate is than chance, as a logarithm. */
  nats: number;
  /** The chance that any one of all operations fails this much more often. */
  chance: number;
}>;

/** The most excess first. */
export function newFailures(before: readonly Trace[], now: readonly Trace[]): readonly NewFailure[] {
  const old = originsOf(before);
  const [ranBefore, ranNow] = [executionsIn(before), executionsIn(now)];
  const fresh = originsOf(now);
  const ranIn = (key: string): readonly [before: number, now: number] => [
    ranBefore.get(key) ?? 0,
    ranNow.get(key) ?? 0,
  ];
  const chances = new Map(
    [...new Set([...old.keys(), ...fresh.keys()])].map((key) => {
      const [ranOld, ranFresh] = ranIn(key);
      return [key, chanceOfRise([old.get(key)?.times ?? 0, ranOld], [fresh.get(key)?.times ?? 0, ranFresh])];
    }),
  );
  const comparisons = comparisonsOf([...chances.values()]);
  const found: NewFailure[] = [];
  for (const [key, { service, operation, times }] of fresh) {
    const was: Counted = [old.get(key)?.times ?? 0, before.length];
    const is: Counted = [times, now.length];
    // Few requests need a rare operation, so compare with its executions.
    const [ranOld, ranFresh] = ranIn(key);
    const nats = Math.max(riseInNats(was, is), riseInNats([was[0], ranOld], [times, ranFresh]));
    const chance = chanceAmong(chances.get(key)?.chance ?? 1, comparisons);
    const excess = before.length === 0 ? times : times - (was[0] / was[1]) * now.length;
    if (nats > 0 && excess > 0) found.push({ service, operation, before: was, now: is, excess, nats, chance });
  }
  return found.sort((a, b) => b.excess - a.excess || (a.service < b.service ? -1 : 1));
}

type Origin = Readonly<{ service: string; operation: string }> & { times: number };

/** By service and operation, in how many traces the first failure began there. */
function originsOf(traces: readonly Trace[]): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const trace of traces) {
    const span = errorOrigins(trace)[0]?.spans[0];
    if (span === undefined) continue;
    const [service, operation] = [trace.service(span), trace.operation(span)];
    const key = `${service}\n${operation}`;
    const known = origins.get(key);
    if (known === undefined) origins.set(key, { service, operation, times: 1 });
    else known.times += 1;
  }
  return origins;
}

/** By service and operation, in how many traces it ran. */
function executionsIn(traces: readonly Trace[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const trace of traces) {
    const ran = new Set<string>();
    for (let span = 0; span < trace.spanCount; span += 1) ran.add(`${trace.service(span)}\n${trace.operation(span)}`);
    for (const key of ran) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
