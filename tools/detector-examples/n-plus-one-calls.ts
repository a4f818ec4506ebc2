import { request } from '#test/scenarios.ts';
import { call, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const product = (id: number, at: number, ms: number) =>
  call('checkout', 'product-service', 'GET', { at, ms, attributes: { 'url.path': `/products/${id}` } }, [
    server('product-service', 'GET /products/{id}', { at: at + 1, ms: ms - 2 }),
  ]);

export const example: DetectorExample = {
  shows: 'The request reads a cart and then calls product-service for its thirty products, one call after the other.',
  roots: [
    server('checkout', 'POST /checkout', { ms: 1560 }, [
      request('checkout', 'cart-service', 'GET', '/cart/items', { at: 10, ms: 60 }),
      ...times(30, (i) => product(400 + i, 80 + i * 48, 40 + (i % 3) * 2)),
    ]),
  ],
};
