import { json as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { elasticsearchTraces, type TraceOptions } from '#adapters/elasticsearch/traces.ts';
import type { BackendOptions } from '#adapters/http.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { textOf } from '#test/bytes.ts';
import { decodedRows } from '#test/decoded-rows.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { happening } from '#test/otlp.ts';
import {
  type Recorded,
  type Reply,
  recorded,
  recordedBody,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';
import { reportOf } from '#test/report-of.ts';
import { scenarios } from '#test/scenarios.ts';
import { SPAN_INDICES } from '#test/search-documents.ts';
import { testTraceSource } from '#test/trace-source-contract.ts';

type Search = Readonly<{
  size: number;
  _source?: unknown;
  sort?: unknown;
  search_after?: readonly unknown[];
  aggs?: unknown;
  query: unknown;
}>;

const USUAL = { indices: SPAN_INDICES };

const json = (body: unknown): Recorded => sent(JSON.stringify(body));

const sent = (text: string): Recorded => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(text),
});

const found = (sources: readonly unknown[], more: object = {}): Recorded =>
  json({
    timed_out: false,
    _shards: { total: 5, failed: 0 },
    hits: { hits: sources.map((_source, at) => ({ _source, sort: [`${at}`, null] })) },
    ...more,
  });

/** Answers each search by what it asks, and keeps it in `asked`. */
const answering =
  (answer: (search: Search) => Recorded, asked: Search[] = []) =>
  (_: SeenRequest): Reply =>
  async (response, request) => {
    const search = (await bodyOf(request)) as Search;
    asked.push(search);
    await replay(answer(search))(response, request);
  };

const isForServices = ({ aggs }: Search) => aggs !== undefined;
const isForIds = ({ _source }: Search) => Array.isArray(_source);
const isForEvents = ({ query }: Search) => JSON.stringify(query).includes('"error.id"');

/** The recordings are of one request for each form, with an id of its own. */
const RECORDED = ['jaeger', 'jaeger-fields', 'collector', 'data-prepper', 'data-prepper-otel', 'apm'] as const;
const scenario = scenarios.find(({ name }) => name === 'model-server-oom') ?? scenarios[0];
if (scenario === undefined) throw new Error('there is no scenario');
const happened = happening(scenario);
const idOf = (form: string) => happening(happened.scenario, { seed: form }).traceId;

const asRecorded = (form: (typeof RECORDED)[number]) => (search: Search) => {
  if (isForServices(search)) return recorded('elasticsearch/span-services');
  if (isForEvents(search)) return recorded(`elasticsearch/span-events-${form}`);
  const isHeld = isForIds(search) || JSON.stringify(search).includes(idOf(form));
  return recorded(`elasticsearch/${isHeld ? `spans-${form}` : 'spans-none'}`);
};

for (const form of RECORDED) {
  testTraceSource(`Elasticsearch with spans of ${form}`, {
    traceId: idOf(form),
    unknownId: '00000000000000000000000000000abc',
    spanCount: happened.rows.length,
    async open() {
      const server = await startRecordedServer(answering(asRecorded(form)));
      return {
        source: elasticsearchTraces({ url: server.url, ...USUAL }),
        close: () => server[Symbol.asyncDispose](),
      };
    },
  });
}

testHttpSource('Elasticsearch’s spans', {
  answer: recorded('elasticsearch/spans-jaeger'),
  readsWhole: true,
  connect(options: BackendOptions) {
    const source = elasticsearchTraces({ ...options, ...USUAL });
    return { ask: (signal) => source.openTrace(idOf('jaeger'), signal), check: (signal) => source.check(signal) };
  },
});

async function against<T>(
  reply: Parameters<typeof startRecordedServer>[0],
  use: (source: TraceSource, requests: readonly SeenRequest[]) => Promise<T>,
  options: Partial<TraceOptions> = {},
): Promise<T> {
  await using server = await startRecordedServer(reply);
  return await use(elasticsearchTraces({ url: server.url, ...USUAL, ...options }), server.requests);
}

const TRACE_ID = '53487d888710d4b691823512a181a115';

async function opened(source: TraceSource, id = TRACE_ID): Promise<string> {
  return await textOf((await source.openTrace(id, later())).chunks);
}

