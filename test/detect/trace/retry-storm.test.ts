import { retryStorm } from '#detect/trace/retry-storm.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

const reserve = (options: SpanOptions = {}, children: readonly SpanNode[] = []) =>
  call('order-service', 'inventory-svc', 'POST /reserve', { ms: 100, failed: true, ...options }, children);
const order = (children: readonly SpanNode[], options: SpanOptions = {}) =>
  drawn(server('order-service', 'POST /create', { ms: 13_000, failed: true, ...options }, children));
const exception = (at: number, message: string) => ({
  events: [{ at, name: 'exception', attributes: { 'exception.message': message } }],
});

/** Gateway and order service each try three times. */
const layered = (inner: number, outer: number) =>
  drawn(
    server(
      'gateway',
      'POST /orders',
      { ms: 10_000, failed: true },
      times(outer, (i) =>
        call('gateway', 'order-service', 'POST /create', { at: i * 3000, ms: 2900, failed: true }, [
          server(
            'order-service',
            'POST /create',
            { at: i * 3000 + 1, ms: 2890, failed: true },
            times(inner, (j) => reserve({ at: i * 3000 + 5 + j * 700, ms: 600 })),
          ),
        ]),
      ),
    ),
  );

/** It looks twelve times at an even pace; the last look succeeds where `last` says so. */
const sensor = (status: number, { last = 200, pace = 60_000 } = {}) =>
  drawn(
    span('etl', 'task wait_for_file', { ms: 12 * pace + 200 }, [
      ...times(12, (i) =>
        call('etl', 'files', 'HEAD', {
          at: i * pace,
          ms: 100,
          failed: true,
          attributes: { 'http.response.status_code': status, 'url.full': 'http://files/day.csv' },
        }),
      ),
      call('etl', 'files', 'HEAD', {
        at: 12 * pace,
        ms: 100,
        failed: last >= 400,
        attributes: { 'http.response.status_code': last, 'url.full': 'http://files/day.csv' },
      }),
    ]),
  );

const COSMOS = { 'db.system.name': 'azure.cosmosdb' };
/** A store without capacity refuses three attempts, one second apart, and answers the fourth one. */
const throttled = (refusal: SpanOptions, { pace = 1_000, job = false } = {}) => {
  const calls = [
    ...times(3, (i) =>
      query('history', 'Query runs', { at: 10 + i * pace, ms: 9, failed: true, attributes: COSMOS, ...refusal }),
    ),
    query('history', 'Query runs', { at: 10 + 3 * pace, ms: 40, attributes: COSMOS }),
  ];
  const ms = 3 * pace + 90;
  return drawn(job ? span('history', 'nightly', { ms }, calls) : server('history', 'GET /runs', { ms }, calls));
};
const UNITS_USED: SpanOptions = { attributes: { ...COSMOS, 'db.response.status_code': '429' } };

