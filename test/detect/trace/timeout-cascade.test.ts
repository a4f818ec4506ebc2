import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { timeoutCascade } from '#detect/trace/timeout-cascade.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const UPDATE = 'UPDATE inventory SET reserved = 1 WHERE sku = $1';
const failed = { failed: true };
/** A request that its own timer ended during a call to a host without spans. */
const inTime = (options: SpanOptions) =>
  server('till', 'POST /pay', { ms: 10_005, ...failed, attributes: { 'http.response.status_code': 500 } }, [
    call('till', 'fx.bank.example', 'POST', {
      ...failed,
      statusText: 'Request ran for longer than 10000ms',
      ...options,
    }),
  ]);
const timer = () =>
  logLine('till', 10_002, 'source=rack-timeout id=7f timeout=10000ms service=10001ms state=timed_out at=error', {
    spanId: '0',
    level: 'error',
  });
/** Both sides of a call, the callee’s a little shorter. */
const hop = (from: string, to: string, operation: string, at: number, ms: number, children: readonly SpanNode[] = []) =>
  call(from, to, operation, { at, ms, ...failed }, [
    server(to, operation, { at: at + 1, ms: ms - 2, ...failed }, children),
  ]);
const simple = (ms: number, options: SpanOptions = {}, root: SpanOptions = {}) =>
  drawn(
    server('web', 'GET /list', { ms: ms + 20, ...failed, ...root }, [
      call('web', 'stock', 'GET /stock', { at: 10, ms, ...failed, ...options }),
    ]),
  );

/** The caller gives up on two calls at once. */
const gaveUpOnTwo = (statusText: string) =>
  drawn(
    server('web', 'GET /list', { ms: 5000, ...failed, statusText }, [
      call('web', 'stock', 'GET /stock', { at: 15, ms: 4985 }),
      call('web', 'price', 'GET /price', { at: 95, ms: 4904 }),
    ]),
  );

/** The dyno goes on after the router has ended the request; one call takes so much of its time. */
const endedByRouter = (statusText: string, callMs: number) =>
  drawn(
    server('web', 'POST /label', { ms: 31_000, ...failed, statusText }, [
      call('web', 'api.carrier.example', 'POST', { at: 15, ms: callMs }),
      query('web', UPDATE, { at: callMs + 100, ms: 5 }),
    ]),
  );

/** A call that names nobody, and a function that says so at its end. */
const invoked = (line: string) =>
  drawn(
    server('web', 'POST /image', { ms: 29_040, ...failed, attributes: { 'http.response.status_code': 500 } }, [
      call('web', '', 'Invoke', { at: 10, ms: 29_020 }),
    ]),
    { logs: [logLine('resize-fn', 29_025, line)] },
  );

const fetched = (line: string) =>
  drawn(
    server('web', 'GET /list', { ms: 4731, ...failed }, [
      call('web', 'stock', 'GET', { at: 10, ms: 4711, ...failed, statusText: 'fetch failed' }),
    ]),
    { logs: [logLine('web', 4730, line, { spanId: '0', level: 'error' })] },
  );

/** A call that timed out, and what its caller logged about it. */
const loggedWait = (line: string) =>
  drawn(
    server('web', 'GET /list', { ms: 3030, ...failed }, [
      call('web', 'stock', 'GET /stock', {
        at: 10,
        ms: 3000,
        ...failed,
        statusText: 'timed out after 3000 ms',
      }),
    ]),
    { logs: [logLine('web', 3020, line, { spanId: '0', level: 'error' })] },
  );

