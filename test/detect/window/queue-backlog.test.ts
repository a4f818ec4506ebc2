import { expect, test } from 'vitest';
import { queueBacklog } from '#detect/window/queue-backlog.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { METRICS_WINDOW, series, seriesOf, wobble as waver } from '#test/metrics.ts';
import { type DrawnRequest, requestAt, testWindowDetector, windowFindings } from '#test/requests.ts';
import { server, span, times } from '#test/trace.ts';

const TOPIC = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders-topic' };

/** An order that is published and worked on `lagMs` later. */
function order(
  at: number,
  lagMs: number,
  { workMs = 120, more = {} }: { workMs?: number; more?: Attributes } = {},
): DrawnRequest {
  const consume = span('fulfillment', 'consume', { at: 15 + lagMs, ms: workMs, kind: 'consumer', attributes: TOPIC });
  const produce = span('orders', 'produce', { at: 10, ms: 5, kind: 'producer', attributes: { ...TOPIC, ...more } }, [
    consume,
  ]);
  return requestAt(at, server('orders', 'POST /orders', { ms: 30 }, [produce]));
}

/** A message every ten seconds; `lagMs` by its number. */
const row = (count: number, lagMs: (n: number) => number, more?: Parameters<typeof order>[2]) =>
  times(count, (n) => order(n * 10, lagMs(n), more));
const wobble = (n: number) => ((n * 7919) % 13) / 13;

/** Messages that wait, a value a minute; the window begins at minute 0. */
const queue = (waiting: (minute: number) => number, more: Parameters<typeof seriesOf>[0] = []) => ({
  window: METRICS_WINDOW,
  metrics: seriesOf([series('rabbitmq_queue_messages_ready', { queue: 'orders' }, waiting), ...more]),
});
const grows = (minute: number) => (minute < 2 ? 1 + Math.round(Math.abs(waver(minute))) : (minute - 1) * 15);
const worksFor = (seconds: (minute: number) => number) =>
  series('service:latency', { service: 'fulfillment', queue: 'orders' }, seconds);
const published = (perMinute: (minute: number) => number) =>
  series('rabbitmq_queue_messages_published_total', { queue: 'orders' }, (minute) =>
    times(minute + 61, (n) => perMinute(n - 60)).reduce((sum, one) => sum + one, 0),
  );

