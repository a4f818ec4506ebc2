import { cacheMissCascade } from '#detect/trace/cache-miss-cascade.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, query, type SpanNode, server, span, times } from '#test/trace.ts';

const redis = (command: string, at: number, attributes: Attributes = {}, ms = 1): SpanNode =>
  span('product-service', command.split(' ', 1)[0] ?? '', {
    at,
    ms,
    kind: 'client',
    attributes: { 'db.system.name': 'redis', 'db.query.text': command, ...attributes },
  });
const MISS = { 'cache.hit': false };
const select = (at: number, ms: number, table = 'products') =>
  query('product-service', `SELECT * FROM ${table} WHERE id = $1`, { at, ms });

const reviews = (at: number, ms: number) =>
  call('product-service', 'review-service', 'GET /reviews', { at, ms }, [
    server('review-service', 'GET /reviews', { at: at + 2, ms: ms - 4 }, [
      query('review-service', 'SELECT * FROM reviews WHERE product = $1', { at: at + 4, ms: 45 }),
      query('review-service', 'SELECT u.* FROM users u JOIN reviews r ON r.user = u.id', { at: at + 51, ms: ms - 60 }),
    ]),
  ]);
const page = (...children: SpanNode[]) => server('product-service', 'GET /product/456', { ms: 1250 }, children);

const fetched = (what: string, at: number, ms: number, attributes: Attributes = {}) =>
  span('product-service', `cache.fetch ${what}`, { at, ms, attributes }, [select(at + 1, ms - 2, what)]);

