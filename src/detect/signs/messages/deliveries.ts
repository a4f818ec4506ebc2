/** Deliveries of messages: when each message was published, and when its processing began. */

import { roundLimitUs } from '#detect/signs/failures/unanswered-calls.ts';
import { deliveryCount } from '#detect/signs/messages/delivery-count.ts';
import {
  MESSAGES_BEHIND,
  QUEUE_DELAYS,
  QUEUE_DURATIONS,
  QUEUED_AT,
  QUEUED_EVENTS,
  QUEUED_WORK,
} from '#model/instruments/queue-words.ts';
import { THREAD_OPERATIONS } from '#model/instruments/thread-words.ts';
import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';
import type { PublishedElsewhere, PublishedMessage } from '#model/requests/linked-messages.ts';
import { durationText } from '#model/text/duration.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { Attributes, AttributeValue, SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { requestNature } from '#model/trace/views/request-nature.ts';
import { failedSpans, spansWith } from '#model/trace/views/span-signs.ts';
import { type Amount, longestAmount, type Unit, usPerUnit } from '#model/trace/wait-amounts.ts';

export type Delivery = Readonly<{
  consumer: SpanIndex;
  /** Undefined where its span is missing. */
  producer: SpanIndex | undefined;
  publishedUs: number;
  /** When work on the message began: a consumer may take it and then wait for a free handler. */
  begunUs: number;
  lagUs: number;
  /** `publishedUs` is when the job was to begin. */
  isDue?: true;
  /** `publishedUs` is when the job was created, perhaps for later. */
  isCreation?: true;
  /** The producer is still open when the work begins: it waits for the outcome. */
  isAwaited?: true;
  /** The consumer's record of the publishing; empty where the producer's span shows more. */
  said: string;
  /** Where another trace published the message. */
  message?: PublishedMessage;
}>;

/** Links and attributes are read for this many consumers. */
const MOST_READ = 500;
/** The most consumer spans below each other: receiving, processing, a batch. */
const MOST_STEPS = 3;

export function deliveriesOf(trace: Trace, published: PublishedElsewhere = () => undefined): Delivery[] {
  const read = { sent: 0, alone: 0 };
  const deliveries: Delivery[] = [];
  const messages = new Map<SpanIndex, string>();
  for (const span of spansWith(trace, { kinds: TAKING, marks: MARK.processes, operation: isQueuedWork })) {
    if (!isConsumer(trace, span) || isOnlyReceipt(trace, span)) continue;
    const sender = senderAbove(trace, span);
    const shown = sender === undefined ? [] : [delivery(trace, span, sender)];
    const side = sender === undefined ? 'alone' : 'sent';
    read[side] += 1;
    if (read[side] > MOST_READ) {
      deliveries.push(...shown);
      continue;
    }
    deliveries.push(...longest(sender === undefined ? linkedOrSent(trace, span, published) : shown, trace, span));
    // With its other attributes: to read them takes longer than to look at them.
    messages.set(span, messageOf(trace, span));
  }
  if (!deliveries.some(({ consumer }) => consumer === trace.root)) deliveries.push(...jobQueued(trace));
  return firstAttempts(trace, deliveries, messages);
}

/** Instrumentations of job systems often record a job as work of its service, without a kind. */
function jobQueued(trace: Trace): readonly Delivery[] {
  if (!trace.isInternal(trace.root)) return [];
  // Few roots record it, and the nature of a request takes longer to read.
  const queued = queuedFor(trace, trace.root);
  return queued.length > 0 && requestNature(trace).kind === 'job' ? queued : [];
}

function linkedOrSent(trace: Trace, consumer: SpanIndex, published: PublishedElsewhere): readonly Delivery[] {
  const producers = producersById(trace);
  const linked = trace.links(consumer).flatMap(({ spanId }) => producers.get(comparableId(spanId)) ?? []);
  const inTrace = linked.map((producer) => delivery(trace, consumer, producer));
  return inTrace.length > 0 ? inTrace : sentBefore(trace, consumer, published);
}

