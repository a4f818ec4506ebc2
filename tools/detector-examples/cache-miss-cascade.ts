import { request, sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const redis = (command: string, at: number, miss?: true) =>
  span('product-service', command, {
    at,
    ms: 4,
    kind: 'client',
    attributes: { 'db.system.name': 'redis', 'db.query.text': command, ...(miss && { 'cache.hit': false }) },
  });

export const example: DetectorExample = {
  shows:
    'Two lookups in Redis miss. Each time the request reads a far slower source instead, and the page waits for it.',
  roots: [
    server('product-service', 'GET /products/{id}', { ms: 1250 }, [
      redis('GET product:456', 10, true),
      sql('product-service', 'SELECT', 'products', 'SELECT * FROM products WHERE id = $1', { at: 20, ms: 320 }),
      redis('SET product:456', 345),
      redis('GET reviews:456', 360, true),
      request('product-service', 'review-service', 'GET', '/reviews', { at: 370, ms: 840 }),
      redis('SET reviews:456', 1215),
    ]),
  ],
};
