import { expect, test } from 'vitest';
import { cacheStampede } from '#detect/window/cache-stampede.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';
import { type DrawnRequest, requestAt, testWindowDetector, windowFindings } from '#test/requests.ts';
import { query, type SpanNode, server, times } from '#test/trace.ts';

const redis = (statement: string, at: number, attributes: Attributes = {}) =>
  query('product-service', statement, {
    at,
    ms: 1,
    attributes: { 'db.system.name': 'redis', 'db.query.text': statement, ...attributes },
  });

/** Asks for a product; a miss reads the store for so long and writes it back. */
function product(at: number, { key = 'product:456', hit = false, readMs = 85, masked = false }): DrawnRequest {
  const look = redis(masked ? 'GET ?' : `GET ${key}`, 2, { 'cache.hit': hit });
  const below: SpanNode[] = hit
    ? [look]
    : [
        look,
        query('product-service', 'SELECT * FROM products WHERE id = 456', { at: 4, ms: readMs }),
        redis(masked ? 'SET ?' : `SET ${key}`, readMs + 5),
      ];
  return requestAt(at, server('product-service', 'GET /product/456', { ms: (hit ? 5 : readMs) + 10 }, below));
}

/** Every second a hit, and in between, one after the other, those that miss. */
const hits = (count: number, from = 0) => times(count, (n) => product(from + n, { hit: true }));
const crowd = (count: number, apartMs = 10, more = {}) =>
  times(count, (n) => product(30.2 + (n * apartMs) / 1000, { readMs: 85 + n * 30, ...more }));

/** Counters of a cache with 600 lookups a minute, by the share that misses; the window begins at minute 0. */
function cache(missed: (minute: number) => number, perMinute = 600) {
  const total = (share: (minute: number) => number) => (minute: number) =>
    times(minute + 61, (n) => perMinute * share(n - 60)).reduce((sum, one) => sum + one, 0);
  const labels = { instance: 'feed-cache:9121' };
  return {
    window: METRICS_WINDOW,
    metrics: seriesOf([
      series(
        'redis_keyspace_hits_total',
        labels,
        total((minute) => 1 - missed(minute)),
      ),
      series('redis_keyspace_misses_total', labels, total(missed)),
    ]),
  };
}

