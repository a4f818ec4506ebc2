import { sql } from '#test/scenarios.ts';
import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const orders = (rows: number, ms = 150) =>
  server(
    'order-service',
    'GET /orders',
    { ms, attributes: { 'http.response.status_code': 200, 'http.response.body.size': 120 + rows * 820 } },
    [
      sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE customer_id = $1', {
        at: 20,
        ms: ms - 68,
        attributes: { 'db.response.returned_rows': rows },
      }),
      span('order-service', 'render', { at: ms - 45, ms: 40 }),
    ],
  );

export const example: DetectorExample = {
  shows:
    'Both requests look alike and returned 200. But here the query returns no row, and healthy requests get about fifty.',
  roots: [orders(0)],
  healthy: times(20, (i) => orders(45 + (i % 11), 140 + i)),
};
