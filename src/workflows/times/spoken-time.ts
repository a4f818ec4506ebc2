/**
 * Parses when something happened, as people write it: `14:35` on their own clock, `yesterday at 9.30pm`, `20 min ago`,
 * an ISO 8601 instant. A clock time without a day means the last time that clock showed it, so `23:55` just after
 * midnight is yesterday.
 *
 *   14:35 restarted the pool           a time and a text
 *   yesterday restarted the pool       a day without its time: refused, because it was surely not now
 *   10:00 PT restarted the pool        a time, and behind it a word that changes it: asked about
 *   restarted 3 pods at 14:35          no time at the start: a text
 *
 * docs/adr/022-typed-times-stay-own-code.md says why this is not chrono-node.
 */
import { isoFromUs } from '#core/clock.ts';
import { DAY_US, HOUR_US, SECOND_US } from '#core/time-units.ts';
import { plainCharacters } from '#model/text/plain-characters.ts';
import { quotable } from '#present/slack/text.ts';
import { instantOfWall, offsetAt, type Zone } from '#utilities/time-zone.ts';
import {
  beginsAsClock,
  type ClockTime,
  isCounted,
  type Led,
  NUMBER_WORDS,
  readClock,
  readLength,
  UNSURE_ZONE,
} from '#workflows/times/spoken-clock.ts';
import { isoDay, isWeekdayOf, pastDay, readDay, type SpokenDay } from '#workflows/times/spoken-day.ts';

export type SpokenTime = Readonly<
  /** `isDays`: it counts only days, so that its clock time is unknown. */
  | { kind: 'ago'; said: string; agoUs: number; isDays?: boolean }
  | ({ kind: 'clock' } & ClockTime)
  /** `daysLater`: `last night` continues after midnight. */
  | ({ kind: 'day'; day: SpokenDay; daysLater: number } & ClockTime)
>;

/** `isYesterday`: it named no day, and the author's clock last showed it the day before. */
export type Resolved = Readonly<{ us: number; isYesterday: boolean } | { problem: string }>;

const DAY_MS = DAY_US / 1_000;
/** The author's clock may be ahead of ours by this much. */
const CLOCK_SLACK_US = 60 * SECOND_US;
/** A clock time that long ago more likely means one in the future. */
const LONGEST_AGO_US = 18 * HOUR_US;
/** In characters. Nobody writes a longer time; the text after it is not searched. */
const LONGEST_TIME = 80;

/** Splits the time off the start of a text. `problem`: the text starts with a time that cannot be read. */
export function splitTime(text: string): Readonly<{ when?: SpokenTime; rest: string; problem?: string }> {
  const trimmed = text.trim();
  const { plain, end } = plainCharacters(trimmed.slice(0, LONGEST_TIME));
  const now = NOW.exec(plain)?.[0];
  if (now !== undefined) return { rest: trimmed.slice(end(now.length)) };
  const read = readTime(plain, 'not') ?? readDressed(plain);
  if (read === undefined) return { rest: trimmed };
  if ('problem' in read) {
    const otherwise =
      read.read === undefined
        ? 'If it is not a time, write `now:` before it.'
        : `If that is no part of the time, write a colon before it: ${quotable(read.read)}: text.`;
    return { rest: trimmed, problem: `${read.problem} ${otherwise}` };
  }
  return { when: read.when, rest: trimmed.slice(end(read.length)).replace(BETWEEN, '') };
}

