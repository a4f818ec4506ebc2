/**
 * A callee does not answer in time, and all its callers time out with it.
 *
 *   [ POST /orders ✗                          ] 30.012 s  gateway
 *     [ POST /create ✗                        ] 30.005 s  order-service
 *       [ POST /reserve ✗                     ] 30.001 s  inventory   ← did not answer: the service to look at
 *         [ UPDATE inventory ✗                ] 30.000 s
 *
 * A long span alone is no timeout. The signs are: a failure that names a timeout; a callee that continued after its caller
 * had given up; or, without either, a wait of exactly a round limit after which the caller failed at once.
 */
import { defineDetector } from '#detect/detector.ts';
import type { Candidate, EvidenceItem } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { type ErrorOrigin, errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureTexts, type LinesBySpan, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { tellsOf } from '#model/trace/views/told-apart.ts';

export const timeoutCascade = defineDetector({
  id: 'timeout-cascade',
  title: 'Timeout cascade',
  why: 'Several services report timeouts at once, but only one of them is slow.',
  runbook: 'runbooks/timeout-cascade.md',
  clear: 'no call made its caller fail by not answering in time',
  silent: [
    'It looks only at failures: a request that waited long and succeeded had no timeout.',
    'If nothing names the timeout, it accepts only a wait of a round number of seconds as a limit.',
    'It ignores a wait that takes a small part of the request, because its caller failed for another reason.',
    'It reads only the first fifty failures.',
  ],
  role: 'failure',
  field: 'dependency',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the callee not answer in time?',
      lookAt:
        'What it waited for (locks, its own callees, its queue), and whether the timeouts of its callers are long enough.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  saidAs: /\btime(?:d|s)?[- ]?out|\bdeadline exceeded\b|\bdid not answer within\b/i,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minWaitMs: {
      default: 200,
      min: 1,
      unit: 'ms',
      means: 'Wait for the callee on the critical path, all attempts together',
      why: 'Envoy’s examples allow 250 ms for an attempt, the shortest common limit between services. A call that fails sooner delays nobody.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same wait as a share of the whole request',
      why: 'A caller that times out has spent a large part of its time waiting. With less, its failure has another reason.',
    },
  },

  detect({ trace, logs = [] }, { minWaitMs, minShare }) {
    const lines = linesBySpan(logs);
    const leastUs = Math.max(minWaitMs * 1000, minShare * trace.durationOfUs(trace.root));
    const waits = errorOrigins(trace)
      .filter(({ spans }) => pathUs(trace, spans) >= leastUs)
      .slice(0, READ_AT_MOST)
      .flatMap((origin) => waitOf(trace, origin, lines) ?? []);
    return byCallee(trace, waits).map((ofCallee) => {
      const [longest] = ofCallee;
      const { wait, above, limitUs, sign, item, rivals } = longest;
      const inversion = inversionIn(trace, longest);
      const attempts = [...new Set(ofCallee.flatMap((each) => each.attempts))];
      const spans = [...attempts, ...above.filter((span) => !attempts.includes(span))];
      const callers = new Set(
        above.map((span) => trace.service(span)).filter((name) => name !== calleeOf(trace, wait)),
      );
      return {
        service: calleeOf(trace, wait),
        operation: queryLabel(trace.queryShape(wait)) || trace.operation(wait),
        spans,
        wastedUs: pathUs(trace, attempts),
        ...(rivals.length > 0 && { inferred: true }),
        facts: {
          others: rivals.map((call) => `${trace.operation(call)} of ${calleeOf(trace, call)}`).join('\n'),
          waitUs: trace.durationOfUs(wait),
          limitUs,
          sign,
          attempts: attempts.length,
          callers: [...callers].join(', '),
          callerCount: callers.size,
          top: `${trace.operation(above.at(-1) ?? wait)} of ${trace.service(above.at(-1) ?? wait)}`,
          said: item?.text ?? '',
          caller: inversion?.caller ?? trace.service(above[0] ?? wait),
          gaveUpUs: inversion?.gaveUpUs ?? 0,
          ranUs: inversion?.ranUs ?? 0,
          patient: inversion?.callee ?? '',
          reason: 'timeout',
          reachedRoot: above.at(-1) === trace.root,
        },
        evidence: ofCallee.flatMap((each) => (each.item === undefined ? [] : [each.item])),
      };
    });
  },

  say(facts) {
    const { service, operation, waitUs, limitUs, sign, attempts, callers, callerCount, top, said, caller } = facts;
    const { gaveUpUs, ranUs, patient, others } = facts;
    const within = durationText(Number(limitUs) || Number(waitUs));
    const tries = Number(attempts) > 1 ? ` in ${attempts} attempts` : '';
    const also = others === '' ? '' : `, nor did ${String(others).replaceAll('\n', ', ')}`;
    const inverted = Number(ranUs) > 0;
    return {
      title: `${top} failed because ${operation} of ${service} did not answer within ${within}${tries}${also}`,
      explanation: `${
        sign === 'guessed'
          ? `Nothing names a timeout, but the call failed after ${durationText(Number(waitUs))}, a round limit, and its caller failed at once.`
          : sign === 'outlived'
            ? `${caller} gave up while ${service} was still working on the call.`
            : `It says “${said}”.`
      } ${
        inverted
          ? `${caller} gave up after ${durationText(Number(gaveUpUs))}, before ${patient} reached its own limit. ${patient} continued for ${durationText(Number(ranUs))} in all, but nobody used the result.`
          : 'The services above it only waited.'
      }${Number(callerCount) > 1 ? ` These services failed with it: ${callers}.` : ''}`,
      remedy: `Find out why ${service} takes so long for ${operation}. Longer timeouts in its callers only make more requests wait.${
        inverted
          ? ` Give each callee less time than its caller has left: now ${patient} has more than ${caller}.`
          : ' Pass the remaining time on as a deadline.'
      }`,
      check: `The log of ${service} shows that it answered in time, so the answer was lost on the way. Or there was no limit, and ${operation} failed for another reason.`,
      ...(others !== '' && { couldBe: candidatesAmong(`${operation} of ${service}`, String(others)) }),
    };
  },
});

