import { describe, expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { consumerLag } from '#detect/trace/consumer-lag.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { DRAWN_AT_US, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const TOPIC = { 'messaging.system.name': 'kafka', 'messaging.destination.name': 'orders-topic' };
const RECORD = { 'messaging.kafka.message.timestamp': new Date(DRAWN_AT_US / 1000 - 41_000).toISOString() };

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

/** Celery's line about a task that its worker received at once and keeps until it is due. */
const received = (task: string, dueMs = 600_000) =>
  drawn(orders(publish(20, [span('worker', 'run/mails.tasks.remind', { at: 600_030, ms: 120, kind: 'consumer' })])), {
    logs: [
      {
        ...logLine(
          'worker',
          40,
          `Task ${task}[7f01c2d3] received  ETA:[${new Date(DRAWN_AT_US / 1000 + dueMs).toISOString()}]`,
        ),
        rung: 'time' as const,
      },
    ],
  });

/** A message that is handled ten minutes after it was published, and a line of this request. */
const sentLate = (line: string) =>
  drawn(orders(publish(20, [consume(600_400)])), {
    logs: [{ ...logLine('fulfillment-svc', 600_410, line), rung: 'trace-id' as const }],
  });

/** A tariff that its sender sends ahead; the message is handled ten minutes later. */
const aheadOf = (words: string, ms: number) =>
  sentLate(`tariff 12 ${words} ${new Date(DRAWN_AT_US / 1000 + ms).toISOString()}`);

testDetector(consumerLag, {
  clear: {
    'an attempt that was put off for eight seconds, and the next one': drawn(
      orders(
        publish(20, [
          consume(30, { ms: 40, attributes: { 'job.outcome': 'snoozed' } }),
          consume(8070, { ms: 40, attributes: { 'job.outcome': 'completed' } }),
        ]),
      ),
    ),
    'a failed attempt, and the next one after its pause': drawn(
      orders(publish(20, [consume(30, { ms: 40, failed: true }), consume(9070, { ms: 40 })])),
    ),
    'the last message of a topic, kept for whoever subscribes later': drawn(
      orders(publish(20, [consume(600_400, { attributes: { 'messaging.mqtt.retained': true } })])),
    ),
    'the same, as a line says': sentLate('new session, received 1 retained message of tides/now'),
    ...Object.fromEntries(
      ['published, valid from', 'sent ahead, effective as of', 'embargoed until', 'goes live at'].map((words) => [
        `a message that counts from a later time on: ${words}`,
        aheadOf(words, 599_000),
      ]),
    ),
    'an old record, read by a consumer that is not behind: somebody plays it again': drawn(
      consume(0, { attributes: { ...RECORD, 'messaging.kafka.consumer.lag': 0 } }),
    ),
    'a job that put itself off, without an error': drawn(
      publish(0, [
        consume(20, { attributes: { 'messaging.oban.state': 'snoozed' } }),
        consume(30_100, { attributes: { 'messaging.oban.state': 'success' } }),
      ]),
    ),
    'an old record without a word about the consumer': drawn(consume(0, { attributes: RECORD })),
    'a workflow that a worker takes at once, and that takes a minute': drawn(
      span('hr-api', 'StartWorkflow:Onboard', { ms: 64_000 }, [
        span('hr-worker', 'RunWorkflow:Onboard', { at: 40, ms: 63_900 }),
      ]),
    ),
    'a workflow that is started later on purpose': drawn(
      span('hr-api', 'StartWorkflow:Onboard', { ms: 64_000, attributes: { 'temporal.start_delay': '60s' } }, [
        span('hr-worker', 'RunWorkflow:Onboard', { at: 61_000, ms: 2900 }),
      ]),
    ),
    'work without a queue that names a time': drawn(
      span('orders', 'refresh prices', {
        at: 600_000,
        ms: 500,
        attributes: { 'order.enqueued_at': DRAWN_AT_US / 1000 },
      }),
    ),
    'a job that starts when it was due, long after it was created': drawn(
      span('worker', 'JOB InvoiceJob.Run', {
        at: 600_000,
        ms: 500,
        attributes: {
          'job.id': 7,
          'job.createdat': new Date(DRAWN_AT_US / 1000).toISOString(),
          'job.scheduled_at': new Date(DRAWN_AT_US / 1000 + 599_900).toISOString(),
        },
      }),
    ),
    'a lag of a second less a millisecond': drawn(orders(publish(20, [consume(1024)]))),
    'a lag that is less than a tenth of what follows': drawn(orders(publish(20, [consume(1225, { ms: 12_000 })]))),
    'a consumer that begins before the broker has acknowledged': drawn(orders(publish(20, [consume(22)]))),
    'a job that was scheduled for later and enqueued when it was due': drawn(
      orders(
        publish(20, [
          consume(600_000, {
            events: [
              { at: 21, name: 'created_at' },
              { at: 599_970, name: 'enqueued_at' },
            ],
          }),
        ]),
      ),
    ),
    'a job that was due as it began, as its sender recorded': drawn(
      orders(publish(20, [consume(600_400)], { 'sidekiq.at': new Date(DRAWN_AT_US / 1000 + 600_000).toISOString() })),
    ),
    'a job that was due as it began, whose queue time is written into an event of its start': drawn(
      orders(
        publish(20, [
          consume(600_400, {
            events: [
              { at: 600_400, name: 'created_at' },
              {
                at: 600_400,
                name: 'enqueued_at',
                attributes: { time: new Date(DRAWN_AT_US / 1000 + 600_380).toISOString() },
              },
            ],
          }),
        ]),
      ),
    ),
    ...Object.fromEntries(
      [
        { 'sidekiq.perform_in': 600 },
        { 'sidekiq.perform_in': '10.minutes' },
        { 'sidekiq.perform_at': new Date(DRAWN_AT_US / 1000 + 600_000).toISOString() },
        { 'messaging.active_job.wait': 600 },
        { 'cloudtasks.task.schedule_time': new Date(DRAWN_AT_US / 1000 + 600_000).toISOString() },
        { 'celery.countdown': 600 },
        { 'bullmq.job.opts.delay': 600_000 },
        { 'messaging.header.x-delay': 600_000 },
      ].map((attributes) => [
        `a message that was sent with a delay: ${Object.keys(attributes)}`,
        drawn(orders(publish(20, [consume(600_400)], attributes))),
      ]),
    ),
    ...Object.fromEntries(
      [
        'CartJob.perform_in 10 minutes',
        'CartJob.set(wait: 600).perform_later',
        `created task with scheduleTime: ${new Date(DRAWN_AT_US / 1000 + 600_000).toISOString()}`,
        'queue.add cart delay: 600000',
        'cart job stored, it is to run in 10 minutes',
        'Added CartJob to the set of later jobs (perform in 10 minutes)',
        `Enqueued CartJob (Job ID: 7f1) to Sidekiq(default) at ${new Date(DRAWN_AT_US / 1000 + 600_000).toISOString()}`,
      ].map((line) => [
        `a job that a line of its sender schedules: ${line.slice(0, 20)}`,
        drawn(orders(publish(20, [consume(600_400)])), {
          logs: [{ ...logLine('order-service', 12, line), rung: 'trace-id' as const }],
        }),
      ]),
    ),
    ...Object.fromEntries(
      ['messaging.kafka.message.headers.x-deliver-at', 'messaging.rocketmq.message.delivery_timestamp'].map((name) => [
        `a message whose header says when it is due: ${name}`,
        drawn(orders(publish(20, [consume(600_400)], { [name]: DRAWN_AT_US / 1000 + 600_000 }))),
      ]),
    ),
    ...Object.fromEntries(
      [
        'tracker 7 was out of coverage, uploaded 31 saved positions',
        'meter back online: 40 buffered samples sent',
        'tablet of the technician regained signal, sending 6 saved reports',
      ].map((line) => [`a message that its sender kept while it had no network: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      [
        'push to the phone: it was switched off, now delivered; lag 0',
        'delivery report: absent subscriber for 10 min, then delivered',
        'the meter was out of coverage and came back; consumer lag 0',
      ].map((line) => [`a message that its sender held for a receiver that was away: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      [
        'pull job every 10 min: 1200 messages in one batch',
        'import runs every hour, 40 documents',
        'polls the subscription every 900 s',
      ].map((line) => [`a message whose consumer comes by schedule: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      [
        'sent now (DelayStamp 600000: ten minutes in which an order may be taken back)',
        'debounce window 600s: collected 12 changes of the document, indexing once',
        'window of 600 s closed, 12 levels averaged',
        'quiet hours: push held back until 07:00 local time',
      ].map((line) => [`a wait that a line calls meant: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      [
        'redrive of invoices-dlq started by an operator',
        'StartMessageMoveTask invoices-failed -> invoices',
        'resubmitted 40 messages from the dead-letter queue',
        'replaying events out of billing.dlq at 2 a second',
      ].map((line) => [`a message that somebody sent again: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      [
        'ScheduledEnqueueTime in 00:10:00',
        'message will be delivered with visibilityTimeout: PT10M',
        'enqueue delay = "0.00:10:00"',
        'reminder sent with deliverAfter 600 s',
        'producer.newMessage().deliverAfter(600, TimeUnit.SECONDS)',
        'AMQ_SCHEDULED_DELAY=600000',
        'message.setDelayTimeSec(600)',
        'job put with startAfter: 600',
        'message carts/7 is not visible for 10 min',
      ].map((line) => [`a message that a line delays for a span of time: ${line}`, sentLate(line)]),
    ),
    ...Object.fromEntries(
      ['job stalled more than allowable limit', 'App\\Jobs\\SendCart has been attempted too many times.'].map(
        (said) => [
          `a job that its engine gave up after several attempts: ${said}`,
          drawn(orders(publish(20, [consume(60_400, { failed: true, statusText: said })]))),
        ],
      ),
    ),
    'a job whose worker logs when it is due, without any id': received('mails.tasks.remind'),
    'a job that a line of its sender schedules for an instant': drawn(orders(publish(20, [consume(600_400)])), {
      logs: [
        {
          ...logLine('order-service', 12, `for delivery at ${new Date(DRAWN_AT_US / 1000 + 600_000).toISOString()}`),
          rung: 'trace-id' as const,
        },
      ],
    }),
    'a job that the call above its sending postpones': drawn(
      orders(span('order-service', 'CartJob.perform_in', { at: 19, ms: 8 }, [publish(20, [consume(600_400)])])),
    ),
    'a job that an event of its sender postpones': drawn(
      orders(
        span(
          'order-service',
          'orders publish',
          { at: 20, ms: 5, kind: 'producer', attributes: TOPIC, events: [{ at: 21, name: 'scheduled for 14:40' }] },
          [consume(600_400)],
        ),
      ),
    ),
    'a second attempt, as Laravel counts them': drawn(
      orders(publish(20, [consume(30_000, { attributes: { ...TOPIC, 'messaging.message.attempts': '2' } })])),
    ),
    'later attempts at a message that failed': drawn(
      orders(
        publish(20, [consume(40, { failed: true, ms: 10 }), consume(5050, { failed: true, ms: 10 }), consume(20_060)]),
      ),
    ),
    'a job that begins when it is due, long after it was created': drawn(
      consume(0, {
        attributes: {
          'messaging.oban.inserted_at': '2026-01-06T13:30:00.000Z',
          'messaging.oban.scheduled_at': '2026-01-06T14:29:59.900Z',
        },
      }),
    ),
    'a consumer that waits for a free handler for a moment': drawn(
      orders(
        publish(20, [
          consume(40, { ms: 900 }, [span('fulfillment-svc', 'subscriber concurrency control', { at: 40, ms: 500 })]),
        ]),
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
    'a message that counts from the time on when it was published': {
      ...aheadOf('valid from', 1_000),
      sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }],
    },
    'a message that is handled long after the time from which it counts': {
      ...aheadOf('valid from', 300_000),
      sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }],
    },
    'a message that is handled long before its offer ends': {
      ...aheadOf('valid until', 600_000),
      sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }],
    },
    'the time of a record, where others wait behind it': {
      ...drawn(consume(0, { attributes: { ...RECORD, 'messaging.kafka.consumer.lag': 412 } })),
      sightings: [{ service: 'fulfillment-svc', spans: ['0'] }],
    },
    ...Object.fromEntries(
      [
        'pull job every 5 min: 1200 messages in one batch',
        'ten seconds in which an order may be taken back are over',
        'Performing MailJob (Job ID: 311) from SolidQueue(default) enqueued at 2026-01-01T00:10:00Z',
        'pull job every 10 min, two runs were missed',
        'import runs every hour, 812 messages pending',
        'worker was offline, 31 queued messages taken over',
        'tracker 7 was out of coverage',
        'stored 31 positions',
        'the phone was switched off',
        'now delivered',
        'the phone was switched off, now delivered, 812 messages pending',
        'the consumer was away and is back',
        'invoices-dlq is empty',
        'ScheduledEnqueueTime in 00:01:00',
        'fulfillment-svc was offline, 31 stored records read',
      ].map((line) => [
        `a message of a line that shows no sender without network: ${line}`,
        { ...sentLate(line), sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }] },
      ]),
    ),
    'a job whose worker logs when another one is due': {
      ...received('mails.tasks.invite'),
      sightings: [{ service: 'worker', title: /waits 10 min/ }],
    },
    'a job that runs long after it was due, as its worker logs': {
      ...received('mails.tasks.remind', 300_000),
      sightings: [{ service: 'worker', title: /waits 10 min/ }],
    },
    'a postponed job that begins long after it was due': {
      ...drawn(orders(publish(20, [consume(660_400)], { 'sidekiq.perform_in': 60 }))),
      sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }],
    },
    'a job that was handed over at once by `perform_later`': {
      ...drawn(
        orders(span('order-service', 'CartJob.perform_later', { at: 19, ms: 8 }, [publish(20, [consume(600_400)])])),
      ),
      sightings: [{ service: 'fulfillment-svc', title: /waits 10 min/ }],
    },
    'a job without a kind, by when it was enqueued': {
      ...drawn(
        span('worker', 'JOB InvoiceJob.Run', {
          at: 600_000,
          ms: 500,
          attributes: { 'job.id': 7, 'messaging.message.enqueued_at': new Date(DRAWN_AT_US / 1000).toISOString() },
        }),
      ),
      sightings: [{ service: 'worker', title: /^worker: a message waits 10 min in its queue/ }],
    },
    'a job of which only the creation is recorded': {
      ...drawn(
        span('worker', 'JOB InvoiceJob.Run', {
          at: 600_000,
          ms: 500,
          attributes: { 'job.id': 7, 'job.createdat': new Date(DRAWN_AT_US / 1000).toISOString() },
        }),
      ),
      sightings: [{ service: 'worker', title: /^worker: a message waits 10 min in its queue/ }],
    },
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
    'a job that begins minutes after it was due, but not the hour before': {
      ...drawn(
        consume(0, {
          attributes: {
            'messaging.oban.inserted_at': '2026-01-06T13:21:00.000Z',
            'messaging.oban.scheduled_at': '2026-01-06T14:21:00.000Z',
          },
        }),
      ),
      sightings: [{ title: /waits 9 min in orders-topic/ }],
    },
    'the wait for a free handler of a subscriber that took the message at once': {
      ...drawn(
        orders(
          publish(20, [
            consume(40, { ms: 44_000, attributes: { 'messaging.gcp_pubsub.message.delivery_attempt': 1 } }, [
              span('fulfillment-svc', 'subscriber concurrency control', { at: 41, ms: 43_500 }),
              span('fulfillment-svc', 'handle', { at: 43_545, ms: 390 }),
            ]),
          ]),
        ),
      ),
      sightings: [{ title: /waits 44 s in orders-topic before process orders begins \(500 ms of work\)/ }],
    },
    'an activity of Temporal for which no worker is free': {
      ...drawn(
        server('billing', 'RunWorkflow:InvoiceRun', { ms: 71_000 }, [
          span('billing', 'StartActivity:RenderPdf', { at: 30, ms: 1, kind: 'client' }, [
            server('pdf-worker', 'RunActivity:RenderPdf', {
              at: 69_000,
              ms: 1400,
              attributes: { 'temporal.activity.schedule_to_start_ms': 68_880 },
            }),
          ]),
        ]),
      ),
      sightings: [{ service: 'pdf-worker', title: /waits 1 min 9 s in its queue before RunActivity:RenderPdf begins/ }],
    },
    'a workflow that its starter waits for, and that no worker took for a minute': {
      ...drawn(
        span('hr-api', 'StartWorkflow:Onboard', { ms: 64_000 }, [
          span('hr-worker', 'RunWorkflow:Onboard', { at: 61_000, ms: 2900 }),
        ]),
      ),
      sightings: [
        {
          service: 'hr-worker',
          spans: ['0.0', '0'],
          wastedMs: 61_000,
          title: /waits 1 min 1 s in its queue before RunWorkflow:Onboard begins/,
          explanation: /^StartWorkflow:Onboard waits for its outcome\./,
        },
      ],
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
    'a job that began minutes after it was due': {
      ...drawn(orders(publish(20, [consume(1_020_000)], { 'celery.countdown': 600 }))),
      sightings: [{ title: /waits 7 min/ }],
    },
    'a job with options of delay that nobody set': {
      ...drawn(orders(publish(20, [consume(30_025)], { 'celery.eta': 'None', 'celery.countdown': 'None' }))),
      sightings: [{ title: /waits 30 s/ }],
    },
    'a job whose queue time is written into an event of its start': {
      ...drawn(
        orders(
          publish(20, [
            consume(480_000, {
              events: [
                { at: 480_000, name: 'created_at' },
                {
                  at: 480_000,
                  name: 'enqueued_at',
                  attributes: { time: new Date(DRAWN_AT_US / 1000 + 25).toISOString() },
                },
              ],
            }),
          ]),
        ),
      ),
      sightings: [{ title: /waits 8 min/ }],
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

test('a message that waits for the one before it is no backlog yet', () => {
  const lag = (ms: number) =>
    runDetector(consumerLag, { trace: traceOf(orders(publish(20, [consume(2025, { ms })]))) });
  expect(lag(1000)).toMatchObject({ findings: [{ inferred: true, couldBe: { length: 2 } }] });
  expect(lag(999)).not.toMatchObject({ findings: [{ inferred: true }] });
});

test('a wait of hours may be intended, unless something shows a backlog', () => {
  const lag = (said = '', attributes: Attributes = {}, by = 'fulfillment-svc') => {
    const trace = traceOf(orders(publish(20, [consume(7_200_400, { attributes })])));
    const line = { ...logLine(by, 7_200_410, said), rung: 'trace-id' as const };
    return runDetector(consumerLag, { trace, logs: said === '' ? [] : [line] });
  };
  const unsure = { findings: [{ inferred: true, couldBe: { length: 2 } }] };
  expect(lag()).toMatchObject(unsure);
  expect(lag('stored the order')).toMatchObject(unsure);
  expect(lag('working off the backlog of orders')).not.toMatchObject(unsure);
  expect(lag('orders: 4 executing, 312 available')).not.toMatchObject(unsure);
  expect(lag('oldest message 7200 s, ApproximateNumberOfMessagesVisible=8120')).not.toMatchObject(unsure);
  expect(lag('num_undelivered_messages: 512')).not.toMatchObject(unsure);
  expect(lag('ApproximateNumberOfMessagesVisible=0')).toMatchObject(unsure);
  expect(lag('stored the order, consumer lag 0')).toMatchObject(unsure);
  expect(lag('', { 'messaging.kafka.consumer.lag': 412 })).not.toMatchObject(unsure);
  // A monitor names the consumer, another queue, or a queue whose name only begins alike.
  const AGE = 'oldest_unacked_message_age 7184s, max-instances of';
  expect(lag(`${AGE} fulfillment-svc is 1`, {}, 'monitoring')).not.toMatchObject(unsure);
  expect(lag(`${AGE} mails is 1`, {}, 'monitoring')).toMatchObject(unsure);
  expect(lag(`${AGE} fulfillment-svc-2 is 1`, {}, 'monitoring')).toMatchObject(unsure);
});

test('a wait in which the consumers share out their partitions stays unsure, and a late or a lone line says nothing', () => {
  const waited = (atMs: number, line: string) => {
    const trace = traceOf(orders(publish(20, [consume(4_400)])));
    const logs = [{ ...logLine('fulfillment-svc', atMs, line), rung: 'time' as const }];
    return runDetector(consumerLag, { trace, logs });
  };
  const joins = '[Consumer clientId=c-1, groupId=parcels] Request joining group due to: group is already rebalancing';
  expect(waited(900, joins)).toMatchObject({ findings: [{ inferred: true, couldBe: { length: 2 } }] });
  const sure = { findings: [expect.not.objectContaining({ inferred: true })] };
  expect(waited(60_000, joins)).toMatchObject(sure);
  expect(waited(900, 'took 3 leaves from the tree')).toMatchObject(sure);
});

describe('a message whose time to live is its delay', () => {
  const EXPIRED = { 'messaging.rabbitmq.x_death.reason': 'expired' };
  const isLate = (waitMs: number, ttl: Record<string, number> = {}) =>
    runDetector(consumerLag, {
      trace: traceOf(orders(publish(20, [consume(20 + waitMs, { attributes: EXPIRED })], ttl))),
    }).kind === 'found';

  test('is not late, unless it waits on afterwards', () => {
    const ttl = { 'messaging.rabbitmq.message.expiration': 40_000 };
    expect([isLate(40_010, ttl), isLate(400_000, ttl)]).toEqual([false, true]);
  });

  test('has waited a round time where only the queue knows it', () => {
    expect([30_040, 900_300, 7_201_000].map((ms) => isLate(ms))).toEqual([false, false, false]);
    expect([37_000, 1_050_000].map((ms) => isLate(ms))).toEqual([true, true]);
  });
});

test('a consumer without its sender is late where its own warning says how old the message was, and that others wait', () => {
  const trace = traceOf(consume(0));
  const at = trace.spanId(trace.root);
  const told = (line: string, level = 'warn') =>
    runDetector(consumerLag, {
      trace,
      logs: [{ ...logLine('fulfillment-svc', 10, line, { spanId: at, level }), rung: 'trace-id' as const }],
    });
  for (const line of [
    'message 44 was published 71 s ago, num_undelivered_messages 6120',
    'job waited 71.2 s in the queue, 430 jobs waiting',
    'event is 71 s old, consumer lag 5210',
    'message age 71 s, backlog of 900',
  ])
    expect(told(line), line).toMatchObject({
      findings: [{ service: 'fulfillment-svc', facts: { lagUs: expect.any(Number) } }],
    });
  for (const line of ['message 44 was published 71 s ago', 'num_undelivered_messages 6120'])
    expect(told(line).kind, line).not.toBe('found');
  expect(told('message 44 was published 71 s ago, num_undelivered_messages 6120', 'info').kind).not.toBe('found');
});
