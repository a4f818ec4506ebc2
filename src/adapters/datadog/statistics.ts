/**
 * Counts requests and lines in Datadog over all that it holds, as series in Prometheus' form.
 *
 * https://docs.datadoghq.com/api/latest/spans/#aggregate-spans
 * https://docs.datadoghq.com/api/latest/logs/#aggregate-events
 */

import { z } from 'zod';
import { stepOf } from '#adapters/counted-steps.ts';
import { addressUnder, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { BackendError } from '#core/errors.ts';
import type { MetricQuery, MetricSearch, OpenBody, Query, SpanQuery, Statistics } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { type Api, NAME } from './api.ts';
import { linesOf, requestsOf, spansOf, windowOf } from './query.ts';

const SPANS_PATH = 'api/v2/spans/analytics/aggregate';
const LOGS_PATH = 'api/v2/logs/analytics/aggregate';

/** Datadog takes intervals in whole minutes. */
const MINUTE_S = 60;
/** How many services one answer counts. Datadog allows 10,000 combinations of all facets. */
const MOST_SERVICES = 100;
const MOST_OPERATIONS = 20;
const MOST_STATUSES = 8;
/** For the list of services alone. */
const MOST_LISTED = 1_000;

const NS_PER_S = 1e9;
const NS_PER_US = 1e3;

type Facet = Readonly<{ facet: string; limit: number }>;
const BY_SERVICE: Facet = { facet: 'service', limit: MOST_SERVICES };
const BY_STATUS: Facet = { facet: 'status', limit: MOST_STATUSES };

/** A kind of count: its end in the query's text, how it is asked, and what its numbers are. */
type Count = Readonly<{
  of: string;
  compute: Readonly<{ aggregation: string; metric?: string }>;
  groups: readonly Facet[];
  concept: 'requests' | 'latency' | 'log_lines';
  metric: string;
}>;

const SPAN_COUNTS: readonly Count[] = [
  {
    of: 'count by service, status',
    compute: { aggregation: 'count' },
    groups: [BY_SERVICE, BY_STATUS],
    concept: 'requests',
    metric: 'requests in Datadog',
  },
  {
    of: 'p95 by service',
    compute: { aggregation: 'pc95', metric: '@duration' },
    groups: [BY_SERVICE],
    concept: 'latency',
    metric: 'p95 of requests in Datadog',
  },
  {
    of: 'p95 by service, operation',
    compute: { aggregation: 'pc95', metric: '@duration' },
    groups: [BY_SERVICE, { facet: 'resource_name', limit: MOST_OPERATIONS }],
    concept: 'latency',
    metric: 'p95 of operations in Datadog',
  },
];

const LINE_COUNT: Count = {
  of: 'count by service, status',
  compute: { aggregation: 'count' },
  groups: [BY_SERVICE, BY_STATUS],
  concept: 'log_lines',
  metric: 'log lines in Datadog',
};

/** The graver half of Datadog's levels: https://docs.datadoghq.com/logs/log_configuration/processors/status_remapper/ */
const ERROR_LEVELS: ReadonlySet<string> = new Set(['error', 'critical', 'alert', 'emergency']);

export function spanStatistics(api: Api, ui: URL): Statistics {
  return {
    lack: 'rates and durations cover only the requests that were read',
    nothing: 'counted no requests: it holds no span with which a trace enters the service',
    async findMetrics(search) {
      return { queries: queriesFor(requestsOf(search.services), SPAN_COUNTS, search), warnings: [] };
    },
    async openMetrics(query, signal) {
      const { text, count } = readText(query.text, SPAN_COUNTS);
      const attributes = askedFor(text, count, query);
      const json = { data: { type: 'aggregate_request', attributes } };
      const answer = SpanBuckets.safeParse(await readJson((await api.post(SPANS_PATH, json, signal)).chunks));
      if (!answer.success) throw api.misplaced(SPANS_PATH);
      const buckets = answer.data.data.map(({ attributes: { by, compute } }) => ({ by, points: compute.c0 }));
      const result = buckets.map((bucket) => seriesOf(bucket, count, intervalOf(query)));
      return opened(result, answer.data.meta?.status, shown(addressUnder(ui, 'apm/traces'), query));
    },
    async percentile({ belowUs, ...query }, signal) {
      const all = await totalOf(api, query, signal);
      const slow = await totalOf(api, { ...query, minDurationUs: belowUs }, signal);
      return { requests: all.count, slower: slow.count, us: all.p99Ns && all.p99Ns / NS_PER_US };
    },
  };
}

export function lineStatistics(api: Api, ui: URL): Statistics {
  return {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    async findMetrics(search) {
      const { services, fromUs, toUs } = search;
      const lines = linesOf({ by: 'service', services, fromUs, toUs });
      return { queries: queriesFor(lines, [LINE_COUNT], search), warnings: [] };
    },
    async openMetrics(query, signal) {
      const { text, count } = readText(query.text, [LINE_COUNT]);
      const json = askedFor(text, count, query);
      const answer = LogBuckets.safeParse(await readJson((await api.post(LOGS_PATH, json, signal)).chunks));
      if (!answer.success) throw api.misplaced(LOGS_PATH);
      const buckets = answer.data.data.buckets.map(({ by, computes }) => ({ by, points: computes.c0 }));
      const result = lineSeries(buckets, intervalOf(query));
      return opened(result, answer.data.meta?.status, shown(addressUnder(ui, 'logs'), query));
    },
  };
}

/** The number of spans and their p99; Datadog gives no bucket where it found none. */
async function totalOf(api: Api, search: SpanQuery, signal: AbortSignal) {
  const attributes = {
    filter: { query: spansOf(search), ...windowOf(search) },
    compute: [
      { aggregation: 'count', type: 'total' },
      { aggregation: 'pc99', metric: '@duration', type: 'total' },
    ],
  };
  const json = { data: { type: 'aggregate_request', attributes } };
  const answer = Totals.safeParse(await readJson((await api.post(SPANS_PATH, json, signal)).chunks));
  if (!answer.success) throw api.misplaced(SPANS_PATH);
  const { data, meta } = answer.data;
  if (meta?.status === 'timeout') throw new BackendError(NAME, 200, SPANS_PATH, { reason: PART_COUNTED });
  const { c0: count = 0, c1: p99Ns } = data[0]?.attributes.compute ?? {};
  return { count, p99Ns };
}

/** The services that received requests in the last day, the busiest first. */
export async function servicesCounted(api: Api, signal: AbortSignal): Promise<readonly string[]> {
  const attributes = {
    filter: { query: '*', from: 'now-1d', to: 'now' },
    compute: [{ aggregation: 'count', type: 'total' }],
    group_by: [{ facet: 'service', limit: MOST_LISTED }],
  };
  const json = { data: { type: 'aggregate_request', attributes } };
  const answer = ServiceBuckets.safeParse(await readJson((await api.post(SPANS_PATH, json, signal)).chunks));
  if (!answer.success) throw api.misplaced(SPANS_PATH);
  return answer.data.data.map(({ attributes: { by } }) => by.service ?? '').filter((name) => name !== '');
}

const By = z.record(z.string(), z.string().catch('')).catch({});
const Points = z.object({ c0: z.array(z.object({ time: z.string(), value: z.number() })).catch([]) });
const Meta = z.object({ status: z.string().optional() }).nullish();
const ServiceBuckets = z.object({ data: z.array(z.object({ attributes: z.object({ by: By }) })) });
const SpanBuckets = z.object({
  data: z.array(z.object({ attributes: z.object({ by: By, compute: Points }) })),
  meta: Meta,
});
const Total = z.object({ c0: z.number().optional(), c1: z.number().optional().catch(undefined) });
const Totals = z.object({ data: z.array(z.object({ attributes: z.object({ compute: Total }) })), meta: Meta });
const LogBuckets = z.object({
  data: z.object({ buckets: z.array(z.object({ by: By, computes: Points })) }),
  meta: Meta,
});

type Bucket = Readonly<{ by: Readonly<Record<string, string>>; points: z.output<typeof Points>['c0'] }>;
type Series = Readonly<{ metric: Readonly<Record<string, string>>; values: readonly [number, string][] }>;

function queriesFor(text: string, counts: readonly Count[], { fromUs, toUs }: MetricSearch): readonly MetricQuery[] {
  const stepSeconds = stepOf({ fromUs, toUs });
  return counts.map(({ of }) => ({ text: `${text}${SIGN}${of}`, fromUs, toUs, stepSeconds }));
}

const SIGN = ' | ';

function readText(text: string, counts: readonly Count[]): Readonly<{ text: string; count: Count }> {
  const at = text.lastIndexOf(SIGN);
  const count = counts.find(({ of }) => of === text.slice(at + SIGN.length));
  if (count === undefined) throw new Error(`no such count: ${text}`);
  return { text: text.slice(0, at), count };
}

function askedFor(query: string, { compute, groups }: Count, asked: MetricQuery) {
  const { fromUs, toUs } = asked;
  return {
    filter: { query, ...windowOf({ fromUs, toUs }) },
    compute: [{ ...compute, type: 'timeseries', interval: `${intervalOf(asked) / MINUTE_S}m` }],
    group_by: groups,
  };
}

/** Seconds, in whole minutes. */
function intervalOf({ stepSeconds }: MetricQuery): number {
  return Math.max(1, Math.round(stepSeconds / MINUTE_S)) * MINUTE_S;
}

function seriesOf({ by, points }: Bucket, { concept, metric }: Count, stepSeconds: number): Series {
  const { service = '', status, resource_name: operation } = by;
  const said = Object.entries({ service, status, operation }).filter((pair): pair is [string, string] => !!pair[1]);
  const scale = concept === 'latency' ? NS_PER_S : stepSeconds;
  const values = points.filter(({ value }) => concept !== 'latency' || value > 0);
  return {
    metric: { __name__: seriesName({ scope: 'service', concept }), metric, ...Object.fromEntries(said) },
    values: values.map(({ time, value }) => [Date.parse(time) / 1_000, `${value / scale}`]),
  };
}

/** Lines and errors of each service. A minute with lines and without errors has 0 errors. */
function lineSeries(buckets: readonly Bucket[], stepSeconds: number): Series[] {
  return [...Map.groupBy(buckets, ({ by }) => by.service ?? '')].flatMap(([service, own]) => {
    const lines = new Map<string, number>();
    const errors = new Map<string, number>();
    for (const { by, points } of own) {
      const isError = ERROR_LEVELS.has(by.status ?? '');
      for (const { time, value } of points) {
        lines.set(time, (lines.get(time) ?? 0) + value);
        errors.set(time, (errors.get(time) ?? 0) + (isError ? value : 0));
      }
    }
    const series = (concept: 'log_lines' | 'log_errors', metric: string, counts: ReadonlyMap<string, number>) => ({
      metric: { __name__: seriesName({ scope: 'service', concept }), metric, service },
      values: [...counts].map(([time, count]): [number, string] => [
        Date.parse(time) / 1_000,
        `${count / stepSeconds}`,
      ]),
    });
    return [series('log_lines', LINE_COUNT.metric, lines), series('log_errors', 'errors logged in Datadog', errors)];
  });
}

const PART_COUNTED = 'counted only a part: its search timed out';

function opened(result: readonly Series[], status: string | undefined, query: Query): OpenBody {
  const warnings = status === 'timeout' ? [PART_COUNTED] : [];
  return { source: NAME, format: 'prometheus-json', query, chunks: onlyChunk(prometheusMatrix(result, warnings)) };
}

/** The explorer of spans or of lines, with the search and its time. */
function shown(explorer: string, { text, fromUs, toUs }: MetricQuery): Query {
  const url = new URL(explorer);
  const isLogs = url.pathname.endsWith('/logs');
  url.searchParams.set('query', text.slice(0, text.lastIndexOf(SIGN)));
  url.searchParams.set(isLogs ? 'from_ts' : 'start', `${Math.floor(fromUs / 1_000)}`);
  url.searchParams.set(isLogs ? 'to_ts' : 'end', `${Math.ceil(toUs / 1_000)}`);
  return { text, url: url.href };
}
