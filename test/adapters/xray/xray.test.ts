/** What X-Ray is asked, as its documentation describes it, and what its answers mean. No real account has answered. */
import { describe, expect, test } from 'vitest';
import { type XrayOptions, xrayTraces } from '#adapters/xray/client.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { TraceSource } from '#gather/sources.ts';
import { type AskedAws, answeringAws, awsAnswer, awsAt, awsError } from '#test/aws-services.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { hang, type Recorded, type Reply, refuse, startRecordedServer } from '#test/recorded-server.ts';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const XRAY_ID = '1-5759e988-bd862e3fe1be46a994272793';
const FROM_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const SEARCH = { service: 'cart', fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 7 };

type Answering = (one: AskedAws) => Recorded | Reply;

async function against<T>(
  answer: Answering,
  use: (source: TraceSource, asked: readonly AskedAws[]) => Promise<T>,
  options: Partial<XrayOptions> = {},
): Promise<T> {
  const asked: AskedAws[] = [];
  await using server = await startRecordedServer(answeringAws(asked, answer));
  return await use(xrayTraces({ ...awsAt(server.url), clock: { nowUs: () => FROM_US }, ...options }), asked);
}

/** In the form of the examples of the guide: a segment with calls, and what X-Ray inferred of one. */
const CART = {
  id: '6b55dcc497934f1a',
  trace_id: XRAY_ID,
  name: 'cart',
  start_time: 1_767_709_801.25,
  end_time: 1_767_709_801.75,
  parent_id: '17c25a9b1f0a1f21',
  http: {
    request: { method: 'POST', url: 'https://cart.example.com/items?user=7', client_ip: '10.0.0.1' },
    response: { status: 500, content_length: 60 },
  },
  fault: true,
  aws: { account_id: '123456789012', ecs: { container: 'cart-7f' } },
  service: { version: '4.2.0' },
  annotations: { tenant: 'acme', attempt: 2 },
  metadata: { default: { 'http.route': '/items', nested: { depth: 1 } }, debug: { list: [1, 2] } },
  cause: {
    working_directory: '/app',
    exceptions: [
      {
        id: '9a1d6b0a7a3b1c2d',
        type: 'LockError',
        message: 'could not lock the items',
        stack: [{ path: 'cart.js', line: 42, label: 'lock' }],
      },
    ],
  },
  subsegments: [
    {
      id: '1f2e3d4c5b6a7988',
      name: 'DynamoDB',
      namespace: 'aws',
      start_time: 1_767_709_801.3,
      end_time: 1_767_709_801.4,
      http: { response: { status: 400 } },
      error: true,
      throttle: true,
      aws: { operation: 'GetItem', region: 'eu-west-1', table_name: 'items', request_id: 'R1' },
    },
    {
      id: '2f2e3d4c5b6a7988',
      name: 'work',
      start_time: 1_767_709_801.4,
      end_time: 1_767_709_801.7,
      subsegments: [
        {
          id: '3f2e3d4c5b6a7988',
          name: 'shop@db.example.com',
          namespace: 'remote',
          start_time: 1_767_709_801.5,
          end_time: 1_767_709_801.6,
          sql: { database_type: 'PostgreSQL', sanitized_query: 'SELECT * FROM items WHERE id = ?' },
        },
        { name: 'without an id' },
      ],
    },
  ],
};
const INFERRED = { ...CART, id: '4f2e3d4c5b6a7988', name: 'items', inferred: true, origin: 'AWS::DynamoDB::Table' };

const traceOf = (documents: readonly object[], more: object = {}) => ({
  Id: XRAY_ID,
  Duration: 0.5,
  LimitExceeded: false,
  Segments: documents.map((one) => ({ Id: 'x', Document: JSON.stringify(one) })),
  ...more,
});
const withTrace: Answering = () => awsAnswer({ Traces: [traceOf([CART, INFERRED])], UnprocessedTraceIds: [] });

