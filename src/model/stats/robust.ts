/** Robust statistics: a tenth of the numbers may be anything and changes little. */

/** NaN for no values. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** Converts a median absolute deviation to the standard deviation of a normal distribution. */
const SD_PER_MAD = 1.4826;

/** The standard deviation, from the median absolute deviation; 0 where more than half of the values are equal. */
export function deviationOf(values: ArrayLike<number>): number {
  const middle = medianOf(values);
  return SD_PER_MAD * medianOf(Float64Array.from(values, (value) => Math.abs(value - middle)));
}
