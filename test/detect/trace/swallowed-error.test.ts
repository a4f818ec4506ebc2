import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { swallowedError } from '#detect/trace/swallowed-error.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });
const timedOut: SpanOptions = { failed: true, statusText: 'timeout of 5000 ms exceeded' };
const duplicate: SpanOptions = {
  failed: true,
  statusText: 'ERROR: duplicate key value violates unique constraint "views_pkey" (SQLSTATE 23505)',
};
const thrown = (at: number, message = 'Connection reset by peer'): SpanOptions => ({
  failed: false,
  attributes: status(200),
  events: [
    { at, name: 'exception', attributes: { 'exception.type': 'ConnectionError', 'exception.message': message } },
  ],
});
const page = (children: Parameters<typeof server>[3], options: SpanOptions = {}, warning = '') =>
  drawn(server('product-service', 'GET /product/123', { ms: 6000, attributes: status(200), ...options }, children), {
    logs:
      warning === ''
        ? []
        : [{ ...logLine('product-service', 20, warning, { level: 'warn' }), rung: 'trace-id' as const }],
  });
const reviews = (options: SpanOptions = {}, children: Parameters<typeof call>[4] = []) =>
  call('product-service', 'review-service', 'GET /reviews', { at: 20, ms: 100, failed: true, ...options }, children);

