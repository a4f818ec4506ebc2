import { sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'The second query is quick. Before it runs, the request waits almost two seconds for a connection from the pool.',
  roots: [
    server('order-service', 'GET /orders', { ms: 2100 }, [
      sql('order-service', 'SELECT', 'sessions', 'SELECT * FROM sessions WHERE id = $1', { at: 10, ms: 25 }),
      span('order-service', 'pool.acquire', { at: 45, ms: 1900 }),
      sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE customer_id = $1', { at: 1950, ms: 30 }),
      span('order-service', 'render', { at: 1990, ms: 90 }),
    ]),
  ],
};
