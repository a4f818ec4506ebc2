/** Deliveries of messages: when each message was published, and when its processing began. */

import { memoize } from '#core/memoize.ts';
import { DELIVERY_COUNTS, QUEUE_DURATIONS, QUEUED_AT, QUEUED_EVENTS } from '#model/instruments/queue-words.ts';
import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';
import type { AttributeValue, SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';
import { longestAmount, type Unit, usPerUnit } from '#model/trace/wait-amounts.ts';

export type Delivery = Readonly<{
  consumer: SpanIndex;
  /** Undefined where its span is missing. */
  producer: SpanIndex | undefined;
  publishedUs: number;
  lagUs: number;
  /** The consumer's record of the publishing; empty where the producer's span shows more. */
  said: string;
}>;

/** Links and attributes are read for this many consumers. */
const MOST_READ = 500;
/** The most consumer spans below each other: receiving, processing, a batch. */
const MOST_STEPS = 3;

/** By span id, the end of a publish span in another trace, in microseconds since the epoch. */
export type SentElsewhere = (spanId: string) => number | undefined;

export function deliveriesOf(trace: Trace, sentElsewhere: SentElsewhere = () => undefined): Delivery[] {
  const read = { sent: 0, alone: 0 };
  const deliveries: Delivery[] = [];
  for (const span of spansWith(trace, { kinds: ['consumer'], marks: MARK.processes })) {
    if (isOnlyReceipt(trace, span)) continue;
    const sender = senderAbove(trace, span);
    const shown = sender === undefined ? [] : [delivery(trace, span, sender)];
    const side = sender === undefined ? 'alone' : 'sent';
    read[side] += 1;
    if (read[side] > MOST_READ) deliveries.push(...shown);
    else
      deliveries.push(...longest(sender === undefined ? linkedOrSent(trace, span, sentElsewhere) : shown, trace, span));
  }
  return firstAttempts(trace, deliveries);
}

function linkedOrSent(trace: Trace, consumer: SpanIndex, sentElsewhere: SentElsewhere): readonly Delivery[] {
  const producers = producersById(trace);
  const linked = trace.links(consumer).flatMap(({ spanId }) => producers.get(comparableId(spanId)) ?? []);
  const inTrace = linked.map((producer) => delivery(trace, consumer, producer));
  return inTrace.length > 0 ? inTrace : sentBefore(trace, consumer, sentElsewhere);
}

/** A clock that is behind hides a part of the lag between two spans. The consumer's own record may show all of it. */
function longest(shown: readonly Delivery[], trace: Trace, consumer: SpanIndex): readonly Delivery[] {
  const [first, ...others] = shown;
  const [queued] = queuedFor(trace, consumer);
  if (queued === undefined || shown.some(({ lagUs }) => lagUs >= queued.lagUs)) return shown;
  return first === undefined ? [queued] : [{ ...queued, producer: first.producer }, ...others];
}

function isConsumer(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'consumer' || trace.hasMark(span, MARK.processes);
}

/** A span that only receives a message, which a span below processes. */
function isOnlyReceipt(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasMark(span, MARK.processes) || trace.childCount(span) === 0) return false;
  return trace.children(span).some((child) => isConsumer(trace, child));
}

/** The producer; without one, the nearest span above that is no consumer. */
function senderAbove(trace: Trace, consumer: SpanIndex): SpanIndex | undefined {
  let above = trace.parent(consumer);
  for (let step = 0; step < MOST_STEPS && above !== undefined && isConsumer(trace, above); step += 1) {
    // A consumer below the processing of a message is a part of it, not another delivery.
    if (!trace.hasMark(above, MARK.receives) && trace.isOfOneService(above, consumer)) return undefined;
    above = trace.parent(above);
  }
  return above;
}

/** Without a publish span, the message was published before the sender's work ended: the lag is at least this. */
function delivery(trace: Trace, consumer: SpanIndex, producer: SpanIndex): Delivery {
  const publishedUs = trace.endUs(producer);
  return { consumer, producer, publishedUs, lagUs: trace.startUs(consumer) - publishedUs, said: '' };
}

