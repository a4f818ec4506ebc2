/**
 * How often findings of a kind named the right cause in logs that were drawn with their answers. Few of a kind prove
 * little: each counts as if so many more had been as good as a coin.
 */

type Verdicts = Readonly<{ of: number; right: number }>;

/** Written from what test/detect/log-corpus.test.ts measures, which says when they differ. */
const LOG_VERDICTS: Readonly<Record<string, Verdicts>> = {};

const PRIOR_VERDICTS = 2;

/** 0 to 1, both excluded. */
export function logPrecisionOf(kind: string, verdicts: Readonly<Record<string, Verdicts>> = LOG_VERDICTS): number {
  const { of, right } = verdicts[kind] ?? { of: 0, right: 0 };
  return (right + PRIOR_VERDICTS / 2) / (of + PRIOR_VERDICTS);
}
