/**
 * The confidence of a verdict on one request: the probability that it names the right kind of cause in the right service.
 * A logistic curve over its grounds, each of which can only raise it, learned from the first runs of rounds of requests
 * whose authors had not read the code: see docs/accuracy.md, and `first-contact-data.ts` for the numbers.
 */
import type { GroundsCurve } from '#diagnose/curve.ts';
import { FIRST_CONTACT } from '#diagnose/first-contact-data.ts';
import type { Grounds } from '#model/finding/diagnosis.ts';

export const GROUNDS: readonly (keyof Grounds)[] = [
  'said',
  'reason',
  'awaited',
  'watched',
  'backed',
  'clear',
  'most',
  'lead',
  'shown',
  'intact',
];

/** From 0 to 1, both excluded. Without grounds: for a verdict on the trace data itself. */
export function confidenceOf(
  grounds: Grounds | undefined,
  { bias, weights, ofRecord }: GroundsCurve = FIRST_CONTACT.curve,
): number {
  // Laplace's rule of succession.
  if (grounds === undefined) return (ofRecord.right + 1) / (ofRecord.of + 2);
  const odds = bias + GROUNDS.reduce((sum, name) => sum + weights[name] * grounds[name], 0);
  return 1 / (1 + Math.exp(-odds));
}
