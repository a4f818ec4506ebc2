import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { call, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const order = (at: number, failed: boolean) =>
  requestAt(
    at,
    server('api-gateway', 'POST /orders', { ms: 260, failed }, [
      call('api-gateway', 'order-service', 'POST /create', { at: 5, ms: 245, failed }, [
        server('order-service', 'POST /create', { at: 8, ms: 238, failed }, [
          call('order-service', 'product-service', 'GET /products', { at: 12, ms: 40 }, [
            server('product-service', 'GET /products', { at: 14, ms: 35 }),
          ]),
          call('order-service', 'user-service', 'GET /users', { at: 60, ms: 60, failed }, [
            server('user-service', 'GET /users', { at: 62, ms: 55, failed }),
          ]),
        ]),
      ]),
    ]),
  );

const requests = times(120, (n) => order(n * 2, n >= 30 && n % 2 === 0));

export const example: DetectorExample = {
  shows:
    'Three services report errors in the same second; only product-service works. In each failing request user-service fails first, and the others pass its failure on.',
  window: timeOf(requests, 'api-gateway'),
  bodies: [{ kind: 'trace', text: otlpBody(requests) }],
  excerpt: `POST /orders ✗ api-gateway
  POST /create ✗ order-service
    GET /products   product-service
    GET /users ✗    user-service      ← first, in 45 requests`,
};
