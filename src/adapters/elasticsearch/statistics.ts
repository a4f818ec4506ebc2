/**
 * Counts lines and errors in Elasticsearch over all its data. A search for lines stops at a limit, so its result does not
 * show how many there were.
 *
 * One search counts both, for each service. A filter names the service, because the counts of a field's values
 * (`terms`) need an index that keeps them, and a text field has none.
 *
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/search-aggregations-bucket-filters-aggregation.html
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/search-aggregations-bucket-datehistogram-aggregation.html
 */

import { z } from 'zod';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { LineQuery, MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { anyOf, type Clause, type Fields, inWindow, ofService } from './query.ts';

const ERRORS = ['error', 'err', 'fatal', 'critical', 'crit', 'severe', 'panic', 'alert', 'emerg', 'emergency'];

/** None where no service is named: nothing says which names the index has. */
export function countingQueries({ services, fromUs, toUs }: MetricSearch, fields: Fields): readonly MetricQuery[] {
  const named = services.filter((service) => service !== '');
  if (named.length === 0) return [];
  const stepSeconds = stepOf({ fromUs, toUs });
  const filters = Object.fromEntries(named.map((name) => [name, ofService(name, fields)]));
  const minutes = {
    date_histogram: { field: fields.time, fixed_interval: `${stepSeconds}s`, min_doc_count: 1 },
    aggs: { errors: { filter: isError(fields) } },
  };
  const aggs = { services: { filters: { filters }, aggs: { levels: { filter: hasLevel(fields) }, minutes } } };
  return [{ text: JSON.stringify({ aggs }), fromUs, toUs, stepSeconds }];
}

/** A field of keywords distinguishes capital letters. */
function isError({ levels }: Fields): Clause {
  const forms = ERRORS.flatMap((word) => [word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`]);
  return { query_string: { query: forms.join(' OR '), fields: levels, lenient: true } };
}

function hasLevel({ levels }: Fields): Clause {
  return anyOf(levels.map((field) => ({ exists: { field } })));
}

/** Whole steps only: a part of a minute has fewer lines than a minute. */
export function countingSearch({ text, ...query }: MetricQuery, fields: Fields): unknown {
  const { start, end } = wholeSteps(query);
  return {
    size: 0,
    track_total_hits: false,
    query: inWindow(fields.time, nsOf(start), nsOf(end)),
    ...Asked.parse(JSON.parse(text)),
  };
}

function nsOf(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}

/** What it counts, as a person would look for the lines. */
export function linesCounted({ text, fromUs, toUs }: MetricQuery): LineQuery {
  const services = Object.keys(Asked.parse(JSON.parse(text)).aggs.services.filters.filters);
  return { by: 'service', services, fromUs, toUs };
}

/** The text of `countingQueries`. */
const Asked = z.looseObject({
  aggs: z.looseObject({
    services: z.looseObject({ filters: z.looseObject({ filters: z.record(z.string(), z.unknown()) }) }),
  }),
});

const Counted = z.looseObject({ doc_count: z.number() });
const Counts = z.looseObject({
  aggregations: z.looseObject({
    services: z.looseObject({
      buckets: z.record(
        z.string(),
        Counted.extend({
          levels: Counted,
          minutes: z.looseObject({ buckets: z.array(Counted.extend({ key: z.number(), errors: Counted })) }),
        }),
      ),
    }),
  }),
});

/**
 * The counts in Prometheus' form, as rates per second at the end of each step. Undefined for any other response. A
 * service whose lines have no level has no errors to count, and not none.
 */
export function seriesIn(answer: unknown, query: MetricQuery): Uint8Array | undefined {
  const read = Counts.safeParse(answer);
  if (!read.success) return undefined;
  const result = Object.entries(read.data.aggregations.services.buckets).flatMap(([service, counted]) => {
    const { doc_count: lines, levels, minutes } = counted;
    const all = new Map(minutes.buckets.map(({ key, doc_count }) => [key, doc_count]));
    const failing = new Map(minutes.buckets.map(({ key, errors }) => [key, errors.doc_count]));
    return [
      ...(lines > 0 ? [seriesOf(service, 'log_lines', ratesOf(all, query))] : []),
      ...(levels.doc_count > 0 ? [seriesOf(service, 'log_errors', ratesOf(failing, query))] : []),
    ];
  });
  return prometheusMatrix(result);
}

type Rate = readonly [atSeconds: number, perSecond: string];

/** `counts`: by the milliseconds at which a step begins. A step without lines has no count. */
function ratesOf(counts: ReadonlyMap<number, number>, query: MetricQuery): readonly Rate[] {
  const { stepSeconds } = query;
  const { start, end } = wholeSteps(query);
  return Array.from({ length: (end - start) / stepSeconds }, (_, step) => {
    const begins = start + step * stepSeconds;
    return [begins + stepSeconds, `${(counts.get(begins * 1_000) ?? 0) / stepSeconds}`];
  });
}

const METRICS = { log_lines: 'log lines in Elasticsearch', log_errors: 'errors logged in Elasticsearch' } as const;

function seriesOf(service: string, concept: keyof typeof METRICS, values: readonly Rate[]) {
  return { metric: { __name__: seriesName({ scope: 'service', concept }), service, metric: METRICS[concept] }, values };
}