/** `now: 14:35 was too late` is the way to write a text that starts with a time. */
const NOW = /^now\s*:\s*/i;
const BETWEEN = /^[,:;)\]*_`"'”“»]*\s*(?:[-–—:]+(?=\s)\s*)?/;

/** A line that somebody copied: `- 14:35 restarted`, `1. 14:35 restarted`, `*14:35* restarted`, `(14:35) restarted`. */
function readDressed(text: string): ReadTime | undefined {
  const bullet = BULLET.exec(text)?.[0] ?? '';
  const opened = OPENING.exec(text.slice(bullet.length))?.[0] ?? '';
  const before = bullet.length + opened.length;
  const read = before === 0 ? undefined : readTime(text.slice(before), 'not');
  if (read === undefined) return undefined;
  if ('problem' in read) return opened === '' ? read : undefined;
  const length = before + read.length;
  return opened === '' || CLOSING.test(text.slice(length)) ? { when: read.when, length } : undefined;
}

const BULLET = /^(?:[-–—•·▪*>]|\d{1,2}[.)])\s+/;
const OPENING = /^[(*_`"'“„«]{1,3}/;
const CLOSING = /^[)*_`"'”“»]/;

/** The time at the start of a text whose word before it says that a time follows: `since`, `between`, `at`. */
export function readLeadingTime(
  text: string,
): Readonly<{ when: SpokenTime; rest: string } | { problem: string; read?: string }> | undefined {
  const read = readTime(text.slice(0, LONGEST_TIME), 'word');
  return read === undefined || 'problem' in read ? read : { when: read.when, rest: text.slice(read.length).trim() };
}

/** A time on its own, as in a form's field or after an option. */
export function readWholeTime(text: string): SpokenTime | Readonly<{ problem: string }> {
  const typed = text.trim();
  const said = plainCharacters(typed.slice(0, LONGEST_TIME)).plain.trim();
  if (typed.length > LONGEST_TIME) return { problem: unreadable(said) };
  if (/^now$/i.test(said)) return { kind: 'ago', said, agoUs: 0 };
  const signed = /^-\s?(?<length>.*)$/.exec(said)?.groups?.length ?? '';
  const back = readLength(signed);
  if (back !== undefined && back.said === signed) return { kind: 'ago', said, agoUs: back.us };
  const bare = said.replace(SINCE, '');
  const read = readTime(bare, 'word');
  if (read !== undefined && 'problem' in read) return read;
  if (read === undefined) return { problem: unreadable(said) };
  const rest = bare.slice(read.length);
  return rest === '' ? read.when : { problem: partly(read.when.said, rest) };
}

const SINCE = /^(?:since|from|seit)\s+/i;

/** `own`: the author's zone. `mayBeAhead`: the end of a window may be in the future; the time of a note may not. */
type Place = Readonly<{ nowUs: number; own: Zone; mayBeAhead?: boolean }>;

export function resolveTime(when: SpokenTime, place: Place): Resolved {
  return when.kind === 'ago' ? resolveAgo(when, place) : resolveClock(when, place);
}

type Ago = Extract<SpokenTime, { kind: 'ago' }>;

function resolveAgo({ said, agoUs, isDays = false }: Ago, { nowUs, mayBeAhead = false }: Place): Resolved {
  const us = nowUs - agoUs;
  if (us < 0) return { problem: unreadable(said) };
  return isDays && !mayBeAhead ? { problem: noClock(said) } : { us, isYesterday: false };
}

function resolveClock(when: Exclude<SpokenTime, Ago>, { nowUs, own, mayBeAhead = false }: Place): Resolved {
  const zone = when.zone === 'own' ? own : when.zone;
  const placed = placedIn(zone, when, nowUs);
  if ('problem' in placed) return placed;
  const { us } = placed;
  if (us < 0) return { problem: unreadable(when.said) };
  // The command line takes the usual meaning of a zone in English logs.
  if (mayBeAhead) return { us, isYesterday: false };
  if (us > nowUs + CLOCK_SLACK_US || (when.kind === 'clock' && nowUs - us > LONGEST_AGO_US)) {
    const earlier = when.kind === 'clock' ? ' If you mean an earlier day, name it, such as yesterday 14:35.' : '';
    return { problem: `${quotable(when.said)} is in the future.${earlier}` };
  }
  if (isOtherZone(zone, own, us))
    return { problem: `${zone.otherwise}. Write ${quotable(when.said)} with an offset, such as 14:35-06:00.` };
  const isYesterday = when.kind === 'clock' && dayAt(us, zone) < dayAt(nowUs, zone);
  return { us: Math.min(us, nowUs), isYesterday };
}

/** Whether an abbreviation of several zones names another offset than the author's own. */
function isOtherZone(zone: Zone, own: Zone, us: number): boolean {
  const seconds = Math.floor(us / SECOND_US);
  return zone.otherwise !== '' && offsetAt(zone, seconds) !== offsetAt(own, seconds);
}

function partly(read: string, rest: string): string {
  const unread = quotable(firstWords(rest.replace(/^[\s,]+/, '')));
  return `I read ${quotable(read)}, but not ${unread} behind it. Write the time as yesterday 14:35 or 2026-01-06T14:35Z.`;
}

function noClock(said: string): string {
  return `I find no time of day behind ${quotable(said)}. Write it as yesterday 14:35 or 2026-01-06 14:35.`;
}

/** Also shown in forms, where Slack shows backticks literally. */
function unreadable(said: string): string {
  return `I cannot read the time ${quotable(said)}. Write it as 14:35 on your clock, yesterday 14:35, 20 min ago, or 2026-01-06T14:35Z.`;
}

type Read = Readonly<{ when: SpokenTime } | { problem: string }>;

/** `length`: of the parsed text, including the words before the time. `read`: the part of a time that could be read. */
type ReadTime = Readonly<{ when: SpokenTime; length: number } | { problem: string; read?: string }>;

/** `led`: whether the text before it says that a time follows. */
function readTime(text: string, led: Led): ReadTime | undefined {
  const lead = LEAD.exec(text)?.[0] ?? '';
  const bare = text.slice(lead.length);
  const how = lead === '' ? led : 'word';
  const read = readDayAndClock(bare, lead !== '') ?? readAgo(bare) ?? readClockAndDay(bare, how);
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
  if (!ENDS.test(behind)) return { problem: unreadable(firstWords(text)) };
  return isChangedBy(behind, when) ? { problem: partly(when.said, behind), read: when.said } : { when, length };
}

/** Whether the words behind a time belong to it: another time, a part of the day, a zone that is none of ours. */
function isChangedBy(behind: string, when: SpokenTime): boolean {
  const space = /^,?\s+/.exec(behind)?.[0];
  if (space === undefined) return false;
  const words = behind.slice(space.length);
  if (CHANGES.test(words) || (when.kind !== 'ago' && isPlacedBy(words))) return true;
  if (when.kind === 'day' && /^(?:19|20)\d\d(?![\w:])/.test(words) && !isCounted(words.slice(4))) return true;
  const bare = words.replace(LEAD, '');
  return (readDayAndClock(bare, false) ?? readAgo(bare) ?? readClockAndDay(bare, 'not')) !== undefined;
}

/** An offset, a zone or a day in brackets, `ago`, the end of a window: `14:35 +0200`, `14:35 (UTC)`, `1:30 ago`. */
function isPlacedBy(words: string): boolean {
  const offset = OFFSET.exec(words)?.[0];
  if (offset !== undefined && !isCounted(words.slice(offset.length))) return true;
  const bare = words.replace(/^[[(【]\s?/, '');
  const isBracketed = bare !== words && (ZONE_IN_BRACKETS.test(bare) || readDay(bare) !== undefined);
  return isBracketed || REGION.test(words) || /^ago(?![\w-])/i.test(words) || UNSURE_ZONE.test(words);
}

const OFFSET = /^(?:\+\s?\d{1,2}(?::?\d{2})?|-\d{2}:?\d{2})(?![\w:.-])/;
const ZONE_IN_BRACKETS =
  /^(?:UTC|GMT|Z|[A-Z]{2,4}T|[+-]\d{1,2}(?::?\d{2})?|[A-Z][a-z]+\/[A-Z]\w+)[^)\]】]{0,12}[)\]】]/i;
/** The names of zones in any case: iana.org/time-zones, the file `zone1970.tab`. */
const REGION =
  /^(?:africa|america|antarctica|arctic|asia|atlantic|australia|etc|europe|indian|pacific|us)\/[a-z][\w+-]{1,30}/i;

const CHANGES =
  /^(?:(?:(?:in|during) the |am |this |that )?(?:morning|afternoon|evening)|at (?:night|noon|midnight)|(?:or|oder) (?:two|three|zwei|drei|\d{1,2})|(?:and|und|&) \d{1,2}:\d{2}|the (?:day|night|week) (?:before|earlier)|(?:last|next|previous) (?:night|morning|evening|week|weekend|month|year))(?![\w'’-])/i;

const LEAD =
  /^(?:(?:at|on|um|am|gegen|around|about|approx(?:imately|\.)?|circa|ca\.?|roughly|exactly|precisely|nearly|almost|earlier(?:,|(?=\s+(?:today|this))))\s+|(?:time|when|zeit|wann|t)\s?[:=]\s?|[@~[]\s?)+/i;
const ENDS = /^(?:$|[\s,;)\]]|[:.](?!\d)|[-–—](?!\d)|[*_`"'”“»](?![\p{L}\d]))/u;
const UNTIL = /^\s?(?:[-–—]|\.{2,3}|…|to|till?|until|bis)\s?\d{1,2}(?:[:.]\d{2}|\s?[ap]m\b)/i;

