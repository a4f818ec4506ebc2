/** Parses a due day as people write it: `2026-12-01`, `1.12.`, `tomorrow`, `next Friday`, `in 2 weeks`. */
import { plainCharacters } from '#model/text/plain-characters.ts';
import { quotable } from '#present/slack/text.ts';
import type { Zone } from '#utilities/time-zone.ts';
import { NUMBER_WORDS, numberOf } from '#workflows/times/spoken-clock.ts';
import { comingDay, dayOf, isoDay, isWeekdayOf, readDay } from '#workflows/times/spoken-day.ts';
import { dayAt } from '#workflows/times/spoken-time.ts';

/**
 * The day as a date in the author's zone. If Slack does not tell the zone, the day has to be the same in all zones, and
 * it counts as past only when it is past in all of them.
 */
export function readDueDate(
  written: string,
  nowUs: number,
  own: Zone | undefined,
): Readonly<{ due: string } | { problem: string }> {
  const today = dayAt(nowUs, own ?? LAST_ZONE);
  const read = readDueDay(written, today);
  if ('problem' in read) return read;
  const due = isoDay(read.day);
  const first = own === undefined ? readDueDay(written, dayAt(nowUs, FIRST_ZONE)) : read;
  if (!('day' in first) || first.day !== read.day) {
    const unknown = `Slack does not tell me your time zone, so I do not know which day ${quotable(written)} is.`;
    return { problem: `${unknown} Write the date, such as ${due}.` };
  }
  return read.day < today
    ? { problem: `${due} has passed: today is ${isoDay(today)}. Choose today or a later day.` }
    : { due };
}

/** The time zones in which a day begins first and ends last. */
const FIRST_ZONE: Zone = { kind: 'offset', name: 'UTC+14', seconds: 14 * 3_600, otherwise: '' };
const LAST_ZONE: Zone = { kind: 'offset', name: 'UTC-12', seconds: -12 * 3_600, otherwise: '' };

/** Days are counted from the epoch; `today` is the author's. */
export function readDueDay(text: string, today: number): Readonly<{ day: number } | { problem: string }> {
  const typed = text.trim();
  const said = plainCharacters(typed.slice(0, LONGEST_DAY)).plain.trim();
  const day = typed.length > LONGEST_DAY ? undefined : (ahead(said, today) ?? named(said, today));
  return day === undefined || day > LAST_DAY ? { problem: unreadable(said) } : { day };
}

/** In characters: nobody writes a longer day. */
const LONGEST_DAY = 40;
/** The last day with a four-digit year: 9999-12-31. */
const LAST_DAY = 2_932_896;

function named(said: string, today: number): number | undefined {
  const bare = said.replace(/^(?:on|am)\s+/i, '');
  const day = readDay(bare);
  if (day === undefined || bare.slice(day.said.length).replace(/^[.!]/, '') !== '') return undefined;
  const found = comingDay(day, today);
  return isWeekdayOf(day, found) ? found : undefined;
}

/** `in 3 days`, `3 days from now` */
const AHEAD = new RegExp(
  String.raw`^(?<count>\d{1,4}|${NUMBER_WORDS})\s+(?:days?|tage?n?|(?<week>weeks?|wochen?)|(?<month>months?|monate?n?))$`,
  'iu',
);

function ahead(said: string, today: number): number | undefined {
  const length = said.replace(/^in\s|\sfrom\s(?:now|today)$/i, '');
  const { count = '', week, month } = (length === said ? null : AHEAD.exec(length.trim()))?.groups ?? {};
  if (count === '') return undefined;
  const size = numberOf(count);
  if (month !== undefined) return monthsLater(today, size);
  return today + size * (week === undefined ? 1 : 7);
}

/** The same day of a later month, or that month's last day. */
function monthsLater(today: number, count: number): number | undefined {
  const [year = 0, month = 0, dayOfMonth = 0] = isoDay(today).split('-').map(Number);
  const months = year * 12 + month - 1 + count;
  for (let day = dayOfMonth; day > 0; day--) {
    const found = dayOf(Math.floor(months / 12), (months % 12) + 1, day);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unreadable(said: string): string {
  return `I cannot read the day ${quotable(said)}. Write it as 2026-12-01, 1.12., tomorrow, next Friday or in 2 weeks.`;
}
