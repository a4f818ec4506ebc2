import { request, sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'Between the query and the rendering the trace records nothing for 1.4 s. The dark line of the critical path stays in the service itself.',
  roots: [
    server('web', 'GET /orders', { ms: 2050 }, [
      request('web', 'order-service', 'GET', '/orders', { at: 10, ms: 2020 }, [
        sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE id = $1', { at: 20, ms: 400 }),
        span('order-service', 'render', { at: 1820, ms: 190 }),
      ]),
    ]),
  ],
};
