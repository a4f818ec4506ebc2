/**
 * A message waits in its queue long before anybody works on it.
 *
 *   [ POST /orders        ]                                       order-service    answered long ago
 *     [ orders publish ]
 *                        ~~~~~~~~~~~ 45 s in the topic ~~~~~~~~~~
 *                                                                [ orders process ]  fulfillment-service   ← the consumer to change
 *
 * The producer waits for none of it, so that the lag is on no critical path: it is what the one waits for who waits for
 * the work. A message is followed by its consumer’s parent, by the links of a consumer of batches, and where the producer
 * is in no trace by the time at which the consumer says that it was queued. Later attempts at a message that failed, and
 * messages that were to be delivered later, are not late.
 */
import { defineDetector } from '#detect/detector.ts';
import { durationText } from '#model/duration.ts';
import type { EvidenceItem, Sighting, Stretch } from '#model/finding.ts';
import { comparableId } from '#model/id-forms.ts';
import { MARK } from '#model/span-marks.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';

export const consumerLag = defineDetector({
  id: 'consumer-lag',
  title: 'Consumer lag',
  why: 'The request was answered and looks healthy, while what it promised has not happened yet.',
  runbook: 'runbooks/consumer-lag.md',
  clear: 'no message waited long between its publishing and its processing',
  silent: [
    'A consumer in a trace of its own is seen only by its links, or by what it says itself: `kafka.record.queue_time_ms`, or when Azure queued the message.',
    'A message that nobody has processed yet is in no trace.',
    'Later attempts at a message that failed, and messages and queues that are called delayed or scheduled, are left alone: they were meant to be late.',
    'Clocks are not set right between producer and consumer: one that is behind hides as much of the lag.',
  ],
  needs: ['trace'],
  thresholds: {
    minLagMs: {
      default: 1000,
      min: 1,
      unit: 'ms',
      means: 'Time between the end of the publishing and the begin of the processing',
      why: 'A consumer that keeps up has a message at once: Kafka holds a poll back for half a second at most (fetch.max.wait.ms), a long poll of SQS or RabbitMQ returns with the first message.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the trace',
      means: 'The same time as a share of the whole trace, from the request to the end of the last work',
      why: 'As for slow queries: a second before a job of an hour hurts nobody.',
    },
  },

  detect({ trace }, { minLagMs, minShare }) {
    const least = Math.max(minLagMs * 1000, minShare * trace.durationUs);
    const late = deliveriesOf(trace).filter(({ lagUs }) => lagUs >= least);
    const byConsumer = Map.groupBy(late, ({ consumer }) => `${trace.service(consumer)}\n${trace.operation(consumer)}`);
    const worstOf = (deliveries: readonly Delivery[]) =>
      deliveries.reduce((most, { lagUs }) => Math.max(most, lagUs), 0);
    const worstFirst = [...byConsumer.values()].sort((a, b) => worstOf(b) - worstOf(a));
    return worstFirst.slice(0, MOST_CONSUMERS).flatMap((deliveries): Sighting[] => {
      const shown = deliveries
        .toSorted((a, b) => b.lagUs - a.lagUs || a.consumer - b.consumer)
        .slice(0, MOST_SHOWN)
        .filter((delivery) => !isMeantForLater(trace, delivery));
      const [worst] = shown;
      if (worst === undefined) return [];
      const { consumer, producer, lagUs } = worst;
      const waiting = stretchWaited(trace, worst);
      return [
        {
          service: trace.service(consumer),
          operation: trace.operation(consumer),
          spans: [...new Set(shown.flatMap(spansOf))],
          wastedUs: waiting === undefined ? 0 : lagUs,
          lateUs: lagUs,
          ...(waiting === undefined ? {} : { explains: [waiting] }),
          facts: {
            lagUs,
            messages: shown.length < MOST_SHOWN ? shown.length : deliveries.length,
            workUs: trace.durationOfUs(consumer),
            queue: queueOf(trace, worst),
            publisher: producer === undefined ? '' : publisherOf(trace, producer),
            rootOperation: trace.operation(trace.root),
          },
          evidence: shown.map((delivery) => itemOf(trace, delivery)),
        },
      ];
    });
  },

  say({ service, operation, lagUs, messages, workUs, queue, publisher, rootOperation }) {
    const what = Number(messages) > 1 ? `${messages} messages wait up to` : 'a message waits';
    const where = queue === '' ? 'in its queue' : `in ${queue}`;
    const from = publisher === '' ? '' : `; ${publisher} published ${Number(messages) > 1 ? 'them' : 'it'}`;
    const isQuick = Number(workUs) * MUCH_QUICKER <= Number(lagUs);
    return {
      title: `${service}: ${what} ${durationText(Number(lagUs))} ${where} before ${operation} begins (${durationText(Number(workUs))} of work)${from}`,
      explanation: `Nobody in ${rootOperation} waits for it, but whoever waits for the outcome waits that long. ${
        isQuick
          ? 'The work itself is quick: there are too few consumers, or something else keeps them busy.'
          : 'The work itself is slow: with it the queue grows.'
      }`,
      remedy: `Look at the backlog of the consumer group of ${service}: more consumers (for Kafka no more than partitions), quicker work for each message, or one slow message that holds up its partition.`,
      check: `The backlog was empty at that time, or the clocks of the two hosts differ by about ${durationText(Number(lagUs))}.`,
    };
  },
});

