/**
 * Written by `node bench/accuracy.ts calibrate-windows` from windows that are drawn with their answers (seeds fit a, fit b,
 * fit c), by what differs from health alone, without findings of detectors: see docs/windows.md.
 */
import type { WindowCurve } from '#diagnose/window/window-confidence.ts';

export const WINDOW_CURVE: WindowCurve = {
  base: { 'requests and more': -1.533, requests: -0.414, lines: -1.918, metrics: -1.289 },
  score: 0.861,
  weights: { lead: 0, said: 0.625, seen: 0.537, answered: 1.138, intact: 1.644, shown: 0 },
};
