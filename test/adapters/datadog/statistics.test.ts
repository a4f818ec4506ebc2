import { describe, expect, test } from 'vitest';
import { datadog } from '#adapters/datadog/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricSearch, OpenBody } from '#gather/sources.ts';
import { type Asked, answeringBodies, datadogAt, jsonAnswer, withOneTrace } from '#test/datadog-api.ts';
import { later } from '#test/later.ts';
import { startRecordedServer } from '#test/recorded-server.ts';

const MINUTE_US = 60_000_000;
const FROM_US = 1_795_155_900_000_000;
const SEARCH: MetricSearch = { services: ['cart'], fromUs: FROM_US, toUs: FROM_US + 60 * MINUTE_US };

async function against<T>(
  answer: Parameters<typeof answeringBodies>[1],
  use: (sources: ReturnType<typeof datadog>, asked: readonly Asked[]) => Promise<T>,
): Promise<T> {
  const asked: Asked[] = [];
  await using server = await startRecordedServer(answeringBodies(asked, answer));
  return await use(datadog(datadogAt(server.url)), asked);
}

async function seriesIn({ chunks }: OpenBody) {
  const body = metricsBody('datadog');
  for await (const chunk of chunks) body.push(chunk);
  const series = body.end().map(({ name, labels, values }) => ({ name, labels, values: [...values] }));
  return { series, warnings: body.warnings() };
}

