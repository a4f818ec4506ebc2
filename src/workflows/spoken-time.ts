/**
 * Parses when something happened, as people write it: `14:35` on their own clock, `yesterday at 9.30pm`, `20 min ago`,
 * an ISO 8601 instant. A clock time without a day means the last time that clock showed it, so `23:55` just after
 * midnight is yesterday.
 *
 *   14:35 restarted the pool           a time and a text
 *   yesterday restarted the pool       a day without its time: refused, because it was surely not now
 *   restarted 3 pods at 14:35          no time at the start: a text
 *
 * Not chrono-node: it finds dates in `sat down` and `March release`, reads `yesterday 25:00` as yesterday, and takes
 * 200 ms to load.
 */

import { quotable } from '#present/slack/text.ts';
import { instantOfWall, offsetAt, type Zone } from '#utilities/time-zone.ts';
import { beginsAsClock, type ClockTime, isCounted, type Led, readClock, readLength } from '#workflows/spoken-clock.ts';
import { pastDay, readDay, type SpokenDay } from '#workflows/spoken-day.ts';

export type SpokenTime = Readonly<
  | { kind: 'ago'; said: string; agoUs: number }
  | ({ kind: 'clock' } & ClockTime)
  /** `daysLater`: `last night` continues after midnight. */
  | ({ kind: 'day'; day: SpokenDay; daysLater: number } & ClockTime)
>;

/** `isYesterday`: it named no day, and the author's clock last showed it the day before. */
export type Resolved = Readonly<{ us: number; isYesterday: boolean } | { problem: string }>;

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const DAY_US = 24 * HOUR_US;
/** The author's clock may be ahead of ours by this much. */
const CLOCK_SLACK_US = 60 * SECOND_US;
/** A clock time that long ago more likely means one in the future. */
const LONGEST_AGO_US = 18 * HOUR_US;
/** In characters. Nobody writes a longer time; the text after it is not searched. */
const LONGEST_TIME = 80;

/** Splits the time off the start of a text. `problem`: the text starts with a time that cannot be read. */
export function splitTime(text: string): Readonly<{ when?: SpokenTime; rest: string; problem?: string }> {
  const trimmed = text.trim();
  if (NOW.test(trimmed)) return { rest: trimmed.replace(NOW, '') };
  const read = readTime(trimmed.slice(0, LONGEST_TIME), 'not');
  if (read === undefined) return { rest: trimmed };
  if ('problem' in read)
    return { rest: trimmed, problem: `${read.problem} If it is not a time, write \`now:\` before it.` };
  return { when: read.when, rest: trimmed.slice(read.length).replace(BETWEEN, '') };
}

/** `now: 14:35 was too late` is the way to write a text that starts with a time. */
const NOW = /^now\s*:\s*/i;
const BETWEEN = /^[,:;\]]*\s*(?:[-–—:]+(?=\s)\s*)?/;

/** The time at the start of a text whose word before it says that a time follows: `since`, `between`, `at`. */
export function readLeadingTime(
  text: string,
): Readonly<{ when: SpokenTime; rest: string } | { problem: string }> | undefined {
  const read = readTime(text.slice(0, LONGEST_TIME), 'word');
  return read === undefined || 'problem' in read ? read : { when: read.when, rest: text.slice(read.length).trim() };
}

/** A time on its own, as in a form's field or after an option. */
export function readWholeTime(text: string): SpokenTime | Readonly<{ problem: string }> {
  const said = text.trim();
  if (/^now$/i.test(said)) return { kind: 'ago', said, agoUs: 0 };
  const signed = /^-\s?(?<length>.*)$/.exec(said)?.groups?.length ?? '';
  const back = readLength(signed);
  if (back !== undefined && back.said === signed) return { kind: 'ago', said, agoUs: back.us };
  const bare = said.replace(SINCE, '');
  const read = said.length > LONGEST_TIME ? undefined : readTime(bare, 'word');
  if (read !== undefined && 'problem' in read) return read;
  return read?.length === bare.length ? read.when : { problem: unreadable(said) };
}

