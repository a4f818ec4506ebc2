/** Calls that ran at the same time in healthy requests, and run one after another now. */
import type { Baseline } from '#model/requests/baseline.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callsOf } from '#model/trace/views/calls-at-once.ts';

export type Apart = Readonly<{
  caller: SpanIndex;
  calls: readonly SpanIndex[];
  loop: false;
  /** How many ran at the same time, in healthy requests. */
  wasAtOnce: number;
}>;

/** Fewer healthy requests do not show what is usual. */
const FEWEST_HEALTHY = 5;
/** Above this, calls of nine healthy requests in ten ran side by side. */
const SIDE_BY_SIDE = 1.3;
/** Two calls run one after the other if they overlap by at most this share of the shorter one: clocks of hosts differ a little. */
const MOST_SHARED = 0.1;

/** `leastUs`: callers that wait less for their calls are left out. */
export function noLongerAtOnce(trace: Trace, baseline: Baseline, leastUs: number): Apart[] {
  const found: Apart[] = [];
  for (let caller = 0; caller < trace.spanCount; caller += 1) {
    if (trace.childCount(caller) < 2 || trace.durationOfUs(caller) < leastUs) continue;
    const usual = baseline.usual(baseline.groups.of[caller] ?? -1)?.callsAtOnce;
    if (usual === undefined || usual.traces < FEWEST_HEALTHY || usual.low < SIDE_BY_SIDE) continue;
    const calls = callsOf(trace, caller);
    if (calls.length < 2 || stillAtOnce(trace, calls)) continue;
    found.push({ caller, calls, loop: false, wasAtOnce: usual.median });
  }
  return found;
}

/**
 * Whether any two of them run side by side. An average would not show that beside a new loop of calls, which is most of
 * the time.
 */
function stillAtOnce(trace: Trace, calls: readonly SpanIndex[]): boolean {
  let last: SpanIndex | undefined;
  for (const call of calls.toSorted((a, b) => trace.startUs(a) - trace.startUs(b))) {
    if (last !== undefined) {
      const sharedUs = Math.min(trace.endUs(last), trace.endUs(call)) - trace.startUs(call);
      const shorterUs = Math.min(trace.durationOfUs(last), trace.durationOfUs(call));
      if (sharedUs > MOST_SHARED * shorterUs) return true;
    }
    if (last === undefined || trace.endUs(call) > trace.endUs(last)) last = call;
  }
  return false;
}
