/** Detectors for many calls, or calls that wait for one another: they do not explain why each call takes longer. */
export const LOOPS: ReadonlySet<string> = new Set([
  'n-plus-one-queries',
  'n-plus-one-calls',
  'fan-out',
  'sequential-calls',
]);

/** Half counts as most, where two findings cover the same time or the same calls. */
export const LEAST_SHARE = 0.5;
