/**
 * A failing call is retried and fails again, so that a small fault downstream becomes heavy load there.
 *
 *   [ POST /checkout                                          ]  gateway     multiplies: it stops repeating
 *     [ POST /create ✗         ][ POST /create ✗ ][ … ✗ ]        3 ×            ← order-service calls what fails: the verdict names it
 *       [ POST /reserve ✗ ][ ✗ ][ ✗ ]                            3 × 3 = 9 requests reach inventory for one user request
 *
 * Attempts follow one another and request the same thing. Overlapping calls are a fan-out, calls for different things are a
 * loop. A call that a circuit breaker rejected is no attempt, because it reached no service.
 */

import { groupsBy } from '#core/groups.ts';
import { defineDetector } from '#detect/detector.ts';
import { attemptMessages, madeWorse } from '#detect/signs/attempts/attempt-messages.ts';
import { looksUntilThere, pausesIn, pausesOf } from '#detect/signs/attempts/attempt-pauses.ts';
import {
  belowOf,
  bottomOf,
  calleeOf,
  hopsOf,
  layersOf,
  lowestOf,
  type Run,
  runsOf,
  setLayers,
} from '#detect/signs/attempts/attempts.ts';
import { failureReach } from '#detect/signs/failures/failure-reach.ts';
import { answeredLate } from '#detect/signs/failures/unanswered-calls.ts';
import { requestFacts, timeOfRequest } from '#detect/signs/request-share.ts';
import type { Facts } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { failureReason, failureStatus, failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

export const retryStorm = defineDetector({
  id: 'retry-storm',
  title: 'Retry storm',
  why: 'Retries multiply the load on a service that is already failing and keep it from recovering.',
  runbook: 'runbooks/retry-storm.md',
  clear: 'no call failed repeatedly, in one layer or in several layers that multiply',
  silent: [
    'It does not see attempts inside a client that records one span for all of them.',
    'It ignores a few failures before a success, and a sensor that got 404 at an even pace and found its file in the end.',
    'It ignores calls that overlap or request different things, such as hedged requests and loops, and work that fails by itself without a call.',
    'Many requests that each retry once or twice show in the load of the callee, not in one trace.',
  ],
  role: 'failure',
  field: 'configuration',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the first attempt fail, and which setting decides how often it is retried?',
      lookAt: 'The log of the callee at the first attempt, and the settings for retries and backoff in each layer.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  saidAs: /\bretr(?:y|ies|ied|ying)\b|\b\d+ attempts\b|\bfailed \d+ times\b/i,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minFailures: {
      default: 3,
      min: 2,
      unit: 'requests',
      means: 'Failed requests that one request causes, all layers together',
      why: 'Two failures and then a success are normal for retries. Clients give up after three by default (AWS SDKs, Spring Retry, tenacity’s examples).',
    },
    minFailuresRepaired: {
      default: 5,
      min: 2,
      unit: 'attempts',
      means: 'Failed attempts before one succeeds',
      why: 'gRPC allows at most five attempts. A call that needs more met an overloaded callee, not bad luck.',
    },
    maxPauseMs: {
      default: 60_000,
      min: 0,
      unit: 'ms',
      means: 'Longest pause between one attempt and the next',
      why: 'Common clients back off for a minute or less (gRPC: two minutes for connections, AWS SDKs: 20 s). A later call is the next run of a job.',
    },
  },

  detect({ trace, logs = [] }, { minFailures, minFailuresRepaired, maxPauseMs }) {
    const lines = linesBySpan(logs);
    const reach = failureReach(trace);
    const runs = runsOf(trace, maxPauseMs * 1000, lines);
    setLayers(trace, runs);
    return merged(
      trace,
      runs.filter((run) => {
        if (run.outer !== undefined || run.load < minFailures || staysInside(trace, run, lines)) return false;
        if (wasRefusedFirst(trace, run, minFailures) || looksUntilThere(trace, run, logs)) return false;
        const isRepaired = run.attempts.length < minFailuresRepaired && !wasHeldBack(trace, run, lines);
        return reach.anybody(run.attempts) || !isRepaired;
      }),
    ).map((storms) => {
      const [storm] = storms;
      const { caller, attempts } = lowestOf(storm);
      const spans = [...storms.flatMap((each) => each.attempts), ...storms.flatMap(belowOf)];
      const last = attempts.at(-1) ?? caller;
      const said = attemptMessages(trace, attempts, lines);
      const pauses = storms.flatMap((each) => pausesIn(trace, each));
      const lastSaid = said.at(-1);
      return {
        service: trace.service(caller),
        operation: trace.operation(caller),
        spans,
        wastedUs: pathUs(trace, spans),
        pausesUs: lengthOf(pauses),
        explains: pauses,
        facts: {
          first: trace.service(storm.caller),
          target: targetOf(trace, attempts[0] ?? caller),
          attempts: attempts.length,
          layers: layersOf(storm),
          hops: hopsOf(trace, storm),
          load: storm.load,
          times: storms.length,
          bottom: bottomOf(trace, storm),
          repaired: !reach.anybody(storm.attempts),
          pauses: pausesOf(trace, attempts),
          message: lastSaid?.item?.text ?? '',
          status: failureStatus(trace, last),
          reason: lastSaid?.reason ?? 'own',
          madeWorse: madeWorse(said),
          answered: attempts.every((attempt) => answeredLate(trace, attempt)),
          reachedRoot: reach.root(spans),
          heldUs: pathUs(trace, spans),
          ...requestFacts(trace),
        },
        evidence: said.flatMap(({ item }) => (item === undefined ? [] : [item])),
      };
    });
  },

  say(facts) {
    const {
      first,
      service,
      target,
      attempts,
      layers,
      hops,
      load,
      times,
      bottom,
      repaired,
      pauses,
      message,
      status,
      reason,
    } = facts;
    const { madeWorse: worse, answered, heldUs, rootUs, rootOperation, operation } = facts;
    const how = howEachFailed({ message, status, reason });
    const isLayered = Number(layers) > 1;
    const isLastGood = repaired === true && !isLayered;
    const below = bottom === service ? beyond(target, service) : bottom;
    const multiplied = isLayered ? `; ${first} repeats that, and ${bottom} gets ${load} requests for one` : '';
    return {
      title: `${operation} of ${service} calls ${beyond(target, service)} ${attempts} times, and ${isLastGood ? 'all but the last fail' : 'every attempt fails'}${how}${multiplied}`,
      headline: {
        why: `${inWords(service)} calls ${inWords(beyond(target, service))} ${attempts} times, and ${isLastGood ? 'only the last works' : 'each attempt fails'}`,
      },
      explanation: `${
        worse === true
          ? `The first attempt failed for another reason than the later ones (“${message}”): the retries made it worse.`
          : `Every attempt sent one more request to ${below}, which was ${answered === true ? 'still working on the one before' : 'already failing'}.`
      }${isLayered ? ` Each layer retries: ${hops} = ${load} requests to ${bottom}.` : ''}${
        Number(times) > 1 ? ` This happens ${times} times in this request.` : ''
      } ${pauses} With a hundred such requests, ${below} gets ${Number(load) * 100} requests instead of 100.${
        Number(heldUs) > 0 ? ` The attempts take ${timeOfRequest(heldUs, { rootUs, rootOperation })}.` : ''
      }`,
      remedy: `${
        isLayered
          ? `Retry in one layer only, in ${service}, the direct caller of ${bottom}. Remove the retries from ${first}.`
          : `Let ${service} wait longer before each retry, with jitter.`
      } Stop retrying while most calls fail (a retry budget of 10 %, or a circuit breaker). Then ${answered === true ? `find out why ${below} takes so long` : `fix why ${below} fails`}.`,
      check: `The attempts request different things, or ${below} got no more requests than usual at that time.`,
    };
  },
});

