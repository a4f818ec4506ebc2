/**
 * A circuit breaker refuses calls without sending them.
 *
 *   [ GET /cart ✗       ]  checkout              took its time and failed          closed, still
 *                         [ GET /cart ✗      ]   took its time and failed          opens
 *                                             [✗][✗][✗]  refused at once           open
 *                                                         [ GET /cart      ]       half-open: one is let through
 *
 * A call counts as refused if its span or its log says so. Without such a message, a series of calls counts that failed at
 * once and without a callee, after calls of the same kind had reached the callee and failed. Refused calls do not show
 * whether the callee works again; only a call that the breaker lets through does.
 */

import { groupsBy } from '#core/groups.ts';
import { defineDetector } from '#detect/detector.ts';
import { historyOf, nameOf, type Refusal, refusalsOf, targetOf } from '#detect/signs/failures/breaker-refusals.ts';
import { failureReach } from '#detect/signs/failures/failure-reach.ts';
import { recordsFallback } from '#detect/signs/failures/fallback-answers.ts';
import { hiddenRefusals } from '#detect/signs/failures/hidden-refusals.ts';
import type { Facts, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import { wasAnsweredElsewhere } from '#model/trace/views/answered-elsewhere.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { failureReason, failureStatus, failureTexts } from '#model/trace/views/failure-text.ts';

export const circuitOpen = defineDetector({
  id: 'circuit-open',
  title: 'Circuit breaker open',
  why: 'Calls fail without being sent, and keep failing for a while after the callee has recovered.',
  runbook: 'runbooks/circuit-open.md',
  clear: 'no call was refused before it left its caller',
  silent: [
    'Without a message, immediate failures suggest an open breaker only after slower ones below the same caller, and the finding stays unsure. A trace that began later does not show them.',
    'It stays unsure where a fallback answered, and ignores a refusal after which another instance answered.',
    'It sees a fallback without a failed or marked span only by a warning of the request itself, and stays unsure then.',
    'It takes a call that lasts longer than a refusal for one that reached its callee. Envoy’s overflow with 503 is an exception.',
  ],
  role: 'failure',
  field: 'dependency',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'What opened the breaker?',
      lookAt: 'The calls that failed before it opened, and the threshold and wait time of the breaker.',
    },
  },
  checkQueries: ['log'],
  namesCause: ({ facts }) => facts.said !== '',
  saidAs: /\bcircuit\b|\bbreaker\b|call not permitted/i,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    maxRefusalMs: {
      default: 20,
      min: 0,
      unit: 'ms',
      means: 'Longest duration of a refused call',
      why: 'A refusal only checks a flag. That takes microseconds, or a pause of the runtime at most. A longer call was sent.',
    },
    minFailuresBefore: {
      default: 2,
      min: 1,
      unit: 'calls',
      means: 'Calls that failed before, where no message says that a breaker is open',
      why: 'A breaker opens after failures. Fewer than two are no pattern.',
    },
    minRefusals: {
      default: 3,
      min: 1,
      unit: 'calls',
      means: 'Refused calls in a row, where no message says that a breaker is open',
      why: 'One call that fails at once is a lost connection. Several after slow failures are a pattern.',
    },
  },

  detect({ trace, logs = [] }, { maxRefusalMs, minFailuresBefore, minRefusals }) {
    const lines = linesBySpan(logs);
    const reach = failureReach(trace);
    const refusals = refusalsOf(trace, lines, { maxRefusalMs, minFailuresBefore, minRefusals }).filter(
      ({ span }, at) => at >= MOST_READ || reach.root([span]) || !wasAnsweredElsewhere(trace, span),
    );
    return byCall(trace, [...refusals, ...hiddenRefusals(trace, logs, lines)]).map((refused) => {
      const [first] = refused;
      const history = historyOf(trace, first.span, new Set(refused.map(({ span }) => span)));
      const reason = history.failedBefore
        .map((span) => failureTexts(trace, span, lines)[0])
        .find((item) => item !== undefined);
      const spans = refused.map(({ span }) => span);
      const [opener = first.span] = history.failedBefore;
      const fellBack = !reach.root(spans) && tookOther(trace, first);
      return {
        service: trace.service(first.span),
        operation: trace.operation(first.span),
        spans: [...spans, ...history.failedBefore],
        wastedUs: pathUs(trace, spans),
        ...((first.item === undefined || fellBack) && { inferred: true }),
        facts: {
          refused: spans.length,
          target: targetOf(trace, first, history.failedBefore),
          failedBefore: history.failedBefore.length,
          openedBy: reason?.text ?? (history.failedBefore.length > 0 ? failureStatus(trace, opener) : ''),
          openedByReason: failureReason(trace, opener, failureTexts(trace, opener, lines)),
          state: refused.some(({ halfOpen }) => halfOpen) && history.state === 'open' ? 'half-open' : history.state,
          said: first.item?.text ?? '',
          hidden: !trace.failed(first.span),
          isRequest: trace.kind(first.span) === 'server',
          reachedRoot: reach.root(spans),
          rootOperation: trace.operation(trace.root),
          fellBack,
        },
        evidence: [
          ...(first.item === undefined ? [] : [first.item, ...(first.others ?? [])]),
          ...(reason === undefined ? [] : [reason]),
        ],
      };
    });
  },

  say({
    service,
    operation,
    refused,
    target,
    failedBefore,
    openedBy,
    state,
    said,
    hidden,
    isRequest,
    rootOperation,
    fellBack,
  }) {
    const calls = `${refused} ${refused === 1 ? 'call' : 'calls'}`;
    const before =
      Number(failedBefore) > 0 ? `, after ${failedBefore} had failed${openedBy === '' ? '' : ` (“${openedBy}”)`}` : '';
    // Where the callee is unknown, `target` is the call itself.
    const breaker = target === operation ? 'a circuit breaker' : `the circuit breaker for ${target}`;
    if (said === '') return wordsOfSilence({ service, operation, target, calls, before, rootOperation, hidden });
    return {
      title: `${service}: ${breaker} ${STATES[String(state)] ?? 'is open'}; it refused ${calls} ${isRequest === true ? 'in' : 'of'} ${operation}${before}`,
      headline: {
        why:
          target === operation
            ? `a circuit breaker in ${inWords(service)} refuses its calls`
            : `${inWords(service)} has opened its circuit breaker for ${inWords(target)}`,
      },
      explanation: `The evidence: “${said}”. ${whatFollows({ target, hidden, rootOperation })}`,
      remedy: `Find out why ${target} failed before the breaker opened.${
        Number(failedBefore) === 0 ? ' This trace began later, so look at earlier ones.' : ''
      } The breaker works as intended: force it open only while ${target} recovers, and never switch it off.`,
      check: `${target} answered other callers well at that time. Then the breaker counts calls that are no failures, or its window is too short.`,
      ...(fellBack === true && {
        couldBe: [
          {
            what: `${target} fails, and a fallback answers in its place`,
            shownBy: `the metrics of ${target} show failures`,
          },
          { what: 'a breaker that somebody opened on purpose', shownBy: 'its configuration or a drill says so' },
        ],
      }),
    };
  },
});

