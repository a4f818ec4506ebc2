import type { Because } from '#diagnose/chain.ts';

/** Of each finding the one that it happened because of, on the longest way to the root that is known so far. */
type Ways = Readonly<{ next: Map<number, number>; length: Map<number, number> }>;

/**
 * From what was noticed through the first finding, which is the verdict, to what lies behind it, by their numbers: the
 * longest way along the chain, of equal ones the one that begins with the finding that comes first.
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

/** A chain that goes in circles is followed only so far. */
const MOST_LOOKS = 1_000;

/** False where no longer way leads through there. A way never passes a finding twice. */
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
