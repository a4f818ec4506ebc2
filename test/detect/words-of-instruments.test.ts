/** What instruments record, in the place and the words in which they record it, seen by the detectors. */
import { cacheMissCascade } from '#detect/trace/cache-miss-cascade.ts';
import { circuitOpen } from '#detect/trace/circuit-open.ts';
import { coldStart } from '#detect/trace/cold-start.ts';
import { consumerLag } from '#detect/trace/consumer-lag.ts';
import { gcPause } from '#detect/trace/gc-pause.ts';
import { lockContention } from '#detect/trace/lock-contention.ts';
import { poisonMessage } from '#detect/trace/poison-message.ts';
import { poolExhaustion } from '#detect/trace/pool-exhaustion.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn as drawnTrace, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times } from '#test/trace.ts';

const drawn = (root: SpanNode, logs: readonly LogLine[] = []) => drawnTrace(root, { logs });
const SELECT = 'SELECT * FROM orders WHERE id = $1';
const UPDATE = 'UPDATE stock SET held = held + 1 WHERE sku = $1';
const exception = (at: number, type: string, message: string) => ({
  at,
  name: 'exception',
  attributes: { 'exception.type': type, 'exception.message': message },
});
const ofQuery = (attributes: Attributes) =>
  server('web', 'GET /orders', { ms: 2800 }, [query('web', SELECT, { at: 10, ms: 2750, attributes })]);
const waiting = (name: string, options: SpanOptions = {}) =>
  server('web', 'GET /orders', { ms: 2800 }, [
    span('web', name, { at: 10, ms: 2700, ...options }),
    query('web', SELECT, { at: 2720, ms: 12 }),
  ]);

testDetector(poolExhaustion, {
  clear: {
    'a query through database/sql': drawn(waiting('sql.conn.query', { kind: 'client' })),
    'a queue time of two milliseconds': drawn(ofQuery({ queue_time_microseconds: 2000 })),
    'the line of a query that did not wait': drawn(
      server('web', 'GET /orders', { ms: 2800 }, [query('web', SELECT, { at: 10, ms: 2750 })]),
      [logLine('web', 2760, 'QUERY OK source="orders" db=2748.0ms queue=0.2ms idle=12.0ms', { spanId: '0.0' })],
    ),
    'a queue of work, not of a pool': drawn(
      server('web', 'GET /orders', { ms: 2800 }, [
        span('web', 'render', { at: 10, ms: 2750, attributes: { queue_time_ms: 2700 } }),
      ]),
    ),
    'a connection that is opened, and found by name': drawn(
      server('web', 'GET /orders', { ms: 2800 }, [
        span('web', 'http.getconn', { at: 10, ms: 2700 }, [span('web', 'http.dns', { at: 11, ms: 2698 })]),
      ]),
    ),
    'an executor that shuts down': drawn(
      server('web', 'GET /orders', {
        ms: 20,
        failed: true,
        statusText: 'RejectedExecutionException: Task rejected from ThreadPoolExecutor[Shutting down, pool size = 1]',
      }),
    ),
  },
  found: {
    'a wait for a connection of database/sql': {
      ...drawn(waiting('sql.conn.wait', { kind: 'client', attributes: { 'db.system.name': 'postgresql' } })),
      sightings: [{ service: 'web', wastedMs: 2700, title: /waits 2\.7 s for a connection/ }],
    },
    'Ecto’s queue time in microseconds': {
      ...drawn(ofQuery({ queue_time_microseconds: 2_700_000 })),
      sightings: [{ service: 'web', wastedMs: 2700, title: /waits 2\.7 s for a connection/ }],
    },
    'Ecto’s queue time in native units': {
      ...drawn(ofQuery({ queue_time: 2_700_000_000 })),
      sightings: [{ service: 'web', wastedMs: 2700 }],
    },
    'Ecto’s line': {
      ...drawn(server('web', 'GET /orders', { ms: 2800 }, [query('web', SELECT, { at: 10, ms: 2750 })]), [
        logLine('web', 2760, 'QUERY OK source="orders" db=9.0ms queue=2700.0ms idle=12.0ms', { spanId: '0.0' }),
      ]),
      sightings: [{ service: 'web', wastedMs: 2700 }],
    },
    'Prisma’s span': {
      ...drawn(waiting('prisma:engine:connection')),
      sightings: [{ service: 'web', wastedMs: 2700, title: /for a connection from the pool of web/ }],
    },
    '.NET’s wait for an HTTP connection': {
      ...drawn(waiting('HTTP wait_for_connection stock.internal:443')),
      sightings: [{ service: 'web', wastedMs: 2700, title: /waits 2\.7 s for a free connection of web/ }],
    },
    'a span whose event at its end says nothing of the wait': {
      ...drawn(waiting('pool.acquire', { events: [{ at: 2710, name: 'waiting for connection' }] })),
      sightings: [{ service: 'web', wastedMs: 2700 }],
    },
    'an exception without an error status': {
      ...drawn(
        server('web', 'GET /orders', {
          ms: 5010,
          events: [exception(5005, 'ActiveRecord::ConnectionTimeoutError', 'could not obtain a connection')],
        }),
      ),
      sightings: [{ service: 'web', title: /connection pool of web is exhausted/ }],
    },
    'messages that wait in the client of Pub/Sub': {
      ...drawn(
        span('worker', 'orders-sub subscribe', { ms: 42_000, kind: 'consumer' }, [
          span('worker', 'subscriber concurrency control', { at: 1, ms: 41_000 }),
          span('worker', 'orders-sub process', { at: 41_010, ms: 900, kind: 'consumer' }),
        ]),
      ),
      sightings: [{ service: 'worker', wastedMs: 41_000, title: /waits 41 s for a free thread of worker/ }],
    },
    'a bulkhead that is full': {
      ...drawn(
        server('web', 'GET /orders', {
          ms: 3,
          failed: true,
          events: [exception(2, 'BulkheadFullException', "Bulkhead 'stock' is full and does not permit further calls")],
        }),
      ),
      sightings: [{ service: 'web', title: /thread pool of web is exhausted/ }],
    },
  },
});

