import { isFailure } from '#diagnose/finding-kinds.ts';
import { beganWithin, liesWithin } from '#diagnose/rules/failing-spans.ts';
import { saysMoreThanOrigin } from '#diagnose/rules/mechanism-and-origin.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import { cameBefore } from '#diagnose/rules/same-calls-failed.ts';

/**
 * Which of two failures led to the other, by what each is:
 *
 *   an origin                explains what failed above it, where it gives a reason of its own
 *   a mechanism of failing   (time-out, retries, breaker, poison) explains the origin on its own calls, and one below that
 *                            gives no reason
 *   retries                  explain the time-outs of their attempts; an overload below does not explain them where they
 *                            multiply
 *   a swallowed error        follows from all of them
 */
export function twoFailures({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  if (!isFailure(cause.detector, detectors) || !isFailure(effect.detector, detectors)) return undefined;
  if (cause.detector === 'swallowed-error' || cause.facts.refused === true) return false;
  // A failure that was put up with is not why a request was refused, unless the refusal says so.
  if (effect.facts.refused === true) return cause.facts.isQuoted === true;
  const together = shareSpans(cause, effect);
  // Who called it failed as well, and not for this.
  if (cause.facts.isBeside === true && !together) return false;
  if (cause.detector === 'error-origin')
    return beganWithin(trace, cause, effect) && !saysMoreThanOrigin(trace, effect, cause);
  if (effect.detector === 'error-origin') return saysMoreThanOrigin(trace, cause, effect);
  if (effect.detector === 'swallowed-error') return together || liesWithin(trace, cause, effect);
  return together ? cameBefore(cause, effect) : liesWithin(trace, cause, effect);
}
