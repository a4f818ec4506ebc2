/** The Gregorian calendar, where `Date` would read the clock and the zone of the machine. */

/**
 * The days from 1 January 1970 to that day. `month`: 1 to 12. Years that begin in March have the leap day at their end:
 * Howard Hinnant, `days_from_civil`, https://howardhinnant.github.io/date_algorithms.html
 */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - DAYS_BEFORE_EPOCH;
}

/** From 1 March of the year 0 to 1 January 1970. */
const DAYS_BEFORE_EPOCH = 719_468;
