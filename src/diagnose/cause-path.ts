import type { Because } from '#diagnose/chain.ts';

/** For each finding, the next finding on the longest known way to its root cause. */
type Ways = Readonly<{ next: Map<number, number>; length: Map<number, number> }>;

/**
 * The longest path along the chain from the first finding, which is the verdict, to its root cause, as indexes of
 * findings. Of equally long paths, takes the one whose finding comes first.
 */
export function causePath(chain: readonly Because[]): number[] {
  if (chain.length === 0) return [0];
  const ways: Ways = { next: new Map(), length: new Map([[0, 0]]) };
  const effects = Map.groupBy(chain, ({ because }) => because);
  const queue = [0];
  for (const because of queue) {
    const longer = (effects.get(because) ?? []).filter(({ finding }) => lengthen(ways, finding, because));
    if (queue.length < MOST_LOOKS) queue.push(...longer.map(({ finding }) => finding));
  }
  let farthest = 0;
  for (const [finding, length] of ways.length) {
    const most = ways.length.get(farthest) ?? 0;
    if (length > most || (length === most && finding < farthest)) farthest = finding;
  }
  const path = [farthest, ...behind(ways, farthest)];
  const because = new Map(chain.toReversed().map((link) => [link.finding, link.because]));
  for (let at = because.get(0); at !== undefined && !path.includes(at); at = because.get(at)) path.push(at);
  return path;
}

/** Limits the search in chains with circles. */
const MOST_LOOKS = 1_000;

/** False where this gives no longer path. A path never passes a finding twice. */
function lengthen(ways: Ways, finding: number, because: number): boolean {
  const length = (ways.length.get(because) ?? 0) + 1;
  if (length <= (ways.length.get(finding) ?? -1)) return false;
  if (finding === because || behind(ways, because).includes(finding)) return false;
  ways.length.set(finding, length);
  ways.next.set(finding, because);
  return true;
}

function behind({ next }: Ways, finding: number): number[] {
  const path: number[] = [];
  for (let at = next.get(finding); at !== undefined; at = next.get(at)) path.push(at);
  return path;
}
