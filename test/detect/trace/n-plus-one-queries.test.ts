import { nPlusOneQueries } from '#detect/trace/n-plus-one-queries.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { query, type SpanNode, server, span, times } from '#test/trace.ts';

const list = query('order-service', "SELECT * FROM orders WHERE status = 'active' LIMIT 50", { at: 5, ms: 15 });
const customer = (i: number, ms = 30): SpanNode =>
  query('order-service', `SELECT * FROM customers WHERE id = ${101 + i}`, { at: 30 + i * (ms + 2), ms });

const redis = (text: string, at: number, ms = 4) =>
  span('shop', text.split(' ')[0] ?? text, {
    at,
    ms,
    kind: 'client',
    attributes: { 'db.system.name': 'redis', 'db.query.text': text },
  });
const keysOneByOne = (keys: number) =>
  server('shop', 'GET /list', { ms: 300 }, [
    redis('SMEMBERS cat:7', 2),
    ...times(keys, (i) => redis(`GET product:${i}`, 10 + i * 5)),
  ]);

/** A client sends several items in one request, and each of them is written with its own statement. */
const items = (ms: number, statement = (i: number) => `INSERT INTO readings (id) VALUES (${i})`) =>
  drawn(
    server(
      'meters',
      'POST /readings',
      { ms: 9 * (ms + 2) },
      times(8, (i) => query('meters', statement(i), { at: 5 + i * (ms + 2), ms })),
    ),
  );

