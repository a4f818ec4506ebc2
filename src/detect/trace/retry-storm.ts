/**
 * A failing call is retried and fails again, so that a small fault downstream becomes heavy load there.
 *
 *   [ POST /checkout                                          ]  gateway     ← the first to repeat, and the service to change
 *     [ POST /create ✗         ][ POST /create ✗ ][ … ✗ ]        3 ×
 *       [ POST /reserve ✗ ][ ✗ ][ ✗ ]                            3 × 3 = 9 requests reach inventory for one user request
 *
 * Attempts follow one another and request the same thing. Overlapping calls are a fan-out, calls for different things are a
 * loop. A call that a circuit breaker rejected is no attempt, because it reached no service.
 */

import { defineDetector } from '#detect/detector.ts';
import { belowOf, firstRuns, type Run, runsOf, setLayers } from '#detect/signs/attempts.ts';
import { failureReach } from '#detect/signs/failure-reach.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText, partOfTime } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import {
  type FailureReason,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
} from '#model/trace/views/failure-text.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';

export const retryStorm = defineDetector({
  id: 'retry-storm',
  title: 'Retry storm',
  why: 'Retries multiply the load on a service that is already failing and keep it from recovering.',
  runbook: 'runbooks/retry-storm.md',
  clear: 'no call failed repeatedly, in one layer or in several layers that multiply',
  silent: [
    'It does not see attempts inside a client that records one span for all of them.',
    'It ignores a few failures before a success, because retries exist for them.',
    'It ignores calls that overlap or request different things, such as hedged requests and loops.',
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
        if (run.outer !== undefined || run.load < minFailures) return false;
        return reach.anybody(run.attempts) || run.attempts.length >= minFailuresRepaired;
      }),
    ).map((storms) => {
      const [storm] = storms;
      const { caller, attempts } = storm;
      const spans = [...storms.flatMap((each) => each.attempts), ...storms.flatMap(belowOf)];
      const last = attempts.at(-1) ?? caller;
      const said = sayings(trace, attempts, lines);
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
          target: targetOf(trace, attempts[0] ?? caller),
          attempts: attempts.length,
          layers: layersOf(storm),
          hops: hopsOf(trace, storm),
          load: storm.load,
          times: storms.length,
          bottom: bottomOf(trace, storm),
          repaired: !reach.anybody(attempts),
          pauses: pausesOf(trace, attempts),
          message: lastSaid?.item?.text ?? '',
          status: failureStatus(trace, last),
          reason: lastSaid?.reason ?? 'own',
          madeWorse: madeWorse(said),
          reachedRoot: reach.root(spans),
          heldUs: pathUs(trace, spans),
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
        },
        evidence: said.flatMap(({ item }) => (item === undefined ? [] : [item])),
      };
    });
  },

  say(facts) {
    const { service, target, attempts, layers, hops, load, times, bottom, repaired, pauses, message, status, reason } =
      facts;
    const { madeWorse: worse, heldUs, rootUs, rootOperation, operation } = facts;
    const how =
      message !== ''
        ? `: “${message}”`
        : reason === 'timeout'
          ? ', each timed out'
          : status === ''
            ? ''
            : ` with ${status}`;
    const multiplied = Number(layers) > 1 ? `; ${bottom} gets ${load} requests for one` : '';
    return {
      title: `${operation} of ${service} calls ${target} ${attempts} times, and ${repaired === true ? 'all but the last fail' : 'every attempt fails'}${how}${multiplied}`,
      explanation: `${
        worse === true
          ? `The first attempt failed for another reason than the later ones (“${message}”): the retries made it worse.`
          : `Every attempt sent one more request to ${bottom}, which was already failing.`
      }${Number(layers) > 1 ? ` Each layer retries: ${hops} = ${load} requests to ${bottom}.` : ''}${
        Number(times) > 1 ? ` This happens ${times} times in this request.` : ''
      } ${pauses} With a hundred such requests, ${bottom} gets ${Number(load) * 100} requests instead of 100.${
        Number(heldUs) > 0
          ? ` The attempts take ${partOfTime(Number(heldUs), Number(rootUs))} of ${rootOperation}.`
          : ''
      }`,
      remedy: `${
        Number(layers) > 1
          ? `Retry in one layer only, the direct caller of ${bottom}. Remove the retries from ${service}.`
          : `Let ${service} wait longer before each retry, with jitter.`
      } Stop retrying while most calls fail (a retry budget of 10 %, or a circuit breaker). Then fix why ${bottom} fails.`,
      check: `The attempts request different things, or ${bottom} got no more requests than usual at that time.`,
    };
  },
});