/** Work of a tenth of the wait cannot be what the others waited for, unless they are many. */
const MUCH_QUICKER = 10;

type Delivery = Readonly<{
  consumer: SpanIndex;
  /** Undefined where it is in no trace. */
  producer: SpanIndex | undefined;
  publishedUs: number;
  lagUs: number;
  /** What the consumer says of it, where there is no producer. */
  said: string;
}>;

/** So many consumers of one trace are told of. */
const MOST_CONSUMERS = 20;
/** A finding shows so many messages, the latest first. */
const MOST_SHOWN = 50;
/** Of so many consumers without a producer above them the links and attributes are read. */
const MOST_READ = 500;
/** A message is received, then processed, perhaps in a batch: so many consumers lie below each other. */
const MOST_STEPS = 3;

function deliveriesOf(trace: Trace): Delivery[] {
  const deliveries: Delivery[] = [];
  const withoutProducer: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!isConsumer(trace, span) || isOnlyReceipt(trace, span)) continue;
    const sender = senderAbove(trace, span);
    if (sender !== undefined) deliveries.push(delivery(trace, span, sender));
    else if (withoutProducer.length < MOST_READ) withoutProducer.push(span);
  }
  const producers = withoutProducer.length === 0 ? undefined : producersById(trace);
  for (const span of withoutProducer) {
    const linked = trace.links(span).flatMap(({ spanId }) => producers?.get(comparableId(spanId)) ?? []);
    for (const producer of linked) deliveries.push(delivery(trace, span, producer));
    if (linked.length === 0) deliveries.push(...queuedFor(trace, span));
  }
  return firstAttempts(trace, deliveries);
}

function isConsumer(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'consumer' || trace.hasMark(span, MARK.processes);
}

/** Fetching a message that another span below works on. */
function isOnlyReceipt(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasMark(span, MARK.processes) || trace.childCount(span) === 0) return false;
  return trace.children(span).some((child) => isConsumer(trace, child));
}

/** The producer, or where none was recorded the work of another kind that the message came out of. */
function senderAbove(trace: Trace, consumer: SpanIndex): SpanIndex | undefined {
  let above = trace.parent(consumer);
  for (let step = 0; step < MOST_STEPS && above !== undefined && isConsumer(trace, above); step += 1) {
    // What lies below the processing of a message is a part of it, and no delivery of its own.
    if (!trace.hasMark(above, MARK.receives) && trace.isOfOneService(above, consumer)) return undefined;
    above = trace.parent(above);
  }
  return above;
}

/** Where the publishing has no span, it was over when the work that published was: the lag is at least that. */
function delivery(trace: Trace, consumer: SpanIndex, producer: SpanIndex): Delivery {
  const publishedUs = trace.endUs(producer);
  return { consumer, producer, publishedUs, lagUs: trace.startUs(consumer) - publishedUs, said: '' };
}

function itemOf(trace: Trace, { consumer, producer, lagUs, said }: Delivery): EvidenceItem {
  const published = producer === undefined ? '' : `${trace.operation(producer)} was over ${durationText(lagUs)} before`;
  const text = producer === undefined ? said : `${published} ${trace.operation(consumer)} began`;
  return { kind: 'span', ref: trace.spanId(consumer), text };
}

