/** The last of the sorted times that is not after `us`; undefined where all are. */
export function latestUntil(sorted: readonly number[], us: number): number | undefined {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= us) from = middle + 1;
    else to = middle;
  }
  return from === 0 ? undefined : sorted[from - 1];
}
