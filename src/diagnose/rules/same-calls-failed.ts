import { metPatience } from '#diagnose/rules/mechanism-and-origin.ts';
import type { Finding } from '#model/finding/finding.ts';

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
 * attempts that the callee answered too late follow from the timeout.
 */
export function cameBefore(cause: Finding, effect: Finding): boolean {
  const ledBy = metPatience(cause) || metPatience(effect) ? LED_BY_LIMIT : LED_BY;
  return ledBy[effect.detector]?.includes(cause.detector) ?? false;
}
