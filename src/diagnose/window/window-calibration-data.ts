/**
 * Written by `node bench/accuracy.ts calibrate-windows` from generated windows with known answers (458 verdicts, seeds
 * fit a, fit b, fit c): see docs/windows.md.
 */
import type { WindowCurve } from '#diagnose/window/window-curve.ts';

export const WINDOW_CURVE: WindowCurve = {
  base: { 'requests and more': -4.09, requests: -3.2, lines: -4.11, metrics: -4.21 },
  score: 1.3,
  weights: { lead: 0, said: 0.83, seen: 0.71, answered: 1.69, intact: 1.86, shown: 2.29 },
};