testDetector(swallowedError, {
  clear: {
    'the slower of two calls at once, cancelled when the other had answered': page([
      reviews({ at: 20, ms: 100, attributes: { 'error.type': 'kotlinx.coroutines.JobCancellationException' } }),
      call('product-service', 'review-service', 'GET /reviews', { at: 60, ms: 60, attributes: status(200) }),
    ]),
    'a conditional write whose caller notes that the condition did not hold': drawn(
      server('seats', 'PUT /seats/4', { ms: 80, attributes: status(200) }, [
        query('seats', 'PutItem', {
          at: 10,
          ms: 20,
          failed: true,
          attributes: { 'db.system.name': 'aws.dynamodb', 'http.response.status_code': 400 },
        }),
      ]),
      {
        logs: [
          logLine('seats', 32, 'ConditionalCheckFailedException: seat 4 is held by this visitor', {
            spanId: '0',
            level: 'info',
          }),
        ],
      },
    ),
    ...Object.fromEntries(
      [
        'connection lost, trying another instance',
        'photo not found, placeholder used as intended',
        'login failed for ida from 192.0.2.7',
        'total 118.99 EUR, but positions make 181.99 EUR, invoice sent',
      ].map((line) => [`a warning of something else: ${line}`, page([], {}, line)]),
    ),
    'a page that loads without a picture': drawn(
      span('shop-page', 'documentLoad', { ms: 900 }, [
        call('shop-page', 'pictures.example', 'HTTP GET', { at: 20, ms: 300, failed: true, attributes: status(402) }),
      ]),
    ),
    'a page with a status of its own that loads without a picture': drawn(
      call('shop-page', '', 'pageload', { ms: 900, attributes: status(200) }, [
        call('shop-page', 'pictures.example', 'HTTP GET', { at: 20, ms: 300, failed: true, attributes: status(403) }),
      ]),
    ),
    'a screen of a phone on a cellular line': drawn(
      span('diver-app', 'SendDive', { ms: 9000 }, [
        call('diver-app', 'dives.example', 'HTTP POST', {
          at: 20,
          ms: 8000,
          failed: true,
          statusText: 'Unable to resolve host "dives.example"',
          attributes: { 'network.connection.type': 'cell' },
        }),
      ]),
    ),
    'a message of an open WebSocket that failed': drawn(
      server('game', 'websocket /play', { ms: 60_000, attributes: { 'http.response.status_code': 101 } }, [
        span('game', 'ws.message move', { at: 1000, ms: 6, failed: true, statusText: 'list index out of range' }),
      ]),
    ),
    'a caller that failed, too': page([reviews()], { attributes: status(500) }),
    'a caller that answered a client error': page([reviews()], { attributes: status(409) }),
    'a look-up that found nothing': page([reviews({ attributes: status(404) })]),
    'a look-up over gRPC that found nothing': page([reviews({ attributes: { 'rpc.grpc.status_code': 5 } })]),
    'an attempt to create what is there already': page([reviews({ attributes: status(409) })]),
    'a copy of the request that a proxy mirrored': drawn(
      server('mesh', 'ingress', { ms: 60, attributes: status(200) }, [
        call('mesh', 'booking', 'booking.prod.svc.cluster.local:8080/*', { at: 1, ms: 56 }),
        call('mesh', 'booking', 'booking-shadow.prod.svc.cluster.local:8080/*', { at: 2, ms: 18, failed: true }),
      ]),
    ),
    'a candidate that fails beside the control of its experiment': page([
      span('product-service', 'science price-rules', { at: 20, ms: 300 }, [
        span('product-service', 'control', { at: 21, ms: 90 }),
        span('product-service', 'candidate', { at: 120, ms: 90, failed: true, statusText: 'undefined rule' }),
      ]),
    ]),
    'a call that an extension of the browser did not send': drawn(
      span('web', 'load /toys', { ms: 320 }, [
        call('web', 'stats.example', 'POST', { at: 5, ms: 13, failed: true, statusText: 'net::ERR_BLOCKED_BY_CLIENT' }),
      ]),
    ),
    'a script that the store did not know and then got in whole': page([
      query('product-service', 'EVALSHA ? 1 ?', {
        attributes: { 'db.system.name': 'redis' },
        at: 20,
        ms: 2,
        failed: true,
        statusText: 'NOSCRIPT No matching script. Please use EVAL.',
      }),
      query('product-service', 'EVAL ? 1 ?', { attributes: { 'db.system.name': 'redis' }, at: 24, ms: 4 }),
    ]),
    'a hedge that its caller cancelled': page([reviews({ attributes: { 'rpc.grpc.status_code': 1 } })]),
    'a call that its caller cancelled, in words': page([reviews({ statusText: 'context canceled' })]),
    'an exception within a call that then got its answer': page([reviews(thrown(50))]),
    'an exception at the end of a call that was repeated': page([
      reviews(thrown(119)),
      reviews({ at: 200, failed: false }),
    ]),
    'an exception that only says that the call was cancelled': page([reviews(thrown(119, 'context canceled'))]),
    'a failed call in an attempt at a message that was delivered again': drawn(
      span('shop', 'hooks publish', { ms: 3, kind: 'producer' }, [
        span('hooks', 'hooks process', { at: 60, ms: 3050, kind: 'consumer' }, [
          call('hooks', 'partner', 'POST', { at: 70, ms: 3000, ...timedOut }),
        ]),
        span('hooks', 'hooks process', { at: 33_000, ms: 240, kind: 'consumer' }, [
          call('hooks', 'partner', 'POST', { at: 33_010, ms: 220 }),
        ]),
      ]),
    ),
    'a bad connection that the pool replaced': page([
      span('product-service', 'sql.conn.reset_session', {
        ms: 1,
        failed: true,
        statusText: 'driver: bad connection',
        attributes: { 'db.system.name': 'postgresql' },
      }),
      query('product-service', 'SELECT * FROM products WHERE id = 1', { at: 30, ms: 6 }),
    ]),
    'a row that is there already, and is then changed': page([
      query('product-service', 'INSERT INTO views (id) VALUES (1)', { ms: 4, ...duplicate }),
      query('product-service', 'UPDATE views SET n = n + 1 WHERE id = 1', { at: 10, ms: 4 }),
    ]),
    'the same, in the words of a driver for Ruby, and the row is then read': page([
      query('product-service', 'INSERT INTO views (token) VALUES ($1)', {
        ms: 4,
        failed: true,
        statusText: 'PG::UniqueViolation',
      }),
      query('product-service', 'SELECT * FROM views WHERE token = $1', { at: 10, ms: 4 }),
    ]),
    'a retry that succeeded': page([reviews(), reviews({ at: 200, failed: false })]),
    'a retry of the same address that succeeded on another host': page([
      reviews({ attributes: { 'url.full': 'http://10.0.0.1/reviews/123?try=1' } }),
      reviews({ at: 200, failed: false, attributes: { 'url.full': 'http://10.0.0.2/reviews/123' } }),
    ]),
    'another provider that gave the same': page([
      reviews(),
      call('product-service', 'review-mirror', 'GET /reviews', { at: 200, ms: 90 }),
    ]),
    'a cache that failed, and the store behind it that answered': page([
      call('product-service', 'redis', 'GET', {
        at: 0,
        ms: 5,
        failed: true,
        attributes: { 'db.system.name': 'redis' },
      }),
      query('product-service', 'SELECT * FROM products WHERE id = 1', { at: 10, ms: 20 }),
    ]),
    'work that went on after the answer': page([reviews({ at: 5990, ms: 100 })]),
    'a report to another service that times out after the answer': page([
      call('product-service', 'audit', 'POST /views', { at: 20, ms: 8000, ...timedOut }),
    ]),
    'a consumer that fails later': drawn(
      server('order-service', 'POST /orders', { ms: 50, attributes: status(201) }, [
        span('order-service', 'orders publish', { ms: 5, kind: 'producer' }, [
          span('fulfillment', 'orders process', { at: 900, ms: 10, kind: 'consumer', failed: true }),
        ]),
      ]),
    ),
    'a failure that went through work that nobody marked': page(
      [span('product-service', 'load page', { at: 10, ms: 120 }, [reviews()])],
      { failed: true, attributes: {} },
    ),
    ...Object.fromEntries(
      [
        'gave up the advisory lock 18 after commit',
        'giving up on sms 18: the customer has opted out',
        'no override for device 18 found, default profile is used',
        'font not found, which is fine',
        'session cookie missing, creating a new session',
        'could not parse Accept-Language "xx"',
        'request without correlation id',
        'weight missing, 1 kg assumed',
        'search returned nothing for "asdf"',
        'not leader, forwarding to node 2',
        'LIB0042: the dialect does not need to be specified explicitly',
        "The query uses 'Last' without 'OrderBy'. This may lead to unpredictable results.",
        'Failed to validate connection conn@77 (This connection has been closed.)',
        'barcode not readable, parcel goes to the hand sorters',
      ].map((line) => [`a line that tells of no loss: ${line}`, page([], {}, line)]),
    ),
  },
  found: {
    'a cancelled call, long after the other one had answered': {
      ...page([
        reviews({ at: 20, ms: 900, attributes: { 'error.type': 'TaskCanceledException' } }),
        call('product-service', 'review-service', 'GET /reviews', { at: 60, ms: 60, attributes: status(200) }),
      ]),
      sightings: [{ service: 'product-service' }],
    },
    ...Object.fromEntries(
      [
        'thumbs of photo 881 not made, task dropped',
        'nobody was told: the channel is gone',
        '3 of 9 pages written',
        'gave up on job 18 after 5 retries',
        'ranking failed, rank 0 used',
        'rows 4 to 9 not written, this may lead to unexpected totals',
        'letter not readable, it goes to the dead letter queue',
      ].map((line) => [
        `work that only a line tells of: ${line}`,
        {
          ...page([], {}, line),
          sightings: [{ service: 'product-service', title: /left undone/ }],
        },
      ]),
    ),
    'a page that a server draws without a part': {
      ...page([call('product-service', 'pictures.example', 'HTTP GET', { at: 20, ms: 300, failed: true })]),
      sightings: [{ service: 'product-service' }],
    },
    'the product page that answers 200 with two time-outs inside': {
      ...page([
        query('product-service', 'SELECT * FROM products WHERE id = 1', { at: 1, ms: 12 }),
        reviews({ at: 14, ms: 5001, ...timedOut }),
        call('product-service', 'recommendation-svc', 'GET /similar', { at: 15, ms: 5002, ...timedOut }),
        call('product-service', 'redis', 'SET', { at: 5020, ms: 3, attributes: { 'db.system.name': 'redis' } }),
      ]),
      sightings: [
        {
          service: 'product-service',
          operation: 'GET /product/123',
          spans: ['0.1', '0.2'],
          title:
            'product-service: GET /product/123 answered 200 although 2 of its calls failed (GET /reviews of review-service, GET /similar of recommendation-svc): “timeout of 5000 ms exceeded”',
        },
      ],
    },
    'an exception at the end of a call without an error status': {
      ...page([reviews(thrown(119))]),
      sightings: [
        {
          spans: ['0.0'],
          title: /although a call of it failed \(GET \/reviews of review-service\): “Connection reset by peer”$/,
        },
      ],
    },
    'a resolver’s error that GraphQL put into the body': {
      ...page([span('product-service', 'graphql.execute', { at: 5, ms: 90, ...thrown(95, 'KeyError: warehouse_id') })]),
      sightings: [{ spans: ['0.0'], title: /“KeyError: warehouse_id”$/ }],
    },
    'the same where the page did not wait for them to the end': {
      ...page(
        [
          reviews({ at: 14, ms: 5001, ...timedOut }),
          call('product-service', 'recommendation-svc', 'GET /similar', { at: 15, ms: 5002, ...timedOut }),
        ],
        { ms: 890 },
      ),
      sightings: [{ service: 'product-service', operation: 'GET /product/123', spans: ['0.0', '0.1'] }],
    },
    'what the caller noticed of a failure deeper down': {
      ...page([
        reviews({ attributes: status(500) }, [
          server('review-service', 'GET /reviews', { at: 22, ms: 90, attributes: status(500) }, [
            query('review-service', 'SELECT * FROM reviews WHERE id = 1', { at: 25, ms: 80, failed: true }),
          ]),
        ]),
      ]),
      sightings: [{ service: 'product-service', spans: ['0.0'], title: /with 500 Internal Server Error$/ }],
    },
    'retries that all failed, as one call with its attempts': {
      ...page(times(3, (i) => reviews({ at: i * 200 }))),
      sightings: [{ spans: ['0.0', '0.1', '0.2'], title: /3 of its calls failed \(GET \/reviews of review-service\)/ }],
    },
    'one element of a list that failed, whatever became of the others': {
      ...page(
        times(4, (i) =>
          reviews({ at: i * 200, failed: i === 1, attributes: { 'url.full': `http://reviews/reviews/${i}` } }),
        ),
      ),
      sightings: [{ spans: ['0.1'] }],
    },
    'a failure that work inside the service caught, with what the log says of it': {
      ...drawn(
        server('product-service', 'GET /product/123', { ms: 300, attributes: status(200) }, [
          span('product-service', 'load extras', { at: 10, ms: 200 }, [reviews({ at: 20, ms: 100 })]),
        ]),
        { logs: [logLine('product-service', 121, 'reviews: connection reset', { spanId: '0.0.0', level: 'error' })] },
      ),
      sightings: [{ operation: 'GET /product/123', spans: ['0.0.0'], title: /“reviews: connection reset”/ }],
    },
    'a row that is there already, as unsure': {
      ...page([query('product-service', 'INSERT INTO views (id) VALUES (1)', { ms: 4, ...duplicate })]),
      sightings: [{ spans: ['0.0'], title: /answered 200 although/ }],
    },
    'the same hidden in many answers once': {
      ...drawn(
        span(
          'web',
          'render list',
          { ms: 5000 },
          times(40, (i) =>
            server('product-service', 'GET /product', { at: i * 100, ms: 90, attributes: status(200) }, [
              reviews({ at: i * 100 + 5, ms: 50 }),
            ]),
          ),
        ),
      ),
      sightings: [{ spans: times(40, (i) => `0.${i}.0`), title: /answered 200 40 times although 40 of its calls/ }],
    },
  },
});