testWindowDetector(queueBacklog, {
  found: {
    'a queue in metrics whose consumer works longer on each message': {
      ...queue(grows, [worksFor((minute) => (minute < 2 ? 0.2 : 0.9)), published(() => 60)]),
      sightings: [
        {
          service: 'fulfillment',
          title: 'fulfillment cannot keep up: 195 messages wait in orders, and the queue grows since 14:32 UTC',
          explanation: /fulfillment now works 900 ms on one message instead of 200 ms\./,
          facts: { queue: 'orders', isRush: false },
        },
      ],
    },
    'a queue in metrics that nobody is known to work on': {
      ...queue(grows),
      sightings: [{ service: 'orders', title: /^orders grows: 195 messages wait in orders/ }],
    },
    'the age of its oldest message': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series('aws_sqs_approximate_age_of_oldest_message_maximum', { queue_name: 'orders' }, (minute) =>
          minute < 2 ? 1 : (minute - 1) * 30,
        ),
      ]),
      sightings: [{ title: /the oldest message waits 6 min 30 s in orders/ }],
    },
    'a queue with the name of a dimension, and its consumer': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series('aws_sqs_approximate_number_of_messages_visible_average', { dimension_QueueName: 'orders' }, grows),
        worksFor(() => 0.2),
      ]),
      sightings: [{ service: 'fulfillment', facts: { queue: 'orders' } }],
    },
    'a queue without a name': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series('aws_sqs_approximate_number_of_messages_visible_average', {}, grows),
        series('service:latency', { service: 'web' }, () => 0.2),
      ]),
      sightings: [{ service: '', title: /^a queue grows: 195 messages wait, and it grows/ }],
    },
    'a consumer of NATS, by its subject': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series('nats_consumer_num_pending', { consumer_name: 'push', stream_name: 'SHOP', subject: 'orders' }, grows),
        worksFor(() => 0.2),
      ]),
      sightings: [{ service: 'fulfillment', facts: { queue: 'orders' } }],
    },
    'a rush, which may be a batch': {
      ...queue(grows, [published((minute) => (minute < 2 ? 60 : 180))]),
      sightings: [{ facts: { isRush: true, critical: false } }],
    },
    'the guide’s wait, as it grows to 45 s': {
      requests: row(61, (n) => 2_000 + n * 717),
      sightings: [
        {
          service: 'fulfillment',
          operation: 'consume',
          title: 'fulfillment cannot keep up: messages wait 45 s in orders-topic, and the wait grows',
          explanation: /The wait before consume was 2 s at 14:30 UTC and 45 s at 14:40 UTC\./,
          remedy: /Add consumers of fulfillment \(for Kafka no more than partitions\) or process each message faster\./,
        },
      ],
    },
    'one that goes up and down as it grows': {
      requests: row(40, (n) => 500 + n * 300 + 2_000 * wobble(n)),
      sightings: [{ service: 'fulfillment' }],
    },
    'because the work takes longer': {
      requests: times(40, (n) => order(n * 10, 200 + n * 300, { workMs: n < 10 ? 50 : 400 })),
      sightings: [{ explanation: /The wait before consume was 200 ms at 14:30 UTC and 12 s at 14:36 UTC\./ }],
    },
    'with a metric of the queue': {
      requests: row(30, (n) => 500 + n * 500),
      metrics: seriesOf([
        series('kafka_consumergroup_lag', { topic: 'orders-topic' }, (minute) => 100 + (minute + 60) * 10),
      ]),
      sightings: [{ service: 'fulfillment' }],
    },
  },
  clear: {
    'a batch in metrics that is worked off': queue((minute) =>
      minute < 2 ? 1 : Math.max(0, 150 - Math.abs(minute - 8) * 25),
    ),
    'a few messages in metrics': queue((minute) => (minute < 2 ? 0 : minute)),
    'a queue in metrics that is as long as ever': queue((minute) => 200 + 60 * waver(minute)),
    'a queue in metrics that became longer and stays so': queue((minute) => (minute < 2 ? 10 : 60)),
    'a queue that grows for less than five minutes': queue((minute) => (minute < 11 ? 1 : (minute - 10) * 50)),
    'a job that fills it at this hour of each day': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series(
          'rabbitmq_queue_messages_ready',
          { queue: 'orders' },
          (minute) => (((minute % 1440) + 1440) % 1440 < 15 && minute > -1441 ? ((minute + 2880) % 1440) * 15 : 1),
          { from: -1500 },
        ),
      ]),
    },
    'a wait that stays': { requests: row(40, (n) => 45_000 + 3_000 * wobble(n)) },
    'one that shrinks': { requests: row(40, (n) => 45_000 - n * 1_000) },
    'nine messages': { requests: row(9, (n) => 500 + n * 2_000) },
    'one late message': { requests: row(40, (n) => (n === 35 ? 45_000 : 100)) },
    'less than a second': { requests: row(40, (n) => 50 + n * 20) },
    'less than twice the first wait': { requests: row(40, (n) => 20_000 + n * 400) },
    'up and down by chance': { requests: row(40, (n) => 500 + 8_000 * wobble(n)) },
    'messages for later': { requests: row(40, (n) => 500 + n * 1_000, { more: { 'messaging.message.delay': 5 } }) },
    'requests without messages': {
      requests: times(40, (n) => requestAt(n, server('orders', 'GET /orders', { ms: 30 + n }))),
    },
  },
});

test('queue-backlog finds consumers in traces of their own by their links', () => {
  const requests = times(30, (n): DrawnRequest[] => [
    {
      id: `p${n}`,
      ...requestAt(
        n * 10,
        server('orders', 'POST /orders', { ms: 30 }, [
          span('orders', 'produce', { at: 10, ms: 5, kind: 'producer', attributes: TOPIC }),
        ]),
      ),
    },
    requestAt(
      n * 10 + 1 + n,
      span('fulfillment', 'consume', { ms: 50, kind: 'consumer', attributes: TOPIC, links: [`p${n}.0.0`] }),
    ),
  ]).flat();
  expect(windowFindings(queueBacklog, { requests })).toMatchObject([
    { service: 'fulfillment', facts: { messages: 30, queue: 'orders-topic' } },
  ]);
});

test('queue-backlog says the same rate of every second message', () => {
  const all = row(60, (n) => 2_000 + n * 700);
  const half = all.filter((_, n) => n % 2 === 0);
  const doneOf = (requests: readonly DrawnRequest[]) =>
    windowFindings(queueBacklog, { requests }).map(({ facts }) => facts.done);
  expect(doneOf(half)).toEqual(doneOf(all));
});
