import { isFailure } from '#diagnose/finding-kinds.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';

/** Differs from healthy traces: slower, or more often. */
export const AGAINST_BASELINE: ReadonlySet<string> = new Set(['slower-than-baseline', 'span-count-anomaly']);

/** Being unusual is no reason: any mechanism on the same spans says more. */
export function unusualIsNoReason({ cause, effect, detectors }: Pair): false | undefined {
  const isUnusual = AGAINST_BASELINE.has(cause.detector) && !isFailure(effect.detector, detectors);
  return isUnusual && shareSpans(cause, effect) ? false : undefined;
}
