/**
 * Impossible times: a span that began in 1970, or in a year that no clock reaches, among others that did not, and a
 * span longer than any request. Uncorrected, one such span makes the trace decades long, and everything else in it too
 * small to see.
 */

export type Times = Readonly<{
  /** Parents before children. */
  order(): Int32Array;
  /** −1 for a root. */
  parent: Int32Array;
  /** Since the epoch, in order. */
  startUs: Float64Array;
}>;

/** Ten years. Only the difference between a set and an unset clock is as long, because 1970 is farther back. */
const MAX_DURATION_US = 3650 * 86_400_000_000;

/** From 1973 on a clock was set. Spans that count from 0 all together are a trace without a date and stay as they are. */
const DATED_FROM_US = 100_000_000_000_000;

/** In the year 2255 microseconds stop being exact numbers. A later time has another unit or is invented. */
const DATED_TO_US = Number.MAX_SAFE_INTEGER;

/** Below 0, or beyond ten years. */
export function holdsImpossible(durationUs: Float64Array): boolean {
  for (let span = 0; span < durationUs.length; span += 1) {
    const us = durationUs[span] ?? 0;
    if (!(us >= 0 && us <= MAX_DURATION_US)) return true;
  }
  return false;
}

/** In place: durations beyond ten years become 0. Returns how many there were. */
export function withoutAbsurdDurations(durationUs: Float64Array): number {
  let absurd = 0;
  for (let span = 0; span < durationUs.length; span += 1) {
    if ((durationUs[span] ?? 0) <= MAX_DURATION_US) continue;
    durationUs[span] = 0;
    absurd += 1;
  }
  return absurd;
}

/** Whether its times count from the epoch, and in the right unit. */
export function hasDate(startEpochUs: number): boolean {
  return startEpochUs >= DATED_FROM_US;
}

function isDated(us: number): boolean {
  return us > 0 && us <= DATED_TO_US;
}

/**
 * In place: a span with an impossible start begins with its parent, a root with the first of the others. Returns how
 * many there were.
 */
export function withStarts({ order: parentsFirst, parent, startUs }: Times): number {
  if (isDated(startUs[0] ?? 1) && isDated(startUs.at(-1) ?? 1)) return 0;
  const firstDatedUs = startUs.find((us) => us >= DATED_FROM_US && isDated(us));
  if (firstDatedUs === undefined) return 0;
  const order = parentsFirst();
  let undated = 0;
  for (let at = 0; at < order.length; at += 1) {
    const span = order[at] ?? 0;
    if (isDated(startUs[span] ?? 0)) continue;
    const above = parent[span] ?? -1;
    startUs[span] = above < 0 ? firstDatedUs : (startUs[above] ?? 0);
    undated += 1;
  }
  return undated;
}
