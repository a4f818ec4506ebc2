/**
 * The shares of requests that fail, as metrics count them: over all requests, and not over a sample.
 *
 *   istio_success_rate  pod v1-a 100 %, v1-b 100 %, v1-c 100 %, v1-d 100 %, v2-e 27 %   → 15 % of requests to it fail
 */
import { memoize } from '#core/memoize.ts';
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { meanByMinute, sumByMinute } from '#model/metrics/minutes.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import { isOfInstance } from '#model/platform/instance-version.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

/** `operation`: empty for all requests of the service. */
export type SharePoints = Readonly<{ service: string; operation: string; metric: string; points: Points }>;

export function sharePoints(metrics: readonly Series[]): readonly SharePoints[] {
  const rates = requestRates(metrics).flatMap(({ service, metric, failing }) =>
    failing === undefined ? [] : [{ service, operation: '', metric, points: failing }],
  );
  const shares = wholeShares(measured(metrics))
    .filter(({ concept, scope, service }) => concept === 'error_share' && scope === 'service' && service !== '')
    .map(({ service, part, metric, atUs, values }) => ({ service, operation: part, metric, points: { atUs, values } }));
  return [...shares, ...rates];
}

/**
 * The same with one series in place of those of single instances and versions of a service: the share over all of them.
 * Where requests of each instance are counted, a busy one counts for more.
 */
export const wholeShares = memoize((all: readonly Measured[]): readonly Measured[] => {
  const isPart = ({ concept, scope, labels }: Measured) =>
    concept === 'error_share' && scope === 'service' && Object.keys(labels).some(isOfInstance);
  const parts = all.filter(isPart);
  if (parts.length === 0) return all;
  const requests = all.filter(({ concept, scope }) => concept === 'requests' && scope === 'service');
  const counts = Map.groupBy(requests, instanceKey);
  const groups = Map.groupBy(parts, (one) => JSON.stringify([one.service, one.metric, one.part, meantBy(one)]));
  return [...all.filter((one) => !isPart(one)), ...[...groups.values()].flatMap((own) => wholeOf(own, counts))];
});

/** All labels that say what is measured. */
function meantBy({ labels }: Measured): readonly (readonly [string, string])[] {
  return sortedLabels(labels, (name) => !isOfInstance(name));
}

/** The service, and the labels that name one of its instances. */
function instanceKey({ service, labels }: Measured): string {
  return JSON.stringify([service, sortedLabels(labels, isOfInstance)]);
}

function sortedLabels(
  labels: Measured['labels'],
  isKept: (name: string) => boolean,
): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => isKept(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

type Counts = ReadonlyMap<string, readonly Measured[]>;

/** In each minute, the mean of its instances. */
function wholeOf(own: readonly Measured[], counts: Counts): readonly Measured[] {
  const [first] = own;
  if (first === undefined || own.length === 1) return own;
  const minutes = new Map<number, { sum: number; of: number }>();
  const weights = own.map((one) => requestsOf(one, counts));
  const areCounted = weights.every((weight) => weight !== undefined);
  for (const [place, one] of own.entries())
    for (const [minute, share] of meanByMinute(one)) {
      const weight = areCounted ? (weights[place]?.get(minute) ?? 0) : 1;
      const { sum, of } = minutes.get(minute) ?? { sum: 0, of: 0 };
      minutes.set(minute, { sum: sum + weight * share, of: of + weight });
    }
  const known = [...minutes].filter(([, { of }]) => of > 0).sort(([a], [b]) => a - b);
  return [
    {
      ...first,
      instance: '',
      labels: Object.fromEntries(meantBy(first)),
      atUs: Float64Array.from(known, ([minute]) => minute * MINUTE_US),
      values: Float64Array.from(known, ([, { sum, of }]) => sum / of),
    },
  ];
}

/** Requests of the same instance in each minute; undefined where nothing counts them. */
function requestsOf(one: Measured, counts: Counts): ReadonlyMap<number, number> | undefined {
  const own = counts.get(instanceKey(one));
  return own && sumByMinute(own);
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