testHttpSource('AWS X-Ray', {
  answer: awsAnswer({ Traces: [traceOf([CART, INFERRED])], UnprocessedTraceIds: [] }),
  readsWhole: true,
  lacks: ['token', 'user'],
  connect({ url, headers, timeoutMs, maxBytes }) {
    const source = xrayTraces({ ...awsAt(url), headers, timeoutMs, maxBytes });
    return { ask: (signal) => source.openTrace(TRACE_ID, signal), check: (signal) => source.check(signal) };
  },
});

async function spansFrom(source: TraceSource, id = TRACE_ID) {
  const text = await textOf((await source.openTrace(id, later())).chunks);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => JSON.parse(line).resourceSpans)
    .flatMap((program) =>
      program.scopeSpans.flatMap(({ spans }: { spans: object[] }) =>
        spans.map((one) => ({ ...one, of: program.resource })),
      ),
    );
}

const attributesOf = ({ attributes }: { attributes: { key: string; value: object }[] }) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('a trace of X-Ray', () => {
  test('has a span for each segment and subsegment, below its caller; what X-Ray inferred is none', () =>
    against(withTrace, async (source) => {
      const spans = await spansFrom(source);
      expect(spans.map(({ name, kind, spanId, parentSpanId }) => [name, kind, spanId[0], parentSpanId])).toEqual(
        expect.arrayContaining([
          ['POST /items', 'server', '6', '17c25a9b1f0a1f21'],
          ['DynamoDB.GetItem', 'client', '1', '6b55dcc497934f1a'],
          ['work', 'internal', '2', '6b55dcc497934f1a'],
          ['shop@db.example.com', 'client', '3', '2f2e3d4c5b6a7988'],
        ]),
      );
      expect(spans).toHaveLength(4);
      expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
      expect(attributesOf(spans[0].of)).toEqual({
        'service.name': 'cart',
        'service.version': '4.2.0',
        'cloud.account.id': '123456789012',
        'container.name': 'cart-7f',
      });
    }));

  test('keeps times, status, exception and attributes under OpenTelemetry’s names', () =>
    against(withTrace, async (source) => {
      const spans = await spansFrom(source);
      const named = (name: string) => spans.find((one) => one.name === name);
      const cart = named('POST /items');
      expect(cart).toMatchObject({
        startTimeUnixNano: '1767709801250000000',
        endTimeUnixNano: '1767709801750000000',
        status: { code: 2, message: 'could not lock the items' },
      });
      expect(attributesOf(cart)).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': 500,
        'http.route': '/items',
        'nested.depth': 1,
        ...{ tenant: 'acme', attempt: 2 },
      });
      expect(attributesOf(cart.events[0])).toEqual({
        'exception.type': 'LockError',
        'exception.message': 'could not lock the items',
        'exception.stacktrace': 'LockError: could not lock the items\n    at lock (cart.js:42)',
      });
      expect(named('DynamoDB.GetItem').status).toEqual({ code: 2 });
      expect(attributesOf(named('DynamoDB.GetItem'))).toMatchObject({
        ...{ 'rpc.system': 'aws-api', 'rpc.service': 'DynamoDB', 'rpc.method': 'GetItem' },
        'aws.dynamodb.table_names': 'items',
        'aws.xray.throttle': true,
      });
      expect(attributesOf(named('shop@db.example.com'))).toMatchObject({
        'db.system': 'postgresql',
        'db.statement': 'SELECT * FROM items WHERE id = ?',
      });
    }));

  describe('of subsegments that are documents of their own', () => {
    const subsegment = (id: string, parent_id: string) => {
      const [start_time, end_time] = [1_767_709_801.3, 1_767_709_801.4];
      const own = { id: id.repeat(16), parent_id: parent_id.repeat(16), name: `GET /${id}`, start_time, end_time };
      return { ...own, trace_id: XRAY_ID, type: 'subsegment', namespace: 'remote' };
    };
    const root = {
      ...subsegment('a', '0'),
      ...{ name: 'cart', parent_id: undefined, type: undefined, namespace: undefined },
      metadata: { default: { 'otel.resource.k8s.pod.name': 'cart-7f', tenant: 'acme' } },
    };
    /** Each page has one document. */
    const inPages = (documents: readonly object[]): Answering => {
      let page = 0;
      return () => {
        page += 1;
        const NextToken = page < documents.length ? `${page}` : undefined;
        return awsAnswer({ Traces: [traceOf(documents.slice(page - 1, page))], UnprocessedTraceIds: [], NextToken });
      };
    };
    const placesOf = (spans: Awaited<ReturnType<typeof spansFrom>>) =>
      spans.map(({ spanId, kind, of }) => [spanId[0], kind, attributesOf(of)['service.name']]);

    test('each belongs to the program of its parent, in whatever order they come', () =>
      against(inPages([subsegment('c', 'b'), subsegment('b', 'a'), root]), async (source) => {
        const spans = await spansFrom(source);
        expect(placesOf(spans)).toEqual([
          ['a', 'server', 'cart'],
          ['b', 'client', 'cart'],
          ['c', 'client', 'cart'],
        ]);
        expect(attributesOf(spans[0].of)).toEqual({ 'service.name': 'cart', 'k8s.pod.name': 'cart-7f' });
        expect(attributesOf(spans[0])).toEqual({ tenant: 'acme' });
        // A name that no host can have is none.
        expect(attributesOf(spans[1])).toEqual({});
      }));

    test('one whose parent is missing comes once, and so do two that name each other', () =>
      against(inPages([subsegment('d', 'e'), subsegment('e', 'd'), subsegment('f', '9')]), async (source) => {
        const spans = await spansFrom(source);
        expect(spans.map(({ spanId }) => spanId[0]).sort()).toEqual(['d', 'e', 'f']);
      }));

    test('what came is handed on before the reason why the rest did not', () => {
      const answers = [awsAnswer({ Traces: [traceOf([subsegment('f', '9')])], NextToken: '1' }), refuse(503)];
      return against(
        () => answers.shift() ?? refuse(503),
        async (source) => {
          const parts: string[] = [];
          const { chunks } = await source.openTrace(TRACE_ID, later());
          const read = async () => {
            for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString('utf8'));
          };
          await expect(read()).rejects.toMatchObject({ status: 503 });
          expect(parts.join('')).toContain('f'.repeat(16));
        },
      );
    });
  });

  test('is read by the decoder', () =>
    against(withTrace, async (source) => {
      const { chunks, format } = await source.openTrace(TRACE_ID, later());
      const body = traceBody(format, 'xray');
      for await (const chunk of chunks) body.push(chunk);
      expect(body.end()).toBeDefined();
    }));

  test('is asked for by Amazon’s form of its id, by a signed request', () =>
    against(withTrace, async (source, asked) => {
      const { query } = await source.openTrace(TRACE_ID.toUpperCase(), later());
      expect(query.url).toBe(
        `https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#xray:traces/${XRAY_ID}`,
      );
      expect(asked[0]).toMatchObject({ action: 'Traces', json: { TraceIds: [XRAY_ID] } });
      expect(asked[0]?.headers.authorization).toMatch(/\/20260106\/eu-west-1\/xray\/aws4_request, /);
    }));

  test('may come in pages', () =>
    against(
      ({ json }) =>
        awsAnswer(
          json.NextToken === 'more'
            ? { Traces: [traceOf([{ ...CART, id: '7f2e3d4c5b6a7988', subsegments: [] }])] }
            : { Traces: [traceOf([CART])], NextToken: 'more' },
        ),
      async (source, asked) => {
        expect(await spansFrom(source)).toHaveLength(5);
        expect(asked.map(({ json }) => json.NextToken)).toEqual([undefined, 'more']);
      },
    ));

  test.each<[string, (page: number) => object]>([
    ['X-Ray did not read', () => ({ Traces: [traceOf([CART])], UnprocessedTraceIds: [XRAY_ID] })],
    ['larger than X-Ray keeps', () => ({ Traces: [traceOf([CART], { LimitExceeded: true })] })],
    ['more than 20 pages', (page) => ({ Traces: [traceOf([CART])], NextToken: `page ${page}` })],
    ['the same next page twice', () => ({ Traces: [traceOf([CART])], NextToken: 'for ever' })],
  ])('that is not whole says so, after what came: %s', (why, answer) => {
    let page = 0;
    return against(
      () => {
        page += 1;
        return awsAnswer(answer(page));
      },
      async (source) => {
        const { chunks } = await source.openTrace(TRACE_ID, later());
        const parts: string[] = [];
        const read = async () => {
          for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString());
        };
        await expect(read()).rejects.toThrow(why);
        expect(parts.join('')).toContain('could not lock the items');
      },
    );
  });

  test.each([
    ['nobody has', TRACE_ID, { Traces: [], UnprocessedTraceIds: [] }],
    ['has no segment', TRACE_ID, { Traces: [traceOf([])] }],
    ['has 64 bits', 'a3ce929d0e0e4736', { Traces: [traceOf([CART])] }],
  ])('that %s is not found', (_, id, answer) =>
    against(
      () => awsAnswer(answer),
      async (source) => {
        await expect(source.openTrace(id, later())).rejects.toMatchObject({ code: 'SH_TRACE_NOT_FOUND' });
      },
    ),
  );

  test('has no span of what is no segment', () => {
    const odd = [
      '',
      '[]',
      'null',
      '{"id":7}',
      '{"id":"6b55dcc497934f1a"}',
      JSON.stringify({ ...CART, start_time: -1 }),
    ];
    const deep = `{"id":"6b55dcc497934f1b","name":"deep","start_time":1,${'"subsegments":[{"id":"6b55dcc497934f1b","start_time":1,'.repeat(2_000)}"name":"x"${'}]'.repeat(2_000)}}`;
    const Segments = [
      ...odd,
      deep,
      JSON.stringify({ ...CART, http: 7, aws: null, cause: 'a', metadata: [], subsegments: 7 }),
    ];
    return against(
      () => awsAnswer({ Traces: [{ Id: XRAY_ID, Segments: Segments.map((Document) => ({ Document })) }] }),
      async (source) => {
        const spans = await spansFrom(source);
        expect(spans.map(({ spanId }) => spanId)).toContain('6b55dcc497934f1a');
        expect(spans).toHaveLength(2_002);
      },
    );
  });
});

