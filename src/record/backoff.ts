/** The backoff before a retry: twice as long each time up to a limit, with jitter. */

export type Backoff = Readonly<{ firstUs: number; capUs: number }>;

/** Keeps at least half of the wait, so that a retry never comes at once; the rest spreads simultaneous failures. */
export function backoffUs({ firstUs, capUs }: Backoff, attempt: number, random: () => number): number {
  const wholeUs = Math.min(firstUs * 2 ** (attempt - 1), capUs);
  return Math.round(wholeUs * (0.5 + random() / 2));
}
