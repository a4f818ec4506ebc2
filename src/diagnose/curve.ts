import type { Signals } from '#model/finding/diagnosis.ts';

/** The logistic curve that turns signals into a probability. */
export type Curve = Readonly<{
  bias: number;
  /** How much a signal of 1 raises the log odds; never below 0. */
  weights: Readonly<Record<keyof Signals, number>>;
  /** Weight of the logit of the precision of this kind of verdict. */
  kindWeight: number;
  /** Verdicts of each kind in the traces of the fit, and how many were right. */
  kinds: Readonly<Record<string, Verdicts>>;
}>;

/** How many verdicts there were, and how many were right. */
export type Verdicts = Readonly<{ of: number; right: number }>;
