/**
 * How often verdicts of a kind named the right cause in generated windows of logs with known answers. Few verdicts
 * prove little: each kind starts with imaginary verdicts, half of them right. `node bench/accuracy.ts calibrate-logs`
 * writes the numbers; test/detect/log-corpus.property.test.ts fails when they are out of date.
 */
import type { Verdicts } from '#diagnose/curve.ts';
import { LOG_VERDICTS } from '#diagnose/log-calibration-data.ts';

/**
 * The same number as in the calibration of traces. Generated windows have one fault each; real ones often have more.
 */
const PRIOR_VERDICTS = 20;

/** 0 to 1, both excluded. */
export function logPrecisionOf(kind: string, verdicts: Readonly<Record<string, Verdicts>> = LOG_VERDICTS): number {
  const { of, right } = verdicts[kind] ?? { of: 0, right: 0 };
  return (right + PRIOR_VERDICTS / 2) / (of + PRIOR_VERDICTS);
}
