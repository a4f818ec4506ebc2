/** Messages that failed for good: the failed attempts at each one, and its way to a dead-letter queue. */
import { deliveryCount } from '#detect/signs/messages/delivery-count.ts';
import { JOBS_GIVEN_UP } from '#model/instruments/job-words.ts';
import { saysLeaseLost } from '#model/instruments/queue-words.ts';
import { type LogLine, NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isDeadLetter, MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { failedSpans, spansWith } from '#model/trace/views/span-signs.ts';

/** Reads the delivery counts of this many attempts of a message, the last ones. */
const MOST_COUNTS = 5;

/** Reads the message ids of this many spans. */
const READ_AT_MOST = 200;

export type Message = Readonly<{
  /** The failed attempts in order of start. */
  attempts: readonly SpanIndex[];
  /** Spans that sent it to a dead-letter queue. */
  deadLetters: readonly SpanIndex[];
  /** The broker's delivery count; 0 where it is not recorded. */
  deliveries: number;
  /** An id, a count or a dead-letter queue proves that it is one message. Otherwise only the sequence of attempts suggests it. */
  isShown: boolean;
}>;

export function messagesOf(trace: Trace, minAttempts: number, lines: LinesBySpan = NO_LINES): Message[] {
  const isFailedHandler = (span: SpanIndex) => trace.failed(span) && handlesMessage(trace, span);
  const failed = [
    ...failedSpans(trace).filter((span) => handlesMessage(trace, span)),
    ...brokenInside(trace),
    ...outlastedLease(trace, lines),
  ];
  const aside = spansWith(trace, { marks: MARK.deadLetter, operation: isDeadLetter }).filter(
    (span) => trace.kind(span) === 'producer' && !isFailedHandler(span),
  );
  // A handler may send a message to a dead-letter queue without marking its span as failed.
  for (const span of aside.slice(0, READ_AT_MOST)) {
    const handler = ancestors(trace, span).find((above) => handlesMessage(trace, above));
    if (handler !== undefined && !trace.failed(handler)) failed.push(handler);
  }
  if (failed.length === 0) return [];
  failed.sort((a, b) => a - b);
  const succeeded = successes(trace, failed);
  const groups = [...Map.groupBy(new Set(failed), (span) => messageKey(trace, span)).entries()];
  const asideOf = putAside(trace, aside, failed);
  return groups.slice(0, READ_AT_MOST).flatMap(([key, group]) => {
    const deadLetters = group.flatMap((span) => asideOf.get(span) ?? []);
    return byMessageId(trace, group).flatMap(({ attempts, sure }): Message[] => {
      const { deliveries, wasGivenUp } = deliveriesAt(trace, attempts.slice(-MOST_COUNTS), lines);
      if (deadLetters.length > 0)
        return [{ attempts, deadLetters: [...new Set(deadLetters)], deliveries, isShown: true }];
      if (succeeded.has(key) && !sure) return [];
      const enough =
        wasGivenUp ||
        deliveries >= minAttempts ||
        (attempts.length >= minAttempts && (sure || inSequence(trace, attempts)));
      const isShown =
        sure || wasGivenUp || deliveries >= minAttempts || attempts.every((span) => isOfOneMessage(trace, span));
      return enough && !gotThrough(trace, attempts, failed) ? [{ attempts, deadLetters: [], deliveries, isShown }] : [];
    });
  });
}

/**
 * Handlers without an error status whose work failed, and whose message was delivered again: the client library caught
 * the error and rejected the message.
 */
function brokenInside(trace: Trace): SpanIndex[] {
  const broken = new Map<string, SpanIndex[]>();
  for (const span of failedSpans(trace).slice(0, READ_AT_MOST)) {
    const handler = trace.parent(span);
    if (handler === undefined || trace.failed(handler) || !handlesMessage(trace, handler)) continue;
    if ((trace.isCall(span) && !lostLease(trace, span)) || trace.endUs(span) > trace.endUs(handler)) continue;
    const id = messageIdOf(trace, handler);
    const key = `${trace.service(handler)}\n${handlerOf(trace, handler)}\n${id}`;
    if (id !== '') broken.set(key, [...(broken.get(key) ?? []), handler]);
  }
  return [...broken.values()]
    .map((handlers) => [...new Set(handlers)])
    .flatMap((handlers) => {
      const isRepeated = handlers.length > 1 || handlers.some((span) => deliveryCount(trace, span) > 1);
      return isRepeated ? handlers : [];
    });
}

/** Handlers that ended well, but too late to settle their message by their own line: the broker delivers it again. */
function outlastedLease(trace: Trace, lines: LinesBySpan): SpanIndex[] {
  if (lines === NO_LINES) return [];
  return spansWith(trace, { marks: MARK.processes, kinds: ['consumer'] })
    .slice(0, READ_AT_MOST)
    .filter((span) => !trace.failed(span) && lineOfLostLease(trace, span, lines) !== undefined);
}

/** The line of this handler that says so, at any level: client libraries log it as a warning. */
export function lineOfLostLease(trace: Trace, handler: SpanIndex, lines: LinesBySpan): LogLine | undefined {
  return lines.get(trace.spanId(handler))?.find(({ line }) => saysLeaseLost(line.slice(0, LONGEST_READ)));
}

const LONGEST_READ = 2_000;

/** As the broker counts them, or as its job system says when it gives the job up. */
function deliveriesAt(trace: Trace, last: readonly SpanIndex[], lines: LinesBySpan) {
  const counted = Math.max(0, ...last.map((span) => deliveryCount(trace, span)));
  const wasGivenUp = last.some((span) => wasRepeated(trace, span, lines));
  return { wasGivenUp, deliveries: wasGivenUp ? Math.max(REPEATED, counted) : counted };
}

/** Without a count, it was begun again at least once. */
const REPEATED = 2;

/** The job system says that it gave the job up because it had begun it too often. */
export function wasRepeated(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  // Sidekiq reports it at the level of information.
  const own = (lines.get(trace.spanId(span)) ?? []).map(({ line }) => line);
  const said = [...failureTexts(trace, span, lines).map(({ text }) => text), ...own];
  return said.some((text) => JOBS_GIVEN_UP.find(text)?.isRepeated === true);
}

/** A call to the broker that came after the lock on the message had ended: the broker delivers it again. */
export function lostLease(trace: Trace, span: SpanIndex): boolean {
  return failureTexts(trace, span, NO_LINES).some(({ text }) => saysLeaseLost(text));
}

/** One producer span sends one message. Numbered attempts are attempts at one message. */
function isOfOneMessage(trace: Trace, attempt: SpanIndex): boolean {
  const sender = senderOf(trace, attempt);
  return NUMBERED.test(trace.operation(attempt)) || (sender !== undefined && trace.kind(sender) === 'producer');
}

const NUMBERED = /(?<![ ._:#(-])[ ._:#(-]*\b(?:attempt|retry|try|delivery)[ ._:#-]*\d+\)?$/i;

/** A poller of the platform calls the function for a record, and some libraries record that call as a server's. */
function handlesMessage(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) === 'consumer' || trace.hasMark(span, MARK.processes)) return true;
  return trace.kind(span) === 'server' && trace.text(span, 'faas.trigger') === OF_MESSAGES;
}

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/ */
const OF_MESSAGES = 'pubsub';

/** Sender, service and handler: without an id, attempts at one message share all three. */
function messageKey(trace: Trace, span: SpanIndex): string {
  return `${senderOf(trace, span) ?? 'root'}\n${trace.service(span)}\n${handlerOf(trace, span)}`;
}

/** The original sender: skips failed handlers that sent the message to themselves again through a retry topic. */
function senderOf(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  let sender = trace.parent(span);
  for (let hop = 0; hop < MOST_LEVELS && sender !== undefined; hop += 1) {
    const retried = trace.kind(sender) === 'producer' ? trace.parent(sender) : sender;
    const isRetry =
      retried !== undefined &&
      trace.failed(retried) &&
      handlesMessage(trace, retried) &&
      trace.service(retried) === trace.service(span);
    if (!isRetry) break;
    sender = trace.parent(retried);
  }
  return sender;
}

/** `consume attempt 2` is the same handler as `consume attempt 1`, and `process orders` is the newer name of `orders process`. */
export function handlerOf(trace: Trace, span: SpanIndex): string {
  const name = trace.operation(span).replace(NUMBERED, '');
  return name.split(' ').sort().join(' ');
}

/** Keys of failed messages for which a consumer succeeded after the last failure. */
function successes(trace: Trace, failed: readonly SpanIndex[]): Set<string> {
  const lastEndUs = new Map<string, number>();
  for (const span of failed) lastEndUs.set(messageKey(trace, span), trace.endUs(span));
  const parents = new Set(failed.map((span) => trace.parent(span)));
  const found = new Set<string>();
  for (const parent of parents) {
    if (parent === undefined) continue;
    for (const child of trace.children(parent)) {
      if (trace.failed(child) || !handlesMessage(trace, child)) continue;
      const key = messageKey(trace, child);
      if (trace.startUs(child) >= (lastEndUs.get(key) ?? Number.POSITIVE_INFINITY)) found.add(key);
    }
  }
  return found;
}

/** Groups attempts by recorded id or offset; `sure` is false where none is recorded. */
function byMessageId(trace: Trace, group: readonly SpanIndex[]) {
  const ids = Map.groupBy(group.slice(0, READ_AT_MOST), (span) => messageIdOf(trace, span));
  return [...ids].map(([id, attempts]) => ({ attempts, sure: id !== '' }));
}

function messageIdOf(trace: Trace, span: SpanIndex): string {
  const id = trace.text(span, 'messaging.message.id');
  if (id !== '') return id;
  const offset = trace.text(span, 'messaging.kafka.offset');
  if (offset === '') return sequenceOf(trace, span);
  return `${trace.text(span, 'messaging.destination.name')} ${trace.text(span, 'messaging.destination.partition.id')} ${offset}`;
}

/** Kinesis and the streams of DynamoDB number each record: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
const SEQUENCE = /^aws\.(?:kinesis|dynamodb)\.(?:\w{1,20}\.)?sequence(?:_?number)?$/i;

/** Empty where the span names no record. */
function sequenceOf(trace: Trace, span: SpanIndex): string {
  const named = Object.entries(trace.attributesFor(span, SEQUENCE)).find(([name]) => SEQUENCE.test(name));
  return String(named?.[1] ?? '');
}

/** Deliveries of one message follow one another; several messages may be handled side by side. */
function inSequence(trace: Trace, attempts: readonly SpanIndex[]): boolean {
  return attempts.every((span, i) => i === 0 || trace.startUs(span) >= trace.endUs(attempts[i - 1] ?? span));
}

/** A later delivery of the same id that succeeded. */
function gotThrough(trace: Trace, attempts: readonly SpanIndex[], failed: readonly SpanIndex[]): boolean {
  const last = attempts.at(-1);
  const parent = last === undefined ? undefined : trace.parent(last);
  if (last === undefined || parent === undefined) return false;
  const id = messageIdOf(trace, last);
  return [...trace.children(parent)]
    .slice(0, READ_AT_MOST)
    .some(
      (span) =>
        handlesMessage(trace, span) &&
        !failed.includes(span) &&
        trace.startUs(span) >= trace.endUs(last) &&
        handlerOf(trace, span) === handlerOf(trace, last) &&
        messageIdOf(trace, span) === id,
    );
}

/** By failed attempt, the spans that sent its message to a dead-letter queue: below it, beside it, or later in its service. */
function putAside(
  trace: Trace,
  aside: readonly SpanIndex[],
  failed: readonly SpanIndex[],
): ReadonlyMap<SpanIndex, readonly SpanIndex[]> {
  const found = new Map<SpanIndex, SpanIndex[]>();
  if (failed.length === 0) return found;
  const failedSpans = new Set(failed);
  const lastBelow = new Map(failed.map((span) => [trace.parent(span), span]));
  const lastOfService = new Map(failed.map((span) => [trace.service(span), span]));
  for (const span of aside.slice(0, READ_AT_MOST)) {
    const owner =
      ancestors(trace, span).find((above) => failedSpans.has(above)) ??
      lastBelow.get(trace.parent(span)) ??
      lastOfService.get(trace.service(span));
    if (owner !== undefined && trace.startUs(span) >= trace.startUs(owner))
      found.set(owner, [...(found.get(owner) ?? []), span]);
  }
  return found;
}

/** A dead-letter span lies at most a few levels below the attempt. */
const MOST_LEVELS = 10;

function ancestors(trace: Trace, span: SpanIndex): SpanIndex[] {
  const above: SpanIndex[] = [];
  for (let at = trace.parent(span); at !== undefined && above.length < MOST_LEVELS; at = trace.parent(at))
    above.push(at);
  return above;
}
