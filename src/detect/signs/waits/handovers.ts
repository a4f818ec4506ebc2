/**
 * Recognises work that waits for a free slot by its timing: there is a limit of how many run at once, and each next one
 * begins as another ends.
 *
 *   [ 1 ][ 3 ][ 5 ]      two slots: 3 begins when 1 ends, 4 when 2 ends …
 *   [ 2 ][ 4 ][ 6 ]
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Handovers = Readonly<{
  /** The most that ran at once. */
  atOnce: number;
  /** All spans that ran in that time. */
  spans: number;
}>;

/** The time until a waiting task wakes up, on a busy event loop or in another thread. */
const WAKE_UP_US = 5_000;
/** Once or twice may be chance. */
const LEAST_HANDOVERS = 3;
/** One after another may have many reasons. */
const LEAST_AT_ONCE = 2;

/** Undefined where, between the two times, a span began before another had ended, or a slot stayed free. */
export function handoversIn(
  trace: Trace,
  spans: readonly SpanIndex[],
  { startUs, endUs }: Readonly<{ startUs: number; endUs: number }>,
): Handovers | undefined {
  const meanwhile = spans.filter((span) => trace.startUs(span) <= endUs && trace.endUs(span) > startUs);
  const starts = meanwhile.map((span) => trace.startUs(span)).sort((a, b) => a - b);
  const ends = meanwhile.map((span) => trace.endUs(span)).sort((a, b) => a - b);
  const begunBefore = starts.filter((us) => us <= startUs + WAKE_UP_US).length;
  const later = starts.slice(begunBefore);
  // In order of start, each further span needs the recent end of one more.
  const isHandedOver = later.every((us, i) => {
    const freedUs = ends[i] ?? Number.POSITIVE_INFINITY;
    return freedUs <= us && us - freedUs <= WAKE_UP_US;
  });
  if (!isHandedOver || later.length < LEAST_HANDOVERS || begunBefore < LEAST_AT_ONCE) return undefined;
  return { atOnce: begunBefore, spans: meanwhile.length };
}
