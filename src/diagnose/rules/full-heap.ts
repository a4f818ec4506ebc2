import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';

/** Before a process runs out of memory, it collects again and again: the pauses follow from the full heap. */
export function fullHeap({ cause, effect }: Pair): boolean | undefined {
  if (ranOutOfMemory(cause, effect)) return true;
  return ranOutOfMemory(effect, cause) ? false : undefined;
}

function ranOutOfMemory(failure: Finding, pauses: Finding): boolean {
  if (pauses.detector !== 'gc-pause' || failure.detector !== 'error-origin') return false;
  return failure.service === pauses.service && reachedLimit(String(failure.facts.message ?? ''))?.resource === 'memory';
}
