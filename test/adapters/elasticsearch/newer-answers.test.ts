/**
 * What Elasticsearch 8 and 9 answer otherwise than 7, as their documentation and the types of their client describe it. No
 * real one has answered.
 *
 * https://github.com/elastic/elasticsearch-js/blob/main/src/api/types.ts
 */
import { text as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { elasticsearchTraces } from '#adapters/elasticsearch/traces.ts';
import { logBody } from '#decode/log-body.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { type Recorded, replay, startRecordedServer } from '#test/recorded-server.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const FROM_US = Date.UTC(2026, 10, 20, 6, 25) * 1_000;
const ASKED: LogQuery = {
  by: 'trace-field',
  traceId: TRACE_ID,
  ...{ services: [], limit: 10, fromUs: FROM_US, toUs: FROM_US + 60_000_000 },
};

/** A document of a data stream in the mode `logsdb`: its source is synthetic, so names have dots and no `_type` is there. */
const HIT = {
  ...{ _index: '.ds-logs-shop-default-2026.11.20-000001', _id: 'AZ1', _score: null },
  _ignored: ['message.keyword'],
  _source: {
    ...{ '@timestamp': '2026-11-20T06:25:44.488123456Z', message: 'could not lock the items', 'log.level': 'error' },
    ...{ 'service.name': 'cart', 'trace.id': TRACE_ID },
  },
  fields: { '@timestamp': ['2026-11-20T06:25:44.488123456Z'] },
  sort: ['2026-11-20T06:25:44.488123456Z'],
};
const WHOLE = {
  ...{ took: 3, timed_out: false, _shards: { total: 2, successful: 2, skipped: 1, failed: 0 } },
  hits: { total: { value: 10_000, relation: 'gte' }, max_score: null, hits: [HIT] },
};
const away = { status: 'skipped', indices: 'logs-*', timed_out: false };
const CLUSTERS = {
  ...{ total: 3, successful: 1, skipped: 1, running: 0, partial: 1, failed: 0 },
  details: {
    '(local)': { status: 'successful', indices: 'logs-*', timed_out: false },
    europe: { ...away, failures: [{ shard: -1, index: null, reason: { type: 'connect', reason: 'no such remote' } }] },
    asia: { ...away, status: 'partial' },
  },
};

const json = (body: unknown, status = 200, headers = {}): Recorded => ({
  status,
  headers: { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch', ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

async function against<T>(answer: Recorded, use: (logs: LogSource, url: URL) => Promise<T>): Promise<T> {
  await using server = await startRecordedServer(() => replay(answer));
  const at = { indices: 'logs-*,*:logs-*', timeField: '@timestamp', apiKey: 'VnVhQ2ZHY0JDZGJrU' };
  return await use(elasticsearchLogs({ url: server.url, ...at }), server.url);
}

/** The lines that came, and the reason why they are not all. */
async function linesFrom(logs: LogSource): Promise<readonly string[]> {
  const { chunks, format, source } = await logs.openLogs(ASKED, later());
  const body = logBody(format, source);
  let lack = '';
  try {
    for await (const chunk of chunks) body.push(chunk);
  } catch (error) {
    lack = error instanceof Error ? error.message : '';
  }
  return [...body.end().map(({ service, level, traceId }) => `${service} ${level} ${traceId}`), lack];
}

/** Gone in 8.0: types, `interval` of a histogram, `_time` and `_term` in sorts, `rest_total_hits_as_int` in clients. */
const GONE = /"(?:_type|_term|_time|interval)"|rest_total_hits_as_int|include_type_name/;
/** What an answer may lack: the count of hits, the id of a point in time, and the order of shards. */
const NOT_ASKED = /"pit"|_shard_doc|"track_total_hits":true/;

test('lines, counts and traces are asked for with nothing that 8 or 9 removed, and in plain JSON', async () => {
  const asked: string[] = [];
  await using server = await startRecordedServer(({ path, search, headers }) => async (response, request) => {
    asked.push(`${path} ${search} ${headers.accept} ${headers['content-type']} ${await bodyOf(request)}`);
    await replay(json({ ...WHOLE, hits: { hits: [] } }))(response, request);
  });
  const logs = elasticsearchLogs({ url: server.url, indices: 'logs-*', timeField: '@timestamp' });
  const traces = elasticsearchTraces({ url: server.url, indices: 'traces-*' });
  await logs.openLogs(ASKED, later());
  await traces.openTrace(TRACE_ID, later()).catch(() => undefined);
  const search = { services: ['cart'], fromUs: ASKED.fromUs, toUs: ASKED.toUs };
  const { queries = [] } = (await logs.statistics?.findMetrics(search, later())) ?? {};
  for (const query of queries) await logs.statistics?.openMetrics(query, later()).catch(() => undefined);
  expect(asked.length).toBeGreaterThanOrEqual(3);
  for (const one of asked) {
    expect(one).toMatch(/^\/[^/ ]+\/_search /);
    expect(one).not.toMatch(GONE);
    expect(one).not.toMatch(NOT_ASKED);
    expect(one).not.toContain('compatible-with');
  }
});

describe('an answer of Elasticsearch 8 or 9', () => {
  test('of a data stream with synthetic sources, ignored fields and a lower bound of its hits is read', () =>
    against(json(WHOLE), async (logs) => {
      expect(await linesFrom(logs)).toEqual([`cart error ${TRACE_ID}`, '']);
    }));

  test('without a remote cluster that is away is not whole', () =>
    against(json({ ...WHOLE, _clusters: CLUSTERS }), async (logs) => {
      const [line, lack] = await linesFrom(logs);
      expect(line).toContain('cart');
      expect(lack).toContain('2 of 3 clusters gave no whole answer (europe, asia): no such remote');
    }));

  test('of clusters of which all answered is whole', () =>
    against(json({ ...WHOLE, _clusters: { total: 3, successful: 3, skipped: 0 } }), async (logs) => {
      expect(await linesFrom(logs)).toEqual([`cart error ${TRACE_ID}`, '']);
    }));

  test('without any cluster says so, and not that no index has the name', () =>
    against(
      json({
        ...WHOLE,
        ...{ _shards: { total: 0, successful: 0, failed: 0 }, hits: { hits: [] } },
        _clusters: { total: 2, successful: 0, skipped: 2 },
      }),
      async (logs, url) => {
        await expect(logs.openLogs(ASKED, later())).rejects.toThrow('2 of 2 clusters gave no whole answer');
        const traces = elasticsearchTraces({ url, indices: 'traces-*' });
        await expect(traces.openTrace(TRACE_ID, later())).rejects.toThrow('2 of 2 clusters gave no whole answer');
      },
    ));

  test('with documents that have no source says how many cannot be read', () => {
    const { _source: _, ...bare } = HIT;
    return against(json({ ...WHOLE, hits: { hits: [HIT, bare] } }), async (logs) => {
      expect(await linesFrom(logs)).toEqual([
        `cart error ${TRACE_ID}`,
        expect.stringContaining('1 hits have no _source'),
      ]);
    });
  });

  test('that refuses because its queue is full is tried again', () => {
    const cause = { type: 'es_rejected_execution_exception', reason: 'rejected execution of task on queue capacity' };
    return against(json({ error: { root_cause: [cause], ...cause }, status: 429 }, 429), async (logs) => {
      const refused = { status: 429, retryable: true, message: expect.stringContaining('queue capacity') };
      await expect(logs.openLogs(ASKED, later())).rejects.toMatchObject(refused);
    });
  });

  test('that refuses a key does not repeat it', () => {
    const reason = 'unable to authenticate with provided credentials: ApiKey VnVhQ2ZHY0JDZGJrU';
    const cause = { type: 'security_exception', reason };
    const headers = { 'www-authenticate': 'ApiKey' };
    return against(json({ error: { root_cause: [cause], ...cause }, status: 401 }, 401, headers), async (logs) => {
      const error = await logs.openLogs(ASKED, later()).catch((one: unknown) => one);
      expect(error).toMatchObject({ status: 401, message: expect.stringContaining('unable to authenticate') });
      expect(`${error}`).not.toContain('VnVhQ2ZHY0');
    });
  });
});