/** A clock that is behind hides a part of the lag between two spans. The consumer's own record may show all of it. */
function longest(shown: readonly Delivery[], trace: Trace, consumer: SpanIndex): readonly Delivery[] {
  const [first, ...others] = shown;
  const [queued] = queuedFor(trace, consumer);
  const { producer, message } = first ?? {};
  const known = queued && { ...queued, producer, ...(message && { message }) };
  // Until it was due, it was to wait, as either end may say. A broker that keeps a message for later queues it then.
  if (known?.isDue) return [known];
  if (shown.some((each) => isDelayed(trace, each))) return shown.map((each) => fromDue(trace, each));
  if (known !== undefined && message !== undefined) return [known];
  if (queued !== undefined && first !== undefined && isOfScheduled(trace, consumer, first, queued))
    return [{ ...queued, producer: first.producer }, ...others];
  if (queued === undefined || shown.some(({ lagUs }) => lagUs >= queued.lagUs)) return shown;
  return first === undefined ? [queued] : [{ ...queued, producer: first.producer }, ...others];
}

type Due = Readonly<{ dueUs: number; said: string }>;

function isDelayed(trace: Trace, each: Delivery): boolean {
  return dueOf(trace, each) !== undefined;
}

/** Counted from when the message was due. */
function fromDue(trace: Trace, each: Delivery): Delivery {
  const due = dueOf(trace, each);
  if (due === undefined) return each;
  const publishedUs = Math.max(each.publishedUs, due.dueUs);
  return { ...each, publishedUs, lagUs: each.begunUs - publishedUs, isDue: true, said: due.said };
}

/** When the sender wants it to be handled: an instant, or a delay after the publishing, which either end may record. */
function dueOf(trace: Trace, { consumer, producer, message, publishedUs }: Delivery): Due | undefined {
  const sent =
    producer === undefined ? (message?.attributes() ?? {}) : trace.attributesFor(producer, QUEUED_AT, QUEUE_DELAYS);
  for (const [name, value] of Object.entries(sent)) {
    const sign = QUEUED_AT.find(name);
    const atUs = sign?.isDue ? epochUs(value, sign.unit) : undefined;
    if (atUs !== undefined) return { dueUs: atUs - trace.startEpochUs, said: `${name} = ${value}` };
  }
  const delay =
    longestAmount(sent, QUEUE_DELAYS) ?? longestAmount(trace.attributesFor(consumer, QUEUE_DELAYS), QUEUE_DELAYS);
  const ordered = delay ?? optionDelay(trace, [producer, consumer]);
  return ordered && { dueUs: publishedUs + ordered.us, said: ordered.text };
}

/** BullMQ and others record all options of a job as one text: `{"attempts":3,"delay":60000}`. */
const OPTIONS = /(?:^|[._])(?:opts|options)$/i;
const DELAY_OPTION = /["']?\b(?:delay|delay_?ms)["']?\s{0,2}:\s{0,2}(\d{1,12})\b/i;

/** In milliseconds, as in JavaScript's libraries. */
function optionDelay(trace: Trace, ends: readonly (SpanIndex | undefined)[]): Amount | undefined {
  for (const end of ends) {
    if (end === undefined) continue;
    for (const [name, value] of Object.entries(trace.attributesFor(end, OPTIONS))) {
      const delayMs = OPTIONS.test(name) ? Number(DELAY_OPTION.exec(String(value))?.[1] ?? 0) : 0;
      if (delayMs > 0) return { us: delayMs * 1000, text: `${name}: delay = ${delayMs}` };
    }
  }
  return undefined;
}

/** A scheduler keeps a job apart until its time and enqueues it then: both instants are recorded. */
function isOfScheduled(trace: Trace, consumer: SpanIndex, sent: Delivery, queued: Delivery): boolean {
  const names = [...Object.keys(trace.attributes(consumer)), ...trace.events(consumer).map(({ name }) => name)];
  return names.some((name) => CREATED_AT.test(name)) && queued.publishedUs - sent.publishedUs >= SCHEDULED_US;
}

/** Sidekiq, ActiveJob, Delayed Job and Oban record when a job was created beside when it was enqueued. */
const CREATED_AT = /(?:^|[._])(?:created|inserted)_?at$/i;
/** Sidekiq looks for due jobs every 5 s on average; a job that is enqueued at once takes milliseconds. */
const SCHEDULED_US = 1_000_000;

const TAKING = ['consumer', 'server'] as const;

function isConsumer(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) === 'consumer' || trace.hasMark(span, MARK.processes)) return true;
  return isQueuedWork(trace.operation(span)) || isPushed(trace, span);
}

