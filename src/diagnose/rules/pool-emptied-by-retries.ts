import { liesWithin } from '#diagnose/rules/failing-spans.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A pool that ran out only after the first attempt follows from the retries, never the other way round. */
export function poolEmptiedByRetries({ trace, cause, effect }: Pair): boolean | undefined {
  if (isEmptiedBy(trace, effect, cause)) return true;
  return isEmptiedBy(trace, cause, effect) ? false : undefined;
}

/** Its calls got no connection only after the retries had begun. */
function isEmptiedBy(trace: Trace, pool: Finding, storm: Finding): boolean {
  if (storm.detector !== 'retry-storm' || pool.detector !== 'pool-exhaustion') return false;
  return storm.facts.madeWorse === true && liesWithin(trace, pool, storm);
}
