/**
 * The strength of a verdict's evidence: how often verdicts on such evidence were right on generated traces with known
 * answers, a third of them thinned. A logistic curve over a few signals, each of which can only raise it. The status of
 * a verdict depends on it; its confidence does not, because generated traces are easier than those of strangers: see
 * `first-contact.ts`, docs/accuracy.md, and `calibration-data.ts` for the numbers.
 */

import { FITTED } from '#diagnose/calibration-data.ts';
import type { Curve } from '#diagnose/curve.ts';
import type { Signals } from '#model/finding/diagnosis.ts';

/** Inferred verdicts are counted apart from verdicts of the same detector with recorded evidence. */
export function kindOfEvidence({ detector, inferred }: Readonly<{ detector: string; inferred?: boolean }>): string {
  return inferred ? `${detector}, inferred` : detector;
}

/** From 0 to 1, both excluded. */
export function strengthOf(kind: string, signals: Signals, curve: Curve = FITTED.curve): number {
  const { bias, weights, kindWeight } = curve;
  const odds =
    bias +
    kindWeight * logit(precisionOf(kind, curve.kinds)) +
    SIGNALS.reduce((sum, name) => sum + weights[name] * signals[name], 0);
  return 1 / (1 + Math.exp(-odds));
}

export const SIGNALS: readonly (keyof Signals)[] = ['lead', 'said', 'seen', 'answered', 'intact', 'shown'];

/** Adds this many imaginary verdicts with the overall precision to each kind: a few real ones prove little. */
const PRIOR_VERDICTS = 20;

/** How often verdicts of this kind are right; for an unknown kind, the overall precision. */
export function precisionOf(kind: string, kinds: Curve['kinds']): number {
  const all = Object.values(kinds);
  const usual = (sum(all, 'right') + 1) / (sum(all, 'of') + 2);
  const { of, right } = kinds[kind] ?? { of: 0, right: 0 };
  return (right + PRIOR_VERDICTS * usual) / (of + PRIOR_VERDICTS);
}

export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

function sum(counts: readonly Readonly<{ of: number; right: number }>[], name: 'of' | 'right'): number {
  return counts.reduce((total, count) => total + count[name], 0);
}
