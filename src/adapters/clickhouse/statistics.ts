/** Counts requests and lines in ClickHouse over all its data, as series in Prometheus' form. */
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery, MetricSearch, OpenBody, Statistics } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { type ClickHouseApi, NAME, TABLE } from './api.ts';
import { all, HAS_FAILED, RECEIVED, spanConditions, within } from './conditions.ts';
import { listParameter } from './parameters.ts';
import { textIn } from './spans.ts';

/** With 120 points each. */
const MOST_SERVICES = 200;
const MOST_POINTS = 121;
const NS_PER_US = 1e3;

const REQUEST_COUNTS = `count() AS total, countIf(${HAS_FAILED}) AS failed, quantile(0.95)(Duration) AS p95`;
/** From 17 on, a severity is an error: https://opentelemetry.io/docs/specs/otel/logs/data-model/#severity-fields */
const IS_ERROR =
  "SeverityNumber >= 17 OR lower(SeverityText) IN ('error', 'err', 'fatal', 'critical', 'crit', 'severe', 'panic', 'alert', 'emerg', 'emergency')";
const LINE_COUNTS = `count() AS total, countIf(${IS_ERROR}) AS failed, countIf(SeverityNumber > 0 OR SeverityText != '') AS leveled`;

export function requestStatistics(api: ClickHouseApi, table: string): Statistics {
  return {
    lack: 'rates and durations cover only the requests that were read',
    nothing: 'counted no requests: it holds no span with which a trace enters the service',
    findMetrics: async (search) => ({ queries: [queryFor(search, RECEIVED)], warnings: [] }),
    openMetrics: (query, signal) =>
      counted(api, { table, query, columns: REQUEST_COUNTS, series: requestSeries }, signal),
    async percentile(query, signal) {
      const { text: condition, parameters } = spanConditions(query);
      const slow = `countIf(Duration >= ${Math.round(query.belowUs * NS_PER_US)})`;
      const text = `SELECT count() AS total, ${slow} AS slower, quantile(0.99)(Duration) AS p99 FROM ${TABLE} WHERE ${condition}`;
      const [row = {}] = await api.rows(table, { text, parameters }, signal);
      const [requests, slower] = [numberIn(row, 'total'), numberIn(row, 'slower')];
      return { requests, slower, us: numberIn(row, 'p99') / NS_PER_US };
    },
  };
}

export function lineStatistics(api: ClickHouseApi, table: string): Statistics {
  return {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    findMetrics: async (search) => ({ queries: [queryFor(search)], warnings: [] }),
    openMetrics: (query, signal) => counted(api, { table, query, columns: LINE_COUNTS, series: lineSeries }, signal),
  };
}

/** The text is the condition. ClickHouse reads a list in a query by the same rules as one that is bound to it. */
function queryFor({ services, fromUs, toUs }: MetricSearch, ...conditions: readonly string[]): MetricQuery {
  const named = services.filter((service) => service !== '');
  const ofNamed = named.length === 0 ? [] : [`has(${listParameter(named)}, ServiceName)`];
  return { text: all([...conditions, ...ofNamed]), fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) };
}

type Counting = Readonly<{
  table: string;
  query: MetricQuery;
  /** What is counted for each service in each step. */
  columns: string;
  series(service: string, steps: Steps): readonly Series[];
}>;

type Series = Readonly<{ metric: Readonly<Record<string, string>>; values: readonly (readonly [number, string])[] }>;

/** The rows by the second at which their step begins, and all steps of the query. */
type Steps = Readonly<{ rows: ReadonlyMap<number, JsonObject>; begins: readonly number[]; seconds: number }>;

async function counted(
  api: ClickHouseApi,
  { table, query, columns, series }: Counting,
  signal: AbortSignal,
): Promise<OpenBody> {
  const { start, end } = wholeSteps(query);
  const { stepSeconds: seconds } = query;
  const time = within(nsOf(start), nsOf(Math.max(end, start + seconds)));
  const most = MOST_SERVICES * MOST_POINTS;
  const text = `SELECT ServiceName, intDiv(toUnixTimestamp(Timestamp), ${seconds}) * ${seconds} AS begins, ${columns} FROM ${TABLE} WHERE ${time} AND ${query.text} GROUP BY ServiceName, begins LIMIT ${most + 1}`;
  const rows = await api.rows(table, { text, parameters: {} }, signal);
  // A count of a part is too low, and nothing shows by how much.
  if (rows.length > most) throw api.notWhole(`there are more than ${MOST_SERVICES} services to count`);
  const begins = Array.from({ length: (end - start) / seconds }, (_, step) => start + step * seconds);
  const result = [...Map.groupBy(rows, (row) => textIn(row, 'ServiceName'))].flatMap(([service, own]) =>
    series(service, { rows: new Map(own.map((row) => [numberIn(row, 'begins'), row])), begins, seconds }),
  );
  return {
    source: NAME,
    format: 'prometheus-json',
    query: {
      text: `SELECT ServiceName, count() FROM ${table} WHERE ${query.text} GROUP BY ServiceName`,
      url: api.address,
    },
    chunks: onlyChunk(prometheusMatrix(result)),
  };
}

function requestSeries(service: string, steps: Steps): readonly Series[] {
  const metric = 'requests in ClickHouse';
  const succeeded = (row: JsonObject) => numberIn(row, 'total') - numberIn(row, 'failed');
  return [
    rates('requests', { metric, service, status: 'ok' }, steps, succeeded),
    rates('requests', { metric, service, status: 'error' }, steps, (row) => numberIn(row, 'failed')),
    latency(service, steps),
  ];
}

/** A service whose lines have no level has no errors to count, and not none. */
function lineSeries(service: string, steps: Steps): readonly Series[] {
  const hasLevels = [...steps.rows.values()].some((row) => numberIn(row, 'leveled') > 0);
  const lines = { metric: 'log lines in ClickHouse', service };
  const errors = { metric: 'errors logged in ClickHouse', service };
  return [
    rates('log_lines', lines, steps, (row) => numberIn(row, 'total')),
    ...(hasLevels ? [rates('log_errors', errors, steps, (row) => numberIn(row, 'failed'))] : []),
  ];
}

type Concept = 'requests' | 'log_lines' | 'log_errors';

/** Per second, at the end of each step; a step without a row counts nothing. */
function rates(
  concept: Concept,
  labels: Readonly<Record<string, string>>,
  { rows, begins, seconds }: Steps,
  countIn: (row: JsonObject) => number,
): Series {
  return {
    metric: { __name__: seriesName({ scope: 'service', concept }), ...labels },
    values: begins.map((at) => {
      const row = rows.get(at);
      return [at + seconds, `${row === undefined ? 0 : countIn(row) / seconds}`];
    }),
  };
}

/** In seconds, where a step has requests. */
function latency(service: string, { rows, begins, seconds }: Steps): Series {
  const values = begins.flatMap((at) => {
    const row = rows.get(at);
    return row === undefined ? [] : [[at + seconds, `${numberIn(row, 'p95') / 1e9}`] as const];
  });
  const name = seriesName({ scope: 'service', concept: 'latency' });
  return { metric: { __name__: name, metric: 'p95 of requests in ClickHouse', service }, values };
}

/** Counts are texts, because they may be larger than a double holds. */
function numberIn(row: JsonObject, column: string): number {
  const value = Number(row[column]);
  return Number.isFinite(value) ? value : 0;
}

function nsOf(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}
