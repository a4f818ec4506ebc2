import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { slowQuery } from '#detect/trace/slow-query.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const JOIN = 'SELECT o.id, i.sku FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = $1';

/** As `tracing-opentelemetry` records the warning of sqlx. */
const slowStatement = (at: number, elapsed: string) => ({
  events: [
    {
      at,
      name: 'slow statement: execution time exceeded alert threshold',
      attributes: {
        level: 'WARN',
        target: 'sqlx::query',
        summary: 'SELECT id, vec FROM candidates …',
        'db.statement': '\n\nSELECT\n  id, vec\nFROM\n  candidates\nWHERE\n  vec <-> $1 < 0.4\n',
        rows_returned: 211,
        elapsed,
      },
    },
  ],
});

testDetector(slowQuery, {
  clear: {
    'a statement that an event shows, while something else ran': drawn(
      server('matcher', 'GET /candidates', { ms: 4391, ...slowStatement(4302, '4.281119s') }, [
        span('matcher', 'rank', { at: 20, ms: 4270 }),
      ]),
    ),
    'quick statements that events show': drawn(
      server('matcher', 'GET /candidates', { ms: 4391, ...slowStatement(4302, '0.041s') }),
    ),
    'a store of which too few replicas answered': drawn(
      server('timeline', 'GET /timeline', { ms: 5100, failed: true }, [
        query('timeline', 'SELECT * FROM timeline WHERE user_id = $1', {
          at: 5,
          ms: 5000,
          failed: true,
          statusText: 'Cassandra timeout during read query at consistency LOCAL_QUORUM (2 responses were required)',
          attributes: { 'db.system.name': 'cassandra' },
        }),
      ]),
    ),
    'a statement that no server of the store took': drawn(
      server('bills', 'GET /bills', { ms: 9100, failed: true }, [
        query('bills', 'SELECT * FROM bills WHERE till = $1', {
          at: 5,
          ms: 9000,
          failed: true,
          statusText: "Database 'bills' on server 'tills' is not currently available.",
          attributes: { 'db.system.name': 'microsoft.sql_server' },
        }),
      ]),
    ),
    'a lookup of one key that gets no answer in time': drawn(
      server('prices', 'GET /prices', { ms: 2100 }, [
        query('prices', 'GET price:9', {
          at: 5,
          ms: 2004,
          failed: true,
          statusText: 'Command timed out after 2 second(s)',
          attributes: { 'db.system.name': 'redis' },
        }),
      ]),
    ),
    'a query whose answer waited for the event loop, as a line says': drawn(
      server('orders', 'GET /orders', { ms: 2000 }, [query('orders', JOIN, { at: 10, ms: 1900 })]),
      { logs: [logLine('orders', 1905, 'event loop blocked for 1862 ms at renderPdfSync')] },
    ),
    'a query on a phone, which has no one who is on call for it': drawn(
      span('app', 'MainActivity.onCreate', { ms: 900, resource: { 'os.name': 'Android' } }, [
        query('app', 'SELECT * FROM notes WHERE pinned = 1', { ms: 800, resource: { 'os.name': 'Android' } }),
      ]),
    ),
    'a batch of many rows that takes a few milliseconds for each': drawn(
      server('import', 'POST /import', { ms: 2500 }, [
        query('import', 'INSERT INTO rows (a) VALUES ($1)', {
          at: 10,
          ms: 2400,
          attributes: { 'db.operation.batch.size': 5000 },
        }),
      ]),
    ),
    'a call of which its service says that the query took little': drawn(
      server('orders', 'GET /orders', { ms: 640 }, [query('orders', JOIN, { at: 10, ms: 300 })]),
      { logs: [logLine('orders', 312, 'new connection 270 ms (TLS, proxy), query 9 ms')] },
    ),
    'a query just below the least time': drawn(
      server('orders', 'GET /orders', { ms: 500 }, [query('orders', JOIN, { at: 10, ms: 99 })]),
    ),
    'a query just below the least share of a long request': drawn(
      server('orders', 'GET /report', { ms: 4000 }, [query('orders', JOIN, { at: 10, ms: 399 })]),
    ),
    'a slow query that nobody waits for, because a slower call runs beside it': drawn(
      server('orders', 'GET /orders', { ms: 1000 }, [
        query('orders', JOIN, { at: 10, ms: 400 }),
        call('orders', 'stock', 'GET /stock', { at: 5, ms: 990 }),
      ]),
    ),
    'a look-up of one key that found no server': drawn(
      server('orders', 'GET /orders', { ms: 1000 }, [
        span('orders', 'get', {
          at: 1,
          ms: 900,
          kind: 'client',
          failed: true,
          statusText: 'No server available',
          attributes: { 'db.system.name': 'memcached', 'db.query.text': 'get order:7' },
        }),
      ]),
    ),
    'a read that waits until there is work': drawn(
      server('worker', 'take job', { ms: 5000 }, [
        span('worker', 'BLPOP', {
          at: 1,
          ms: 2000,
          kind: 'client',
          attributes: { 'db.system.name': 'redis', 'db.query.text': 'BLPOP jobs 5' },
        }),
        span('worker', 'XREADGROUP', {
          at: 2002,
          ms: 2000,
          kind: 'client',
          attributes: { 'db.system.name': 'redis', 'db.query.text': 'XREADGROUP GROUP g c BLOCK 2000 STREAMS s >' },
        }),
      ]),
    ),
    'opening a connection': drawn(
      server('orders', 'GET /orders', { ms: 1000 }, [
        span('orders', 'pg.connect', {
          at: 1,
          ms: 900,
          kind: 'client',
          attributes: { 'db.system.name': 'postgresql' },
        }),
      ]),
    ),
    'a slow call of another service': drawn(
      server('orders', 'GET /orders', { ms: 1000 }, [call('orders', 'stock', 'GET /stock', { ms: 900 })]),
    ),
    'the server span of a traced database proxy, which is no call': drawn(
      server('orders', 'GET /orders', { ms: 1000 }, [
        span('db-proxy', 'query', { ms: 900, kind: 'server', attributes: { 'db.query.text': JOIN } }),
      ]),
    ),
  },
  found: {
    'a statement without a span, by the event that its driver logged in the request': {
      ...drawn(server('matcher', 'GET /candidates', { ms: 4391, ...slowStatement(4302, '4.281119s') })),
      sightings: [
        {
          service: 'matcher',
          spans: ['0'],
          wastedMs: 4281,
          title: /waits 4.3 s for one query of matcher, SELECT candidates/,
          explanation: /where vec/,
        },
      ],
    },
    'the same statement in an event and in the line of the request, once': {
      ...drawn(server('matcher', 'GET /candidates', { ms: 4391, ...slowStatement(4302, '4.281119s') }), {
        logs: [
          logLine(
            'matcher',
            4302,
            'slow statement: execution time exceeded alert threshold db.statement="SELECT id, vec FROM candidates WHERE vec <-> $1 < 0.4" elapsed=4.281119s',
            { spanId: '0' },
          ),
        ],
      }),
      sightings: [{ spans: ['0'], title: /waits 4.3 s for one query of matcher/ }],
    },
    'a small batch that takes long': {
      ...drawn(
        server('import', 'POST /import', { ms: 2500 }, [
          query('import', 'INSERT INTO rows (a) VALUES ($1)', {
            at: 10,
            ms: 2400,
            attributes: { 'db.operation.batch.size': 2 },
          }),
        ]),
      ),
      sightings: [{ service: 'import', title: /INSERT rows/ }],
    },
    'a command of MongoDB, by its collection': {
      ...drawn(
        server('jobs', 'GET /jobs', { ms: 1000 }, [
          query('jobs', '{"find":"jobs","filter":{"email":"?"}}', {
            at: 5,
            ms: 900,
            attributes: { 'db.system.name': 'mongodb' },
          }),
        ]),
      ),
      sightings: [{ title: 'GET /jobs waits 900 ms for one query of jobs, FIND jobs' }],
    },
    'a statement that was given up in the end': {
      ...drawn(
        server('geo', 'POST /places', { ms: 1000, failed: true }, [
          query('geo', 'UPDATE places SET state = $1', {
            at: 5,
            ms: 900,
            failed: true,
            statusText: 'statement timeout',
          }),
        ]),
      ),
      sightings: [{ title: 'POST /places waits 900 ms for one query of geo, UPDATE places, which then fails' }],
    },
    'the join that holds 2.28 of 2.34 seconds': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 2340 }, [
          query('order-service', JOIN, { at: 20, ms: 2280 }),
          span('order-service', 'SET', { at: 2310, ms: 3, kind: 'client', attributes: { 'db.system.name': 'redis' } }),
        ]),
      ),
      sightings: [
        {
          service: 'order-service',
          operation: 'SELECT',
          spans: ['0.0'],
          wastedMs: 2280,
          title:
            'GET /orders waits 2.3 s for one query of order-service, SELECT orders: a join, maybe without an index',
        },
      ],
    },
    'a query that returns more rows than anybody reads': {
      ...drawn(
        server('orders', 'GET /export', { ms: 1000 }, [
          query('orders', JOIN, { at: 10, ms: 900, attributes: { 'db.response.returned_rows': 1_204_000 } }),
        ]),
      ),
      sightings: [
        { title: 'GET /export waits 900 ms for one query of orders, SELECT orders: it returns 1,204,000 rows' },
      ],
    },
    'a query that returns a page of rows': {
      ...drawn(
        server('orders', 'GET /export', { ms: 1000 }, [
          query('orders', JOIN, { at: 10, ms: 900, attributes: { 'db.response.returned_rows': 9_999 } }),
        ]),
      ),
      sightings: [
        { title: 'GET /export waits 900 ms for one query of orders, SELECT orders: a join, maybe without an index' },
      ],
    },
    'a query exactly at both limits': {
      ...drawn(server('orders', 'GET /orders', { ms: 1000 }, [query('orders', JOIN, { at: 10, ms: 100 })])),
      sightings: [{ spans: ['0.0'], wastedMs: 100 }],
    },
    'one query run twice, as one finding with the slower first': {
      ...drawn(
        server('orders', 'GET /orders', { ms: 1000 }, [
          query('orders', "SELECT * FROM orders WHERE day = '2026-01-05'", { at: 0, ms: 300 }),
          query('orders', "SELECT * FROM orders WHERE day = '2026-01-06'", { at: 300, ms: 500 }),
        ]),
      ),
      sightings: [
        {
          spans: ['0.1', '0.0'],
          wastedMs: 800,
          title: 'GET /orders waits 800 ms for 2 runs of one query of orders, SELECT orders',
        },
      ],
    },
    'old attribute names, and a database that is traced as a service of its own': {
      ...drawn(
        server('customer', 'GET /customer', { ms: 300 }, [
          span('mysql', 'SQL SELECT', {
            at: 1,
            ms: 280,
            kind: 'client',
            attributes: { 'sql.query': 'SELECT * FROM customer WHERE id = 7' },
          }),
        ]),
      ),
      sightings: [{ service: 'mysql', spans: ['0.0'] }],
    },
    'a full scan, because the database logged its plan at that span': {
      ...drawn(
        server('users', 'GET /login', { ms: 5200 }, [
          query('users', 'SELECT * FROM users WHERE email = $1', { at: 100, ms: 5000 }),
        ]),
        {
          logs: [logLine('users', 5100, 'slow query: Seq Scan on users (rows=4200000)', { spanId: '0.0' })],
        },
      ),
      sightings: [
        { service: 'users', title: 'GET /login waits 5 s for one query of users, SELECT users: a full scan' },
      ],
    },
    'a missing index, logged in the context of the caller while the query ran': {
      ...drawn(
        server('users', 'GET /login', { ms: 5200 }, [
          query('users', 'SELECT * FROM users WHERE email = $1', { at: 100, ms: 5000 }),
        ]),
        { logs: [logLine('users', 5105, 'slow query: missing index on users.email', { spanId: '0' })] },
      ),
      sightings: [{ title: 'GET /login waits 5 s for one query of users, SELECT users: a missing index' }],
    },
    'no index, though the caller logged one, for that was about an earlier query': {
      ...drawn(
        server('users', 'GET /login', { ms: 5200 }, [
          query('users', 'SELECT * FROM users WHERE email = $1', { at: 100, ms: 5000 }),
        ]),
        { logs: [logLine('users', 90, 'slow query: missing index on carts.owner', { spanId: '0' })] },
      ),
      sightings: [{ title: 'GET /login waits 5 s for one query of users, SELECT users' }],
    },
    'a table read whole, from the statement alone': {
      ...drawn(server('users', 'GET /export', { ms: 900 }, [query('users', 'SELECT * FROM users', { ms: 800 })])),
      sightings: [{ title: /no WHERE, no LIMIT/ }],
    },
  },
});

