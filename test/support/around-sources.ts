/** Sources of changes, metrics and pods in memory, and what they were asked. */
import { isoFromUs } from '#core/clock.ts';
import type {
  ChangeQuery,
  ChangeSource,
  MetricSearch,
  MetricSource,
  OpenBody,
  PlatformSource,
} from '#gather/sources.ts';
import type { Change } from '#model/changes/change.ts';
import type { DrawnSeries } from '#test/metrics.ts';

const check = async () => ({ ok: true, detail: '', remedy: '' });

export function aroundSources({
  changes = [],
  series = [],
  pods = '',
}: Readonly<{ changes?: readonly Change[]; series?: readonly DrawnSeries[]; pods?: string }> = {}) {
  const asked = { changes: [] as ChangeQuery[], metrics: [] as MetricSearch[], pods: 0 };
  const changeSource: ChangeSource = {
    name: 'deploys',
    check,
    async findChanges(query) {
      asked.changes.push(query);
      const text = `deploys since ${isoFromUs(query.fromUs)}`;
      return { query: { text, url: '' }, changes, warnings: [] };
    },
  };
  const metricSource: MetricSource = {
    name: 'prometheus',
    check,
    async findMetrics(search) {
      asked.metrics.push(search);
      const { fromUs, toUs } = search;
      return {
        queries: series.map(({ metric }) => ({ text: JSON.stringify(metric), fromUs, toUs, stepSeconds: 15 })),
        warnings: [],
      };
    },
    async openMetrics({ text, fromUs, toUs }) {
      const of = series.filter(({ metric }) => JSON.stringify(metric) === text);
      const within = of.map(({ metric, values }) => {
        return { metric, values: values.filter(([second]) => second * 1e6 >= fromUs && second * 1e6 <= toUs) };
      });
      return bodyOf('prometheus', text, JSON.stringify(within.filter(({ values }) => values.length > 0)));
    },
  };
  const platformSource: PlatformSource = {
    name: 'kubernetes',
    check,
    queries: [{ what: 'pods', namespace: '' }],
    async openPlatform() {
      asked.pods += 1;
      return bodyOf('kubernetes', 'GET pods', pods);
    },
  };
  return {
    asked,
    parts: {
      changeSources: [changeSource],
      metricSources: [metricSource],
      platformSources: pods === '' ? [] : [platformSource],
    },
  };
}

function bodyOf(source: string, text: string, body: string): OpenBody {
  async function* chunks() {
    yield new TextEncoder().encode(body);
  }
  return { source, format: 'auto', query: { text, url: '' }, chunks: chunks() };
}