testDetector(retryStorm, {
  clear: {
    'three attempts at a store without capacity, at once': throttled(UNITS_USED, { pace: 60 }),
    'three attempts of a job at a store without capacity': throttled(UNITS_USED, { job: true }),
    'three attempts that another fault held back': throttled({ statusText: 'connection reset by peer' }),
    'a step of a worker that fails by itself each time it is tried': drawn(
      span(
        'invoices',
        'invoice.created process',
        { ms: 900, kind: 'consumer', failed: true },
        times(4, (i) =>
          span('invoices', 'parse', { at: 10 + i * 200, ms: 60, failed: true, statusText: 'no such currency: EUX' }),
        ),
      ),
    ),
    'a sensor that looks each minute until a file is there': sensor(404),
    'two failures and then a success': order([reserve(), reserve({ at: 200 }), reserve({ at: 400, failed: false })]),
    'four failures and then a success, which is what retries are for': order([
      ...times(4, (i) => reserve({ at: i * 200 })),
      reserve({ at: 1000, failed: false }),
    ]),
    'a call that was refused for good before it was limited twice': order([
      reserve({ attributes: { 'http.response.status_code': 401 } }),
      ...times(2, (i) => reserve({ at: 200 + i * 200, attributes: { 'http.response.status_code': 429 } })),
    ]),
    'two failures': order([reserve(), reserve({ at: 200 })]),
    'a loop in which nothing fails': order(times(9, (i) => reserve({ at: i * 200, failed: false }))),
    'spans that are called retry and did not fail': order(
      times(4, (i) => span('order-service', `retry ${i}`, { at: i * 200, ms: 100 })),
    ),
    'a fan-out whose calls all fail at once': order(times(5, (i) => reserve({ at: i, ms: 500 }))),
    'a loop over different things, all of which fail': order(
      times(5, (i) => reserve({ at: i * 200, attributes: { 'url.full': `http://inventory/reserve/${i}` } })),
    ),
    'different queries of one shape': order(
      times(5, (i) =>
        query('order-service', `SELECT * FROM stock WHERE sku = ${i}`, { at: i * 200, ms: 90, failed: true }),
      ),
    ),
    'a long loop over things without an address, whose caller went on': order(
      times(30, (i) => reserve({ at: i * 200 })),
      { failed: false },
    ),
    'calls of different services': order(
      ['a', 'b', 'c'].map((name, i) => call('order-service', name, 'GET /x', { at: i * 200, ms: 90, failed: true })),
    ),
    'the runs of a job, each an hour after the other': order(
      times(3, (i) => reserve({ at: i * 3_600_000 })),
      { ms: 8_000_000 },
    ),
    'two attempts, and then a breaker that refuses': order([
      reserve({ ms: 900 }),
      reserve({ at: 1000, ms: 900 }),
      ...times(5, (i) => reserve({ at: 2000 + i * 5, ms: 0.1, statusText: 'circuit breaker is open' })),
    ]),
    'deliveries of one message': drawn(
      span(
        'order-service',
        'orders publish',
        { ms: 5, kind: 'producer' },
        times(4, (i) => span('fulfillment', 'process', { at: 10 + i * 50, ms: 20, kind: 'consumer', failed: true })),
      ),
    ),
    'a storm in an attempt that was then repeated well': drawn(
      server('gateway', 'POST /orders', { ms: 2000 }, [
        call('gateway', 'order-service', 'POST /create', { ms: 900, failed: true }, [
          server(
            'order-service',
            'POST /create',
            { at: 1, ms: 890, failed: true },
            times(3, (j) => reserve({ at: 5 + j * 200 })),
          ),
        ]),
        call('gateway', 'order-service', 'POST /create', { at: 1000, ms: 300 }),
      ]),
    ),
  },
  found: {
    ...Object.fromEntries(
      Object.entries<SpanOptions>({
        'Cosmos DB': UNITS_USED,
        DynamoDB: {
          statusText: 'ProvisionedThroughputExceededException: The level of configured throughput is exceeded',
        },
        Spanner: { statusText: 'RESOURCE_EXHAUSTED: quota for reads' },
        S3: { statusText: 'SlowDown: Please reduce your request rate.' },
      }).map(([store, refusal]) => [
        `a request that waits most of its time for the capacity of ${store}`,
        { ...throttled(refusal), sightings: [{ service: 'history' }] },
      ]),
    ),
    'a sensor whose callee fails': { ...sensor(503), sightings: [{ service: 'etl' }] },
    'calls that ask for a missing file each second': {
      ...sensor(404, { pace: 1000 }),
      sightings: [{ service: 'etl' }],
    },
    'three overloaded answers after a refusal': {
      ...order([
        reserve({ attributes: { 'http.response.status_code': 401 } }),
        ...times(3, (i) => reserve({ at: 200 + i * 200, attributes: { 'http.response.status_code': 503 } })),
      ]),
      sightings: [{ service: 'order-service' }],
    },
    'a statement with the ids of its span in a comment, which differ each time': {
      ...drawn(
        server(
          'stock',
          'POST /reserve',
          { ms: 800, failed: true },
          times(3, (i) =>
            query('stock', `UPDATE items SET n = 1 WHERE id = 7 /*traceparent='00-${i}ab-${i}cd-01'*/`, {
              at: 10 + i * 200,
              ms: 60,
              failed: true,
            }),
          ),
        ),
      ),
      sightings: [
        {
          service: 'stock',
          title: 'POST /reserve of stock calls postgresql UPDATE items 3 times, and every attempt fails',
        },
      ],
    },
    'three time-outs, the last of which finds the pool exhausted': {
      ...order(
        [
          reserve({ at: 5, ms: 5001, statusText: 'TIMEOUT' }),
          reserve({ at: 5010, ms: 5002, statusText: 'TIMEOUT' }),
          reserve({ at: 10_020, ms: 2410, statusText: 'TIMEOUT', ...exception(12_400, 'Connection pool exhausted') }),
        ],
        { ms: 12_450, statusText: 'Failed after 3 retries' },
      ),
      sightings: [
        {
          service: 'order-service',
          operation: 'POST /create',
          spans: ['0.0', '0.1', '0.2'],
          wastedMs: 12_413,
          title:
            'POST /create of order-service calls inventory-svc POST /reserve 3 times, and every attempt fails: “Connection pool exhausted”',
        },
      ],
    },
    'three layers of three as nine requests': {
      ...layered(3, 3),
      sightings: [
        {
          service: 'order-service',
          operation: 'POST /create',
          spans: ['0.0', '0.1', '0.2', ...times(9, (i) => `0.${Math.floor(i / 3)}.0.${i % 3}`)],
          title:
            'POST /create of order-service calls inventory-svc POST /reserve 3 times, and every attempt fails; gateway repeats that, and inventory-svc gets 9 requests for one',
        },
      ],
    },
    'two layers of two, which alone are none': {
      ...layered(2, 2),
      sightings: [
        {
          service: 'order-service',
          title:
            'POST /create of order-service calls inventory-svc POST /reserve 2 times, and every attempt fails; gateway repeats that, and inventory-svc gets 4 requests for one',
        },
      ],
    },
    'five failures before one that succeeds': {
      ...order([...times(5, (i) => reserve({ at: i * 200 })), reserve({ at: 1000, failed: false })], { failed: false }),
      sightings: [
        {
          spans: times(5, (i) => `0.${i}`),
          title: 'POST /create of order-service calls inventory-svc POST /reserve 5 times, and all but the last fail',
        },
      ],
    },
    'attempts that are numbered by name': {
      ...order([
        reserve({}),
        call('order-service', 'inventory-svc', 'POST /reserve (retry 1)', { at: 200, ms: 100, failed: true }),
        call('order-service', 'inventory-svc', 'POST /reserve (retry 2)', { at: 400, ms: 100, failed: true }),
      ]),
      sightings: [{ spans: ['0.0', '0.1', '0.2'] }],
    },
    'attempts below one span of the caller, of which the first began before it by the callee’s clock': {
      ...drawn(
        server('order-service', 'POST /create', { ms: 900, failed: true }, [
          call('order-service', 'stock', 'Reserve', { at: 10, ms: 800, failed: true }, [
            server('stock', 'Reserve', { at: 9, ms: 100, failed: true }),
            server('stock', 'Reserve', { at: 300, ms: 100, failed: true }),
            server('stock', 'Reserve', { at: 600, ms: 100, failed: true }),
          ]),
        ]),
      ),
      sightings: [{ service: 'order-service', operation: 'Reserve', spans: ['0.0.0', '0.0.1', '0.0.2'] }],
    },
    'a query that is repeated as it is': {
      ...order(
        times(4, (i) =>
          query('order-service', 'SELECT * FROM stock WHERE sku = 7', { at: i * 200, ms: 90, failed: true }),
        ),
      ),
      sightings: [{ service: 'order-service', title: /calls postgresql SELECT stock 4 times/ }],
    },
    'a tight loop without an end, once': {
      ...order(times(120, (i) => reserve({ at: i * 100, ms: 99 }))),
      sightings: [{ spans: times(120, (i) => `0.${i}`), title: /120 times/ }],
    },
  },
});
