/**
 * How much earlier a request would end if some of its spans took no time. That is less than their share of the critical
 * path where other work runs in parallel: the request then waits for that.
 *
 *  caller   [==========================]
 *  slow       [====================]          holds 20 of the path; without it the caller waits for `beside`
 *  beside     [================]              and ends 4 earlier
 *  after                            [===]     begins when both have ended
 *
 * A call is assumed to wait for all earlier calls of its caller that had ended by then, and the pause between them
 * stays. A trace does not show whether that is so; where it is not, more time is saved.
 */
import { firstPlace } from '#core/first-place.ts';
import type { Stretch } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';

export type TimeWon = Readonly<{
  /** Microseconds of the root's. */
  us: number;
  /** The parallel work that the request then waits for, if it limits the saving. */
  rival: SpanIndex | undefined;
}>;

/** Without these spans, everything below them, and these parts of callers' own time. */
export function timeWon(trace: Trace, spans: readonly SpanIndex[], stretches: readonly Stretch[]): TimeWon {
  const wonUs = new Map<SpanIndex, number>();
  for (const span of spans) wonUs.set(span, trace.durationOfUs(span));
  const own = Map.groupBy(stretches, ({ span }) => span);
  let most: Readonly<{ lostUs: number; caller: SpanIndex }> | undefined;
  for (const caller of callersOf(trace, wonUs, own.keys())) {
    const us = wonBy(trace, caller, wonUs, own.get(caller) ?? []);
    wonUs.set(caller, us);
    const lostUs = belowOf(trace, caller, wonUs) - us;
    if (lostUs > (most?.lostUs ?? CLOCKS_US)) most = { lostUs, caller };
  }
  return {
    us: Math.min(wonUs.get(trace.root) ?? 0, trace.durationOfUs(trace.root)),
    rival: most && rivalOf(trace, most.caller, wonUs),
  };
}

/** How much shorter the awaited calls become. */
function belowOf(trace: Trace, caller: SpanIndex, wonUs: ReadonlyMap<SpanIndex, number>): number {
  let us = 0;
  for (const call of trace.children(caller)) {
    if (pathBelowUs(trace, call) > 0) us += Math.min(wonUs.get(call) ?? 0, pathBelowUs(trace, call));
  }
  return us;
}

/** The parallel call that ends last among those that do not get shorter. */
function rivalOf(trace: Trace, caller: SpanIndex, wonUs: ReadonlyMap<SpanIndex, number>): SpanIndex | undefined {
  const calls = awaited(trace, caller);
  const shorter = calls.filter((call) => pathBelowUs(trace, call) > 0 && wonUs.has(call));
  let rival: SpanIndex | undefined;
  for (const call of calls) {
    if (wonUs.has(call) || (rival !== undefined && trace.endUs(call) <= trace.endUs(rival))) continue;
    if (shorter.some((other) => trace.overlap(call, other))) rival = call;
  }
  return rival;
}

/** The ancestors of the removed spans and of the others, callees first, without the removed spans. */
function callersOf(
  trace: Trace,
  gone: ReadonlyMap<SpanIndex, number>,
  others: Iterable<SpanIndex>,
): readonly SpanIndex[] {
  const callers = new Set<SpanIndex>();
  const addWithAllAbove = (span: SpanIndex | undefined) => {
    for (let at = span; at !== undefined && !callers.has(at) && !gone.has(at); at = trace.parent(at)) callers.add(at);
  };
  for (const span of gone.keys()) addWithAllAbove(trace.parent(span));
  for (const span of others) addWithAllAbove(span);
  return [...callers].sort((a, b) => trace.preorder(b) - trace.preorder(a));
}

