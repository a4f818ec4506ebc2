/** Parses a due day as people write it: `2026-12-01`, `1.12.`, `tomorrow`, `next Friday`, `in 2 weeks`. */
import { quotable } from '#present/slack/text.ts';
import { comingDay, dayOf, isoDay, readDay } from '#workflows/spoken-day.ts';

/** Days are counted from the epoch; `today` is the author's. */
export function readDueDay(text: string, today: number): Readonly<{ day: number } | { problem: string }> {
  const said = text.trim();
  const day = said.length > LONGEST_DAY ? undefined : (ahead(said, today) ?? named(said, today));
  return day === undefined || day > LAST_DAY ? { problem: unreadable(said) } : { day };
}

/** In characters: nobody writes a longer day. */
const LONGEST_DAY = 40;
/** The last day with a four-digit year: 9999-12-31. */
const LAST_DAY = 2_932_896;

function named(said: string, today: number): number | undefined {
  const bare = said.replace(/^(?:on|am)\s+/i, '');
  const day = readDay(bare);
  return day === undefined || bare.slice(day.said.length).replace(/^[.!]/, '') !== ''
    ? undefined
    : comingDay(day, today);
}

const IN =
  /^in\s+(?<count>\d{1,4}|an?|one|two|three|four|six|eine[mr]?|zwei|drei|vier|sechs)\s+(?:(?<day>days?|tage?n?)|(?<week>weeks?|wochen?)|(?<month>months?|monate?n?))$/i;
const COUNTS: Readonly<Record<string, number>> = {
  two: 2,
  zwei: 2,
  three: 3,
  drei: 3,
  four: 4,
  vier: 4,
  six: 6,
  sechs: 6,
};

function ahead(said: string, today: number): number | undefined {
  const { count = '', week, month } = IN.exec(said)?.groups ?? {};
  if (count === '') return undefined;
  const size = /^\d/.test(count) ? Number(count) : (COUNTS[count.toLowerCase()] ?? 1);
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
