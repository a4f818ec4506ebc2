/** How long to wait before trying again: twice as long each time up to a cap, spread by chance. */

export type Backoff = Readonly<{ firstUs: number; capUs: number }>;

/** At least half of the wait is kept, so that a retry never comes at once; the rest spreads what failed together. */
export function backoffUs({ firstUs, capUs }: Backoff, attempt: number, random: () => number): number {
  const wholeUs = Math.min(firstUs * 2 ** (attempt - 1), capUs);
  return Math.round(wholeUs * (0.5 + random() / 2));
}
