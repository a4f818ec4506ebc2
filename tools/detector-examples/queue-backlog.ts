import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { server, span, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const TOPIC = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders-topic' };

/** Published, and processed this much later. */
const order = (at: number, lagMs: number) =>
  requestAt(
    at,
    server('order-service', 'POST /orders', { ms: 30 }, [
      span('order-service', 'produce', { at: 10, ms: 5, kind: 'producer', attributes: TOPIC }, [
        span('fulfillment-svc', 'consume', { at: 15 + lagMs, ms: 120, kind: 'consumer', attributes: TOPIC }),
      ]),
    ]),
  );

const requests = times(61, (n) => order(n * 10, 2_000 + n * 717));

export const example: DetectorExample = {
  shows:
    'An order arrives every ten seconds. Processing each takes 120 ms, but each waits 0.7 s longer than the one before.',
  window: timeOf(requests, 'order-service'),
  bodies: [{ kind: 'trace', text: otlpBody(requests) }],
  excerpt: `published   14:30  14:32  14:34  14:36  14:38  14:40
waited        2 s   11 s   19 s   28 s   36 s   45 s
work       120 ms 120 ms 120 ms 120 ms 120 ms 120 ms`,
};
