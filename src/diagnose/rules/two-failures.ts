import { isFailure } from '#diagnose/finding-kinds.ts';
import { beganWithin, liesWithin } from '#diagnose/rules/failing-spans.ts';
import { saysMoreThanOrigin } from '#diagnose/rules/mechanism-and-origin.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import { cameBefore } from '#diagnose/rules/same-calls-failed.ts';

/**
 * Which of two failures led to the other, by their kinds:
 *
 *  an origin                explains the failures above it, where it gives a reason of its own
 *  a mechanism of failing   (timeout, retries, breaker, poison message) explains the origin on its own calls, and an
 *                           origin below without a reason
 *  retries                  explain the timeouts of their attempts; an overload below does not explain them where they
 *                           multiply. A few attempts that the callee answered too late, or never, follow from the timeout
 *  a swallowed error        follows from all of them
 */
export function twoFailures({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  if (!isFailure(cause.detector, detectors) || !isFailure(effect.detector, detectors)) return undefined;
  if (cause.detector === 'swallowed-error' || cause.facts.refused === true) return false;
  // A tolerated failure does not explain a refused request, unless the refusal quotes it.
  if (effect.facts.refused === true) return cause.facts.isQuoted === true;
  const together = shareSpans(cause, effect);
  // Its caller failed as well, but for another reason.
  if (cause.facts.isBeside === true && !together) return false;
  // Either may have made the caller fail: the caller's own exception, or the failed call below it.
  if (Number(cause.facts.rivals) > 0 && Number(effect.facts.rivals) > 0) return false;
  if (cause.detector === 'error-origin')
    return beganWithin(trace, cause, effect) && !saysMoreThanOrigin(trace, effect, cause);
  if (effect.detector === 'error-origin') return saysMoreThanOrigin(trace, cause, effect);
  if (effect.detector === 'swallowed-error') return together || liesWithin(trace, cause, effect);
  return together ? cameBefore(trace, cause, effect) : liesWithin(trace, cause, effect);
}
