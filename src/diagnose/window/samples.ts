/** Two samples of one quantity, from the healthy time and from the window: whether and by how much it grew. */
import { cumulativeStdNormalProbability, gammaln, quantileSorted } from 'simple-statistics';

/** Fewer on either side tell nothing. */
const FEWEST = 3;

/** What chance alone does once in twenty times is no growth. */
const MOST_CHANCE = 0.05;

/** Growth within twice the healthy spread is what is seen every day. */
const SPREADS = 2;

/** Between the 10th and the 90th percentile of a normal distribution lie so many standard deviations. */
const DEVIATIONS = 2.56;

const QUARTILES = [0.25, 0.5, 0.75];

/**
 * By how much the values grew: the mean shift of the three quartiles, so that neither a few outliers nor a healthy time
 * that holds some of the fault decide; where the quartiles stand still, what the slowest of them add to the mean. 0 where
 * they did not grow beyond their spread and chance, undefined where there are too few to tell.
 */
export function growthOf(before: Sample, now: Sample): Growth | undefined {
  if (before.values.length < FEWEST || now.values.length < FEWEST) return undefined;
  const old = before.values.toSorted((a, b) => a - b);
  const fresh = now.values.toSorted((a, b) => a - b);
  const shift = QUARTILES.reduce((sum, at) => sum + quantileSorted(fresh, at) - quantileSorted(old, at), 0) / 3;
  const spread = (quantileSorted(old, 0.9) - quantileSorted(old, 0.1)) / DEVIATIONS;
  const areAllLarger = shift > 0 && shift > SPREADS * spread && chanceThatLarger(old, fresh) < MOST_CHANCE;
  if (!areAllLarger) return tailGrowth(before, now, old, spread);
  const between = (quantileSorted(old, 0.5) + quantileSorted(fresh, 0.75)) / 2;
  return { shift, share: 1, knownShare: shareBeyond(old, between) };
}

/** Values and when each of them was, in any order. */
export type Sample<T = number> = Readonly<{ values: readonly T[]; atUs: readonly number[] }>;

export type Growth = Readonly<{
  /** Added to the mean. */
  shift: number;
  /** Of the values, how many grew. */
  share: number;
  /** Of the healthy values, how many were as large as those that grew: what was known before is no news. */
  knownShare: number;
}>;

const NO_GROWTH: Growth = { shift: 0, share: 0, knownShare: 0 };

/** Where one in ten meets a fault, more than in health have to lie beyond what was usual: seven to one against chance. */
const TAIL_NATS = 2;
/** Slow ones that are as few as this are somebody's bad luck. */
const FEWEST_SLOW = 3;

/**
 * How many lie beyond what nearly all healthy ones keep to, and what they add to the mean. Calls that come together are
 * slow together, for one hiccup: what is counted is stretches of the time that hold a slow one, so that only what goes on
 * and on counts.
 */
function tailGrowth(before: Sample, now: Sample, old: readonly number[], spread: number): Growth {
  const middle = quantileSorted(old, 0.5);
  const usualEnd = Math.max(quantileSorted(old, 0.95), middle + 2 * SPREADS * spread);
  const beyond = now.values.filter((value) => value > usualEnd).sort((a, b) => a - b);
  if (beyond.length < FEWEST_SLOW) return NO_GROWTH;
  // Where slow ones stand apart from all others, the middle between the two tells them best.
  const between = Math.max(usualEnd, (middle + quantileSorted(beyond, 0.5)) / 2);
  const slow = beyond.filter((value) => value > between);
  const nats = riseInNats(
    stretchesWith(before, (value) => value > between),
    stretchesWith(now, (value) => value > between),
  );
  if (slow.length < FEWEST_SLOW || nats < TAIL_NATS) return NO_GROWTH;
  const knownShare = shareBeyond(old, between);
  const share = slow.length / now.values.length - knownShare;
  return { shift: Math.max(0, share * (quantileSorted(slow, 0.5) - middle)), share, knownShare };
}

