/**
 * Finds the stretch of a log where one kind of line is far more frequent than elsewhere: the stretch that is least
 * probable by chance (Kulldorff's scan statistic, 1997, over buckets).
 *
 *   . . . . . . . x . . . . x x x . x x x x . x x . . . . . . . . .
 *                           └──── the stretch ────┘
 */

/** `from` and `to` (excluded) are positions of lines. */
export type Stretch = Readonly<{
  from: number;
  to: number;
  /** Lines of the kind, and all lines. */
  hits: number;
  lines: number;
  /** How much better two rates explain the log than one: the logarithm of the likelihood ratio. */
  gain: number;
}>;

const BUCKETS = 160;

/**
 * `hits`: ascending positions of the lines of the kind, among `count` lines. Undefined where no stretch has a higher
 * rate.
 */
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

/** The gain is 0 where the rate is not above that of the rest. */
function stretchOf(from: number, to: number, hits: number, { all, count }: { all: number; count: number }): Stretch {
  const lines = to - from;
  const isBetter = lines < count && hits * count > all * lines;
  return { from, to, hits, lines, gain: isBetter ? gainOf(hits, lines, all, count) : 0 };
}

/** Smaller differences are rounding; then the first stretch wins, and the shorter one among those. */
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

/** Shortened to its first and last hit. */
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

/** The log likelihood of this many hits among the lines, at their own rate. */
function likelihood(hits: number, lines: number): number {
  const misses = lines - hits;
  return (hits === 0 ? 0 : hits * Math.log(hits / lines)) + (misses <= 0 ? 0 : misses * Math.log(misses / lines));
}