testDetector(cacheMissCascade, {
  clear: {
    'one look that reads the value itself': drawn(page(fetched('prices', 5, 900))),
    'looks that hit, with a query for something else inside': drawn(
      page(fetched('prices', 5, 300, { 'cache.hit': true }), fetched('texts', 320, 400, { 'cache.hit': true })),
    ),
    'steps that only have to do with a cache': drawn(
      page(
        span('product-service', 'cache statistics', { at: 5, ms: 300 }, [select(6, 298)]),
        span('product-service', 'cache statistics', { at: 320, ms: 300 }, [select(321, 298, 'texts')]),
      ),
    ),
    'one miss': drawn(page(redis('GET product:456', 5, MISS), select(10, 900))),
    'two hits, then queries for something else': drawn(
      page(
        redis('GET session:1', 5, { 'cache.hit': true }),
        select(10, 400),
        redis('GET flags', 420, { 'cache.hit': true }),
        select(430, 400, 'reviews'),
      ),
    ),
    'two looks into the cache that do not say whether they missed, and nothing is written back': drawn(
      page(redis('GET session:1', 5), select(10, 400), redis('GET flags', 420), select(430, 400, 'reviews')),
    ),
    'what is written to the cache has other keys': drawn(
      page(
        redis('GET session:1', 5),
        select(10, 400),
        redis('GET flags', 420),
        select(430, 400, 'reviews'),
        redis('SET product:456', 900),
        redis('SET product:457', 905),
      ),
    ),
    'reads behind the misses that hold less than 100 ms': drawn(
      page(redis('GET a', 5, MISS), select(10, 49), redis('GET b', 80, MISS), select(90, 50)),
    ),
    'reads behind the misses that are less than a tenth of the request': drawn(
      page(redis('GET a', 5, MISS), select(10, 60), redis('GET b', 80, MISS), select(90, 64)),
    ),
    'reads that are quicker than the cache': drawn(
      page(redis('GET a', 5, MISS, 200), select(210, 100), redis('GET b', 400, MISS, 200), select(610, 100)),
    ),
    'queries that had begun before the cache answered': drawn(
      page(redis('GET a', 5, MISS, 20), select(10, 200), redis('GET b', 300, MISS, 20), select(310, 200)),
    ),
    'misses that are followed by writes': drawn(
      page(
        redis('GET a', 5, MISS),
        query('product-service', 'UPDATE visits SET n = 1', { at: 10, ms: 300 }),
        redis('GET b', 400, MISS),
        query('product-service', 'INSERT INTO visits VALUES (1)', { at: 410, ms: 300 }),
      ),
    ),
    'a cache that cannot be reached': drawn(
      page(
        ...[5, 500].flatMap((at) => [
          span('product-service', 'GET', {
            at,
            ms: 1,
            kind: 'client',
            failed: true,
            attributes: { 'db.system.name': 'redis' },
          }),
          select(at + 10, 300),
        ]),
      ),
    ),
  },
  found: {
    'looks and reads that begin together, by a clock of whole milliseconds': {
      ...drawn(
        page(
          select(5, 300),
          redis('GET product:1', 5, MISS, 0),
          select(320, 300),
          redis('GET product:2', 320, MISS, 0),
        ),
      ),
      sightings: [{ spans: ['0.1', '0.0', '0.3', '0.2'], wastedMs: 600 }],
    },
    'looks that read the value themselves': {
      ...drawn(page(fetched('prices', 5, 300), fetched('texts', 320, 400))),
      sightings: [
        {
          spans: ['0.1', '0.1.0', '0.0', '0.0.0'],
          wastedMs: 696,
          explanation: /“cache\.fetch texts reads the value itself”/,
        },
      ],
    },
    'two misses and the join behind them, as in the guide': {
      ...drawn(
        page(
          redis('GET product:456', 5),
          select(10, 85),
          redis('GET product:456:reviews', 100),
          reviews(105, 890),
          redis('SET product:456', 1000, {}, 2),
          redis('SET product:456:reviews', 1005),
        ),
      ),
      sightings: [
        {
          service: 'product-service',
          operation: 'GET /product/456',
          spans: ['0.2', '0.3', '0.0', '0.1'],
          wastedMs: 975,
          title:
            'product-service: 2 cache reads miss, and the reads behind them take 980 ms of the 1.3 s of GET /product/456; the longest is SELECT users in review-service (830 ms)',
        },
      ],
    },
    'misses that say so, at both limits': {
      ...drawn(
        server('product-service', 'GET /', { ms: 1000 }, [
          redis('GET a', 5, MISS),
          select(10, 50),
          redis('GET b', 80, { 'cache.status': 'MISS' }),
          select(90, 50),
        ]),
      ),
      sightings: [{ wastedMs: 100 }],
    },
    'two looks first, then the two reads': {
      ...drawn(page(redis('GET a', 5, MISS), redis('GET b', 8, MISS), select(10, 300), select(320, 300, 'reviews'))),
      sightings: [{ wastedMs: 600 }],
    },
    'looks and reads in wrappers, where the wrapper knows of the miss': {
      ...drawn(
        page(
          ...times(3, (i) => [
            span('product-service', 'cache.lookup', { at: i * 300, ms: 3, attributes: { cache_hit: 'false' } }, [
              redis(`GET key:${i}`, i * 300 + 1),
            ]),
            span('product-service', 'load', { at: i * 300 + 10, ms: 200 }, [
              select(i * 300 + 12, 150),
              span('product-service', 'map rows', { at: i * 300 + 170, ms: 20 }),
            ]),
          ]).flat(),
        ),
      ),
      sightings: [{ title: /3 cache reads miss, and the reads behind them take 600 ms/, wastedMs: 600 }],
    },
    'a function that reads through the cache, called four times': {
      ...drawn(
        page(
          ...times(4, (i) =>
            span('product-service', 'getProduct', { at: i * 200, ms: 190 }, [
              redis(`GET product:${i}`, i * 200 + 1),
              select(i * 200 + 5, 150),
              redis(`SETEX product:${i} 60`, i * 200 + 160),
            ]),
          ),
        ),
      ),
      sightings: [{ operation: 'getProduct', title: /4 cache reads miss/, wastedMs: 600 }],
    },
    'a look that reads the value itself and says that it missed, by its words': {
      ...drawn(
        page(
          ...['prices', 'texts'].map((what, i) =>
            span(
              'product-service',
              `cache.fetch ${what}`,
              { at: 5 + i * 400, ms: 390, events: [{ at: 6 + i * 400, name: 'cache.miss' }] },
              [select(7 + i * 400, 380, what)],
            ),
          ),
        ),
      ),
      sightings: [{ title: /2 cache reads miss/, explanation: /“cache\.miss”/ }],
    },
    'keys that were masked, with the values written back': {
      ...drawn(
        page(
          redis('GET ?', 5),
          select(10, 300),
          redis('SET ? ?', 320),
          redis('GET ?', 400),
          select(410, 300, 'reviews'),
          redis('SET ? ?', 720),
        ),
      ),
      sightings: [{ title: /^product-service: another read follows each of 2 reads of redis; these reads take/ }],
    },
    'what is said in the name, in an event, or by the number of rows': {
      ...drawn(
        page(
          span('product-service', 'Redis GET product:456 (MISS)', {
            at: 5,
            kind: 'client',
            attributes: { 'db.system.name': 'redis' },
          }),
          select(10, 200),
          span('product-service', 'cache.get', { at: 300, events: [{ at: 300, name: 'cache miss' }] }),
          select(310, 200),
          redis('GET c', 600, { 'db.response.returned_rows': 0 }),
          select(610, 200),
        ),
      ),
      sightings: [{ title: /3 cache reads miss/, wastedMs: 600 }],
    },
    'one miss, where one is asked for': {
      ...drawn(page(redis('GET product:456', 5, MISS), select(10, 900)), { thresholds: { minMisses: 1 } }),
      sightings: [{ title: /1 cache read misses/ }],
    },
  },
});
