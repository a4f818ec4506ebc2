/** The time of a log line: incomplete times are completed, and counted. */

import { timeOfPart } from '#model/logs/log-text.ts';
import { type LogTime, nanosecondsOf, nanosecondsText } from '#model/logs/log-time.ts';

export type LogClock = Readonly<{
  /** Nanoseconds since the epoch, a decimal string; undefined for what is no time. */
  ofText(value: string): string | undefined;
  ofTime(time: LogTime): string;
  /** How many times had no zone, no year, no date. */
  left(): Readonly<{ zone: number; year: number; day: number }>;
}>;

const [SECONDS_A_DAY, DAYS_A_YEAR] = [86_400, 365.25];

/**
 * A time without a year or a date becomes the one nearest to `nearSeconds` since the epoch. A time without a zone
 * counts as UTC.
 */
export function logClock(nearSeconds: () => number): LogClock {
  const left = { zone: 0, year: 0, day: 0 };
  let near: number | undefined;

  const nearestTo = (candidatesAt: (day: number) => readonly string[]): string => {
    near ??= nearSeconds();
    const seconds = near;
    const distance = (ns: string) => Math.abs(Number(ns) / 1e9 - seconds);
    const candidates = candidatesAt(Math.floor(seconds / SECONDS_A_DAY));
    return candidates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  };
  const ofTime = (time: LogTime): string => {
    if (time.offsetSeconds === undefined) left.zone += 1;
    if (time.year > 0) return nanosecondsOf(time, time.year);
    if (time.year === 0) {
      left.year += 1;
      return nearestTo((day) => around(1970 + Math.floor(day / DAYS_A_YEAR)).map((year) => nanosecondsOf(time, year)));
    }
    left.day += 1;
    return nearestTo((day) => around(day).map((one) => nanosecondsOfDay(time, one)));
  };
  return {
    ofTime,
    ofText(value) {
      const time = timeOfPart(value);
      return typeof time === 'object' ? ofTime(time) : time;
    },
    left: () => left,
  };
}

function around(number: number): readonly number[] {
  return [number - 1, number, number + 1];
}

function nanosecondsOfDay({ secondOfDay, nanosecond, offsetSeconds = 0 }: LogTime, day: number): string {
  return nanosecondsText(day * SECONDS_A_DAY + secondOfDay - offsetSeconds, nanosecond);
}