function shareBeyond(values: readonly number[], least: number): number {
  return values.filter((value) => value > least).length / values.length;
}

/** So many stretches of equal length is a time taken as. */
const STRETCHES = 20;

/** Of the stretches of its time in which anything came, how many hold a value that passes. */
export function stretchesWith<T>(sample: Sample<T>, passes: (value: T) => boolean): Counted {
  const stretches = countedStretches(sample, passes);
  return [stretches.filter(([times]) => times > 0).length, stretches.length];
}

/**
 * How much more the share of those that pass moves from one stretch of the time to the next than chance alone would move
 * it, as a factor of its variance: who asks for the same again and again makes many alike. 1 where it moves no more.
 */
export function dispersionOf<T>(samples: readonly Sample<T>[], passes: (value: T) => boolean): number {
  let [moved, free] = [0, 0];
  for (const sample of samples) {
    const stretches = countedStretches(sample, passes);
    const share = sample.values.filter(passes).length / Math.max(1, sample.values.length);
    if (share === 0 || share === 1) continue;
    for (const [times, of] of stretches) moved += (times - of * share) ** 2 / (of * share * (1 - share));
    free += stretches.length - 1;
  }
  return free < 1 ? 1 : Math.max(1, moved / free);
}

function countedStretches<T>({ values, atUs }: Sample<T>, passes: (value: T) => boolean): readonly Counted[] {
  const firstUs = atUs.reduce((least, us) => Math.min(least, us), Number.POSITIVE_INFINITY);
  const lastUs = atUs.reduce((most, us) => Math.max(most, us), 0);
  const lengthUs = Math.max(1, (lastUs - firstUs + 1) / STRETCHES);
  const counts = new Map<number, [times: number, of: number]>();
  for (const [place, value] of values.entries()) {
    const stretch = Math.floor(((atUs[place] ?? 0) - firstUs) / lengthUs);
    const count = counts.get(stretch) ?? [0, 0];
    counts.set(stretch, count);
    if (passes(value)) count[0] += 1;
    count[1] += 1;
  }
  return [...counts.values()];
}

/** How probable it is that `now` ranks so high by chance: the rank-sum test of Wilcoxon, normal approximation, ties as their mean rank. */
function chanceThatLarger(before: readonly number[], now: readonly number[]): number {
  const all = [...before.map((value) => ({ value, isNow: false })), ...now.map((value) => ({ value, isNow: true }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const alike = to - from;
    ties += alike ** 3 - alike;
    for (let at = from; at < to; at += 1) if (all[at]?.isNow) ranks += (from + to + 1) / 2;
    from = to;
  }
  const [n, m] = [now.length, before.length];
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  return 1 - cumulativeStdNormalProbability((ranks - (n * (total + 1)) / 2) / Math.sqrt(variance));
}

/** How often something was so, of how many. */
export type Counted = readonly [times: number, of: number];

/** The logarithm of the probability of such a count in one order, where the rate itself is drawn from Beta(a, b). */
export function logBetaBinomial([times, of]: Counted, [a, b]: readonly [a: number, b: number]): number {
  return logBeta(times + a, of - times + b) - logBeta(a, b);
}

const ANY_RATE = [0.5, 0.5] as const;

/** How much more probable it is that the rate rose than that both counts are of one rate, as a logarithm; 0 where it did not rise. */
export function riseInNats(before: Counted, now: Counted): number {
  if (before[1] === 0 || now[1] === 0 || now[0] * before[1] <= before[0] * now[1]) return 0;
  const together: Counted = [before[0] + now[0], before[1] + now[1]];
  const apart = logBetaBinomial(before, ANY_RATE) + logBetaBinomial(now, ANY_RATE);
  return Math.max(0, apart - logBetaBinomial(together, ANY_RATE));
}

function logBeta(a: number, b: number): number {
  return gammaln(a) + gammaln(b) - gammaln(a + b);
}
