/**
 * Calls that their caller ends sooner than healthy calls of the same kind took: the caller's limit became shorter, and
 * the callee is no slower than before.
 *
 *   healthy    quote → score     180 … 240 … 390 ms, answered
 *   now        quote → score     150 ms ✗  150 ms ✗  150 ms ✗     the limit; it would have ended healthy calls as well
 *
 * A limit below the usual latency of the callee makes false timeouts (AWS Builders’ Library, "Timeouts, retries, and
 * backoff with jitter"). The share of calls that end is that of the healthy calls which took longer than the limit. Where
 * far more end, the callee got slower as well, unless its own spans show that it takes as long as ever. Healthy calls are those of the baseline, and those of the window before the
 * first timeout.
 */
import { quantileSorted } from 'simple-statistics';
import { memoize } from '#core/memoize.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

export type EarlyTimeouts = Readonly<{
  service: string;
  operation: string;
  callee: string;
  calls: number;
  limitUs: number;
  /** The median of healthy calls. */
  usualUs: number;
  /** How many of how many healthy calls took longer than the limit. */
  longer: readonly [times: number, of: number];
}>;

/** Fewer calls show no common limit. */
const FEWEST_CALLS = 5;
/** Fewer healthy calls do not show how long they take. */
const FEWEST_HEALTHY = 10;
/** One or two longer calls may be odd ones. */
const FEWEST_LONGER = 3;
/** Between the 10th and the 90th percentile, as a share of the median: a timer is exact to a few milliseconds. */
const SPREAD = 0.1;
const TIMER_US = 10_000;
/** More than the timer’s delay above the limit. */
const LONGER = 1.1;
/** So many times the share of longer healthy calls may end: the callee varies. */
const MOST_TIMES = 2;

export type EarlyTimeoutsOf = Readonly<{
  /** The most calls first. */
  all: readonly EarlyTimeouts[];
  /** The one that this failed call belongs to. */
  of(trace: Trace, span: SpanIndex): EarlyTimeouts | undefined;
}>;

/** Computed once for the same lists: the detectors and the judgement of a window ask for it. */
export function earlyTimeouts(traces: readonly Trace[], healthyTraces: readonly Trace[]): EarlyTimeoutsOf {
  return earlyAmong(traces)(healthyTraces);
}

const earlyAmong = memoize((traces: readonly Trace[]) =>
  memoize((healthyTraces: readonly Trace[]) => findEarly(traces, healthyTraces)),
);

function findEarly(traces: readonly Trace[], healthyTraces: readonly Trace[]): EarlyTimeoutsOf {
  const keyOf = keysAmong([...traces, ...healthyTraces]);
  const ended = Map.groupBy(traces.flatMap(timedOutIn), keyOf);
  const [usual, made] = [healthyTraces, traces].map((all) => callsOf(ended.size === 0 ? [] : all, ended, keyOf));
  const early = new Map(
    [...ended].flatMap(([key, own]): [string, EarlyTimeouts][] => {
      const sinceUs = own.reduce((us, call) => Math.min(us, beginUs(call)), Number.POSITIVE_INFINITY);
      const now = Map.groupBy(made?.get(key) ?? [], (call) => beginUs(call) < sinceUs);
      const healthy = [...(usual?.get(key) ?? []), ...(now.get(true) ?? [])];
      const found = earlyOf(own, healthy, now.get(false) ?? []);
      return found === undefined ? [] : [[key, { ...found, callee: key.split(STEP)[2] ?? '' }]];
    }),
  );
  const all = [...early.values()].sort((a, b) => b.calls - a.calls || (a.service < b.service ? -1 : 1));
  return { all, of: (trace, span) => (early.size === 0 ? undefined : early.get(keyOf({ trace, span }))) };
}

const STEP = '\n';

type KeyOf = (call: Call) => string;

/** By caller, operation and callee. A callee without a span in one request is known from others. */
function keysAmong(traces: readonly Trace[]): KeyOf {
  const services = new Set(traces.flatMap((trace) => trace.services));
  const named = serviceNamed([...services]);
  return ({ trace, span }) => {
    const called = callee(trace, span);
    const known = services.has(called) ? called : (named(called) ?? called);
    return [trace.service(span), operationName(trace, span), known].join(STEP);
  };
}

type Call = Readonly<{ trace: Trace; span: SpanIndex }>;