describe('statistics of Datadog', () => {
  test('count requests by service and status, and their durations', () =>
    against(withOneTrace, async ({ traces: { statistics } }, asked) => {
      const { queries } = (await statistics?.findMetrics(SEARCH, later())) ?? { queries: [] };
      expect(queries.map(({ text, stepSeconds }) => [text, stepSeconds])).toEqual([
        ['service:"cart" @_top_level:1 | count by service, status', 60],
        ['service:"cart" @_top_level:1 | p95 by service', 60],
        ['service:"cart" @_top_level:1 | p95 by service, operation', 60],
      ]);
      const bodies = await Promise.all(queries.map((query) => statistics?.openMetrics(query, later())));
      const computes = asked.map(({ body }) => (body as { data: { attributes: unknown } }).data.attributes);
      const filter = { query: 'service:"cart" @_top_level:1', from: '1795155900000', to: '1795159500001' };
      expect(computes).toContainEqual({
        filter,
        compute: [{ aggregation: 'count', type: 'timeseries', interval: '1m' }],
        group_by: [
          { facet: 'service', limit: 100 },
          { facet: 'status', limit: 8 },
        ],
      });
      expect(computes).toContainEqual({
        filter,
        compute: [{ aggregation: 'pc95', metric: '@duration', type: 'timeseries', interval: '1m' }],
        group_by: [{ facet: 'service', limit: 100 }],
      });
      const [count] = bodies;
      expect(count && (await seriesIn(count)).series).toEqual([
        {
          name: 'service:requests',
          labels: { metric: 'requests in Datadog', service: 'cart', status: 'ok' },
          values: [2, 1],
        },
        {
          name: 'service:requests',
          labels: { metric: 'requests in Datadog', service: 'cart', status: 'error' },
          values: [0.5],
        },
      ]);
      expect(count?.query.url).toContain('https://app.datadoghq.eu/apm/traces?query=service');
    }));

  test('durations are seconds, and a minute without a request has none', () => {
    const time = (minute: number) => new Date(FROM_US / 1_000 + minute * 60_000).toISOString();
    const bucket = {
      by: { service: 'cart', resource_name: 'GET /items' },
      compute: {
        c0: [
          { time: time(0), value: 1_180_000_000 },
          { time: time(1), value: 0 },
        ],
      },
    };
    return against(
      () => jsonAnswer({ data: [{ type: 'bucket', attributes: bucket }] }),
      async ({ traces: { statistics } }) => {
        const { queries } = (await statistics?.findMetrics(SEARCH, later())) ?? { queries: [] };
        const last = queries.at(-1);
        const body = last && (await statistics?.openMetrics(last, later()));
        expect(body && (await seriesIn(body)).series).toEqual([
          {
            name: 'service:latency',
            labels: { metric: 'p95 of operations in Datadog', service: 'cart', operation: 'GET /items' },
            values: [1.18],
          },
        ]);
      },
    );
  });

  test('count lines, and the errors among them, also where there were none', () =>
    against(withOneTrace, async ({ logs: { statistics } }) => {
      const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
      expect(query?.text).toBe('service:"cart" | count by service, status');
      const body = query && (await statistics?.openMetrics(query, later()));
      expect(body && (await seriesIn(body)).series).toEqual([
        {
          name: 'service:log_lines',
          labels: { metric: 'log lines in Datadog', service: 'cart' },
          values: [4, 4],
        },
        {
          name: 'service:log_errors',
          labels: { metric: 'errors logged in Datadog', service: 'cart' },
          values: [0, 1],
        },
      ]);
    }));

  test('a long time has longer steps, of whole minutes', () =>
    against(withOneTrace, async ({ traces: { statistics } }) => {
      const asked = { ...SEARCH, toUs: FROM_US + 24 * 60 * MINUTE_US };
      const { queries } = (await statistics?.findMetrics(asked, later())) ?? { queries: [] };
      expect(queries[0]?.stepSeconds).toBe(720);
    }));

  test('say when Datadog counted only a part', () =>
    against(
      () => jsonAnswer({ data: [], meta: { status: 'timeout' } }),
      async ({ traces: { statistics } }) => {
        const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
        const body = query && (await statistics?.openMetrics(query, later()));
        expect(body && (await seriesIn(body)).warnings).toEqual(['counted only a part: its search timed out']);
      },
    ));

  test.each(['traces', 'logs'] as const)('another server’s JSON is not the API (%s)', (kind) =>
    against(
      () => jsonAnswer({ hello: 'world' }),
      async (sources) => {
        const { statistics } = sources[kind];
        const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
        await expect(query && statistics?.openMetrics(query, later())).rejects.toMatchObject({
          code: 'SH_NOT_A_BACKEND',
        });
      },
    ),
  );

  const asked = { service: 'cart', operation: 'GET /items', belowUs: 500_000, fromUs: FROM_US, toUs: FROM_US + 1e6 };
  const totals = (compute: object, status = 'done') =>
    jsonAnswer({ data: [{ attributes: { compute } }], meta: { status } });

  test('count the spans of an operation that take longer than a limit', () =>
    against(
      ({ body }) => totals(JSON.stringify(body).includes('@duration:>=') ? { c0: 9 } : { c0: 12_400, c1: 180_000_000 }),
      async ({ traces: { statistics } }, seen) => {
        expect(await statistics?.percentile?.(asked, later())).toEqual({ requests: 12_400, slower: 9, us: 180_000 });
        const query = 'service:"cart" (resource_name:"GET /items" OR operation_name:"GET /items")';
        const queries = seen.map(({ body }) => (body as { data: { attributes: { filter: object } } }).data.attributes);
        expect(queries).toMatchObject([
          { filter: { query }, compute: [{ aggregation: 'count' }, { aggregation: 'pc99', metric: '@duration' }] },
          { filter: { query: `${query} @duration:>=500000000` } },
        ]);
      },
    ));

  test.each([
    ['nothing', jsonAnswer({ data: [] }), { requests: 0, slower: 0 }],
    ['a part', totals({ c0: 1 }, 'timeout'), 'BackendError'],
    ['no counts', jsonAnswer({ items: [] }), 'NotABackendError'],
  ])('of an operation: %s', (_, answer, expected) =>
    against(
      () => answer,
      async ({ traces: { statistics } }) => {
        const found = statistics?.percentile?.(asked, later());
        if (typeof expected === 'object') expect(await found).toMatchObject(expected);
        else await expect(found).rejects.toMatchObject({ name: expected });
      },
    ),
  );
});