/** A broker that pushes calls its consumer by HTTP: Pub/Sub, SNS, Event Grid, Cloud Tasks, Dapr. */
function isPushed(trace: Trace, span: SpanIndex): boolean {
  const sender = trace.kind(span) === 'server' ? trace.parent(span) : undefined;
  return sender !== undefined && trace.kind(sender) === 'producer' && !trace.isOfOneService(sender, span);
}

function isQueuedWork(operation: string): boolean {
  return QUEUED_WORK.test(operation);
}

/** The end of the wait for a free handler that the consumer begins with; its start where it records none. */
function begunAt(trace: Trace, consumer: SpanIndex): number {
  const wait = trace
    .children(consumer)
    .subarray(0, MOST_STEPS)
    .find((child) => THREAD_OPERATIONS.test(trace.operation(child)));
  return wait === undefined ? trace.startUs(consumer) : trace.endUs(wait);
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

/** Temporal's spans that hand work to a queue. */
const STARTS_QUEUED_WORK = /^Start(?:Child)?(?:Workflow|Activity):/;

/**
 * Without a publish span, the message was published before the sender's work ended: the lag is at least this. A span that
 * hands over work and waits for its outcome queued it when it began.
 */
function delivery(trace: Trace, consumer: SpanIndex, producer: SpanIndex): Delivery {
  const begunUs = begunAt(trace, consumer);
  const isAwaited =
    trace.endUs(producer) > begunUs &&
    STARTS_QUEUED_WORK.test(trace.operation(producer)) &&
    isQueuedWork(trace.operation(consumer));
  const publishedUs = isAwaited ? trace.startUs(producer) : trace.endUs(producer);
  const lagUs = begunUs - publishedUs;
  return { consumer, producer, publishedUs, begunUs, lagUs, said: '', ...(isAwaited && { isAwaited }) };
}

const producersById = view((trace): ReadonlyMap<string, SpanIndex> => {
  const producers = new Map<string, SpanIndex>();
  for (const span of spansWith(trace, { kinds: ['producer'], marks: MARK.sends }))
    producers.set(comparableId(trace.spanId(span)), span);
  return producers;
});

/** One delivery for each message of a batch. A message that a consumer failed on before is delivered again on purpose. */
function sentBefore(trace: Trace, consumer: SpanIndex, published: PublishedElsewhere): Delivery[] {
  return trace.links(consumer).flatMap(({ traceId, spanId }): Delivery[] => {
    const message = published(comparableId(spanId));
    if (message === undefined || message.failedUs < trace.startEpochUs + trace.startUs(consumer)) return [];
    const publishedUs = message.sentUs - trace.startEpochUs;
    const begunUs = begunAt(trace, consumer);
    const lagUs = begunUs - publishedUs;
    const said = `its message was published ${durationText(lagUs)} before, in trace ${traceId}`;
    return [{ consumer, producer: undefined, publishedUs, begunUs, lagUs, said, message }];
  });
}

/** Publish spans of many traces, for consumers in their own traces. */
export function publishedBy(traces: readonly Trace[]): PublishedElsewhere {
  const messages = new Map<string, PublishedMessage>();
  for (const trace of traces) {
    for (const [id, span] of producersById(trace)) {
      const sentUs = trace.startEpochUs + trace.endUs(span);
      messages.set(id, {
        sentUs,
        publisher: publisherOf(trace, span),
        operation: trace.operation(span),
        attributes: () => trace.attributes(span),
        failedUs: Number.POSITIVE_INFINITY,
      });
    }
  }
  return (spanId) => messages.get(spanId);
}

/** `POST /orders of order-service`: the work that published the message, not the producer span. */
export function publisherOf(trace: Trace, producer: SpanIndex): string {
  const work = trace.kind(producer) === 'producer' ? (trace.parent(producer) ?? producer) : producer;
  return `${trace.operation(work)} of ${trace.service(work)}`;
}

/** The consumer's own records of when its message was due or queued, in attributes and events: the longest wait. */
function queuedFor(trace: Trace, consumer: SpanIndex): Delivery[] {
  const startUs = begunAt(trace, consumer);
  const attributes = trace.attributesFor(consumer, QUEUE_DURATIONS, QUEUED_AT);
  const measured = longestAmount(attributes, QUEUE_DURATIONS);
  const records: readonly Recorded[] = [
    ...(measured === undefined ? [] : [{ lagUs: measured.us, said: measured.text }]),
    ...Object.entries(attributes).flatMap(([name, value]) => {
      const sign = QUEUED_AT.find(name);
      const isOf = sign?.isOfRecord !== true || isBehind(trace, consumer);
      const atUs = sign === undefined || !isOf ? undefined : epochUs(value, sign.unit);
      return atUs === undefined
        ? []
        : [
            {
              lagUs: Math.round(trace.startEpochUs + startUs - atUs),
              said: `${name} = ${value}`,
              isDue: sign?.isDue,
              isCreation: sign?.isCreation,
            },
          ];
    }),
    ...(trace.hasEvents(consumer) ? trace.events(consumer) : [])
      .filter(({ name }) => QUEUED_EVENTS.test(name))
      .map((event) => ({
        lagUs: Math.round(startUs - queuedAtUs(trace, event)),
        said: `${event.name}, before the consumer began`,
      })),
  ].filter(({ lagUs, isDue }: Recorded) => (lagUs > 0 || isDue) && lagUs <= LONGEST_LAG_US);
  // A scheduler queues a job when it is due: the later of both is when its wait began.
  const isScheduled = records.some(({ isDue }) => isDue);
  return records
    .filter(({ isCreation }) => !isScheduled || !isCreation)
    .map((record) => (isScheduled ? { ...record, isDue: true as const } : record))
    .toSorted((a, b) => (isScheduled ? a.lagUs - b.lagUs : rankOf(a) - rankOf(b) || b.lagUs - a.lagUs))
    .slice(0, 1)
    .map(({ lagUs, said, isDue, isCreation }) => ({
      consumer,
      producer: undefined,
      publishedUs: startUs - lagUs,
      begunUs: startUs,
      lagUs,
      said,
      ...(isDue && { isDue }),
      ...(isCreation && { isCreation }),
    }));
}

/** Messages were queued behind this one: it is no old record that somebody plays again. */
export function isBehind(trace: Trace, consumer: SpanIndex): boolean {
  return Object.entries(trace.attributesFor(consumer, MESSAGES_BEHIND)).some(
    ([name, value]) => MESSAGES_BEHIND.test(name) && Number(value) > 0,
  );
}

/** Some instrumentations add the event when the job begins and write the instant into an attribute of it. */
function queuedAtUs(trace: Trace, { atUs, attributes }: SpanEvent): number {
  const said = Object.entries(attributes).flatMap(([name, value]) =>
    INSTANT.test(name) ? (epochUs(value, undefined) ?? []) : [],
  );
  return Math.min(atUs, ...said.map((us) => us - trace.startEpochUs));
}

const INSTANT = /(?:^|[._])(?:(?:date_?)?time(?:stamp)?|value|\w{0,30}_at)$/i;

type Recorded = Readonly<{
  lagUs: number;
  said: string;
  isDue?: true | undefined;
  isCreation?: true | undefined;
}>;

/** The time when it was queued says more than when it was created. */
function rankOf({ isCreation }: Recorded): number {
  return isCreation ? 1 : 0;
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
function firstAttempts(
  trace: Trace,
  deliveries: readonly Delivery[],
  messages: ReadonlyMap<SpanIndex, string>,
): Delivery[] {
  const firstFailureUs = new Map<string, number>();
  const message = ({ consumer, producer }: Delivery) => `${producer} ${trace.service(consumer)}`;
  const failed = failedConsumers(trace);
  for (const each of deliveries) {
    if (each.producer === undefined || !(failed.has(each.consumer) || gaveBack(trace, each.consumer))) continue;
    const before = firstFailureUs.get(message(each)) ?? Number.POSITIVE_INFINITY;
    firstFailureUs.set(message(each), Math.min(before, trace.startUs(each.consumer)));
  }
  const repeated = repeatsOf(trace, deliveries, messages);
  if (firstFailureUs.size === 0) return deliveries.filter((each) => !repeated.has(each));
  return deliveries.filter(
    (each) => !repeated.has(each) && trace.startUs(each.consumer) <= (firstFailureUs.get(message(each)) ?? Infinity),
  );
}

/**
 * The handler put the message off without an error: Oban's state, the settlement of Service Bus.
 * https://opentelemetry.io/docs/specs/semconv/messaging/azure-messaging/
 */
const SETTLED_AS = /(?:^|[._])(?:state|outcome|disposition(?:_status)?)$/i;
const PUT_OFF = /^(?:snooze|defer|reschedule|postpone|abandon|requeue|release)(?:r?e?d)?$/i;

function gaveBack(trace: Trace, consumer: SpanIndex): boolean {
  return Object.entries(trace.attributesFor(consumer, SETTLED_AS)).some(
    ([name, value]) => SETTLED_AS.test(name) && PUT_OFF.test(String(value)),
  );
}

/** A handler may give a message back after a failed call, without an error of its own. */
const failedConsumers = view((trace): ReadonlySet<SpanIndex> => {
  const consumers = new Set<SpanIndex>();
  for (const failed of failedSpans(trace)) {
    let span: SpanIndex | undefined = failed;
    for (let level = 0; level < MOST_LEVELS && span !== undefined; level += 1) {
      if (isConsumer(trace, span)) consumers.add(span);
      span = trace.parent(span);
    }
  }
  return consumers;
});

/** A failed call lies at most a few levels below the handler. */
const MOST_LEVELS = 50;

/** The same message, which its service processed before: after a rebalance, or a lost acknowledgement. */
function repeatsOf(
  trace: Trace,
  deliveries: readonly Delivery[],
  messages: ReadonlyMap<SpanIndex, string>,
): ReadonlySet<Delivery> {
  const first = new Map<string, Delivery>();
  const repeats = new Set<Delivery>();
  const inOrder = deliveries
    .filter(({ consumer }) => (messages.get(consumer) ?? '') !== '')
    .sort((a, b) => trace.startUs(a.consumer) - trace.startUs(b.consumer));
  for (const each of inOrder) {
    const message = messages.get(each.consumer) ?? '';
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

const LATER =
  /delay|countdown|\beta\b|schedul|deliver(?:y|_)?_?(?:at|after|time)(?![a-z])|not_?before|defer|(?:^|[._])(?:perform|enqueue|run)_?(?:in|at)$|wait_?until|active_?job[._](?:set[._])?wait$/i;
/** ActiveJob's `perform_later` and `deliver_later` hand a job over at once. */
const LATER_QUEUE =
  /\b(?:delay(?:ed)?|schedul\w*|(?<!perform |deliver )later|deferred|retry|retries|cron)\b|\b(?:perform|enqueue) ?(?:in|at)\b/i;
/** The work that publishes, or an event of either end, names the call that postpones a job. */
const POSTPONES =
  /\b(?:perform|enqueue) ?(?:in|at)\b|\bschedul(?:e|ed|ing) ?(?:job|task|message|in|at|for|to|until)\b|\b(?:deferred|delayed|postponed) (?:to|until)\b|\bset ?\(? ?wait\b|\bcountdown\b/i;

/** An instrumentation records every option of a job, also those that nobody set. */
const NOTHING = /^(?:0|false|none|null|nil|undefined|)$/i;

/** The sender scheduled its delivery, or it was delivered before. */
export function isMeantForLater(trace: Trace, delivery: Delivery): boolean {
  const { consumer, producer, message, isDue } = delivery;
  // An operator sends messages from a dead-letter queue again, whenever the fault is mended.
  if (trace.hasMark(consumer, MARK.deadLetter) || deliveryCount(trace, consumer) > 1) return true;
  if (isDue) return false;
  if (hasExpired(trace, delivery) || wasPutOff(trace, delivery)) return true;
  const ends = producer === undefined ? [consumer] : [consumer, producer];
  return (
    ends.some(
      (span) =>
        isForLater(
          `${trace.operation(span)} ${trace.text(span, 'messaging.destination.name')}`,
          trace.attributes(span),
        ) ||
        (trace.hasEvents(span) && trace.events(span).some((event) => postpones(event))),
    ) ||
    isPostponedAbove(trace, producer) ||
    (message !== undefined && isForLater(message.operation, message.attributes()))
  );
}

/** Celery, Sidekiq, Oban, BullMQ, Temporal, Spring: the worker ends an attempt so and orders the next one for later. */
const ASKED_AGAIN =
  /^(?:retry(?:ing|able)?|rescheduled?|re-?queued?|snooze[ds]?|delayed|deferred|scheduled|will[ _-]retry)$/i;
const OUTCOME = /(?:^|[._])(?:state|status|outcome|result|disposition)$/i;
const MOST_BEFORE = 100;

/** An earlier attempt at the same message failed, or asked for another one: the wait is the pause before it. */
function wasPutOff(trace: Trace, { consumer, producer }: Delivery): boolean {
  const sender = producer ?? trace.parent(consumer);
  if (sender === undefined || trace.kind(sender) !== 'producer') return false;
  return Array.from(trace.children(sender))
    .slice(0, MOST_BEFORE)
    .some(
      (other) =>
        other !== consumer &&
        trace.isOfOneService(other, consumer) &&
        trace.operation(other) === trace.operation(consumer) &&
        trace.endUs(other) <= trace.startUs(consumer) &&
        (trace.failed(other) || outcomesOf(trace, other).some((outcome) => ASKED_AGAIN.test(outcome))),
    );
}

function outcomesOf(trace: Trace, attempt: SpanIndex): readonly string[] {
  return Object.values(trace.attributesFor(attempt, OUTCOME)).map(String);
}

/**
 * RabbitMQ's delay without a plugin: the message lies in a queue that nobody reads until its time to live is over, and the
 * broker hands it on with the reason `expired`. https://www.rabbitmq.com/docs/dlx, https://www.rabbitmq.com/docs/ttl
 */
const DEATH_REASON = /(?:^|[._-])x?[._-]?(?:first[._-])?death[._-]reason$/i;
const TIME_TO_LIVE = /(?:^|[._-])(?:expiration|(?:x[._-])?(?:message[._-])?ttl)$/i;
/** Behind the end of its time, the second queue adds this much at most, or a twentieth. */
const HANDED_ON_US = 5_000_000;
const HANDED_ON = 0.05;

function hasExpired(trace: Trace, { consumer, producer, lagUs }: Delivery): boolean {
  const reasons = Object.values(trace.attributesFor(consumer, DEATH_REASON));
  if (!reasons.some((reason) => String(reason) === 'expired')) return false;
  const spans = producer === undefined ? [consumer] : [producer, consumer];
  const lives = spans.flatMap((span) => Object.values(trace.attributesFor(span, TIME_TO_LIVE)).map(Number));
  const [liveUs = roundLifeUs(lagUs)] = lives.filter((ms) => ms > 0).map((ms) => ms * 1_000);
  return lagUs <= liveUs + Math.max(HANDED_ON_US, HANDED_ON * liveUs);
}

/** A time that the queue set, which no span records: people set round seconds, minutes or hours. 0 where the wait is none. */
function roundLifeUs(lagUs: number): number {
  return Math.max(...[1, 60, 3_600].map((seconds) => roundLimitUs(lagUs / seconds) * seconds));
}

/** Instrumentations of job libraries write the sending as a span of its own below the call of the application. */
function isPostponedAbove(trace: Trace, producer: SpanIndex | undefined): boolean {
  const above = producer === undefined ? undefined : trace.parent(producer);
  return above !== undefined && trace.isInternal(above) && POSTPONES.test(nameInWords(trace.operation(above)));
}

function postpones({ name, attributes }: SpanEvent): boolean {
  return POSTPONES.test(nameInWords(name)) || isForLater('', attributes);
}

function isForLater(names: string, attributes: Attributes): boolean {
  if (LATER_QUEUE.test(names.replace(/_/g, ' '))) return true;
  return Object.entries(attributes).some(
    ([name, value]) => LATER.test(name) && !QUEUE_DURATIONS.test(name) && !NOTHING.test(String(value)),
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
