/** TraceQL from values that nobody vouched for: each becomes one quoted string, so that none can change the query. */
import type { MetricQuery, MetricSearch, TraceSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';

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

/** What the numbers of an answer are: the name of its series in `model/metric-names.ts`, and how people find them. */
export type Counted = Readonly<{ name: string; metric: string; service?: string }>;

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

/** Of each attribute so many values, those that are there most often. */
const MOST_VALUES = 20;
/** How often each value of each attribute stands in requests that fail, and in the others. */
const CONTRAST = {
  of: `compare({ status = error }, ${MOST_VALUES})`,
  name: seriesName({ scope: 'service', concept: 'spans' }),
  metric: 'attributes of requests in Tempo',
} as const;

/** Requests that came to these services. */
function requestsOf(services: readonly string[]): string {
  const named = services.map((service) => `resource.service.name = ${quoted(service)}`);
  const own = named.length === 0 ? '' : `(${named.join(' || ')}) && `;
  return `{ ${own}(kind = server || kind = consumer) }`;
}

/** What the answer to this question means. */
export function countedBy(text: string): Counted {
  const { name, metric } = [...COUNTS, CONTRAST].find(({ of }) => text.endsWith(`| ${of}`)) ?? COUNTS[0];
  return name === CONTRAST.name ? { name, metric, service: serviceIn(text) } : { name, metric };
}

/** An answer about attributes does not say whose they are. */
function serviceIn(text: string): string {
  const said = /resource\.service\.name = ("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return said === undefined ? '' : `${JSON.parse(said)}`;
}

const LEAST_STEP_S = 60;
/** Each point is counted anew, over all spans of its time. */
const MOST_POINTS = 120;
/** Tempo refuses to count over more at once, unless it is told otherwise (`query_frontend.metrics.max_duration`). */
export const MOST_HOURS = 3;
/** Attributes are compared of those in question: there are hundreds of them. */
const MOST_COMPARED = 2;

/** How many requests a second, how many of them failed, how long they took; and what those that failed have in common. */
export function countingQueries({ services, fromUs, toUs, sinceUs }: MetricSearch): readonly MetricQuery[] {
  const beginUs = Math.max(fromUs, toUs - MOST_HOURS * 3_600e6);
  const minutes = Math.max(1, (toUs - beginUs) / 1e6 / LEAST_STEP_S / MOST_POINTS);
  const stepSeconds = Math.ceil(minutes) * LEAST_STEP_S;
  const counts = COUNTS.map(({ of }) => ({
    text: `${requestsOf(services)} | ${of}`,
    fromUs: beginUs,
    toUs,
    stepSeconds,
  }));
  return sinceUs === undefined ? counts : [...counts, ...contrasts(services, { beginUs, sinceUs, toUs })];
}

/** In the time in question, and in the one before it: what was so then is no news. */
function contrasts(
  services: readonly string[],
  { beginUs, sinceUs, toUs }: Readonly<{ beginUs: number; sinceUs: number; toUs: number }>,
): readonly MetricQuery[] {
  const middleUs = Math.max(beginUs, sinceUs);
  return services.slice(0, MOST_COMPARED).flatMap((service) =>
    [
      { fromUs: middleUs, toUs },
      { fromUs: beginUs, toUs: middleUs },
    ]
      .filter((time) => time.toUs - time.fromUs >= LEAST_STEP_S * 1e6)
      .map((time) => ({
        text: `${requestsOf([service])} | ${CONTRAST.of}`,
        ...time,
        stepSeconds: Math.ceil((time.toUs - time.fromUs) / 1e6),
      })),
  );
}
