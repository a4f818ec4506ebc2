/**
 * A straight line through points: the median of the slopes between pairs of them (Theil and Sen), which tolerates up to
 * a quarter of outliers.
 */
import { deviationOf, medianOf } from '#model/stats/robust.ts';

export type Points = Readonly<{
  /** Microseconds since the epoch, rising. */
  atUs: ArrayLike<number>;
  values: ArrayLike<number>;
}>;

export type Trend = Readonly<{
  perSecond: number;
  /** The value of the line. */
  valueAt(us: number): number;
  /** The distance of the points from the line, as a standard deviation. */
  residual: number;
}>;

/** The number of pairs is quadratic: of more points than these, only every second, third … is used. */
const MOST_POINTS = 200;

/** Undefined for fewer than three points, or for points at one time. */
export function trendOf({ atUs, values }: Points): Trend | undefined {
  const every = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const times: number[] = [];
  const numbers: number[] = [];
  for (let at = 0; at < values.length; at += every) {
    times.push(atUs[at] ?? 0);
    numbers.push(values[at] ?? 0);
  }
  const slopes: number[] = [];
  for (const [at, us] of times.entries()) {
    for (let later = at + 1; later < times.length; later += 1) {
      const seconds = ((times[later] ?? us) - us) / 1e6;
      if (seconds > 0) slopes.push(((numbers[later] ?? 0) - (numbers[at] ?? 0)) / seconds);
    }
  }
  if (numbers.length < 3 || slopes.length === 0) return undefined;
  const perSecond = medianOf(slopes);
  const [origin = 0] = times;
  const intercept = medianOf(numbers.map((value, at) => value - (perSecond * ((times[at] ?? 0) - origin)) / 1e6));
  const valueAt = (us: number) => intercept + (perSecond * (us - origin)) / 1e6;
  return { perSecond, valueAt, residual: deviationOf(numbers.map((value, at) => value - valueAt(times[at] ?? 0))) };
}

/** The points in `[fromUs, toUs)`. */
export function pointsBetween({ atUs, values }: Points, fromUs: number, toUs: number): Points {
  const places = Array.from(atUs, (_, at) => at).filter((at) => (atUs[at] ?? 0) >= fromUs && (atUs[at] ?? 0) < toUs);
  return { atUs: places.map((at) => atUs[at] ?? 0), values: places.map((at) => values[at] ?? 0) };
}