const LOCK_TIMEOUT = 'Mysql2::Error::TimeoutError: Lock wait timeout exceeded; try restarting transaction';

testDetector(lockContention, {
  clear: {
    'a lock that is released': drawn(waiting('redlock.release stock:7')),
    'a lock that was free': drawn(
      server('web', 'GET /orders', { ms: 900 }, [
        span('web', 'work', { at: 5, ms: 890, events: [{ at: 6, name: 'acquired lock after 2 ms' }] }),
      ]),
    ),
    'a request whose failed call says another reason': drawn(
      server('web', 'PUT /stock', { ms: 900, failed: true, statusText: 'could not obtain lock' }, [
        query('web', UPDATE, { at: 5, ms: 890, failed: true, statusText: 'duplicate key value' }),
      ]),
    ),
  },
  found: {
    'the exception on Rails’ span of the request, without a status': {
      ...drawn(
        server(
          'web',
          'StockController#update',
          {
            ms: 50_100,
            events: [exception(50_090, 'ActiveRecord::LockWaitTimeout', LOCK_TIMEOUT)],
          },
          [query('web', UPDATE, { at: 20, ms: 50_050 })],
        ),
      ),
      sightings: [{ service: 'web', spans: ['0.0'], wastedMs: 50_050, title: /failed after waiting 50 s for a lock/ }],
    },
    'the exception on the span of the request, above a failed call without words': {
      ...drawn(
        server('web', 'PUT /stock', { ms: 1100, failed: true, statusText: 'deadlock detected' }, [
          span('web', 'stock.save', { at: 10, ms: 1080, failed: true }, [
            query('web', UPDATE, { at: 20, ms: 1050, failed: true }),
          ]),
        ]),
      ),
      sightings: [{ service: 'web', spans: ['0.0.0'] }],
    },
    'etcd’s lock service': {
      ...drawn(
        server('web', 'PUT /stock', { ms: 2800 }, [call('web', 'etcd', 'v3lockpb.Lock/Lock', { at: 10, ms: 2700 })]),
      ),
      sightings: [{ service: 'web', wastedMs: 2700 }],
    },
    'redlock in the name of a call': {
      ...drawn(waiting('redlock.acquire stock:7', { kind: 'client', attributes: { 'db.system.name': 'redis' } })),
      sightings: [{ service: 'web', wastedMs: 2700 }],
    },
  },
});

