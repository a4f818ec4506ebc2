/**
 * Counts requests and lines in New Relic over all that it holds, as series in Prometheus' form. One query counts requests,
 * failed ones and their duration for each service and step of time.
 *
 * https://docs.newrelic.com/docs/nrql/nrql-syntax-clauses-functions/#sel-timeseries
 */

import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery, MetricSearch, OpenBody, Statistics } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { shown } from './links.ts';
import { NAME, type NerdGraph, type NewRelicOptions, type Row } from './nerdgraph.ts';
import { FAILED_REQUESTS, linesByService, named, requestsOf, spansOf, timesOf, within } from './query.ts';

/** With FACET, fewer series than the limit of a query, the largest first. */
const MOST_SERVICES = 100;
const MOST_OPERATIONS = 200;
/** New Relic limits the characters of a query, and each service is about 150. */
const SERVICES_OF_QUERY = 10;
const US_PER_MS = 1_000;
/** For the list of services alone. */
const MOST_LISTED = 1_000;

const OF_REQUESTS = `SELECT count(*) AS 'all', filter(count(*), WHERE ${FAILED_REQUESTS}) AS 'failed', percentile(duration.ms, 95) AS 'p95' FROM Span`;
const OF_OPERATIONS = "SELECT percentile(duration.ms, 95) AS 'p95' FROM Span";
const LEVELS = ['level', 'severity.text', 'log.level'];
const ERRORS = ['error', 'err', 'fatal', 'critical', 'crit', 'severe', 'panic', 'alert', 'emergency'];

function countOfLines({ levelField }: LineFields): string {
  return `SELECT count(*) AS 'all', filter(count(*), WHERE ${isError(fieldOr(levelField, LEVELS))}) AS 'failed' FROM Log`;
}