function earlyOf(
  own: readonly Call[],
  healthyCalls: readonly Call[],
  calls: readonly Call[],
): Omit<EarlyTimeouts, 'callee'> | undefined {
  const [first] = own;
  const healthy = healthyCalls.map(tookUs);
  if (first === undefined || own.length < FEWEST_CALLS || healthy.length < FEWEST_HEALTHY) return undefined;
  const took = own.map(tookUs).sort((a, b) => a - b);
  const limitUs = quantileSorted(took, 0.5);
  const spreadUs = quantileSorted(took, 0.9) - quantileSorted(took, 0.1);
  if (spreadUs > Math.max(TIMER_US, SPREAD * limitUs)) return undefined;
  const longer = healthy.filter((us) => us > LONGER * limitUs).length;
  const expected = healthy.filter((us) => us > limitUs).length / healthy.length;
  const isAsExpected = own.length / calls.length <= MOST_TIMES * expected;
  if (longer < FEWEST_LONGER || !(isAsExpected || isAsFast(calls, healthyCalls))) return undefined;
  const { trace, span } = first;
  return {
    service: trace.service(span),
    operation: operationName(trace, span),
    calls: own.length,
    limitUs,
    usualUs: quantileSorted(
      healthy.toSorted((a, b) => a - b),
      0.5,
    ),
    longer: [longer, healthy.length],
  };
}

/** A callee whose median grew by less is as fast as ever: medians of so few calls differ by chance. */
const AS_FAST = 1.5;

/** The callee's own spans, also of calls that its caller gave up, take hardly longer than in healthy times. */
function isAsFast(calls: readonly Call[], healthy: readonly Call[]): boolean {
  const [now, before] = [calls, healthy].map((all) => all.flatMap(answeredInUs).sort((a, b) => a - b));
  const isEnough = (now?.length ?? 0) >= MOSTLY * calls.length && (before?.length ?? 0) >= FEWEST_HEALTHY;
  return isEnough && quantileSorted(now ?? [], 0.5) <= AS_FAST * quantileSorted(before ?? [], 0.5);
}

/** With fewer spans of the callee, the slow ones may be those without a span. */
const MOSTLY = 0.9;

/** How long the callee worked for the call, in microseconds; none where it sent no span. */
function answeredInUs({ trace, span }: Call): readonly number[] {
  const served = Array.from(trace.children(span)).find((child) => trace.service(child) !== trace.service(span));
  return served === undefined ? [] : [trace.durationOfUs(served)];
}

/** The calls that failed first and say that the time was up, or whose callee was still at work. */
function timedOutIn(trace: Trace): Call[] {
  return errorOrigins(trace)
    .flatMap(({ spans }) => [...spans])
    .filter((span) => trace.isCall(span) && callee(trace, span) !== '' && saysSo(trace, span))
    .map((span) => ({ trace, span }));
}

function saysSo(trace: Trace, span: SpanIndex): boolean {
  const said = failureTexts(trace, span, NO_LINES);
  // pybreaker speaks of a timeout, and waits for nobody: `Timeout not elapsed yet, circuit breaker still open`.
  if (said.some(({ text }) => CIRCUIT_OPEN.test(text))) return false;
  if (saysTimedOut(trace, span, '') || said.some(({ text }) => saysTimedOut(trace, span, text))) return true;
  return trace
    .children(span)
    .some((child) => trace.service(child) !== trace.service(span) && outlives(trace, child, span));
}

function outlives(trace: Trace, child: SpanIndex, call: SpanIndex): boolean {
  return trace.endUs(child) - trace.endUs(call) > Math.max(TIMER_US, SPREAD * trace.durationOfUs(call));
}

function callsOf(
  traces: readonly Trace[],
  wanted: Readonly<{ has(key: string): boolean }>,
  keyOf: KeyOf,
): ReadonlyMap<string, readonly Call[]> {
  const found = new Map<string, Call[]>();
  for (const trace of traces)
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!trace.isCall(span)) continue;
      const key = keyOf({ trace, span });
      if (!wanted.has(key)) continue;
      const own = found.get(key) ?? [];
      found.set(key, own);
      own.push({ trace, span });
    }
  return found;
}

function beginUs({ trace, span }: Call): number {
  return trace.startEpochUs + trace.startUs(span);
}

function tookUs({ trace, span }: Call): number {
  return trace.durationOfUs(span);
}