testDetector(nPlusOneQueries, {
  clear: {
    'writes of a client’s items that nobody notices': items(11),
    'nineteen keys of Redis': drawn(keysOneByOne(19)),
    'writes of keys, which carry what is stored': drawn(
      server(
        'shop',
        'PUT /list',
        { ms: 300 },
        times(30, (i) => redis(`SET product:${i} 1`, 10 + i * 5)),
      ),
    ),
    'a table that is read page by page': drawn(
      server(
        'export',
        'POST /export',
        { ms: 900 },
        times(8, (i) =>
          query('export', `SELECT id FROM orders WHERE id > ${i * 1000} ORDER BY id LIMIT 1000`, {
            at: i * 100,
            ms: 90,
          }),
        ),
      ),
    ),
    'many rows in each of a few statements': drawn(
      server(
        'import',
        'POST /import',
        { ms: 900 },
        times(8, (i) =>
          query('import', `INSERT INTO items (id, name) VALUES (${i}, 'a'), (${i + 100}, 'b')`, {
            at: i * 100,
            ms: 90,
          }),
        ),
      ),
    ),
    'one question asked three times, at less than a quarter of the request': drawn(
      server('order-service', 'GET /orders', { ms: 1604 }, [
        ...times(3, (i) =>
          query('order-service', 'SELECT * FROM rates WHERE day = 20260106', { at: 20 + i * 210, ms: 200 }),
        ),
      ]),
    ),
    'two questions that differ in what they ask for': drawn(
      server('order-service', 'GET /orders', { ms: 1000 }, [
        ...times(2, (i) =>
          query('order-service', `SELECT * FROM rates WHERE day = ${i}`, { at: 20 + i * 410, ms: 400 }),
        ),
      ]),
    ),
    'two questions whose values are not known': drawn(
      server('order-service', 'GET /orders', { ms: 1000 }, [
        ...times(2, (i) => query('order-service', 'SELECT * FROM rates WHERE day = $1', { at: 20 + i * 410, ms: 400 })),
      ]),
    ),
    'one write made twice': drawn(
      server('order-service', 'POST /orders', { ms: 1000 }, [
        ...times(2, (i) =>
          query('order-service', 'UPDATE stock SET left = left - 1 WHERE id = 7', { at: 20 + i * 410, ms: 400 }),
        ),
      ]),
    ),
    'four look-ups': drawn(
      server('order-service', 'GET /orders', { ms: 400 }, [list, ...times(4, (i) => customer(i))]),
    ),
    'five look-ups that take less than 50 ms together': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 200 },
        times(5, (i) => customer(i, 9)),
      ),
    ),
    'look-ups that are less than a twentieth of a long job': drawn(
      server(
        'order-service',
        'nightly export',
        { ms: 20_000 },
        times(30, (i) => customer(i)),
      ),
    ),
    'five queries of different shapes': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 400 },
        times(5, (i) =>
          query('order-service', `SELECT * FROM table_${'abcde'[i]} WHERE id = 1`, { at: i * 50, ms: 40 }),
        ),
      ),
    ),
    'twenty look-ups side by side, which take as long as one': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 1000 },
        times(20, (i) => query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 10, ms: 45 })),
      ),
    ),
    'twenty look-ups side by side that are slow, each': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 1000 },
        times(20, (i) => query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 10, ms: 400 })),
      ),
    ),
    'five look-ups of which one failed': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 400 },
        times(5, (i) =>
          query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: i * 50, ms: 40, failed: i === 3 }),
        ),
      ),
    ),
    'statements that were cut, so that nobody can tell them apart': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 400 },
        times(8, (i) => query('order-service', 'SELECT a, b, c FROM customers JOIN ...', { at: i * 45, ms: 40 })),
      ),
    ),
    'the BEGIN of every transaction': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 400 },
        times(8, (i) => query('order-service', 'BEGIN', { at: i * 45, ms: 40 })),
      ),
    ),
    'keys of a cache': drawn(
      server(
        'order-service',
        'GET /orders',
        { ms: 400 },
        times(8, (i) =>
          span('order-service', 'GET', {
            at: i * 45,
            ms: 40,
            kind: 'client',
            attributes: { 'db.system.name': 'redis', 'db.query.text': `GET k${i}` },
          }),
        ),
      ),
    ),
  },
  found: {
    'the same writes, where they take longer': { ...items(14), sightings: [{ service: 'meters' }] },
    'reads that take as long as those writes': {
      ...items(11, (i) => `SELECT * FROM readings WHERE id = ${i}`),
      sightings: [{ service: 'meters' }],
    },
    'twenty keys of Redis one after another': {
      ...drawn(keysOneByOne(20)),
      sightings: [
        { service: 'shop', title: 'shop loads 20 keys one by one with 21 queries (N+1): GET /list spends 80 ms on it' },
      ],
    },
    'queries of which only a summary is kept': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 600 },
          times(6, (i) =>
            span('web', 'SELECT customers', {
              at: 5 + i * 90,
              ms: 80,
              kind: 'client',
              attributes: { 'db.system.name': 'postgresql', 'db.query.summary': 'SELECT customers' },
            }),
          ),
        ),
      ),
      sightings: [{ title: 'web loads 6 customers one by one with 6 queries (N+1): GET /page spends 480 ms on it' }],
    },
    'the newest rows of each element, in order': {
      ...drawn(
        server(
          'feed',
          'GET /feed',
          { ms: 900 },
          times(8, (i) =>
            query('feed', `SELECT id FROM comments WHERE post_id = ${i} ORDER BY id DESC LIMIT 3 OFFSET 0`, {
              at: i * 100,
              ms: 90,
            }),
          ),
        ),
      ),
      sightings: [{ title: 'feed loads 8 comments one by one with 8 queries (N+1): GET /feed spends 720 ms on it' }],
    },
    'one row in each statement': {
      ...drawn(
        server(
          'import',
          'POST /import',
          { ms: 900 },
          times(8, (i) => query('import', `INSERT INTO items (id, name) VALUES (${i}, 'a')`, { at: i * 100, ms: 90 })),
        ),
      ),
      sightings: [
        { title: 'import inserts 8 items one by one with 8 queries (N+1): POST /import spends 720 ms on it' },
      ],
    },
    'the same query each time, but for the ids that tracing writes in its comment': {
      ...drawn(
        server(
          'web',
          'GET /page',
          { ms: 600 },
          times(6, (i) =>
            query('web', `SELECT * FROM rates WHERE day = 6 /*traceparent='00-${i}a-${i}b-01'*/`, {
              at: 5 + i * 90,
              ms: 80,
            }),
          ),
        ),
      ),
      sightings: [
        { title: 'web sends the same query 6 times in one request (SELECT rates): GET /page spends 480 ms on it' },
      ],
    },
    'one query for fifty orders and fifty for their customers': {
      ...drawn(server('order-service', 'GET /orders', { ms: 1890 }, [list, ...times(50, (i) => customer(i, 28))])),
      sightings: [
        {
          service: 'order-service',
          operation: 'GET /orders',
          spans: times(50, (i) => `0.${i + 1}`),
          wastedMs: 1400,
          title: 'order-service loads 50 customers one by one with 51 queries (N+1): GET /orders spends 1.4 s on it',
        },
      ],
    },
    'one question asked three times, at a price': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1000 }, [
          ...times(3, (i) =>
            query('order-service', 'SELECT * FROM rates WHERE day = 20260106', { at: 20 + i * 210, ms: 200 }),
          ),
        ]),
      ),
      sightings: [
        {
          service: 'order-service',
          wastedMs: 400,
          title:
            'order-service sends the same query 3 times in one request (SELECT rates): GET /orders spends 600 ms on it',
          remedy: /^Read SELECT rates once in order-service/,
        },
      ],
    },
    'quick look-ups, between which more time passes than in them': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1000 }, [
          list,
          ...times(20, (i) =>
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 30 + i * 40, ms: 8 }),
          ),
        ]),
      ),
      sightings: [
        {
          wastedMs: 160,
          title: 'order-service loads 20 customers one by one with 21 queries (N+1): GET /orders spends 770 ms on it',
        },
      ],
    },
    'quick look-ups with one long pause, which is a story of its own': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1000 }, [
          list,
          ...times(20, (i) =>
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, {
              at: 30 + i * 10 + (i > 9 ? 600 : 0),
              ms: 8,
            }),
          ),
        ]),
      ),
      sightings: [
        {
          wastedMs: 160,
          title: 'order-service loads 20 customers one by one with 21 queries (N+1): GET /orders spends 160 ms on it',
        },
      ],
    },
    'look-ups four at a time, which do not all wait for each other': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1020 }, [
          ...times(20, (i) =>
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, {
              at: 5 + 200 * Math.floor(i / 4),
              ms: 199,
            }),
          ),
        ]),
      ),
      sightings: [
        {
          explanation:
            /select \* from customers where id = \? is sent 20 times, once for each element, a few at a time\./,
        },
      ],
    },
    'five look-ups at both limits': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 1000 },
          times(5, (i) => customer(i, 10)),
        ),
      ),
      sightings: [{ wastedMs: 50 }],
    },
    'look-ups each inside a method of a repository, with the wait for its connection': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 400 }, [
          span('order-service', 'OrderRepository.findAll', { at: 1, ms: 16 }, [list]),
          ...times(6, (i) =>
            span('order-service', 'CustomerRepository.findById', { at: 30 + i * 40, ms: 35 }, [
              span('order-service', 'pg-pool.connect', { at: 30 + i * 40, ms: 1, kind: 'client' }),
              query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 32 + i * 40, ms: 30 }),
            ]),
          ),
        ]),
      ),
      sightings: [
        {
          operation: 'GET /orders',
          spans: times(6, (i) => `0.${i + 1}.1`),
          wastedMs: 180,
          title: 'order-service loads 6 customers one by one with 7 queries (N+1): GET /orders spends 180 ms on it',
        },
      ],
    },
    'the lines of each order of a page, as one': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 4000 },
          times(10, (order) =>
            span(
              'order-service',
              'load order',
              { at: order * 400, ms: 390 },
              times(6, (i) =>
                query('order-service', `SELECT * FROM lines WHERE id = ${order}${i}`, {
                  at: order * 400 + i * 30,
                  ms: 25,
                }),
              ),
            ),
          ),
        ),
      ),
      sightings: [
        {
          operation: 'load order',
          wastedMs: 1500,
          title: 'order-service loads 60 lines one by one with 60 queries (N+1): GET /orders spends 1.5 s on it',
        },
      ],
    },
    'two queries for each element, taking turns, as one': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1890 }, [
          list,
          ...times(20, (i) => [
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 30 + i * 60, ms: 25 }),
            query('order-service', `SELECT * FROM addresses WHERE customer = ${i}`, { at: 57 + i * 60, ms: 25 }),
          ]).flat(),
        ]),
      ),
      sightings: [
        {
          spans: times(40, (i) => `0.${i + 1}`),
          wastedMs: 1000,
          title:
            'order-service loads 20 customers and addresses one by one with 41 queries (N+1): GET /orders spends 1 s on it',
        },
      ],
    },
    'what a cache did not have, row by row': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1890 }, [
          list,
          ...times(10, (i) => [
            span('order-service', 'GET', {
              at: 30 + i * 60,
              kind: 'client',
              attributes: { 'db.system.name': 'redis', 'db.query.text': `GET customer:${i}` },
            }),
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 33 + i * 60, ms: 30 }),
          ]).flat(),
        ]),
      ),
      sightings: [{ spans: times(10, (i) => `0.${2 + i * 2}`), title: /10 customers one by one/ }],
    },
    'two loops, one after the other': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 1890 }, [
          ...times(10, (i) =>
            query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: i * 30, ms: 25 }),
          ),
          ...times(10, (i) =>
            query('order-service', `SELECT * FROM addresses WHERE customer = ${i}`, { at: 400 + i * 30, ms: 25 }),
          ),
        ]),
      ),
      sightings: [{ title: /10 customers/ }, { title: /10 addresses/ }],
    },
    'a number in the statement beside a placeholder, which hides whether the values differ': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 400 },
          times(8, (i) =>
            query('order-service', 'SELECT * FROM customers WHERE id = %s LIMIT 21', { at: i * 45, ms: 40 }),
          ),
        ),
      ),
      sightings: [
        { title: 'order-service loads 8 customers one by one with 8 queries (N+1): GET /orders spends 320 ms on it' },
      ],
    },
    'the same placeholders with the same parameters': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 400 },
          times(8, (i) =>
            query('order-service', 'SELECT * FROM settings WHERE tenant = $1', {
              at: i * 45,
              ms: 40,
              attributes: { 'db.query.parameter.0': '7' },
            }),
          ),
        ),
      ),
      sightings: [
        {
          title:
            'order-service sends the same query 8 times in one request (SELECT settings): GET /orders spends 320 ms on it',
        },
      ],
    },
    'placeholders, which hide whether the values differ': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 400 },
          times(8, (i) => query('order-service', 'SELECT * FROM customers WHERE id = $1', { at: i * 45, ms: 40 })),
        ),
      ),
      sightings: [
        { title: 'order-service loads 8 customers one by one with 8 queries (N+1): GET /orders spends 320 ms on it' },
      ],
    },
    'the same question eight times, told apart from N+1': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 400 },
          times(8, (i) => query('order-service', 'SELECT * FROM settings WHERE tenant = 7', { at: i * 45, ms: 40 })),
        ),
      ),
      sightings: [
        {
          title:
            'order-service sends the same query 8 times in one request (SELECT settings): GET /orders spends 320 ms on it',
        },
      ],
    },
    'other queries in between': {
      ...drawn(
        server(
          'order-service',
          'GET /orders',
          { ms: 900 },
          times(8, (i) => [
            customer(i, 40),
            query('order-service', "SELECT * FROM carts WHERE note = 'it''s'", { at: 72 + i * 42, ms: 1 }),
          ]).flat(),
        ),
      ),
      sightings: [{ service: 'order-service', title: /8 customers/ }],
    },
  },
});
