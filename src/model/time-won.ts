/**
 * By how much a request would end earlier if some of its spans took no time. That is less than they hold of the critical
 * path where other work runs beside them: then that is what everybody waits for next.
 *
 *   caller   [==========================]
 *   slow       [====================]          holds 20 of the path; without it the caller waits for `beside`
 *   beside     [================]              and ends 4 earlier
 *   after                            [===]     begins when both have ended
 *
 * What a caller starts waits for all that it started before and that had ended by then, and what passed between the two
 * passes again. A trace does not say whether that was so; where it was not, more is won.
 */
import type { Stretch } from '#model/finding.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';

export type TimeWon = Readonly<{
  /** Microseconds of the root's. */
  us: number;
  /** What is waited for instead, where that is why less is won than these spans take. */
  rival: SpanIndex | undefined;
}>;

/** Without these spans, all below them, and these stretches of callers' own time. */
export function timeWon(trace: Trace, spans: readonly SpanIndex[], stretches: readonly Stretch[]): TimeWon {
  const wonUs = new Map<SpanIndex, number>();
  for (const span of spans) wonUs.set(span, trace.durationOfUs(span));
  const own = Map.groupBy(stretches, ({ span }) => span);
  let most: Readonly<{ lostUs: number; caller: SpanIndex }> | undefined;
  for (const caller of callersOf(trace, [...spans, ...own.keys()])) {
    if (wonUs.has(caller)) continue;
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

/** What the calls that the caller waited for are shorter by. */
function belowOf(trace: Trace, caller: SpanIndex, wonUs: ReadonlyMap<SpanIndex, number>): number {
  let us = 0;
  for (const call of trace.children(caller)) {
    if (trace.pathBelowUs(call) > 0) us += Math.min(wonUs.get(call) ?? 0, trace.pathBelowUs(call));
  }
  return us;
}

/** The call beside those that get shorter that ends last. */
function rivalOf(trace: Trace, caller: SpanIndex, wonUs: ReadonlyMap<SpanIndex, number>): SpanIndex | undefined {
  const calls = awaited(trace, caller);
  const shorter = calls.filter((call) => trace.pathBelowUs(call) > 0 && wonUs.has(call));
  let rival: SpanIndex | undefined;
  for (const call of calls) {
    if (wonUs.has(call) || (rival !== undefined && trace.endUs(call) <= trace.endUs(rival))) continue;
    if (shorter.some((other) => trace.overlap(call, other))) rival = call;
  }
  return rival;
}

/** These spans and all above them, callees first. */
function callersOf(trace: Trace, spans: readonly SpanIndex[]): SpanIndex[] {
  const seen = new Set<SpanIndex>();
  for (const span of spans) {
    for (let at: SpanIndex | undefined = span; at !== undefined && !seen.has(at); at = trace.parent(at)) seen.add(at);
  }
  return [...seen].sort((a, b) => trace.preorder(b) - trace.preorder(a));
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
  /** As far as what comes next can tell; of a call that it gave up the caller waited for a part. */
  const endOf = (call: SpanIndex) => Math.min(latestUs, trace.endUs(call)) - clocksUs(trace, call);
  const byEnd = calls.toSorted((a, b) => endOf(a) - endOf(b) || a - b);
  const gone = goneBefore(ownGone);
  const newEndUs = new Map<SpanIndex, number>();
  /** Of all that ended so far: when the last did, and when it would. */
  let endedUs = trace.startUs(caller);
  let wouldEndUs = endedUs;
  let next = 0;
  /** When what was to begin at a time would, after all that had ended by then. */
  const moved = (us: number): number => {
    for (let call = byEnd[next]; call !== undefined && endOf(call) <= us; call = byEnd[next]) {
      // It takes no time and begins just now: what waits for it comes after.
      if (!newEndUs.has(call)) break;
      endedUs = Math.max(endedUs, endOf(call));
      wouldEndUs = Math.max(wouldEndUs, newEndUs.get(call) ?? endOf(call));
      next += 1;
    }
    const betweenUs = us - endedUs - (gone(us) - gone(endedUs));
    return Math.min(us, wouldEndUs + Math.max(0, betweenUs));
  };
  for (const call of calls) {
    const leftUs = Math.max(0, trace.durationOfUs(call) - (wonUs.get(call) ?? 0));
    newEndUs.set(call, Math.min(endOf(call), moved(trace.startUs(call)) + leftUs - clocksUs(trace, call)));
  }
  return Math.max(0, latestUs - moved(latestUs));
}

/** What the caller can have waited for, in order of start. */
function awaited(trace: Trace, caller: SpanIndex): SpanIndex[] {
  const latestUs = trace.endUs(caller);
  return Array.from(trace.children(caller)).filter(
    (call) =>
      trace.kind(call) !== 'consumer' &&
      trace.startUs(call) < latestUs &&
      (trace.endUs(call) <= latestUs + clocksUs(trace, call) || trace.pathBelowUs(call) > 0),
  );
}

/** Two hosts' clocks may disagree by so much (RFC 5905), and what is next seems to begin before its turn. */
const CLOCKS_US = 2_000;
/** And no more than this part of the call. */
const LEAST_WHOLE = 10;

function clocksUs(trace: Trace, call: SpanIndex): number {
  return Math.min(CLOCKS_US, Math.floor(trace.durationOfUs(call) / LEAST_WHOLE));
}

/** How much of the stretches, which do not overlap, lies before a time. */
function goneBefore(stretches: readonly Stretch[]): (us: number) => number {
  const inOrder = stretches.toSorted((a, b) => a.startUs - b.startUs);
  const before = new Float64Array(inOrder.length + 1);
  inOrder.forEach(({ startUs, endUs }, i) => {
    before[i + 1] = (before[i] ?? 0) + endUs - startUs;
  });
  return (us) => {
    let low = 0;
    let high = inOrder.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((inOrder[middle]?.startUs ?? 0) < us) low = middle + 1;
      else high = middle;
    }
    const last = inOrder[low - 1];
    return (before[low] ?? 0) - (last === undefined ? 0 : Math.max(0, last.endUs - us));
  };
}
