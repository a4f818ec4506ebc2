/** Written by `node bench/accuracy.ts calibrate-logs` from generated windows of logs with known answers. */
import type { Verdicts } from '#diagnose/curve.ts';

export const LOG_VERDICTS: Readonly<Record<string, Verdicts>> = {
  'brute-force': { of: 40, right: 40 },
  'data-corruption': { of: 40, right: 40 },
  'error-burst': { of: 40, right: 40 },
  'error-origin': { of: 8, right: 8 },
  latency: { of: 40, right: 40 },
  'new-error': { of: 40, right: 40 },
  'resource-exhausted': { of: 40, right: 40 },
  'secret-exposure': { of: 40, right: 40 },
  'sql-injection': { of: 40, right: 40 },
};
