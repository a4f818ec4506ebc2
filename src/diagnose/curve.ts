import type { Grounds, Signals } from '#model/finding/diagnosis.ts';

/** The logistic curve that turns the signals of evidence into its strength. */
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

/** The logistic curve that turns the grounds of a verdict into its confidence. */
export type GroundsCurve = Readonly<{
  bias: number;
  /** How much a ground of 1 raises the log odds; never below 0. */
  weights: Readonly<Record<keyof Grounds, number>>;
  /** Verdicts on the trace data itself: a missing span, a wrong clock. They have no grounds, and one number. */
  ofRecord: Verdicts;
}>;
