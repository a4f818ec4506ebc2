/** Whether two series move together, and which one first. This does not prove that one causes the other. */
import type { Points } from '#model/stats/trend.ts';

/** Pearson's coefficient, −1 to 1; 0 where one of them is constant. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = Math.min(a.length, b.length);
  if (count < 3) return 0;
  const mean = (values: ArrayLike<number>) => {
    let sum = 0;
    for (let at = 0; at < count; at += 1) sum += values[at] ?? 0;
    return sum / count;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let at = 0; at < count; at += 1) {
    const [x, y] = [(a[at] ?? 0) - meanA, (b[at] ?? 0) - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}

export type Together = Readonly<{
  /** At the best lag. */
  coefficient: number;
  /** By how much the first series is ahead of the second, in seconds; negative where it follows. */
  leadSeconds: number;
}>;

/** With longer lags some correlation is always found by chance. */
const MOST_LAG_US = 600_000_000;
/** Fewer common points correlate by chance. */
const FEWEST = 8;
/** A longer lag must be better by this, because the neighbours of the best lag are nearly as good. */
const CLEARLY = 0.05;

/** At the times of the second series. Undefined where they have too few times in common. */
export function laggedCorrelation(first: Points, second: Points): Together | undefined {
  const stepUs = usualStep(second.atUs);
  if (!(stepUs > 0)) return undefined;
  const lags = Math.floor(MOST_LAG_US / stepUs);
  let best: Together | undefined;
  // The shortest lags first, so that the shorter one wins where two fit alike.
  for (let size = 0; size <= lags; size += 1) {
    for (const lag of size === 0 ? [0] : [size, -size]) {
      const coefficient = shifted(first, second, lag * stepUs);
      if (coefficient === undefined) continue;
      if (best === undefined || Math.abs(coefficient) > Math.abs(best.coefficient) + CLEARLY)
        best = { coefficient, leadSeconds: (lag * stepUs) / 1e6 };
    }
  }
  return best;
}

function shifted(first: Points, second: Points, lagUs: number): number | undefined {
  const [a, b]: [number[], number[]] = [[], []];
  let place = 0;
  for (let at = 0; at < second.values.length; at += 1) {
    const us = (second.atUs[at] ?? 0) - lagUs;
    while (place + 1 < first.atUs.length && (first.atUs[place + 1] ?? 0) <= us) place += 1;
    const found = first.atUs[place] ?? Number.NaN;
    if (found > us || us - found > MOST_GAP_US) continue;
    a.push(first.values[place] ?? 0);
    b.push(second.values[at] ?? 0);
  }
  return a.length < FEWEST ? undefined : pearson(a, b);
}

/** Points further apart do not belong to the same time. */
const MOST_GAP_US = 120_000_000;

function usualStep(atUs: ArrayLike<number>): number {
  const gaps = Array.from({ length: Math.max(0, atUs.length - 1) }, (_, at) => (atUs[at + 1] ?? 0) - (atUs[at] ?? 0));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}
