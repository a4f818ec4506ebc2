/**
 * The probability that the first suspect of a window is at fault. A logistic curve over signals that can only raise it,
 * with a base for each set of available evidence; fitted on generated windows with known answers: see docs/windows.md,
 * and `window-calibration-data.ts` for the numbers.
 */

import { logit } from '#diagnose/calibration.ts';
import { MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { WINDOW_CURVE } from '#diagnose/window/window-calibration-data.ts';
import type { EvidenceSet, WindowCurve } from '#diagnose/window/window-curve.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Signals } from '#model/finding/diagnosis.ts';

export type Available = Readonly<{
  /** On the side with fewer requests. */
  requests: number;
  areRequests: boolean;
  areLines: boolean;
  areMetrics: boolean;
}>;

export function windowConfidence(
  score: number,
  signals: Signals,
  available: Available,
  curve: WindowCurve = WINDOW_CURVE,
): number {
  const odds =
    curve.base[evidenceSetOf(available)] +
    curve.score * scoreLogit(score) +
    WINDOW_SIGNALS.reduce((sum, name) => sum + curve.weights[name] * signals[name], 0);
  return 1 / (1 + Math.exp(-odds));
}

export const WINDOW_SIGNALS: readonly (keyof Signals)[] = ['lead', 'said', 'seen', 'answered', 'intact', 'shown'];

/** Scores nearer to 0 or 1 mean no more. */
const LEAST = 0.01;

export function scoreLogit(score: number): number {
  return logit(Math.min(1 - LEAST, Math.max(LEAST, score)));
}

export function evidenceSetOf({ areRequests, areLines, areMetrics }: Available): EvidenceSet {
  if (areRequests) return areLines || areMetrics ? 'requests and more' : 'requests';
  return areLines ? 'lines' : 'metrics';
}

/** Less than likely. */
export const AT_MOST = 0.49;

/**
 * The highest confidence allowed. A single kind of evidence that chance would bring somewhere once in twenty times is
 * not called likely, however large it is. The same holds for an unusual number while requests show nothing, and for
 * calls that stop without other evidence: requests that need fewer calls look the same.
 */
export function mostConfidence({ chance, kinds, mayBeFewerAsked }: Suspect, { areRequests }: Available): number {
  const isOpen = kinds < 2 && (chance > MOST_CHANCE || mayBeFewerAsked);
  return areRequests && isOpen ? AT_MOST : 1;
}

/** So few requests prove nothing; each doubling proves as much more. */
const FEWEST = 8;
const DOUBLINGS = 4;
/** One more kind of evidence for the same service is some proof, two are enough. */
const ENOUGH_MORE = 2;

/** The signals of a verdict on a window: see `Signals`. */
export function windowSignals(suspects: readonly Suspect[], { requests }: Available, detectors: Detectors): Signals {
  const [first, second] = suspects;
  const doublings = Math.log2(Math.max(1, requests / FEWEST)) / DOUBLINGS;
  return {
    lead: first === undefined || first.score === 0 ? 0 : 1 - (second?.score ?? 0) / first.score,
    said: first !== undefined && detectors.of(first.detector).namesCause === 'always' ? 1 : 0,
    seen: Math.min(1, doublings),
    answered: Math.min(1, Math.max(0, (first?.kinds ?? 0) - 1) / ENOUGH_MORE),
    intact: first?.mayBeFewerAsked ? 0 : 1,
    shown: first?.isAskedFor ? 0 : 1,
  };
}
