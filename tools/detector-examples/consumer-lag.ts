import { sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const TOPIC = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };

export const example: DetectorExample = {
  shows:
    'The request is answered at once. Its message waits in the topic for 45 s before a consumer processes it, which takes only a moment.',
  roots: [
    server('order-service', 'POST /orders', { ms: 900 }, [
      sql('order-service', 'INSERT', 'orders', 'INSERT INTO orders (id) VALUES ($1)', { at: 20, ms: 200 }),
      span('order-service', 'publish orders', { at: 300, ms: 400, kind: 'producer', attributes: TOPIC }, [
        span('fulfillment', 'process orders', { at: 45_700, ms: 2400, kind: 'consumer', attributes: TOPIC }),
      ]),
    ]),
  ],
};
