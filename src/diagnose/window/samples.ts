/** Two samples of one quantity, from the baseline and from the window: whether and by how much it grew. */

import { gammaln, median, quantileRankSorted, quantileSorted } from 'simple-statistics';
import { chanceOfRise, chanceThatLarger, MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';

/** Fewer on either side prove nothing. */
const FEWEST = 3;

/** Growth within twice the healthy spread occurs every day. */
const SPREADS = 2;

/** The number of standard deviations between the 10th and the 90th percentile of a normal distribution. */
const DEVIATIONS = 2.56;

const QUARTILES = [0.25, 0.5, 0.75];

/**
 * How much the values grew: the mean shift of the three quartiles, so that neither outliers nor a baseline with some of
 * the fault decide. Where the quartiles stay, how much the slowest values add to the mean. 0 where the growth is within
 * spread and chance, undefined where there are too few values.
 */
export function growthOf(before: CallSample, now: CallSample): Growth | undefined {
  if (before.values.length < FEWEST || now.values.length < FEWEST) return undefined;
  const old = before.values.toSorted((a, b) => a - b);
  const fresh = now.values.toSorted((a, b) => a - b);
  const shift = QUARTILES.reduce((sum, at) => sum + quantileSorted(fresh, at) - quantileSorted(old, at), 0) / 3;
  const spread = spreadOf(old);
  const areAllLarger = shift > 0 && shift > SPREADS * spread && chanceThatLarger(old, fresh) < MOST_CHANCE;
  if (!areAllLarger) return tailGrowth(before, now, old);
  const between = (quantileSorted(old, 0.5) + quantileSorted(fresh, 0.75)) / 2;
  const newShare = newShareOf(
    old,
    fresh.filter((value) => value > between),
  );
  return { shift, share: 1, knownShare: shareBeyond(old, between), newShare, chance: chanceByRequest(before, now) };
}

/** Values and their times, in any order. */
export type Sample<T = number> = Readonly<{ values: readonly T[]; atUs: readonly number[] }>;

export type Growth = Readonly<{
  /** Added to the mean. */
  shift: number;
  /** The share of the values that grew. */
  share: number;
  /** The share of the healthy values that were as large as those that grew: these are not new. */
  knownShare: number;
  /** The share of the grown values that are larger than any healthy one. */
  newShare: number;
  /** The chance of such values, for this place alone. */
  chance: number;
}>;

/** `requests`: the index of each value's request. */
export type CallSample = Sample & Readonly<{ requests: readonly number[] }>;

const NO_GROWTH: Growth = { shift: 0, share: 0, knownShare: 0, newShare: 0, chance: 1 };

/** A request with twenty calls is one request: its median call is compared. */
function chanceByRequest(before: CallSample, now: CallSample): number {
  const [old, fresh] = [mediansOf(before), mediansOf(now)];
  const middle = median([...old.values, ...fresh.values]);
  return chanceThatLarger(
    old.values,
    fresh.values,
    dispersionOf([old, fresh], (value) => value > middle),
  );
}

/**
 * One test over several places that have too few calls each: for each request, the mean rank of its calls among all
 * calls of their places, 0 to 1.
 */
export function chanceThatRequestsGrew(places: readonly Readonly<{ before: CallSample; now: CallSample }>[]): number {
  const sides: readonly [Ranks, Ranks] = [new Map(), new Map()];
  for (const { before, now } of places) {
    const both = [mediansOf(before), mediansOf(now)] as const;
    const sorted = both.flatMap(({ values }) => values).sort((a, b) => a - b);
    for (const [side, { values, atUs, requests }] of both.entries())
      for (const [place, value] of values.entries())
        addRank(sides[side === 0 ? 0 : 1], requests[place] ?? 0, atUs[place] ?? 0, quantileRankSorted(sorted, value));
  }
  const [old, fresh] = sides.map(
    (ranks): Sample => ({
      values: [...ranks.values()].map(({ sum, times }) => sum / times),
      atUs: [...ranks.values()].map(({ atUs }) => atUs),
    }),
  ) as [Sample, Sample];
  if (old.values.length < FEWEST || fresh.values.length < FEWEST) return 1;
  const middle = median([...old.values, ...fresh.values]);
  const dispersion = dispersionOf([old, fresh], (value) => value > middle);
  return chanceThatLarger(old.values, fresh.values, dispersion);
}

type Ranks = Map<number, { sum: number; times: number; atUs: number }>;

function addRank(ranks: Ranks, request: number, atUs: number, rank: number): void {
  const known = ranks.get(request) ?? { sum: 0, times: 0, atUs };
  ranks.set(request, known);
  known.sum += rank;
  known.times += 1;
}

function mediansOf({ values, atUs, requests }: CallSample): CallSample {
  const places = [...Map.groupBy(values.keys(), (place) => requests[place]).values()];
  return {
    values: places.map((own) => median(own.map((place) => values[place] ?? 0))),
    atUs: places.map(([place = 0]) => atUs[place] ?? 0),
    requests: places.map(([place = 0]) => requests[place] ?? 0),
  };
}

/**
 * Where one in ten meets a fault, more values than in the baseline must lie beyond the usual end: seven to one against
 * chance.
 */
const TAIL_NATS = 2;
/** As few slow values as this may be bad luck. */
const FEWEST_SLOW = 3;

/**
 * How many values lie beyond nearly all healthy ones, and how much they add to the mean. Simultaneous calls are slow
 * together from one hiccup. So it counts the stretches of time with a slow value: only a lasting problem counts.
 */
function tailGrowth(before: Sample, now: Sample, old: readonly number[]): Growth {
  const middle = quantileSorted(old, 0.5);
  const usualEnd = usualEndOf(old);
  const beyond = now.values.filter((value) => value > usualEnd).sort((a, b) => a - b);
  if (beyond.length < FEWEST_SLOW) return NO_GROWTH;
  // Where the slow values form a group of their own, the middle of the gap separates them best.
  const between = Math.max(usualEnd, (middle + quantileSorted(beyond, 0.5)) / 2);
  const [most = NO_GROWTH] = [between, apartFrom(beyond)]
    .filter((cut) => cut >= between)
    .map((cut) => growthBeyond(cut, before, now, old))
    .sort((a, b) => b.shift - a.shift);
  return most;
}

/**
 * The widest gap, where it is a factor of two: a few calls that wait for a lock, among many that are a little late. NaN
 * where there is none.
 */
function apartFrom(beyond: readonly number[]): number {
  let [widest, cut] = [WIDE, Number.NaN];
  for (let place = 0; place + FEWEST_SLOW < beyond.length; place += 1) {
    const [below, above] = [beyond[place] ?? 0, beyond[place + 1] ?? 0];
    if (above < widest * below) continue;
    widest = above / below;
    cut = Math.sqrt(below * above);
  }
  return cut;
}

const WIDE = 2;

function growthBeyond(cut: number, before: Sample, now: Sample, old: readonly number[]): Growth {
  const slow = now.values.filter((value) => value > cut).sort((a, b) => a - b);
  const was = stretchesWith(before, (value) => value > cut);
  const is = stretchesWith(now, (value) => value > cut);
  if (slow.length < FEWEST_SLOW || riseInNats(was, is) < TAIL_NATS) return NO_GROWTH;
  const knownShare = shareBeyond(old, cut);
  const share = slow.length / now.values.length - knownShare;
  const shift = Math.max(0, share * (quantileSorted(slow, 0.5) - quantileSorted(old, 0.5)));
  return { shift, share, knownShare, newShare: newShareOf(old, slow), chance: chanceOfRise(was, is).chance };
}

/** The end of the usual range of healthy values, sorted ascending: nearly all of them lie below. */
export function usualEndOf(sorted: readonly number[]): number {
  return Math.max(quantileSorted(sorted, 0.95), quantileSorted(sorted, 0.5) + 2 * SPREADS * spreadOf(sorted));
}

function spreadOf(sorted: readonly number[]): number {
  return (quantileSorted(sorted, 0.9) - quantileSorted(sorted, 0.1)) / DEVIATIONS;
}

function newShareOf(old: readonly number[], grown: readonly number[]): number {
  const most = old.at(-1) ?? 0;
  return grown.length === 0 ? 0 : shareBeyond(grown, most);
}

function shareBeyond(values: readonly number[], least: number): number {
  return values.filter((value) => value > least).length / values.length;
}

/** A time is divided into this many equal stretches. */
const STRETCHES = 20;

/** How many of the stretches with any value hold a value that passes. */
export function stretchesWith<T>(sample: Sample<T>, passes: (value: T) => boolean): Counted {
  const stretches = countedStretches(sample, passes);
  return [stretches.filter(([times]) => times > 0).length, stretches.length];
}

/**
 * How much more the share of passing values varies between stretches of time than by chance, as a factor of its
 * variance: a client that repeats a request makes many alike. 1 where it does not vary more.
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

/** The log probability of such a count in one order, where the rate is drawn from Beta(a, b). */
export function logBetaBinomial([times, of]: Counted, [a, b]: readonly [a: number, b: number]): number {
  return logBeta(times + a, of - times + b) - logBeta(a, b);
}

const ANY_RATE = [0.5, 0.5] as const;

/** How much more probable a risen rate is than one common rate, as a logarithm; 0 where it did not rise. */
export function riseInNats(before: Counted, now: Counted): number {
  if (before[1] === 0 || now[1] === 0 || now[0] * before[1] <= before[0] * now[1]) return 0;
  const together: Counted = [before[0] + now[0], before[1] + now[1]];
  const apart = logBetaBinomial(before, ANY_RATE) + logBetaBinomial(now, ANY_RATE);
  return Math.max(0, apart - logBetaBinomial(together, ANY_RATE));
}

function logBeta(a: number, b: number): number {
  return gammaln(a) + gammaln(b) - gammaln(a + b);
}