/** Nielsen: longer than this interrupts a thought. */
const HELD_BACK_US = 1_000_000;
/** The pauses are the request. */
const MOST_OF_REQUEST = 0.5;
const TOO_MANY = '429 ';
/** DynamoDB and Kinesis, gRPC and Google's interfaces, AWS, Azure, Shopify, Slack. */
const THROTTLED =
  /\bthrottl(?:ed|ing)\w{0,10}|\bProvisionedThroughputExceeded\w{0,10}|\bRESOURCE_EXHAUSTED\b|\brate (?:limit )?exceeded\b|\bSlowDown\b|\btoo many requests\b|\brate_?limited\b/i;

/**
 * The callee has no capacity left for this caller, and the pauses that it asks for are most of what somebody waits: request
 * units of Cosmos DB, capacity of DynamoDB, quotas of Google's, Shopify's and Slack's interfaces.
 */
function wasHeldBack(trace: Trace, run: Run, lines: LinesBySpan): boolean {
  if (trace.kind(trace.root) !== 'server') return false;
  const isRefused = run.attempts.every(
    (span) =>
      failureStatus(trace, span).startsWith(TOO_MANY) ||
      failureTexts(trace, span, lines).some(({ text }) => THROTTLED.test(text)),
  );
  const pausedUs = isRefused ? lengthOf(pausesIn(trace, run)) : 0;
  return pausedUs >= Math.max(HELD_BACK_US, MOST_OF_REQUEST * trace.durationOfUs(trace.root));
}

