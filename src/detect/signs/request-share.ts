/** A time as a part of the whole request: the threshold, the facts and the words that most trace detectors share. */

import type { Facts } from '#model/finding/finding.ts';
import { partOfTime } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The threshold that follows one in milliseconds: a time has to reach both. */
export function shareOfRequest({ default: share, why }: Readonly<{ default: number; why: string }>) {
  return {
    default: share,
    min: 0,
    max: 1,
    unit: 'share of the root',
    means: 'The same time as a share of the whole request',
    why,
  };
}

/** For a time that any request may lose somewhere. */
export const SHARE_ABOVE_NOISE = shareOfRequest({
  default: 0.1,
  why: 'The same as for slow queries: less is within the noise of one request.',
});

/** The shortest time in microseconds that reaches both thresholds. */
export function leastTimeUs(trace: Trace, leastMs: number, leastShare: number): number {
  return Math.max(leastMs * 1000, leastShare * trace.durationOfUs(trace.root));
}

export function requestFacts(trace: Trace): Readonly<{ rootUs: number; rootOperation: string }> {
  return { rootUs: trace.durationOfUs(trace.root), rootOperation: trace.operation(trace.root) };
}

/** `1.1 s of the 1.5 s of GET /report`. */
export function timeOfRequest(us: Facts[string] | undefined, { rootUs, rootOperation }: Partial<Facts>): string {
  return `${partOfTime(Number(us), Number(rootUs))} of ${rootOperation}`;
}
