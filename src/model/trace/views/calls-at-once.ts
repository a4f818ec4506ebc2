/**
 * How many answered calls of one span run at the same time, on average: their durations together, divided by the time in
 * which any of them runs. 1 means one after another.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** More calls would add nothing. */
const MOST_CALLS = 200;

/** Undefined for fewer than two answered calls. */
export function callsAtOnce(trace: Trace, caller: SpanIndex): number | undefined {
  if (trace.childCount(caller) < 2) return undefined;
  const calls = callsOf(trace, caller);
  if (calls.length < 2) return undefined;
  let [sumUs, anyUs] = [0, 0];
  let untilUs = Number.NEGATIVE_INFINITY;
  for (const call of calls.toSorted((a, b) => trace.startUs(a) - trace.startUs(b))) {
    const [fromUs, endUs] = [trace.startUs(call), trace.endUs(call)];
    sumUs += endUs - fromUs;
    anyUs += Math.max(0, endUs - Math.max(fromUs, untilUs));
    untilUs = Math.max(untilUs, endUs);
  }
  return anyUs === 0 ? undefined : sumUs / anyUs;
}

/**
 * Answered calls of a span, also those that only their callees recorded. A failed call may last until its time-out: two in
 * a row would outweigh all others, which still run at the same time.
 */
export function callsOf(trace: Trace, caller: SpanIndex): readonly SpanIndex[] {
  return [...trace.children(caller)].filter((span) => trace.isCall(span) && !trace.failed(span)).slice(0, MOST_CALLS);
}
