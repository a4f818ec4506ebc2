import { describe, expect, test } from 'vitest';
import { clickHouse } from '#adapters/clickhouse/client.ts';
import { lineConditions } from '#adapters/clickhouse/conditions.ts';
import { listParameter, textParameter } from '#adapters/clickhouse/parameters.ts';
import { settings } from '#adapters/clickhouse/settings.ts';
import { attributesIn } from '#adapters/clickhouse/spans.ts';
import type { BackendOptions } from '#adapters/http.ts';
import { logBody } from '#decode/log-body.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource, Statistics, TraceSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { rowsAnswer } from '#test/clickhouse-tables.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { recorded, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

/** The trace that the recorded lines name, and the trace of the recorded spans. */
const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';
const SPANS_ID = '4bd7707d76a8a7683528ed0ee03a33f6';
const FROM_US = 1_795_155_900_000_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 100_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };

const TABLES = { database: 'default', tracesTable: 'otel_traces', logsTable: 'otel_logs' };
const LINES = { ...TABLES, tracesTable: undefined };

type Sources = Readonly<{ traces: TraceSource; logs: LogSource }>;

function open(options: BackendOptions, tables: Partial<typeof TABLES> = {}): Sources {
  return clickHouse({ ...TABLES, ...tables, ...options }) as Sources;
}

/** The recorded answer to each kind of query. */
const answering = ({ search }: SeenRequest) => {
  const query = search.get('query') ?? '';
  if (query.startsWith('SELECT ServiceName FROM')) return replay(recorded('clickhouse/services'));
  if (query.includes('max(Timestamp)) AS time')) return replay(recorded('clickhouse/newest-line'));
  if (query.startsWith('SELECT toUnix')) return replay(recorded('clickhouse/lines'));
  const isKnown = search.get('param_p0')?.includes(SPANS_ID);
  return replay(recorded(isKnown ? 'clickhouse/trace' : 'clickhouse/trace-none'));
};

testTraceSource('ClickHouse', {
  async open() {
    const server = await startRecordedServer(answering);
    return { source: open({ url: server.url }).traces, close: () => server[Symbol.asyncDispose]() };
  },
  traceId: SPANS_ID,
  unknownId: 'ffffffffffffffffffffffffffffffff',
  spanCount: 6,
});

testLogSource('ClickHouse', {
  async open() {
    const server = await startRecordedServer(answering);
    return { source: open({ url: server.url }).logs, close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a trace': {
      query: OF_TRACE,
      holds: ['could not lock the items', '500 for GET /cart', 'pool exhausted'],
      lacks: ['telemetry.sdk'],
    },
  },
});

testHttpSource('ClickHouse', {
  answer: recorded('clickhouse/lines'),
  readsWhole: true,
  connect(options: BackendOptions) {
    const source = open(options).logs;
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: (signal) => source.check(signal) };
  },
});

async function against<T>(
  reply: Parameters<typeof startRecordedServer>[0],
  use: (sources: Sources, requests: readonly SeenRequest[]) => Promise<T>,
): Promise<T> {
  await using server = await startRecordedServer(reply);
  return await use(open({ url: server.url }), server.requests);
}

const recordedAs = (name: string) => () => replay(recorded(`clickhouse/${name}`));

async function linesFrom(source: LogSource, query: LogQuery) {
  const decoder = logBody('loki-json', 'clickhouse');
  for await (const chunk of (await source.openLogs(query, later())).chunks) decoder.push(chunk);
  return decoder.end();
}

