/**
 * Reads the metrics of services' pods from Datadog: processor time and memory with their limits, and the heap of the JVM.
 * They are asked for by name, all in one request, and come as series in Prometheus' form. One of them that nobody sends has
 * no series.
 *
 * https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points
 * https://docs.datadoghq.com/containers/kubernetes/data_collected/ : the Agent's metrics of Kubernetes
 * https://docs.datadoghq.com/integrations/java/ : the metrics of the JVM
 */

import { z } from 'zod';
import { addressUnder, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { Health, MetricQuery, MetricSearch, MetricSource, OpenBody, Query } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { type DatadogOptions, NAME, openApi, type SpentLimits, uiOf } from './api.ts';

const PATH = 'api/v1/query';

const NANOCORES_PER_CORE = 1e9;

/** With what divides the number into the concept's unit. Of a pod's containers, the sum. */
const METRICS = {
  'kubernetes.cpu.usage.total': { concept: 'cpu_used', per: NANOCORES_PER_CORE },
  'kubernetes.cpu.limits': { concept: 'cpu_limit', per: 1 },
  'kubernetes.memory.usage': { concept: 'memory_used', per: 1 },
  'kubernetes.memory.limits': { concept: 'memory_limit', per: 1 },
  'jvm.heap_memory': { concept: 'heap_used', per: 1 },
  'jvm.heap_memory_max': { concept: 'heap_limit', per: 1 },
} as const;

const isKnown = (metric: string): metric is keyof typeof METRICS => Object.hasOwn(METRICS, metric);

/** `nowMs` since the epoch. */
export function datadogMetrics(
  options: DatadogOptions,
  spent: SpentLimits,
  nowMs: () => number = () => Date.now(),
): MetricSource {
  const api = openApi('timeseries_query', options, spent);
  const ui = uiOf(options);

  async function series(query: string, { fromUs, toUs }: Pick<MetricSearch, 'fromUs' | 'toUs'>, signal: AbortSignal) {
    const seconds = [
      ['from', `${Math.floor(fromUs / 1e6)}`],
      ['to', `${Math.ceil(toUs / 1e6)}`],
    ] as const;
    const answer = await api.get(PATH, [...seconds, ['query', query]], signal);
    const found = Answer.safeParse(await readJson(answer.chunks)).data;
    if (found === undefined) throw api.misplaced(PATH);
    return found;
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const found = await series(query.text, query, signal);
    const warnings = found.status === 'ok' ? [] : [api.quoted(found.error) || 'gave no reason'];
    const result = found.series.flatMap(seriesOf);
    const chunks = onlyChunk(prometheusMatrix(result, warnings));
    return { source: NAME, format: 'prometheus-json', query: shown(query), chunks };
  }

  function shown({ text, fromUs, toUs }: MetricQuery): Query {
    const [first = ''] = Object.keys(METRICS).filter((metric) => text.includes(metric));
    const time = [
      ['start', `${Math.floor(fromUs / 1_000)}`],
      ['end', `${Math.ceil(toUs / 1_000)}`],
    ] as const;
    return { text, url: addressUnder(ui, 'metric/explorer', [['exp_metric', first], ...time]) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => {
      // Only the right is asked about: an answer without series is one.
      const toUs = nowMs() * 1_000;
      const found = await series('sum:kubernetes.cpu.usage.total{*}', { fromUs: toUs - CHECKED_US, toUs }, signal);
      if (found.status !== 'ok')
        return { ok: false, detail: api.quoted(found.error), remedy: 'Try again in a minute.' };
      return { ok: true, detail: 'answers', remedy: '' };
    }, signal);
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      const scope = scopeOf(services);
      const text = Object.keys(METRICS).map((metric) => `sum:${metric}{${scope}} by {service,pod_name}`);
      return { queries: [{ text: text.join(', '), fromUs, toUs, stepSeconds: LEAST_STEP_S }], warnings: [] };
    },
    openMetrics,
    check,
  };
}

const CHECKED_US = 5 * 60 * 1_000_000;

/** Datadog chooses the step by the time range; an Agent reports each 15 seconds. */
const LEAST_STEP_S = 15;

/** A tag has small letters, and no other characters than these: https://docs.datadoghq.com/getting_started/tagging/ */
function scopeOf(services: readonly string[]): string {
  const tags = services
    .map((name) => name.toLowerCase().replace(/[^\p{L}\d_\-:./]/gu, '_'))
    .filter((tag) => tag !== '');
  if (tags.length === 0) return '*';
  return tags.length === 1 ? `service:${tags[0]}` : `service IN (${tags.join(',')})`;
}

const Answer = z.object({
  status: z.string(),
  error: z.string().catch(''),
  series: z
    .array(
      z.object({
        metric: z.string(),
        tag_set: z.array(z.string()).catch([]),
        pointlist: z.array(z.tuple([z.number(), z.number().nullable()])),
      }),
    )
    .catch([]),
});

function seriesOf({ metric, tag_set: tags, pointlist }: z.output<typeof Answer>['series'][number]) {
  if (!isKnown(metric)) return [];
  const { concept, per } = METRICS[metric];
  const tagged = (name: string) => tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
  const said = Object.entries({ service: tagged('service'), pod: tagged('pod_name') }).filter(
    ([, text]) => text !== '',
  );
  const values = pointlist.flatMap(([ms, value]) => (value === null ? [] : [[ms / 1_000, `${value / per}`] as const]));
  return [
    { metric: { __name__: seriesName({ scope: 'instance', concept }), metric, ...Object.fromEntries(said) }, values },
  ];
}
