/** Builds TraceQL from untrusted values: each becomes one quoted string, so none can change the query. */
import type { MetricQuery, MetricSearch, TraceSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { quoted } from '#model/text/query-string.ts';

/** Traces with such a span. */
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

/** How many such spans there are. */
export function countOf(search: Parameters<typeof spansOf>[0]): string {
  return `${spansOf(search)} | count_over_time()`;
}

/**
 * The meaning of the numbers in a response: the name of its series in `model/metric-names.ts`, and its title for
 * people.
 */
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

/** The most frequent values of each attribute. */
const MOST_VALUES = 20;
/** How often each attribute value occurs in failed requests, and in the others. */
const CONTRAST = {
  of: `compare({ status = error }, ${MOST_VALUES})`,
  name: seriesName({ scope: 'service', concept: 'spans' }),
  metric: 'attributes of requests in Tempo',
} as const;

/** Requests received by these services. */
function requestsOf(services: readonly string[]): string {
  const named = services.map((service) => `resource.service.name = ${quoted(service)}`);
  const own = named.length === 0 ? '' : `(${named.join(' || ')}) && `;
  return `{ ${own}(kind = server || kind = consumer) }`;
}

/** The meaning of this query's response. */
export function countedBy(text: string): Counted {
  const { name, metric } = [...COUNTS, CONTRAST].find(({ of }) => text.endsWith(`| ${of}`)) ?? COUNTS[0];
  return name === CONTRAST.name ? { name, metric, service: serviceIn(text) } : { name, metric };
}

/** A response about attributes does not name the service. */
function serviceIn(text: string): string {
  const said = /resource\.service\.name = ("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return said === undefined ? '' : `${JSON.parse(said)}`;
}

const LEAST_STEP_S = 60;
/** Tempo computes each point over all spans of its time range. */
const MOST_POINTS = 120;
/** Tempo refuses a longer range unless it is configured (`query_frontend.metrics.max_duration`). */
export const MOST_HOURS = 3;
/** Only attributes of the services in question are compared: there are hundreds of them. */
const MOST_COMPARED = 2;

/** Throughput, error rate and latency of requests, and the common attributes of failed ones. */
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

/** In the time window in question, and in the one before it: common attributes that existed before are not news. */
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
