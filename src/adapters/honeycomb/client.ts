/**
 * Counts requests in Honeycomb by its Query Data API: how many there were, how many failed, and how long they took. The
 * API gives aggregated data alone, so neither traces nor events can be read.
 *
 * A query is made, run, and asked for until it has ended: https://api-docs.honeycomb.io/api/query-data
 */
import { z } from 'zod';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { checked, remedyByStatus } from '#adapters/health.ts';
import { type Answer, type BackendOptions, openBackend, parsed, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Health, MetricQuery, MetricSource, OpenBody } from '#gather/sources.ts';
import { type Concept, seriesName } from '#model/metrics/metric-names.ts';

export type HoneycombOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    /** Its slug, or `__all__` for the environment. */
    dataset: string;
    /** Waits between two looks at a query, and knows how old its window is. */
    clock?: Pick<Clock, 'sleep' | 'nowUs'>;
  }>;

const NAME = 'honeycomb';
const MAX_ANSWER_BYTES = 32_000_000;
const MOST_GROUPS = 200;
const MOST_SERVICES = 50;
/** Honeycomb runs no query over older events. */
const KEPT_US = 7 * 24 * 3_600 * 1_000_000;
/** A window has at least ten steps. */
const LEAST_STEPS = 10;
const FIRST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 4_000;
const CREATED = 201;
/** Query results that may be made in a minute are few. */
const LIMIT_MS = 60_000;

const SERVICE = 'service.name';
const P95 = 'P95(duration_ms)';
const CALCULATIONS = {
  counts: { breakdowns: [SERVICE, 'error'], calculations: [{ op: 'COUNT' }] },
  durations: { breakdowns: [SERVICE], calculations: [{ op: 'P95', column: 'duration_ms' }] },
} as const;

export function honeycomb(options: HoneycombOptions): MetricSource {
  const { dataset, clock = systemClock, maxBytes = MAX_ANSWER_BYTES } = options;
  const backend = openBackend(NAME, '', { ...options, maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES) });
  const [queries, results] = [`1/queries/${dataset}`, `1/query_results/${dataset}`];

  async function said<Said>(path: string, answer: Answer, form: z.ZodType<Said>): Promise<Said> {
    const isCreated = answer.kind === 'refusal' && answer.status === CREATED;
    if (answer.kind === 'page' || (answer.kind === 'refusal' && !isCreated)) throw refused(path, answer);
    const read = form.safeParse(answer.kind === 'body' ? await readJson(answer.chunks) : parsed(answer.text));
    if (!read.success) throw backend.misplaced(path);
    return read.data;
  }

  function refused(path: string, answer: Exclude<Answer, { kind: 'body' }>) {
    if (answer.kind !== 'refusal' || answer.status !== 429) return backend.error(path, answer);
    return backend.error(path, { ...answer, retryAfterMs: answer.retryAfterMs ?? LIMIT_MS });
  }

  async function run(spec: object, signal: AbortSignal): Promise<z.output<typeof Result>> {
    const query = await said(queries, await backend.post(queries, { signal, json: spec }), Made);
    const started = await backend.post(results, { signal, json: { query_id: query.id, limit: MOST_GROUPS } });
    const path = `${results}/${(await said(results, started, Made)).id}`;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
      await clock.sleep(pauseMs, signal);
      const result = await said(path, await backend.get(path, { signal }), Result);
      if (result.complete) return result;
    }
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { start, end } = wholeSteps(query);
    const [from, to] = [Math.max(start, oldestS()), Math.max(end, start + query.stepSeconds)];
    const granularity = Math.max(1, Math.min(query.stepSeconds, Math.floor((to - from) / LEAST_STEPS)));
    const { data, links } = await run({ ...specIn(query.text), start_time: from, end_time: to, granularity }, signal);
    const series = data.series.length === 0 ? [] : seriesIn(data.series, granularity);
    const warnings = data.results.length >= MOST_GROUPS ? [`has more than ${MOST_GROUPS} services`] : [];
    if (from > start) warnings.push('counts only the last 7 days');
    const chunks = onlyChunk(prometheusMatrix(series, warnings));
    return { source: NAME, format: 'prometheus-json', query: { text: query.text, url: links.query_url }, chunks };
  }

  function oldestS(): number {
    return Math.ceil((clock.nowUs() - KEPT_US) / 1e6) + 1;
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      // It makes a query, and runs none: a minute allows few.
      await said(queries, await backend.post(queries, { signal, json: specFor('counts', []) }), Made);
      return { ok: true, detail: 'answers, and takes queries', remedy: '' };
    }, remedyByStatus(REMEDIES));
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      const stepSeconds = stepOf({ fromUs, toUs });
      const texts = (['counts', 'durations'] as const).map((kind) => JSON.stringify(specFor(kind, services)));
      return { queries: texts.map((text) => ({ text, fromUs, toUs, stepSeconds })), warnings: [] };
    },
    openMetrics,
    check,
  };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Check HONEYCOMB_API_KEY, and HONEYCOMB_URL: teams in the EU have another address.',
  403: 'Give the key the permissions Manage Queries and Columns and Run Queries. The Query Data API needs the plan Enterprise.',
  404: 'Check HONEYCOMB_DATASET: the environment of the key has no dataset of that name.',
};

