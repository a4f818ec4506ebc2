import type { Finding } from '#model/finding/finding.ts';

/** For each kind of failure, the kinds that precede it where both cover the same calls. */
const LED_BY: Readonly<Record<string, readonly string[]>> = {
  'timeout-cascade': ['retry-storm', 'poison-message'],
  'circuit-open': ['retry-storm', 'timeout-cascade'],
  'retry-storm': ['poison-message'],
};

/** A message that is redelivered again and again, then attempts that time out, then a circuit breaker that opens. */
export function cameBefore(cause: Finding, effect: Finding): boolean {
  return LED_BY[effect.detector]?.includes(cause.detector) ?? false;
}
