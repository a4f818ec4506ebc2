/** Stretches of the critical path: several findings may claim the same time. */
import type { Stretch } from '#model/finding/finding.ts';

/** Time that several stretches claim counts once. */
export function withoutOverlap(stretches: readonly Stretch[]): Stretch[] {
  let reachedUs = Number.NEGATIVE_INFINITY;
  return stretches
    .toSorted((a, b) => a.startUs - b.startUs)
    .flatMap((stretch) => {
      const startUs = Math.max(stretch.startUs, reachedUs);
      reachedUs = Math.max(reachedUs, stretch.endUs);
      return stretch.endUs > startUs ? [{ ...stretch, startUs }] : [];
    });
}

/** The longest stretches, cut to `us` in all. */
export function shortened(stretches: readonly Stretch[], us: number): Stretch[] {
  let leftUs = us;
  return stretches
    .toSorted((a, b) => b.endUs - b.startUs - (a.endUs - a.startUs) || a.startUs - b.startUs)
    .flatMap((stretch) => {
      const endUs = Math.min(stretch.endUs, stretch.startUs + leftUs);
      leftUs -= endUs - stretch.startUs;
      return endUs > stretch.startUs ? [{ ...stretch, endUs }] : [];
    });
}
