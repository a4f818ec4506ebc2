import type { Signals } from '#model/finding/diagnosis.ts';

/** The logistic curve by which signals become a probability. */
export type Curve = Readonly<{
  bias: number;
  /** By how much a signal of 1 raises the log of the odds; never below 0. */
  weights: Readonly<Record<keyof Signals, number>>;
  /** Weight of the logit of how often verdicts of this kind are right. */
  kindWeight: number;
  /** Verdicts of each kind in the traces of the fit, and how many of them were right. */
  kinds: Readonly<Record<string, Verdicts>>;
}>;

/** How many there were, and how many of them were right. */
export type Verdicts = Readonly<{ of: number; right: number }>;