const producersById = memoize((trace: Trace): ReadonlyMap<string, SpanIndex> => {
  const producers = new Map<string, SpanIndex>();
  for (const span of spansWith(trace, { kinds: ['producer'], marks: MARK.sends }))
    producers.set(comparableId(trace.spanId(span)), span);
  return producers;
});

/** One delivery for each message of a batch. */
function sentBefore(trace: Trace, consumer: SpanIndex, sentElsewhere: SentElsewhere): Delivery[] {
  return trace.links(consumer).flatMap(({ traceId, spanId }): Delivery[] => {
    const sentUs = sentElsewhere(comparableId(spanId));
    if (sentUs === undefined) return [];
    const publishedUs = sentUs - trace.startEpochUs;
    const lagUs = trace.startUs(consumer) - publishedUs;
    return [{ consumer, producer: undefined, publishedUs, lagUs, said: `published in trace ${traceId}` }];
  });
}

/** Publish spans of many traces, for consumers in their own traces. */
export function sentIn(traces: readonly Trace[]): SentElsewhere {
  const sent = new Map<string, number>();
  for (const trace of traces) {
    for (const [id, span] of producersById(trace)) sent.set(id, trace.startEpochUs + trace.endUs(span));
  }
  return (spanId) => sent.get(spanId);
}

/** The consumer's own records of when its message was queued, in attributes and events: the longest wait. */
function queuedFor(trace: Trace, consumer: SpanIndex): Delivery[] {
  const startUs = trace.startUs(consumer);
  const attributes = trace.attributes(consumer);
  const measured = longestAmount(attributes, QUEUE_DURATIONS);
  const records = [
    ...(measured === undefined ? [] : [{ lagUs: measured.us, said: measured.text }]),
    ...Object.entries(attributes).flatMap(([name, value]) => {
      const sign = QUEUED_AT.find(name);
      const atUs = sign === undefined ? undefined : epochUs(value, sign.unit);
      return atUs === undefined
        ? []
        : [{ lagUs: Math.round(trace.startEpochUs + startUs - atUs), said: `${name} = ${value}` }];
    }),
    ...(trace.hasEvents(consumer) ? trace.events(consumer) : [])
      .filter(({ name }) => QUEUED_EVENTS.test(name))
      .map(({ name, atUs }) => ({ lagUs: Math.round(startUs - atUs), said: `${name}, before the consumer began` })),
  ].filter(({ lagUs }) => lagUs > 0 && lagUs <= LONGEST_LAG_US);
  return records
    .sort((a, b) => b.lagUs - a.lagUs)
    .slice(0, 1)
    .map(({ lagUs, said }) => ({ consumer, producer: undefined, publishedUs: startUs - lagUs, lagUs, said }));
}

/** SQS, the broker with a fixed limit, keeps a message for at most 14 days. An older instant is no time of queueing. */
const LONGEST_LAG_US = 14 * 24 * 3_600_000_000;

/** Microseconds since the epoch; an instant without a unit is read by its size. Undefined for other values. */
function epochUs(value: AttributeValue, unit: Unit | undefined): number | undefined {
  const amount = Number(value);
  if (typeof value === 'boolean' || value === '') return undefined;
  if (Number.isNaN(amount)) {
    const time = logTimeAt(String(value), 0);
    return time === undefined ? undefined : Number(nanosecondsOf(time, 1970)) / 1000;
  }
  if (unit !== undefined) return amount * (usPerUnit(unit) ?? 1);
  const size = SIZES.find(([least]) => amount >= least);
  return size === undefined ? undefined : amount * size[1];
}

/** From the year 2001 on: nanoseconds, microseconds, milliseconds, seconds. */
const SIZES: readonly (readonly [least: number, us: number])[] = [
  [1e18, 0.001],
  [1e15, 1],
  [1e12, 1000],
  [1e9, 1_000_000],
];