function readAgo(text: string): Read | undefined {
  const ago = agoAt(text);
  if (ago !== undefined) {
    const { said, us: agoUs, isDays } = ago;
    return { when: { kind: 'ago', said, agoUs, ...(isDays && { isDays }) } };
  }
  const length = readLength(text)?.said;
  if (length !== undefined && BACK.test(text.slice(length.length))) return { problem: unreadable(firstWords(text)) };
  const words = text.split(/\s+/, MOST_AGO_WORDS);
  const isVor = /^vor$/i.test(words[0] ?? '');
  const at = isVor ? 3 : words.findIndex((word) => /^ago(?!\w)/i.test(word));
  const vague = words.slice(isVor ? 1 : 0, Math.max(at, 0));
  const isVague = vague.length > 0 && (isVor ? VOR.test(vague.join(' ')) : vague.every((word) => COUNTING.test(word)));
  return isVague ? { problem: unreadable(words.slice(0, at + 1).join(' ')) } : undefined;
}

function agoAt(text: string): Readonly<{ said: string; us: number; isDays: boolean }> | undefined {
  const vor = /^vor\s+(?:(?:ca\.?|etwa|ungefähr|rund)\s+)?/i.exec(text)?.[0] ?? '';
  const length = readLength(text.slice(vor.length));
  const ago = length && (vor === '' ? /^\s?ago(?!\w)/i.exec(text.slice(length.said.length))?.[0] : '');
  return length && ago !== undefined ? { ...length, said: vor + length.said + ago } : undefined;
}