testWindowDetector(cacheStampede, {
  found: {
    'a cache whose metrics count many more misses to the end': {
      ...cache((minute) => (minute < 3 ? 0.05 : 0.8)),
      sightings: [
        {
          service: 'feed-cache',
          title: 'feed-cache: 80 % of the lookups miss since 14:33 UTC, 5 % before',
          explanation: /the cache does not fill up again/,
        },
      ],
    },
    'a cache of a process, by its name': {
      window: METRICS_WINDOW,
      metrics: seriesOf(
        ['hit', 'miss'].map((result) =>
          series('cache_gets_total', { application: 'quiz', cache: 'definitions', result }, (minute) => {
            const isMore = minute < 3 === (result === 'hit');
            const before = result === 'hit' ? 570 : 30;
            return minute < 3 ? (minute + 61) * before : 64 * before + (minute - 2) * (isMore ? 570 : 30);
          }),
        ),
      ),
      sightings: [{ service: 'quiz', title: /^quiz \(definitions\): 95 % of the lookups miss since/ }],
    },
    'a key that expires while many want it': {
      requests: [...hits(60), ...crowd(24)],
      sightings: [
        {
          service: 'product-service',
          operation: 'GET /product/{}',
          title:
            /^product-service: 24 requests miss product:456 in redis and read the store with SELECT products at once$/,
          explanation: /It began at 14:30:30 UTC, with up to 20 reads at the same time\./,
        },
      ],
    },
    'a sample of one: many misses overlap another, and reads take much longer than one alone': {
      requests: times(20, (n) => product(n * 1.5, { readMs: 2_500 })),
      healthy: times(40, (n) => product(n - 3600, { hit: n % 10 > 0 })),
      sightings: [{ facts: { requests: 20 } }],
    },
    'most lookups of a service miss, each another key, and the store becomes slow': {
      requests: times(20, (n) => product(n * 1.5, { readMs: 900, key: `product:v4:${n}` })),
      healthy: times(40, (n) => product(n - 3600, { hit: n % 10 > 0, key: `product:v3:${n}` })),
      sightings: [
        {
          service: 'product-service',
          title:
            /^product-service: 20 of 20 lookups in redis miss, 4 of 40 before; each miss reads the store with SELECT products \(900 ms\)$/,
        },
      ],
    },
    'just five at once': { requests: [...hits(60), ...crowd(5)], sightings: [{ facts: { atOnce: 5, requests: 5 } }] },
    'without any other look for the key': { requests: crowd(12), sightings: [{ facts: { requests: 12 } }] },
  },
  clear: {
    'a cache that fills up again after a planned purge': cache((minute) =>
      minute < 3 ? 0.05 : Math.max(0.05, 0.95 * 0.8 ** (minute - 3)),
    ),
    'a cache that was purged and still fills up': cache((minute) => (minute < 4 ? 0.05 : 0.95 * 0.93 ** (minute - 4))),
    'a cache whose memory is full, so that it evicts': {
      ...cache((minute) => (minute < 3 ? 0.05 : 0.8)),
      metrics: [
        ...cache((minute) => (minute < 3 ? 0.05 : 0.8)).metrics,
        ...seriesOf(
          ['redis_memory_used_bytes', 'redis_memory_max_bytes'].map((name) =>
            series(name, { instance: 'feed-cache:9121' }, (minute) =>
              name.endsWith('max_bytes') ? 100 : Math.min(100, 90 + Math.max(0, minute + 5)),
            ),
          ),
        ),
      ],
    },
    'a cache that always misses as often': cache((minute) => 0.6 + 0.1 * (minute % 2)),
    'a few more misses': cache((minute) => (minute < 3 ? 0.02 : 0.15)),
    'a cache that hardly anybody asks': cache((minute) => (minute < 3 ? 0 : 1), 4),
    'misses for the last four minutes': cache((minute) => (minute < 11 ? 0.05 : 0.8)),
    'four at once': { requests: [...hits(60), ...crowd(4)] },
    'many misses one after another': { requests: [...hits(60), ...times(24, (n) => product(30 + n * 0.2, {}))] },
    'many keys at once': {
      requests: [...hits(60), ...times(24, (n) => product(30 + n / 100, { key: `product:${n}` }))],
    },
    'a cold cache: misses in a sample at the usual cost': {
      requests: times(20, (n) => product(n * 0.06, { readMs: 85 })),
      healthy: times(40, (n) => product(n - 3600, { hit: n % 10 > 0 })),
    },
    'a key that is masked': { requests: [...hits(60), ...crowd(24, 10, { masked: true })] },
    'reads of a few milliseconds': { requests: [...hits(60), ...crowd(24, 0.1, { readMs: 12 })] },
    'a key that is never in the cache': { requests: [...times(60, (n) => product(n, {})), ...crowd(24)] },
    'a key that healthy requests miss, too': { requests: crowd(24), healthy: times(20, (n) => product(n - 3600, {})) },
    'hits alone': { requests: [...hits(60), ...times(24, (n) => product(30 + n / 100, { hit: true }))] },
  },
});

test('cache-stampede counts twice as many at once of each request seen twice', () => {
  const all = crowd(10);
  const twice = all.flatMap((one) => [one, one]);
  const atOnce = (requests: readonly DrawnRequest[]) =>
    windowFindings(cacheStampede, { requests }).map(({ facts }) => facts.atOnce);
  expect(atOnce(twice)).toEqual(atOnce(all).map((count) => 2 * Number(count)));
});
