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
  return (
    own.length > 0 && own.every(({ facts }) => isSame(Number(facts.before), Number(facts.level)) && !ranOut(facts))
  );
}

/** As a share of the limit: it reads as 100 %. */
const NONE_LEFT = 0.995;

/**
 * A disk that was nearly full took each write, and one without a free block takes none (ENOSPC, write(2)). A processor or a
 * memory at its limit only waits, or gives room back.
 */
function ranOut({ resource, before, level }: Finding['facts']): boolean {
  return resource === 'disk' && Number(level) >= NONE_LEFT && Number(before) < NONE_LEFT;
}

function isSame(before: number, now: number): boolean {
  return before >= FULL && now - before <= SAME;
}