/** `5 min back` may be before now, `5 min earlier` before something else. Both are not now. */
const BACK = /^\s(?:back|earlier)(?![\w-]|\s(?:to|and|than|on|in|up)\b)/i;
/** With `ago` itself. */
const MOST_AGO_WORDS = 8;
/** `a few minutes ago`, `2 or 3 hours ago`, but not `a deploy 20 min ago broke it`. */
const COUNTING = new RegExp(
  String.raw`^(?:[\d½¼¾][\d.,/½¼¾–-]{0,12}(?:s|m|h|d|w|min|sec|hrs?)?|${NUMBER_WORDS}|(?:thir|four|six|seven|eigh|nine)teen|sixty|few|couple|moments?|while|little|bit|long|some|several|many|half|quarter|and|or|so|to|of|(?:second|sec|minute|min|hour|hr|day|week|month|year)s?)$`,
  'i',
);
const VOR =
  /^(?:kurzem|langem|einigen?|wenigen|mehreren|ein paar|(?:\S{1,16} )?\S{1,16} (?:sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?)|\S{1,16} (?:monate?n?|jahre?n?))(?!\w)/i;

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
  return { problem: noClock(before) };
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
  if (day !== undefined) return { day, isSure: !NOT_SURELY.test(day.said) };
  const ago = agoAt(text);
  if (ago?.isDays !== true || ago.us % DAY_US !== 0) return undefined;
  // Without a clock time it may still be the beginning of a window.
  return { day: { said: ago.said, meaning: { kind: 'from-today', days: -ago.us / DAY_US } }, isSure: false };
}

