/** Why a typed text is no instant, as a clause behind the text: `names a day that does not exist: 30 February`. */
import { plainCharacters } from '#model/text/plain-characters.ts';
import { NO_ZONE, readInstant } from '#utilities/instant.ts';
import { readSpan } from '#utilities/time-span.ts';
import { dayOf } from '#workflows/times/spoken-day.ts';
import { readWholeTime } from '#workflows/times/spoken-time.ts';

export function whyUnread(text: string): string {
  const said = plainCharacters(text.trim()).plain.trim();
  if (said === '') return 'is empty';
  const day = missingDay(said);
  if (day !== undefined) return `names a day that does not exist: ${day}`;
  const clock = CLOCK.exec(said);
  if (clock !== null && !isClock(clock.groups ?? {})) return `names a time that no clock shows: ${clock[0]}`;
  if (SLASHED.test(said)) return 'may mean two days: write the date as 2026-01-06';
  if (readSpan(said) !== undefined) return `is a duration: write -${said} or "${said} ago"`;
  if (clock === null && DATED.test(said)) return 'has no time of day';
  const logged = readInstant(said, { nowNs: 0n });
  if (logged?.notes.some((note) => note.startsWith(NO_ZONE))) return 'has no time zone';
  const read = readWholeTime(said);
  return 'problem' in read || read.kind === 'ago' || read.zone !== 'own' ? 'is not a time' : 'has no time zone';
}

const DATES: readonly RegExp[] = [
  /(?<!\d)(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?!\d)/,
  /(?<![\d.])(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.(?:(?<year>\d{4}|\d{2})(?!\d))?(?!\d)/,
  /(?<!\d)(?<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s/-](?<name>[a-z]{3})[a-z]{0,6}(?:[\s,./:-]+(?<year>\d{4})(?!\d))?/i,
  /(?<![a-z])(?<name>[a-z]{3})[a-z]{0,6}\.?\s(?<day>\d{1,2})(?:st|nd|rd|th)?(?!\d|:)(?:,?\s(?<year>\d{4})(?!\d))?/i,
];
const MONTHS: readonly string[] = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
/** Without a year, 29 February may exist. */
const LEAP_YEAR = 2024;

/** `30 February`, `29 February 2026`, `month 13`; undefined if the text names no day, or one that exists. */
function missingDay(said: string): string | undefined {
  for (const date of DATES) {
    const { year = '', month, name = '', day } = date.exec(said)?.groups ?? {};
    const at = month === undefined ? monthNamed(name) : Number(month);
    if (day === undefined || at === undefined) continue;
    const named = MONTHS[at - 1];
    if (named === undefined) return `month ${at}`;
    const fullYear = year === '' ? LEAP_YEAR : Number(year.padStart(4, '20'));
    if (dayOf(fullYear, at, Number(day)) !== undefined) return undefined;
    return dayOf(LEAP_YEAR, at, Number(day)) === undefined
      ? `${Number(day)} ${named}`
      : `${Number(day)} ${named} ${fullYear}`;
  }
  return undefined;
}

function monthNamed(name: string): number | undefined {
  const at = MONTHS.findIndex((month) => name !== '' && month.toLowerCase().startsWith(name.toLowerCase()));
  return at < 0 ? undefined : at + 1;
}

const CLOCK = /(?<![\d:+-])(?<h>\d{1,2}):(?<m>\d{2})(?::(?<s>\d{2}))?(?![\d:])/;

function isClock({ h, m, s = '0' }: Readonly<Record<string, string | undefined>>): boolean {
  return Number(h) <= 23 && Number(m) <= 59 && Number(s) <= 60;
}

/** Half of the world reads `01/06/2026` in the other order. */
const SLASHED = /(?<![\d/])\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})(?![\d/])/;
const DATED =
  /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\s?\d{1,2}\.(?:\d{2}|\d{4})?|\d{1,2}\.?\s[a-z]{3,9}\.?(?:,?\s\d{4})?|[a-z]{3,9}\.?\s\d{1,2}(?:,?\s\d{4})?|yesterday|today|gestern|heute)$/i;
