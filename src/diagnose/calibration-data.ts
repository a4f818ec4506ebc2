/** Written by `node bench/accuracy.ts calibrate` from traces that are drawn with their answers: see docs/accuracy.md. */
import type { Curve } from '#diagnose/calibration.ts';

export const FITTED: Readonly<{
  date: string;
  /** Of the drawn traces. */
  seeds: readonly string[];
  traces: number;
  /** Those that were known to be right or wrong. */
  verdicts: number;
  curve: Curve;
}> = {
  date: '2026-11-20',
  seeds: ['fit a', 'fit b'],
  traces: 6120,
  verdicts: 3204,
  curve: {
    bias: -4.438,
    weights: { lead: 0.306, said: 1.245, seen: 0.546, answered: 1.872, intact: 2.542 },
    kindWeight: 1.032,
    kinds: {
      bottleneck: { of: 272, right: 99 },
      'cache-miss-cascade': { of: 145, right: 145 },
      'circuit-open': { of: 81, right: 81 },
      'cold-start': { of: 154, right: 154 },
      'consumer-lag': { of: 107, right: 107 },
      'error-origin': { of: 537, right: 391 },
      'fan-out': { of: 118, right: 118 },
      'gc-pause': { of: 132, right: 130 },
      'lock-contention': { of: 140, right: 139 },
      'n-plus-one-calls': { of: 147, right: 143 },
      'n-plus-one-queries': { of: 170, right: 168 },
      'poison-message': { of: 108, right: 108 },
      'pool-exhaustion': { of: 196, right: 164 },
      'retry-storm': { of: 69, right: 69 },
      'sequential-calls': { of: 163, right: 160 },
      'slow-query': { of: 299, right: 284 },
      'swallowed-error': { of: 56, right: 54 },
      'timeout-cascade': { of: 88, right: 73 },
      'unexplained-gap': { of: 222, right: 153 },
    },
  },
};
