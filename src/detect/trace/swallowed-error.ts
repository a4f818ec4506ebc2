/**
 * A call failed, and its caller answered as if nothing had happened.
 *
 *   [ GET /product/123  200                 ]  product-service   ← hid the failure: the service to change
 *     [ SELECT ]
 *               [ GET /reviews ✗ time-out ]
 *               [ GET /similar ✗ time-out ]
 *
 * Nothing is hidden where the failure was an answer (404, a conflict), where the caller no longer needed the answer, or
 * where something else gave it: a later attempt, another instance or provider, the store behind a cache, another
 * connection of the pool. A row that is there already may be what the caller wanted. Nobody waited for a call that failed
 * after the answer, unless it is a read that timed out.
 */

import { defineDetector } from '#detect/detector.ts';
import { passedToNext, promisesAttempt } from '#detect/signs/attempts/promised-attempts.ts';
import { areUntoldFetches, CANDIDATES_OF_FETCH } from '#detect/signs/failures/browser-fetches.ts';
import { wasOnlyConditional } from '#detect/signs/failures/conditional-writes.ts';
import { recordsFallback, tookSubstitute } from '#detect/signs/failures/fallback-answers.ts';
import {
  cameTooLate,
  hiddenByOperation,
  isDuplicate,
  isKnownRepeat,
  isOneOfMany,
  wasAskedOfOtherModel,
} from '#detect/signs/failures/hidden-failures.ts';
import { comesAgain, wasOnlyWork } from '#detect/signs/failures/only-work.ts';
import { partialResult, wordsOfPart } from '#detect/signs/failures/partial-results.ts';
import { flagClause, flagFacts } from '#detect/signs/failures/proxy-blame.ts';
import { sightingOfLoss, toldLoss, wordsOfLoss } from '#detect/signs/failures/told-losses.ts';
import { requestFacts } from '#detect/signs/request-share.ts';
import type { Candidate, EvidenceItem, Facts } from '#model/finding/finding.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { type LogLine, linesBySpan, NO_LINES } from '#model/logs/log-line.ts';
import { durationsApart } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { isOfDevice } from '#model/trace/views/device.ts';
import {
  failureMessage,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
} from '#model/trace/views/failure-text.ts';
import { isProbe } from '#model/trace/views/probe-requests.ts';

