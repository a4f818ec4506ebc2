/** Whether a resource was as full in the baseline: a cache that fills its memory, a batch that uses its processor. */
import type { Suspect } from '#diagnose/window/culprit.ts';
import { findingsOf } from '#diagnose/window/seen-findings.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';

/** As a share of the limit: less leaves room. */
const FULL = 0.9;
/** As a share of the limit: the level of a resource in use varies by as much. */
const SAME = 0.05;

export function isAlwaysFull(
  suspect: Pick<Suspect, 'detector' | 'service'>,
  { seen, detectors }: Readonly<{ seen: readonly Finding[]; detectors: Detectors }>,
): boolean {
  if (suspect.detector !== detectors.named('full-resource').id) return false;
  const own = findingsOf(suspect, seen);
  return own.length > 0 && own.every(({ facts: { before, level } }) => isSame(Number(before), Number(level)));
}

function isSame(before: number, now: number): boolean {
  return before >= FULL && now - before <= SAME;
}