const SINCE = /^(?:since|from|seit)\s+/i;

/** `own`: the author's zone. `mayBeAhead`: the end of a window may be in the future; the time of a note may not. */
type Place = Readonly<{ nowUs: number; own: Zone; mayBeAhead?: boolean }>;

export function resolveTime(when: SpokenTime, { nowUs, own, mayBeAhead = false }: Place): Resolved {
  const zone = when.kind === 'ago' || when.zone === 'own' ? own : when.zone;
  const us = when.kind === 'ago' ? nowUs - when.agoUs : usOf(when, zone, nowUs);
  if (us < 0) return { problem: unreadable(when.said) };
  if (mayBeAhead) return { us, isYesterday: false };
  if (us > nowUs + CLOCK_SLACK_US || (when.kind === 'clock' && nowUs - us > LONGEST_AGO_US)) {
    const earlier = when.kind === 'clock' ? ' If you mean an earlier day, name it, such as yesterday 14:35.' : '';
    return { problem: `${quotable(when.said)} is in the future.${earlier}` };
  }
  const isYesterday = when.kind === 'clock' && dayAt(us, zone) < dayAt(nowUs, zone);
  return { us: Math.min(us, nowUs), isYesterday };
}

/** Also shown in forms, where Slack shows backticks literally. */
function unreadable(said: string): string {
  return `I cannot read the time ${quotable(said)}. Write it as 14:35 on your clock, yesterday 14:35, 20 min ago, or 2026-01-06T14:35Z.`;
}

type Read = Readonly<{ when: SpokenTime } | { problem: string }>;

/** `length`: of the parsed text, including the words before the time. */
type ReadTime = Readonly<{ when: SpokenTime; length: number } | { problem: string }>;

/** `led`: whether the text before it says that a time follows. */
function readTime(text: string, led: Led): ReadTime | undefined {
  const lead = LEAD.exec(text)?.[0] ?? '';
  const bare = text.slice(lead.length);
  const how = lead === '' ? led : 'word';
  const read = readAgo(bare) ?? readDayAndClock(bare, lead !== '') ?? readClockAndDay(bare, how);
  if (read === undefined) return unclearTime(bare, lead, how);
  if ('problem' in read) return read;
  const { when } = read;
  const length = lead.length + when.said.length;
  const behind = text.slice(length);
  // `14:10-14:20` looks like a clock that is 14:20 h behind UTC.
  if (UNTIL.test(behind) || (when.kind === 'clock' && /-\d\d:?\d\d$/.test(when.said))) {
    const said = quotable(when.said);
    return { problem: `${said} starts a time window. Name only its beginning here, and its end in the text.` };
  }
  return ENDS.test(behind) ? { when, length } : { problem: unreadable(firstWords(text)) };
}

const LEAD = /^(?:(?:at|on|um|am|gegen|around|about|approx\.?|ca\.?)\s+|[@~[]\s?)+/i;
const ENDS = /^(?:$|[\s,;)\]]|[:.](?!\d)|[-–—](?!\d))/;
const UNTIL = /^\s?(?:[-–—]|to|till?|until|bis)\s?\d{1,2}(?:[:.]\d{2}|\s?[ap]m\b)/i;

function readAgo(text: string): Read | undefined {
  const vor = /^vor\s+/i.exec(text)?.[0] ?? '';
  const length = readLength(text.slice(vor.length));
  const ago = length && (vor === '' ? /^\s?ago(?!\w)/i.exec(text.slice(length.said.length))?.[0] : '');
  if (length !== undefined && ago !== undefined) {
    return { when: { kind: 'ago', said: vor + length.said + ago, agoUs: length.us } };
  }
  const vague = VAGUE.exec(text)?.[0];
  return vague === undefined ? undefined : { problem: unreadable(vague) };
}