export const swallowedError = defineDetector({
  id: 'swallowed-error',
  title: 'Swallowed error',
  why: 'People get less than they asked for, while every dashboard shows 200 and no alert fires.',
  runbook: 'runbooks/swallowed-error.md',
  clear: 'no caller hid a call that failed for good',
  silent: [
    'It needs a failed span, an exception at the end of a call, or an attribute with the fault in a 200. It stays unsure where only a warning of the request shows undone work.',
    'It ignores failures that are answers (404, a conflict, “already exists”), and calls that nobody waited for or that the code calls optional. It ignores telemetry and work that a message triggers.',
    'It stays unsure about calls of phones and browsers without a server span: the network may be the reason. So it does after a recorded fallback, and about one of many that the caller asked at once.',
    'It assumes that a later attempt, another instance, or the store behind a cache gave the answer. It believes a line of the caller that says what was given instead, or promises an attempt for which no span stands.',
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
  excusedBy: ['substitute', 'attempt', 'refusal'],
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
    const lines = linesBySpan(logs);
    const most = [...hiddenByOperation(trace, logs).values()].sort((a, b) => b.calls.length - a.calls.length);
    const partial = most.length === 0 ? partialResult(trace, logs) : undefined;
    if (partial !== undefined) return [partial];
    const told = most.length === 0 ? toldLoss(trace, logs) : undefined;
    if (told !== undefined) return [sightingOfLoss(trace, told)];
    const hiding = most.filter(({ calls }) => !calls.every((call) => wasOnlyWork(trace, call, logs)));
    return hiding.slice(0, MOST_OPERATIONS).flatMap(({ entry, calls, entries }) => {
      const items = messagesOf(trace, calls, lines);
      const [said] = items;
      if (calls.length < minCalls || calls.every((call) => wasOnlyConditional(trace, call, lines))) return [];
      const [first = entry] = calls;
      const areDuplicates = calls.every((call) => isDuplicate(trace, call));
      const areRepeats = areDuplicates && calls.every((call) => isKnownRepeat(trace, call, logs));
      const fromDevice = isUnansweredDevice(trace, entry, calls);
      const isUntold = areUntoldFetches(trace, calls, { lines });
      const isDeclared = calls.length === 1 && declaresOptional(trace, entry, first, logs);
      // The row was meant to be refused, another attempt was promised, another model answered, or the answer needs it not: nothing is missing.
      const refused =
        areRepeats ||
        isDeclared ||
        calls.every((call) => promisesAttempt(trace, entry, call, logs) || passedToNext(trace, entry, call, lines)) ||
        comesAgain(trace, entry, logs) ||
        (calls.length === 1 && tookSubstitute(trace, first, logs)) ||
        calls.every((call) => wasAskedOfOtherModel(trace, call) || cameTooLate(trace, call, entry));
      const isNoted = !refused && (notesItself(trace.service(entry), logs) || recordsFallback(trace, first));
      const isOfProbe = isProbe(trace, entry);
      const areOfMany = calls.every((call) => isOneOfMany(trace, call));
      return [
        {
          ...(!refused &&
            (fromDevice || isUntold || isOfProbe || isNoted || areOfMany || areDuplicates) && {
              inferred: true,
            }),
          service: hidingService(trace, entry, calls),
          operation: trace.operation(entry),
          spans: calls,
          wastedUs: pathUs(trace, calls),
          facts: {
            calls: calls.length,
            answers: entries.size,
            names: namesOf(trace, calls),
            answerer: trace.service(entry),
            answered: trace.httpStatus(entry) || 'without an error',
            message: said?.text ?? '',
            status: failureStatus(trace, first),
            reason: failureReason(trace, first, failureTexts(trace, first, lines)),
            heldUs: pathUs(trace, calls),
            reachedRoot: false,
            areDuplicates: areDuplicates && !areRepeats,
            fromDevice,
            isUntold,
            isProbe: isOfProbe,
            isNoted,
            areOfMany,
            refused,
            ...flagFacts(trace, first),
            ...requestFacts(trace),
          },
          evidence: items,
        },
      ];
    });
  },

  say(facts) {
    if (facts.isPart === true) return wordsOfPart(facts);
    if (facts.isTold === true) return wordsOfLoss(facts);
    const { service, operation, calls, answers, names, answerer, answered, message, status, reason } = facts;
    const { heldUs, rootUs, rootOperation } = facts;
    const how =
      message !== '' ? `: “${message}”` : reason === 'timeout' ? ': timed out' : status === '' ? '' : ` with ${status}`;
    const many = Number(answers) > 1 ? ` ${answers} times` : '';
    const [who, whose] = answerer === service ? ['it', 'its'] : [service, `${service}’s`];
    const failed = `${calls === 1 ? `a call of ${who}` : `${calls} of ${whose} calls`} failed`;
    const waited =
      Number(heldUs) > 0
        ? ` ${rootOperation} waited ${durationsApart(Number(heldUs), Number(rootUs)).join(' of its ')} for what failed.`
        : '';
    return {
      title: `${answerer}: ${operation} answered ${answered}${many} although ${failed} (${names})${how}`,
      names: namedBy(reason),
      headline: {
        what: `${inWords(operation)} of ${inWords(answerer)} answers as if nothing failed`,
        why: flagClause(facts, inWords) || `${inWords(names)} failed`,
      },
      explanation: `Neither a later attempt nor another source gave the data of these calls. The answer lacks it, and no error says so.${waited}`,
      remedy: `Decide what ${operation} should do without ${names}: fail, or say in the answer what is missing. In both cases count the failure and alert on it. Then fix the calls.`,
      check: `The answer is complete without ${names}: the data is optional, cached, or fetched elsewhere.`,
      ...causesOf(facts),
    };
  },
});

/**
 * The service that hid the failure. It is the service that answered the request. In a trace that lost spans, the failed
 * calls may come from a service whose own span is lost; then that service hid the failure.
 */
function hidingService(trace: Trace, entry: SpanIndex, calls: readonly SpanIndex[]): string {
  const [service = '', ...others] = new Set(calls.map((call) => trace.service(call)));
  const isBetween = trace.repairs.placedOrphan > 0 && others.length === 0 && service !== '';
  return isBetween ? service : trace.service(entry);
}

/** Where several causes fit. A later line counts more than an earlier one. */
function causesOf(facts: Facts): { couldBe?: readonly Candidate[] } {
  const service = String(facts.service);
  const names = String(facts.names);
  return {
    ...(facts.areDuplicates === true && { couldBe: candidatesOfDuplicate(names) }),
    ...(facts.fromDevice === true && { couldBe: candidatesOfDevice(names) }),
    ...(facts.isUntold === true && { couldBe: CANDIDATES_OF_FETCH }),
    ...(facts.isProbe === true && { couldBe: candidatesOfProbe(names) }),
    ...(facts.areOfMany === true && { couldBe: candidatesOfMany(names) }),
    ...(facts.isNoted === true && { couldBe: candidatesOfNote(service, names) }),
  };
}

