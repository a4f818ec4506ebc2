/** Detectors that find many calls, or calls that wait for one another: that is not why each call takes longer. */
export const LOOPS: ReadonlySet<string> = new Set([
  'n-plus-one-queries',
  'n-plus-one-calls',
  'fan-out',
  'sequential-calls',
]);

/** Half of it is most of it, where two findings speak of the same time or the same calls. */
export const LEAST_SHARE = 0.5;