describe('a value of a query', () => {
  test.each([
    ['plain', 'plain'],
    ["it's", "it's"],
    ['a\\b', 'a\\\\b'],
    ['a\tb\nc\rd\0', 'a\\tb\\nc\\rd\\0'],
  ])('is bound as a text: %j', (value, bound) => {
    expect(textParameter(value)).toBe(bound);
  });

  test('is bound in a list, in whose quotes it stays', () => {
    expect(listParameter(['a', "b'c", 'd\\'])).toBe("['a','b\\'c','d\\\\']");
    for (const text of HOSTILE_TEXTS) {
      const [, inside] = /^\['((?:[^'\\\n\t]|\\['\\tnr0])*)'\]$/.exec(listParameter([text])) ?? [];
      expect(inside?.replace(/\\(.)/g, (_, one: string) => ({ t: '\t', n: '\n', r: '\r', 0: '\0' })[one] ?? one)).toBe(
        text,
      );
    }
  });

  test('is no part of the query', async () => {
    const text = HOSTILE_TEXTS.join('');
    const queries: readonly LogQuery[] = [
      { by: 'text', text, ...WINDOW },
      { by: 'words', words: [text], ...WINDOW },
      { by: 'any-text', texts: [text], ...WINDOW },
      { by: 'field', names: [text], values: [text], ...WINDOW },
      { by: 'service', ...WINDOW, services: [text] },
    ];
    const plain = (query: LogQuery): LogQuery =>
      JSON.parse(JSON.stringify(query).replaceAll(JSON.stringify(text), '"x"'));
    for (const query of queries)
      for (const form of ['map', 'json'] as const)
        expect(lineConditions(query, form).text).toBe(lineConditions(plain(query), form).text);
    await against(recordedAs('search-none'), async ({ traces }, requests) => {
      await traces.search?.({ service: text, operation: text, ...WINDOW }, later());
      expect(requests[0]?.search.get('query')).toContain('(ServiceName = {p0:String}) AND (SpanName = {p1:String})');
      expect(requests[0]?.search.get('param_p0')).toBe(textParameter(text));
    });
  });

  test.each(['otel_traces', 'none', 'Spans2'])('may be the name of a table: %s', (name) => {
    expect(settings.clickhouse.tracesTable.parse(name)).toBe(name);
  });

  test.each(['', 'a.b', 'a b', '`x`', '2x'])('is no name of a table: %j', (name) => {
    expect(settings.clickhouse.tracesTable.safeParse(name).success).toBe(false);
  });
});

describe('traces of ClickHouse', () => {
  test('are asked for within bounds, by a request that may only read', () =>
    against(recordedAs('search'), async ({ traces }, requests) => {
      const [body] =
        (await traces.search?.({ service: 'order-service', failing: true, minDurationUs: 5, ...WINDOW }, later())) ??
        [];
      expect((await textOf(body?.chunks ?? (async function* () {})())).match(/"startTimeUnixNano"/g)).toHaveLength(6);
      expect(body?.query.text).toBe(
        "SELECT * FROM otel_traces WHERE ServiceName = 'order-service' AND StatusCode = 'Error' AND Duration >= 5000",
      );
      const [{ search } = { search: new URLSearchParams() }] = requests;
      expect(search.get('query')).toMatch(/ LIMIT 20001$/);
      expect(search.get('query')).toContain(
        "(StatusCode IN ('Error', 'STATUS_CODE_ERROR')) AND (Duration >= 5000) GROUP BY TraceId",
      );
      expect(Object.fromEntries([...search].filter(([name]) => name !== 'query'))).toEqual({
        param_database: 'default',
        param_table: 'otel_traces',
        param_p0: 'order-service',
        default_format: 'JSON',
        wait_end_of_query: '1',
        max_execution_time: '15',
        max_result_rows: '100000',
        max_result_bytes: '64000000',
        cancel_http_readonly_queries_on_client_close: '1',
        output_format_json_quote_64bit_integers: '1',
      });
    }));

  test('of a service without any are none', () =>
    against(recordedAs('search-none'), async ({ traces }) => {
      expect(await traces.search?.({ service: 'x', ...WINDOW }, later())).toEqual([]);
    }));

  test('keep their kinds, errors, events and links, also as older exporters wrote them', () => {
    const row = {
      ...{ TraceId: TRACE_ID, SpanId: 'a1', ParentSpanId: '', SpanName: 'GET', ServiceName: 'cart', ScopeName: 's' },
      ...{ SpanKind: 'SPAN_KIND_SERVER', StatusCode: 'STATUS_CODE_ERROR', StatusMessage: 'broken' },
      ...{ start: '1795155944202000001', duration: '5', ResourceAttributes: {}, SpanAttributes: { a: '1', odd: 7 } },
      ...{
        eventTimes: ['1795155944202000003'],
        eventNames: ['exception'],
        eventAttributes: [{ 'exception.type': 'E' }],
      },
      ...{ linkTraces: [SPANS_ID], linkSpans: ['b2'] },
    };
    return against(
      () => replay(rowsAnswer([row])),
      async ({ traces }) => {
        const { resourceSpans } = JSON.parse(await textOf((await traces.openTrace(TRACE_ID, later())).chunks));
        expect(resourceSpans[0].scopeSpans[0].spans[0]).toMatchObject({
          kind: 'server',
          startTimeUnixNano: '1795155944202000001',
          endTimeUnixNano: '1795155944202000006',
          attributes: [
            { key: 'a', value: { stringValue: '1' } },
            { key: 'odd', value: { stringValue: '7' } },
          ],
          events: [{ timeUnixNano: '1795155944202000003', name: 'exception' }],
          links: [{ traceId: SPANS_ID, spanId: 'b2' }],
          status: { code: 2, message: 'broken' },
        });
      },
    );
  });

  test('are read as far as they go, with a word about the rest', () => {
    const rows = Array.from({ length: 20_001 }, (_, at) => ({ TraceId: TRACE_ID, SpanId: `${at}` }));
    return against(
      () => replay(rowsAnswer(rows)),
      async ({ traces }) => {
        let spans = 0;
        const read = async () => {
          for await (const chunk of (await traces.openTrace(TRACE_ID, later())).chunks)
            spans += `${Buffer.from(chunk)}`.match(/"spanId"/g)?.length ?? 0;
        };
        await expect(read()).rejects.toMatchObject({ advice: expect.stringContaining('more than 20,000 spans') });
        expect(spans).toBe(20_000);
      },
    );
  });
});

