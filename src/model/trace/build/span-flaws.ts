/**
 * Flaws of one span as it was read: bits of a column, so that one addition each counts a million spans.
 * `trace-builder.ts` describes the repairs.
 */
export const SPAN_FLAW = {
  conflictingName: 1,
  unknownKind: 2,
  foreignParent: 4,
  followsFrom: 8,
  foreignLink: 16,
  unfinishedSpan: 32,
} as const;

export type FlawCounts = Record<keyof typeof SPAN_FLAW, number>;

export const NO_FLAWS: Readonly<FlawCounts> = {
  conflictingName: 0,
  unknownKind: 0,
  foreignParent: 0,
  followsFrom: 0,
  foreignLink: 0,
  unfinishedSpan: 0,
};

/** With six bits. */
const COMBINATIONS = 64;

/** How many spans have each flaw. */
export function flawCounts(column: Uint8Array): FlawCounts {
  const alike = new Uint32Array(COMBINATIONS);
  for (let span = 0; span < column.length; span += 1) {
    const flaws = column[span] ?? 0;
    alike[flaws] = (alike[flaws] ?? 0) + 1;
  }
  const counts = { ...NO_FLAWS };
  if (alike[0] === column.length) return counts;
  for (const [name, bit] of Object.entries(SPAN_FLAW)) {
    alike.forEach((count, flaws) => {
      if ((flaws & bit) !== 0) counts[name as keyof FlawCounts] += count;
    });
  }
  return counts;
}
