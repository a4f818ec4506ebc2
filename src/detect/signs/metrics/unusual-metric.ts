/** A metric that is far from its expected value for several points in a row, in the direction of a problem. */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { type Expectation, expectationAt } from '#detect/signs/metrics/daily-pattern.ts';
import { isShareOf } from '#detect/signs/metrics/metric-words.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { Measured } from '#model/metrics/measured.ts';
import type { Concept } from '#model/metrics/metric-names.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

type Direction = 'up' | 'down' | 'both';

/** The unusual direction, up by default. Limits and parts of shares are no symptoms. */
const DIRECTIONS: Partial<Readonly<Record<Concept, Direction | 'none'>>> = {
  requests: 'both',
  log_lines: 'none',
  spans: 'none',
  memory_free: 'none',
  disk_free: 'none',
  disk_used: 'none',
  disk_size: 'none',
  memory_limit: 'none',
  heap_limit: 'none',
  cpu_limit: 'none',
  cpu_periods: 'none',
  cpu_throttled_periods: 'none',
  connections_limit: 'none',
  open_files_limit: 'none',
  // That they are used is no symptom: `resource-saturation` says when they are used up.
  store_cache_used: 'none',
  store_cache_limit: 'none',
  store_cache_share: 'none',
  credits_left: 'none',
  credits_share: 'none',
  disk_alarm: 'none',
  memory_alarm: 'none',
  // How many lookups miss is a share of both: see `metrics/missing-caches.ts`.
  cache_hits: 'none',
  cache_misses: 'none',
  // They repeat what other metrics show.
  alerts: 'none',
};

/** The least absolute difference of a number, by what it counts. */
const LEAST: Partial<Readonly<Record<Concept, number>>> = {
  latency: 0.01,
  requests: 0.5,
  errors: 0.1,
  log_errors: 0.1,
  cpu_used: 0.2,
  memory_used: 50e6,
  heap_used: 50e6,
  waiting: 1,
  queue_depth: 5,
  queue_age: 5,
  connections: 3,
  open_files: 50,
};

type Limits = Readonly<Record<'minDeviations' | 'minPoints' | 'minFactor' | 'minShare' | 'minErrorShare', number>>;

export type UnusualMetric = Readonly<{
  one: Measured;
  expected: Expectation;
  sinceUs: number;
  now: number;
  usual: number;
  /** The median distance from the expected value, in multiples of the least reported one. */
  size: number;
  /** Its last points are as usual again. */
  isOver: boolean;
}>;

const FEWEST_BEFORE = 5;
/** As a share of the value: constant metrics have this deviation. */
const LEAST_DEVIATION = 0.02;

export function unusualMetric(one: Measured, window: TimeWindow, limits: Limits): UnusualMetric[] {
  const direction = DIRECTIONS[one.concept] ?? 'up';
  if (direction === 'none' || !Number.isFinite(window.fromUs)) return [];
  const expected = expectationAt(one, window.fromUs);
  const before = pointsBetween(one, window.fromUs - HOUR_US, window.fromUs);
  if (expected === undefined || before.values.length < FEWEST_BEFORE) return [];
  const within = pointsBetween(one, window.fromUs, window.toUs + MINUTE_US);
  const signs: readonly (1 | -1)[] = direction === 'both' ? [1, -1] : direction === 'up' ? [1] : [-1];
  return signs.flatMap((sign) => {
    const off = offBy(one.concept, expected, sign, limits);
    const run = longestRun(within, off);
    if (run.length < limits.minPoints || longestRun(before, off).length >= limits.minPoints) return [];
    const [first = 0] = run;
    const sizes = run.map((at) => off(within.atUs[at] ?? 0, within.values[at] ?? 0)).sort((a, b) => a - b);
    const size = sizes[sizes.length >> 1] ?? 0;
    // It must exceed every jump of the hour before.
    const jump = Math.max(...Array.from(before.values, (value, at) => off(before.atUs[at] ?? 0, value)));
    if (size < jump) return [];
    const values = run.map((at) => within.values[at] ?? 0).sort((a, b) => a - b);
    const sinceUs = within.atUs[first] ?? 0;
    const isOver = within.values.length - 1 - (run.at(-1) ?? 0) >= limits.minPoints;
    const now = values[values.length >> 1] ?? 0;
    return [{ one, expected, sinceUs, now, usual: expected.at(sinceUs), size, isOver }];
  });
}

/** The distance of a value from the expected one, in multiples of the least unusual one. */
function offBy(
  concept: Concept,
  expected: Expectation,
  sign: 1 | -1,
  { minDeviations, minFactor, minShare, minErrorShare }: Limits,
): (us: number, value: number) => number {
  const isShare = isShareOf(concept);
  return (us, value) => {
    const usual = expected.at(us);
    const off = sign * (value - usual);
    const byFactor = Math.max(Math.abs(usual) * (sign > 0 ? minFactor - 1 : 1 - 1 / minFactor), LEAST[concept] ?? 0);
    const least = concept === 'error_share' ? minErrorShare : isShare ? minShare : byFactor;
    const deviation = Math.max(expected.deviation, LEAST_DEVIATION * Math.abs(usual));
    return Math.min(off / Math.max(least, TINY), off / Math.max(minDeviations * deviation, TINY));
  };
}

const TINY = 1e-9;

/** Places of the longest run of points that are off. */
function longestRun({ atUs, values }: Points, off: (us: number, value: number) => number): readonly number[] {
  let best: number[] = [];
  let run: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    run = off(atUs[at] ?? 0, values[at] ?? 0) >= 1 ? [...run, at] : [];
    if (run.length > best.length) best = run;
  }
  return best;
}