describe('lines of ClickHouse', () => {
  test('have their service, level, ids and place', () =>
    against(recordedAs('lines'), async ({ logs }) => {
      const lines = await linesFrom(logs, OF_TRACE);
      expect(lines.map(({ service, level }) => [service, level])).toEqual([
        ['frontend', 'info'],
        ['cart', 'error'],
        ['stock', 'error'],
        ['frontend', 'error'],
      ]);
      expect(lines[1]).toMatchObject({
        timeNs: '1795155945366123456',
        traceId: TRACE_ID,
        spanId: 'f39346993ad9e4b8',
        line: 'could not lock the items',
        labels: { namespace: 'shop', pod: 'cart-7d9f8b6c5-x2kqz' },
      });
      expect(JSON.parse(lines[3]?.line ?? '')).toEqual({
        message: '500 for GET /cart',
        'user.id': 'u-7',
        attempt: '3',
      });
    }));

  test('are shown to people with their values', () =>
    against(recordedAs('lines-none'), async ({ logs }) => {
      const shown = async (query: LogQuery) => (await logs.openLogs(query, later())).query.text;
      expect(await shown(OF_TRACE)).toBe(`SELECT * FROM otel_logs WHERE (has(['${TRACE_ID}'], TraceId))`);
      expect(await shown({ by: 'text', text: "it's $& {p0:String}", ...WINDOW, services: ['cart'] })).toBe(
        "SELECT * FROM otel_logs WHERE (has(['cart'], ServiceName)) AND (position(Body, 'it\\'s $& {p0:String}') > 0 OR arrayExists(said -> position(said, 'it\\'s $& {p0:String}') > 0, mapValues(LogAttributes)))",
      );
    }));

  /** A store that answers as the parts of a query say. */
  function stored(times: readonly bigint[]) {
    return ({ search }: SeenRequest) => {
      const query = search.get('query') ?? '';
      const [, from = '', to = '', order, limit] =
        />= fromUnixTimestamp64Nano\((\d+)\) AND Timestamp < fromUnixTimestamp64Nano\((\d+)\) AND .* ORDER BY Timestamp( DESC)? LIMIT (\d+)$/.exec(
          query,
        ) ?? [];
      const found = times.map((ns, at) => ({ ns, at })).filter(({ ns }) => ns >= BigInt(from) && ns < BigInt(to));
      const kept = (order === undefined ? found : found.toReversed()).slice(0, Number(limit));
      return replay(rowsAnswer(kept.map(({ ns, at }) => ({ time: `${ns}`, Body: `line ${at}` }))));
    };
  }

  test.each([false, true])('of several pages are all read, and each once (newest first: %s)', (newestFirst) =>
    against(
      stored(Array.from({ length: 2_500 }, (_, at) => BigInt(FROM_US) * 1_000n + BigInt(Math.floor(at / 3) * 250))),
      async ({ logs }, requests) => {
        const query: LogQuery = { by: 'service', ...WINDOW, limit: 20_000, newestFirst };
        const lines = await linesFrom(pagedLogSource(logs), query);
        expect([lines.length, new Set(lines.map(({ line }) => line)).size, requests.length]).toEqual([2_500, 2_500, 3]);
      },
    ),
  );
});

