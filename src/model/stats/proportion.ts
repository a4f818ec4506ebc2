/**
 * A proportion with its confidence interval: Wilson's interval for one, Newcombe's (method 10) for the difference of
 * two. Both hold for small numbers and for proportions near 0 and 1.
 */
import { probit } from 'simple-statistics';

/** How many of how many. */
export type Share = Readonly<{ times: number; of: number }>;

export type Interval = Readonly<{ low: number; high: number }>;

/**
 * Standard deviations of a two-sided interval that holds with this confidence for all `comparisons` together
 * (Bonferroni).
 */
export function deviationsFor(comparisons: number, confidence = 0.95): number {
  return probit(1 - (1 - confidence) / (2 * Math.max(1, comparisons)));
}

const USUAL_DEVIATIONS = deviationsFor(1);

/** For 0 of 0, everything is possible. */
export function shareInterval({ times, of }: Share, deviations = USUAL_DEVIATIONS): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const square = deviations ** 2;
  const middle = (times + square / 2) / (of + square);
  const half = (deviations / (of + square)) * Math.sqrt((times * (of - times)) / of + square / 4);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** For `now` minus `before`, −1 to 1. */
export function differenceInterval(now: Share, before: Share, deviations = USUAL_DEVIATIONS): Interval {
  const [one, other] = [shareInterval(now, deviations), shareInterval(before, deviations)];
  const [p, q] = [shareOf(now), shareOf(before)];
  return {
    low: p - q - Math.hypot(p - one.low, other.high - q),
    high: p - q + Math.hypot(one.high - p, q - other.low),
  };
}

/** 0 for 0 of 0. */
export function shareOf({ times, of }: Share): number {
  return of === 0 ? 0 : times / of;
}

/** Fewer cannot show that it was better before, only that it was not. */
const FEWEST_BEFORE = 10;

/** Whether it clearly rose; without data from before, it may have. */
export function hasRisen(now: Share, before: Share): boolean {
  if (before.of === 0) return true;
  if (before.of < FEWEST_BEFORE) return shareOf(before) < shareOf(now) / 2;
  return differenceInterval(now, before).low > 0;
}
