import { json as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { elasticsearchLogs, type LogOptions } from '#adapters/elasticsearch/logs.ts';
import { logBody } from '#decode/log-body.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import {
  type Recorded,
  type Reply,
  recorded,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';

const TRACE_ID = '53487d888710d4b691823512a181a115';
const WINDOW = { services: [], fromUs: 1_795_155_900_000_000, toUs: 1_795_156_000_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const USUAL = { indices: 'logs-*,logstash-*', timeField: '@timestamp' };

const json = (body: unknown): Recorded => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

/** As an OpenSearch 2.19.3 answered. */
const answering = ({ path }: SeenRequest) =>
  replay(recorded(path === '/' ? 'elasticsearch/info' : 'elasticsearch/search'));

testLogSource('Elasticsearch', {
  async open() {
    const server = await startRecordedServer(answering);
    return { source: elasticsearchLogs({ url: server.url, ...USUAL }), close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['redis timeout', 'payment refused', 'dispatch failed'],
      lacks: ['filebeat'],
    },
  },
});

/** Answers each search by what it asks, as JSON. */
function searched(answer: (asked: Search) => Recorded): () => Reply {
  return () => async (response, request) => {
    await replay(answer((await bodyOf(request)) as Search))(response, request);
  };
}

type Search = Readonly<{
  size: number;
  query: { bool: { filter: readonly { range?: Record<string, Record<string, string>> }[] } };
}>;

describe('elasticsearch', () => {
  async function against<T>(
    reply: Parameters<typeof startRecordedServer>[0],
    use: (source: LogSource, requests: readonly SeenRequest[]) => Promise<T>,
    options: Partial<LogOptions> = {},
  ): Promise<T> {
    await using server = await startRecordedServer(reply);
    return await use(elasticsearchLogs({ url: server.url, ...USUAL, ...options }), server.requests);
  }

  async function linesFrom(source: LogSource, query: LogQuery) {
    const decoder = logBody('loki-json', 'elasticsearch');
    for await (const chunk of (await source.openLogs(query, later())).chunks) decoder.push(chunk);
    return decoder.end();
  }

  test('a document is a line of its program, with its service, level, trace and place', () =>
    against(answering, async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ service, level }) => [service, level])).toEqual([
        ['frontend', 'info'],
        ['payment', 'error'],
        ['payment', 'error'],
        ['customer', 'error'],
        ['frontend', 'error'],
        ['driver', 'warn'],
        ['driver', 'warn'],
        ['driver', 'warn'],
      ]);
      const [, first, second, customer] = lines;
      expect([first?.timeNs, second?.timeNs]).toEqual(['1795155944488123456', '1795155944488123457']);
      expect(customer?.labels).toMatchObject({ namespace: 'shop', pod: 'customer-7d9f-x1', container: 'customer' });
      expect(lines.every(({ traceId }) => traceId === TRACE_ID)).toBe(true);
    }));

  test('a line whose message is JSON keeps the ids that the document has beside it', () => {
    const document = { message: '{"error":"no stock"}', trace: { id: TRACE_ID }, 'span.id': 'a000000000000002' };
    const hits = [{ _source: document, fields: { '@timestamp': ['2026-11-20T06:25:44.488Z'] } }];
    const answer = { timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits } };
    return against(
      () => replay(json(answer)),
      async (source) => {
        const [line] = await linesFrom(source, OF_TRACE);
        expect(line).toMatchObject({ line: '{"error":"no stock"}', traceId: TRACE_ID, spanId: 'a000000000000002' });
      },
    );
  });

  test('asks the indices for a window, and each id in the fields of all loggers', async () => {
    const asked: Search[] = [];
    const reply = searched((search) => {
      asked.push(search);
      return recorded('elasticsearch/search');
    });
    await against(reply, async (source, requests) => {
      await textOf((await source.openLogs({ ...OF_TRACE, services: ['customer'] }, later())).chunks);
      const [{ path, search } = { path: '', search: new URLSearchParams() }] = requests;
      expect([path, search.get('ignore_unavailable')]).toEqual(['/logs-*,logstash-*/_search', 'true']);
    });
    const [window, ...others] = asked[0]?.query.bool.filter ?? [];
    expect(window?.range?.['@timestamp']).toMatchObject({
      gte: '2026-11-20T06:25:00.000000000Z',
      lte: '2026-11-20T06:26:40.000000999Z',
    });
    const said = JSON.stringify(others);
    for (const part of [TRACE_ID, 'trace.id', 'traceId', 'otelTraceID', 'customer', 'service.name'])
      expect(said).toContain(part);
  });

  test('reads on from the last time where there are more lines than one answer holds', async () => {
    const BEGIN_NS = 1_795_155_944_000_000_000n;
    const isoOf = (at: number) => `${new Date(Number(BEGIN_NS / 1_000_000n) + at).toISOString().slice(0, -1)}000001Z`;
    // Three lines an instant, so that each page ends within one.
    const all = Array.from({ length: 2_500 }, (_, number) => ({
      at: Math.floor(number / 3),
      message: `line ${number}`,
    }));
    const reply = searched(({ size, query }) => {
      const gte = query.bool.filter[0]?.range?.['@timestamp']?.gte ?? '';
      const hits = all
        .filter(({ at }) => isoOf(at) >= gte)
        .slice(0, size)
        .map(({ at, message }) => ({ _source: { message }, fields: { '@timestamp': [isoOf(at)] } }));
      return json({ _shards: { total: 1, failed: 0 }, timed_out: false, hits: { hits } });
    });
    await against(reply, async (source, requests) => {
      const lines = await linesFrom(pagedLogSource(source), { by: 'service', ...WINDOW, limit: 5_000 });
      expect(lines.map(({ line }) => JSON.parse(line).message)).toEqual(all.map(({ message }) => message));
      expect(requests).toHaveLength(3);
    });
  });

  test('names an Elasticsearch, which does not name itself', () =>
    against(
      ({ path }) => replay(recorded(`elasticsearch/${path === '/' ? 'info-7.17' : 'search'}`)),
      async (source) => {
        expect((await source.check(later())).detail).toMatch(/^Elasticsearch 7\.17\.29 answers; /);
      },
    ));

  test('gives what was found, and then says what is missing', () =>
    against(
      () =>
        replay(
          json({
            timed_out: false,
            _shards: { total: 5, failed: 2, failures: [{ shard: 0, reason: { type: 'x', reason: 'node left' } }] },
            hits: { hits: [{ _source: { message: 'one' }, fields: { '@timestamp': ['2026-11-20T06:25:44.488Z'] } }] },
          }),
        ),
      async (source) => {
        let text = '';
        const read = async () => {
          for await (const chunk of (await source.openLogs(OF_TRACE, later())).chunks)
            text += Buffer.from(chunk).toString();
        };
        const error = await read().catch((thrown) => thrown);
        expect(error.message).toContain('2 of 5 shards failed: node left');
        expect(error.advice).toBe('The answer of elasticsearch is not whole: 2 of 5 shards failed: node left.');
        expect(text).toContain('one');
      },
    ));

  test.each(['search-shard-failed', 'search-shard-failed-7.17'])(
    'says what OpenSearch and Elasticsearch themselves say of a failed shard: %s',
    (name) =>
      against(
        () => replay(recorded(`elasticsearch/${name}`)),
        async (source) => {
          const chunks = (await source.openLogs(OF_TRACE, later())).chunks;
          let text = '';
          const read = async () => {
            for await (const chunk of chunks) text += Buffer.from(chunk).toString();
          };
          await expect(read()).rejects.toThrow(/: 1 of 2 shards failed: Text fields are not optimised/);
          expect(text).toContain('redis timeout');
        },
      ),
  );

  test('says what is missing in one short line, whatever the reason is', () =>
    against(
      () =>
        replay(
          json({
            _shards: {
              total: 5,
              failed: 2,
              failures: [{ reason: { reason: `down\n\u202e${'x'.repeat(100_000)}` } }],
            },
            hits: { hits: [{ _source: { message: 'one' }, fields: { '@timestamp': ['2026-11-20T06:25:44.488Z'] } }] },
          }),
        ),
      async (source) => {
        const { message } = await textOf((await source.openLogs(OF_TRACE, later())).chunks).then(
          () => new Error('nothing is missing'),
          (error: Error) => error,
        );
        expect(message).toMatch(/: 2 of 5 shards failed: down x+…$/);
        expect(message.length).toBeLessThan(500);
      },
    ));

  test('a line that is nested too deep loses what is in it, and costs no other line', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const hit = (source: string) => `{"_source":${source},"fields":{"@timestamp":["2026-11-20T06:25:44.488Z"]}}`;
    const hits = `${hit(`{"message":"one","x":${deep}}`)},${hit('{"message":"two"}')}`;
    const body = Buffer.from(`{"_shards":{"total":1},"hits":{"hits":[${hits}]}}`);
    return against(
      () => replay({ ...json({}), body }),
      async (source) => {
        const text = await textOf((await source.openLogs(OF_TRACE, later())).chunks);
        const [stream] = JSON.parse(text).streams as readonly { values: readonly [string, string][] }[];
        expect(stream?.values.map(([, line]) => line)).toEqual(['{"message":"one"}', '{"message":"two"}']);
      },
    );
  });

  test('reads no more lines of a page than it asked for', () =>
    against(
      () =>
        replay(
          json({
            _shards: { total: 1 },
            hits: {
              hits: Array.from({ length: 500 }, (_, at) => ({
                _source: { message: `line ${at}` },
                fields: { '@timestamp': ['2026-11-20T06:25:44.488Z'] },
              })),
            },
          }),
        ),
      async (source) => {
        const text = await textOf((await source.openLogs(OF_TRACE, later())).chunks);
        expect(text.match(/line \d+/g)).toHaveLength(OF_TRACE.limit);
      },
    ));

  test('says which setting is wrong where no index has such a name', () =>
    against(
      () => replay(recorded('elasticsearch/search-no-index')),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({
          code: 'SH_BACKEND',
          advice: expect.stringContaining('no index has a name like logs-*,logstash-*; set ELASTICSEARCH_INDICES'),
        });
      },
    ));

  test.each([
    [
      'its own reason',
      () => replay(recorded('elasticsearch/search-400')),
      { status: 400, message: /unknown query \[bogus\]/ },
    ],
    [
      'a missing permission',
      () =>
        refuse(
          403,
          {},
          '{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for API key id [x]"}]},"status":403}',
        ),
      { status: 403, message: /unauthorized for API key/ },
    ],
    [
      'a media type, said as text',
      () => refuse(406, {}, '{"error":"Content-Type header is not supported","status":406}'),
      { status: 406, message: /not supported/ },
    ],
    [
      'too many requests',
      () =>
        refuse(
          429,
          { 'retry-after': '2' },
          '{"error":{"type":"es_rejected_execution_exception","reason":"rejected"},"status":429}',
        ),
      { status: 429, message: /rejected/ },
    ],
  ])('the error of a refused search has %s', (_, reply, { status, message }) =>
    against(reply, async (source) => {
      await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({
        status,
        message: expect.stringMatching(message),
        retryable: status === 429,
      });
    }),
  );

  test('another server’s JSON is not the API', () =>
    against(
      () => replay(json({ status: 'success' })),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    ));

  test('sends its key, and shows it nowhere', () =>
    against(
      () => refuse(401, {}, 'unable to authenticate with ApiKey c2VjcmV0'),
      async (source, requests) => {
        const error = await source.openLogs(OF_TRACE, later()).catch((thrown) => thrown);
        expect(requests[0]?.headers.authorization).toBe('ApiKey c2VjcmV0');
        expect(`${error.message} ${error.advice}`).not.toContain('c2VjcmV0');
      },
      { apiKey: 'c2VjcmV0' },
    ));

  test('says in its check who answers, and how new the lines are', () =>
    against(answering, async (source) => {
      expect(await source.check(later())).toEqual({
        ok: true,
        detail: 'OpenSearch 2.19.3 answers; the newest line in logs-*,logstash-* is of 2026-11-20T06:25:44.488Z',
        remedy: '',
      });
    }));

  test('says in its check that there is no line', () =>
    against(
      () => replay(json({ _shards: { total: 3, failed: 0 }, hits: { hits: [] } })),
      async (source) => {
        expect(await source.check(later())).toMatchObject({
          ok: true,
          remedy: expect.stringContaining('ELASTICSEARCH_TIME_FIELD'),
        });
      },
    ));

  test('links into Kibana, whatever the query holds', () =>
    against(
      answering,
      async (source) => {
        const { query } = await source.openLogs(
          { by: 'text', text: `it's "full"!`, ...WINDOW, services: ['a b'] },
          later(),
        );
        expect(query.text).toBe('service.name : ("a b") and "it\'s \\"full\\"!"');
        const said = decodeURIComponent(query.url);
        expect(said).toContain(
          "https://kibana.example/s/ops/app/discover#/?_g=(time:(from:'2026-11-20T06:25:00.000Z',",
        );
        expect(said).toContain(`query:'service.name : ("a b") and "it!'s \\"full\\"!!"'`);
        expect(source.links.logs).toContain('{traceId}');
      },
      { uiUrl: new URL('https://kibana.example/s/ops/') },
    ));

  test('the trace id and the level are those of the configured fields', async () => {
    const bodies: string[] = [];
    const _source = {
      '@timestamp': '2026-11-20T06:25:44Z',
      msg: 'x',
      fields: { correlation: TRACE_ID, grade: 'WARN' },
    };
    const reply = searched((asked) => {
      bodies.push(JSON.stringify(asked));
      return json({ timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits: [{ _source }] } });
    });
    await against(
      reply,
      async (source) => {
        const body = logBody('loki-json', 'elasticsearch');
        const query: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
        for await (const chunk of (await source.openLogs(query, later())).chunks) body.push(chunk);
        expect(body.end()).toMatchObject([{ traceId: TRACE_ID, level: 'warn' }]);
        const { queries = [] } =
          (await source.statistics?.findMetrics({ ...WINDOW, services: ['cart'] }, later())) ?? {};
        expect(queries[0]?.text).toContain('"exists":{"field":"fields.grade"}');
        expect(queries[0]?.text).not.toContain('severity');
      },
      { traceField: 'fields.correlation', levelField: 'fields.grade' },
    );
    expect(bodies.join('')).toContain('"fields":["fields.correlation"]');
    expect(bodies.join('')).not.toContain('trace.id');
  });

  test('a service is looked for in the configured field alone', async () => {
    const bodies: string[] = [];
    const reply = searched((asked) => {
      bodies.push(JSON.stringify(asked));
      return recorded('elasticsearch/search');
    });
    await against(
      reply,
      async (source) => void (await source.openLogs({ by: 'service', ...WINDOW, services: ['cart'] }, later())),
      {
        serviceField: 'labels.team_app',
      },
    );
    expect(bodies.join('')).toContain('labels.team_app');
    expect(bodies.join('')).not.toContain('kubernetes.labels.app');
  });
});
