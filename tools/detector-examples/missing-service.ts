import { request } from '#test/scenarios.ts';
import { type SpanNode, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const checkout = (slower: number, ...more: readonly SpanNode[]) =>
  server('shop', 'POST /checkout', { ms: 300 + slower }, [
    request('shop', 'cart-service', 'GET', '/cart', { at: 10, ms: 60 + slower }),
    request('shop', 'payment-service', 'POST', '/charge', { at: 80 + slower, ms: 110 }),
    ...more,
  ]);

export const example: DetectorExample = {
  shows:
    'Nothing failed and nothing is slow. But all twenty healthy requests called fraud-service after the payment, and this one did not.',
  roots: [checkout(0)],
  healthy: times(20, (i) => checkout(i, request('shop', 'fraud-service', 'POST', '/score', { at: 200 + i, ms: 60 }))),
};