test('a write without a plan may wait for a lock as well: it stays unsure and names both', () => {
  const found = (statement: string, attributes = {}) => {
    const trace = traceOf(
      server('fleet', 'POST /assign', { ms: 8000 }, [query('fleet', statement, { ms: 7900, attributes })]),
    );
    return runDetector(slowQuery, { trace });
  };
  const UPDATE = 'UPDATE trucks SET driver = $1 WHERE id = $2';
  expect(found(UPDATE)).toMatchObject({ findings: [{ inferred: true, couldBe: { length: 3 } }] });
  expect(found('COMMIT')).toMatchObject({ findings: [{ inferred: true }] });
  for (const sure of [
    found(UPDATE, { 'db.query.plan': 'Seq Scan on trucks' }),
    found('SELECT * FROM trucks WHERE id = $1'),
  ])
    expect(sure).not.toMatchObject({ findings: [{ inferred: true }] });
});

test('one call that writes many elements is unsure as any write, also where nothing counts them', () => {
  const found = (operation: string) => {
    const trace = traceOf(
      server('search', 'POST /import', { ms: 8000 }, [
        span('search', operation, { ms: 7900, kind: 'client', attributes: { 'db.system.name': 'elasticsearch' } }),
      ]),
    );
    return runDetector(slowQuery, { trace });
  };
  for (const bulk of ['bulk', 'trucks.insertMany', 'BatchWriteItem', 'Collection.bulk_write'])
    expect(found(bulk), bulk).toMatchObject({ findings: [{ inferred: true, couldBe: { length: 3 } }] });
  for (const other of ['search', 'bulkhead.search', 'BatchGetItem'])
    expect(found(other), other).not.toMatchObject({ findings: [{ inferred: true }] });
});

