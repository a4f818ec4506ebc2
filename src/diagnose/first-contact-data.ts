/** Written by `node bench/accuracy.ts calibrate-first` from first runs of rounds of requests: see docs/accuracy.md. */
import type { GroundsCurve } from '#diagnose/curve.ts';

export const FIRST_CONTACT: Readonly<{
  date: string;
  rounds: readonly string[];
  /** Those with grounds. */
  verdicts: number;
  curve: GroundsCurve;
}> = {
  date: '2026-11-28',
  rounds: [
    'requests-2',
    'requests-3',
    'requests-4',
    'requests-5',
    'requests-6',
    'requests-7',
    'requests-8',
    'requests-9',
    'requests-10',
    'requests-11',
    'requests-12',
    'requests-13',
    'requests-14',
  ],
  verdicts: 1403,
  curve: {
    bias: -8.091,
    weights: {
      said: 1.088,
      reason: 1.445,
      awaited: 2.012,
      watched: 1.855,
      backed: 1.521,
      clear: 1.521,
      most: 0.919,
      lead: 0.788,
      shown: 0.681,
      intact: 0.755,
    },
    ofRecord: { of: 80, right: 74 },
  },
};