/** `json: true` of the exporter: https://clickhouse.com/docs/sql-reference/data-types/newjson */
describe('attributes of the type JSON', () => {
  const MAPS = {
    ResourceAttributes: { 'service.name': 'cart', 'k8s.pod.name': 'cart-7f' },
    SpanAttributes: { 'http.route': '/items', 'http.response.status_code': '500', tags: '["a","b"]', retried: 'true' },
    LogAttributes: { 'user.id': 'u-7', attempt: '3' },
  };
  /** As ClickHouse answers: a member for each part of a name, and 64-bit numbers in quotes. */
  const JSONS = {
    ResourceAttributes: { service: { name: 'cart' }, k8s: { pod: { name: 'cart-7f' } } },
    SpanAttributes: {
      http: { route: '/items', response: { status_code: '500' } },
      ...{ tags: ['a', 'b'], retried: true },
    },
    LogAttributes: { user: { id: 'u-7' }, attempt: 3 },
  };
  const SPAN = {
    ...{ TraceId: TRACE_ID, SpanId: 'a1', SpanName: 'GET', ServiceName: 'cart', start: '1795155944202000001' },
    ...{
      time: '1795155944202000001',
      Body: 'no stock',
      eventTimes: ['1795155944202000003'],
      eventNames: ['exception'],
    },
  };
  const read = (attributes: typeof MAPS | typeof JSONS, event: object) =>
    against(
      () => replay(rowsAnswer([{ ...SPAN, ...attributes, eventAttributes: [event] }])),
      async ({ traces, logs }) => ({
        spans: JSON.parse(await textOf((await traces.openTrace(TRACE_ID, later())).chunks)),
        lines: await linesFrom(logs, OF_TRACE),
      }),
    );

  test('are read as maps are', async () => {
    const json = await read(JSONS, { exception: { type: 'E', message: 'm' } });
    expect(json).toEqual(await read(MAPS, { 'exception.type': 'E', 'exception.message': 'm' }));
    expect(json.lines[0]?.labels.pod).toBe('cart-7f');
  });

  test('have no end of depth', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}0${'}'.repeat(20_000)}`);
    const list = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(attributesIn({ deep, list, kept: 'x' })).toMatchObject({ list: '', kept: 'x' });
  });

  /** Answers the question for the type, and finds nothing. */
  const typed =
    (type: string) =>
    ({ search }: SeenRequest) =>
      replay(rowsAnswer(search.get('query')?.includes('system.columns') ? [{ type }] : []));
  const asked = (type: string, query: LogQuery) =>
    against(typed(type), async ({ logs }, requests) => {
      const shown = (await logs.openLogs(query, later())).query.text;
      await logs.openLogs(query, later());
      return { shown, queries: requests.map(({ search }) => search.get('query') ?? '') };
    });

  test('are searched as their type wants, which is asked for once', async () => {
    const text: LogQuery = { by: 'text', text: 'GET /x"', ...WINDOW };
    const json = await asked('JSON(max_dynamic_paths=16)', text);
    expect(json.queries).toHaveLength(3);
    expect(json.shown).toBe(
      `SELECT * FROM otel_logs WHERE (position(Body, 'GET /x"') > 0 OR multiSearchAny(toString(LogAttributes), ['GET /x\\\\"','GET \\\\/x\\\\"']))`,
    );
    expect((await asked('Map(LowCardinality(String), String)', text)).shown).toContain('mapValues(LogAttributes)');
    const field: LogQuery = { by: 'field', names: ['user.id', '`x'], values: ['u-7'], ...WINDOW };
    expect((await asked('JSON', field)).shown).toBe(
      "SELECT * FROM otel_logs WHERE (ifNull(has(['u-7'], toString(LogAttributes.`user.id`)), 0) OR ifNull(has(['u-7'], toString(ResourceAttributes.`user.id`)), 0) OR ifNull(has(['u-7'], toString(LogAttributes.`\\`x`)), 0) OR ifNull(has(['u-7'], toString(ResourceAttributes.`\\`x`)), 0))",
    );
  });

  test('are not asked about where no attribute is searched', async () => {
    expect((await asked('JSON', OF_TRACE)).queries).toHaveLength(2);
  });
});