test.each<[boolean, string, string]>([
  [true, 'error', 'Sentry: could not deliver event, HTTP 429'],
  [true, 'error', 'otel: exporter: dropping span batch, collector returned Unavailable'],
  [true, 'error', 'GenServer Cattle.Thumb terminating\n** (stop) :normal_restart'],
  [true, 'error', 'ResizeObserver loop completed with undelivered notifications.'],
  [true, 'error', 'session ended'],
  [true, 'warn', 'Lost executor 7 on 10.8.0.31'],
  [true, 'warn', 'plate not readable (confidence 0.31)'],
  [false, 'error', 'ack deadline exceeded, attempt 5 of 5, forwarding to routes-dead-letter'],
  [false, 'error', 'alert not delivered to 31 members'],
  [false, 'error', 'java.lang.IllegalStateException: no rate for EUR'],
  [false, 'warn', 'thumbs of photo 881 not made, task dropped'],
  [false, 'warn', 'stores sent without distances'],
  [false, 'warn', 'hail.csv has 0 rows (yesterday 18211), went on'],
  [false, 'warn', '0 of 0 rows merged, mart.hail truncated and empty'],
])('a line that only complains is a remark: %s: %s %s', (isRemark, level, text) => {
  const logs = [{ ...logLine('shop', 20, text, { level }), rung: 'trace-id' as const }];
  const outcome = runDetector(swallowedError, {
    trace: traceOf(server('shop', 'GET /lots', { ms: 60, attributes: status(200) })),
    logs,
  });
  expect(outcome).toMatchObject({ findings: [{ facts: { isTold: true, isRemark } }] });
});