/** `a few minutes ago`, but not `a deploy 20 min ago broke it`. */
const VAGUE =
  /^(?:(?:an?\s+)?(?:few|couple|moments?|while|little|bit|long|some|several|many|half|quarter|(?:\d[\d.,]*\s?)?(?:second|sec|minute|min|hour|day|week)s?)(?:\s+(?:an?|and|of|half|time|while|(?:second|sec|minute|min|hour|day|week)s?))*\s+ago(?!\w)|vor\s+(?:kurzem|einigen|wenigen|ein paar)(?!\w))/i;

/** `yesterday at 10:00`, `Monday evening 9 pm`, `2026-01-06T14:35Z`. */
function readDayAndClock(text: string, isLed: boolean): Read | undefined {
  const named = readNamedDay(text);
  if (named === undefined) return undefined;
  const { day, isSure } = named;
  const part = PART.exec(text.slice(day.said.length))?.[0] ?? '';
  const hours = named.hours ?? hoursOf(part);
  const before = day.said + part;
  const join = JOIN.exec(text.slice(before.length))?.[0] ?? '';
  const clock =
    join === '' ? undefined : readClock(text.slice(before.length + join.length), join.trim() === '' ? 'word' : 'day');
  const daysLater = clock && daysLaterOf(clock.dayUs / HOUR_US, hours);
  if (clock !== undefined && daysLater !== undefined) {
    return { when: { ...clock, kind: 'day', said: before + join + clock.said, day, daysLater } };
  }
  if (!isSure && !isLed && clock === undefined) return undefined;
  const said = quotable(before);
  return { problem: `I find no time of day behind ${said}. Write it as yesterday 14:35 or 2026-01-06 14:35.` };
}

type Hours = 'any' | 'morning' | 'later' | 'night';
type NamedDay = Readonly<{ day: SpokenDay; hours?: Hours; isSure: boolean }>;

function readNamedDay(text: string): NamedDay | undefined {
  for (const { words, days, hours } of PART_DAYS) {
    const said = words.exec(text)?.[0];
    if (said === undefined) continue;
    return { day: { said, meaning: { kind: 'from-today', days } }, isSure: true, ...(hours && { hours }) };
  }
  const day = readDay(text);
  return day && { day, isSure: !NOT_SURELY.test(day.said) };
}

const PART_DAYS: readonly Readonly<{ words: RegExp; days: number; hours?: Hours }>[] = [
  { words: /^(?:last|letzte) (?:night|nacht)(?!\w)/i, days: -1, hours: 'night' },
  { words: /^last evening(?!\w)/i, days: -1, hours: 'later' },
  { words: /^tonight(?!\w)/i, days: 0, hours: 'later' },
  { words: /^this(?= (?:morning|afternoon|evening)(?!\w))/i, days: 0 },
];

/** `sat`, `sun`, `mon` are also ordinary words, `1.12.26` may be a version. */
const NOT_SURELY = /^(?:\p{L}{3,5}(?<!today|heute)|\d{1,2}\.\d{1,2}\.\d{2})$/iu;

const PART =
  /^\s(?:morning|forenoon|früh|morgen|vormittag|noon|afternoon|evening|mittag|nachmittag|abend|night|nacht)(?![\p{L}\d])/iu;
const JOIN = /^(?:T(?=\d)|,?\s+(?:(?:at|um|gegen|around|about)\s+|@\s?)?)/i;

function hoursOf(part: string): Hours {
  if (part === '') return 'any';
  if (/(?:^\smor|forenoon|früh|vormittag)/i.test(part)) return 'morning';
  return /nacht|night/i.test(part) ? 'night' : 'later';
}

/** Whether a clock time lies on that day or after its midnight; undefined if it fits neither. */
function daysLaterOf(hour: number, hours: Hours): number | undefined {
  if (hours === 'any' || (hours === 'morning' && hour < 12) || (hours === 'later' && hour >= 12)) return 0;
  if (hours !== 'night') return undefined;
  if (hour >= 18) return 0;
  return hour < 6 ? 1 : undefined;
}

