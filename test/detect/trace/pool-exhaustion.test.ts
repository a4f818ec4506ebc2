import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { poolExhaustion } from '#detect/trace/pool-exhaustion.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const FIRST = 'SELECT id FROM orders WHERE status = $1';
const SECOND = 'SELECT total FROM invoices WHERE order_id = $1';
const BY_EMAIL = 'SELECT * FROM users WHERE email = $1';
/** What a caller of Dubbo reads where all threads of its callee are busy. */
const THREADS = 'Server side(10.0.0.9,20880) thread pool is exhausted, detail msg:Thread pool is EXHAUSTED!';
const refused = (attributes: Record<string, number>) =>
  server('user-service', 'GET /users', { ms: 90, failed: true }, [
    query('user-service', BY_EMAIL, {
      at: 5,
      ms: 80,
      failed: true,
      statusText: 'connect ECONNREFUSED 10.0.1.5:5432',
      attributes,
    }),
  ]);

/** Loads started together, whose queries of 200 ms begin so many at a time, and that much after others ended. */
const tiles = (count: number, atOnce: number, pauseMs = 0, more: readonly SpanNode[] = []) =>
  server('web', 'GET /page', { ms: 1020 }, [
    ...times(count, (i) => {
      const at = 6 + (200 + pauseMs) * Math.floor(i / atOnce);
      return span('web', 'loadTile', { at: 5, ms: at + 200 - 5 }, [
        query('web', 'SELECT * FROM tiles WHERE id = $1', { at, ms: 200 }),
      ]);
    }),
    ...more,
  ]);

/** The same of anything that needs a free slot, each of which takes as long as it says. */
const slots = (made: (at: number, ms: number) => SpanNode, lengths: readonly number[], atOnce: number, pauseMs = 0) => {
  const freeAt = Array.from({ length: atOnce }, () => 6);
  const tasks = lengths.map((ms) => {
    const at = Math.min(...freeAt);
    freeAt[freeAt.indexOf(at)] = at + ms + pauseMs;
    return span('web', 'loadTile', { at: 5, ms: at + ms - 5 }, [made(at, ms)]);
  });
  return server('web', 'GET /page', { ms: Math.max(...freeAt) + 5 }, tasks);
};
const LENGTHS = times(20, (i) => 180 + ((i * 37) % 60));
const fetched = (at: number, ms: number) => call('web', 'tile-store', `GET /tiles`, { at, ms });
const rendered = (at: number, ms: number) => span('web', 'render', { at, ms });

/** A client's message of a timeout, with the counts of its process's threads. */
/** HAProxy's line of a request that was so many milliseconds in its queue. */
const haproxyLine = (queuedMs: number) =>
  `haproxy[7]: 10.0.0.9:41022 [25/Nov/2031:10:00:02.115] web rates/rates-2 0/${queuedMs}/1/88/3099 200 512 - - ---- 92/90/40/40/0 0/31 "GET /rates HTTP/1.1"`;

const redisTimeout = (counts: string) =>
  server('basket', 'GET /basket', { ms: 5040, failed: true }, [
    query('basket', 'HGETALL', {
      at: 12,
      ms: 5009,
      failed: true,
      attributes: { 'db.system.name': 'redis' },
      events: [
        {
          at: 5020,
          name: 'exception',
          attributes: { 'exception.message': `Timeout performing HGETALL (5000ms), inst: 0, qs: 3, ${counts}` },
        },
      ],
    }),
  ]);

