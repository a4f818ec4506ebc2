/**
 * A call failed, and its caller answered as if nothing had happened.
 *
 *   [ GET /product/123  200                 ]  product-service   ← hid the failure: the service to change
 *     [ SELECT ]
 *               [ GET /reviews ✗ time-out ]
 *               [ GET /similar ✗ time-out ]
 *
 * Nothing is hidden where the failure was an answer (404, a conflict), where the caller no longer needed the answer, or
 * where something else gave it: a later attempt, another instance or provider, the store behind a cache. Nobody waited for
 * a call that failed after the answer, unless it is a read that timed out.
 */

import { defineDetector } from '#detect/detector.ts';
import { hiddenByOperation } from '#detect/signs/hidden-failures.ts';
import { requestFacts } from '#detect/signs/request-share.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { durationsApart } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import {
  failureMessage,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
} from '#model/trace/views/failure-text.ts';

export const swallowedError = defineDetector({
  id: 'swallowed-error',
  title: 'Swallowed error',
  why: 'People get less than they asked for, while every dashboard shows 200 and no alert fires.',
  runbook: 'runbooks/swallowed-error.md',
  clear: 'no caller hid a call that failed for good',
  silent: [
    'It does not see failures without a failed span: a caught exception, an error inside a 200.',
    'It ignores failures that are answers (404, a conflict), calls that nobody waited for, and work that a message triggers.',
    'It assumes that a later successful attempt, another instance, or the store behind a cache gave the answer.',
  ],
  role: 'failure',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the call fail, and why does its caller hide that?',
      lookAt: 'The log of the callee, and how the caller handles the error: on purpose, or by a catch-all.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minCalls: {
      default: 1,
      min: 1,
      unit: 'calls',
      means: 'Failed calls that one operation hid',
      why: 'A user misses one part of the page already. Uber’s CRISP counts each call as a stopped error. Expected failures and calls that a retry repaired do not count.',
    },
  },

  detect({ trace, logs = [] }, { minCalls }) {
    if (errorOrigins(trace).length === 0) return [];
    const lines = linesBySpan(logs);
    const most = [...hiddenByOperation(trace).values()].sort((a, b) => b.calls.length - a.calls.length);
    return most.slice(0, MOST_OPERATIONS).flatMap(({ entry, calls, entries }) => {
      const items = messagesOf(trace, calls, lines);
      const [said] = items;
      if (calls.length < minCalls) return [];
      const [first = entry] = calls;
      return [
        {
          service: trace.service(entry),
          operation: trace.operation(entry),
          spans: calls,
          wastedUs: pathUs(trace, calls),
          facts: {
            calls: calls.length,
            answers: entries.size,
            names: namesOf(trace, calls),
            answered: trace.httpStatus(entry) || 'without an error',
            message: said?.text ?? '',
            status: failureStatus(trace, first),
            reason: failureReason(trace, first, failureTexts(trace, first, lines)),
            heldUs: pathUs(trace, calls),
            reachedRoot: false,
            ...requestFacts(trace),
          },
          evidence: items,
        },
      ];
    });
  },

  say({ service, operation, calls, answers, names, answered, message, status, reason, heldUs, rootUs, rootOperation }) {
    const how =
      message !== '' ? `: “${message}”` : reason === 'timeout' ? ': timed out' : status === '' ? '' : ` with ${status}`;
    const many = Number(answers) > 1 ? ` ${answers} times` : '';
    const failed = `${calls === 1 ? 'a call of it' : `${calls} of its calls`} failed`;
    const waited =
      Number(heldUs) > 0
        ? ` ${rootOperation} waited ${durationsApart(Number(heldUs), Number(rootUs)).join(' of its ')} for them.`
        : '';
    return {
      title: `${service}: ${operation} answered ${answered}${many} although ${failed} (${names})${how}`,
      explanation: `Neither a later attempt nor another source gave the data of these calls. The answer lacks it, and no error says so.${waited}`,
      remedy: `Decide what ${operation} should do without ${names}: fail, or say in the answer what is missing. In both cases count the failure and alert on it. Then fix the calls.`,
      check: `The answer is complete without ${names}: the data is optional, cached, or fetched elsewhere.`,
    };
  },
});

/** With more operations, only those that hid the most calls are reported. */
const MOST_OPERATIONS = 20;

/** Reads the messages of this many calls. */
const READ_AT_MOST = 5;

/** The distinct messages, in order of the calls. */
function messagesOf(trace: Trace, calls: readonly SpanIndex[], lines: LinesBySpan): EvidenceItem[] {
  const items = calls.slice(0, READ_AT_MOST).flatMap((call) => failureMessage(trace, call, lines) ?? []);
  return items.filter(({ text }, at) => items.findIndex((other) => other.text === text) === at);
}

/** At most three names, to fit a sentence. */
function namesOf(trace: Trace, calls: readonly SpanIndex[]): string {
  const names = [...new Set(calls.map((call) => calledName(trace, call)))];
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function calledName(trace: Trace, call: SpanIndex): string {
  const peer = trace.peer(call);
  const operation = trace.operation(call);
  return peer === '' || operation.includes(peer) ? operation : `${operation} of ${peer}`;
}