/** Something answered in place of the refused call. */
function tookOther(trace: Trace, { span, isHidden = false }: Refusal): boolean {
  return isHidden || recordsFallback(trace, span);
}

/** Words for calls that failed at once after slower ones, without a message that says why. */
function wordsOfSilence({ service, operation, target, calls, before, rootOperation, hidden }: Partial<Facts>): Words {
  return {
    title: `${service}: ${calls} of ${operation} failed at once and reached nobody${before}`,
    headline: { why: `calls of ${inWords(service)} to ${inWords(target)} are refused at once` },
    explanation: `No message says why. ${whatFollows({ target, hidden, rootOperation })}`,
    remedy: `Find out why ${target} failed at first. Then find out what refused the later calls, before you change anything.`,
    check: `${target} answered other callers well at that time.`,
    couldBe: [
      { what: 'an open circuit breaker', shownBy: `the metrics or the log of ${service} show its state` },
      { what: `${target} refuses connections`, shownBy: `its process had ended or restarted at that time` },
      {
        what: 'a rate limit in the caller or a proxy',
        shownBy: 'its configuration and its counters of refused calls',
      },
    ],
  };
}

function whatFollows({ target, hidden, rootOperation }: Partial<Facts>): string {
  if (hidden === true) return `${rootOperation} continued without these calls.`;
  return `These calls do not show whether ${target} works now.`;
}

const STATES: Readonly<Record<string, string>> = {
  open: 'is open',
  'half-open': 'is half-open and lets single calls through',
  reopened: 'opened again after a trial call had failed',
  closed: 'was open and closed again',
};

/** So many refusals are compared with the calls after them. */
const MOST_READ = 100;

/** Reports this many breakers at most. */
const MOST_BREAKERS = 20;

/** One finding for one call of one service, the most refused first. */
function byCall(trace: Trace, refusals: readonly Refusal[]): (readonly [Refusal, ...Refusal[]])[] {
  return groupsBy(refusals, ({ span }) => nameOf(trace, span))
    .sort((a, b) => b.length - a.length || a[0].span - b[0].span)
    .slice(0, MOST_BREAKERS);
}