async function untilError(reading: Promise<OpenBody>): Promise<Readonly<{ text: string; error: unknown }>> {
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of (await reading).chunks) parts.push(chunk);
    return { text: Buffer.concat(parts).toString('utf8'), error: undefined };
  } catch (error) {
    return { text: Buffer.concat(parts).toString('utf8'), error };
  }
}

async function traceOf(documents: readonly unknown[], events: readonly unknown[] = []) {
  return await against(
    answering((search) => found(isForEvents(search) ? events : documents)),
    async (source) => {
      const [first] = decodedRows(await opened(source));
      return traceFrom(first?.rows ?? [], first?.traceId);
    },
  );
}

describe('what Jaeger wrote into OpenSearch', () => {
  test('has the diagnosis that Jaeger’s own answer has', async () => {
    const text = await against(answering(asRecorded('jaeger')), (source) => opened(source, idOf('jaeger')));
    const told = await reportOf(text);
    const itself = await reportOf(recordedBody('elasticsearch/spans-jaeger-itself'));
    expect(itself.findings).not.toEqual([]);
    expect(told.diagnosis).toEqual(itself.diagnosis);
    expect(told.findings).toEqual(itself.findings);
    expect(told.trace).toEqual(itself.trace);
  });
});

describe('a document of Jaeger', () => {
  const SPAN = {
    traceID: TRACE_ID,
    spanID: 'a000000000000002',
    operationName: 'GET /',
    startTime: 1_795_155_944_123_456,
    duration: 1_250,
  };

  test('has tags from its list and from its fields, of their types', async () => {
    const trace = await traceOf([
      {
        ...SPAN,
        tags: [
          { key: 'http.response.status_code', type: 'int64', value: '503' },
          { key: 'share', type: 'float64', value: '0.25' },
          { key: 'exact', type: 'int64', value: '9223372036854775807' },
          { key: 'odd', type: 'int64', value: 'many' },
        ],
        tag: { 'span@kind': 'server', error: true, 'peer@port': 8080 },
        logs: null,
        process: { serviceName: 'cart', tags: [], tag: { 'k8s@pod@name': 'cart-1' } },
      },
    ]);
    expect([trace.service(0), trace.kind(0), trace.failed(0), trace.httpStatus(0)]).toEqual([
      'cart',
      'server',
      true,
      503,
    ]);
    expect(trace.attributes(0)).toMatchObject({
      share: 0.25,
      exact: '9223372036854775807',
      odd: 'many',
      'peer.port': 8080,
    });
    expect(trace.resource(0)).toMatchObject({ 'k8s.pod.name': 'cart-1' });
    expect(trace.durationOfUs(0)).toBe(1_250);
  });

  test('of an older version has its parent in a field', async () => {
    const child = { ...SPAN, spanID: 'a000000000000003', parentSpanID: SPAN.spanID, startTime: SPAN.startTime + 1 };
    const trace = await traceOf([SPAN, child]);
    expect([trace.parent(0), trace.parent(1)]).toEqual([undefined, 0]);
  });
});