const PART_DAYS: readonly Readonly<{ words: RegExp; days: number; hours?: Hours }>[] = [
  { words: /^(?:last|letzte) (?:night|nacht)(?![\w'’])/i, days: -1, hours: 'night' },
  { words: /^last evening(?![\w'’])/i, days: -1, hours: 'later' },
  { words: /^tonight(?![\w'’])/i, days: 0, hours: 'later' },
  { words: /^this(?= (?:morning|afternoon|evening)(?![\w'’]))/i, days: 0 },
];

/** `sat`, `sun`, `mon` are also ordinary words, `1.12.26` may be a version. */
const NOT_SURELY = /^(?:\p{L}{3,5}(?<!today|heute)|\d{1,2}\.\d{1,2}\.\d{2}|\d{4}\.\d{1,2}\.\d{1,2})$/iu;

const PART =
  /^\s(?:in the |am )?(?:morning|forenoon|früh|morgen|vormittag|noon|afternoon|evening|mittag|nachmittag|abend|night|nacht)(?![\p{L}\d])/iu;
const JOIN = /^(?:T(?=\d)|,?\s+(?:(?:at|um|gegen|around|about)\s+)?(?:[@~]\s?)?)/i;

function hoursOf(part: string): Hours {
  if (part === '') return 'any';
  if (/(?:\smor|forenoon|früh|vormittag)/i.test(part)) return 'morning';
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
  const isMeant =
    day !== undefined && (day.meaning.kind !== 'weekday' || day.meaning.which === 'last' || join.trim().length > 1);
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
  const looksLike = beginsAsClock(bare) || LIKE_TIMES.test(bare) || isLedElsewhere(bare) || (isHour && isAt);
  return looksLike && led !== 'day' ? { problem: unreadable(said) } : undefined;
}

/** Whether a word before a clock time says when it was, and cannot be read: `vers 14h35`, `maybe 14:35`. A period is a text. */
function isLedElsewhere(bare: string): boolean {
  const words = UNREAD_WORDS.exec(bare)?.[0] ?? '';
  const behind = bare.slice(words.length);
  if (words === '') return false;
  const day = readDayAndClock(behind, false);
  return CLOCK_BEHIND.test(behind) || agoAt(behind) !== undefined || (day !== undefined && 'when' in day);
}

/** Doubts, and words for a moment and for a day in languages that the bot does not read. */
const UNREAD_WORDS = new RegExp(
  `^(?:(?:${[
    '(?:just|shortly) (?:before|after)|just|shortly|maybe|perhaps|probably|possibly|some|yday|ystd|yest\\.?|kurz (?:vor|nach)|etwa|ungefähr',
    "à|a|vers|hier|aujourd['’]hui|les|las|el|hacia|ayer|hoy|às|as|ontem|hoje|alle|dalle|verso|ieri|oggi|om|rond|gisteren|vandaag",
    'o|około|wczoraj|dzisiaj|dziś|kl\\.?|klo|klockan|omkring|igår|idag|eilen|tänään|v|ve|včera|dnes|saat|dün|bugün',
    'в|около|примерно|вчера|сегодня|о|об|вчора|сьогодні|在|昨天|今天|昨日|今日|本日|어제|오늘',
  ].join('|')})\\s+){1,3}`,
  'iu',
);
const CLOCK_BEHIND = /^\d{1,2}(?:[:h]\d{2}|\s?[ap]m)(?![\w:.])/i;

const SLASHED = /^\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4}(?!\d)|,?\s+(?:at\s+)?\d{1,2}:\d{2})/i;
const NUMBER = /^(?<h>\d{1,2})(?:\.(?<m>\d{2}))?(?![\w:]|\.\d)/;
const LIKE_TIMES =
  /^(?:0\d[0-5]\d(?![\w.:-])|\d{1,2}(?::\d{2})?-?ish(?!\w)|(?:[a-z]{3,6}|\d{1,2}) past (?:\d{1,2}|[a-z]{3,6})(?!\w)|(?:the )?\d{1,2}(?:st|nd|rd|th),? (?:at )?\d{1,2}(?::\d{2}|\s?[ap]m)|(?:last|letzte) (?:week|weekend|month|year|woche)(?![\w'’-])|\d{4}-\d{2}-\d{2}|\d{4}-?W\d{2}|\d{8}T\d{4}|(?:(?:上午|下午|午前|午後|오전|오후)\s?)?\d{1,2}\s?[時时点點시]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:at )?\d{1,2}:\d{2}|-\d{1,4}(?:s|m|h|d|min)(?!\w)|(?:noon|midday|midnight|mittags?|mitternacht)(?!\w)|(?:the other (?:day|night|morning)|some ?time ago)(?![\w'’])|t[-+]\d{1,4}\s?(?:s|m|h|min)(?!\w)|(?:half past|quarter (?:past|to)|halb|viertel (?:nach|vor))\s+\w+)/i;

function firstWords(text: string): string {
  return text.split(/\s+/, 3).join(' ');
}

function placedIn(
  zone: Zone,
  when: Exclude<SpokenTime, Ago>,
  nowUs: number,
): Readonly<{ us: number } | { problem: string }> {
  const said = quotable(when.said);
  const nowWallUs = wallUsAt(nowUs + CLOCK_SLACK_US, zone);
  const today = Math.floor(nowWallUs / DAY_US);
  const named = when.kind === 'day' ? pastDay(when.day, today) : today;
  if (when.kind === 'day' && !isWeekdayOf(when.day, named)) {
    const weekday = new Date(named * DAY_MS).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
    return { problem: `${isoDay(named)} is a ${weekday}, not the day that ${said} names.` };
  }
  const wallUs = (named + (when.kind === 'day' ? when.daysLater : 0)) * DAY_US + when.dayUs;
  const meantUs = when.kind === 'clock' && wallUs > nowWallUs ? wallUs - DAY_US : wallUs;
  const { kind, us, laterUs } = instantsUsOf(meantUs, zone);
  if (kind === 'skipped') {
    const day = isoDay(Math.floor(meantUs / DAY_US));
    return { problem: `I cannot place ${said}: on ${day} the clock was set forward over it. Write the time in UTC.` };
  }
  if (kind === 'twice' && laterUs <= nowUs + CLOCK_SLACK_US) {
    const both = [us, laterUs].map((one) => `${isoFromUs(one).slice(0, 16)}Z`).join(' and ');
    return { problem: `The clock showed ${said} twice: at ${both}. Write one of them.` };
  }
  return { us };
}

/** Days are counted from the epoch. */
export function dayAt(us: number, zone: Zone): number {
  return Math.floor(wallUsAt(us, zone) / DAY_US);
}

function wallUsAt(us: number, zone: Zone): number {
  return us + offsetAt(zone, Math.floor(us / SECOND_US)) * SECOND_US;
}

function instantsUsOf(wallUs: number, zone: Zone) {
  const seconds = Math.floor(wallUs / SECOND_US);
  const { kind, epochSeconds, later } = instantOfWall(zone, seconds);
  const restUs = wallUs - seconds * SECOND_US;
  return { kind, us: epochSeconds * SECOND_US + restUs, laterUs: later * SECOND_US + restUs };
}
