/** Requests that miss the same cache key at the same time. */
import { fallbacksOf, keyOf, knownMisses, looksOf, suspectedMisses } from '#detect/signs/caches/cache-misses.ts';
import type { Share } from '#model/stats/proportion.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A lookup that missed, and the read after it. Times in microseconds since the epoch. */
export type KeyMiss = Readonly<{
  trace: Trace;
  service: string;
  operation: string;
  key: string;
  span: SpanIndex;
  read: SpanIndex;
  isWritten: boolean;
  fromUs: number;
  untilUs: number;
}>;

/** One miss for each key of a request, even if it asks twice. */
export function missesIn(trace: Trace): KeyMiss[] {
  const byKey = new Map<string, KeyMiss>();
  for (const { caller, miss, read, writes } of knownMisses(trace, suspectedMisses(trace, fallbacksOf(trace)))) {
    const key = keyOf(trace, miss);
    const service = trace.service(caller);
    const name = `${service}\n${key}`;
    if (key === '' || byKey.has(name)) continue;
    byKey.set(name, {
      trace,
      service,
      operation: operationTemplate(trace.operation(caller)),
      key,
      span: miss,
      read,
      isWritten: writes.some((write) => trace.startUs(write) >= trace.endUs(read)),
      fromUs: trace.startEpochUs + trace.startUs(miss),
      untilUs: trace.startEpochUs + trace.endUs(read),
    });
  }
  return [...byKey.values()];
}

export type Crowd = Readonly<{ service: string; key: string; misses: readonly KeyMiss[]; atOnce: number }>;

/** The period of overlapping reads of one key with the most reads at once. */
export function largestCrowd(own: readonly KeyMiss[]): Crowd | undefined {
  const inOrder = own.toSorted(
    (a, b) => a.fromUs - b.fromUs || a.untilUs - b.untilUs || (a.trace.traceId < b.trace.traceId ? -1 : 1),
  );
  let largest: Crowd | undefined;
  let current: KeyMiss[] = [];
  let untilUs = Number.NEGATIVE_INFINITY;
  const close = () => {
    const [first] = current;
    const atOnce = mostAtOnce(current);
    if (first !== undefined && atOnce > (largest?.atOnce ?? 0))
      largest = { service: first.service, key: first.key, misses: current, atOnce };
  };
  for (const miss of inOrder) {
    if (miss.fromUs >= untilUs) {
      close();
      current = [];
    }
    current.push(miss);
    untilUs = Math.max(untilUs, miss.untilUs);
  }
  close();
  return largest;
}

/** In a sample with gaps this many misses of one key show the rest. */
const FEWEST_SAMPLED = 8;
/** As a share of the misses: in a sample of one request in ten, most of those that overlap are missing. */
const LEAST_OVERLAPPING = 0.25;

/**
 * A stampede in a sample: few requests are left of each moment, but many misses of the key still overlap another one.
 * Undefined where they come one after another.
 */
export function sampledCrowd(own: readonly KeyMiss[]): Crowd | undefined {
  const [first] = own;
  if (first === undefined || own.length < FEWEST_SAMPLED) return undefined;
  const inOrder = own.toSorted((a, b) => a.fromUs - b.fromUs);
  let untilUs = Number.NEGATIVE_INFINITY;
  let overlapping = 0;
  for (const [at, { fromUs, untilUs: ends }] of inOrder.entries()) {
    const next = inOrder[at + 1]?.fromUs ?? Number.POSITIVE_INFINITY;
    if (fromUs < untilUs || next < ends) overlapping += 1;
    untilUs = Math.max(untilUs, ends);
  }
  if (overlapping < LEAST_OVERLAPPING * own.length) return undefined;
  return { service: first.service, key: first.key, misses: inOrder, atOnce: mostAtOnce(inOrder) };
}

/** How long the read after a miss of this key takes outside of the crowd, in microseconds. */
export function usualReadsUs({ service, key, misses }: Crowd, healthy: readonly Trace[]): readonly number[] {
  const read = misses[0]?.trace.queryShape(misses[0].read);
  return healthy
    .filter(({ services }) => services.includes(service))
    .flatMap(missesIn)
    .filter((miss) => miss.service === service && (miss.key === key || miss.trace.queryShape(miss.read) === read))
    .map(({ trace, read: span }) => trace.durationOfUs(span));
}

/** A read that ends as another begins does not overlap it. */
function mostAtOnce(misses: readonly KeyMiss[]): number {
  const begins = misses.map(({ fromUs }) => fromUs).sort((a, b) => a - b);
  const ends = misses.map(({ untilUs }) => untilUs).sort((a, b) => a - b);
  let most = 0;
  let ended = 0;
  for (const [begun, us] of begins.entries()) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= us) ended += 1;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}

/** The share of misses among all lookups of the key outside of the crowd. */
export function usualMisses(
  { service, key, misses }: Crowd,
  requests: readonly Trace[],
  healthy: readonly Trace[],
): Share {
  const inCrowd = new Set(misses.map(({ trace }) => trace));
  let [times, of] = [0, 0];
  for (const trace of [...requests, ...healthy]) {
    if (inCrowd.has(trace) || !trace.services.includes(service)) continue;
    if (looksOf(trace).every((look) => keyOf(trace, look) !== key)) continue;
    of += 1;
    if (missesIn(trace).some((miss) => miss.service === service && miss.key === key)) times += 1;
  }
  return { times, of };
}