describe('a document of OpenTelemetry', () => {
  const SPAN = {
    '@timestamp': '1795155944123.456000',
    trace_id: TRACE_ID,
    span_id: 'a000000000000002',
    name: 'GET /',
    kind: 'Server',
    duration: 1_250_999,
    status: { code: 'Error', message: 'no stock' },
    resource: { attributes: { service: { name: 'cart' }, 'k8s.pod.name': 'cart-1' } },
    attributes: { 'http.response.status_code': 503, http: { route: '/' }, tags: ['a', 'b'], one: ['x'] },
  };

  test.each([
    ['milliseconds and nanoseconds', '1795155944123.456000', 1_795_155_944_123_456],
    ['nanoseconds without leading zeros', '1795155944123.5000', 1_795_155_944_123_005],
    ['milliseconds', 1_795_155_944_123, 1_795_155_944_123_000],
    ['a date', '2026-11-20T06:25:44.123456789Z', 1_795_155_944_123_456],
    ['a date in another zone', '2026-11-20T07:25:44.123456789+01:00', 1_795_155_944_123_456],
  ])('has the time that is written as %s', async (_, timestamp, us) => {
    const text = await against(
      answering((search) => found(isForEvents(search) ? [] : [{ ...SPAN, '@timestamp': timestamp }])),
      (source) => opened(source),
    );
    expect(decodedRows(text)[0]?.rows).toMatchObject([{ startUs: us, durationUs: 1_250 }]);
  });

  test('has its attributes, nested or not, its status and its events', async () => {
    const event = {
      '@timestamp': '2026-11-20T06:25:44.124Z',
      trace_id: TRACE_ID,
      span_id: SPAN.span_id,
      event_name: 'exception',
      attributes: { 'exception.type': 'StockError', 'event.name': 'exception' },
    };
    const trace = await traceOf([SPAN], [event, { ...event, span_id: 'a000000000000009' }, { trace_id: TRACE_ID }]);
    expect([trace.service(0), trace.kind(0), trace.failed(0), trace.statusText(0)]).toEqual([
      'cart',
      'server',
      true,
      'no stock',
    ]);
    expect(trace.attributes(0)).toMatchObject({ 'http.route': '/', tags: '["a","b"]', one: 'x' });
    expect(trace.events(0)).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'StockError' } }]);
  });

  test('of Data Prepper has its own names for all of it', async () => {
    const trace = await traceOf([
      {
        traceId: TRACE_ID,
        spanId: 'a000000000000002',
        parentSpanId: '',
        name: 'GET /',
        kind: 'SPAN_KIND_CLIENT',
        startTime: '2026-11-20T06:25:44.123456789Z',
        endTime: '2026-11-20T06:25:44.124456789Z',
        durationInNanos: 1_000_000,
        serviceName: 'cart',
        status: { code: 2 },
        'span.attributes.http@response@status_code': 503,
        'resource.attributes.k8s@pod@name': 'cart-1',
        events: [{ name: 'retry', time: '2026-11-20T06:25:44.124Z', attributes: { 'retry@count': 1 } }],
      },
    ]);
    expect([trace.service(0), trace.kind(0), trace.failed(0), trace.httpStatus(0)]).toEqual([
      'cart',
      'client',
      true,
      503,
    ]);
    expect(trace.resource(0)).toMatchObject({ 'k8s.pod.name': 'cart-1', 'service.name': 'cart' });
    expect(trace.events(0)).toMatchObject([{ name: 'retry', attributes: { 'retry.count': 1 } }]);
  });
});

describe('a document of Elastic APM', () => {
  const REQUEST = {
    '@timestamp': '2026-11-20T06:25:44.123Z',
    timestamp: { us: 1_795_155_944_123_456 },
    trace: { id: TRACE_ID },
    transaction: { id: 'a000000000000001', name: 'GET /', type: 'request', duration: { us: 5_000 } },
    service: { name: 'cart', version: '1.4.2', environment: 'prod', node: { name: 'cart-1' } },
    http: { response: { status_code: 503 } },
    event: { outcome: 'failure' },
    labels: { http_route: '/', error_type: 'StockError', team_name: 'blue' },
    numeric_labels: { items: 3 },
  };
  const call = (span: object) => ({
    ...{
      '@timestamp': REQUEST['@timestamp'],
      timestamp: REQUEST.timestamp,
      trace: REQUEST.trace,
      service: REQUEST.service,
    },
    parent: { id: 'a000000000000001' },
    transaction: { id: 'a000000000000001', name: 'GET /' },
    span: { id: 'a000000000000002', name: 'SELECT', duration: { us: 1_250 }, ...span },
  });

  test('is a request with its place, its result and its labels', async () => {
    const trace = await traceOf([REQUEST]);
    expect([trace.service(0), trace.kind(0), trace.failed(0), trace.httpStatus(0)]).toEqual([
      'cart',
      'server',
      true,
      503,
    ]);
    expect(trace.attributes(0)).toMatchObject({
      'http.route': '/',
      'error.type': 'StockError',
      team_name: 'blue',
      items: 3,
    });
    expect(trace.resource(0)).toMatchObject({
      'service.version': '1.4.2',
      'deployment.environment.name': 'prod',
      'service.instance.id': 'cart-1',
    });
  });

  test.each([
    [{ type: 'db', subtype: 'postgresql', db: { statement: 'SELECT 1', instance: 'shop' } }, 'client', 'postgresql'],
    [{ type: 'external', subtype: 'http' }, 'client', ''],
    [{ type: 'messaging', subtype: 'kafka', action: 'send' }, 'producer', ''],
    [{ type: 'messaging', subtype: 'kafka', action: 'poll' }, 'consumer', ''],
    [{ type: 'app' }, 'internal', ''],
    [{ type: 'app', kind: 'CLIENT' }, 'client', ''],
    [{ type: 'custom', destination: { service: { resource: 'stock' } } }, 'client', ''],
  ])('is a call, or work inside: %j', async (span, kind, system) => {
    const trace = await traceOf([call(span)]);
    expect([trace.kind(0), trace.text(0, 'db.system.name'), trace.durationOfUs(0)]).toEqual([kind, system, 1_250]);
  });

  test('has its errors, which say why it failed', async () => {
    const error = (id: string, more: object) => ({
      '@timestamp': '2026-11-20T06:25:44.125Z',
      trace: REQUEST.trace,
      parent: { id: 'a000000000000001' },
      error: { id, ...more },
    });
    const trace = await traceOf(
      [REQUEST],
      [
        error('e1', { exception: [{ type: 'StockError', message: 'no stock' }, { type: 'Cause' }] }),
        error('e2', { log: { message: 'rolled back' } }),
        error('e3', { exception: { message: 'alone' }, stack_trace: 'at cart.ts:1' }),
      ],
    );
    expect(trace.statusText(0)).toBe('no stock');
    expect(trace.events(0).map(({ name }) => name)).toEqual(['exception', 'log', 'exception']);
    expect(trace.events(0).at(0)?.attributes).toEqual({
      'exception.type': 'StockError',
      'exception.message': 'no stock',
    });
  });

  test('may be a span and a document of another form at once in one page', async () => {
    const jaegers = {
      traceID: 'b'.repeat(32),
      spanID: 'b000000000000001',
      operationName: 'x',
      startTime: 1,
      duration: 1,
    };
    const text = await against(
      answering((search) => found(isForEvents(search) ? [] : [jaegers, REQUEST, { unknown: true }])),
      (source) => opened(source),
    );
    expect(
      decodedRows(text)
        .map(({ traceId, rows }) => [traceId, rows.length])
        .sort(),
    ).toEqual([
      [TRACE_ID, 1],
      ['b'.repeat(32), 1],
    ]);
  });
});

