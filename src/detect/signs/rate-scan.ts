/**
 * Where in a row of lines one kind of them is far more frequent than in the rest: the stretch for which that is least
 * probable by chance (Kulldorff's scan statistic, 1997, over buckets).
 *
 *   . . . . . . . x . . . . x x x . x x x x . x x . . . . . . . . .
 *                           └──── the stretch ────┘
 */

/** `from` and `to` (excluded) are numbers of lines in the row. */
export type Stretch = Readonly<{
  from: number;
  to: number;
  /** Of the kind, and of all. */
  hits: number;
  lines: number;
  /** By how much the two rates explain the row better than one, as the logarithm of the ratio. */
  gain: number;
}>;

const BUCKETS = 160;

/** `hits`: numbers of the lines of the kind, ascending, in a row of `count`. Undefined where no stretch is above the rest. */
export function frequentStretch(hits: readonly number[], count: number): Stretch | undefined {
  const buckets = Math.min(BUCKETS, count);
  if (buckets < 2 || hits.length === 0) return undefined;
  const edge = (bucket: number) => Math.floor((bucket * count) / buckets);
  const before = hitsBefore(hits, buckets, edge);
  let best: Stretch | undefined;
  for (let first = 0; first < buckets; first += 1) {
    for (let end = first + 1; end <= buckets; end += 1) {
      const inside = (before[end] ?? 0) - (before[first] ?? 0);
      const stretch = stretchOf(edge(first), edge(end), inside, { all: hits.length, count });
      if (stretch.gain > (best?.gain ?? 0) + EPSILON) best = stretch;
    }
  }
  return best && tightened(best, hits, count);
}

/** The gain of a stretch that is no better than the rest is 0. */
function stretchOf(from: number, to: number, hits: number, { all, count }: { all: number; count: number }): Stretch {
  const lines = to - from;
  const isBetter = lines < count && hits * count > all * lines;
  return { from, to, hits, lines, gain: isBetter ? gainOf(hits, lines, all, count) : 0 };
}

/** Below it the difference is rounding: of two such stretches the first, and of those the shorter. */
const EPSILON = 1e-9;

function hitsBefore(hits: readonly number[], buckets: number, edge: (bucket: number) => number): Int32Array {
  const before = new Int32Array(buckets + 1);
  let at = 0;
  for (let bucket = 1; bucket <= buckets; bucket += 1) {
    while (at < hits.length && (hits[at] ?? 0) < edge(bucket)) at += 1;
    before[bucket] = at;
  }
  return before;
}

/** From its first hit to its last. */
function tightened(stretch: Stretch, hits: readonly number[], count: number): Stretch {
  const inside = hits.filter((hit) => hit >= stretch.from && hit < stretch.to);
  const from = inside[0] ?? stretch.from;
  const to = (inside.at(-1) ?? stretch.to) + 1;
  return {
    from,
    to,
    hits: inside.length,
    lines: to - from,
    gain: gainOf(inside.length, to - from, hits.length, count),
  };
}

function gainOf(inside: number, lines: number, all: number, count: number): number {
  return likelihood(inside, lines) + likelihood(all - inside, count - lines) - likelihood(all, count);
}

/** The logarithm of how probable so many hits of so many lines are at their own rate. */
function likelihood(hits: number, lines: number): number {
  const misses = lines - hits;
  return (hits === 0 ? 0 : hits * Math.log(hits / lines)) + (misses <= 0 ? 0 : misses * Math.log(misses / lines));
}
