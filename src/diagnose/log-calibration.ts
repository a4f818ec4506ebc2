/**
 * How often verdicts of a kind named the right cause in windows of logs that were drawn with their answers. Few of a kind
 * prove little: each counts as if so many more had been as good as a coin.
 */

type Verdicts = Readonly<{ of: number; right: number }>;

/** Written from what test/detect/log-corpus.test.ts measures, which says when they differ. */
export const LOG_VERDICTS: Readonly<Record<string, Verdicts>> = {
  'brute-force': { of: 40, right: 40 },
  'data-corruption': { of: 40, right: 40 },
  /** Who failed first in a request without a trace. */
  'error-origin': { of: 8, right: 8 },
  'error-burst': { of: 40, right: 40 },
  latency: { of: 40, right: 40 },
  'new-error': { of: 40, right: 40 },
  'resource-exhausted': { of: 40, right: 40 },
  'secret-exposure': { of: 40, right: 40 },
  'sql-injection': { of: 40, right: 40 },
};

/** As many as in the calibration of traces. The drawn windows have one fault each, and real ones often more. */
const PRIOR_VERDICTS = 20;

/** 0 to 1, both excluded. */
export function logPrecisionOf(kind: string, verdicts: Readonly<Record<string, Verdicts>> = LOG_VERDICTS): number {
  const { of, right } = verdicts[kind] ?? { of: 0, right: 0 };
  return (right + PRIOR_VERDICTS / 2) / (of + PRIOR_VERDICTS);
}
