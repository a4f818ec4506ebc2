import type { Signals } from '#model/finding/diagnosis.ts';

/** What was to be had: requests with lines or metrics, requests alone, or no requests. */
export const EVIDENCE_SETS = ['requests and more', 'requests', 'lines', 'metrics'] as const;
export type EvidenceSet = (typeof EVIDENCE_SETS)[number];

/** The logistic curve by which signals of a window become a probability. */
export type WindowCurve = Readonly<{
  base: Readonly<Record<EvidenceSet, number>>;
  /** Of the logit of the first suspect's score. */
  score: number;
  /** By how much a signal of 1 raises the logarithm of the odds. */
  weights: Readonly<Record<keyof Signals, number>>;
}>;
