/**
 * Reads the metrics of services' containers from New Relic's integration for Kubernetes: processor time and memory with
 * their limits, in one query.
 *
 * https://docs.newrelic.com/docs/kubernetes-pixie/kubernetes-integration/understand-use-data/find-use-your-kubernetes-data/
 */

import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { Health, MetricQuery, MetricSource, OpenBody } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { shown } from './links.ts';
import { NAME, type NerdGraph, type NewRelicOptions, type Row } from './nerdgraph.ts';
import { ofServices } from './query.ts';

const METRICS = {
  cpuUsedCores: 'cpu_used',
  cpuLimitCores: 'cpu_limit',
  memoryWorkingSetBytes: 'memory_used',
  memoryLimitBytes: 'memory_limit',
} as const;
type Metric = keyof typeof METRICS;

/** Where a container has the name of its service. */
const SERVICES = ['deploymentName', 'containerName', 'label.app', 'label.app.kubernetes.io/name'];
const SELECT = `SELECT ${Object.keys(METRICS)
  .map((metric) => `average(${metric}) AS '${metric}'`)
  .join(', ')} FROM K8sContainerSample`;
const MOST_CONTAINERS = 100;

export function newRelicMetrics(nerdGraph: NerdGraph, options: NewRelicOptions): MetricSource {
  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { start, end } = wholeSteps(query);
    const until = Math.max(end, start + query.stepSeconds);
    const nrql = `${query.text} SINCE ${start * 1_000} UNTIL ${until * 1_000} TIMESERIES ${query.stepSeconds} seconds`;
    const result = seriesIn(await nerdGraph.rows(nrql, signal));
    return {
      source: NAME,
      format: 'prometheus-json',
      query: { ...shown(options, nrql), text: query.text },
      chunks: onlyChunk(prometheusMatrix(result)),
    };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return nerdGraph.healthOf(async () => {
      const nrql = 'SELECT uniqueCount(podName) AS pods FROM K8sContainerSample SINCE 1 hour ago';
      const [row] = await nerdGraph.rows(nrql, signal);
      const pods = row?.pods;
      if (typeof pods === 'number' && pods > 0) return { ok: true, detail: `answers; knows ${pods} pods`, remedy: '' };
      return {
        ok: true,
        detail: 'answers, but knows no pod',
        remedy: 'Metrics need New Relic’s integration for Kubernetes.',
      };
    }, signal);
  }

  return {
    name: NAME,
    async findMetrics({ services, fromUs, toUs }) {
      const where = ofServices(SERVICES, services).map((filter) => ` WHERE ${filter}`);
      const text = `${SELECT}${where} FACET deploymentName, podName, containerName LIMIT ${MOST_CONTAINERS}`;
      return { queries: [{ text, fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) }], warnings: [] };
    },
    openMetrics,
    check,
  };
}

function seriesIn(rows: readonly Row[]) {
  const containers = Map.groupBy(rows, ({ facet }) => JSON.stringify(facet));
  return [...containers.values()].flatMap((own) => {
    const [service, pod, container] = [own[0]?.facet].flat().map((name) => (typeof name === 'string' ? name : ''));
    const said = Object.entries({ service: service || container, pod, container }).filter(([, text]) => !!text);
    return (Object.keys(METRICS) as Metric[]).map((metric) => ({
      metric: {
        __name__: seriesName({ scope: 'instance', concept: METRICS[metric] }),
        metric,
        ...Object.fromEntries(said),
      },
      values: own.flatMap(({ endTimeSeconds: at, [metric]: value }) =>
        typeof at === 'number' && typeof value === 'number' ? [[at, `${value}`] as const] : [],
      ),
    }));
  });
}
