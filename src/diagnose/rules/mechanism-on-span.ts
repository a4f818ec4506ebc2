import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';

/** Detectors that only say slow or failed: any mechanism on the same span explains them. */
const WITHOUT_MECHANISM: ReadonlySet<string> = new Set(['slow-query', 'error-origin']);

export function mechanismOnSpan({ cause, effect }: Pick<Pair, 'cause' | 'effect'>): boolean {
  // Time for which nothing is recorded does not explain an error that says what is wrong.
  if (cause.facts.guessed === true && cause.inferred === true && (effect.facts.message ?? '') !== '') return false;
  const isNamed = WITHOUT_MECHANISM.has(effect.detector) && !WITHOUT_MECHANISM.has(cause.detector);
  return isNamed && shareSpans(effect, cause);
}