/** Leaves out redeliveries after a failed attempt: their wait is intended. */
function firstAttempts(trace: Trace, deliveries: readonly Delivery[]): Delivery[] {
  const firstFailureUs = new Map<string, number>();
  const message = ({ consumer, producer }: Delivery) => `${producer} ${trace.service(consumer)}`;
  for (const each of deliveries) {
    if (each.producer === undefined || !trace.failed(each.consumer)) continue;
    const before = firstFailureUs.get(message(each)) ?? Number.POSITIVE_INFINITY;
    firstFailureUs.set(message(each), Math.min(before, trace.startUs(each.consumer)));
  }
  const repeated = repeatsOf(trace, deliveries);
  if (firstFailureUs.size === 0) return deliveries.filter((each) => !repeated.has(each));
  return deliveries.filter(
    (each) => !repeated.has(each) && trace.startUs(each.consumer) <= (firstFailureUs.get(message(each)) ?? Infinity),
  );
}

/** The same message, which its service processed before: after a rebalance, or a lost acknowledgement. */
function repeatsOf(trace: Trace, deliveries: readonly Delivery[]): ReadonlySet<Delivery> {
  const first = new Map<string, Delivery>();
  const repeats = new Set<Delivery>();
  if (deliveries.length < 2) return repeats;
  for (const each of deliveries
    .slice(0, MOST_READ)
    .sort((a, b) => trace.startUs(a.consumer) - trace.startUs(b.consumer))) {
    const message = messageOf(trace, each.consumer);
    if (message === '') continue;
    const key = `${trace.service(each.consumer)}\n${trace.operation(each.consumer)}\n${message}`;
    if (first.has(key)) repeats.add(each);
    else first.set(key, each);
  }
  return repeats;
}

/** Its id, or its place in a partition; empty where neither was recorded. */
function messageOf(trace: Trace, consumer: SpanIndex): string {
  const id = trace.text(consumer, 'messaging.message.id');
  if (id !== '') return id;
  const offset = trace.text(consumer, 'kafka.offset');
  return offset === '' ? '' : `${trace.text(consumer, 'messaging.destination.partition.id')} ${offset}`;
}

function wasDeliveredBefore(trace: Trace, consumer: SpanIndex): boolean {
  return Object.entries(trace.attributes(consumer)).some(
    ([name, value]) => DELIVERY_COUNTS.test(name) && typeof value !== 'boolean' && Number(value) > 1,
  );
}

const LATER = /delay|countdown|\beta\b|schedul|deliver(?:y|_)?_?(?:at|time)|not_?before|defer/i;
const LATER_QUEUE = /\b(?:delay(?:ed)?|schedul\w*|later|deferred|retry|retries|cron)\b/i;

/** The sender scheduled its delivery, or it was delivered before. */
export function isMeantForLater(trace: Trace, { consumer, producer }: Delivery): boolean {
  // An operator sends messages from a dead-letter queue again, whenever the fault is mended.
  if (trace.hasMark(consumer, MARK.deadLetter) || wasDeliveredBefore(trace, consumer)) return true;
  const ends = producer === undefined ? [consumer] : [consumer, producer];
  return ends.some(
    (span) =>
      LATER_QUEUE.test(
        `${trace.operation(span)} ${trace.text(span, 'messaging.destination.name')}`.replace(/_/g, ' '),
      ) ||
      Object.entries(trace.attributes(span)).some(([name, value]) => LATER.test(name) && value !== 0 && value !== ''),
  );
}

export function spansOf({ consumer, producer }: Delivery): SpanIndex[] {
  return producer === undefined ? [consumer] : [consumer, producer];
}

export function queueOf(trace: Trace, delivery: Delivery): string {
  return (
    spansOf(delivery)
      .map((span) => trace.text(span, 'messaging.destination.name'))
      .find((name) => name !== '') ?? ''
  );
}