const work = (name: string, children: readonly SpanNode[] = []) =>
  server('web', 'GET /report', { ms: 1500 }, [span('web', name, { at: 100, ms: 1300 }, children)]);

testDetector(gcPause, {
  clear: {
    'a registry that sweeps its garbage': drawn(work('gc sweep')),
    'a collection of garbage that does work': drawn(work('gc', [span('web', 'delete blob', { at: 110, ms: 1200 })])),
    'the line of a registry': drawn(work('render'), [logLine('web', 1400, 'gc sweep took 1300 ms')]),
  },
  found: {
    'a stall of ZGC': {
      ...drawn(work('render'), [logLine('web', 1400, '[12.3s][info][gc] Allocation Stall (exec-3) 1300.000ms')]),
      sightings: [{ service: 'web', wastedMs: 1300 }],
    },
    'a collection of OpenJ9': {
      ...drawn(work('render'), [logLine('web', 1400, '<exclusive-end id="33" durationms="1300.0" />')]),
      sightings: [{ service: 'web', wastedMs: 1300 }],
    },
  },
});

const cached = (attributes: Attributes, events: SpanOptions['events'] = []) =>
  server('web', 'GET /product', { ms: 900 }, [
    ...times(2, (i) => [
      span('web', 'cache_read.active_support', { at: 10 + 400 * i, ms: 2, attributes, events }),
      query('web', SELECT, { at: 20 + 400 * i, ms: 300 }),
    ]).flat(),
  ]);

testDetector(cacheMissCascade, {
  clear: {
    'Rails’ cache that has the value': drawn(cached({ hit: true })),
    'a rule that did not hit': drawn(
      server('web', 'GET /product', { ms: 900 }, [
        ...times(2, (i) => [
          span('web', 'evaluate rule', { at: 10 + 400 * i, ms: 2, attributes: { hit: false } }),
          query('web', SELECT, { at: 20 + 400 * i, ms: 300 }),
        ]).flat(),
      ]),
    ),
  },
  found: {
    'Rails’ cache that has not': {
      ...drawn(cached({ hit: false })),
      sightings: [{ service: 'web', wastedMs: 600 }],
    },
  },
});

const refused = (options: SpanOptions) =>
  server('web', 'GET /cart', { ms: 60 }, [
    query('web', SELECT, { at: 5, ms: 40 }),
    call('web', 'stock', 'GET /stock', { at: 50, ms: 1, ...options }),
  ]);

testDetector(circuitOpen, {
  clear: {
    'Envoy’s flag of a call that failed to connect': drawn(
      refused({ failed: true, attributes: { response_flags: 'UF' } }),
    ),
    'an event of a breaker that is closed': drawn(refused({ events: [{ at: 50, name: 'circuit breaker closed' }] })),
  },
  found: {
    'an event of Hystrix, without an error status': {
      ...drawn(refused({ events: [{ at: 50, name: 'hystrix.circuit_open' }] })),
      sightings: [{ service: 'web', title: /circuit breaker for stock is open/ }],
    },
    'an attribute of Hystrix': {
      ...drawn(refused({ failed: true, attributes: { 'hystrix.circuit_open': true } })),
      sightings: [{ service: 'web' }],
    },
    'opossum’s message': {
      ...drawn(refused({ failed: true, statusText: 'Breaker is open' })),
      sightings: [{ service: 'web' }],
    },
    'Envoy’s flag': {
      ...drawn(refused({ failed: true, attributes: { response_flags: 'UO' } })),
      sightings: [{ service: 'web' }],
    },
    'a breaker that is half-open': {
      ...drawn(
        refused({
          failed: true,
          events: [exception(50, 'CallNotPermittedException', "CircuitBreaker 'stock' is HALF_OPEN")],
        }),
      ),
      sightings: [{ service: 'web', title: /is half-open/ }],
    },
  },
});

