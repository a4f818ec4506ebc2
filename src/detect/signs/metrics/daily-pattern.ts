/**
 * The expected value of a metric: its level just before, plus the daily pattern of earlier days.
 *
 *   value = trend + season + residual
 *
 *   yesterday   ▁▁▂▅▇▅▂▁    the peak at noon is in both: expected
 *   today       ▁▁▂▅▇█▂▁    the residual: the part above the pattern
 */
import { DAY_US, HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { deviationOf, medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

/** The parts add up to the values. */
export type Decomposition = Readonly<{ trend: Float64Array; season: Float64Array; residual: Float64Array }>;

/**
 * Decomposes evenly spaced values; `period` is their number per period. The trend is the mean of the period around each
 * value, the season the median residual at each place in the period. Undefined for less than two periods.
 */
export function decomposed(values: ArrayLike<number>, period: number): Decomposition | undefined {
  const count = values.length;
  if (period < 2 || count < 2 * period) return undefined;
  const all = Float64Array.from(values);
  const sums = new Float64Array(count + 1);
  for (const [at, value] of all.entries()) sums[at + 1] = (sums[at] ?? 0) + value;
  const trend = all.map((_, at) => {
    // At the ends the period lies to one side, so that it always has one point for each place.
    const from = Math.min(Math.max(0, at - (period >> 1)), count - period);
    return ((sums[from + period] ?? 0) - (sums[from] ?? 0)) / period;
  });
  const places = Array.from({ length: period }, (_, place) => {
    const free: number[] = [];
    for (let at = place; at < count; at += period) free.push((all[at] ?? 0) - (trend[at] ?? 0));
    return medianOf(free);
  });
  const middle = places.reduce((sum, value) => sum + value, 0) / period;
  const season = all.map((_, at) => (places[at % period] ?? 0) - middle);
  return { trend, season, residual: all.map((value, at) => value - (trend[at] ?? 0) - (season[at] ?? 0)) };
}

/** The usual values before a time, and the expected values after it. */
export type Expectation = Readonly<{
  at(us: number): number;
  /** The usual distance from the expected value, as a standard deviation. */
  deviation: number;
  /** The level of the hour before, without the daily pattern. */
  level: number;
  /** It includes a daily pattern. */
  isSeasonal: boolean;
}>;

/** In days back; the same day of the last week is often the most similar. */
const EARLIER_DAYS = [1, 2, 3, 4, 5, 6, 7];
/** Fewer points do not show a level. */
const FEWEST = 3;

/** From the points before `fromUs`; undefined where the last hour has too few. */
export function expectationAt(points: Points, fromUs: number): Expectation | undefined {
  const recent = pointsBetween(points, fromUs - HOUR_US, fromUs);
  if (recent.values.length < FEWEST) return undefined;
  const season = wholeDays(points, fromUs) ?? sameTimeOfEarlierDays(points, fromUs);
  if (season === undefined) {
    const level = medianOf(recent.values);
    return { at: () => level, deviation: deviationOf(recent.values), level, isSeasonal: false };
  }
  const left = Array.from(recent.values, (value, at) => value - season.added(recent.atUs[at] ?? 0));
  const level = medianOf(left);
  const deviation = Math.max(deviationOf(left), season.deviation);
  return { at: (us) => level + season.added(us), deviation, level, isSeasonal: true };
}

/** What the daily pattern adds to the level, and how much days differ in it. */
type Season = Readonly<{ added(us: number): number; deviation: number }>;

/** Limits the cost: more points per day give no better pattern. */
const MOST_OF_A_DAY = 2_880;

/** By decomposition; needs two days without a large hole. */
function wholeDays(points: Points, fromUs: number): Season | undefined {
  const before = pointsBetween(points, fromUs - 8 * DAY_US, fromUs);
  const times = Array.from(before.atUs);
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  if (last - first < 2 * DAY_US) return undefined;
  const step = (last - first) / Math.max(1, times.length - 1);
  const period = Math.round(DAY_US / step);
  const largest = times.slice(1).reduce((most, us, at) => Math.max(most, us - (times[at] ?? us)), 0);
  if (period > MOST_OF_A_DAY || largest > LARGEST_HOLE_US) return undefined;
  const stepUs = DAY_US / period;
  const parts = decomposed(onGrid(before, stepUs), period);
  if (parts === undefined) return undefined;
  const placeOf = (us: number) => ((Math.round((us - first) / stepUs) % period) + period) % period;
  return { added: (us) => parts.season[placeOf(us)] ?? 0, deviation: deviationOf(parts.residual) };
}

/** Failed scrapes or a restart of the store leave smaller holes. */
const LARGEST_HOLE_US = HOUR_US;

/** Evenly spaced: at each time the last value before it. */
function onGrid({ atUs, values }: Points, stepUs: number): Float64Array {
  const first = atUs[0] ?? 0;
  const count = Math.floor(((atUs[atUs.length - 1] ?? 0) - first) / stepUs) + 1;
  let place = 0;
  return Float64Array.from({ length: count }, (_, at) => {
    const us = first + (at + 0.5) * stepUs;
    while (place + 1 < atUs.length && (atUs[place + 1] ?? 0) <= us) place += 1;
    return values[place] ?? 0;
  });
}

/** From pieces of other days: how far each rose above its own hour before. */
function sameTimeOfEarlierDays(points: Points, fromUs: number): Season | undefined {
  const days = EARLIER_DAYS.flatMap((day) => earlierDay(points, fromUs, day * DAY_US));
  if (days.length === 0) return undefined;
  const added = (us: number) => {
    const all = days.flatMap((day) => {
      const value = day.near(us);
      return value === undefined ? [] : [value - day.level];
    });
    return all.length === 0 ? 0 : medianOf(all);
  };
  return { added, deviation: medianOf(days.map(({ deviation }) => deviation)) };
}

type EarlierDay = Readonly<{ level: number; deviation: number; near(us: number): number | undefined }>;

function earlierDay(points: Points, fromUs: number, agoUs: number): EarlierDay[] {
  const before = pointsBetween(points, fromUs - agoUs - HOUR_US, fromUs - agoUs);
  const after = pointsBetween(points, fromUs - agoUs, fromUs - agoUs + HOUR_US);
  if (before.values.length < FEWEST || after.values.length === 0) return [];
  const times = Array.from(after.atUs);
  const step = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  const nearUs = Math.max(step * 2, MINUTE_US);
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
