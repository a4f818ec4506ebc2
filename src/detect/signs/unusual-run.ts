import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { type Expectation, expectationAt } from '#detect/signs/metrics/daily-pattern.ts';
import { type Run, sustainedRun } from '#detect/signs/metrics/sustained.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

export type UnusualRun = Readonly<{ run: Run; expected: Expectation }>;

/**
 * The longest time in the window in which a metric is off by comparison with its expected value, if it lasts for `forUs`.
 * `matters` further restricts the points. A metric that was off as long in the hour before varies in waves and does not
 * count.
 */
export function unusualRun(
  points: Points,
  window: TimeWindow,
  forUs: number,
  isOff: (value: number, usual: number) => boolean,
  matters: (value: number, usual: number) => boolean,
): UnusualRun | undefined {
  if (!Number.isFinite(window.fromUs)) return undefined;
  const expected = expectationAt(points, window.fromUs);
  if (expected === undefined) return undefined;
  const isUnusual = (value: number, us: number) => {
    const usual = expected.at(us);
    return isOff(value, usual) && matters(value, usual);
  };
  const run = sustainedRun(pointsBetween(points, window.fromUs, window.toUs + MINUTE_US), isUnusual, forUs);
  if (run === undefined) return undefined;
  const before = pointsBetween(points, window.fromUs - HOUR_US, window.fromUs);
  const isWave = sustainedRun(before, (value) => isOff(value, expected.level), forUs) !== undefined;
  return isWave ? undefined : { run, expected };
}