function candidatesAmong(first: string, others: string): Candidate[] {
  return [first, ...others.split('\n')].map((call) => ({
    what: `a slow answer of ${call}`,
    shownBy: 'the log or the metrics of this callee show it slow at that time',
  }));
}

/** The messages of at most this many failures are read. */
const READ_AT_MOST = 50;

type Wait = Readonly<{
  /** The deepest call that did not answer. */
  wait: SpanIndex;
  /** That call and the attempts before it. */
  attempts: readonly SpanIndex[];
  /** The spans that failed with it, from its caller up to the root. */
  above: readonly SpanIndex[];
  /** Other calls without an answer at that time; nothing shows which one caused the timeout. */
  rivals: readonly SpanIndex[];
  /** The round limit that equals the wait; 0 where there is none. */
  limitUs: number;
  sign: 'said' | 'outlived' | 'guessed';
  item: EvidenceItem | undefined;
}>;

function waitOf(trace: Trace, { spans, path }: ErrorOrigin, lines: LinesBySpan): Wait | undefined {
  const [failed] = spans;
  if (failed === undefined) return undefined;
  const texts = failureTexts(trace, failed, lines);
  const item = texts.find(({ text }) => saysTimedOut(trace, failed, text));
  const says = item !== undefined || saysTimedOut(trace, failed, '');
  // A span that reports a timeout and made a call is the one that waited.
  const unanswered = says && !leavesItsService(trace, failed) ? unansweredCalls(trace, failed, lines) : [];
  const [asked, ...rivals] = unanswered;
  const wait = asked ?? failed;
  const above = asked === undefined ? path : [failed, ...path];
  const caller = above[0];
  if (caller === undefined) return undefined;
  const limitUs = roundLimitUs(trace.durationOfUs(wait));
  const found = { wait, attempts: asked === undefined ? spans : [asked], above, limitUs, rivals };
  if (says) return { ...found, sign: 'said', item: item ?? statusItem(trace, failed) };
  if (ranOnUs(trace, wait) > 0) return { ...found, sign: 'outlived', item: undefined };
  const givenUp = path.findIndex(
    (call, i) => i < path.length - 1 && trace.kind(call) === 'client' && ranOnUs(trace, call) > 0,
  );
  const call = path[givenUp];
  // Calls below failed only after their caller had given up.
  if (call !== undefined) {
    const before = { wait: call, attempts: [call], above: path.slice(givenUp + 1), rivals: [] };
    return { ...before, limitUs: roundLimitUs(trace.durationOfUs(call)), sign: 'outlived', item: undefined };
  }
  const together = Math.abs(trace.endUs(caller) - trace.endUs(wait)) <= instantUs(trace.durationOfUs(wait));
  const guessed = limitUs > 0 && together && texts.length === 0 && leavesItsService(trace, wait);
  return guessed ? { ...found, sign: 'guessed', item: undefined } : undefined;
}

