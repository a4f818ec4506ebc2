/**
 * One message fails again and again, until it goes to a dead-letter queue or blocks the messages behind it.
 *
 *   [ orders publish ]                     order-service
 *     [ orders process ✗ ]                 fulfillment   ← cannot process it: the service to look at
 *     [ orders process ✗ ]                 fulfillment
 *     [ orders process ✗ ]                 fulfillment
 *     [ orders-dlq publish ]               the dead-letter queue
 *
 * Attempts belong to one message if they share its id, its offset or the span that sent it. A batch in which several
 * messages fail once each does not count, nor does a message that succeeded in the end.
 */
import { defineDetector } from '#detect/detector.ts';
import { failureReach } from '#detect/signs/failure-reach.ts';
import type { Facts, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isDeadLetter, MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { failureMessage, failureReason, failureTexts } from '#model/trace/views/failure-text.ts';
import { failedSpans, spansWith } from '#model/trace/views/span-signs.ts';

export const poisonMessage = defineDetector({
  id: 'poison-message',
  title: 'Poison message',
  why: 'A message that can never be processed is retried until it is dropped. Everything behind it waits or is lost with it.',
  runbook: 'runbooks/poison-message.md',
  clear: 'no message failed more than once for good, and none went to a dead-letter queue',
  silent: [
    'Where each delivery begins a new trace, it sees one failure and no series, unless the span has the broker’s delivery count.',
    'It ignores a batch in which several messages fail once each, and a message that succeeded in the end.',
    'Without an id or an offset, it joins attempts only where they follow one another below one sender.',
    'It sees a consumer that does not mark its failed span only by the dead-letter queue that it writes to.',
  ],
  role: 'failure',
  field: 'data',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why was a message sent that cannot be processed?',
      lookAt: 'The version of the producer, the schema of the message, and the validation that accepted it.',
    },
  },
  checkQueries: ['log'],
  namesCause: ({ evidence = [] }) => evidence.length > 0,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minAttempts: {
      default: 3,
      min: 2,
      unit: 'attempts',
      means: 'Failed attempts to process one message, where none reached a dead-letter queue',
      why: 'Brokers give up on a message after 3 to 10 deliveries (SQS examples 3, Azure Service Bus 10). One failure and a successful retry is what redelivery is for.',
    },
  },

  detect({ trace, logs = [] }, { minAttempts }) {
    const lines = linesBySpan(logs);
    const reach = failureReach(trace);
    return merged(trace, messagesOf(trace, minAttempts)).map((messages) => {
      const [{ attempts, deadLetters, deliveries }] = messages;
      const said = attempts.slice(0, READ_EACH).map((span) => failureMessage(trace, span, lines));
      const at = Math.max(
        0,
        said.findIndex((item) => item !== undefined),
      );
      const [first = trace.root] = attempts;
      const quoted = attempts[at] ?? first;
      const [aside] = deadLetters;
      const all = messages.flatMap((message) => [...message.attempts, ...message.deadLetters]);
      const sender = trace.parent(first);
      const isShown = messages.some((message) => message.isShown);
      return {
        ...(!isShown && { inferred: true }),
        service: trace.service(first),
        operation: trace.operation(first),
        spans: [quoted, ...new Set(all.filter((span) => span !== quoted))],
        wastedUs: pathUs(trace, attempts),
        facts: {
          attempts: Math.max(attempts.length, deliveries),
          messages: messages.length,
          inferred: !isShown,
          queue: queueOf(trace, first),
          deadLetter: aside === undefined ? '' : queueOf(trace, aside),
          message: said[at]?.text ?? '',
          reason: failureReason(trace, quoted, failureTexts(trace, quoted, lines)),
          sender: sender === undefined || trace.service(sender) === trace.service(first) ? '' : trace.service(sender),
          reachedRoot: reach.root(all),
        },
        evidence: said[at] === undefined ? [] : [said[at]],
      };
    });
  },

  say({ service, operation, attempts, messages, inferred, queue, deadLetter, message, reason, sender }) {
    const said = message === '' ? '' : `: “${message}”`;
    const what = Number(messages) > 1 ? `${messages} messages` : 'one message';
    const from = queue === '' ? '' : ` of ${queue}`;
    const put = deadLetter === '' ? '' : ` and went to ${deadLetter}`;
    const times = Number(attempts) === 1 ? 'once' : `${attempts} times`;
    const sent = sender === '' ? 'the sender' : sender;
    if (inferred === true) return wordsOfAttempts({ service, operation, attempts, from, said });
    return {
      title: `${service}: ${what}${from} failed ${times} in ${operation}${put}${said}`,
      explanation:
        reason === 'own'
          ? 'The message met the same error each time, so another attempt would fail, too.'
          : 'Each attempt failed because something that the message needs did not answer. Once that works again, the message may succeed.',
      remedy:
        reason === 'own'
          ? `Look at what ${sent} put into the message, and let ${service} validate it first: a message that can never succeed belongs in a dead-letter queue at once, with the reason and without a retry. Then send it again.`
          : `Fix what ${service} calls, then send the message again. Wait longer between deliveries, so that an outage does not use them up.`,
      check: `Other messages failed with the same error at that time. Then ${service} or something that it calls is broken, not the message.`,
    };
  },
});

