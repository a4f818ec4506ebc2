/**
 * Reads a time at a position of a log line. Each form has a bounded length, so a hostile text costs no more than an
 * honest one.
 *
 *  2026-11-20T06:25:23.5Z   2026-11-20 06:25:23,500 +01:00   2026/11/20 06:25:23   20261120T062523Z   2026-11-20
 *  2026.11.20 06:25:23.5   20/Nov/2026:06:25:23 +0000   20-Nov-2026 06:25:23.123   20.11.2026 06:25:23   Fri, 20 Nov 2026 06:25:23 GMT
 *  Nov 20 06:25:23   Fri Nov 20 06:25:23 2026   06:25:23.500
 */
import { daysSinceEpoch } from '#model/text/calendar.ts';

export type LogTime = Readonly<{
  /** The position after it in the text. */
  end: number;
  /** 0 where the text has no year; -1 where it has no day either. */
  year: number;
  /** 1 to 12, 1 to 31; 0 where there is no day. */
  month: number;
  day: number;
  secondOfDay: number;
  nanosecond: number;
  /** East of UTC; undefined where the text has no zone. */
  offsetSeconds: number | undefined;
}>;

/** The time that begins here; undefined where there is none. */
export function logTimeAt(text: string, at: number): LogTime | undefined {
  const first = text.charCodeAt(at);
  if (isDigit(first)) return timeOfDigits(text, at);
  return isLetter(first) ? timeOfName(text, at) : undefined;
}

/**
 * Nanoseconds since the epoch, a decimal string. A time without a zone counts as UTC, a time without a year as one of
 * `year`. `0` for a time before the epoch, or without a day.
 */
export function nanosecondsOf(time: LogTime, year: number): string {
  if (time.year < 0) return '0';
  const days = daysSinceEpoch(time.year || year, time.month, time.day);
  const seconds = days * 86_400 + time.secondOfDay - (time.offsetSeconds ?? 0);
  return nanosecondsText(seconds, time.nanosecond);
}

/** A million of these are kept at once, so each is one flat string. */
export function nanosecondsText(seconds: number, nanosecond: number): string {
  return seconds < 0 ? '0' : String(BigInt(seconds) * 1_000_000_000n + BigInt(nanosecond));
}