testDetector(poolExhaustion, {
  clear: {
    'a connection that was asked for, and a server that its driver cannot reach': drawn(
      server('ledger', 'GET /sums', { ms: 4100, failed: true }, [
        span('ledger', 'prisma:engine:connection', { at: 10, ms: 4050, failed: true }),
      ]),
      {
        logs: [
          logLine('ledger', 4064, "Can't connect to MySQL server on 'db.ledger' (110)", {
            spanId: '0',
            level: 'error',
          }),
        ],
      },
    ),
    'the threads of a callee, which are no connections of its caller': drawn(
      server('planner', 'POST /tyres', { ms: 90, failed: true }, [
        call('planner', 'inspection', 'Inspection.check', { at: 20, ms: 60, failed: true, statusText: THREADS }),
      ]),
    ),
    'a pool that reports connections to spare': drawn(
      server('ledger', 'POST /entries', { ms: 1900 }, [
        query('ledger', 'INSERT INTO entries VALUES ($1)', { at: 1880, ms: 9 }),
      ]),
      {
        logs: [
          logLine('ledger', 1870, 'pgxpool acquired_conns=9 idle_conns=3 max_conns=12 empty_acquire_count=41', {
            spanId: '0',
          }),
        ],
      },
    ),
    'more busy threads than start at once, and nothing that waits for one': drawn(
      redisTimeout(
        'in: 0, IOCP: (Busy=0,Free=1000,Min=8,Max=1000), WORKER: (Busy=12,Free=32755,Min=8,Max=32767), POOL: (Threads=12,QueuedItems=0,CompletedItems=7)',
      ),
    ),
    'an answer that is read late by a process with free threads': drawn(
      redisTimeout('in: 65536, IOCP: (Busy=0,Free=1000,Min=8,Max=1000), WORKER: (Busy=3,Free=32764,Min=8,Max=32767)'),
    ),
    'a short time in the queue of a proxy, before a longer gap': drawn(
      server('haproxy', 'GET', { ms: 3100 }, [server('rates', 'GET /rates', { at: 3000, ms: 80 })]),
      { logs: [logLine('haproxy', 3105, haproxyLine(12))] },
    ),
    'threads of another service': drawn(
      server('web', 'GET /quote', { ms: 3100 }, [
        call('web', 'rates', 'GET', { at: 10, ms: 3080 }, [server('rates', 'GET /rates', { at: 3000, ms: 80 })]),
      ]),
      { logs: [logLine('stock', 900, 'All threads (200) are currently busy, waiting. Increase maxThreads (200)')] },
    ),
    'a line of php-fpm from an hour before': drawn(
      server('nginx', 'GET /cart', { ms: 3100 }, [server('shop', 'GET /cart', { at: 3000, ms: 80 })]),
      { logs: [logLine('php-fpm', -3_600_000, '[pool www] server reached pm.max_children setting (50)')] },
    ),
    'threads that were busy after the request had begun': drawn(
      server('web', 'GET /quote', { ms: 3100 }, [
        call('web', 'rates', 'GET', { at: 10, ms: 3080 }, [server('rates', 'GET /rates', { at: 20, ms: 3060 })]),
      ]),
      { logs: [logLine('rates', 900, 'All threads (200) are currently busy, waiting. Increase maxThreads (200)')] },
    ),
    'the first connection of a pool that starts with the request': drawn(
      server('reports', 'GET /reports', { ms: 1900 }, [
        span('reports', 'HikariDataSource.getConnection', { at: 10, ms: 1800 }),
        query('reports', 'SELECT * FROM reports WHERE id = 1', { at: 1820, ms: 6 }),
      ]),
      { logs: [logLine('reports', 12, 'HikariPool-1 - Starting...')] },
    ),
    'calls to another service that begin so many at a time, but not as others end': drawn(
      slots(fetched, LENGTHS, 4, 20),
    ),
    'calls in batches, each of which begins when the whole one before has ended': drawn(
      server(
        'web',
        'GET /page',
        { ms: 1300 },
        LENGTHS.map((ms, i) =>
          span('web', 'loadTile', { at: 5, ms: 250 * Math.floor(i / 4) + ms }, [
            fetched(6 + 250 * Math.floor(i / 4), ms - 2),
          ]),
        ),
      ),
    ),
    'calls to many hosts, none of which is called by more than one': drawn(
      slots((at, ms) => call('web', `tile-store-${at}-${ms}`, 'GET /tiles', { at, ms }), LENGTHS, 4),
    ),
    'a gap before one call to another service': drawn(
      server('web', 'GET /page', { ms: 2000 }, [
        span('web', 'check', { at: 1, ms: 5 }),
        call('web', 'tile-store', 'GET /tiles', { at: 1800, ms: 20 }),
      ]),
    ),
    'queries that begin so many at a time, but not as others end': drawn(tiles(16, 4, 20)),
    'queries that run one at a time, for which there may be many reasons': drawn(tiles(5, 1)),
    'queries among which one begins while as many run': drawn(
      tiles(20, 4, 0, [query('web', 'SELECT 1', { at: 300, ms: 200 })]),
    ),
    'a gap just below the least share': drawn(
      server('order-service', 'GET /orders', { ms: 2000 }, [
        query('order-service', FIRST, { at: 0, ms: 1500 }),
        query('order-service', SECOND, { at: 1899, ms: 12 }),
      ]),
    ),
    'a gap before a query that is slow itself': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        query('order-service', FIRST, { at: 10, ms: 15 }),
        query('order-service', SECOND, { at: 925, ms: 1400 }),
      ]),
    ),
    'a gap that no query follows, which may be work': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        query('order-service', FIRST, { at: 10, ms: 15 }),
        call('order-service', 'mail', 'POST /mail', { at: 2000, ms: 12 }),
      ]),
    ),
    'a gap in which another call runs': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        query('order-service', FIRST, { at: 10, ms: 15 }),
        call('order-service', 'stock', 'GET /stock', { at: 26, ms: 1790 }),
        query('order-service', SECOND, { at: 1825, ms: 12 }),
      ]),
    ),
    'a gap that only seems to be one, for what runs in it ends a hair after the query begins': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        query('order-service', FIRST, { at: 10, ms: 15 }),
        call('order-service', 'stock', 'GET /stock', { at: 26, ms: 1800 }),
        query('order-service', SECOND, { at: 1825.5, ms: 12 }),
      ]),
    ),
    'a gap of two tenths of a second less a millisecond': drawn(
      server('order-service', 'GET /orders', { ms: 420 }, [
        query('order-service', FIRST, { at: 10, ms: 15 }),
        query('order-service', SECOND, { at: 224, ms: 12 }),
      ]),
    ),
    'the pause before a query that failed is tried again': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        query('order-service', SECOND, { at: 10, ms: 15, failed: true }),
        query('order-service', SECOND, { at: 1825, ms: 12 }),
      ]),
    ),
    'the pause after several failures with other work between': drawn(
      server('order-service', 'GET /orders', { ms: 2340 }, [
        call('order-service', 'stock', 'GET /stock', { at: 1, ms: 8, failed: true }),
        query('order-service', FIRST, { at: 10, ms: 15 }),
        call('order-service', 'stock', 'GET /stock', { at: 81, ms: 8, failed: true }),
        query('order-service', FIRST, { at: 90, ms: 15 }),
        query('order-service', SECOND, { at: 1825, ms: 12 }),
      ]),
    ),
    'a gap before a quick write: what is stored was most often computed': drawn(
      server('risk', 'POST /score', { ms: 1900 }, [
        query('risk', 'SELECT * FROM features WHERE id = $1', { at: 5, ms: 9 }),
        query('risk', 'INSERT INTO scores VALUES ($1, $2)', { at: 1880, ms: 8 }),
      ]),
    ),
    'a gap before a quick read in PHP, which has no pool': drawn(
      server('gallery', 'GET /albums', { ms: 2340 }, [
        query('gallery', FIRST, { at: 10, ms: 15 }),
        query('gallery', SECOND, { at: 1825, ms: 12, resource: { 'telemetry.sdk.language': 'php' } }),
      ]),
    ),
    'a gap in which the span tells of other work, up to the query': drawn(
      server(
        'pdf',
        'GET /invoice',
        {
          ms: 2340,
          events: [
            { at: 30, name: 'rendering started' },
            { at: 1820, name: 'rendering finished' },
          ],
        },
        [query('pdf', FIRST, { at: 10, ms: 15 }), query('pdf', SECOND, { at: 1825, ms: 12 })],
      ),
    ),
    'a gap in which the log of the service tells of other work, up to the query': drawn(
      server('stats', 'GET /stats', { ms: 2340 }, [
        query('stats', FIRST, { at: 10, ms: 15 }),
        query('stats', SECOND, { at: 1825, ms: 12 }),
      ]),
      { logs: [logLine('stats', 40, 'computing percentiles'), logLine('stats', 1800, 'percentiles done in 1760 ms')] },
    ),
    'a line that counts a pool with room': drawn(
      server('order-service', 'GET /orders', { ms: 400 }, [query('order-service', SECOND, { at: 180, ms: 12 })]),
      {
        logs: [
          logLine('order-service', 2, 'HikariPool-1 - Pool stats (total=10, active=2, idle=8, waiting=0)', {
            spanId: '0',
          }),
        ],
      },
    ),
    'a full pool, told of a span that waits for nothing': drawn(
      server('order-service', 'GET /orders', { ms: 400 }, [query('order-service', SECOND, { at: 80, ms: 240 })]),
      { logs: [logLine('order-service', 2, 'connection pool is at its limit of 20', { spanId: '0' })] },
    ),
    'a refused connection alone, which is no pool': drawn(refused({})),
    'a pool with one connection to spare': drawn(refused({ active_connections: 19, database_pool_size: 20 })),
    'a quick checkout of a connection': drawn(
      server('order-service', 'GET /orders', { ms: 500 }, [
        span('order-service', 'pg-pool.connect', { at: 0, ms: 99 }),
        query('order-service', FIRST, { at: 100, ms: 300 }),
      ]),
    ),
    'a statement time-out': drawn(
      server('order-service', 'GET /orders', { ms: 5000, failed: true }, [
        query('order-service', FIRST, {
          ms: 4990,
          failed: true,
          statusText: 'canceling statement due to statement timeout',
        }),
      ]),
    ),
    'a swimming pool': drawn(
      server('booking', 'GET /pool', { ms: 900 }, [span('booking', 'render pool page', { ms: 800 })]),
    ),
  },
  found: {
    'a line that counts all connections of the pool as acquired, with the wait': {
      ...drawn(
        server('ledger', 'POST /entries', { ms: 1900 }, [
          query('ledger', 'INSERT INTO entries VALUES ($1)', { at: 1880, ms: 9 }),
        ]),
        {
          logs: [
            logLine(
              'ledger',
              1878,
              'acquire waited 1.85s (acquired_conns=12 idle_conns=0 max_conns=12 empty_acquire_count=713)',
              { spanId: '0' },
            ),
          ],
        },
      ),
      sightings: [{ service: 'ledger', wastedMs: 1850, explanation: /Connections: 12 of 12 in use/ }],
    },
    'no free thread in the callee, by a line of its process': {
      ...drawn(
        server('web', 'GET /quote', { ms: 3100 }, [
          call('web', 'rates', 'GET', { at: 10, ms: 3080 }, [server('rates', 'GET /rates', { at: 3000, ms: 80 })]),
        ]),
        { logs: [logLine('rates', 900, 'All threads (200) are currently busy, waiting. Increase maxThreads (200)')] },
      ),
      sightings: [{ service: 'rates', title: /^GET \/quote waits (?:2.99|3) s for a free thread of rates$/ }],
    },
    'a request that its proxy kept in the queue, by the proxy’s own line': {
      ...drawn(server('haproxy', 'GET', { ms: 3100 }, [server('rates', 'GET /rates', { at: 3000, ms: 80 })]), {
        logs: [logLine('haproxy', 3105, haproxyLine(2990))],
      }),
      sightings: [{ service: 'rates', title: /^GET waits (?:2.99|3) s for a free thread of rates$/ }],
    },
    'no thread for an answer, by the counts in the line of the code that called': {
      ...drawn(redisTimeout('aw: False'), {
        logs: [
          logLine(
            'basket',
            5050,
            `Timeout performing HGETALL (5000ms), inst: 0, qs: 3, aw: False, in: 512, IOCP: (Busy=0,Free=1000,Min=8,Max=1000), WORKER: (Busy=92,Free=32675,Min=8,Max=32767)`,
            { spanId: '0', level: 'error' },
          ),
        ],
      }),
      sightings: [{ service: 'basket', title: /^The thread pool of basket is exhausted/ }],
    },
    'no thread of the process for an answer, by the counts in the message of the client': {
      ...drawn(
        redisTimeout(
          'in: 65536, IOCP: (Busy=0,Free=1000,Min=8,Max=1000), WORKER: (Busy=412,Free=32355,Min=8,Max=32767), POOL: (Threads=412,QueuedItems=2911,CompletedItems=7)',
        ),
      ),
      sightings: [{ service: 'basket', title: /^The thread pool of basket is exhausted: GET \/basket waits/ }],
    },
    'a queue in front of the application, recorded under the name of its proxy': {
      ...drawn(span('shop-proxy', 'http_server.queue', { ms: 4612 }, [server('shop', 'GET /t', { at: 4520, ms: 91 })])),
      sightings: [{ service: 'shop', spans: ['0'], title: 'http_server.queue waits 4.5 s for a free thread of shop' }],
    },
    'such a queue beside the request, below the span of the proxy': {
      ...drawn(
        span('shop-proxy', 'http.proxy.request', { ms: 4612 }, [
          span('shop-proxy', 'http.proxy.queue', { ms: 4519 }),
          server('shop', 'GET /t', { at: 4520, ms: 91 }),
        ]),
      ),
      sightings: [{ service: 'shop', spans: ['0.0'] }],
    },
    'a build that waits for a machine of the fleet': {
      ...drawn(
        span('builds', 'pipeline release', { ms: 900_000 }, [
          span('build-fleet', 'Waiting for an available agent', { ms: 700_000 }),
          span('builds', 'package', { at: 700_010, ms: 199_000 }),
        ]),
      ),
      sightings: [
        {
          service: 'build-fleet',
          spans: ['0.0'],
          title: 'pipeline release waits 11 min 40 s for a free agent of build-fleet',
          remedy: /^Look at the agents of build-fleet: online, busy/,
        },
      ],
    },
    'no free worker, which php-fpm said under its own name before the request': {
      ...drawn(server('nginx', 'GET /cart', { ms: 3100 }, [server('shop', 'GET /cart', { at: 3000, ms: 80 })]), {
        logs: [logLine('php-fpm', -2000, '[pool www] server reached pm.max_children setting (50)')],
      }),
      sightings: [{ service: 'shop', title: /for a free thread of shop$/ }],
    },
    'no free thread behind a proxy that records no call': {
      ...drawn(server('nginx', 'GET /quote', { ms: 3100 }, [server('rates', 'GET /rates', { at: 3000, ms: 80 })]), {
        logs: [logLine('rates', 900, 'WARNING: [pool www] server reached pm.max_children setting (50)')],
      }),
      sightings: [{ service: 'rates', title: /^GET \/quote waits 3 s for a free thread of rates$/ }],
    },
    'the events of MongoDB’s driver, in one word each': {
      ...drawn(
        server('playlist', 'GET /playlist', { ms: 3500 }, [
          span('playlist', 'mongodb.checkout', {
            at: 5,
            ms: 3400,
            kind: 'client',
            attributes: { 'db.system.name': 'mongodb' },
            events: [
              { at: 6, name: 'ConnectionCheckOutStarted' },
              { at: 3405, name: 'ConnectionCheckedOut', attributes: { durationMS: 3400 } },
            ],
          }),
        ]),
      ),
      sightings: [{ service: 'playlist', title: /^GET \/playlist waits 3.4 s for a connection/ }],
    },
    'a line of the span that waits, which is no failure': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 400 }, [query('order-service', SECOND, { at: 280, ms: 12 })]),
        { logs: [logLine('order-service', 2, 'connection pool is at its limit of 20', { spanId: '0' })] },
      ),
      sightings: [
        {
          spans: ['0'],
          wastedMs: 280,
          title: 'GET /orders waits 280 ms for a connection from the pool of order-service',
          explanation: /“connection pool is at its limit of 20”/,
        },
      ],
    },
    'a gap of two tenths of a second before a quick query': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 420 }, [
          query('order-service', FIRST, { at: 10, ms: 15 }),
          query('order-service', SECOND, { at: 225, ms: 12 }),
        ]),
      ),
      sightings: [{ wastedMs: 200 }],
    },
    'a gap of 1.8 seconds between two quick queries': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 2340 }, [
          query('order-service', FIRST, { at: 10, ms: 15 }),
          query('order-service', SECOND, { at: 1825, ms: 12 }),
        ]),
      ),
      sightings: [
        {
          service: 'order-service',
          operation: 'GET /orders',
          spans: ['0.1'],
          wastedMs: 1800,
          title: 'GET /orders spends 1.8 s in order-service before SELECT invoices, and no span shows why',
          explanation: /1\.8 s without a span before SELECT invoices, which then takes 12 ms\./,
          remedy:
            /Find the cause before you change anything: put a span around this part of GET \/orders, and look at the pool of order-service at that time\./,
        },
      ],
    },
    'of a gap what is left of it behind the last line of the service': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 2340 }, [
          query('order-service', FIRST, { at: 10, ms: 15 }),
          query('order-service', SECOND, { at: 1825, ms: 12 }),
        ]),
        { logs: [logLine('order-service', 325, 'loading invoices')] },
      ),
      sightings: [
        {
          wastedMs: 1500,
          title: 'GET /orders spends 1.5 s in order-service before SELECT invoices, and no span shows why',
        },
      ],
    },
    'a gap before a write, in which the service says of its pool that it is full': {
      ...drawn(
        server('risk', 'POST /score', { ms: 1900 }, [
          query('risk', 'SELECT * FROM features WHERE id = $1', { at: 5, ms: 9 }),
          query('risk', 'INSERT INTO scores VALUES ($1, $2)', { at: 1880, ms: 8 }),
        ]),
        {
          logs: [
            logLine('risk', 900, 'HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=4)'),
            logLine('other', 900, 'connection pool is at its limit of 5'),
          ],
        },
      ),
      sightings: [
        {
          spans: ['0.1'],
          wastedMs: 1866,
          title: 'POST /score waits 1.9 s for a connection from the pool of risk',
          explanation: /No span covers the gap\./,
        },
      ],
    },
    'a gap before a read that counts a full pool itself': {
      ...drawn(
        server('risk', 'GET /score', { ms: 1900 }, [
          query('risk', FIRST, {
            at: 1880,
            ms: 8,
            attributes: { 'db.client.connections.used': 20, 'db.client.connections.max': 20 },
          }),
        ]),
      ),
      sightings: [
        { wastedMs: 1880, explanation: /“db\.client\.connections\.used = 20, db\.client\.connections\.max = 20”/ },
      ],
    },
    'a gap before the spans of an ORM around a quick query': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 2340 }, [
          query('order-service', FIRST, { at: 10, ms: 15 }),
          span('order-service', 'prisma:client:operation', { at: 1825, ms: 13 }, [
            span('order-service', 'prisma:engine', { at: 1825, ms: 13 }, [
              query('order-service', SECOND, { at: 1825, ms: 12 }),
            ]),
          ]),
        ]),
      ),
      sightings: [{ service: 'order-service', operation: 'GET /orders', spans: ['0.1.0.0'], wastedMs: 1800 }],
    },
    ...Object.fromEntries(
      [
        'Could not get a resource from the pool',
        'could not obtain a connection from the pool within 5.000 seconds; all pooled connections were in use',
        'Timed out after 30000 ms while waiting for a connection to server db:27017',
        'Knex: Timeout acquiring a connection. The pool is probably full.',
        'The timeout period elapsed prior to obtaining a connection from the pool.',
      ].map((statusText) => [
        `what a library says: ${statusText}`,
        {
          ...drawn(
            server('order-service', 'GET /orders', { ms: 2340, failed: true }, [
              query('order-service', FIRST, { at: 10, ms: 2000, failed: true, statusText }),
            ]),
          ),
          sightings: [
            {
              spans: ['0.0'],
              title: 'The connection pool of order-service is exhausted: GET /orders waits 2 s for a connection',
            },
          ],
        },
      ]),
    ),
    'the pool of an HTTP client': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 2340 }, [
          span('order-service', 'http.connection_pool.wait', { at: 10, ms: 800 }),
          call('order-service', 'stock', 'GET /stock', { at: 811, ms: 1500 }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 800 }],
    },
    'an error that names the pool': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 2410, failed: true }, [
          query('inventory', FIRST, {
            ms: 2400,
            failed: true,
            events: [{ at: 2400, name: 'exception', attributes: { 'exception.message': 'Connection pool exhausted' } }],
          }),
        ]),
      ),
      sightings: [
        {
          service: 'inventory',
          spans: ['0.0'],
          wastedMs: 2400,
          title: 'The connection pool of inventory is exhausted: POST /reserve waits 2.4 s for a connection',
        },
      ],
    },
    'a refused connection with 21 of 20 in use, of which the count is the proof and not the refusal': {
      ...drawn(refused({ active_connections: 21, database_pool_size: 20 })),
      sightings: [
        {
          service: 'user-service',
          spans: ['0.0'],
          title: 'The connection pool of user-service is exhausted: GET /users waits 80 ms for a connection',
          explanation:
            /user-service asked for a connection and got none: “active_connections = 21, database_pool_size = 20”\./,
        },
      ],
    },
    'the same count in the log line of the span': {
      ...drawn(refused({}), {
        logs: [
          logLine(
            'user-service',
            60,
            '{"error":"connect ECONNREFUSED","database_pool_size":20,"active_connections":21}',
            { spanId: '0.0', level: 'error' },
          ),
        ],
      }),
      sightings: [
        { title: 'The connection pool of user-service is exhausted: GET /users waits 80 ms for a connection' },
      ],
    },
    'a span that is the wait, with the query that holds the connections and why': {
      ...drawn(
        server('user-service', 'GET /users', { ms: 5000 }, [
          span('user-service', 'HikariPool.getConnection', { at: 10, ms: 4200 }),
          query('user-service', BY_EMAIL, { at: 4215, ms: 520 }),
        ]),
        { logs: [logLine('user-service', 4700, 'slow query 520 ms: missing index on users.email', { spanId: '0.1' })] },
      ),
      sightings: [
        {
          service: 'user-service',
          spans: ['0.0'],
          wastedMs: 4200,
          title: 'GET /users waits 4.2 s for a connection from the pool of user-service',
        },
      ],
    },
    'a wait between two events of the query': {
      ...drawn(
        server('user-service', 'GET /users', { ms: 2000 }, [
          query('user-service', BY_EMAIL, {
            at: 10,
            ms: 1900,
            events: [
              { at: 12, name: 'waiting for a free connection' },
              { at: 1812, name: 'connection acquired' },
            ],
          }),
        ]),
      ),
      sightings: [{ service: 'user-service', spans: ['0.0'], wastedMs: 1800 }],
    },
    ...Object.fromEntries(
      [
        { at: 2710, name: 'waiting for a connection: pool exhausted' },
        { at: 2710, name: 'connection.requested' },
        { at: 2710, name: 'pool exhausted' },
        { at: 2709, name: 'connection wait', attributes: { wait_ms: 2 } },
      ].flatMap((event) =>
        [false, true].map((failed) => [
          `a span that is the wait of 2.7 s, at whose end an event says “${event.name}”${failed ? ', and that fails' : ''}`,
          {
            ...drawn(
              server('user-service', 'GET /users', { ms: 2800, failed }, [
                span('user-service', 'pool.acquire', { at: 10, ms: 2700, failed, events: [event] }),
              ]),
            ),
            sightings: [{ service: 'user-service', spans: ['0.0'], wastedMs: 2700 }],
          },
        ]),
      ),
    ),
    'a wait that its name shows, although an attribute measures only the last look for a connection': {
      ...drawn(
        server('user-service', 'GET /users', { ms: 2800 }, [
          span('user-service', 'pool.acquire', { at: 10, ms: 2700, attributes: { 'pool.wait_ms': 3 } }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 2700, explanation: /“pool\.acquire”/ }],
    },
    'the longer of two waits that attributes measure': {
      ...drawn(
        server('user-service', 'GET /users', { ms: 2800 }, [
          query('user-service', BY_EMAIL, {
            at: 10,
            ms: 2700,
            attributes: { 'pool.read.wait_ms': 3, 'pool.write.wait_ms': 2600 },
          }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 2600, explanation: /“pool\.write\.wait_ms = 2600”/ }],
    },
    'two waits between the events of one span': {
      ...drawn(
        server('user-service', 'GET /users', { ms: 2000 }, [
          span('user-service', 'load', {
            at: 10,
            ms: 1900,
            events: [
              { at: 12, name: 'waiting for a free connection' },
              { at: 20, name: 'connection acquired' },
              { at: 400, name: 'waiting for a free connection' },
              { at: 1600, name: 'connection acquired' },
            ],
          }),
        ]),
      ),
      sightings: [{ service: 'user-service', spans: ['0.0'], wastedMs: 1208 }],
    },
    'once a wait that a span and the one around it tell of': {
      ...drawn(
        server(
          'user-service',
          'GET /users',
          {
            ms: 2000,
            events: [
              { at: 12, name: 'waiting for a free connection' },
              { at: 1812, name: 'connection acquired' },
            ],
          },
          [span('user-service', 'pool.acquire', { at: 12, ms: 1800 })],
        ),
      ),
      sightings: [
        {
          spans: ['0.0'],
          wastedMs: 1800,
          title: 'GET /users waits 1.8 s for a connection from the pool of user-service',
        },
      ],
    },
    'queries that begin so many at a time, while the service says that its pool is at its limit': {
      ...drawn(tiles(17, 4), {
        logs: [logLine('web', 100, 'pool tiles is at its limit (4), 13 requests pending')],
      }),
      sightings: [
        { service: 'web', operation: 'loadTile', explanation: /reports about its pool: “pool tiles is at its limit/ },
      ],
    },
    'twenty at once, of which no more than four run': {
      ...drawn(tiles(20, 4)),
      sightings: [
        {
          service: 'web',
          operation: 'loadTile',
          spans: ['0.16.0'],
          wastedMs: 801,
          title: 'GET /page waits 800 ms for a connection from the pool of web',
          check:
            /The metrics of the pool of web show free connections at that time, or web runs at most 4 at once on purpose\./,
        },
      ],
    },
    'calls to another service, of which no more than four are under way': {
      ...drawn(slots(fetched, LENGTHS, 4)),
      sightings: [
        {
          service: 'web',
          operation: 'loadTile',
          title:
            'GET /page waits 860 ms for a free connection of web, which allows at most 4 calls to tile-store at once',
          explanation: /No span covers the gap\./,
          remedy: /connections to one host/,
          check:
            /The metrics of the pool of web show free slots at that time, or web runs at most 4 at once on purpose\./,
        },
      ],
    },
    'work of one name, of which no more than three run': {
      ...drawn(slots(rendered, LENGTHS, 3)),
      sightings: [
        {
          service: 'web',
          title: 'GET /page waits 1.3 s for a free thread of web, which allows at most 3 runs of render at once',
          remedy: /threads or workers of web/,
        },
      ],
    },
    'the waits of many queries as one finding, the longest first': {
      ...drawn(
        server(
          'user-service',
          'GET /users',
          { ms: 1800 },
          times(3, (i) => span('user-service', 'pool.acquire', { at: i * 600, ms: 400 + i * 50 })),
        ),
      ),
      sightings: [{ service: 'user-service', spans: ['0.2', '0.1', '0.0'], wastedMs: 1350 }],
    },
  },
});

test('a request that HAProxy held in its queue waited for a free connection', () => {
  const held = (attributes: Attributes) => {
    const trace = traceOf(server('lb', 'GET /forms', { ms: 4000, failed: true, attributes }));
    const outcome = runDetector(poolExhaustion, { trace });
    return outcome.kind === 'found' ? outcome.findings.map(({ title }) => title) : [];
  };
  expect(held({ 'haproxy.time_queue_ms': '3990' })).toEqual(['GET /forms waits 4 s for a free connection of lb']);
  expect(held({ 'haproxy.time_queue_ms': '0' })).toEqual([]);
});

test('a statement that waits for a place in its warehouse', () => {
  const attributes = { 'db.system.name': 'snowflake', 'snowflake.queued_overload_time': 1500 };
  const trace = traceOf(
    server('marts', 'POST /marts', { ms: 2000 }, [
      query('marts', 'CREATE TABLE m AS SELECT 1', { at: 5, ms: 1900, attributes }),
    ]),
  );
  expect(runDetector(poolExhaustion, { trace })).toMatchObject({
    findings: [{ title: 'POST /marts waits 1.5 s for a free warehouse slot of marts' }],
  });
});
