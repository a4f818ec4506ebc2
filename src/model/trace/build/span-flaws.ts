/**
 * What was odd about one span where it was read: bits of a column, so that a million spans are counted by one addition each.
 * `trace-builder.ts` says what is done about them.
 */
export const ODDITY = {
  conflictingName: 1,
  unknownKind: 2,
  foreignParent: 4,
  followsFrom: 8,
  foreignLink: 16,
  unfinishedSpan: 32,
} as const;

export type OddityCounts = Record<keyof typeof ODDITY, number>;

export const NO_ODDITIES: Readonly<OddityCounts> = {
  conflictingName: 0,
  unknownKind: 0,
  foreignParent: 0,
  followsFrom: 0,
  foreignLink: 0,
  unfinishedSpan: 0,
};

/** Of six bits. */
const COMBINATIONS = 64;

/** How many spans have each. */
export function oddityCounts(column: Uint8Array): OddityCounts {
  const alike = new Uint32Array(COMBINATIONS);
  for (let span = 0; span < column.length; span += 1) {
    const oddities = column[span] ?? 0;
    alike[oddities] = (alike[oddities] ?? 0) + 1;
  }
  const counts = { ...NO_ODDITIES };
  if (alike[0] === column.length) return counts;
  for (const [name, bit] of Object.entries(ODDITY)) {
    alike.forEach((count, oddities) => {
      if ((oddities & bit) !== 0) counts[name as keyof OddityCounts] += count;
    });
  }
  return counts;
}