test('an insert may wait for the batch that ClickHouse collects, for as long as batches take', () => {
  const insert = (ms: number, settings: string) => {
    const statement = `INSERT INTO hits ${settings} VALUES`;
    const attributes = { 'db.system.name': 'clickhouse' };
    const trace = traceOf(
      server('collect', 'POST /collect', { ms: ms + 20 }, [query('collect', statement, { at: 8, ms, attributes })]),
    );
    return runDetector(slowQuery, { trace }).kind;
  };
  expect(insert(890, 'SETTINGS async_insert=1, wait_for_async_insert=1')).toBe('clear');
  expect(insert(890, '')).toBe('found');
  expect(insert(4100, 'SETTINGS async_insert=1')).toBe('found');
});

test('a read of thousands of rows for a run that the request only starts is unsure', () => {
  const found = (status: number, rows: number) => {
    const outcome = runDetector(slowQuery, {
      trace: traceOf(
        server('tolls', 'POST /tolls/run', { ms: 1400, attributes: { 'http.response.status_code': status } }, [
          query('tolls', 'SELECT * FROM passages WHERE month = $1', {
            at: 20,
            ms: 1180,
            attributes: { 'db.response.returned_rows': rows },
          }),
        ]),
      ),
    });
    return outcome.kind === 'found' ? outcome.findings[0]?.facts.isOfRun : outcome.kind;
  };
  expect(found(202, 7000)).toBe(true);
  expect(found(202, 40)).toBeUndefined();
  expect(found(202, 1100)).toBeUndefined();
  expect(found(200, 7000)).toBeUndefined();
});
