import { sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'One SELECT takes nearly the whole request; everything else is short.',
  roots: [
    server('order-service', 'GET /orders', { ms: 2400 }, [
      sql('order-service', 'SELECT', 'customers', 'SELECT name FROM customers WHERE id = $1', { at: 10, ms: 20 }),
      sql(
        'order-service',
        'SELECT',
        'orders',
        'SELECT o.*, i.sku FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = $1 ORDER BY o.created_at DESC',
        { at: 40, ms: 2280 },
      ),
      span('order-service', 'render', { at: 2330, ms: 60 }),
    ]),
  ],
};
