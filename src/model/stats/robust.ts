/** What is usual of numbers some of which are not: a tenth of them may be anything and changes little. */

/** NaN of nothing. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** A normal distribution's standard deviation to its median absolute deviation. */
const SD_PER_MAD = 1.4826;

/** The standard deviation, from the median absolute deviation; 0 where more than half are alike. */
export function deviationOf(values: ArrayLike<number>): number {
  const middle = medianOf(values);
  return SD_PER_MAD * medianOf(Float64Array.from(values, (value) => Math.abs(value - middle)));
}
