/** Written by `node bench/accuracy.ts calibrate` from generated traces with known answers: see docs/accuracy.md. */
import type { Curve } from '#diagnose/curve.ts';

export const FITTED: Readonly<{
  date: string;
  /** Seeds of the generated traces. */
  seeds: readonly string[];
  traces: number;
  /** How many verdicts were known to be right or wrong. */
  verdicts: number;
  curve: Curve;
}> = {
  date: '2026-11-20',
  seeds: ['fit a', 'fit b'],
  traces: 6120,
  verdicts: 3205,
  curve: {
    bias: -6.714,
    weights: { lead: 0.789, said: 1.267, seen: 0.735, answered: 1.844, intact: 3.51, shown: 1.854 },
    kindWeight: 1.026,
    kinds: {
      bottleneck: { of: 264, right: 101 },
      'cache-miss-cascade': { of: 148, right: 148 },
      'circuit-open': { of: 81, right: 81 },
      'clock-skew': { of: 2, right: 0 },
      'cold-start': { of: 158, right: 158 },
      'consumer-lag': { of: 108, right: 107 },
      'error-origin': { of: 525, right: 385 },
      'fan-out': { of: 117, right: 117 },
      'gc-pause': { of: 134, right: 132 },
      'lock-contention': { of: 156, right: 155 },
      'n-plus-one-calls': { of: 152, right: 149 },
      'n-plus-one-queries': { of: 169, right: 168 },
      'poison-message': { of: 108, right: 108 },
      'pool-exhaustion': { of: 192, right: 168 },
      'retry-storm': { of: 75, right: 75 },
      'sequential-calls': { of: 159, right: 158 },
      'slow-query': { of: 294, right: 288 },
      'swallowed-error': { of: 56, right: 54 },
      'timeout-cascade': { of: 88, right: 73 },
      'unexplained-gap': { of: 219, right: 159 },
    },
  },
};