describe('hostile documents', () => {
  /** Too deep for what recurses. */
  const DEEP = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const IDS = { trace_id: TRACE_ID, span_id: 'a000000000000002', duration: 1 };

  test.each([
    ['of other types', { ...IDS, '@timestamp': {}, name: 7, kind: [], status: 'bad', resource: null, attributes: 'x' }],
    ['with times that are none', { ...IDS, '@timestamp': '9'.repeat(40), duration: -5 }],
    ['with times after all calendars', { ...IDS, '@timestamp': '9999999999999', duration: 1e300 }],
    ['nested deep', { ...IDS, attributes: 'DEEP', resource: { attributes: 'DEEP' }, links: [{ trace_id: 'DEEP' }] }],
    ['with deep lists', { ...IDS, attributes: { a: ['DEEP'], b: [['DEEP']] } }],
    ['of Jaeger, nested deep', { traceID: TRACE_ID, spanID: 'a1', startTime: 'DEEP', tags: [{ key: 'DEEP' }, 'DEEP'] }],
    ['of Jaeger with a deep tag', { traceID: TRACE_ID, spanID: 'a1', tag: { a: 'DEEP' }, tags: [{ value: 'DEEP' }] }],
    [
      'of Elastic APM, nested deep',
      { trace: { id: TRACE_ID }, span: { id: 'a1', duration: { us: 1 } }, labels: 'DEEP' },
    ],
    ['with lists in lists', { ...IDS, attributes: { a: [[[[1]]], { b: [] }, null] }, links: [null, 7, {}] }],
    ['with names of objects’ own', { ...IDS, attributes: JSON.parse('{"__proto__":{"a":1},"constructor":"x"}') }],
    [
      'of Jaeger',
      { traceID: TRACE_ID, spanID: 'a1', startTime: {}, duration: 'x', tags: [null, 7], tag: [1], logs: 7 },
    ],
    ['of Data Prepper', { traceId: TRACE_ID, spanId: 'a1', startTime: 5, durationInNanos: {}, events: [7], links: {} }],
    ['of Elastic APM', { trace: { id: TRACE_ID }, transaction: { duration: { us: 1 }, id: 7, type: 'toString' } }],
  ])('%s are read as far as they go', async (_, document) => {
    const answer = (search: Search) =>
      sent(
        found(isForEvents(search) ? [] : [document])
          .body.toString('utf8')
          .replaceAll('"DEEP"', DEEP),
      );
    const text = await against(answering(answer), (source) => opened(source));
    expect(decodedRows(text).flatMap(({ rows }) => rows)).toHaveLength(1);
  });

  test('an error names a span with any text, and costs nothing else', async () => {
    const error = { trace: { id: TRACE_ID }, parent: { id: '__proto__' }, error: { id: 'e', exception: [null, []] } };
    const request = { trace: { id: TRACE_ID }, transaction: { id: 'a1', duration: { us: 1 } } };
    expect((await traceOf([request], [error])).events(0)).toEqual([]);
  });
});

