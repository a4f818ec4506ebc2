/**
 * A call failed, and its caller answered as if nothing had happened.
 *
 *   [ GET /product/123  200                 ]  product-service   ← hid it, and the service to change
 *     [ SELECT ]
 *               [ GET /reviews ✗ time-out ]
 *               [ GET /similar ✗ time-out ]
 *
 * Nothing is hidden where the failure was an answer (404, a conflict), where the caller wanted the answer no longer, and
 * where something else gave it: a later attempt, another instance or provider, the store behind a cache. What fails after
 * the answer was work that nobody waited for, unless it is a read that timed out.
 */
import { defineDetector } from '#detect/detector.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { linesBySpan, NO_LINES } from '#model/logs/log-line.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import { durationsApart } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import {
  failureMessage,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
  saysTimedOut,
} from '#model/trace/views/failure-text.ts';

export const swallowedError = defineDetector({
  id: 'swallowed-error',
  title: 'Swallowed error',
  why: 'People get less than they asked for, while every dashboard shows 200 and no alert goes off.',
  runbook: 'runbooks/swallowed-error.md',
  clear: 'no caller answered well over a call that failed for good',
  silent: [
    'What was hidden without a failed span is not seen: an exception that was caught, an error inside a 200.',
    'Failures that are answers (404, a conflict), calls that their caller did not wait for, and what a message sets off are left alone.',
    'A later attempt that went well, another instance, or the store behind a cache is taken to have given the answer.',
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
      why: 'One is what a user misses on the page. Uber’s CRISP counts each as a stopped error; expected failures and repeated calls that succeeded are left out before.',
    },
  },

  detect({ trace, logs = [] }, { minCalls }) {
    if (errorOrigins(trace).length === 0) return [];
    const lines = linesBySpan(logs);
    const most = [...hiddenByOperation(trace).values()].sort((a, b) => b.calls.length - a.calls.length);
    return most.slice(0, TOLD_AT_MOST).flatMap(({ entry, calls, entries }) => {
      const items = saidOf(trace, calls, lines);
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
            rootUs: trace.durationOfUs(trace.root),
            rootOperation: trace.operation(trace.root),
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
      explanation: `No later attempt and nothing else gave what these calls should have given, so the answer lacks it and nobody is told.${waited}`,
      remedy: `Decide what ${operation} owes its users without ${names}: fail, or say in the answer what is missing; in either case count the failure and alert on it. Then mend the calls.`,
      check: `The answer is complete without ${names}: what they give is optional, kept from before, or fetched elsewhere.`,
    };
  },
});

/** Where more operations hide something, those that hide the most are told. */
const TOLD_AT_MOST = 20;

/** What one operation hid. */
type Hidden = { entry: SpanIndex; entries: Set<SpanIndex>; calls: SpanIndex[] };

function hiddenByOperation(trace: Trace): ReadonlyMap<number, Hidden> {
  const byOperation = new Map<number, Hidden>();
  const operationNumber = callNumbers(trace);
  const gotItElsewhere = substitutes(trace);
  for (const { spans, symptom, path } of errorOrigins(trace)) {
    // Attempts at one call are told together; a failure that came from below is told by where it was noticed last.
    for (const call of path.length === 0 ? spans : [symptom]) {
      const entry = hidingEntry(trace, call);
      if (entry === undefined || gotItElsewhere(call)) continue;
      const key = operationNumber(entry);
      const known = byOperation.get(key);
      if (known === undefined) byOperation.set(key, { entry, entries: new Set([entry]), calls: [call] });
      else {
        known.calls.push(call);
        known.entries.add(entry);
      }
    }
  }
  for (const { calls } of byOperation.values()) calls.sort((a, b) => a - b);
  return byOperation;
}

/** Work inside a service is seldom deeper; who hides below that is told by the deepest of it. */
const MOST_LEVELS = 50;

/** The request whose answer hides the failed call; undefined where nobody waited for it or the failure was passed on. */
function hidingEntry(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isAwaited(call) || trace.kind(caller) === 'producer') return undefined;
  if (trace.endUs(call) > trace.endUs(caller) && !isReadInVain(trace, call)) return undefined;
  let entry = caller;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    if (trace.failed(entry) || trace.httpStatus(entry) >= 400) return undefined;
    const above = trace.parent(entry);
    const kind = trace.kind(entry);
    if (above === undefined || kind === 'server' || kind === 'consumer') break;
    if (trace.service(above) !== trace.service(entry)) break;
    entry = above;
  }
  return entry;
}

/** What is read is read for the answer: one that came before the read had timed out went without it. */
function isReadInVain(trace: Trace, call: SpanIndex): boolean {
  const method = trace.text(call, 'http.request.method') || trace.operation(call);
  return (
    /^(?:GET|HEAD)\b/i.test(method) && saysTimedOut(trace, call, failureMessage(trace, call, NO_LINES)?.text ?? '')
  );
}

/** So many of the calls that succeeded are looked at, the last ones first. */
const COMPARED = 50;

/** Whether something else gave what the call should have given: the store behind a cache, the same thing asked of somebody else. */
function substitutes(trace: Trace): (call: SpanIndex) => boolean {
  const isCache = trace.databaseTest((system) => CACHE_SYSTEMS.has(system));
  const known = new Map<SpanIndex, readonly SpanIndex[]>();
  return (call) => {
    const caller = trace.parent(call);
    if (caller === undefined || trace.childCount(caller) === 1) return false;
    const good = known.get(caller) ?? goodCalls(trace, caller);
    known.set(caller, good);
    const endUs = trace.endUs(call);
    return good.some((other) => {
      if (trace.startUs(other) < endUs) return false;
      if (isCache(call)) return !isCache(other);
      return !trace.isDatabaseCall(call) && isSameOfAnother(trace, call, other);
    });
  };
}

/** The last calls of the caller that succeeded. */
function goodCalls(trace: Trace, caller: SpanIndex): SpanIndex[] {
  const children = trace.children(caller);
  const good: SpanIndex[] = [];
  for (let at = children.length - 1; at >= 0 && good.length < COMPARED; at -= 1) {
    const child = children[at] ?? caller;
    if (!trace.failed(child) && (trace.isCall(child) || trace.isDatabaseCall(child))) good.push(child);
  }
  return good;
}

function isSameOfAnother(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const operation = trace.operation(call);
  return operation === trace.operation(other) && trace.peer(call) !== trace.peer(other) && namesWhat(operation);
}

/** `GET` and `HTTP GET` name no more than how it was asked. */
function namesWhat(operation: string): boolean {
  return !/^(?:https?[ ._-]?)?(?:get|head|post|put|patch|delete|request|client)?$/i.test(operation);
}

/** So many of the calls are read for their words. */
const READ_AT_MOST = 5;

/** One for each thing that is said, in order of the calls. */
function saidOf(trace: Trace, calls: readonly SpanIndex[], lines: LinesBySpan): EvidenceItem[] {
  const items = calls.slice(0, READ_AT_MOST).flatMap((call) => failureMessage(trace, call, lines) ?? []);
  return items.filter(({ text }, at) => items.findIndex((other) => other.text === text) === at);
}

/** At most three: a sentence, no list. */
function namesOf(trace: Trace, calls: readonly SpanIndex[]): string {
  const names = [...new Set(calls.map((call) => calledName(trace, call)))];
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function calledName(trace: Trace, call: SpanIndex): string {
  const peer = trace.peer(call);
  const operation = trace.operation(call);
  return peer === '' || operation.includes(peer) ? operation : `${operation} of ${peer}`;
}
