/** TraceQL from values that nobody vouched for: each becomes one quoted string, so that none can change the query. */
import type { MetricQuery, MetricSearch, TraceSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metric-names.ts';
import { quoted } from '#model/query-string.ts';

/** Traces that hold such a span. */
export function spansOf({
  service,
  operation,
  failing,
  minDurationUs,
}: Pick<TraceSearch, 'service' | 'operation' | 'failing' | 'minDurationUs'>): string {
  const conditions = [
    `resource.service.name = ${quoted(service)}`,
    ...(operation === undefined ? [] : [`name = ${quoted(operation)}`]),
    ...(failing ? ['status = error'] : []),
    ...(minDurationUs === undefined ? [] : [`duration >= ${Math.round(minDurationUs)}us`]),
  ];
  return `{ ${conditions.join(' && ')} }`;
}

/** What is asked of all requests of a time. `name`: what the answer's series are, as `model/metric-names.ts` calls it. */
export type Count = Readonly<{ text: string; name: string; metric: string }>;

const COUNTS = [
  {
    of: 'rate() by (resource.service.name, status)',
    name: seriesName({ scope: 'service', concept: 'requests' }),
    metric: 'requests in Tempo',
  },
  {
    of: 'quantile_over_time(duration, .95) by (resource.service.name)',
    name: seriesName({ scope: 'service', concept: 'latency' }),
    metric: 'p95 of requests in Tempo',
  },
  {
    of: 'quantile_over_time(duration, .95) by (resource.service.name, name)',
    name: seriesName({ scope: 'service', concept: 'latency' }),
    metric: 'p95 of operations in Tempo',
  },
] as const;

/** Requests that came to these services: how many a second, how many of them failed, how long they took. */
function countsOf(services: readonly string[]): readonly Count[] {
  const named = services.map((service) => `resource.service.name = ${quoted(service)}`);
  const own = named.length === 0 ? '' : `(${named.join(' || ')}) && `;
  return COUNTS.map(({ of, name, metric }) => ({
    text: `{ ${own}(kind = server || kind = consumer) } | ${of}`,
    name,
    metric,
  }));
}

/** What the answer to this question means. */
export function countOf(text: string): Pick<Count, 'name' | 'metric'> {
  const { name, metric } = COUNTS.find(({ of }) => text.endsWith(`| ${of}`)) ?? COUNTS[0];
  return { name, metric };
}

const LEAST_STEP_S = 60;
/** Each point is counted anew, over all spans of its time. */
const MOST_POINTS = 120;
/** Tempo refuses to count over more at once, unless it is told otherwise (`query_frontend.metrics.max_duration`). */
export const MOST_HOURS = 3;

export function countingQueries({ services, fromUs, toUs }: MetricSearch): readonly MetricQuery[] {
  const beginUs = Math.max(fromUs, toUs - MOST_HOURS * 3_600e6);
  const minutes = Math.max(1, (toUs - beginUs) / 1e6 / LEAST_STEP_S / MOST_POINTS);
  const stepSeconds = Math.ceil(minutes) * LEAST_STEP_S;
  return countsOf(services).map(({ text }) => ({ text, fromUs: beginUs, toUs, stepSeconds }));
}
