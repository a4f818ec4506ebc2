/**
 * The shares of requests that fail, as metrics count them: over all requests, and not over a sample.
 *
 *   istio_success_rate  pod v1-a 100 %, v1-b 100 %, v1-c 100 %, v1-d 100 %, v2-e 27 %   → 15 % of requests to it fail
 */
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import { isOfInstance } from '#model/platform/instance-version.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

/** `operation`: empty for all requests of the service. */
export type SharePoints = Readonly<{ service: string; operation: string; metric: string; points: Points }>;

const HOUR_US = 3_600_000_000;

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
export function wholeShares(all: readonly Measured[]): readonly Measured[] {
  const isPart = ({ concept, scope, labels }: Measured) =>
    concept === 'error_share' && scope === 'service' && Object.keys(labels).some(isOfInstance);
  const parts = all.filter(isPart);
  if (parts.length === 0) return all;
  const counts = all.filter(({ concept, scope }) => concept === 'requests' && scope === 'service');
  const groups = Map.groupBy(parts, (one) => JSON.stringify([one.service, one.metric, one.part, meantBy(one)]));
  return [...all.filter((one) => !isPart(one)), ...[...groups.values()].flatMap((own) => wholeOf(own, counts))];
}

/** All labels that say what is measured. */
function meantBy({ labels }: Measured): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => !isOfInstance(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const MINUTE_US = 60_000_000;

/** In each minute, the mean of its instances. */
function wholeOf(own: readonly Measured[], counts: readonly Measured[]): readonly Measured[] {
  const [first] = own;
  if (first === undefined || own.length === 1) return own;
  const minutes = new Map<number, { sum: number; of: number }>();
  const weights = own.map((one) => requestsOf(one, counts));
  const areCounted = weights.every((weight) => weight !== undefined);
  for (const [place, { atUs, values }] of own.entries())
    for (const [minute, share] of meanByMinute({ atUs, values })) {
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
function requestsOf(one: Measured, counts: readonly Measured[]): ReadonlyMap<number, number> | undefined {
  const whose = instanceLabels(one);
  const own = counts.filter((other) => other.service === one.service && instanceLabels(other) === whose);
  if (own.length === 0) return undefined;
  const sums = new Map<number, number>();
  for (const each of own)
    for (const [minute, rate] of meanByMinute(each)) sums.set(minute, (sums.get(minute) ?? 0) + rate);
  return sums;
}

function instanceLabels({ labels }: Measured): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([name]) => isOfInstance(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function meanByMinute({ atUs, values }: Points): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; of: number }>();
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const minute = Math.floor((atUs[at] ?? 0) / MINUTE_US);
    const { sum, of } = sums.get(minute) ?? { sum: 0, of: 0 };
    sums.set(minute, { sum: sum + value, of: of + 1 });
  }
  return new Map([...sums].map(([minute, { sum, of }]) => [minute, sum / of]));
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
