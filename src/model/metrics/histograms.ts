/**
 * What a query would answer about the histograms of a file with raw series, as Prometheus scrapes them: a file must say the
 * same as the store that it came from (`adapters/prometheus/promql.ts`).
 *
 *  …_bucket{le="0.1"}, …_bucket{le="1"} ─► service:latency, the 95th percentile of each step, in seconds
 *  …_sum, …_count                       ─► service:latency, the mean, where there are no buckets
 *  …{quantile="0.95"}                   ─► service:latency, as the process computed it
 *  …_count                              ─► service:requests, a second
 */
import { meaningOf, seriesName } from '#model/metrics/metric-names.ts';
import { STATUS_LABELS } from '#model/metrics/request-status.ts';
import { rates, type Series } from '#model/metrics/series.ts';

/** As in the queries. */
const QUANTILE = 0.95;

const END = /_(?:bucket|sum|count)$/;

type Part = Readonly<{ series: Series; base: string; end: string; scale: number }>;

export function histogramAnswers(all: readonly Series[]): readonly Series[] {
  const parts = all.flatMap(partOf);
  const requests = parts.flatMap((one) => (one.end === '_count' ? [requestsOf(one)] : []));
  const families = Map.groupBy(parts, ({ base, series: { labels } }) => `${base}\n${keyOf(timedBy(labels))}`);
  const durations = [...families.values()].flatMap((family) => latencyOf(family));
  return [...durations, ...requests];
}

function partOf(series: Series): readonly Part[] {
  const meaning = meaningOf(series);
  if (meaning?.kind !== 'histogram') return [];
  const end = END.exec(series.name)?.[0] ?? '';
  return [{ series, base: series.name.replace(END, ''), end, scale: meaning.scale }];
}

/** Labels that a latency does not keep: failed and answered requests are timed together. */
const NOT_TIMED: ReadonlySet<string> = new Set(['le', 'quantile', ...STATUS_LABELS]);

function timedBy(labels: Series['labels']): Series['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !NOT_TIMED.has(name)));
}

function keyOf(labels: Series['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function requestsOf({ series, base }: Part): Series {
  const name = seriesName({ scope: 'service', concept: 'requests' });
  return named(name, base, series.labels, [...summedRates([series])]);
}

function latencyOf(family: readonly Part[]): readonly Series[] {
  const [first] = family;
  if (first === undefined) return [];
  const of = (end: string) => family.flatMap((one) => (one.end === end ? [one.series] : []));
  const points = [quantiles(of('_bucket')), means(of('_sum'), of('_count')), told(of(''))].find(
    ({ length }) => length > 0,
  );
  if (points === undefined) return [];
  const name = seriesName({ scope: 'service', concept: 'latency' });
  const scaled = points.map(([us, value]) => [us, value * first.scale] as const);
  return [named(name, first.base, timedBy(first.series.labels), scaled)];
}

type Point = readonly [us: number, value: number];

function named(name: string, base: string, labels: Series['labels'], points: readonly Point[]): Series {
  return {
    name,
    labels: { ...labels, metric: base },
    atUs: Float64Array.from(points, ([us]) => us),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

/** The rates of all counters together, per second. */
function summedRates(counters: readonly Series[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const one of counters) {
    const { atUs, values } = rates(one);
    for (const [at, us] of atUs.entries()) sums.set(us, (sums.get(us) ?? 0) + (values[at] ?? 0));
  }
  return new Map([...sums].filter(([, value]) => !Number.isNaN(value)).sort(([a], [b]) => a - b));
}

function quantiles(buckets: readonly Series[]): readonly Point[] {
  const byBound = [...Map.groupBy(buckets, ({ labels }) => boundOf(labels.le ?? ''))]
    .filter(([bound]) => !Number.isNaN(bound))
    .sort(([a], [b]) => a - b)
    .map(([bound, own]) => ({ bound, grown: summedRates(own) }));
  const last = byBound.at(-1);
  // Without the infinite bucket, nobody knows how many requests took longer than the last bound.
  if (last?.bound !== Number.POSITIVE_INFINITY) return [];
  return [...last.grown].flatMap(([us, all]) => {
    const counts = byBound.map(({ bound, grown }) => ({ bound, count: grown.get(us) ?? 0 }));
    const value = all > 0 ? quantileOf(counts, all) : undefined;
    return value === undefined ? [] : [[us, value] as const];
  });
}

function boundOf(le: string): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number.parseFloat(le);
}

/**
 * As Prometheus computes it (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile): by linear
 * interpolation within the bucket of the rank. The first bucket begins at 0. If the rank is in the last bucket, whose bound
 * is infinite, the value is the bound before it.
 */
function quantileOf(counts: readonly Readonly<{ bound: number; count: number }>[], all: number): number | undefined {
  const rank = QUANTILE * all;
  const at = counts.findIndex(({ count }) => count >= rank);
  const [below, own] = [counts[at - 1], counts[at]];
  if (own === undefined) return undefined;
  if (own.bound === Number.POSITIVE_INFINITY) return below?.bound;
  const [from, before] = [below?.bound ?? 0, below?.count ?? 0];
  return from + (own.bound - from) * ((rank - before) / (own.count - before));
}

function means(sums: readonly Series[], counts: readonly Series[]): readonly Point[] {
  const counted = summedRates(counts);
  return [...summedRates(sums)].flatMap(([us, took]) => {
    const times = counted.get(us) ?? 0;
    return times > 0 ? [[us, took / times] as const] : [];
  });
}

/** The points of the summary whose quantile is nearest to ours. */
function told(summaries: readonly Series[]): readonly Point[] {
  const near = summaries
    .map((one) => ({ one, off: Math.abs(Number.parseFloat(one.labels.quantile ?? '') - QUANTILE) }))
    .filter(({ off }) => !Number.isNaN(off))
    .sort((a, b) => a.off - b.off)[0]?.one;
  return near === undefined ? [] : Array.from(near.atUs, (us, at) => [us, near.values[at] ?? Number.NaN] as const);
}
