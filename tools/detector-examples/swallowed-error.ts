import { sql } from '#test/scenarios.ts';
import { call, server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const timedOut = (operation: string, at: number) =>
  call('product-service', 'review-service', operation, {
    at,
    ms: 300,
    failed: true,
    statusText: 'timeout of 300 ms exceeded',
  });

export const example: DetectorExample = {
  shows: 'Two calls to review-service timed out. The page still returned 200, without the reviews.',
  roots: [
    server('product-service', 'GET /products/{id}', { ms: 860, attributes: { 'http.response.status_code': 200 } }, [
      sql('product-service', 'SELECT', 'products', 'SELECT * FROM products WHERE id = $1', { at: 10, ms: 60 }),
      timedOut('GET /reviews', 80),
      timedOut('GET /ratings', 400),
      span('product-service', 'render', { at: 720, ms: 120 }),
    ]),
  ],
};
