/**
 * Times that cannot be: a span that began in 1970 among others that did not, and one that took longer than any request.
 * Left alone, one such span makes the trace last for decades, and everything in it too small to see.
 */

export type Times = Readonly<{
  /** Parents before children; −1 for a root. */
  order: Int32Array;
  parent: Int32Array;
  /** Since the epoch. */
  startUs: Float64Array;
}>;

/** Ten years. So long is only the difference of two instants of which one was never set, for 1970 is farther back. */
const MAX_DURATION_US = 3650 * 86_400_000_000;

/** From 1973 on a clock was set. Spans that count from 0 all together are a trace without a date and stay as they are. */
const DATED_FROM_US = 100_000_000_000_000;

/** Below 0, or beyond ten years. */
export function holdsImpossible(durationUs: Float64Array): boolean {
  for (let span = 0; span < durationUs.length; span += 1) {
    const us = durationUs[span] ?? 0;
    if (!(us >= 0 && us <= MAX_DURATION_US)) return true;
  }
  return false;
}

/** In place: what lasts beyond ten years counts as nothing. How many there were. */
export function withoutAbsurdDurations(durationUs: Float64Array): number {
  let absurd = 0;
  for (let span = 0; span < durationUs.length; span += 1) {
    if ((durationUs[span] ?? 0) <= MAX_DURATION_US) continue;
    durationUs[span] = 0;
    absurd += 1;
  }
  return absurd;
}

/** In place: a span without a start begins with its parent, a root with the first of the others. How many there were. */
export function withStarts({ order, parent, startUs }: Times): number {
  const { firstUs, firstDatedUs } = firsts(startUs);
  if (firstUs > 0 || firstDatedUs === Number.POSITIVE_INFINITY) return 0;
  let undated = 0;
  for (let at = 0; at < order.length; at += 1) {
    const span = order[at] ?? 0;
    if ((startUs[span] ?? 0) > 0) continue;
    const above = parent[span] ?? -1;
    startUs[span] = above < 0 ? firstDatedUs : (startUs[above] ?? 0);
    undated += 1;
  }
  return undated;
}

/** The first start, and the first one that a clock that was set can have told; infinite where there is none. */
function firsts(startUs: Float64Array): { firstUs: number; firstDatedUs: number } {
  let firstUs = Number.POSITIVE_INFINITY;
  let firstDatedUs = Number.POSITIVE_INFINITY;
  for (let span = 0; span < startUs.length; span += 1) {
    const start = startUs[span] ?? 0;
    if (start < firstUs) firstUs = start;
    if (start >= DATED_FROM_US && start < firstDatedUs) firstDatedUs = start;
  }
  return { firstUs, firstDatedUs };
}
