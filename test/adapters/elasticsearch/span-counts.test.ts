import { json as bodyOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { elasticsearchTraces } from '#adapters/elasticsearch/traces.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { replay, startRecordedServer } from '#test/recorded-server.ts';

type Search = Readonly<{ size: number; aggs: Readonly<Record<string, { filter: object; aggs: object }>> }>;

/** Answers each search with these aggregations. */
async function against<T>(
  aggregations: unknown,
  use: (traces: TraceSource, asked: readonly Search[]) => Promise<T>,
  shards = { total: 5, failed: 0 },
): Promise<T> {
  const asked: Search[] = [];
  const body = Buffer.from(JSON.stringify({ timed_out: false, _shards: shards, hits: { hits: [] }, aggregations }));
  await using server = await startRecordedServer(() => async (response, request) => {
    asked.push((await bodyOf(request)) as Search);
    await replay({ status: 200, headers: { 'content-type': 'application/json' }, body })(response, request);
  });
  return await use(elasticsearchTraces({ url: server.url, indices: 'jaeger-span-*,traces-*' }), asked);
}

const FROM_US = 1_795_155_900_000_000;
const SEARCH = { services: ['cart'], fromUs: FROM_US, toUs: FROM_US + 180e6 };
const NONE = { doc_count: 0, services: { buckets: [] } };

async function requestsOf({ statistics }: TraceSource) {
  const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
  const body = query && (await statistics?.openMetrics(query, later()));
  if (body === undefined) throw new Error('nothing is asked for');
  return { body, series: await decoded(body) };
}

async function decoded({ chunks }: OpenBody) {
  const body = metricsBody('elasticsearch');
  for await (const chunk of chunks) body.push(chunk);
  return body.end().map(({ name, labels, values }) => [name, labels.status ?? '', [...values]]);
}

const step = (minute: number, [all, failed, p95]: readonly [number, number, number | null]) => ({
  ...{ key: FROM_US / 1e3 + minute * 60_000, doc_count: all, failed: { doc_count: failed } },
  p95: { values: { '95.0': p95 } },
});

test('requests of each service are counted by what their form calls a request, a failure and a duration', () => {
  const steps = { buckets: [step(0, [120, 60, 1_180_500_000]), step(2, [60, 0, null])] };
  const aggregations = {
    ...{ 0: NONE, 2: NONE, 3: NONE },
    1: { doc_count: 180, services: { sum_other_doc_count: 0, buckets: [{ key: 'cart', steps }] } },
  };
  return against(aggregations, async (traces, asked) => {
    const { body, series } = await requestsOf(traces);
    expect(series).toEqual([
      ['service:requests', 'ok', [1, 0, 1]],
      ['service:requests', 'error', [1, 0, 0]],
      ['service:latency', '', [1.1805]],
    ]);
    expect(body.query.text).toContain('resource.attributes.service.name : "cart"');
    const [search] = asked;
    expect(search?.size).toBe(0);
    const forms = Object.values(search?.aggs ?? {}).map((form) => JSON.stringify(form));
    expect(forms).toEqual([
      expect.stringMatching(/tag\.span@kind.*"startTimeMillis".*"field":"duration"/),
      expect.stringMatching(/"Server".*\["kind"\].*"field":"duration"/),
      expect.stringMatching(/SPAN_KIND_SERVER.*"field":"durationInNanos"/),
      expect.stringMatching(/transaction\.duration\.us.*"field":"transaction\.duration\.us"/),
    ]);
    for (const form of forms) expect(form).toContain('"cart"');
  });
});

test.each([
  ['of some services', { 0: { doc_count: 9, services: { sum_other_doc_count: 3, buckets: [] } } }, 0],
  ['of some shards', { 0: NONE }, 1],
  ['of nothing', undefined, 0],
])('a count %s is an error', (_, aggregations, failed) =>
  against(
    aggregations,
    async (traces) => {
      await expect(requestsOf(traces)).rejects.toMatchObject({
        name: expect.stringMatching(/^(?:BackendError|NotABackendError)$/),
      });
    },
    { total: 5, failed },
  ),
);

test.each([
  ['one form', null, { requests: 12_400, slower: 9, us: 180_000 }],
  ['two forms', 5_000, { requests: 12_400, slower: 9, us: undefined }],
])('the spans of an operation that take longer than a limit are counted: %s', (_, other, expected) => {
  const p99 = (value: number | null) => ({ values: { '99.0': value } });
  const none = { doc_count: 0, slower: { doc_count: 0 }, 'p99-0': p99(null) };
  const aggregations = {
    ...{ 0: none, 2: none, 3: { ...none, 'p99-1': p99(other) } },
    1: { doc_count: 12_400, slower: { doc_count: 9 }, 'p99-0': p99(180_000_000) },
  };
  return against(aggregations, async ({ statistics }, asked) => {
    const query = { service: 'cart', operation: 'GET "x"', belowUs: 500_000, fromUs: FROM_US, toUs: FROM_US + 1e6 };
    expect(await statistics?.percentile?.(query, later())).toEqual(expected);
    expect(JSON.stringify(asked[0]?.aggs[1])).toContain('"range":{"duration":{"gte":500000000}}');
    expect(JSON.stringify(asked[0]?.aggs[3])).toContain('"span.duration.us":{"gte":500000}');
  });
});
