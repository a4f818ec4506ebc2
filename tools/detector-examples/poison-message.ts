import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const queue = (name: string) => ({ 'messaging.system': 'rabbitmq', 'messaging.destination.name': name });
const reason = "ValueError: field 'quantity' is missing";

export const example: DetectorExample = {
  shows:
    'One message is delivered three times and fails in the same way each time. Then it goes to the dead-letter queue.',
  roots: [
    server('order-service', 'POST /orders', { ms: 120 }, [
      span('order-service', 'publish orders', { at: 40, ms: 60, kind: 'producer', attributes: queue('orders') }, [
        ...times(3, (i) =>
          span('fulfillment', 'process orders', {
            at: 150 + i * 700,
            ms: 300,
            kind: 'consumer',
            failed: true,
            statusText: reason,
            attributes: { ...queue('orders'), 'messaging.message.id': 'm-7731' },
          }),
        ),
        span('fulfillment', 'publish orders-dlq', {
          at: 1900,
          ms: 60,
          kind: 'producer',
          attributes: queue('orders-dlq'),
        }),
      ]),
    ]),
  ],
};
