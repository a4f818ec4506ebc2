import { consumerLag } from '#detect/trace/consumer-lag.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { query, type SpanNode, server, span, times } from '#test/trace.ts';

const TOPIC = { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'orders-topic' };

const consume = (at: number, options: Partial<Parameters<typeof span>[2]> = {}, children: SpanNode[] = []): SpanNode =>
  span(
    'fulfillment-svc',
    'process orders',
    {
      at,
      ms: 120,
      kind: 'consumer',
      ...options,
      attributes: { ...TOPIC, 'messaging.operation.type': 'process', ...options?.attributes },
    },
    children,
  );
const publish = (at: number, children: SpanNode[], attributes: Attributes = {}): SpanNode =>
  span(
    'order-service',
    'orders publish',
    { at, ms: 5, kind: 'producer', attributes: { ...TOPIC, ...attributes } },
    children,
  );
const orders = (...children: SpanNode[]): SpanNode => server('order-service', 'POST /orders', { ms: 60 }, children);

testDetector(consumerLag, {
  clear: {
    'a lag of a second less a millisecond': drawn(orders(publish(20, [consume(1024)]))),
    'a lag that is less than a tenth of what follows': drawn(orders(publish(20, [consume(1225, { ms: 12_000 })]))),
    'a consumer that begins before the broker has acknowledged': drawn(orders(publish(20, [consume(22)]))),
    'later attempts at a message that failed': drawn(
      orders(
        publish(20, [consume(40, { failed: true, ms: 10 }), consume(5050, { failed: true, ms: 10 }), consume(20_060)]),
      ),
    ),
    'a message that was to be delivered later': drawn(
      orders(publish(20, [consume(60_000)], { 'messaging.message.delay_seconds': 60 })),
    ),
    'a message of a queue for retries': drawn(
      orders(publish(20, [consume(60_000, { attributes: { 'messaging.destination.name': 'orders.retry.60s' } })])),
    ),
    'a poll that began long before there was a message': drawn(
      span('fulfillment-svc', 'poll', { ms: 40_000 }, [
        span('fulfillment-svc', 'receive orders', {
          ms: 40_000,
          kind: 'consumer',
          attributes: { ...TOPIC, 'messaging.operation.type': 'receive' },
        }),
      ]),
    ),
    'a step of the processing that is late in it': drawn(
      orders(publish(20, [consume(40, { ms: 9000 }, [consume(8000, { ms: 20 })])])),
    ),
  },
  found: {
    'forty-five seconds in the topic, as in the guide': {
      ...drawn(
        orders(
          publish(20, [
            consume(45_025, {}, [
              query('fulfillment-svc', 'INSERT INTO fulfillment_queue VALUES (1)', { at: 45_030, ms: 8 }),
            ]),
          ]),
        ),
      ),
      sightings: [
        {
          service: 'fulfillment-svc',
          operation: 'process orders',
          spans: ['0.0.0', '0.0'],
          wastedMs: 0,
          title:
            'fulfillment-svc: a message waits 45 s in orders-topic before process orders begins (120 ms of work); POST /orders of order-service published it',
        },
      ],
    },
    'what the consumer says of its queue, where a clock that is behind hides it between the spans': {
      ...drawn(orders(publish(20, [consume(40, { attributes: { 'kafka.record.queue_time_ms': 45_000 } })]))),
      sightings: [
        {
          spans: ['0.0.0', '0.0'],
          title: /waits 45 s in orders-topic .*; POST \/orders of order-service published it$/,
        },
      ],
    },
    'what the spans show, where the consumer says less': {
      ...drawn(orders(publish(20, [consume(45_025, { attributes: { 'kafka.record.queue_time_ms': 12 } })]))),
      sightings: [{ title: /waits 45 s in orders-topic/ }],
    },
    'a lag of exactly a second': {
      ...drawn(orders(publish(20, [consume(1025)]))),
      sightings: [{ title: /waits 1 s in orders-topic/ }],
    },
    'a message that is received, then processed': {
      ...drawn(
        orders(
          publish(20, [
            span(
              'fulfillment-svc',
              'receive orders',
              { at: 5025, ms: 30, kind: 'consumer', attributes: { ...TOPIC, 'messaging.operation.type': 'receive' } },
              [consume(5035, { ms: 20 })],
            ),
          ]),
        ),
      ),
      sightings: [{ spans: ['0.0.0.0', '0.0'], title: /waits 5 s/ }],
    },
    'a batch, told by its links': {
      ...drawn(
        server('order-service', 'POST /orders', { ms: 60 }, [publish(10, []), publish(20, []), publish(30, [])]),
        {},
      ),
      roots: [
        server('order-service', 'POST /orders', { ms: 60 }, [publish(10, []), publish(20, []), publish(30, [])]),
        span(
          'fulfillment-svc',
          'receive orders',
          { at: 8000, ms: 400, kind: 'consumer', attributes: { ...TOPIC, 'messaging.operation.type': 'receive' } },
          [consume(8020, { ms: 300, links: ['0.0', '0.1', '0.2'] })],
        ),
      ],
      sightings: [{ spans: ['1.0', '0.0', '0.1', '0.2'], title: /3 messages wait up to 8 s/ }],
    },
    'a consumer alone, by what it says of the time in the queue': {
      ...drawn(consume(0, { attributes: { 'kafka.record.queue_time_ms': 12_000 } })),
      sightings: [
        { service: 'fulfillment-svc', spans: ['0'], title: /waits 12 s in orders-topic before process orders begins/ },
      ],
    },
    'a consumer alone, by when its message was queued': {
      ...drawn(
        consume(0, {
          attributes: { 'messaging.servicebus.message.enqueued_time': Date.UTC(2026, 0, 6, 14, 29, 50) / 1000 },
        }),
      ),
      sightings: [{ title: /waits 10 s/ }],
    },
    'publishing without a span of its own': {
      ...drawn(orders(consume(30_060))),
      sightings: [{ spans: ['0.0', '0'], title: /waits 30 s in orders-topic before .*; POST \/orders/ }],
    },
    'many messages of one consumer, the latest first': {
      ...drawn(orders(...times(20, (i) => publish(10 + i, [consume(2000 + i * 500)])))),
      sightings: [{ title: /20 messages wait up to 11 s/ }],
    },
    'an answer over a queue that the request waits for': {
      ...drawn(server('order-service', 'POST /orders', { ms: 9000 }, [publish(20, [consume(8025)])])),
      sightings: [{ wastedMs: 8000 }],
    },
  },
});