testDetector(timeoutCascade, {
  clear: {
    'a device that no packet reaches': drawn(
      server('till', 'POST /receipts', { ms: 3060, ...failed }, [
        call('till', 'printer-4.shop.example', 'print', { at: 20, ms: 3000, ...failed }),
      ]),
      {
        logs: [logLine('till', 3025, 'OSError: [Errno 113] No route to host', { spanId: '0', level: 'error' })],
      },
    ),
    'a network that is away': simple(2000, { statusText: 'connect ENETUNREACH 10.3.0.9:9100' }),
    'a callee that its registry knows to be dead': loggedWait('stock: its one check is critical since 12 min'),
    'a callee that left its cluster': loggedWait('connect timed out after 3000 ms: node 10.0.4.2 has left the cluster'),
    'a driver that found no server, as the code that called it logs right then': loggedWait(
      'reason: TopologyDescription { type: "ReplicaSetNoPrimary", setName: "seats" }',
    ),
    'a name without an answer of its resolver, as the code that called logs right then': loggedWait(
      'dial tcp: lookup seats.opera.test on 10.0.0.2:53: server misbehaving',
    ),
    'a router that ended a request whose time no call took': endedByRouter('H12 Request timeout', 9000),
    'a request that failed long after its slow call, for a reason of its own': endedByRouter('no such box', 27_000),
    'a request that takes 30 seconds and succeeds': drawn(
      server('web', 'GET /list', { ms: 30_010 }, [call('web', 'stock', 'GET /stock', { at: 5, ms: 30_000 })]),
    ),
    'a long failure that says something else': simple(5000, { statusText: 'no such column: sku' }),
    'a failure of no round length that says nothing': simple(4700),
    'a round length, after which the callee refused': simple(10_000, {
      attributes: { 'http.response.status_code': 429 },
    }),
    'a round length, after which the caller went on for a while': simple(5000, {}, { ms: 9000 }),
    'a connection that did not come about': simple(5000, { statusText: 'connect ETIMEDOUT 10.0.0.9:443' }),
    'a driver that found no server to ask': simple(5000, {
      statusText: 'MongoServerSelectionError: Server selection timed out after 5000 ms',
    }),
    'a topic of which no broker knows': simple(5000, {
      statusText: 'TimeoutException: Topic orders not present in metadata after 5000 ms.',
    }),
    'a time-out that the caller put up with': simple(5000, { statusText: 'timeout' }, { failed: false }),
    'a time-out shorter than anybody waits': simple(199, { statusText: 'timeout' }),
    'a time-out that is a small part of the request': simple(1000, { statusText: 'timeout' }, { ms: 5001 }),
    'a call that its caller cancelled while it ran': drawn(
      server('web', 'GET /list', { ms: 900, ...failed }, [
        call('web', 'stock', 'GET /stock', { at: 10, ms: 800, ...failed, attributes: { 'rpc.grpc.status_code': 1 } }, [
          server('stock', 'GET /stock', { at: 11, ms: 2000 }),
        ]),
      ]),
    ),
    'a call that failed before its caller reached its own limit': drawn(
      server('web', 'POST /enrich', { ms: 29_010, ...failed }, [
        span('fn', 'fn', { at: 5, ms: 29_000, ...failed, statusText: 'Task timed out after 29.00 seconds' }, [
          call('fn', 'api', 'GET', { at: 10, ms: 12_345, ...failed }),
        ]),
      ]),
    ),
    'a function whose limit is not as long as the call that names nobody': invoked(
      'Task timed out after 20.00 seconds',
    ),
    'a failed fetch of no round length whose cause is another one': fetched('{"cause":{"code":"UND_ERR_SOCKET"}}'),
    'work that says it timed out and waited for nobody': drawn(
      span('web', 'job', { ms: 5000, ...failed, statusText: 'job timed out' }),
    ),
  },
  found: {
    'a wait beside which another peer is dead': {
      ...loggedWait('mailer: its one check is critical since 12 min'),
      sightings: [{ service: 'stock' }],
    },
    'a timer of the caller that ended its one call to a host without spans': {
      ...drawn(inTime({ at: 40, ms: 9960 }), { logs: [timer()] }),
      sightings: [{ service: 'fx.bank.example' }],
    },
    'the same timer in a call that began late': {
      ...drawn(inTime({ at: 4000, ms: 6000 }), { logs: [timer()] }),
      sightings: [{ service: 'till' }],
    },
    'a limit that left no words in the call': {
      ...drawn(inTime({ at: 40, ms: 9960, statusText: '' }), { logs: [timer()] }),
      sightings: [{ service: 'till' }],
    },
    'a function without spans whose limit is as long as the one call that names nobody': {
      ...invoked('7f01 Task timed out after 29.00 seconds'),
      sightings: [{ service: 'resize-fn', spans: ['0.0', '0'] }],
    },
    'the function that another one invoked, which reports its words': {
      ...drawn(
        server('cart-fn', 'cart-fn', { ms: 30_000, ...failed }, [
          call(
            'cart-fn',
            'stock-fn',
            'Invoke',
            {
              at: 5,
              ms: 29_990,
              ...failed,
              statusText: 'Task timed out after 29.00 seconds',
              attributes: { 'faas.invoked_name': 'stock-fn' },
            },
            [
              server('stock-fn', 'stock-fn', { at: 800, ms: 29_000 }, [
                span('stock-fn', 'count', { at: 810, ms: 28_000 }),
              ]),
            ],
          ),
        ]),
      ),
      sightings: [{ service: 'stock-fn' }],
    },
    'a callee that only the address of the call names': {
      ...simple(5000, { statusText: 'timeout', peer: '', attributes: { 'http.url': 'http://stock:8080/stock?sku=7' } }),
      sightings: [{ service: 'stock', title: /of stock did not answer within 5 s/ }],
    },
    'a failed fetch whose cause a line of its caller records': {
      ...fetched('{"msg":"fetch failed","err":{"cause":{"code":"UND_ERR_HEADERS_TIMEOUT"}}}'),
      sightings: [{ service: 'stock', explanation: /UND_ERR_HEADERS_TIMEOUT/ }],
    },
    'a time-out that .NET also calls cancelled': {
      ...simple(5000, {
        statusText: 'The operation was canceled.',
        events: [
          {
            at: 5005,
            name: 'exception',
            attributes: {
              'exception.type': 'System.Threading.Tasks.TaskCanceledException',
              'exception.message':
                'The request was canceled due to the configured HttpClient.Timeout of 5 seconds elapsing.',
            },
          },
        ],
      }),
      sightings: [{ service: 'stock' }],
    },
    'a router that ended a request after a late answer': {
      ...endedByRouter('at=error code=H12 desc="Request timeout" service=30000ms', 27_000),
      sightings: [
        {
          service: 'api.carrier.example',
          title:
            'POST /label of web failed because POST of api.carrier.example took 27 s of its 31 s, and a router gave up before',
        },
      ],
    },
    'as unsure, a time-out while two calls were not answered, of which it names none': {
      ...gaveUpOnTwo('request timed out'),
      sightings: [
        {
          service: 'stock',
          spans: ['0.0', '0'],
          title:
            'GET /list of web failed because GET /stock of stock did not answer within 5 s, nor did GET /price of price',
        },
      ],
    },
    'a time-out while two calls were not answered, of which it names the shorter': {
      ...gaveUpOnTwo('price did not answer: request timed out'),
      sightings: [
        {
          service: 'price',
          spans: ['0.1', '0'],
          title: 'GET /list of web failed because GET /price of price did not answer within 4.9 s',
        },
      ],
    },
    'the thirty seconds of four layers, down to the query that was waited for': {
      ...drawn(
        server('api-gateway', 'POST /orders', { ms: 30_012, ...failed }, [
          hop('api-gateway', 'order-service', 'POST /create', 3, 30_005, [
            hop('order-service', 'inventory-svc', 'POST /reserve', 6, 30_001.5, [
              query('inventory-svc', UPDATE, {
                at: 7.2,
                ms: 29_999.1,
                ...failed,
                statusText: 'Lock wait timeout exceeded',
              }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'inventory-svc',
          operation: 'UPDATE inventory',
          spans: ['0.0.0.0.0.0', '0.0.0.0.0', '0.0.0.0', '0.0.0', '0.0', '0'],
          title:
            'POST /orders of api-gateway failed because UPDATE inventory of inventory-svc did not answer within 30 s',
        },
      ],
    },
    'a callee that nobody traced': {
      ...simple(2000, { statusText: 'context deadline exceeded' }),
      sightings: [{ service: 'stock', operation: 'GET /stock', spans: ['0.0', '0'], wastedMs: 2000 }],
    },
    'a time-out as a code and as the name of an error': {
      ...simple(700, { attributes: { 'rpc.grpc.status_code': 4 } }),
      sightings: [{ service: 'stock', title: /did not answer within 700 ms/ }],
    },
    'a round length with which the caller failed in the same instant': {
      ...simple(5003),
      sightings: [
        { service: 'stock', title: 'GET /list of web failed because GET /stock of stock did not answer within 5 s' },
      ],
    },
    'a caller that gives up while its callee goes on': {
      ...drawn(
        server('web', 'GET /list', { ms: 2010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 2000, ...failed }, [
            server('stock', 'GET /stock', { at: 6, ms: 5200 }),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'stock',
          spans: ['0.0', '0'],
          title: 'GET /list of web failed because GET /stock of stock did not answer within 2 s',
        },
      ],
    },
    'a caller whose limit is shorter than that of its callee': {
      ...drawn(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'deadline exceeded' }, [
            server('stock', 'GET /stock', { at: 6, ms: 10_005, ...failed }, [
              call('stock', 'price', 'GET /price', { at: 8, ms: 10_000, ...failed, statusText: 'read timed out' }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'price',
          title: 'GET /list of web failed because GET /price of price did not answer within 10 s',
        },
      ],
    },
    'a callee that fails after its caller has gone': {
      ...drawn(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed }, [
            server('stock', 'GET /stock', { at: 6, ms: 4000, ...failed, statusText: 'broken pipe' }),
          ]),
        ]),
      ),
      sightings: [{ service: 'stock', spans: ['0.0', '0'] }],
    },
    'who answers 504, and the call that it was waiting for': {
      ...drawn(
        server('proxy', 'GET /list', { ms: 3010, attributes: { 'http.response.status_code': 504 } }, [
          call('proxy', 'stock', 'GET /stock', { at: 5, ms: 3000 }, [
            server('stock', 'GET /stock', { at: 6, ms: 8000 }),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'stock',
          spans: ['0.0', '0'],
          title: 'GET /list of proxy failed because GET /stock of stock did not answer within 3 s',
        },
      ],
    },
    'the deepest service that was still working when the caller gave up': {
      ...drawn(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'timed out' }, [
            server('stock', 'GET /stock', { at: 6, ms: 4100 }, [
              call('stock', 'supplier', 'GET /offers', { at: 10, ms: 4080 }, [
                server('supplier', 'GET /offers', { at: 11, ms: 4070 }),
              ]),
            ]),
          ]),
        ]),
      ),
      sightings: [
        { service: 'supplier', title: /of stock did not answer within 3 s: GET \/offers of supplier was still/ },
      ],
    },
    'the query for which the callee was still waiting': {
      ...drawn(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'timed out' }, [
            server('stock', 'GET /stock', { at: 6, ms: 4100 }, [
              query('stock', 'SELECT * FROM stock WHERE sku = $1', { at: 10, ms: 4080 }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'stock',
          title:
            'GET /list of web failed because GET /stock of stock did not answer within 3 s: SELECT stock of stock was still working',
        },
      ],
    },
    'the host without spans for which the callee was still waiting': {
      ...drawn(
        server('web', 'GET /list', { ms: 3010, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'timed out' }, [
            server('stock', 'GET /stock', { at: 6, ms: 4100 }, [
              call('stock', 'api.supplier.example', 'GET', { at: 10, ms: 4080 }),
            ]),
          ]),
        ]),
      ),
      sightings: [
        {
          service: 'api.supplier.example',
          title: /did not answer within 3 s: GET of api\.supplier\.example was still working/,
          explanation: /web gave up after 3 s\. stock answered without an error after 4\.1 s, but nobody used/,
          remedy: /^Find out why api\.supplier\.example takes so long for GET\./,
          check: /^web has no limit of about 3 s for this call/,
        },
      ],
    },
    'three attempts as one wait': {
      ...drawn(
        server('web', 'GET /list', { ms: 3100, ...failed }, [
          ...[0, 1000, 2000].map((at) =>
            call('web', 'stock', 'GET /stock', { at, ms: 990, ...failed, statusText: 'timed out' }),
          ),
        ]),
      ),
      sightings: [{ service: 'stock', spans: ['0.2', '0.0', '0.1', '0'], title: /in 3 attempts/ }],
    },
    'a time-out that only the log speaks of': {
      ...drawn(
        server('web', 'GET /list', { ms: 4800, ...failed }, [
          call('web', 'stock', 'GET /stock', { at: 10, ms: 4700, ...failed }),
        ]),
        { logs: [logLine('web', 4710, 'GET /stock: read timed out', { spanId: '0.0', level: 'error' })] },
      ),
      sightings: [{ service: 'stock' }],
    },
  },
});

test.each([
  ['stock.reserve', 'stock'],
  ['rpc.stock.reserve', 'stock'],
  ['rpc_queue', 'shop'],
])('a request over a broker that nobody answers is owed by who listens to %s', (subject, service) => {
  const trace = traceOf(
    server('shop', 'GET /stock', { ms: 5010, failed: true }, [
      call('shop', 'nats', `${subject} request`, {
        ms: 5000,
        failed: true,
        statusText: 'nats: timeout',
        attributes: { 'messaging.system': 'nats', 'messaging.destination.name': subject, 'server.address': 'nats' },
      }),
    ]),
  );
  const outcome = runDetector(timeoutCascade, { trace });
  expect(outcome.kind === 'found' && outcome.findings[0]?.service).toBe(service);
});

test.each([
  ['that end within microseconds of each other, both', 5_000.04, ['stock', 'price']],
  ['of which one ended long before the other, the one waited for', 3_000, ['stock']],
])('of two calls side by side %s', (_, priceMs, services) => {
  const timedOut = { failed: true, statusText: 'timeout' };
  const trace = traceOf(
    server('web', 'GET /list', { ms: 5_100, ...failed }, [
      call('web', 'stock', 'GET /stock', { at: 10, ms: 5_000.08, ...timedOut }),
      call('web', 'price', 'GET /price', { at: 10, ms: priceMs, ...timedOut }),
    ]),
  );
  const outcome = runDetector(timeoutCascade, { trace });
  expect(outcome.kind === 'found' && outcome.findings.map(({ service }) => service)).toEqual(services);
});

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', false],
  ['HTTP connect timed out', false],
  ['dial tcp 10.0.0.9:443: i/o timeout', false],
  ['Connection timed out - connect(2) for 10.0.0.9:502', false],
  ['timeout expired: tcp connect error: Connection refused (os error 111)', false],
  ['relay: HTTP 504, there are no listeners connected for the endpoint', false],
  ['504: no agent connected for this cluster', false],
  ['upstream timed out (110: Connection timed out) while connecting to upstream', true],
  ['read tcp 10.0.0.4:51->10.0.0.9:443: i/o timeout', true],
  ['Read timed out after 5 s', true],
])('only a callee that got the request can be late: %s', (statusText, isLate) => {
  const trace = traceOf(...simple(5000, { statusText }).roots);
  expect(runDetector(timeoutCascade, { trace }).kind).toBe(isLate ? 'found' : 'clear');
});

test('a broker that got no acknowledgement in time ends the work, which ran longer than the limit', () => {
  const told = (ms: number, text: string) => {
    const trace = traceOf(
      span('shop', 'renders publish', { ms: 12, kind: 'producer' }, [
        span('renderer', 'renders process', { at: 60, ms, ...failed, kind: 'consumer' }),
        span('renderer', 'renders process', { at: 2_000_000, ms: 900, kind: 'consumer' }),
      ]),
    );
    const outcome = runDetector(timeoutCascade, { trace, logs: [logLine('renderer', ms + 50, text)] });
    return outcome.kind === 'found' ? outcome.findings.map(({ service, title }) => `${service} ${title}`) : [];
  };
  const LATE =
    'PreconditionFailed: (406) PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms.';
  expect(told(1_930_000, LATE)).toEqual([expect.stringMatching(/^renderer .*time limit of 30 min/)]);
  // It did not run so long, and the channel was closed for another reason.
  expect(told(600_000, LATE)).toEqual([]);
  expect(told(1_930_000, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'renders'")).toEqual([]);
});
