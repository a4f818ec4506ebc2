/** Written by `node bench/accuracy.ts calibrate-windows` from windows that are drawn with their answers (458 verdicts, seeds fit a, fit b, fit c): see docs/windows.md. */
import type { WindowCurve } from '#diagnose/window/window-confidence.ts';

export const WINDOW_CURVE: WindowCurve = {
  base: { 'requests and more': -4.092, requests: -3.196, lines: -4.113, metrics: -4.21 },
  score: 1.301,
  weights: { lead: 0, said: 0.829, seen: 0.707, answered: 1.688, intact: 1.859, shown: 2.288 },
};
