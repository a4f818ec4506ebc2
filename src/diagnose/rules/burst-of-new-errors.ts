import type { Finding } from '#model/finding/finding.ts';

/** A burst of new lines says that they are new, and when they came. */
export function isBurstOfNewErrors(one: Finding, other: Finding): boolean {
  return one.detector === 'error-burst' && other.detector === 'new-error';
}
