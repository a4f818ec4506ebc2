import { request, sql } from '#test/scenarios.ts';
import { call, server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'The second call to stock-service has no span of stock-service below it. Its work appears at the end as a second root: a thread lost the trace context.',
  roots: [
    server('web', 'GET /checkout', { ms: 320 }, [
      request('web', 'stock-service', 'GET', '/prices', { at: 10, ms: 60 }),
      call('web', 'stock-service', 'GET /stock', { at: 80, ms: 170 }),
      span('web', 'render', { at: 260, ms: 50 }),
    ]),
    span('stock-service', 'read stock', { at: 90, ms: 150 }, [
      sql('stock-service', 'SELECT', 'stock', 'SELECT available FROM stock WHERE sku = $1', { at: 100, ms: 90 }),
    ]),
  ],
};
