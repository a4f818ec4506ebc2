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

import { groupsBy } from '#core/groups.ts';
import { defineDetector } from '#detect/detector.ts';
import { failureReach } from '#detect/signs/failures/failure-reach.ts';
import { reachedLimits } from '#detect/signs/failures/reached-limits.ts';
import { stalledByLoop } from '#detect/signs/failures/stalled-jobs.ts';
import {
  handlerOf,
  lineOfLostLease,
  lostLease,
  type Message,
  messagesOf,
} from '#detect/signs/messages/failed-messages.ts';
import type { EvidenceItem, Facts, Words } from '#model/finding/finding.ts';
import { saysLeaseLost } from '#model/instruments/queue-words.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { failureMessage, failureReason, failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

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
    'It sees a consumer without an error status only by its dead-letter queue, or by failed work in repeated deliveries.',
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
    const found = messagesOf(trace, minAttempts, lines);
    if (found.length === 0) return [];
    const reach = failureReach(trace);
    const limited = new Set(reachedLimits(trace, logs).map(({ entry }) => entry));
    const failed = found.filter(
      ({ attempts }) =>
        !attempts.every(
          (span) => stalledByLoop(trace, span, { lines, logs }) || missesCode(trace, span, lines) || limited.has(span),
        ),
    );
    return merged(trace, failed).map((messages) => {
      const [{ attempts, deadLetters, deliveries }] = messages;
      const said = attempts.slice(0, READ_EACH).map((span) => messageOf(trace, span, lines));
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
          leaseLost: saysLeaseLost(said[at]?.text ?? ''),
          reason: failureReason(trace, quoted, failureTexts(trace, quoted, lines)),
          sender: sender === undefined || trace.service(sender) === trace.service(first) ? '' : trace.service(sender),
          reachedRoot: reach.root(all),
        },
        evidence: said[at] === undefined ? [] : [said[at]],
      };
    });
  },

  say({ service, operation, attempts, messages, inferred, queue, deadLetter, message, reason, sender, leaseLost }) {
    const said = message === '' ? '' : `: “${message}”`;
    const what = Number(messages) > 1 ? `${messages} messages` : 'one message';
    const from = queue === '' ? '' : ` of ${queue}`;
    const put = deadLetter === '' ? '' : ` and went to ${deadLetter}`;
    const times = Number(attempts) === 1 ? 'once' : `${attempts} times`;
    const sent = sender === '' ? 'the sender' : sender;
    if (inferred === true) return wordsOfAttempts({ service, operation, attempts, from, said });
    if (leaseLost === true) return wordsOfLostLease({ service, operation, attempts, from, said });
    return {
      title: `${service}: ${what}${from} failed ${times} in ${operation}${put}${said}`,
      headline: {
        what: `${inWords(service)} cannot handle ${Number(messages) > 1 ? `${messages} messages` : 'a message'}${deadLetter === '' ? '' : ', which went to the dead-letter queue'}`,
        why: quoteInWords(message),
      },
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
    names: ['retry-storm'],
    headline: { what: `${inWords(service)} fails on ${attempts} messages or attempts one after another` },
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

/** Words for work that takes longer than the broker keeps the message for this consumer. */
function wordsOfLostLease({ service, operation, attempts, from, said }: Partial<Facts>): Words {
  return {
    title: `${service}: one message${from} was delivered ${attempts} times, because ${operation} lost its lock on it${said}`,
    names: ['lock-contention'],
    headline: { what: `${inWords(service)} takes longer for a message than its lock lasts` },
    explanation:
      'The broker delivers a message again if its consumer does not settle it in time. The work is done, but the next delivery repeats it.',
    remedy: `Renew the lock while ${operation} works, let it last longer than the longest message takes, or split the work. Make the work safe to repeat.`,
    check: `The lock lasts longer than ${operation} takes. Then the connection to the broker broke, or another consumer took the message.`,
  };
}

/**
 * The code that handles messages is not there, so each message fails: Elixir, the Java machine, Python, PHP, Ruby, .NET. A
 * method that is missing in a value depends on the message.
 */
const MISSING_CODE =
  /\bUndefinedFunctionError\b|\bfunction [\w.:]{1,120}\/\d{1,2} is undefined\b|\bNoSuchMethodError\b|\bNoClassDefFoundError\b|\bClassNotFoundException\b|\b(?:Import|ModuleNotFound)Error\b|\bCall to undefined function\b|\buninitialized constant\b|\bMissingMethodException\b/;

function missesCode(trace: Trace, attempt: SpanIndex, lines: LinesBySpan): boolean {
  return MISSING_CODE.test(messageOf(trace, attempt, lines)?.text ?? '');
}

/** Of the attempt, or of the work inside of it that failed. */
function messageOf(trace: Trace, attempt: SpanIndex, lines: LinesBySpan): EvidenceItem | undefined {
  const own = failureMessage(trace, attempt, lines);
  if (own !== undefined) return own;
  const late = lineOfLostLease(trace, attempt, lines);
  if (late !== undefined) return { kind: 'log', ref: late.timeNs, text: logMessage(late) };
  const inside = trace
    .children(attempt)
    .findLast((child) => trace.failed(child) && (!trace.isCall(child) || lostLease(trace, child)));
  return inside === undefined ? undefined : failureMessage(trace, inside, lines);
}

/** Reads the messages of this many attempts. */
const READ_EACH = 5;

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
  const mostTried = messages.toSorted(
    (a, b) => b.attempts.length - a.attempts.length || (a.attempts[0] ?? 0) - (b.attempts[0] ?? 0),
  );
  return groupsBy(
    mostTried,
    ({ attempts: [first = trace.root] }) => `${trace.service(first)}\n${handlerOf(trace, first)}`,
  ).slice(0, MOST_HANDLERS);
}
