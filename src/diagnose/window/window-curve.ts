import type { Signals } from '#model/finding/diagnosis.ts';

/** The available evidence: requests with lines or metrics, only requests, or no requests. */
export const EVIDENCE_SETS = ['requests and more', 'requests', 'lines', 'metrics'] as const;
export type EvidenceSet = (typeof EVIDENCE_SETS)[number];

/** The logistic curve that turns the signals of a window into a probability. */
export type WindowCurve = Readonly<{
  base: Readonly<Record<EvidenceSet, number>>;
  /** Weight of the logit of the first suspect's score. */
  score: number;
  /** How much a signal of 1 raises the log odds. */
  weights: Readonly<Record<keyof Signals, number>>;
}>;
