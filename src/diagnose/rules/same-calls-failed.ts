import { metPatience, wentUnanswered } from '#diagnose/rules/mechanism-and-origin.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** For each kind of failure, the kinds that precede it where both cover the same calls. */
const LED_BY: Readonly<Record<string, readonly string[]>> = {
  'timeout-cascade': ['retry-storm', 'poison-message'],
  'circuit-open': ['retry-storm', 'timeout-cascade'],
  'retry-storm': ['poison-message'],
};

/** The same where a few attempts each met the caller's time limit. */
const LED_BY_LIMIT: typeof LED_BY = {
  ...LED_BY,
  'timeout-cascade': ['poison-message'],
  'retry-storm': ['poison-message', 'timeout-cascade'],
};

/**
 * A message that is redelivered again and again, then attempts that time out, then a circuit breaker that opens. A few
 * attempts that the callee answered too late, or never, follow from the timeout.
 */
export function cameBefore(trace: Trace, cause: Finding, effect: Finding): boolean {
  // A message that fails is delivered again, with attempts each time.
  const isMessage = trace.kind(trace.root) === 'consumer';
  const isByLimit = [cause, effect].some((one) => metPatience(one) || (!isMessage && wentUnanswered(one)));
  const ledBy = isByLimit ? LED_BY_LIMIT : LED_BY;
  return ledBy[effect.detector]?.includes(cause.detector) ?? false;
}
