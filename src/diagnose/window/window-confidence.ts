/**
 * How probable it is that the first suspect of a window is at fault. A logistic curve over what is known when the verdict
 * is given, each of which can only raise it, with a base for each set of evidence that was to be had; fitted on drawn
 * windows with known answers: see docs/windows.md, and `window-calibration-data.ts` for the numbers.
 */

import { logit } from '#diagnose/calibration.ts';
import { MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { WINDOW_CURVE } from '#diagnose/window/window-calibration-data.ts';
import type { EvidenceSet, WindowCurve } from '#diagnose/window/window-curve.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Signals } from '#model/finding/diagnosis.ts';

export type Available = Readonly<{
  /** On the side that has fewer. */
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

/** Nearer to 0 or 1 no score tells more. */
const LEAST = 0.01;

export function scoreLogit(score: number): number {
  return logit(Math.min(1 - LEAST, Math.max(LEAST, score)));
}

export function evidenceSetOf({ areRequests, areLines, areMetrics }: Available): EvidenceSet {
  if (areRequests) return areLines || areMetrics ? 'requests and more' : 'requests';
  return areLines ? 'lines' : 'metrics';
}

/** Less than likely. */
const AT_MOST = 0.49;

/**
 * What may be said at most: one kind of evidence that chance alone would bring somewhere, among all that was compared, once
 * in twenty times is not called likely, however large it is. Nor is what is only unusual, where requests show nothing; nor
 * calls that stop and nothing else: users who ask for what needs fewer calls look just the same.
 */
export function mostConfidence({ chance, kinds, mayBeFewerAsked }: Suspect, { areRequests }: Available): number {
  const isOpen = kinds < 2 && (chance > MOST_CHANCE || mayBeFewerAsked);
  return areRequests && isOpen ? AT_MOST : 1;
}

/** Of so few requests nothing is known, and with each doubling as much more. */
const FEWEST = 8;
const DOUBLINGS = 4;
/** One more kind of evidence that speaks for the same service is some proof, two are enough. */
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
