/**
 * What a number would be at a time if nothing were the matter: the level it had just before, and what the same time of
 * earlier days added to theirs.
 *
 *   value = trend + season + residual
 *
 *   yesterday   ▁▁▂▅▇▅▂▁    the peak at noon is in both: expected
 *   today       ▁▁▂▅▇█▂▁    what is beyond it is left over
 */
import { deviationOf, medianOf } from '#model/robust.ts';
import { type Points, pointsBetween } from '#model/trend.ts';

/** The parts add up to the values. */
export type Decomposition = Readonly<{ trend: Float64Array; season: Float64Array; residual: Float64Array }>;

/**
 * Of evenly spaced values with so many of them to a period: the trend is the middle one of the period around, the season
 * the middle one of each place in the period. Undefined of less than two periods.
 */
export function decomposed(values: ArrayLike<number>, period: number): Decomposition | undefined {
  const count = values.length;
  if (period < 2 || count < 2 * period) return undefined;
  const all = Float64Array.from(values);
  const half = period >> 1;
  const trend = all.map((_, at) => {
    // At the ends the period lies to one side: the same number of points of every place in the period, always.
    const from = Math.min(Math.max(0, at - half), count - period);
    return meanOf(all.subarray(from, from + period));
  });
  const free = all.map((value, at) => value - (trend[at] ?? 0));
  const places = Array.from({ length: period }, (_, place) => medianOf(free.filter((_, at) => at % period === place)));
  const middle = meanOf(Float64Array.from(places));
  const season = all.map((_, at) => (places[at % period] ?? 0) - middle);
  return { trend, season, residual: all.map((value, at) => value - (trend[at] ?? 0) - (season[at] ?? 0)) };
}

/** What was usual before a time, and what is expected after it. */
export type Expectation = Readonly<{
  at(us: number): number;
  /** How far off it usually is, as a standard deviation. */
  deviation: number;
  /** The level just before. */
  level: number;
  /** Earlier days or weeks say something of it. */
  isSeasonal: boolean;
}>;

const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;
/** The same hour of the last days, and of the day a week ago, which no other day is like. */
const EARLIER_DAYS = [1, 2, 3, 4, 5, 6, 7];
/** Fewer points show no level. */
const FEWEST = 3;

/** From the points before `fromUs`; undefined where there are too few of the last hour. */
export function expectationAt(points: Points, fromUs: number): Expectation | undefined {
  const recent = pointsBetween(points, fromUs - HOUR_US, fromUs);
  if (recent.values.length < FEWEST) return undefined;
  const level = medianOf(recent.values);
  const spread = deviationOf(recent.values);
  const days = EARLIER_DAYS.flatMap((day) => earlierDay(points, fromUs, day * DAY_US));
  if (days.length === 0) return { at: () => level, deviation: spread, level, isSeasonal: false };
  const added = (us: number) => {
    const all = days.flatMap((day) => {
      const value = day.near(us);
      return value === undefined ? [] : [value - day.level];
    });
    return all.length === 0 ? 0 : medianOf(all);
  };
  // What the earlier days leave unexplained of the last hour, and how they differ among themselves.
  const left = Array.from(recent.values, (value, at) => value - level - added(recent.atUs[at] ?? 0));
  const among = days.map((day) => day.deviation);
  const deviation = Math.max(deviationOf(left), medianOf(among));
  return { at: (us) => level + added(us), deviation, level, isSeasonal: true };
}

type EarlierDay = Readonly<{ level: number; deviation: number; near(us: number): number | undefined }>;

function earlierDay(points: Points, fromUs: number, agoUs: number): EarlierDay[] {
  const before = pointsBetween(points, fromUs - agoUs - HOUR_US, fromUs - agoUs);
  const after = pointsBetween(points, fromUs - agoUs, fromUs - agoUs + HOUR_US);
  if (before.values.length < FEWEST || after.values.length === 0) return [];
  const times = Array.from(after.atUs);
  const step = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  const nearUs = Math.max(step * 2, 60_000_000);
  return [
    {
      level: medianOf(before.values),
      deviation: deviationOf(before.values),
      near: (us) => {
        const close = Array.from(after.values).filter((_, at) => Math.abs((times[at] ?? 0) - (us - agoUs)) <= nearUs);
        return close.length === 0 ? undefined : medianOf(close);
      },
    },
  ];
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
