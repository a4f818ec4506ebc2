import { describe, expect, test } from 'vitest';
import { newRelic } from '#adapters/newrelic/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricSearch, OpenBody, Statistics } from '#gather/sources.ts';
import { measured } from '#model/metrics/measured.ts';
import { later } from '#test/later.ts';
import { type AskedNrql, answeringNrql, newRelicAt, rowsAnswer, withOneTrace } from '#test/newrelic-api.ts';
import { startRecordedServer } from '#test/recorded-server.ts';

const MINUTE_US = 60_000_000;
const FROM_US = 1_795_155_900_000_000;
const SEARCH: MetricSearch = { services: ['cart'], fromUs: FROM_US, toUs: FROM_US + 3 * MINUTE_US };
const TIME = 'SINCE 1795155900000 UNTIL 1795156080000 TIMESERIES 60 seconds';

async function against<T>(
  answer: Parameters<typeof answeringNrql>[1],
  use: (sources: ReturnType<typeof newRelic>, asked: readonly AskedNrql[]) => Promise<T>,
): Promise<T> {
  const asked: AskedNrql[] = [];
  await using server = await startRecordedServer(answeringNrql(asked, answer));
  return await use(newRelic(newRelicAt(server.url)), asked);
}

async function decoded({ chunks }: OpenBody) {
  const body = metricsBody('newrelic');
  for await (const chunk of chunks) body.push(chunk);
  return body.end();
}

type Asks = Pick<Statistics, 'findMetrics' | 'openMetrics'>;

async function seriesOf(source: Asks | undefined, search = SEARCH, number = 0) {
  const query = (await source?.findMetrics(search, later()))?.queries[number];
  const body = query && (await source?.openMetrics(query, later()));
  if (body === undefined) throw new Error('nothing is asked for');
  return { body, series: await decoded(body) };
}

const plain = (series: Awaited<ReturnType<typeof decoded>>) =>
  series.map(({ name, labels, values }) => [name, labels.status ?? labels.operation ?? '', [...values]]);

