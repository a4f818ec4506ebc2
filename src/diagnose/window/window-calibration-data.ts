/** Written by `node bench/accuracy.ts calibrate-windows` from windows that are drawn with their answers (517 verdicts, seeds fit a, fit b, fit c): see docs/windows.md. */
import type { WindowCurve } from '#diagnose/window/window-confidence.ts';

export const WINDOW_CURVE: WindowCurve = {
  base: { 'requests and more': -3.453, requests: -2.243, lines: -2.942, metrics: -1.819 },
  score: 0.82,
  weights: { lead: 0, said: 0.488, seen: 0.459, answered: 0.98, intact: 2.064, shown: 1.398 },
};