function statusItem(trace: Trace, span: SpanIndex): EvidenceItem {
  const text =
    trace.httpStatus(span) === 504 ? '504 Gateway Timeout' : trace.text(span, 'error.type') || 'deadline exceeded';
  return { kind: 'span', ref: trace.spanId(span), text };
}

function leavesItsService(trace: Trace, span: SpanIndex): boolean {
  return trace.isCall(span) || trace.isDatabaseCall(span);
}

/** The calls that still ran or just ended when the span gave up, the longest first. If its message names one of them, only that one. */
function unansweredCalls(trace: Trace, span: SpanIndex, lines: LinesBySpan): SpanIndex[] {
  const endUs = trace.endUs(span) - instantUs(trace.durationOfUs(span));
  const calls: SpanIndex[] = [];
  for (const child of trace.children(span)) {
    if (trace.endUs(child) < endUs || !leavesItsService(trace, child) || trace.kind(child) === 'producer') continue;
    calls.push(child);
  }
  calls.sort((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b);
  const several = calls.slice(0, MOST_RIVALS);
  const named = several.length < 2 ? [] : several.filter((call) => tellsOf(trace, span, [call], lines));
  return named.length === 1 ? named : several;
}

/** At most this many calls without an answer are compared. */
const MOST_RIVALS = 5;

/** Events this close count as simultaneous: the difference is network time and error handling. */
function instantUs(waitUs: number): number {
  return Math.max(20_000, 0.01 * waitUs);
}

/** How long the callee worked after its caller had given up. Less than a round trip proves nothing. */
function ranOnUs(trace: Trace, call: SpanIndex): number {
  let lastUs = 0;
  for (const child of trace.children(call)) {
    if (trace.service(child) !== trace.service(call) && trace.kind(child) !== 'consumer')
      lastUs = Math.max(lastUs, trace.endUs(child) - trace.endUs(call));
  }
  return lastUs > Math.max(5_000, 0.01 * trace.durationOfUs(call)) ? lastUs : 0;
}

/** Limits that people configure. */
const ROUND_LIMITS_S = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120, 180, 240, 300, 600, 900];

/** The limit that equals the duration, with a small tolerance for noticing the timeout. */
function roundLimitUs(durationUs: number): number {
  const limit = ROUND_LIMITS_S.find((seconds) => {
    const overUs = durationUs - seconds * 1_000_000;
    return overUs >= -1_000 && overUs <= Math.max(15_000, 0.005 * durationUs);
  });
  return (limit ?? 0) * 1_000_000;
}

function calleeOf(trace: Trace, wait: SpanIndex): string {
  if (trace.isDatabaseCall(wait) || !trace.isCall(wait)) return trace.service(wait);
  return trace.peer(wait) || trace.service(wait);
}

/** A caller that gave up before its callee did: the callee's limit is longer than the caller's remaining time. */
function inversionIn(trace: Trace, { wait, above }: Wait) {
  for (const call of [wait, ...above]) {
    const overUs = trace.kind(call) === 'client' ? ranOnUs(trace, call) : 0;
    if (overUs === 0) continue;
    return {
      caller: trace.service(call),
      callee: trace.peer(call),
      gaveUpUs: trace.durationOfUs(call),
      ranUs: trace.durationOfUs(call) + overUs,
    };
  }
  return undefined;
}

/** The longest first. */
function byCallee(trace: Trace, waits: readonly Wait[]): (readonly [Wait, ...Wait[]])[] {
  const callees = new Map<string, [Wait, ...Wait[]]>();
  for (const wait of waits.toSorted(
    (a, b) => trace.durationOfUs(b.wait) - trace.durationOfUs(a.wait) || a.wait - b.wait,
  )) {
    const known = callees.get(calleeOf(trace, wait.wait));
    if (known === undefined) callees.set(calleeOf(trace, wait.wait), [wait]);
    else known.push(wait);
  }
  return [...callees.values()];
}
