/**
 * Corrects clocks that differ between hosts, by the rule of Jaeger's own adjuster: a callee must lie inside its caller.
 * One that was shorter is centred in the caller; one that was longer is only kept from starting before it (it may have
 * outlived a time-out, which is work and no skew). Everything below on the same host moves along.
 *
 * Asynchronous work is never taken for skew: a consumer may start long after its producer ended. Spans of one host, and
 * spans of one service whose host is unknown, share a clock.
 */

/** Beyond this a shift is left alone: what starts an hour outside its caller is more likely other work than a wrong clock. */
export const MAX_CLOCK_SKEW_US = 3_600_000_000;

export type SkewInput = Readonly<{
  /** Parents before children; −1 for a root. */
  order: Int32Array;
  parent: Int32Array;
  startUs: Float64Array;
  durationUs: Float64Array;
  /** Interned host of each span: equal numbers share a clock. */
  clock: Int32Array;
  /** 1 where the span handles something that was queued. */
  asynchronous: Uint8Array;
}>;

/** Changes `startUs` in place; returns by how much each span was moved and how many clocks were corrected. */
export function correctClockSkew(input: SkewInput, maxUs: number): { shiftUs: Float64Array; corrected: number } {
  const { order, parent, startUs } = input;
  const shiftUs = new Float64Array(startUs.length);
  let corrected = 0;
  for (const span of order) {
    const caller = parent[span] ?? -1;
    if (caller < 0) continue;
    if (input.clock[span] === input.clock[caller]) shiftUs[span] = shiftUs[caller] ?? 0;
    else {
      const shift = shiftOf(input, span, caller);
      if (shift === 0 || Math.abs(shift) > maxUs) continue;
      shiftUs[span] = shift;
      corrected += 1;
    }
    startUs[span] = (startUs[span] ?? 0) + (shiftUs[span] ?? 0);
  }
  return { shiftUs, corrected };
}

/** The caller was corrected before: spans come parents first. */
function shiftOf({ startUs, durationUs, asynchronous }: SkewInput, span: number, caller: number): number {
  if (asynchronous[span] === 1) return 0;
  const start = startUs[span] ?? 0;
  const duration = durationUs[span] ?? 0;
  const callerStart = startUs[caller] ?? 0;
  const callerDuration = durationUs[caller] ?? 0;
  if (duration > callerDuration) return Math.max(0, callerStart - start);
  if (start >= callerStart && start + duration <= callerStart + callerDuration) return 0;
  return Math.round(callerStart + (callerDuration - duration) / 2 - start);
}
