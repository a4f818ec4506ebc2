import { request, sql } from '#test/scenarios.ts';
import { server } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'The UPDATE only waits: an event of its span shows how long another transaction held the row lock.',
  roots: [
    server('order-service', 'POST /orders', { ms: 3180 }, [
      sql('order-service', 'INSERT', 'orders', 'INSERT INTO orders (id) VALUES ($1)', { at: 10, ms: 60 }),
      request('order-service', 'stock-service', 'POST', '/reserve', { at: 80, ms: 3040 }, [
        sql('stock-service', 'UPDATE', 'stock', 'UPDATE stock SET reserved = reserved + $1 WHERE sku = $2', {
          at: 100,
          ms: 2980,
          events: [{ at: 104, name: 'Lock wait', attributes: { 'lock.relation': 'stock', 'lock.wait_ms': 2960 } }],
        }),
      ]),
    ]),
  ],
};
