/** How many lines, and how many errors, a service wrote in a time, from a store that counts all lines. */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

/** `shareBefore`: the share of errors in the hour before; −1 where unknown. `metric`: its name in the store. */
export type CountedLines = Readonly<{ lines: number; errors: number; shareBefore: number; metric: string }>;

/** Undefined where the store has no counts for the service and time. Microseconds since the epoch. */
export function countedLines(
  series: readonly Series[],
  service: string,
  { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>,
): CountedLines | undefined {
  const of = (wanted: 'log_lines' | 'log_errors') =>
    measured(series).find((one) => one.concept === wanted && one.service === service);
  const [all, failing] = [of('log_lines'), of('log_errors')];
  if (all === undefined || failing === undefined) return undefined;
  const count = (points: Points, from: number, to: number) => {
    const step = stepUs(points);
    // A point covers the time since the one before it.
    const { values } = pointsBetween(points, from, to + step);
    return Math.round(Array.from(values).reduce((sum, value) => sum + (value * step) / 1e6, 0));
  };
  const lines = count(all, fromUs, toUs);
  if (lines === 0) return undefined;
  const before = count(all, fromUs - HOUR_US, fromUs - stepUs(all));
  return {
    lines,
    errors: count(failing, fromUs, toUs),
    shareBefore: before === 0 ? -1 : count(failing, fromUs - HOUR_US, fromUs - stepUs(failing)) / before,
    metric: failing.metric,
  };
}

/** A minute where there is one point. */
function stepUs({ atUs }: Points): number {
  const gaps = Array.from(atUs)
    .slice(1)
    .map((us, at) => us - (atUs[at] ?? us))
    .sort((a, b) => a - b);
  return gaps[0] ?? MINUTE_US;
}
