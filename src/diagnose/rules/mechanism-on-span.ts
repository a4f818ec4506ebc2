import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';

/** Detectors that only say slow or failed: any mechanism on the same span explains them. */
const WITHOUT_MECHANISM: ReadonlySet<string> = new Set(['slow-query', 'error-origin']);

export function mechanismOnSpan({ cause, effect }: Pick<Pair, 'cause' | 'effect'>): boolean {
  // Time for which nothing is recorded does not explain an error that says what is wrong.
  if (cause.facts.guessed === true && cause.inferred === true && (effect.facts.message ?? '') !== '') return false;
  if (isStart(cause) && endedByItself(cause, effect)) return false;
  const isNamed = WITHOUT_MECHANISM.has(effect.detector) && !WITHOUT_MECHANISM.has(cause.detector);
  return isNamed && shareSpans(effect, cause);
}

function isStart({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'cold-start';
}

/** A process that starts slowly delays its request. Its own failure needs another reason, unless time ran out. */
function endedByItself(start: Finding, { detector, service, facts }: Finding): boolean {
  return detector === 'error-origin' && service === start.service && facts.reason !== 'timeout';
}
