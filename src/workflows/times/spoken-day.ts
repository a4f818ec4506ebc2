/**
 * Parses days as people write them, in English and in German: `yesterday`, `last Monday`, `2026-11-20`, `20.11.`, `Nov
 * 20`. Reads the day at the start of a text. `11/20` is rejected: half of the world reads it in the other order.
 */

/** `weekday`: the one that stands before a date, Sunday first. */
export type SpokenDay = Readonly<{ said: string; meaning: DayMeaning; weekday?: number }>;

/** Days are counted from the epoch. */
type DayMeaning = Readonly<
  | { kind: 'calendar'; day: number }
  | { kind: 'yearless'; month: number; dayOfMonth: number }
  | { kind: 'weekday'; weekday: number; which: 'last' | 'next' | 'nearest' }
  | { kind: 'from-today'; days: number }
>;

const MONTHS: readonly string[] = [
  'jan(?:uary|uar)?',
  'feb(?:ruary|ruar)?',
  'mar(?:ch)?|märz|mrz',
  'apr(?:il)?',
  'may|mai',
  'june?|juni',
  'july?|juli',
  'aug(?:ust)?',
  'sept?(?:ember)?',
  'oct(?:ober)?|okt(?:ober)?',
  'nov(?:ember)?',
  'dec(?:ember)?|dez(?:ember)?',
];

/** Sunday first, as in `Date`. */
const WEEKDAYS: readonly string[] = [
  'sun(?:day)?|sonntag',
  'mon(?:day)?|montag',
  'tue(?:s(?:day)?)?|dienstag',
  'wed(?:nesday)?|mittwoch',
  'thu(?:rs(?:day)?)?|donnerstag',
  'fri(?:day)?|freitag',
  'sat(?:urday)?|samstag|sonnabend',
];

const FROM_TODAY: readonly (readonly [words: string, days: number])[] = [
  ['(?:the )?day before yesterday|vorgestern', -2],
  ['yesterday|gestern', -1],
  ['today|heute', 0],
  ['tomorrow|morgen', 1],
  ['(?:the )?day after tomorrow|übermorgen', 2],
];

const WHICH: Readonly<Record<string, 'last' | 'next'>> = {
  last: 'last',
  letzten: 'last',
  next: 'next',
  nächsten: 'next',
};

const MONTH = `(?<month>${MONTHS.join('|')})`;
const YEAR = String.raw`(?:,?\s+(?<year>\d{4})\b)?`;
/** A name ends where the word ends: `Monday's` and `monday.com` are not days. */
const END = String.raw`(?![\p{L}\p{N}_'’]|\.\p{L})`;

const CALENDAR: readonly RegExp[] = [
  /^(?<year>\d{4})(?<sign>[-/.])(?<mo>\d{1,2})\k<sign>(?<day>\d{1,2})(?![\d/-]|\.\d)/u,
  // Nobody writes the month first with dots.
  /^(?<day>\d{1,2})\.\s?(?<mo>\d{1,2})\.(?:(?<year>\d{4}|\d{2})(?!\d))?(?!\d)/u,
  new RegExp(String.raw`^(?<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?${MONTH}${END}\.?${YEAR}`, 'iu'),
  new RegExp(String.raw`^${MONTH}\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?(?![\d.:])${YEAR}`, 'iu'),
];
const WEEKDAY = WEEKDAYS.map((names) => ({
  pattern: new RegExp(String.raw`^(?:(?<which>last|next|this|letzten|nächsten|diesen)\s+)?(?:${names})${END}`, 'iu'),
}));
const NAMED = FROM_TODAY.map(([words, days]) => ({ pattern: new RegExp(`^(?:${words})${END}`, 'iu'), days }));

