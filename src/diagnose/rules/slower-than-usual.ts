import { isFailure } from '#diagnose/finding-kinds.ts';
import { LEAST_SHARE, LOOPS } from '#diagnose/rules/loops.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import { AGAINST_BASELINE } from '#diagnose/rules/unusual.ts';

/**
 * A mechanism on the same spans explains that they are slower than the baseline. The finding covers a span's self time.
 * Spans below it cover other time, unless the mechanism explains this time. A loop does not make each call slower, but it
 * explains calls that healthy traces do not make at all.
 */
export function slowerThanUsual({ cause, effect, detectors }: Pair): boolean | undefined {
  if (effect.detector !== 'slower-than-baseline') return undefined;
  const { detector } = cause;
  if (AGAINST_BASELINE.has(detector) || isFailure(detector, detectors)) return false;
  if (LOOPS.has(detector)) return effect.facts.isNew === true && shareSpans(cause, effect);
  if (shareSpans(cause, effect)) return true;
  const own = new Set(effect.spans);
  const explainedUs = (cause.explains ?? [])
    .filter(({ span }) => own.has(span))
    .reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  return explainedUs > 0 && explainedUs >= LEAST_SHARE * effect.wastedUs;
}
