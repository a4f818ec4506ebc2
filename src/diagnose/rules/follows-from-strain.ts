/** Kinds of verdicts that follow from a store that is slow for everybody. */
export const FOLLOWS_FROM_STRAIN: ReadonlySet<string> = new Set([
  ...['slow-query', 'latency', 'dependency', 'network-delay', 'bottleneck', 'slower-than-baseline'],
  'timeout-cascade',
]);