/** How much earlier the caller ends, if its calls and its own time are so much shorter. */
function wonBy(
  trace: Trace,
  caller: SpanIndex,
  wonUs: ReadonlyMap<SpanIndex, number>,
  ownGone: readonly Stretch[],
): number {
  const latestUs = trace.endUs(caller);
  const calls = awaited(trace, caller);
  /** The time that affects later calls; for a call that the caller gave up, only the awaited part. */
  const endsUs = Float64Array.from(calls, (call) => Math.min(latestUs, trace.endUs(call)) - clocksUs(trace, call));
  const byEnd = inOrderOfEnd(calls, endsUs);
  const gone = goneBefore(ownGone);
  const newEndsUs = new Float64Array(calls.length);
  /** How many of the calls have one. */
  let moved = 0;
  /** Over all calls that ended so far: the latest end, and the latest end without the removed time. */
  let endedUs = trace.startUs(caller);
  let wouldEndUs = endedUs;
  let next = 0;
  /** The new start of a call that began at this time, after all calls that had ended by then. */
  const wouldBegin = (us: number): number => {
    for (let at = byEnd[next]; at !== undefined && (endsUs[at] ?? 0) <= us; at = byEnd[next]) {
      // It takes no time and begins now: the calls that wait for it come later.
      if (at >= moved) break;
      endedUs = Math.max(endedUs, endsUs[at] ?? 0);
      wouldEndUs = Math.max(wouldEndUs, newEndsUs[at] ?? 0);
      next += 1;
    }
    const betweenUs = us - endedUs - (gone(us) - gone(endedUs));
    return Math.min(us, wouldEndUs + Math.max(0, betweenUs));
  };
  for (const call of calls) {
    const leftUs = Math.max(0, trace.durationOfUs(call) - (wonUs.get(call) ?? 0));
    const movedUs = wouldBegin(trace.startUs(call)) + leftUs - clocksUs(trace, call);
    newEndsUs[moved] = Math.min(endsUs[moved] ?? 0, movedUs);
    moved += 1;
  }
  return Math.max(0, latestUs - wouldBegin(latestUs));
}

/** The positions of the calls; calls that wait for each other are in order already. */
function inOrderOfEnd(calls: readonly SpanIndex[], endsUs: Float64Array): Int32Array {
  const places = Int32Array.from(calls, (_, at) => at);
  const compare = (a: number, b: number) => (endsUs[a] ?? 0) - (endsUs[b] ?? 0) || (calls[a] ?? 0) - (calls[b] ?? 0);
  for (let at = 1; at < places.length; at += 1) if (compare(at - 1, at) > 0) return places.sort(compare);
  return places;
}

/** The calls that the caller can have waited for, in order of start. */
function awaited(trace: Trace, caller: SpanIndex): SpanIndex[] {
  const latestUs = trace.endUs(caller);
  return Array.from(trace.children(caller)).filter(
    (call) =>
      trace.isAwaited(call) &&
      trace.startUs(call) < latestUs &&
      (trace.endUs(call) <= latestUs + clocksUs(trace, call) || pathBelowUs(trace, call) > 0),
  );
}

/** Two hosts' clocks may differ by this much (RFC 5905), so that the next call seems to begin too early. */
const CLOCKS_US = 2_000;
/** And no more than this part of the call. */
const LEAST_WHOLE = 10;

function clocksUs(trace: Trace, call: SpanIndex): number {
  return Math.min(CLOCKS_US, Math.floor(trace.durationOfUs(call) / LEAST_WHOLE));
}

/** How much of these stretches lies before a time. They do not overlap. */
function goneBefore(stretches: readonly Stretch[]): (us: number) => number {
  if (stretches.length === 0) return () => 0;
  const inOrder = stretches.toSorted((a, b) => a.startUs - b.startUs);
  const before = new Float64Array(inOrder.length + 1);
  inOrder.forEach(({ startUs, endUs }, i) => {
    before[i + 1] = (before[i] ?? 0) + endUs - startUs;
  });
  return (us) => {
    const next = firstPlace(inOrder.length, (at) => (inOrder[at]?.startUs ?? 0) >= us);
    const last = inOrder[next - 1];
    return (before[next] ?? 0) - (last === undefined ? 0 : Math.max(0, last.endUs - us));
  };
}
