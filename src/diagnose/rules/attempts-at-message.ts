import { liesWithin } from '#diagnose/rules/failing-spans.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';

/** A message that cannot be processed explains the consumer's own attempts at it, not the other way round. */
export function attemptsAtMessage({ trace, cause, effect }: Pair): boolean | undefined {
  if (areAttemptsAt(cause, effect)) return liesWithin(trace, effect, cause);
  return areAttemptsAt(effect, cause) ? false : undefined;
}

/** Each attempt of the consumer's own code met the same error, and no other service was asked. */
function areAttemptsAt(message: Finding, attempts: Finding): boolean {
  if (message.detector !== 'poison-message' || attempts.detector !== 'retry-storm') return false;
  const areOwn = attempts.facts.reason === 'own' && attempts.facts.bottom === attempts.service;
  return areOwn && message.service === attempts.service && message.facts.reason === 'own';
}