test('a phone that got no answer from any recorded server: the network may be the reason', () => {
  const phone = { resource: { 'os.name': 'Android' } };
  const screen = (children: Parameters<typeof call>[4] = []) =>
    runDetector(swallowedError, {
      trace: traceOf(
        span('app', 'Checkout.load', { ms: 10_010, ...phone }, [
          call('app', 'm.shop.example', 'GET', { ms: 10_000, ...timedOut, ...phone }, children),
        ]),
      ),
    });
  expect(screen()).toMatchObject({ findings: [{ inferred: true, couldBe: { length: 2 } }] });
  expect(screen([server('shop', 'GET /slots', { at: 5, ms: 12_000 })])).not.toMatchObject({
    findings: [{ inferred: true }],
  });
});

test.each<[boolean, SpanOptions]>([
  [true, { statusText: 'Failed to fetch' }],
  [true, { statusText: 'TypeError: NetworkError when attempting to fetch resource.' }],
  [true, { statusText: 'Load failed (api.shop.example)' }],
  [false, { statusText: 'Failed to fetch: net::ERR_CONNECTION_REFUSED' }],
  [false, { statusText: 'Failed to fetch the price list' }],
  [false, { statusText: 'Failed to fetch', attributes: status(503) }],
  [false, { statusText: 'fetch failed: connect ECONNREFUSED 10.0.0.9:443' }],
])('a browser that only knows that it got no answer: %s: %j', (isOpen, options) => {
  const trace = traceOf(
    span('page', 'click', { ms: 240 }, [
      call('page', 'api.shop.example', 'HTTP POST', { at: 6, ms: 220, failed: true, ...options }),
    ]),
  );
  const outcome = runDetector(swallowedError, { trace });
  expect(outcome).toMatchObject({ kind: 'found' });
  expect('findings' in outcome && outcome.findings[0]?.inferred === true).toBe(isOpen);
});