/** The day at the start of a text; undefined if there is none, or an invalid one. */
export function readDay(text: string): SpokenDay | undefined {
  for (const { pattern, days } of NAMED) {
    const said = pattern.exec(text)?.[0];
    if (said !== undefined) return { said, meaning: { kind: 'from-today', days } };
  }
  for (const [weekday, { pattern }] of WEEKDAY.entries()) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const which = WHICH[match.groups?.which?.toLowerCase() ?? ''] ?? 'nearest';
    const join = /^\.?,?\s+(?:the\s+|den\s+)?/i.exec(text.slice(match[0].length))?.[0];
    const date = join === undefined ? undefined : readDate(text.slice(match[0].length + join.length));
    if (date !== undefined) return { ...date, said: `${match[0]}${join}${date.said}`, weekday };
    return { said: match[0], meaning: { kind: 'weekday', weekday, which } };
  }
  return readDate(text);
}

function readDate(text: string): SpokenDay | undefined {
  for (const pattern of CALENDAR) {
    const match = pattern.exec(text);
    const meaning = match === null ? undefined : calendarDay(match.groups ?? {});
    if (match !== null && meaning !== undefined) return { said: match[0], meaning };
  }
  return undefined;
}

/** False if the weekday before a date is another one: `Friday 2026-11-21`. */
export function isWeekdayOf({ weekday }: SpokenDay, day: number): boolean {
  return weekday === undefined || weekday === weekdayOf(day);
}

/** The intended day. If several fit (a weekday, a day without its year), the last one up to today. */
export function pastDay(day: SpokenDay, today: number): number {
  return dayMeant(day, today, -1);
}

/** The same, but the first one from today on. */
export function comingDay(day: SpokenDay, today: number): number {
  return dayMeant(day, today, 1);
}

function dayMeant({ meaning }: SpokenDay, today: number, step: 1 | -1): number {
  switch (meaning.kind) {
    case 'calendar':
      return meaning.day;
    case 'from-today':
      return today + meaning.days;
    case 'weekday': {
      const away = ((meaning.weekday - weekdayOf(today)) * step + 7) % 7;
      if (meaning.which === (step === 1 ? 'last' : 'next')) return today + step * (away - 7);
      return today + step * (meaning.which !== 'nearest' && away === 0 ? 7 : away);
    }
    case 'yearless':
      return nearestYear(meaning, today, step);
  }
}

/** `2026-11-20` */
export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Undefined for an invalid day: `Date` takes the 31st of February for the 3rd of March. */
export function dayOf(year: number, month: number, dayOfMonth: number): number | undefined {
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  const isThere = date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth && year >= FIRST_YEAR;
  return isThere ? date.getTime() / DAY_MS : undefined;
}

const DAY_MS = 86_400_000;
/** The year of the epoch: earlier times cannot be stored. */
const FIRST_YEAR = 1970;

function calendarDay({ year, mo, month, day }: Readonly<Record<string, string | undefined>>): DayMeaning | undefined {
  const number = month === undefined ? Number(mo) : monthNamed(month);
  const dayOfMonth = Number(day);
  if (year === undefined) {
    // In a leap year, so that the 29th of February is valid.
    return dayOf(2000, number, dayOfMonth) === undefined ? undefined : { kind: 'yearless', month: number, dayOfMonth };
  }
  const found = dayOf(year.length === 2 ? 2000 + Number(year) : Number(year), number, dayOfMonth);
  return found === undefined ? undefined : { kind: 'calendar', day: found };
}

function monthNamed(name: string): number {
  return MONTHS.findIndex((names) => new RegExp(`^(?:${names})$`, 'iu').test(name)) + 1;
}

/** The first day of the epoch was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Leap days come every four years, or after eight. */
function nearestYear(
  { month, dayOfMonth }: Readonly<{ month: number; dayOfMonth: number }>,
  today: number,
  step: 1 | -1,
): number {
  const year = Number(isoDay(today).slice(0, 4));
  for (let away = 0; away <= 8; away++) {
    const day = dayOf(year + away * step, month, dayOfMonth);
    if (day !== undefined && (day - today) * step >= 0) return day;
  }
  return today;
}
