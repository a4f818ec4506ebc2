/** The shares of requests that fail, as metrics count them: over all requests, and not over a sample. */
import type { TimeWindow } from '#model/finding/time-window.ts';
import { measured } from '#model/metrics/measured.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

/** `operation`: empty for all requests of the service. */
export type SharePoints = Readonly<{ service: string; operation: string; metric: string; points: Points }>;

const HOUR_US = 3_600_000_000;

export function sharePoints(metrics: readonly Series[]): readonly SharePoints[] {
  const rates = requestRates(metrics).flatMap(({ service, metric, failing }) =>
    failing === undefined ? [] : [{ service, operation: '', metric, points: failing }],
  );
  const shares = measured(metrics)
    .filter(({ concept, scope, service }) => concept === 'error_share' && scope === 'service' && service !== '')
    .map(({ service, part, metric, atUs, values }) => ({ service, operation: part, metric, points: { atUs, values } }));
  return [...shares, ...rates];
}

/** A metric that varies by less has not risen. */
const RISEN = 2;
const FEWEST_POINTS = 5;

/**
 * Tail sampling keeps failed requests and few others (OpenTelemetry Collector, policy `status_code`): where metrics count
 * all requests of the service, and as few of them fail as before, the share in the sample says nothing.
 */
export function failsAsEver(
  metrics: readonly Series[],
  service: string,
  { fromUs, toUs }: TimeWindow,
  minShare: number,
): boolean {
  const counted = sharePoints(metrics).filter((one) => one.service === service && one.operation === '');
  return (
    counted.length > 0 &&
    counted.every(({ points }) => {
      const now = pointsBetween(points, fromUs, toUs).values;
      const before = pointsBetween(points, fromUs - HOUR_US, fromUs).values;
      if (now.length < FEWEST_POINTS || before.length < FEWEST_POINTS) return false;
      return Array.from(now).every((share) => share < minShare) && medianOf(now) <= RISEN * medianOf(before);
    })
  );
}