describe('an answer of ClickHouse with status 200', () => {
  const whole = recorded('clickhouse/lines');
  const body = (text: string) => () => replay({ ...whole, body: Buffer.from(text) });
  const text = whole.body.toString();
  const exception = 'Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.9)';

  test.each([
    ['that ends early', text.slice(0, -200), 'it ended early'],
    ['with fewer rows than it says', text.replace('"rows": 4', '"rows": 5'), 'it ended early'],
    ['with an exception behind it', `${text.slice(0, -200)}\n${exception}\n`, 'Memory limit exceeded'],
    [
      'with an exception in it',
      text.replace('"rows": 4', `"exception": "${exception}", "rows": 4`),
      'Memory limit exceeded',
    ],
  ])('%s is not whole', (_, answer, words) =>
    against(body(answer), async ({ logs }) => {
      await expect(logs.openLogs(OF_TRACE, later())).rejects.toMatchObject({
        code: 'SH_BACKEND',
        advice: expect.stringContaining(words),
      });
    }),
  );

  test.each(['', '{"status":"success"}', '[]', 'Ok.'])('that is %j is none of ClickHouse', (answer) =>
    against(body(answer), async ({ logs }) => {
      await expect(logs.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
    }),
  );
});

describe('counts of ClickHouse', () => {
  const search = { services: ['order-service', "it's"], fromUs: FROM_US, toUs: FROM_US + 180e6 };

  async function counted(statistics: Statistics | undefined) {
    const [query] = (await statistics?.findMetrics(search, later()))?.queries ?? [];
    const decoder = metricsBody('clickhouse');
    const opened = query && (await statistics?.openMetrics(query, later()));
    for await (const chunk of opened?.chunks ?? []) decoder.push(chunk);
    const perMinute = (value: number) => Math.round(value * 60 * 100) / 100;
    return decoder
      .end()
      .map(({ name, labels, values }) => [name, labels.service, labels.status ?? '', [...values].map(perMinute)]);
  }

  test('are requests, failed ones and durations', () =>
    against(recordedAs('requests'), async ({ traces }, requests) => {
      expect(await counted(traces.statistics)).toEqual([
        ['service:requests', 'order-service', 'ok', [1, 0, 0]],
        ['service:requests', 'order-service', 'error', [0, 0, 0]],
        ['service:latency', 'order-service', '', [140.4]],
      ]);
      expect(requests[0]?.search.get('query')).toContain("has(['order-service','it\\'s'], ServiceName)");
    }));

  test('are lines and errors; a service without levels has no errors to count', () =>
    against(recordedAs('line-counts'), async ({ logs }) => {
      const counts = await counted(logs.statistics);
      expect(counts).toContainEqual(['service:log_errors', 'cart', '', [1, 0, 0]]);
      expect(counts).toContainEqual(['service:log_lines', 'stock', '', [1, 0, 0]]);
      expect(counts.filter(([name, service]) => name === 'service:log_errors' && service === 'stock')).toEqual([]);
    }));

  test('are the p99 of one operation, with how many requests it is of', () =>
    against(
      () => replay(rowsAnswer([{ total: '12400', slower: '9', p99: 180_000_000 }])),
      async ({ traces }, requests) => {
        const { fromUs, toUs } = search;
        const asked = { service: "it's", operation: 'POST /pay', belowUs: 500_000, fromUs, toUs };
        expect(await traces.statistics?.percentile?.(asked, later())).toEqual({
          requests: 12_400,
          slower: 9,
          us: 180_000,
        });
        const sent = requests[0]?.search;
        expect(sent?.get('query')).toMatch(
          /^SELECT count\(\) AS total, countIf\(Duration >= 500000000\) AS slower, quantile\(0\.99\)\(Duration\) AS p99 /,
        );
        expect([sent?.get('param_p0'), sent?.get('param_p1')]).toEqual(["it's", 'POST /pay']);
      },
    ));

  test('of a part are not used', () => {
    const rows = Array.from({ length: 24_201 }, (_, at) => ({ ServiceName: `s${at}`, begins: '0', total: '1' }));
    return against(
      () => replay(rowsAnswer(rows)),
      async ({ traces }) => {
        await expect(counted(traces.statistics)).rejects.toMatchObject({
          advice: expect.stringContaining('200 services'),
        });
      },
    );
  });
});

describe('doctor says of ClickHouse', () => {
  const check = async (reply: Parameters<typeof startRecordedServer>[0]) =>
    against(reply, async ({ traces }) => await traces.check(later()));

  test('its services, and how new the lines are', async () => {
    expect(await check(answering)).toEqual({
      ok: true,
      detail: 'traces: 1 service: frontend; logs: the newest line in otel_logs is of 2026-11-28T09:30:00.010Z',
      remedy: '',
    });
  });

  test('that a table has no line of the last day', async () => {
    await using server = await startRecordedServer(recordedAs('newest-line-none'));
    const { logs } = clickHouse({ ...LINES, url: server.url });
    expect(await logs?.check(later())).toMatchObject({
      ok: true,
      remedy: expect.stringContaining('CLICKHOUSE_LOGS_TABLE'),
    });
  });

  test.each([
    ['unknown-table', /^Check CLICKHOUSE_DATABASE, CLICKHOUSE_TRACES_TABLE/],
    ['other-table', /columns of OpenTelemetry’s exporter/],
  ])('what is wrong after a recorded answer: %s', async (name, remedy) => {
    expect(await check(recordedAs(name))).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
  });

  test.each([
    [403, 'Code: 516. DB::Exception: hound: Authentication failed', /^Check the user and the password/],
    [401, 'Code: 194. DB::Exception: hound: Authentication failed', /^Check the user and the password/],
    [401, '', /^Check the user and the password/],
    [403, 'Code: 497. DB::Exception: hound: Not enough privileges', /^GRANT SELECT/],
    [500, "Code: 164. DB::Exception: Cannot modify 'max_execution_time' setting in readonly mode", /readonly = 2/],
    [404, 'There is no handle /x', /^Check CLICKHOUSE_URL/],
    [400, 'Port 9000 is for clickhouse-client program', /8123/],
    [408, 'Code: 159. DB::Exception: Timeout exceeded: elapsed 15 seconds', /HTTP 408/],
    [429, 'slow down', /having trouble|takes no more/],
    [503, 'Code: 202. DB::Exception: Too many simultaneous queries', /having trouble \(HTTP 503\)/],
  ])('what is wrong after %i: %s', async (status, text, remedy) => {
    expect(await check(() => refuse(status, {}, text))).toEqual({
      ok: false,
      detail: expect.stringContaining(text),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('that the address is another one', async () => {
    const page = () => refuse(200, { 'content-type': 'text/html' }, '<!doctype html>');
    expect((await check(page)).remedy).toContain('port 8123');
  });
});
