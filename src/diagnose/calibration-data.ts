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
  verdicts: 3205,
  curve: {
    bias: -6.89,
    weights: { lead: 1.254, said: 1.355, seen: 0.893, answered: 1.738, intact: 3.257, shown: 1.603 },
    kindWeight: 1.026,
    kinds: {
      bottleneck: { of: 258, right: 101 },
      'cache-miss-cascade': { of: 148, right: 148 },
      'circuit-open': { of: 81, right: 81 },
      'cold-start': { of: 156, right: 156 },
      'consumer-lag': { of: 107, right: 107 },
      'error-origin': { of: 534, right: 388 },
      'fan-out': { of: 120, right: 120 },
      'gc-pause': { of: 132, right: 130 },
      'lock-contention': { of: 150, right: 149 },
      'n-plus-one-calls': { of: 150, right: 146 },
      'n-plus-one-queries': { of: 171, right: 169 },
      'poison-message': { of: 108, right: 108 },
      'pool-exhaustion': { of: 189, right: 166 },
      'retry-storm': { of: 69, right: 69 },
      'sequential-calls': { of: 164, right: 161 },
      'slow-query': { of: 300, right: 287 },
      'swallowed-error': { of: 56, right: 54 },
      'timeout-cascade': { of: 88, right: 73 },
      'unexplained-gap': { of: 224, right: 155 },
    },
  },
};
