import { sql } from '#test/scenarios.ts';
import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'One query reads a list of forty orders. Then another query runs for the customer of each order.',
  roots: [
    server('order-service', 'GET /orders', { ms: 980 }, [
      sql('order-service', 'SELECT', 'orders', 'SELECT id, customer_id FROM orders LIMIT 40', { at: 10, ms: 40 }),
      ...times(40, (i) =>
        sql('order-service', 'SELECT', 'customers', `SELECT name FROM customers WHERE id = ${100 + i}`, {
          at: 60 + i * 21,
          ms: 18 + (i % 4),
        }),
      ),
      span('order-service', 'render', { at: 910, ms: 60 }),
    ]),
  ],
};