const CLOCK = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d{0,6})?)?`;
const ZONE = String.raw`(?: ?(Z\b|UTC\b|GMT\b|[+-]\d{2}(?::?\d{2})?(?![\d.:-])))?`;
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';

type Form = Readonly<{
  pattern: RegExp;
  /** The numbers of the groups; 0 for a missing one. Hour to zone follow each other from `hour`. */
  year: number;
  month: number;
  day: number;
  hour: number;
}>;

const ISO: Form = {
  pattern: new RegExp(String.raw`(\d{4})([-/])(\d{2})\2(\d{2})(?:[T _]${CLOCK}${ZONE})?(?!\d)`, 'y'),
  ...{ year: 1, month: 3, day: 4, hour: 5 },
};
const COMPACT: Form = {
  pattern: /(\d{4})(\d{2})(\d{2})[T ](\d{2})(\d{2})(\d{2})(?:[.,](\d{1,9}))?(Z\b|[+-]\d{2}:?\d{2}\b)?(?!\w)/y,
  ...{ year: 1, month: 2, day: 3, hour: 4 },
};
/** ClickHouse. A version may look like the day alone. */
const DOTTED_ISO: Form = {
  pattern: new RegExp(String.raw`(\d{4})\.(\d{2})\.(\d{2}) ${CLOCK}${ZONE}(?!\d)`, 'y'),
  ...{ year: 1, month: 2, day: 3, hour: 4 },
};
const NAMED_MONTH: Form = {
  pattern: new RegExp(String.raw`(\d{1,2})([-/ ])${MONTH}\2(\d{4})[: T]${CLOCK}${ZONE}(?!\d)`, 'y'),
  ...{ year: 4, month: 3, day: 1, hour: 5 },
};
const DOTTED: Form = {
  pattern: new RegExp(String.raw`(\d{2})\.(\d{2})\.(\d{4}) ${CLOCK}${ZONE}(?!\d)`, 'y'),
  ...{ year: 3, month: 2, day: 1, hour: 4 },
};
const CLOCK_ALONE: Form = {
  pattern: /(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d{0,6})?()(?![\d:])/y,
  ...{ year: 0, month: 0, day: 0, hour: 1 },
};
const SYSLOG: Form = {
  pattern: new RegExp(String.raw`${MONTH} {1,2}(\d{1,2}) ${CLOCK}(?: (UTC|GMT))?(?: (\d{4}))?(?!\d)`, 'y'),
  ...{ year: 8, month: 1, day: 2, hour: 3 },
};
/** With a comma the day of the month comes first; without one, the month. */
const WEEKDAY = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? /y;

/** One character shows that most numbers are no times; the patterns check the others. */
function timeOfDigits(text: string, at: number): LogTime | undefined {
  const third = text.charCodeAt(at + 2);
  if (third === COLON) return text.charCodeAt(at + 5) === COLON ? timeIn(CLOCK_ALONE, text, at) : undefined;
  if (third === DOT) return text.charCodeAt(at + 5) === DOT ? timeIn(DOTTED, text, at) : undefined;
  if (!isDigit(third))
    return isLetter(text.charCodeAt(at + 3)) || isLetter(third) ? timeIn(NAMED_MONTH, text, at) : undefined;
  return timeOfYear(text, at);
}

/** Behind the four digits of a year. */
function timeOfYear(text: string, at: number): LogTime | undefined {
  const fifth = text.charCodeAt(at + 4);
  if (isDigit(fifth)) return isDigit(text.charCodeAt(at + 8)) ? undefined : timeIn(COMPACT, text, at);
  if (fifth === DOT) return text.charCodeAt(at + 7) === DOT ? timeIn(DOTTED_ISO, text, at) : undefined;
  return fifth === MINUS || fifth === SLASH ? isoTime(text, at) : undefined;
}

/** `2026-11-20T06:25:23.5Z`, by far the most frequent form, without a pattern; any other form goes to the pattern. */
function isoTime(text: string, at: number): LogTime | undefined {
  const hour = twoDigits(text, at + 11);
  const minute = twoDigits(text, at + 14);
  const second = twoDigits(text, at + 17);
  const isPlain =
    text.charCodeAt(at + 10) === CAPITAL_T && text.charCodeAt(at + 13) === COLON && text.charCodeAt(at + 16) === COLON;
  if (!isPlain || !(hour < 24 && minute < 60 && second < 60)) return timeIn(ISO, text, at);
  let end = at + 19;
  let nanosecond = 0;
  if (text.charCodeAt(end) === DOT) {
    let scale = 100_000_000;
    for (end += 1; isDigit(text.charCodeAt(end)) && scale >= 1; end += 1, scale /= 10) {
      nanosecond += (text.charCodeAt(end) - ZERO) * scale;
    }
  }
  const year = twoDigits(text, at) * 100 + twoDigits(text, at + 2);
  const month = twoDigits(text, at + 5);
  const day = twoDigits(text, at + 8);
  const isDashed = text.charCodeAt(at + 4) === MINUS && text.charCodeAt(at + 7) === MINUS;
  if (text.charCodeAt(end) !== CAPITAL_Z || isWordAt(text, end + 1) || !isDashed || !isDay(year, month, day))
    return timeIn(ISO, text, at);
  const secondOfDay = hour * 3_600 + minute * 60 + second;
  return { end: end + 1, year, month, day, secondOfDay, nanosecond, offsetSeconds: 0 };
}

/** NaN for anything but two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN;
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isDigit(code) || isLetter(code) || code === UNDERSCORE;
}

const [ZERO, CAPITAL_T, CAPITAL_Z, UNDERSCORE] = [48, 84, 90, 95];

function timeOfName(text: string, at: number): LogTime | undefined {
  const fourth = text.charCodeAt(at + 3);
  if (fourth !== SPACE && fourth !== COMMA) return undefined;
  WEEKDAY.lastIndex = at;
  const from = WEEKDAY.test(text) ? WEEKDAY.lastIndex : at;
  return timeIn(isDigit(text.charCodeAt(from)) ? NAMED_MONTH : SYSLOG, text, from);
}

function timeIn({ pattern, year, month, day, hour }: Form, text: string, at: number): LogTime | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const number = (group: number): number => Number(found[group] ?? 0);
  const time = {
    end: pattern.lastIndex,
    year: year === 0 ? -1 : number(year),
    month: year === 0 ? 0 : monthOf(found[month] ?? ''),
    day: year === 0 ? 0 : number(day),
    secondOfDay: number(hour) * 3_600 + number(hour + 1) * 60 + number(hour + 2),
    nanosecond: Number((found[hour + 3] ?? '').padEnd(9, '0')),
    offsetSeconds: offsetOf(found[hour + 4]),
  };
  const isDate = time.year < 0 || isDay(time.year, time.month, time.day);
  return isDate && number(hour) < 24 && number(hour + 1) < 60 && number(hour + 2) <= 60 ? time : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthOf(text: string): number {
  return MONTHS.indexOf(text) + 1 || Number(text);
}

/** `Z`, `UTC`, `+01`, `+0100`, `+01:00`. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === '') return undefined;
  if (/^[A-Z]/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''));
  return (zone.startsWith('-') ? -60 : 60) * minutes;
}

const [SPACE, COMMA, MINUS, DOT, SLASH, COLON] = [32, 44, 45, 46, 47, 58];

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
