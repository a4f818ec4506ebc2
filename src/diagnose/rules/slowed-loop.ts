import { LEAST_SHARE, LOOPS } from '#diagnose/rules/loops.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';

/** Slower calls explain a loop over them that healthy requests have too. */
export function slowedLoop({ cause, effect }: Pair): true | undefined {
  if (cause.detector !== 'slower-than-baseline' || !LOOPS.has(effect.detector)) return undefined;
  if (cause.facts.isNew === true) return undefined;
  return shareSpans(cause, effect) && cause.wastedUs >= LEAST_SHARE * effect.wastedUs ? true : undefined;
}
