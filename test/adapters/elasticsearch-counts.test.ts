import { json as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { MetricSearch } from '#gather/sources.ts';
import type { Series } from '#model/metrics/series.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import { type Recorded, recorded, replay, startRecordedServer } from '#test/recorded-server.ts';

const MINUTE_US = 60_000_000;
/** 06:10:20 to 06:20:10: ten whole minutes. */
const SEARCH: MetricSearch = {
  services: ['checkout', 'cart', 'legacy', 'nobody'],
  fromUs: 1_795_155_020e6,
  toUs: 1_795_155_610e6,
};
const WHERE = { indices: 'logs-*,logstash-*', timeField: '@timestamp' };

type Asked = Readonly<{
  size: number;
  query: { range: Record<string, { gte: string; lte: string }> };
  aggs: { services: { filters: { filters: Record<string, unknown> } } };
}>;

function counting(url = new URL('http://127.0.0.1:1')) {
  const { statistics } = elasticsearchLogs({ url, ...WHERE });
  if (statistics === undefined) throw new Error('it counts nothing');
  return statistics;
}

async function counted(answer: Recorded, search = SEARCH) {
  const asked: Asked[] = [];
  await using server = await startRecordedServer(() => async (response, request) => {
    asked.push((await bodyOf(request)) as Asked);
    await replay(answer)(response, request);
  });
  const statistics = counting(server.url);
  const [query] = (await statistics.findMetrics(search, later())).queries;
  if (query === undefined) throw new Error('nothing is asked');
  const body = await statistics.openMetrics(query, later());
  const decoder = metricsBody('elasticsearch');
  decoder.push(Buffer.from(await textOf(body.chunks)));
  return { body, asked: asked[0], series: decoder.end() };
}

function ofService(all: readonly Series[], service: string): Readonly<Record<string, readonly number[]>> {
  const own = all.filter(({ labels }) => labels.service === service);
  return Object.fromEntries(own.map(({ name, values }) => [name, [...values].map((value) => +value.toFixed(3))]));
}

const answer = recorded('elasticsearch/count');
const changed = (change: (json: Record<string, unknown>) => void): Recorded => {
  const json = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  change(json);
  return { ...answer, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) };
};

describe('what Elasticsearch counts over all lines', () => {
  test('is lines and errors a second of each service, as an OpenSearch 2.19.3 counted them', async () => {
    const { series } = await counted(answer);
    const steady = (value: number) => Array.from({ length: 10 }, () => value);
    expect(ofService(series, 'checkout')).toEqual({
      'service:log_lines': steady(1),
      'service:log_errors': [0, 0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25, 0.25],
    });
    expect(ofService(series, 'cart')).toEqual({ 'service:log_lines': steady(0.333), 'service:log_errors': steady(0) });
  });

  test('is no errors where no line of the service has a level, and nothing where it has no line', async () => {
    const { series } = await counted(answer);
    expect(Object.keys(ofService(series, 'legacy'))).toEqual(['service:log_lines']);
    expect(ofService(series, 'nobody')).toEqual({});
  });

  test('has a point for each whole minute, also where the service became silent', async () => {
    const silent = changed((json) => {
      const { buckets } = (json.aggregations as { services: { buckets: Record<string, unknown> } }).services;
      const { minutes } = buckets.checkout as { minutes: { buckets: unknown[] } };
      minutes.buckets.splice(4);
    });
    const { series, asked } = await counted(silent);
    expect(ofService(series, 'checkout')['service:log_lines']).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    const [first] = series;
    expect([first?.atUs[0], first?.atUs.at(-1)].map((us = 0) => new Date(us / 1e3).toISOString())).toEqual([
      '2026-11-20T06:11:00.000Z',
      '2026-11-20T06:20:00.000Z',
    ]);
    expect(asked?.query.range['@timestamp']).toMatchObject({
      gte: '2026-11-20T06:10:00.000000000Z',
      lte: '2026-11-20T06:19:59.999999999Z',
    });
  });

  test('is one search without lines, and a person sees whose lines it counts', async () => {
    const { asked, body } = await counted(answer);
    expect(asked?.size).toBe(0);
    expect(Object.keys(asked?.aggs.services.filters.filters ?? {})).toEqual([...SEARCH.services]);
    expect(body.query.text).toBe('service.name : ("checkout" or "cart" or "legacy" or "nobody")');
    expect(body.format).toBe('prometheus-json');
  });

  test('has a point a minute, and not more than 120 of a longer time', async () => {
    const of = async (minutes: number) => {
      const [query] = (await counting().findMetrics({ ...SEARCH, toUs: SEARCH.fromUs + minutes * MINUTE_US }, later()))
        .queries;
      return query?.stepSeconds;
    };
    expect([await of(80), await of(120), await of(121), await of(24 * 60)]).toEqual([60, 60, 120, 720]);
  });

  test('needs the name of a service', async () => {
    expect((await counting().findMetrics({ ...SEARCH, services: [] }, later())).queries).toEqual([]);
  });

  test('is not believed where a shard failed: the count is too low, and nothing shows by how much', async () => {
    const partial = changed((json) => {
      json._shards = { total: 5, failed: 2, failures: [{ reason: { type: 'x', reason: 'node left' } }] };
    });
    await expect(counted(partial)).rejects.toMatchObject({
      code: 'SH_BACKEND',
      advice: 'The answer of elasticsearch is not whole: 2 of 5 shards failed: node left.',
    });
  });

  test('is not read from another form of answer', async () => {
    const other = changed((json) => {
      json.aggregations = { services: { buckets: [] } };
    });
    await expect(counted(other)).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
  });
});
