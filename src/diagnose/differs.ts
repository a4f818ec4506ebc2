/** Whether two sets of numbers differ by more than chance, where there are enough numbers to say. */
import type { Range, Told } from '#model/requests/comparison.ts';
import { deviations, usualRange } from '#model/stats/usual-range.ts';

/** Fewer do not show how much healthy requests vary. */
export const ENOUGH = 5;

/** Three sigma, as on control charts since Shewhart: many numbers are compared at once. */
const CLEAR_DEVIATIONS = 3;
/** Ten against ten may differ clearly by a tiny amount that does not matter. */
const LEAST_FACTOR = 1.25;
/** With few samples only a large difference is worth reporting. */
const LARGE_FACTOR = 2;

/**
 * Undefined where they do not differ, or by no more than their own variation. A difference is clear only with enough
 * samples on the first side. Differences below `unit` are noise.
 */
export function differenceOf(first: readonly number[], second: readonly number[], unit: number): Told | undefined {
  const [many, few] = first.length >= second.length ? [first, second] : [second, first];
  const value = middle(few);
  const usual = usualRange(many, { traces: many.length, unit });
  const factor = Math.exp(Math.abs(Math.log(value + unit) - Math.log(usual.median + unit)));
  if (factor < LEAST_FACTOR) return undefined;
  const told: Told = first.length >= ENOUGH ? 'clear' : 'uncertain';
  if (few.length >= ENOUGH && Math.abs(rankZ(many, few)) >= CLEAR_DEVIATIONS) return told;
  if (value >= usual.low && value <= usual.high) return undefined;
  if (many.length >= ENOUGH) return Math.abs(deviations(usual, value)) >= CLEAR_DEVIATIONS ? told : undefined;
  return factor >= LARGE_FACTOR ? 'uncertain' : undefined;
}

export function rangeOf(values: readonly number[]): Range {
  const { median, low, high } = usualRange(values, { traces: values.length, unit: 1 });
  return { median, low, high };
}

export function middle(values: readonly number[]): number {
  return rangeOf(values).median;
}

/**
 * Mann and Whitney's rank sum, by its normal approximation, with the correction for ties: the distance from chance in
 * standard deviations.
 */
function rankZ(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, isFirst: true })), ...b.map((value) => ({ value, isFirst: false }))];
  all.sort((one, other) => one.value - other.value);
  const total = all.length;
  let sumOfFirst = 0;
  let ties = 0;
  for (let from = 0; from < total; ) {
    let to = from + 1;
    while (to < total && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (all[at]?.isFirst) sumOfFirst += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const expected = (a.length * (total + 1)) / 2;
  const variance = ((a.length * b.length) / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance === 0 ? 0 : (sumOfFirst - expected) / Math.sqrt(variance);
}
