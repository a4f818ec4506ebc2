import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { query, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const redis = (statement: string, at: number, hit?: boolean) =>
  query('product-service', statement, {
    at,
    ms: 1,
    attributes: {
      'db.system.name': 'redis',
      'db.query.text': statement,
      ...(hit !== undefined && { 'cache.hit': hit }),
    },
  });

const hits = times(60, (n) =>
  requestAt(n, server('product-service', 'GET /product/456', { ms: 8 }, [redis('GET product:456', 2, true)])),
);

/** Ten milliseconds after one another; each read takes longer than the one before. */
const misses = times(24, (n) => {
  const readMs = 85 + n * 30;
  return requestAt(
    30.2 + n / 100,
    server('product-service', 'GET /product/456', { ms: readMs + 12 }, [
      redis('GET product:456', 2, false),
      query('product-service', 'SELECT * FROM products WHERE id = 456', { at: 4, ms: readMs }),
      redis('SET product:456', readMs + 6),
    ]),
  );
});

const requests = [...hits, ...misses];

export const example: DetectorExample = {
  shows:
    'A popular key expires at 14:30:30. Within 250 ms, 24 requests miss it, and each reads the product from the store, which becomes slower and slower.',
  window: timeOf(requests, 'product-service'),
  bodies: [{ kind: 'trace', text: otlpBody(requests) }],
  excerpt: `14:30:30.200  GET product:456 ✗   SELECT products  85 ms   SET product:456
14:30:30.210  GET product:456 ✗   SELECT products 115 ms   SET product:456
14:30:30.220  GET product:456 ✗   SELECT products 145 ms   SET product:456
              … 21 more …`,
};
