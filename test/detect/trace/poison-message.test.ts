import { describe, expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { poisonMessage } from '#detect/trace/poison-message.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const topic = (name: string) => ({ 'messaging.destination.name': name });
const SKU = 'Invalid product SKU format: empty';
const consume = (at: number, options: SpanOptions = {}, children: readonly SpanNode[] = []) =>
  span('fulfillment-svc', 'orders-topic process', { at, ms: 15, kind: 'consumer', failed: true, ...options }, children);
const sku = (at: number) => ({
  events: [{ at, name: 'exception', attributes: { 'exception.message': SKU } }],
});
const produced = (children: readonly SpanNode[], options: SpanOptions = {}) =>
  drawn(
    span(
      'order-service',
      'orders-topic publish',
      { ms: 3, kind: 'producer', attributes: topic('orders-topic'), ...options },
      children,
    ),
  );
/** Work inside of the handler failed; the handler's own span has no status. */
const handled = (at: number, attributes: Attributes) =>
  consume(at, { failed: false, attributes }, [
    span('fulfillment-svc', 'parse', { at: at + 2, ms: 10, failed: true, ...sku(at + 11) }),
  ]);
const id = (name: string) => ({ attributes: { 'messaging.message.id': name } });

/** A delivery that succeeded, and what its handler logged at the end. */
const settled = (count: number, line: string) =>
  drawn(
    span('labeler', 'parcels process', {
      ms: 95_000,
      kind: 'consumer',
      attributes: { 'messaging.message.id': 'p-7', 'aws.sqs.approximate_receive_count': count },
    }),
    { logs: [logLine('labeler', 94_990, line, { spanId: '0', level: 'warn' })] },
  );
const TOO_LATE = 'cannot delete: the receipt handle has expired, handler ran for 95 s';

testDetector(poisonMessage, {
  clear: {
    'a message whose acknowledgement deadline was extended': settled(4, 'ack deadline extended to 600 s'),
    'a handler that was too late once': settled(1, TOO_LATE),
    'a message that was delivered often and settled in time': settled(9, 'deleted after 95 s, visibility was extended'),
    'a job that stalled once and is begun again': drawn(
      span('thumbs', 'resize', { ms: 900, kind: 'consumer', failed: true }),
      { logs: [logLine('thumbs', 899, 'job 9 stalled, moved back to wait', { spanId: '0', level: 'error' })] },
    ),
    'a message whose optional step failed, delivered once': produced([handled(10, { 'messaging.message.id': 'm1' })]),
    'a message that got through after its work failed': produced([
      handled(10, { 'messaging.message.id': 'm1' }),
      handled(50, { 'messaging.message.id': 'm1' }),
      handled(90, { 'messaging.message.id': 'm1' }),
      consume(130, { failed: false, ...id('m1') }),
    ]),
    'two failed deliveries': produced([consume(10), consume(50)]),
    'a handler whose code is not there, for any message': produced(
      times(4, (n) => consume(10 + n * 40, { statusText: 'function Loft.Pdf.sign/2 is undefined or private' })),
    ),
    'the second run of a job': drawn(
      span('fulfillment-svc', 'run/feeds.parse', {
        ms: 90,
        kind: 'consumer',
        failed: true,
        attributes: { 'celery.retries': '1' },
      }),
    ),
    'the fifth run of a job, which succeeded': drawn(
      span('fulfillment-svc', 'run/feeds.parse', { ms: 90, kind: 'consumer', attributes: { 'celery.retries': '4' } }),
    ),
    'a message that got through at the third delivery': produced([
      consume(10),
      consume(50),
      consume(90, { failed: false }),
    ]),
    'a message that got through at the fourth, by its id': produced([
      consume(10, id('m1')),
      consume(50, id('m1')),
      consume(90, id('m1')),
      consume(130, { failed: false, ...id('m1') }),
    ]),
    'three messages of a batch that fail once each': produced(times(3, (i) => consume(10 + i * 40, id(`m${i}`)))),
    'three messages at three offsets': produced(
      times(3, (i) => consume(10 + i * 40, { attributes: { 'messaging.kafka.offset': 100 + i } })),
    ),
    'a fan-out to three groups of consumers': produced(
      times(3, (i) => span(`group-${i}`, 'orders process', { at: 10, ms: 15, kind: 'consumer', failed: true })),
    ),
    'three consumers side by side': produced(times(3, (i) => consume(10 + i, { ms: 50 }))),
    'a job that reads a dead-letter queue': drawn(
      span('ops', 'orders-dlq process', { ms: 20, kind: 'consumer', attributes: topic('orders-dlq') }),
    ),
    'a service of that name': drawn(server('dlq-viewer', 'GET /dlq', { ms: 20 })),
  },
  found: {
    'a handler that outlasts the acknowledgement deadline again and again': {
      ...settled(4, 'ack deadline of 60 s exceeded, the message will be redelivered'),
      sightings: [{ service: 'labeler', title: /lost its lock/ }],
    },
    'the fifth attempt at a message of NSQ, by its own count': {
      ...produced([consume(200, { attributes: { 'messaging.nsq.attempts': 5 }, ...sku(210) })]),
      sightings: [{ service: 'fulfillment-svc', title: /failed 5 times/ }],
    },
    'a message whose handler ends well and too late each time': {
      ...settled(9, TOO_LATE),
      sightings: [{ service: 'labeler', title: /was delivered 9 times, because parcels process lost its lock on it/ }],
    },
    'a job that its system calls dead, in a line of information': {
      ...drawn(span('billing', 'mails process', { ms: 80, kind: 'consumer', failed: true, ...sku(70) }), {
        logs: [logLine('billing', 79, 'Adding dead SendMailJob job 3f2c9a11', { spanId: '0', level: 'info' })],
      }),
      sightings: [{ service: 'billing', title: /Invalid product SKU/ }],
    },
    'the fourth run of a job, by its count of retries': {
      ...produced([consume(10, { ...sku(20), attributes: { 'sidekiq.job.retry_count': 3 } })]),
      sightings: [{ service: 'fulfillment-svc', title: /failed 4 times/ }],
    },
    'a job that its system gave up because it stalled too often': {
      ...drawn(span('thumbs', 'resize', { ms: 900, kind: 'consumer', failed: true }), {
        logs: [logLine('thumbs', 899, 'Error: job stalled more than allowable limit', { spanId: '0', level: 'error' })],
      }),
      sightings: [{ service: 'thumbs', operation: 'resize', title: /stalled more than allowable limit/ }],
    },
    'handlers whose library caught the error, and then the dead-letter queue': {
      ...produced([
        ...times(3, (i) => handled(10 + i * 40, { 'messaging.message.id': 'm1', 'pulsar.redelivery_count': i })),
        span('fulfillment-svc', 'orders-DLQ send', {
          at: 140,
          ms: 4,
          kind: 'producer',
          attributes: topic('persistent://shop/prod/orders-DLQ'),
        }),
      ]),
      sightings: [{ service: 'fulfillment-svc', title: /failed 3 times .*DLQ: “Invalid/ }],
    },
    'the third delivery of a message, by the broker’s count of repeats': {
      ...produced([handled(10, { 'messaging.message.id': 'm1', 'pulsar.redelivery_count': 2 })]),
      sightings: [{ service: 'fulfillment-svc', title: /failed 3 times/ }],
    },
    'the third attempt, and then the dead-letter queue': {
      ...produced([
        consume(10, sku(20)),
        consume(60, { ms: 12 }),
        consume(110, { ms: 14 }),
        span('dead-letter-queue', 'produce to orders-dlq', { at: 130, ms: 4, kind: 'producer' }),
      ]),
      sightings: [
        {
          service: 'fulfillment-svc',
          operation: 'orders-topic process',
          spans: ['0.0', '0.1', '0.2', '0.3'],
          title: `fulfillment-svc: one message of orders-topic failed 3 times in orders-topic process and went to orders-dlq: “${SKU}”`,
        },
      ],
    },
    'as unsure, attempts in a row below a loop, of which nothing shows that they are at one message': {
      ...drawn(
        span(
          'fulfillment-svc',
          'poll',
          { ms: 200 },
          times(3, (i) => consume(10 + i * 40, sku(12 + i * 40))),
        ),
      ),
      sightings: [
        {
          title: `fulfillment-svc: 3 attempts of orders-topic failed one after another in orders-topic process: “${SKU}”`,
          explanation: /^Nothing records whether they are attempts at one message or at several\.$/,
        },
      ],
    },
    'attempts that are numbered by name': {
      ...produced(
        times(3, (i) =>
          span('fulfillment-svc', `consume attempt ${i + 1}`, {
            at: 10 + i * 40,
            ms: 15,
            kind: 'consumer',
            failed: true,
          }),
        ),
      ),
      sightings: [{ service: 'fulfillment-svc', spans: ['0.0', '0.1', '0.2'], title: /failed 3 times/ }],
    },
    'attempts by the older and the newer name of one handler': {
      ...produced([
        consume(10),
        span('fulfillment-svc', 'process orders-topic', { at: 60, ms: 12, kind: 'consumer', failed: true }),
        consume(110),
      ]),
      sightings: [{ spans: ['0.0', '0.1', '0.2'] }],
    },
    'one failure, and then the dead-letter queue below it': {
      ...produced([
        consume(10, {}, [
          span('fulfillment-svc', 'send', { at: 20, ms: 2, kind: 'producer', attributes: topic('orders.DLT') }),
        ]),
      ]),
      sightings: [{ spans: ['0.0', '0.0.0'], title: /failed once in orders-topic process and went to orders\.DLT$/ }],
    },
    'a message that is put aside without an error': {
      ...produced([
        consume(10, { failed: false }, [
          span('fulfillment-svc', 'orders-dlq publish', { at: 20, ms: 2, kind: 'producer' }),
        ]),
      ]),
      sightings: [{ service: 'fulfillment-svc', spans: ['0.0', '0.0.0'], title: /went to orders-dlq/ }],
    },
    'one delivery that is the fifth by the broker’s count': {
      ...produced([consume(10, { attributes: { 'azure.servicebus.message.delivery_count': 5 } })]),
      sightings: [{ title: /failed 5 times/ }],
    },
    'one run of a job that is the fifth by the count of its repeats': {
      ...drawn(
        span('fulfillment-svc', 'run/feeds.parse', {
          ms: 90,
          kind: 'consumer',
          failed: true,
          attributes: { 'celery.retries': '4' },
        }),
      ),
      sightings: [{ title: /failed 5 times/ }],
    },
    'one run of a job that is the fifth by the count of its attempts': {
      ...drawn(
        span('fulfillment-svc', 'Feeds.Parse process', {
          ms: 90,
          kind: 'consumer',
          failed: true,
          attributes: { 'oban.job.attempt': 5 },
        }),
      ),
      sightings: [{ title: /failed 5 times/ }],
    },
    'attempts by way of topics for retries, each below the one before': {
      ...produced([
        consume(10, {}, [
          span('fulfillment-svc', 'orders-retry-1 publish', { at: 20, ms: 2, kind: 'producer' }, [
            consume(100, {}, [
              span('fulfillment-svc', 'orders-retry-2 publish', { at: 110, ms: 2, kind: 'producer' }, [consume(300)]),
            ]),
          ]),
        ]),
      ]),
      sightings: [{ service: 'fulfillment-svc', title: /failed 3 times/ }],
    },
    'the same message side by side, by its id': {
      ...produced(times(3, (i) => consume(10 + i, { ms: 50, ...id('m1') }))),
      sightings: [{ spans: ['0.0', '0.1', '0.2'] }],
    },
    'many such messages as one finding': {
      ...drawn(
        span(
          'order-service',
          'send batch',
          { ms: 900 },
          times(20, (i) =>
            span(
              'order-service',
              'publish',
              { at: i * 40, ms: 2, kind: 'producer' },
              times(3, (j) => consume(i * 40 + 5 + j * 20, { ms: 10 })),
            ),
          ),
        ),
      ),
      sightings: [{ service: 'fulfillment-svc', title: /20 messages of orders-topic failed 3 times/ }],
    },
  },
});

describe('a lock on the message that ended before the work', () => {
  const worked = (count: number, statusText: string) =>
    runDetector(poisonMessage, {
      trace: traceOf(
        span(
          'intake',
          'jobs process',
          {
            kind: 'consumer',
            ms: 61_000,
            attributes: {
              'messaging.system': 'servicebus',
              'messaging.message.id': 'm-1',
              'messaging.servicebus.message.delivery_count': count,
            },
          },
          [span('intake', 'Receiver.Complete', { kind: 'client', at: 60_900, ms: 12, failed: true, statusText })],
        ),
      ),
    });
  const titles = (outcome: ReturnType<typeof worked>) =>
    outcome.kind === 'found' ? outcome.findings.map(({ title }) => title) : [];

  test.each([
    'The lock supplied is invalid. (MessageLockLost)',
    'ReceiptHandleIsInvalid: the receipt handle has expired',
    'PRECONDITION_FAILED - unknown delivery tag 7',
    'Commit cannot be completed since the group has already rebalanced',
  ])('brings it back: %s', (statusText) => {
    expect(titles(worked(4, statusText))[0]).toContain(
      'was delivered 4 times, because jobs process lost its lock on it',
    );
  });

  test('is another failure where the broker did not answer', () => {
    expect(titles(worked(4, 'connect ECONNREFUSED'))).toEqual([]);
  });
});

test('a poller calls a function with one record again and again: the function cannot read it', () => {
  const found = (attributes: Attributes) =>
    runDetector(poisonMessage, {
      trace: traceOf(
        span(
          'stream-poller',
          'readings poll',
          { ms: 4000 },
          times(4, (i) => server('meter', 'meter', { at: 10 + i * 900, ms: 700, failed: true, attributes })),
        ),
      ),
    });
  const ofRecord = { 'faas.trigger': 'pubsub', 'aws.kinesis.sequence_number': '4960' };
  expect(found(ofRecord)).toMatchObject({
    findings: [{ service: 'meter', facts: { attempts: 4, inferred: false } }],
  });
  expect(found({ 'faas.trigger': 'pubsub' })).toMatchObject({
    findings: [{ service: 'meter', facts: { inferred: true } }],
  });
  expect(found({ 'faas.trigger': 'http' })).not.toHaveProperty('findings.0');
});