/** As programs write the levels: NRQL compares capital letters. */
function isError(fields: readonly string[]): string {
  const forms = ERRORS.flatMap((word) => [word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`]);
  return fields.map((field) => `${named(field)} IN (${forms.map((form) => `'${form}'`).join(', ')})`).join(' OR ');
}

export function spanStatistics(nerdGraph: NerdGraph, options: NewRelicOptions): Statistics {
  return {
    lack: 'rates and durations cover only the requests that were read',
    nothing: 'counted no requests: it holds no span with which a trace enters the service',
    async findMetrics(search) {
      const where = requestsOf(search.services);
      const texts = [
        `${OF_REQUESTS} WHERE ${where} FACET entity.name LIMIT ${MOST_SERVICES}`,
        `${OF_OPERATIONS} WHERE ${where} FACET entity.name, name LIMIT ${MOST_OPERATIONS}`,
      ];
      return { queries: queriesFor(texts, search), warnings: [] };
    },
    async openMetrics(query, signal) {
      const rows = await counted(nerdGraph, query, signal);
      const series = query.text.startsWith(OF_REQUESTS) ? requestSeries(rows, query) : operationSeries(rows);
      return opened(series, query, options);
    },
    async percentile({ belowUs, ...query }, signal) {
      const slow = `filter(count(*), WHERE duration.ms >= ${belowUs / US_PER_MS})`;
      const counts = `count(*) AS 'all', ${slow} AS 'slower', percentile(duration.ms, 99) AS 'p99'`;
      const nrql = `SELECT ${counts} FROM Span WHERE ${spansOf(query)} ${within(timesOf(query))}`;
      const [row = {}] = await nerdGraph.rows(nrql, signal);
      const seconds = secondsOf(row.p99);
      const us = Number.isNaN(seconds) ? undefined : seconds * 1e6;
      return { requests: numberIn(row, 'all'), slower: numberIn(row, 'slower'), us };
    },
  };
}

export function lineStatistics(nerdGraph: NerdGraph, options: NewRelicOptions): Statistics {
  const ofLines = countOfLines(options);
  return {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    async findMetrics(search) {
      const wanted = search.services.filter((service) => service !== '');
      const texts = wanted.length === 0 ? [`${ofLines} FACET entity.name LIMIT ${MOST_SERVICES}`] : [];
      for (let at = 0; at < wanted.length; at += SERVICES_OF_QUERY) {
        texts.push(`${ofLines} ${linesByService(wanted.slice(at, at + SERVICES_OF_QUERY))}`);
      }
      return { queries: queriesFor(texts, search), warnings: [] };
    },
    async openMetrics(query, signal) {
      const rows = await counted(nerdGraph, query, signal);
      return opened(lineSeries(rows, query), query, options);
    },
  };
}

/** The services that received requests in the last day, the busiest first. */
export async function servicesCounted(nerdGraph: NerdGraph, signal: AbortSignal): Promise<readonly string[]> {
  const where = requestsOf([]);
  const nrql = `SELECT count(*) FROM Span WHERE ${where} FACET entity.name SINCE 1 day ago LIMIT ${MOST_LISTED}`;
  return (await nerdGraph.rows(nrql, signal)).map((row) => facetsOf(row)[0] ?? '').filter((name) => name !== '');
}

function queriesFor(texts: readonly string[], { fromUs, toUs }: MetricSearch): readonly MetricQuery[] {
  const stepSeconds = stepOf({ fromUs, toUs });
  return texts.map((text) => ({ text, fromUs, toUs, stepSeconds }));
}

/** New Relic begins its steps at the end of the time range: so the range has whole ones. */
function nrqlOf(query: MetricQuery): string {
  const { start, end } = wholeSteps(query);
  return `${query.text} SINCE ${start * 1_000} UNTIL ${Math.max(end, start + query.stepSeconds) * 1_000} TIMESERIES ${query.stepSeconds} seconds`;
}

/** A step of one facet. Seconds since the epoch, at the end of the step. */
type Step = Readonly<{ facets: readonly string[]; atSeconds: number; row: Row }>;

async function counted(nerdGraph: NerdGraph, query: MetricQuery, signal: AbortSignal): Promise<readonly Step[]> {
  return (await nerdGraph.rows(nrqlOf(query), signal)).flatMap((row) => {
    const atSeconds = row.endTimeSeconds;
    return typeof atSeconds === 'number' ? [{ facets: facetsOf(row), atSeconds, row }] : [];
  });
}

/** One name is a text, several are a list. */
function facetsOf({ facet }: Row): readonly string[] {
  return [facet].flat().map((name) => (typeof name === 'string' ? name : ''));
}

type Series = Readonly<{ metric: Readonly<Record<string, string>>; values: readonly (readonly [number, string])[] }>;
type Concept = 'requests' | 'latency' | 'log_lines' | 'log_errors';

function requestSeries(steps: readonly Step[], { stepSeconds }: MetricQuery): readonly Series[] {
  return byFacets(steps).flatMap(([[service = ''], own]) => {
    const rate = (count: (row: Row) => number) => (row: Row) => count(row) / stepSeconds;
    const metric = 'requests in New Relic';
    return [
      seriesOf(
        'requests',
        { metric, service, status: 'ok' },
        own,
        rate((row) => numberIn(row, 'all') - numberIn(row, 'failed')),
      ),
      seriesOf(
        'requests',
        { metric, service, status: 'error' },
        own,
        rate((row) => numberIn(row, 'failed')),
      ),
      seriesOf('latency', { metric: 'p95 of requests in New Relic', service }, own, ({ p95 }) => secondsOf(p95)),
    ];
  });
}

function operationSeries(steps: readonly Step[]): readonly Series[] {
  return byFacets(steps).map(([[service = '', operation = ''], own]) =>
    seriesOf('latency', { metric: 'p95 of operations in New Relic', service, operation }, own, ({ p95 }) =>
      secondsOf(p95),
    ),
  );
}

function lineSeries(steps: readonly Step[], { stepSeconds }: MetricQuery): readonly Series[] {
  return byFacets(steps).flatMap(([[service = ''], own]) => [
    seriesOf(
      'log_lines',
      { metric: 'log lines in New Relic', service },
      own,
      (row) => numberIn(row, 'all') / stepSeconds,
    ),
    seriesOf(
      'log_errors',
      { metric: 'errors logged in New Relic', service },
      own,
      (row) => numberIn(row, 'failed') / stepSeconds,
    ),
  ]);
}

function byFacets(steps: readonly Step[]): readonly (readonly [readonly string[], readonly Step[]])[] {
  return [...Map.groupBy(steps, ({ facets }) => JSON.stringify(facets)).values()].map((own) => [
    own[0]?.facets ?? [],
    own,
  ]);
}

/** `valueIn`: NaN where a step has none. */
function seriesOf(
  concept: Concept,
  labels: Readonly<Record<string, string>>,
  steps: readonly Step[],
  valueIn: (row: Row) => number,
): Series {
  const values = steps
    .map(({ atSeconds, row }) => [atSeconds, valueIn(row)] as const)
    .filter(([, value]) => !Number.isNaN(value))
    .toSorted(([a], [b]) => a - b);
  const said = Object.entries(labels).filter(([, text]) => text !== '');
  return {
    metric: { __name__: seriesName({ scope: 'service', concept }), ...Object.fromEntries(said) },
    values: values.map(([at, value]) => [at, `${value}`]),
  };
}

function numberIn(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
}

/** `{"p95":{"95":118.2}}`, in milliseconds; a step without requests has 0 or nothing. */
function secondsOf(percentile: unknown): number {
  const value = typeof percentile === 'object' && percentile !== null ? Object.values(percentile)[0] : percentile;
  return typeof value === 'number' && value > 0 ? value / 1_000 : Number.NaN;
}

function opened(result: readonly Series[], query: MetricQuery, options: NewRelicOptions): OpenBody {
  return {
    source: NAME,
    format: 'prometheus-json',
    query: { ...shown(options, nrqlOf(query)), text: query.text },
    chunks: onlyChunk(prometheusMatrix(result)),
  };
}
