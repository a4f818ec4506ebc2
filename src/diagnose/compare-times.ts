/**
 * The differences that make the request longer or shorter: calls that take longer themselves, and calls that only one
 * side makes or makes more often. Those with the most time on the critical path come first.
 */
import { growthOf, leastOfRequestUs, shareOf } from '#diagnose/compare-durations.ts';
import type { Sides } from '#diagnose/compared-call.ts';
import type { AlignedCalls, CallIndex } from '#model/requests/aligned-calls.ts';
import type { Comparison, StructureChange, TimeChange } from '#model/requests/comparison.ts';

export function timeChanges(
  sides: Sides,
  { structure, durations }: Pick<Comparison, 'structure' | 'durations'>,
): TimeChange[] {
  const growthUs = growthOf(sides);
  const leastUs = leastOfRequestUs(sides);
  const timed = new Set<CallIndex>(durations.map(({ at }) => at.call));
  /** Their time includes everything below them. */
  const whole = new Set<CallIndex>();
  const made: TimeChange[] = [];
  // Callers come before their callees.
  for (const change of structure.toSorted((a, b) => a.at.call - b.at.call)) {
    const { pathUs, at } = change;
    if (!isMadeOtherwise(change) || timed.has(at.call) || isBelow(at.call, whole, sides.calls)) continue;
    if (Math.abs(pathUs) < leastUs || pathUs > 0 !== growthUs > 0) continue;
    whole.add(at.call);
    made.push({ kind: 'structure', change, share: shareOf(pathUs, growthUs) });
  }
  const took = durations.map((change): TimeChange => ({ kind: 'duration', change }));
  return [...took, ...made].sort((a, b) => Math.abs(b.change.pathUs) - Math.abs(a.change.pathUs));
}

/** Made on one side only, or more often. */
function isMadeOtherwise({ change, healthyTraces, healthyCount, failingCount }: StructureChange): boolean {
  if (change === 'failing') return healthyTraces === 0 || failingCount.median > healthyCount.median;
  return change !== 'moved';
}

function isBelow(call: CallIndex, callers: ReadonlySet<CallIndex>, calls: AlignedCalls): boolean {
  for (let at = calls.parent(call); at !== undefined; at = calls.parent(at)) if (callers.has(at)) return true;
  return false;
}
