/**
 * How often verdicts of a kind named the right cause in windows of logs that were drawn with their answers. Few of a kind
 * prove little: each counts as if so many more had been as good as a coin. The numbers are written by
 * `node bench/accuracy.ts calibrate-logs`; test/detect/log-corpus.property.test.ts says when they are out of date.
 */
import type { Verdicts } from '#diagnose/curve.ts';
import { LOG_VERDICTS } from '#diagnose/log-calibration-data.ts';

/** As many as in the calibration of traces. The drawn windows have one fault each, and real ones often more. */
const PRIOR_VERDICTS = 20;

/** 0 to 1, both excluded. */
export function logPrecisionOf(kind: string, verdicts: Readonly<Record<string, Verdicts>> = LOG_VERDICTS): number {
  const { of, right } = verdicts[kind] ?? { of: 0, right: 0 };
  return (right + PRIOR_VERDICTS / 2) / (of + PRIOR_VERDICTS);
}