/** What the title says beside the swallowed failure. */
function namedBy(reason: Facts[string] | undefined): readonly string[] {
  return reason === 'timeout' ? ['timeout-cascade'] : [];
}

/** What services write at a harmless level when they go on without an answer on purpose. */
const GOES_ON =
  /\b(?:skipp(?:ed|ing)|fall(?:ing|s)? ?back|fallback|degraded?|best[ -]effort|optional|serv(?:ed|ing) without|(?:using|served?|serving) (?:the )?(?:default|cached|stale)|continu(?:e|es|ing) without|ignor(?:ed|ing))\b/i;

/**
 * The words of code that was written so: an answer that may be missing. "Falling back" and "skipping" are said after any
 * failure.
 */
const DECLARES =
  /\bbest[ -]effort\b|\bnon[ -]?(?:critical|essential)\b|\b(?:is|are) optional\b|\boptional (?:call|part|step|source|service|request|lookup)s?\b|\bnot required\b|\b(?:treated|counted|taken) as (?:no|an? (?:empty|missing|abstain))\b/i;

/** The call says so itself, or the only line of the service about it, written for this request at a harmless level. */
function declaresOptional(trace: Trace, entry: SpanIndex, call: SpanIndex, logs: readonly LogLine[]): boolean {
  if (failureTexts(trace, call, NO_LINES).some(({ text }) => DECLARES.test(text))) return true;
  const service = trace.service(entry);
  return logs.some(
    (line) =>
      line.service === service &&
      line.rung === 'trace-id' &&
      HARMLESS_LEVELS.has(line.level) &&
      DECLARES.test(line.line),
  );
}

/** The service's own line, written for this request at a harmless level, says that it goes on without the answer. */
function notesItself(service: string, logs: readonly LogLine[]): boolean {
  return logs.some(
    (line) =>
      line.service === service &&
      line.rung === 'trace-id' &&
      HARMLESS_LEVELS.has(line.level) &&
      GOES_ON.test(line.line),
  );
}

function candidatesOfNote(service: string, names: string): Candidate[] {
  return [
    {
      what: `${service} does without ${names} on purpose`,
      shownBy: 'the answer is useful without it, and people know that it may be missing',
    },
    { what: `${service} hides a fault of ${names}`, shownBy: 'the answer lacks what people asked for' },
  ];
}

/** Several were asked for the same thing at once, and the others answered. */
function candidatesOfMany(names: string): Candidate[] {
  return [
    {
      what: `an answer that needs only some of those asked, without ${names}`,
      shownBy: 'the caller asks them for offers',
    },
    { what: `an answer that lacks the part of ${names}`, shownBy: 'each of those asked holds other data' },
  ];
}

/** A probe reports the state of dependencies as it is meant to. */
function candidatesOfProbe(names: string): Candidate[] {
  return [
    { what: `a failure of ${names} that the probe tolerates on purpose`, shownBy: 'the body of the answer names it' },
    { what: `a probe that hides a failure of ${names}`, shownBy: 'the body of the answer says that all is well' },
  ];
}

/** A phone or a browser got no answer, and no span of a server shows whether the call arrived. */
function isUnansweredDevice(trace: Trace, entry: SpanIndex, calls: readonly SpanIndex[]): boolean {
  if (!isOfDevice(trace, entry) && !calls.some((call) => isOfDevice(trace, call))) return false;
  return calls.every((call) => trace.childCount(call) === 0 && trace.httpStatus(call) === 0);
}

function candidatesOfDevice(names: string): Candidate[] {
  return [
    { what: 'the network of this device', shownBy: 'other devices get an answer at that time' },
    { what: `the server of ${names}`, shownBy: 'its log or its metrics show this call, or other devices fail, too' },
  ];
}

/** The database refused a row whose key is there already. */
function candidatesOfDuplicate(names: string): Candidate[] {
  return [
    {
      what: `a repeated request: ${names} writes once, and the second time is meant to change nothing`,
      shownBy: 'the row with this key holds the same data',
    },
    {
      what: 'two different rows with the same key: the second is lost',
      shownBy: 'the row with this key holds other data',
    },
  ];
}

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