function layersOf(run: Run): number {
  return firstRuns(run).length;
}

/** `gateway 3 × order-service 3`. */
function hopsOf(trace: Trace, run: Run): string {
  return firstRuns(run)
    .map(({ caller, attempts }) => `${trace.service(caller)} ${attempts.length}`)
    .join(' × ');
}

function bottomOf(trace: Trace, run: Run): string {
  const last = firstRuns(run).at(-1) ?? run;
  return calleeOf(trace, last.attempts[0] ?? last.caller);
}

function calleeOf(trace: Trace, attempt: SpanIndex): string {
  return trace.peer(attempt) || trace.service(attempt);
}

function targetOf(trace: Trace, attempt: SpanIndex): string {
  const operation = queryLabel(trace.queryShape(attempt)) || trace.operation(attempt);
  const callee = calleeOf(trace, attempt);
  return operation.includes(callee) ? operation : `${callee} ${operation}`;
}

/** With more targets, only those with the most requests are reported. */
const TOLD_AT_MOST = 20;

/** Joins the storms of one operation on one target into one finding, the one with the most requests first. */
function merged(trace: Trace, storms: readonly Run[]): (readonly [Run, ...Run[]])[] {
  const byTarget = new Map<string, [Run, ...Run[]]>();
  for (const storm of storms.toSorted((a, b) => b.load - a.load || (a.attempts[0] ?? 0) - (b.attempts[0] ?? 0))) {
    const key = `${trace.service(storm.caller)}\n${trace.operation(storm.caller)}\n${targetOf(trace, storm.attempts[0] ?? storm.caller)}`;
    const known = byTarget.get(key);
    if (known === undefined) byTarget.set(key, [storm]);
    else known.push(storm);
  }
  return [...byTarget.values()].slice(0, TOLD_AT_MOST);
}

type Saying = Readonly<{ item: EvidenceItem | undefined; reason: FailureReason }>;

/** The messages of the first two and the last three attempts: enough to see a change. */
function sayings(trace: Trace, attempts: readonly SpanIndex[], lines: LinesBySpan): Saying[] {
  const chosen = new Set([...attempts.slice(0, 2), ...attempts.slice(-3)]);
  return [...chosen].map((attempt) => {
    const texts = failureTexts(trace, attempt, lines);
    return { item: texts[0], reason: failureReason(trace, attempt, texts) };
  });
}

/** The first attempt did not fail because of overload, but the last one did. */
function madeWorse([first, ...later]: readonly Saying[]): boolean {
  return first?.reason !== 'overload' && later.at(-1)?.reason === 'overload';
}

/** The caller's own part of the path from one attempt to the next. */
function pausesIn(trace: Trace, { caller, attempts }: Run): Stretch[] {
  const first = attempts[0];
  const last = attempts.at(-1);
  if (first === undefined || last === undefined) return [];
  return pathWithin(trace, trace.endUs(first), trace.startUs(last), (span) => span === caller);
}

/** Pauses are backoff if each is about 1.5 times as long as the one before. */
function pausesOf(trace: Trace, attempts: readonly SpanIndex[]): string {
  const pauses = attempts.slice(1).map((attempt, i) => trace.startUs(attempt) - trace.endUs(attempts[i] ?? attempt));
  // There may be more values than a function accepts as arguments.
  const longest = pauses.reduce((most, us) => Math.max(most, us), 0);
  if (longest < IMMEDIATE_US) return 'The attempts followed one another without a pause.';
  const grows = pauses.every((us, i) => i === 0 || us >= 1.5 * (pauses[i - 1] ?? 0));
  const shortest = durationText(pauses.reduce((least, us) => Math.min(least, us), longest));
  const range = shortest === durationText(longest) ? shortest : `${shortest} to ${durationText(longest)}`;
  if (pauses.length > 1 && grows) return `The pauses between them grow (${range}).`;
  return `The pauses between them are ${pauses.length === 1 ? durationText(longest) : range}, without backoff.`;
}

/** A shorter pause is not on purpose. */
const IMMEDIATE_US = 10_000;