const job = (options: SpanOptions) =>
  span('worker', 'default process', {
    ms: 300,
    kind: 'consumer',
    ...options,
    attributes: { 'messaging.system': 'sidekiq', 'messaging.operation': 'process', ...options.attributes },
  });
/** When every drawn trace begins, in seconds. */
const BEGAN = Date.UTC(2026, 0, 6, 14, 30, 0) / 1000;

testDetector(consumerLag, {
  clear: {
    'a job that was just queued': drawn(job({ events: [{ at: -20, name: 'enqueued_at' }] })),
    'the time of an article': drawn(job({ attributes: { 'article.published_at': BEGAN - 185 } })),
    'an instant that is none': drawn(job({ attributes: { 'job.queued_at': 7 } })),
  },
  found: {
    'Sidekiq’s event': {
      ...drawn(job({ events: [{ at: -185_000, name: 'enqueued_at' }] })),
      sightings: [{ service: 'worker', title: /waits 3 min 5 s/ }],
    },
    'an instant in seconds': {
      ...drawn(job({ attributes: { 'sidekiq.enqueued_at': BEGAN - 185 } })),
      sightings: [{ service: 'worker' }],
    },
    'an instant of SQS, in milliseconds': {
      ...drawn(job({ attributes: { 'messaging.aws.sqs.message.sent_timestamp': `${(BEGAN - 185) * 1000}` } })),
      sightings: [{ service: 'worker' }],
    },
    'an instant as ActiveJob writes it; the longest of two counts': {
      ...drawn(job({ attributes: { 'active_job.enqueued_at': '2026-01-06T14:26:55Z', 'job.queue_latency_ms': 2000 } })),
      sightings: [{ service: 'worker', title: /waits 3 min 5 s/ }],
    },
  },
});

testDetector(poisonMessage, {
  clear: {
    'the first delivery of SQS': drawn(
      job({ failed: true, statusText: 'bad payload', attributes: { ApproximateReceiveCount: '1' } }),
    ),
  },
  found: {
    'the receive count of SQS': {
      ...drawn(job({ failed: true, statusText: 'bad payload', attributes: { ApproximateReceiveCount: '5' } })),
      sightings: [{ service: 'worker', title: /failed 5 times/ }],
    },
  },
});

testDetector(coldStart, {
  clear: {
    'a service that had started long before': drawn(work('render'), [
      logLine('web', -90_000, 'Started OrdersApplication in 4.2 seconds (process running for 4.9)'),
    ]),
    'another instance that starts, as in a rollout': drawn(work('render'), [
      logLine('web', 1400, 'Started WebApplication in 4.2 seconds (process running for 4.9)'),
    ]),
    'another service that starts': drawn(work('render'), [
      logLine('mailer', 1400, 'Started MailerApplication in 4.2 seconds (process running for 4.9)'),
    ]),
  },
  found: {
    'a call that waits until Spring has started': {
      ...drawn(
        server('web', 'GET /orders', { ms: 4600 }, [
          call('web', 'orders', 'GET /orders', { at: 10, ms: 4580 }, [
            server('orders', 'GET /orders', { at: 4400, ms: 180 }),
          ]),
        ]),
        [logLine('orders', 4380, 'Started OrdersApplication in 4.2 seconds (process running for 4.9)')],
      ),
      sightings: [{ service: 'orders', wastedMs: 4200 }],
    },
    'the start of Spring’s context': {
      ...drawn(
        server('orders', 'GET /orders', { ms: 4600 }, [
          span('orders', 'spring.context.refresh', { at: 1, ms: 4200 }),
          query('orders', SELECT, { at: 4210, ms: 12 }),
        ]),
      ),
      sightings: [{ service: 'orders', wastedMs: 4200 }],
    },
  },
});