/** Words for attempts in sequence that nothing proves to be at one message. */
function wordsOfAttempts({ service, operation, attempts, from, said }: Partial<Facts>): Words {
  return {
    title: `${service}: ${attempts} attempts${from} failed one after another in ${operation}${said}`,
    explanation: 'Nothing records whether they are attempts at one message or at several.',
    remedy: `Find out which messages these were: record the id or the offset on the spans of ${operation}, or look for it in the log of ${service}.`,
    check: `${service} processed the same message well before or after.`,
    couldBe: [
      { what: 'one message that fails each time', shownBy: 'the attempts have the same message id or offset' },
      {
        what: 'several messages that fail for the same reason',
        shownBy: 'their ids differ, and others failed at that time, too',
      },
    ],
  };
}

/** Reads the messages of this many attempts. */
const READ_EACH = 5;
/** Reads the message ids of this many spans. */
const READ_AT_MOST = 200;

type Message = Readonly<{
  /** The failed attempts in order of start. */
  attempts: readonly SpanIndex[];
  /** Spans that sent it to a dead-letter queue. */
  deadLetters: readonly SpanIndex[];
  /** The broker's delivery count; 0 where it is not recorded. */
  deliveries: number;
  /** An id, a count or a dead-letter queue proves that it is one message. Otherwise only the sequence of attempts suggests it. */
  isShown: boolean;
}>;

function messagesOf(trace: Trace, minAttempts: number): Message[] {
  const isFailedHandler = (span: SpanIndex) => trace.failed(span) && handlesMessage(trace, span);
  const failed = failedSpans(trace).filter((span) => handlesMessage(trace, span));
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
      const deliveries = Math.max(0, ...attempts.slice(-READ_EACH).map((span) => deliveriesOf(trace, span)));
      if (deadLetters.length > 0)
        return [{ attempts, deadLetters: [...new Set(deadLetters)], deliveries, isShown: true }];
      if (succeeded.has(key) && !sure) return [];
      const enough =
        deliveries >= minAttempts || (attempts.length >= minAttempts && (sure || inSequence(trace, attempts)));
      const isShown = sure || deliveries >= minAttempts || attempts.every((span) => isOfOneMessage(trace, span));
      return enough && !gotThrough(trace, attempts) ? [{ attempts, deadLetters: [], deliveries, isShown }] : [];
    });
  });
}

/** One producer span sends one message. Numbered attempts are attempts at one message. */
function isOfOneMessage(trace: Trace, attempt: SpanIndex): boolean {
  const sender = senderOf(trace, attempt);
  return NUMBERED.test(trace.operation(attempt)) || (sender !== undefined && trace.kind(sender) === 'producer');
}

const NUMBERED = /(?<![ ._:#(-])[ ._:#(-]*\b(?:attempt|retry|try|delivery)[ ._:#-]*\d+\)?$/i;

function handlesMessage(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'consumer' || trace.hasMark(span, MARK.processes);
}

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
function handlerOf(trace: Trace, span: SpanIndex): string {
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
  if (offset === '') return '';
  return `${trace.text(span, 'messaging.destination.name')} ${trace.text(span, 'messaging.destination.partition.id')} ${offset}`;
}

function deliveriesOf(trace: Trace, span: SpanIndex): number {
  return Math.max(...DELIVERIES.map((name) => trace.number(span, name) ?? 0));
}

const DELIVERIES = [
  'azure.servicebus.message.delivery_count',
  'gcp.pubsub.message.delivery_attempt',
  'messaging.message.delivery_count',
  'messaging.message.delivery_attempt',
  'messaging.delivery_attempt',
  'messaging.aws.sqs.message.receive_count',
];

/** Deliveries of one message follow one another; several messages may be handled side by side. */
function inSequence(trace: Trace, attempts: readonly SpanIndex[]): boolean {
  return attempts.every((span, i) => i === 0 || trace.startUs(span) >= trace.endUs(attempts[i - 1] ?? span));
}

/** A later delivery of the same id that succeeded. */
function gotThrough(trace: Trace, attempts: readonly SpanIndex[]): boolean {
  const last = attempts.at(-1);
  const parent = last === undefined ? undefined : trace.parent(last);
  if (last === undefined || parent === undefined) return false;
  const id = messageIdOf(trace, last);
  return [...trace.children(parent)]
    .slice(0, READ_AT_MOST)
    .some(
      (span) =>
        handlesMessage(trace, span) &&
        !trace.failed(span) &&
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

/** The recorded destination, else the name of a queue in the operation. */
function queueOf(trace: Trace, span: SpanIndex): string {
  const named = trace.text(span, 'messaging.destination.name');
  if (named !== '') return named;
  return /(?<![\w.$-])[\w.$-]*(?:topic|queue|dl[qtx]|dead-?letter)[\w.$-]*/i.exec(trace.operation(span))?.[0] ?? '';
}

/** Reports this many handlers at most. */
const MOST_HANDLERS = 20;

/** Joins messages that fail in one handler into one finding, the message with the most attempts first. */
function merged(trace: Trace, messages: readonly Message[]): (readonly [Message, ...Message[]])[] {
  const byHandler = new Map<string, [Message, ...Message[]]>();
  for (const message of messages.toSorted(
    (a, b) => b.attempts.length - a.attempts.length || (a.attempts[0] ?? 0) - (b.attempts[0] ?? 0),
  )) {
    const [first = trace.root] = message.attempts;
    const key = `${trace.service(first)}\n${handlerOf(trace, first)}`;
    const known = byHandler.get(key);
    if (known === undefined) byHandler.set(key, [message]);
    else known.push(message);
  }
  return [...byHandler.values()].slice(0, MOST_HANDLERS);
}