/** The query counts spans of kind server and consumer: with these a request enters a service. JSON escapes the names of services. */
function specFor(kind: keyof typeof CALCULATIONS, services: readonly string[]) {
  const named = services.filter((service) => service !== '').slice(0, MOST_SERVICES);
  return {
    ...CALCULATIONS[kind],
    filters: [
      { column: 'span.kind', op: 'in', value: ['server', 'consumer'] },
      ...(named.length === 0 ? [] : [{ column: SERVICE, op: 'in', value: named }]),
    ],
    filter_combination: 'AND',
    limit: MOST_GROUPS,
  };
}

function specIn(text: string): object {
  return z.record(z.string(), z.unknown()).catch({}).parse(parsed(text));
}

const Made = z.object({ id: z.string().regex(/^[\w-]{1,100}$/) });

const Point = z.object({ time: z.string(), data: z.record(z.string(), z.unknown()) });
const Result = z.object({
  complete: z.boolean(),
  data: z
    .object({ series: z.array(Point).nullish(), results: z.array(z.unknown()).nullish() })
    .nullish()
    .transform((data) => ({ series: data?.series ?? [], results: data?.results ?? [] })),
  links: z
    .object({
      query_url: z
        .string()
        .regex(/^https:\/\/ui\.(?:eu1\.)?honeycomb\.io\/\S{1,2000}$/)
        .catch(''),
    })
    .catch({ query_url: '' }),
});

function seriesIn(points: readonly z.output<typeof Point>[], stepS: number) {
  const services = Map.groupBy(points, ({ data }) => (typeof data[SERVICE] === 'string' ? data[SERVICE] : ''));
  return [...services].flatMap(([service, own]) => {
    const one = (concept: Concept, metric: string, values: readonly (readonly [number, string])[]) => ({
      metric: { __name__: seriesName({ scope: 'service', concept }), metric: `${metric} in Honeycomb`, service },
      values,
    });
    const slow = own.flatMap(({ time, data }) => {
      const ms = data[P95];
      return typeof ms === 'number' ? [[Date.parse(time) / 1_000, `${ms / 1_000}`] as const] : [];
    });
    if (slow.length > 0) return [one('latency', 'p95 of requests', slow)];
    const failed = own.filter(({ data }) => data.error === true || data.error === 'true');
    return [
      one('requests', 'requests', rates(own, own, stepS)),
      one('errors', 'failed requests', rates(own, failed, stepS)),
    ];
  });
}

/** A step in which requests came and none failed is a 0. */
function rates(all: readonly z.output<typeof Point>[], counted: readonly z.output<typeof Point>[], stepS: number) {
  const sums = new Map<string, number>(all.map(({ time }) => [time, 0]));
  for (const { time, data } of counted) {
    if (typeof data.COUNT === 'number') sums.set(time, (sums.get(time) ?? 0) + data.COUNT);
  }
  return [...sums].flatMap(([time, sum]) => {
    const at = Date.parse(time) / 1_000;
    return Number.isNaN(at) ? [] : [[at, `${sum / stepS}`] as const];
  });
}