test('one of many that were asked for the same at once is unsure, for the caller may do without it', () => {
  const asked = (host: string, options: SpanOptions = {}) =>
    call('auction', host, 'POST /offer', { at: 5, ms: 90, attributes: status(200), ...options });
  const late: SpanOptions = { ms: 200, failed: true, statusText: 'limit of 200 ms exceeded', attributes: {} };
  const told = (others: readonly string[], at = 5) => {
    const calls = [...others.map((host) => asked(host, { at })), asked('f.bid.example', late)];
    const trace = traceOf(server('auction', 'POST /bids', { ms: 900, attributes: status(200) }, calls));
    const outcome = runDetector(swallowedError, { trace });
    return 'findings' in outcome ? outcome.findings[0] : undefined;
  };
  expect(told(['a.bid.example', 'b.bid.example', 'c.bid.example'])).toMatchObject({
    inferred: true,
    couldBe: { length: 2 },
  });
  expect(told(['a.bid.example', 'b.bid.example'])?.inferred).toBeUndefined();
  // Asked after it, they are other parts of the work.
  expect(told(['a.bid.example', 'b.bid.example', 'c.bid.example'], 400)?.inferred).toBeUndefined();
});

test('a call of a phone that got no answer is open, as its network says where nothing else does', () => {
  const told = (attributes: Record<string, string>) => {
    const trace = traceOf(
      span('rides', 'screen Ticket', { ms: 10_050, attributes }, [
        call('rides', 'api.rides.example', 'GET', { at: 8, ms: 10_012, failed: true, statusText: 'timeout' }),
      ]),
    );
    const outcome = runDetector(swallowedError, { trace });
    return outcome.kind === 'found' ? outcome.findings[0]?.inferred : 'nothing';
  };
  expect(told({ 'network.connection.type': 'cell' })).toBe(true);
  expect(told({ 'network.connection.type': 'wired' })).toBeUndefined();
});
