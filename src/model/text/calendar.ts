/** The Gregorian calendar, where `Date` would read the clock and the zone of the machine. */
import { DAY_US } from '#core/time-units.ts';

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

/** `2026-12`, in UTC. `us`: microseconds since the epoch. Howard Hinnant, `civil_from_days`, as above. */
export function monthOf(us: number): string {
  const days = Math.floor(us / DAY_US) + DAYS_BEFORE_EPOCH;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return `${era * 400 + yearOfEra + (month <= 2 ? 1 : 0)}-${`${month}`.padStart(2, '0')}`;
}