function producersById(trace: Trace): ReadonlyMap<string, SpanIndex> {
  const producers = new Map<string, SpanIndex>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.kind(span) === 'producer' || trace.hasMark(span, MARK.sends))
      producers.set(comparableId(trace.spanId(span)), span);
  }
  return producers;
}

/** What the consumer says of when its message was queued. */
function queuedFor(trace: Trace, consumer: SpanIndex): Delivery[] {
  const startEpochUs = trace.startEpochUs + trace.startUs(consumer);
  for (const [name, usPerUnit, isInstant] of QUEUED) {
    const value = trace.number(consumer, name);
    if (value === undefined || value <= 0) continue;
    const lagUs = Math.round(isInstant ? startEpochUs - value * usPerUnit : value * usPerUnit);
    const publishedUs = trace.startUs(consumer) - lagUs;
    return [{ consumer, producer: undefined, publishedUs, lagUs, said: `${name} = ${value}` }];
  }
  return [];
}

/** Names, the unit in microseconds, and whether it is an instant or a duration. */
const QUEUED: readonly (readonly [string, number, boolean])[] = [
  ['kafka.record.queue_time_ms', 1000, false],
  ['azure.eventhubs.message.enqueued_time', 1_000_000, true],
  ['azure.servicebus.message.enqueued_time', 1_000_000, true],
];

/** Without what was delivered again because the attempt before it failed: the wait between attempts is meant. */
function firstAttempts(trace: Trace, deliveries: readonly Delivery[]): Delivery[] {
  const firstFailureUs = new Map<string, number>();
  const message = ({ consumer, producer }: Delivery) => `${producer} ${trace.service(consumer)}`;
  for (const each of deliveries) {
    if (each.producer === undefined || !trace.failed(each.consumer)) continue;
    const before = firstFailureUs.get(message(each)) ?? Number.POSITIVE_INFINITY;
    firstFailureUs.set(message(each), Math.min(before, trace.startUs(each.consumer)));
  }
  if (firstFailureUs.size === 0) return [...deliveries];
  return deliveries.filter((each) => trace.startUs(each.consumer) <= (firstFailureUs.get(message(each)) ?? Infinity));
}

const LATER = /delay|countdown|\beta\b|schedul|deliver(?:y|_)?_?(?:at|time)|not_?before|defer/i;
const LATER_QUEUE = /\b(?:delay(?:ed)?|schedul\w*|later|deferred|retry|retries|cron)\b/i;

/** Sent to be delivered at a time of its own. */
function isMeantForLater(trace: Trace, { consumer, producer }: Delivery): boolean {
  const ends = producer === undefined ? [consumer] : [consumer, producer];
  return ends.some(
    (span) =>
      LATER_QUEUE.test(
        `${trace.operation(span)} ${trace.text(span, 'messaging.destination.name')}`.replace(/_/g, ' '),
      ) ||
      Object.entries(trace.attributes(span)).some(([name, value]) => LATER.test(name) && value !== 0 && value !== ''),
  );
}

/** Where the one who published does nothing until the message is processed: it waits for an answer. */
function stretchWaited(trace: Trace, { consumer, producer, publishedUs }: Delivery): Stretch | undefined {
  if (producer === undefined) return undefined;
  const { count, span, startUs, endUs } = trace.pathSteps;
  for (let at = 0; at < count; at += 1) {
    if (startUs(at) > publishedUs || endUs(at) < trace.endUs(consumer) || !trace.isUnder(producer, span(at))) continue;
    return { span: span(at), startUs: publishedUs, endUs: trace.endUs(consumer) };
  }
  return undefined;
}

function spansOf({ consumer, producer }: Delivery): SpanIndex[] {
  return producer === undefined ? [consumer] : [consumer, producer];
}

function queueOf(trace: Trace, delivery: Delivery): string {
  return (
    spansOf(delivery)
      .map((span) => trace.text(span, 'messaging.destination.name'))
      .find((name) => name !== '') ?? ''
  );
}

/** `POST /orders of order-service`: the work that published, not the publishing. */
function publisherOf(trace: Trace, producer: SpanIndex): string {
  const work = trace.kind(producer) === 'producer' ? (trace.parent(producer) ?? producer) : producer;
  return `${trace.operation(work)} of ${trace.service(work)}`;
}
