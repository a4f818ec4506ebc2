import type { Finding } from '#model/finding/finding.ts';

/** For each kind of failure those that came before it where both speak of the same calls. */
const LED_BY: Readonly<Record<string, readonly string[]>> = {
  'timeout-cascade': ['retry-storm', 'poison-message'],
  'circuit-open': ['retry-storm', 'timeout-cascade'],
  'retry-storm': ['poison-message'],
};

/** A message that is sent again and again, attempts that time out, a breaker that opens after them: in this order. */
export function cameBefore(cause: Finding, effect: Finding): boolean {
  return LED_BY[effect.detector]?.includes(cause.detector) ?? false;
}