describe('a search', () => {
  const ids = Array.from({ length: 9 }, (_, at) => `1-5759e98${at}-bd862e3fe1be46a994272793`);
  const found: Answering = ({ action, json }) => {
    if (action === 'Traces')
      return awsAnswer({ Traces: (json.TraceIds as string[]).map((Id) => ({ ...traceOf([CART]), Id })) });
    return awsAnswer(
      json.NextToken === undefined
        ? { TraceSummaries: [], NextToken: 'on' }
        : { TraceSummaries: ids.map((Id) => ({ Id, Duration: 1, IsPartial: false })) },
    );
  };

  test('finds ids, and reads five traces at once', () =>
    against(found, async ({ search }, asked) => {
      const [body] = (await search?.(SEARCH, later())) ?? [];
      const text = body === undefined ? '' : await textOf(body.chunks);
      expect(new Set(text.match(/5759e98\dbd862e3fe1be46a994272793/g)).size).toBe(7);
      expect(asked.map(({ action }) => action)).toEqual(['TraceSummaries', 'TraceSummaries', 'Traces', 'Traces']);
      expect(asked[0]?.json).toEqual({
        StartTime: FROM_US / 1e6,
        EndTime: FROM_US / 1e6 + 60,
        TimeRangeType: 'TraceId',
        Sampling: false,
        FilterExpression: 'service("cart")',
      });
      expect(asked[3]?.json.TraceIds).toEqual(ids.slice(5, 7));
    }));

  test.each([
    [{ failing: true }, 'service("cart") { (fault = true OR error = true) }'],
    [{ minDurationUs: 1_500_000 }, 'service("cart") { responsetime >= 1.5 }'],
    [
      { failing: true, minDurationUs: 1 },
      'service("cart") { (fault = true OR error = true) AND responsetime >= 0.000001 }',
    ],
    [{ service: 'a") OR service("b' }, 'service("a?? OR service??b")'],
    [{ service: 'cart.example.com:8080/v2' }, 'service("cart.example.com:8080/v2")'],
  ])('filters by the service: %j', (more, filter) =>
    against(
      () => awsAnswer({ TraceSummaries: [] }),
      async ({ search }, asked) => {
        expect(await search?.({ ...SEARCH, ...more }, later())).toEqual([]);
        expect(asked[0]?.json.FilterExpression).toBe(filter);
      },
    ),
  );

  test('looks through the last six hours of a longer window', () =>
    against(
      () => awsAnswer({ TraceSummaries: [] }),
      async ({ search }, asked) => {
        await search?.({ ...SEARCH, fromUs: FROM_US - 86_400e6 }, later());
        expect(asked[0]?.json).toMatchObject({ StartTime: FROM_US / 1e6 + 60 - 21_600 });
      },
    ));
});

