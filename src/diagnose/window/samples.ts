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
 * that holds some of the fault decide. 0 where they did not grow beyond their spread and chance, undefined where there
 * are too few to tell.
 */
export function growthOf(before: readonly number[], now: readonly number[]): number | undefined {
  if (before.length < FEWEST || now.length < FEWEST) return undefined;
  const old = before.toSorted((a, b) => a - b);
  const fresh = now.toSorted((a, b) => a - b);
  const shift = QUARTILES.reduce((sum, at) => sum + quantileSorted(fresh, at) - quantileSorted(old, at), 0) / 3;
  const spread = (quantileSorted(old, 0.9) - quantileSorted(old, 0.1)) / DEVIATIONS;
  return shift > 0 && shift > SPREADS * spread && chanceThatLarger(old, fresh) < MOST_CHANCE ? shift : 0;
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
