/**
 * Counts spans in Elasticsearch over all its data: the requests of services by steps of time, and how many spans of an
 * operation take longer than a limit. Each form of spans has a filter of its own, because times and units differ.
 *
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/search-aggregations-metrics-percentile-aggregation.html
 */
import { z } from 'zod';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery, MetricSearch, PercentileQuery } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import type { Percentile } from '#model/requests/seen-spans.ts';
import { anyOf, isIn } from './query.ts';
import { allOf, FORMS, ofService, type SpanForm, takes } from './span-query.ts';

/** Each with up to 120 steps. A search has at most 65,536 buckets (`search.max_buckets`). */
const MOST_SERVICES = 100;

/** One aggregation for each form, by its place in the list. */
function ofForms(aggregation: (form: SpanForm) => object): object {
  return {
    size: 0,
    track_total_hits: false,
    aggs: Object.fromEntries(FORMS.map((form, at) => [at, aggregation(form)])),
  };
}

/** The text of the query names the services. */
export function requestQueries({ services, fromUs, toUs }: MetricSearch): readonly MetricQuery[] {
  const text = JSON.stringify({ services: services.filter((service) => service !== '') });
  return [{ text, fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) }];
}

const Asked = z.object({ services: z.array(z.string()) });

export function servicesAsked({ text }: MetricQuery): readonly string[] {
  return Asked.parse(JSON.parse(text)).services;
}

/** Whole steps only. */
export function requestSearch(query: MetricQuery): unknown {
  const services = servicesAsked(query);
  const { start, end } = wholeSteps(query);
  const window = { fromUs: start * 1e6, toUs: end * 1e6 - 1 };
  return ofForms((form) => ({
    filter: allOf([
      form.isSpan,
      form.isRequest,
      form.within(window),
      ...(services.length === 0 ? [] : [anyOf(services.map((name) => isIn(form.service, name)))]),
    ]),
    aggs: {
      services: {
        terms: { field: form.service, size: MOST_SERVICES },
        aggs: {
          steps: {
            date_histogram: { field: form.time, fixed_interval: `${query.stepSeconds}s`, min_doc_count: 1 },
            aggs: {
              failed: { filter: form.hasFailed },
              p95: { percentiles: { field: form.durations[0], percents: [95] } },
            },
          },
        },
      },
    },
  }));
}

const Counted = z.object({ doc_count: z.number() });
const Percentiles = z.object({ values: z.record(z.string(), z.number().nullish().catch(null)) });
const Step = Counted.extend({ key: z.number(), failed: Counted, p95: Percentiles });
type Step = z.output<typeof Step>;
const Service = z.object({ key: z.string(), steps: z.object({ buckets: z.array(Step) }) });
const Requests = z.record(
  z.string(),
  Counted.extend({ services: z.object({ sum_other_doc_count: z.number().default(0), buckets: z.array(Service) }) }),
);

/** In Prometheus' form, at the end of each step. Undefined for any other answer; `lacks`: why it is not all. */
export function requestSeries(
  aggregations: unknown,
  query: MetricQuery,
): Readonly<{ bytes: Uint8Array; lacks: string }> | undefined {
  const { success, data } = Requests.safeParse(aggregations);
  if (!success) return undefined;
  const result = FORMS.flatMap((form, at) =>
    (data[at]?.services.buckets ?? []).flatMap(({ key, steps }) =>
      seriesOf(key, { form, query, steps: steps.buckets }),
    ),
  );
  const isCut = Object.values(data).some(({ services }) => services.sum_other_doc_count > 0);
  return {
    bytes: prometheusMatrix(result),
    lacks: isCut ? `there are more than ${MOST_SERVICES} services to count` : '',
  };
}

type OfService = Readonly<{ form: SpanForm; query: MetricQuery; steps: readonly Step[] }>;

function seriesOf(service: string, { form, query: { stepSeconds, ...range }, steps }: OfService) {
  const { start, end } = wholeSteps({ stepSeconds, ...range });
  const known = new Map(steps.map((step) => [step.key / 1_000, step]));
  const begins = Array.from({ length: (end - start) / stepSeconds }, (_, step) => start + step * stepSeconds);
  const rates = (status: string, countIn: (step: Step) => number) => ({
    metric: { __name__: REQUESTS, metric: 'requests in Elasticsearch', service, status },
    values: begins.map((at): Point => {
      const step = known.get(at);
      return [at + stepSeconds, `${step === undefined ? 0 : countIn(step) / stepSeconds}`];
    }),
  });
  const durations = begins.flatMap((at): Point[] => {
    const value = firstOf(known.get(at)?.p95);
    return value === undefined ? [] : [[at + stepSeconds, `${value / form.perUs / 1e6}`]];
  });
  return [
    rates('ok', ({ doc_count, failed }) => doc_count - failed.doc_count),
    rates('error', ({ failed }) => failed.doc_count),
    { metric: { __name__: LATENCY, metric: 'p95 of requests in Elasticsearch', service }, values: durations },
  ];
}

type Point = readonly [atSeconds: number, value: string];

const REQUESTS = seriesName({ scope: 'service', concept: 'requests' });
const LATENCY = seriesName({ scope: 'service', concept: 'latency' });

/** Elasticsearch gives null for a percentile of nothing. */
function firstOf(percentiles: z.output<typeof Percentiles> | undefined): number | undefined {
  return Object.values(percentiles?.values ?? {})[0] ?? undefined;
}

export function percentileSearch({ belowUs, ...asked }: PercentileQuery): unknown {
  return ofForms((form) => ({
    filter: ofService(form, asked),
    aggs: {
      slower: { filter: takes(form, belowUs) },
      ...Object.fromEntries(
        form.durations.map((field, at) => [`p99-${at}`, { percentiles: { field, percents: [99] } }]),
      ),
    },
  }));
}

const Spans = z.record(
  z.string(),
  Counted.extend({ slower: Counted, 'p99-0': Percentiles, 'p99-1': Percentiles.optional() }),
);

/** Undefined for any other answer. The p99 is known if one field has all durations. */
export function percentileIn(aggregations: unknown): Percentile | undefined {
  const { success, data } = Spans.safeParse(aggregations);
  if (!success) return undefined;
  const forms = FORMS.map(({ perUs }, at) => ({ perUs, counted: data[at] }));
  const p99s = forms.flatMap(({ perUs, counted }) =>
    [counted?.['p99-0'], counted?.['p99-1']].flatMap((one) => {
      const value = firstOf(one);
      return value === undefined ? [] : [value / perUs];
    }),
  );
  const sum = (of: (counted: z.output<typeof Spans>[string]) => number) =>
    forms.reduce((all, { counted }) => all + (counted === undefined ? 0 : of(counted)), 0);
  return {
    requests: sum(({ doc_count }) => doc_count),
    slower: sum(({ slower }) => slower.doc_count),
    us: p99s.length === 1 ? p99s[0] : undefined,
  };
}