/** `14:35`, `10:00 on Monday`, `9 pm yesterday`. */
function readClockAndDay(text: string, led: Led): Read | undefined {
  const clock = readClock(text, led) ?? readClock(text, 'day');
  if (clock === undefined) return undefined;
  const join = /^,?\s+(?:on\s+|am\s+)?/i.exec(text.slice(clock.said.length))?.[0] ?? '';
  const day = join === '' ? undefined : readDay(text.slice(clock.said.length + join.length));
  const isMeant = day !== undefined && (day.meaning.kind !== 'weekday' || join.trim().length > 1);
  if (isMeant) return { when: { ...clock, kind: 'day', said: clock.said + join + day.said, day, daysLater: 0 } };
  const alone = readClock(text, led);
  return alone && { when: { ...alone, kind: 'clock' } };
}

/** Text that starts with a time that cannot be read: the bot asks, and never takes it for a text of now. */
function unclearTime(bare: string, lead: string, led: Led): Readonly<{ problem: string }> | undefined {
  const said = firstWords(lead + bare);
  if (SLASHED.test(bare))
    return { problem: `I cannot tell the day from the month in ${quotable(said)}. Write it as 2026-01-06 14:35.` };
  const number = NUMBER.exec(bare);
  const hour = Number(number?.groups?.h ?? Number.NaN);
  const isHour = hour <= 24 && Number(number?.groups?.m ?? 0) <= 59 && !isCounted(bare.slice(number?.[0].length));
  const isAt = /^(?:at|um)\s/i.test(lead) || number?.groups?.m !== undefined;
  const looksLike = beginsAsClock(bare) || LIKE_TIMES.test(bare) || (isHour && isAt);
  return looksLike && led !== 'day' ? { problem: unreadable(said) } : undefined;
}

const SLASHED = /^\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4}(?!\d)|,?\s+(?:at\s+)?\d{1,2}:\d{2})/i;
const NUMBER = /^(?<h>\d{1,2})(?:\.(?<m>\d{2}))?(?![\w:]|\.\d)/;
const LIKE_TIMES =
  /^(?:\d{4}-\d{2}-\d{2}|-\d{1,4}(?:s|m|h|d|min)(?!\w)|(?:noon|midday|midnight|mittags?|mitternacht)(?!\w)|(?:half past|quarter (?:past|to)|halb|viertel (?:nach|vor))\s+\w+)/i;

function firstWords(text: string): string {
  return text.split(/\s+/, 3).join(' ');
}

function usOf(when: Exclude<SpokenTime, { kind: 'ago' }>, zone: Zone, nowUs: number): number {
  const nowWallUs = wallUsAt(nowUs + CLOCK_SLACK_US, zone);
  const today = Math.floor(nowWallUs / DAY_US);
  const day = when.kind === 'day' ? pastDay(when.day, today) + when.daysLater : today;
  const wallUs = day * DAY_US + when.dayUs;
  const meantUs = when.kind === 'clock' && wallUs > nowWallUs ? wallUs - DAY_US : wallUs;
  const { us, laterUs } = instantsUsOf(meantUs, zone);
  // When clocks are set back, they show some times twice: the last one counts.
  return laterUs <= nowUs + CLOCK_SLACK_US ? laterUs : us;
}

/** Days are counted from the epoch. */
export function dayAt(us: number, zone: Zone): number {
  return Math.floor(wallUsAt(us, zone) / DAY_US);
}

function wallUsAt(us: number, zone: Zone): number {
  return us + offsetAt(zone, Math.floor(us / SECOND_US)) * SECOND_US;
}

function instantsUsOf(wallUs: number, zone: Zone): Readonly<{ us: number; laterUs: number }> {
  const seconds = Math.floor(wallUs / SECOND_US);
  const { epochSeconds, later } = instantOfWall(zone, seconds);
  const restUs = wallUs - seconds * SECOND_US;
  return { us: epochSeconds * SECOND_US + restUs, laterUs: later * SECOND_US + restUs };
}
