/**
 * The probability that chance alone makes a window differ this much from the baseline, corrected for the number of
 * compared places: among a thousand, something is always odd. Many equal requests of one client do not count as many.
 */
import { gammaln } from 'simple-statistics';
import type { Counted } from '#diagnose/window/counted.ts';

/** A difference that chance brings once in twenty times proves nothing. */
export const MOST_CHANCE = 0.05;

/** One comparison: its own chance, and the lowest chance that its counts could have given. */
export type Compared = Readonly<{ chance: number; least: number }>;

/**
 * How many comparisons count. Those that could not have been significant do not (Tarone 1990, Biometrics 46: the
 * modified Bonferroni method for discrete data).
 */
export function comparisonsOf(all: readonly Pick<Compared, 'least'>[]): number {
  const least = all.map((one) => one.least).sort((a, b) => a - b);
  for (let times = 1; times <= least.length; times += 1)
    if (countUpTo(least, MOST_CHANCE / times) <= times) return times;
  return Math.max(1, least.length);
}

/** The chance of one result among this many comparisons. */
export function chanceAmong(chance: number, comparisons: number): number {
  return Math.min(1, chance * Math.max(1, comparisons));
}

function countUpTo(sorted: readonly number[], most: number): number {
  let count = 0;
  while (count < sorted.length && (sorted[count] ?? 0) <= most) count += 1;
  return count;
}

/** The chance that at least this many of all matches fall into the window: Fisher's exact test, one-sided. */
export function chanceOfRise(before: Counted, now: Counted): Compared {
  const [all, of] = [before[0] + now[0], before[1] + now[1]];
  const most = Math.min(all, now[1]);
  const probability = (times: number) =>
    Math.exp(logChoose(now[1], times) + logChoose(before[1], all - times) - logChoose(of, all));
  let chance = 0;
  for (let times = now[0]; times <= most; times += 1) chance += probability(times);
  return { chance: Math.min(1, chance), least: all === 0 || all === of ? 1 : probability(most) };
}

/**
 * The chance that `now` ranks this high: Wilcoxon's rank-sum test, normal approximation, ties get their mean rank.
 * `dispersion` is how much more than by chance the values move together.
 */
export function chanceThatLarger(before: readonly number[], now: readonly number[], dispersion = 1): number {
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
  return chanceBeyond((ranks - (n * (total + 1)) / 2) / Math.sqrt(variance * dispersion));
}

/**
 * The chance of this many standard deviations or more, on one side. Chebyshev's fit to the complementary error
 * function, correct to 1 part in 10⁷ in the whole tail (Press et al., Numerical Recipes, erfcc).
 */
export function chanceBeyond(deviations: number): number {
  const x = Math.abs(deviations) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series = ERFC.reduceRight((sum, term) => term + t * sum, 0);
  const tail = (t * Math.exp(-x * x + series)) / 2;
  return deviations >= 0 ? tail : 1 - tail;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function logChoose(of: number, times: number): number {
  return gammaln(of + 1) - gammaln(times + 1) - gammaln(of - times + 1);
}
