import { sql } from '#test/scenarios.ts';
import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const orders = (audits: number) =>
  server('order-service', 'GET /orders', { ms: 120 + audits * 2 }, [
    sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE id = $1', { at: 10, ms: 30 }),
    ...times(audits, (i) => span('order-service', 'check permission', { at: 50 + i * 2, ms: 1.5 })),
    span('order-service', 'render', { at: 60 + audits * 2, ms: 50 }),
  ]);

export const example: DetectorExample = {
  shows: 'One request checks the permission 140 times. Twenty healthy requests checked it about three times each.',
  roots: [orders(140)],
  healthy: times(20, (i) => orders(2 + (i % 3))),
};
