/** Metrics in which a high share of requests fails for minutes. */
import { MINUTE_US } from '#core/time-units.ts';
import { type Run, sustainedRun } from '#detect/signs/metrics/sustained.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type SharePoints, sharePoints } from '#model/metrics/error-shares.ts';
import { levelBefore } from '#model/metrics/limited.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';

export type FailingMetric = Readonly<{
  service: string;
  /** Empty for all requests of the service. */
  operation: string;
  metric: string;
  run: Run;
  /** The share before the window; undefined where nothing shows it. */
  before: number | undefined;
}>;

type Limits = Readonly<Record<'minShare' | 'minOperationShare' | 'forMinutes', number>>;

/** The service in question first, then the highest share. */
export function failingMetrics(
  metrics: readonly Series[],
  window: TimeWindow,
  limits: Limits,
): readonly FailingMetric[] {
  if (!Number.isFinite(window.fromUs)) return [];
  return sharePoints(metrics)
    .flatMap((one) => failing(one, window, limits) ?? [])
    .sort(
      (a, b) =>
        Number(b.service === window.service) - Number(a.service === window.service) ||
        medianOf(b.run.values) - medianOf(a.run.values) ||
        (a.service < b.service ? -1 : 1),
    );
}

function failing(
  { service, operation, metric, points }: SharePoints,
  window: TimeWindow,
  { minShare, minOperationShare, forMinutes }: Limits,
): FailingMetric | undefined {
  const least = operation === '' ? minShare : minOperationShare;
  const within = pointsBetween(points, window.fromUs, window.toUs + MINUTE_US);
  const run = sustainedRun(within, (value) => value > least, forMinutes * MINUTE_US);
  const before = levelBefore(
    { atUs: Float64Array.from(points.atUs), values: Float64Array.from(points.values) },
    window,
  );
  return run === undefined || (before ?? 0) > least ? undefined : { service, operation, metric, run, before };
}
