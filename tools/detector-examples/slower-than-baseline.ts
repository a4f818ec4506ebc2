import { request, sql } from '#test/scenarios.ts';
import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const orders = (priceMs: number) =>
  server('order-service', 'GET /orders', { ms: 160 + priceMs }, [
    sql('order-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE id = $1', { at: 10, ms: 30 }),
    request('order-service', 'price-service', 'POST', '/prices', { at: 50, ms: 60 + priceMs }, [
      span('price-service', 'load rules', { at: 55, ms: 40 }),
      span('price-service', 'compute prices', { at: 100, ms: priceMs }),
    ]),
    span('order-service', 'render', { at: 120 + priceMs, ms: 30 }),
  ]);

export const example: DetectorExample = {
  shows: 'Computing the prices takes 1.5 s. In twenty healthy requests it took 60 ms, and nothing else has changed.',
  roots: [orders(1500)],
  healthy: times(20, (i) => orders(50 + i)),
};
