/** The time from a change to the onset of a problem. */
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/** An onset is no more exact than this: requests come one by one, metrics every few seconds. */
export const EXACT_US = 5_000_000;

/** From a change to the onset. The onset may be uncertain: a change in that time is right before it. */
export function gapOf({ onsetUs, untilUs = onsetUs }: ChangeSymptoms, atUs: number): number {
  return atUs > onsetUs ? Math.min(0, untilUs - atUs) : onsetUs - atUs;
}