describe('statistics of New Relic', () => {
  test('count requests, failed ones and their duration in one query', () =>
    against(withOneTrace, async ({ traces }, asked) => {
      const { body, series } = await seriesOf(traces.statistics);
      expect(asked[0]?.asked).toMatch(/^SELECT count\(\*\) AS 'all', filter\(count\(\*\), WHERE /);
      expect(asked[0]?.asked).toContain(`FACET entity.name LIMIT 100 ${TIME}`);
      expect(plain(series)).toEqual([
        ['service:requests', 'ok', [1.5, 1, 0]],
        ['service:requests', 'error', [0.5, 0, 0]],
        ['service:latency', '', [1.1805, 0.0415]],
      ]);
      expect(series[0]?.labels).toEqual({ metric: 'requests in New Relic', service: 'cart', status: 'ok' });
      expect(series[0]?.atUs[0]).toBe(FROM_US + MINUTE_US);
      expect(body.query.url).toContain('https://one.eu.newrelic.com/launcher/data-exploration.query-builder?pane=');
    }));

  test('durations of operations have their names', () => {
    const step = {
      beginTimeSeconds: 1,
      endTimeSeconds: FROM_US / 1e6 + 60,
      facet: ['cart', 'GET /items'],
      p95: { 95: 40 },
    };
    return against(
      () => rowsAnswer({ asked: [step, { facet: ['cart', 'GET /items'] }] }),
      async ({ traces }, asked) => {
        expect(plain((await seriesOf(traces.statistics, SEARCH, 1)).series)).toEqual([
          ['service:latency', 'GET /items', [0.04]],
        ]);
        expect(asked[0]?.asked).toContain('FACET entity.name, name LIMIT 200');
      },
    );
  });

  test('count lines, and the errors among them, also where there were none', () =>
    against(withOneTrace, async ({ logs }, asked) => {
      const { series } = await seriesOf(logs.statistics);
      expect(plain(series)).toEqual([
        ['service:log_lines', '', [4, 4]],
        ['service:log_errors', '', [0, 1]],
      ]);
      expect(asked[0]?.asked).toContain("level IN ('error', 'ERROR', 'Error', ");
      expect(asked[0]?.asked).toMatch(/ FACET CASES\(WHERE \(service\.name = 'cart' OR .* AS 'cart'\) SINCE /);
    }));

  test('lines of many services are counted in several queries, each below New Relic’s limit of characters', () =>
    against(withOneTrace, async ({ logs }) => {
      const services = Array.from({ length: 25 }, (_, at) => `service-with-a-name-${at}`);
      const { queries } = (await logs.statistics?.findMetrics({ ...SEARCH, services }, later())) ?? { queries: [] };
      expect(queries).toHaveLength(3);
      expect(queries.every(({ text }) => text.length < 4_096)).toBe(true);
      const all = await logs.statistics?.findMetrics({ ...SEARCH, services: [] }, later());
      expect(all?.queries[0]?.text).toContain('FACET entity.name');
    }));

  test('a long time has longer steps, at most 120', () =>
    against(withOneTrace, async ({ traces }) => {
      const asked = { ...SEARCH, toUs: FROM_US + 24 * 60 * MINUTE_US };
      const { queries } = (await traces.statistics?.findMetrics(asked, later())) ?? { queries: [] };
      expect(queries[0]?.stepSeconds).toBe(720);
    }));

  test.each([
    [
      { all: 12_400, slower: 9, p99: { 99: 180 } },
      { requests: 12_400, slower: 9, us: 180_000 },
    ],
    [
      { all: 0, slower: 0, p99: { 99: 0 } },
      { requests: 0, slower: 0, us: undefined },
    ],
  ])('count the spans of an operation that take longer than a limit: %j', (row, expected) =>
    against(
      () => rowsAnswer({ asked: [row] }),
      async ({ traces }, asked) => {
        const query = { service: 'cart', operation: 'GET /items', belowUs: 500_000 };
        const time = { fromUs: SEARCH.fromUs, toUs: SEARCH.toUs };
        expect(await traces.statistics?.percentile?.({ ...query, ...time }, later())).toEqual(expected);
        expect(asked[0]?.asked).toMatch(
          /^SELECT count\(\*\) AS 'all', filter\(count\(\*\), WHERE duration\.ms >= 500\) AS 'slower', percentile\(duration\.ms, 99\) AS 'p99' FROM Span WHERE .* AND name = 'GET \/items' SINCE \d+ UNTIL \d+$/,
        );
      },
    ),
  );
});

describe('metrics of New Relic', () => {
  test('a container’s processor time and memory are shares of its limits', () =>
    against(withOneTrace, async ({ metrics }, asked) => {
      const { series } = await seriesOf(metrics);
      const read = measured(series).map(({ concept, service, instance, values }) => [
        concept,
        service,
        instance,
        [...values],
      ]);
      const place = ['cart', 'cart-7d9f8b6c5-x2kqz'];
      expect(read).toContainEqual(['cpu_used', ...place, [0.45, 0.48]]);
      expect(read).toContainEqual(['cpu_share', ...place, [0.9, 0.96]]);
      expect(read).toContainEqual(['memory_share', ...place, [400 / 512]]);
      expect(asked[0]?.asked).toContain(
        "FROM K8sContainerSample WHERE (deploymentName = 'cart' OR containerName = 'cart' OR label.app = 'cart' OR `label.app.kubernetes.io/name` = 'cart') FACET deploymentName, podName, containerName",
      );
    }));

  test('a container without a deployment is a service of its own name', () =>
    against(
      () => rowsAnswer({ asked: [{ endTimeSeconds: 60, facet: [null, 'p-1', 'cart'], cpuUsedCores: 1 }] }),
      async ({ metrics }) => {
        expect((await seriesOf(metrics)).series[0]?.labels).toMatchObject({ service: 'cart', pod: 'p-1' });
      },
    ));
});
