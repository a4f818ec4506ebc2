/**
 * The usual range of a number in healthy traces, and how unusual another value is.
 *
 *           low  median   high                     value
 *  ─────────┼──────█───────┼──────────────────────────●──   on a logarithmic scale: times and sizes differ by factors
 *           └ nine of ten ─┘      deviations = distance from the median ÷ spread
 */
export type UsualRange = Readonly<{
  /** How many healthy traces it comes from. */
  traces: number;
  median: number;
  /** One in ten is below, and one in ten above; with less than ten values the smallest and the largest. */
  low: number;
  high: number;
  /** The standard deviation of the logarithm. */
  spread: number;
  /** Differences below it are noise. */
  unit: number;
}>;

/** `values` may be in any order, and several of one trace. */
export function usualRange(
  values: readonly number[],
  { traces, unit }: Readonly<{ traces: number; unit: number }>,
): UsualRange {
  const sorted = Float64Array.from(values).sort();
  const median = middleOf(sorted);
  const low = sorted[Math.floor(sorted.length / 10)] ?? 0;
  const high = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
  const logs = sorted.map((value) => Math.log(value + unit));
  const center = middleOf(logs);
  const fromCenter = logs.map((log) => Math.abs(log - center)).sort();
  const seen = Math.max(
    middleOf(fromCenter) * SD_PER_MAD,
    (Math.log(high + unit) - Math.log(low + unit)) / SD_BETWEEN_TENTHS,
  );
  return { traces, median, low, high, spread: withPrior(seen, traces), unit };
}

/** How many standard deviations the value lies above the usual; negative below. */
export function deviations({ median, spread, unit }: UsualRange, value: number): number {
  return (Math.log(value + unit) - Math.log(median + unit)) / spread;
}

/**
 * For a normal distribution: its median absolute deviation, and its middle four fifths, as ratios to its standard
 * deviation.
 */
const SD_PER_MAD = 1.4826;
const SD_BETWEEN_TENTHS = 2.563;

/**
 * Few traces show little of how much their times differ. Until there are more, they count together with two that differ as
 * times of services commonly do (one of three by more than a factor of 1.65), and their median is known only as well as
 * their number allows. However alike they are, three deviations are a factor of 8 from one trace, of 2.6 from five, of 2
 * from ten.
 */
const PRIOR_SPREAD = 0.5;
const PRIOR_TRACES = 2;

function withPrior(seen: number, traces: number): number {
  const freedom = Math.max(0, traces - 1);
  const variance = (PRIOR_TRACES * PRIOR_SPREAD ** 2 + freedom * seen ** 2) / (PRIOR_TRACES + freedom);
  return Math.sqrt(variance * (1 + 1 / Math.max(1, traces)));
}

function middleOf(sorted: Float64Array): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