/** Own work that fails by itself, each time it is tried: that is no load on anybody, and its own error says what is wrong. */
function staysInside(trace: Trace, run: Run, lines: LinesBySpan): boolean {
  return run.attempts.every(
    (span) =>
      trace.isInternal(span) &&
      !trace.isDatabaseCall(span) &&
      trace.peer(span) === '' &&
      trace.isOfOneService(span, run.caller) &&
      trace.childCount(span) === 0 &&
      failureReason(trace, span, failureTexts(trace, span, lines)) === 'own',
  );
}

/**
 * The callee refused the first attempt for good (401, 403, 422): no load explains that, and the later ones failed in
 * another way. Too few of those are left for a storm, and the refusal is the error to look at.
 */
function wasRefusedFirst(trace: Trace, { attempts, load }: Run, minFailures: number): boolean {
  const [first, ...later] = attempts.map((attempt) => trace.httpStatus(attempt));
  if (first === undefined || !isRefusal(first) || later.every((status) => status === first)) return false;
  const refused = 1 + later.filter(isRefusal).length;
  return load - refused < minFailures;
}

/** RFC 9110: the same request gets the same answer, except where the answer is about time or load. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !OF_THE_MOMENT.has(status);
}

const OF_THE_MOMENT = new Set([408, 409, 421, 423, 425, 429]);

function howEachFailed({ message, status, reason }: Partial<Facts>): string {
  if (message !== '') return `: “${message}”`;
  if (reason === 'timeout') return ', each timed out';
  return status === '' ? '' : ` with ${status}`;
}

/** Where the callee left no name, it is called by the caller's. */
function beyond(target: Facts[string] = '', service: Facts[string] = ''): string {
  const name = String(target);
  return name.startsWith(`${service} `) ? name.slice(String(service).length + 1) : name;
}

function targetOf(trace: Trace, attempt: SpanIndex): string {
  const operation = queryLabel(trace.queryShape(attempt)) || trace.operation(attempt);
  const callee = calleeOf(trace, attempt);
  return operation.includes(callee) ? operation : `${callee} ${operation}`;
}

/** With more targets, only those with the most requests are reported. */
const MOST_TARGETS = 20;

/** Joins the storms of one operation on one target into one finding, the one with the most requests first. */
function merged(trace: Trace, storms: readonly Run[]): (readonly [Run, ...Run[]])[] {
  const largest = storms.toSorted((a, b) => b.load - a.load || (a.attempts[0] ?? 0) - (b.attempts[0] ?? 0));
  return groupsBy(
    largest,
    ({ caller, attempts: [first = caller] }) =>
      `${trace.service(caller)}\n${trace.operation(caller)}\n${targetOf(trace, first)}`,
  ).slice(0, MOST_TARGETS);
}
