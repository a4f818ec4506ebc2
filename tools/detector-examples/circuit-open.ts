import { call, type SpanOptions, server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const cart = (options: SpanOptions) => call('checkout', 'cart-service', 'GET /cart', { failed: true, ...options });
const failing = (at: number) => cart({ at, ms: 400, statusText: '503 Service Unavailable' });
const refused = (at: number) =>
  cart({ at, ms: 0.2, statusText: "CircuitBreaker 'cart-service' is OPEN and does not permit further calls" });

export const example: DetectorExample = {
  shows: 'Two calls reach cart-service and fail. The next three fail at once: the circuit breaker rejects them.',
  roots: [
    server('checkout', 'POST /checkout', { ms: 1400, failed: true }, [
      failing(10),
      failing(420),
      ...times(3, (i) => refused(900 + i * 150)),
      span('checkout', 'answer with an error', { at: 1360, ms: 30 }),
    ]),
  ],
};
