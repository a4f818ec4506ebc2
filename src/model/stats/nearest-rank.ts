/** The nearest rank: a duration that was measured, never one between two. `sorted`: the shortest first; 0 if it is empty. */
export function nearestRank(sorted: ArrayLike<number>, quantile: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? 0;
}