describe('an answer of X-Ray that is no trace', () => {
  test.each<[string, Answering, object]>([
    ['no rights', () => awsError('AccessDeniedException', 'not authorized'), { status: 403, retryable: false }],
    ['401', () => refuse(401), { status: 401 }],
    ['a limit', () => awsError('ThrottledException', 'Rate exceeded', 429), { status: 429, retryable: true }],
    ['a limit by its code', () => awsError('ThrottlingException', 'Rate exceeded'), { status: 429 }],
    ['a wrong request', () => awsError('InvalidRequestException', 'wrong'), { status: 400, retryable: false }],
    ['404', () => refuse(404, {}, 'UnknownOperation'), { status: 404 }],
    ['500', () => refuse(500), { status: 500, retryable: true }],
    ['503', () => refuse(503, { 'retry-after': '1' }), { status: 503, retryAfterMs: 1_000 }],
    ['a page', () => refuse(200, { 'content-type': 'text/html' }, '<p>'), { code: 'SH_NOT_A_BACKEND' }],
    ['other JSON', () => awsAnswer({ Traces: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['cut JSON', () => refuse(200, {}, '{"Traces":['), { code: 'SH_NOT_A_BACKEND' }],
    ['an id of another form', () => awsAnswer({ Traces: [{ Id: 'x', Segments: [] }] }), { code: 'SH_NOT_A_BACKEND' }],
  ])('%s', (_, answer, error) =>
    against(answer, async (source) => {
      await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject(error);
    }),
  );

  test('is waited for as long as the caller waits', () =>
    against(hang, async (source) => {
      await expect(source.openTrace(TRACE_ID, AbortSignal.timeout(30))).rejects.toThrow(/timed out$/);
    }));

  test('is read no further than the cap', () =>
    against(
      withTrace,
      async (source) => {
        await expect(source.openTrace(TRACE_ID, later())).rejects.toMatchObject({ code: 'SH_TOO_LARGE' });
      },
      { maxBytes: 500 },
    ));
});

describe('the services', () => {
  const graph: Answering = ({ json }) =>
    awsAnswer(
      json.NextToken === undefined
        ? {
            Services: [
              { Name: 'cart', Type: 'AWS::ECS::Container' },
              { Name: 'Client', Type: 'client' },
            ],
            NextToken: '2',
          }
        : { Services: [{ Name: 'cart' }, { Name: 'items', Type: 'AWS::DynamoDB::Table' }, { Name: 'pay' }, {}] },
    );

  test('are those that send segments, in the last hour', () =>
    against(graph, async (source, asked) => {
      expect(await source.services?.(later())).toEqual(['cart', 'pay']);
      expect(asked[0]).toMatchObject({ action: 'ServiceGraph', json: { EndTime: FROM_US / 1e6 } });
      expect(await source.check(later())).toMatchObject({ ok: true, detail: '2 services: cart, pay' });
    }));

  test.each([
    ['AccessDeniedException', /^Allow xray:BatchGetTraces/],
    ['UnrecognizedClientException', /AWS_ACCESS_KEY_ID/],
  ])('%s has a remedy', (code, remedy) =>
    against(
      () => awsError(code, 'no', 403),
      async (source) => {
        expect(await source.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
      },
    ),
  );
});