describe('what is asked for', () => {
  const SEARCH = {
    service: 'cart") or "x',
    operation: 'GET "/items" {}',
    fromUs: 1_795_155_000_000_500,
    toUs: 1_795_156_000_000_500,
    limit: 2,
    failing: true,
    minDurationUs: 5_500.5,
  };

  test('all forms of an id, in the fields of all forms', async () => {
    const asked: Search[] = [];
    await against(
      answering(() => recorded('elasticsearch/spans-none'), asked),
      async (source, requests) => {
        await source.openTrace('A3CE929D0E0E4736', later()).catch(() => {});
        expect(requests[0]?.path).toBe(`/${SPAN_INDICES}/_search`);
        expect(requests[0]?.search.get('allow_no_indices')).toBe('true');
      },
    );
    expect(asked).toHaveLength(1);
    const ids = ['a3ce929d0e0e4736', '0000000000000000a3ce929d0e0e4736'];
    for (const field of ['traceID', 'trace_id', 'traceId', 'trace.id'])
      expect(JSON.stringify(asked[0]?.query)).toContain(JSON.stringify({ terms: { [field]: ids } }));
    expect(asked[0]).toMatchObject({ size: 2_000, track_total_hits: false });
  });

  test.each(['', 'xyz', '*', 'a'.repeat(33), '53487d88"}}', '../_all'])('an id that is none asks nothing: %j', (id) =>
    against(
      () => replay(recorded('elasticsearch/spans-jaeger')),
      async (source, requests) => {
        await expect(source.openTrace(id, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
        expect(requests).toEqual([]);
      },
    ),
  );

  test('a search asks for the spans of a service, and then for all spans of their traces', async () => {
    const asked: Search[] = [];
    const answer = (search: Search) => recorded(`elasticsearch/${isForIds(search) ? 'spans-found' : 'spans-jaeger'}`);
    await against(answering(answer, asked), async (source) => {
      const [body, ...others] = (await source.search?.(SEARCH, later())) ?? [];
      expect(others).toEqual([]);
      const decoder = traceBody('auto', 'elasticsearch');
      for await (const chunk of body?.chunks ?? []) decoder.push(chunk);
      expect(decoder.end().map(({ spans }) => spans.count())).toEqual([happened.rows.length]);
      expect(body?.query.text).toContain('process.serviceName : "cart\\") or \\"x"');
    });
    const [spans, whole] = asked.map(({ query }) => JSON.stringify(query));
    for (const field of ['process.serviceName', 'resource.attributes.service.name', 'serviceName', 'service.name'])
      expect(spans).toContain(
        JSON.stringify({ multi_match: { query: SEARCH.service, type: 'phrase', fields: [field], lenient: true } }),
      );
    expect(spans).toContain('{"startTimeMillis":{"gte":1795155000000,"lte":1795156000001,"format":"epoch_millis"}}');
    expect(spans).toContain(
      '{"@timestamp":{"gte":"2026-11-20T06:10:00.000500000Z","lte":"2026-11-20T06:26:40.000500000Z"',
    );
    expect(spans).toContain('{"duration":{"gte":5500}}');
    expect(spans).toContain('{"duration":{"gte":5500500}}');
    expect(spans).toContain('{"transaction.duration.us":{"gte":5500}}');
    expect(spans).toContain('"event.outcome"');
    expect(asked[0]?.size).toBe(20);
    // A trace may begin before the span that was found.
    expect(whole).toContain('"gte":1795154100000');
    expect(whole?.match(/"traceID":\[("[0-9a-f]{32}",?){2}\]/)).not.toBeNull();
  });

  test('an id that came from the store cannot change the query, and a search without a span asks no more', async () => {
    const asked: Search[] = [];
    const answer = () => found([{ traceID: '42" or true' }, { trace_id: 7 }, { 'trace.id': ['a'] }, {}]);
    await against(answering(answer, asked), async (source) => {
      // Seven is hexadecimal, too.
      expect(await source.search?.(SEARCH, later())).toHaveLength(1);
    });
    expect(JSON.stringify(asked[1]?.query)).not.toContain('or true');
    await against(
      answering(() => recorded('elasticsearch/spans-none')),
      async (source, requests) => {
        expect(await source.search?.(SEARCH, later())).toEqual([]);
        expect(requests).toHaveLength(1);
      },
    );
  });

  test('the services of all forms, each once', () =>
    against(answering(asRecorded('jaeger')), async (source) => {
      const names = (await source.services?.(later())) ?? [];
      expect(names.toSorted()).toEqual([...new Set(happened.rows.map(({ service }) => service))].toSorted());
      expect(await source.check(later())).toMatchObject({ ok: true, detail: expect.stringMatching(/^6 services: /) });
    }));

  test.each([
    ['jaeger-span-*', 'https://kibana.example.com/s/ops/app/discover#/?_g='],
    ['otel-v1-apm-span-*', 'https://kibana.example.com/s/ops/app/discover#/?_g='],
    ['logs-apm.error*,traces-apm*', 'https://kibana.example.com/s/ops/app/apm/link-to/trace/{traceId}'],
  ])('links of %s open where its traces are shown', (indices, link) => {
    const url = new URL('http://localhost:9200');
    const uiUrl = new URL('https://kibana.example.com/s/ops');
    const { links } = elasticsearchTraces({ url, uiUrl, indices });
    expect(links.trace.startsWith(link)).toBe(true);
    expect(links.trace).toContain('{traceId}');
    expect(elasticsearchTraces({ url, indices }).links.trace).toBe('');
  });

  test('a query opens in Discover, and without it names the address', () =>
    against(answering(asRecorded('jaeger')), async (source, requests) => {
      const { query } = await source.openTrace(idOf('jaeger'), later());
      expect(new URL(query.url).pathname).toBe(requests[0]?.path.replaceAll(',', '%2C').replaceAll('%2C', ','));
      expect(query.text).toContain(`trace.id : "${idOf('jaeger')}"`);
    }));
});

describe('pages of spans', () => {
  const span = (number: number) => ({
    traceID: TRACE_ID,
    spanID: (number + 1).toString(16).padStart(16, '0'),
    operationName: 'x',
    startTime: 1_795_155_944_000_000 + number,
    duration: 1,
    process: { serviceName: 'cart' },
  });
  const page = (from: number, count: number) => found(Array.from({ length: count }, (_, at) => span(from + at)));

  test('a page begins after the last span of the one before, and its trace stays one', async () => {
    const asked: Search[] = [];
    const answer = ({ search_after: after }: Search) => (after === undefined ? page(0, 2_000) : page(2_000, 400));
    await against(answering(answer, asked), async (source) => {
      const rows = decodedRows(await opened(source)).map(({ rows }) => rows);
      expect(rows.flat()).toHaveLength(2_400);
      expect(new Set(rows.flat().map(({ id }) => id)).size).toBe(2_400);
    });
    expect(asked.map(({ search_after: after }) => after)).toEqual([undefined, ['1999', null]]);
  });

  test('a trace without end is read to a limit, which is said', async () => {
    const asked: Search[] = [];
    await against(
      answering(() => page(asked.length * 2_000, 2_000), asked),
      async (source) => {
        const { text, error } = await untilError(source.openTrace(TRACE_ID, later()));
        expect(error).toMatchObject({ advice: expect.stringContaining('more than 20,000 spans') });
        expect(text.match(/"operationName"/g)).toHaveLength(20_000);
      },
    );
    expect(asked).toHaveLength(10);
  });

  test('no more spans of a page are read than it asked for', () =>
    against(
      answering(({ search_after: after }) => (after === undefined ? page(0, 2_500) : page(0, 0))),
      async (source) => {
        expect((await opened(source)).match(/"operationName"/g)).toHaveLength(2_000);
      },
    ));

  test('events are read to a limit, which is said', () => {
    const IDS = { '@timestamp': '2026-11-20T06:25:44Z', trace_id: TRACE_ID, span_id: 'a000000000000002' };
    const events = Array.from({ length: 2_000 }, () => ({ ...IDS, event_name: 'retry' }));
    const answer = (search: Search) => found(isForEvents(search) ? events : [{ ...IDS, duration: 5 }]);
    return against(answering(answer), async (source) => {
      const { text, error } = await untilError(source.openTrace(TRACE_ID, later()));
      expect(error).toMatchObject({ advice: expect.stringContaining('more than 2,000 events') });
      expect(text.match(/"retry"/g)).toHaveLength(2_000);
    });
  });
});

describe('an answer that is not whole', () => {
  test('has what was found, and then why not all', () =>
    against(
      answering(() => recorded('elasticsearch/spans-shard-failed')),
      async (source) => {
        const { text, error } = await untilError(source.openTrace(idOf('jaeger'), later()));
        expect(text.match(/"operationName"/g)).toHaveLength(happened.rows.length);
        expect(error).toMatchObject({ message: expect.stringMatching(/1 of 17 shards failed: Text fields are not/) });
      },
    ));

  test.each([
    ['shards that failed', { _shards: { total: 5, failed: 2, failures: [] } }, /2 of 5 shards failed/],
    ['a search that timed out', { timed_out: true }, /timed out, so something may be missing/],
  ])('an empty one is no “not found”: %s', (_, more, message) =>
    against(
      answering(() => found([], more)),
      async (source) => {
        const search = { service: 'cart', fromUs: 0, toUs: 1, limit: 1 };
        for (const asking of [source.openTrace(TRACE_ID, later()), source.search?.(search, later())])
          await expect(asking).rejects.toMatchObject({ code: 'SH_BACKEND', message: expect.stringMatching(message) });
        expect(await source.check(later())).toMatchObject({ ok: false });
      },
    ),
  );

  test('no index has such a name: says which setting has it', () =>
    against(
      answering(() => recorded('elasticsearch/search-no-index')),
      async (source) => {
        const advice = expect.stringContaining(
          `no index has a name like ${SPAN_INDICES}; set ELASTICSEARCH_TRACE_INDICES`,
        );
        await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_BACKEND', advice });
        expect(await source.check(later())).toMatchObject({ ok: false, remedy: advice });
      },
    ));

  test('no span of the last day: doctor says what to do', () =>
    against(
      answering(() => found([], { aggregations: { serviceName: { buckets: [] } } })),
      async (source) => {
        expect(await source.check(later())).toEqual({
          ok: true,
          detail: `answers, but ${SPAN_INDICES} has no span of the last day`,
          remedy: 'Send it traces, or check ELASTICSEARCH_TRACE_INDICES.',
        });
      },
    ));

  test.each([{ status: 'success' }, [], 7, { hits: { hits: {} } }])(
    'another server’s JSON is not the API: %j',
    (body) =>
      against(
        () => replay(json(body)),
        async (source) => {
          await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
          expect(await source.check(later())).toMatchObject({ ok: false });
        },
      ),
  );

  test.each([
    [401, 'security_exception', 'missing authentication credentials', false],
    [403, 'security_exception', 'action [indices:data/read/search] is unauthorized for API key', false],
    [404, 'index_not_found_exception', 'no such index [jaeger-span-read]', false],
    [429, 'es_rejected_execution_exception', 'rejected execution', true],
    [500, 'null_pointer_exception', 'it broke', true],
    [503, 'cluster_block_exception', 'no master', true],
  ])('%i is said with its reason', (status, type, reason, retryable) =>
    against(
      () =>
        refuse(status, { 'retry-after': '2' }, JSON.stringify({ error: { root_cause: [{ type, reason }] }, status })),
      async (source) => {
        const error = { code: 'SH_BACKEND', status, retryable, message: expect.stringContaining(reason) };
        await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject(error);
        expect(await source.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(/\w/) });
      },
    ),
  );

  test('sends its key, and shows it nowhere', () =>
    against(
      () => refuse(401, {}, 'unable to authenticate with ApiKey c2VjcmV0'),
      async (source, requests) => {
        const error = await source.openTrace(TRACE_ID, later()).catch((thrown) => thrown);
        expect(requests[0]?.headers.authorization).toBe('ApiKey c2VjcmV0');
        expect(`${error.message} ${error.advice}`).not.toContain('c2VjcmV0');
      },
      { apiKey: 'c2VjcmV0' },
    ));
});
