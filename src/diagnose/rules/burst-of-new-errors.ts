import type { Finding } from '#model/finding/finding.ts';

/** A burst of lines that are new says all that their being new says, and when. */
export function isBurstOfNewErrors(one: Finding, other: Finding): boolean {
  return one.detector === 'error-burst' && other.detector === 'new-error';
}
