/**
 * The head of a message in a line of text: times, a level, a thread, a logger. Recognised by its form, piece by piece.
 *
 *   2026-11-20 06:25:23,500 ERROR [main] c.e.Orders - no stock
 *   ╰──────── time ───────╯ level ╰ tag ╯ ╰ logger ─╯ ╰ message
 *
 *   E1120 06:25:23.500123       1 orders.go:42] no stock         klog
 *   <11>Nov 20 06:25:23 web-1 orders[42]: no stock               syslog
 *   E, [2026-11-20T06:25:23.500123 #17] ERROR -- : no stock       Ruby
 *   orders-7d9f8b6c5d-x2x4z orders@7.3.2 2026-11-20T06:25:23Z …   a pod, a version, then one of the others
 *   17:M 20 Nov 2026 06:25:23.500 # no memory                     Redis
 *   [2026-11-20T06:25:23.5+00:00] app.ERROR: no stock             Monolog and others: `level-marks.ts`
 *   06:25:23.500 request_id=7 [error] no stock                   Elixir
 *   10.0.3.7 - - [20/Nov/2026:06:25:23 +0000] "GET / HTTP/1.1" 200 …    of a web server: its request is the message
 */

import { levelMarkAt, levelOfTag } from '#model/logs/level-marks.ts';
import { byPriority, logLevel } from '#model/logs/log-level.ts';
import { type LogTime, logTimeAt } from '#model/logs/log-time.ts';

export type LogHead = Readonly<{
  /** The position after it. */
  end: number;
  time: LogTime | undefined;
  /** Canonical; empty where there is none. */
  level: string;
  /** The program, in syslog. */
  service: string;
}>;

/** `time` is the time at the beginning of the text. */
export function logHead(text: string, time = logTimeAt(text, 0)): LogHead {
  return (
    klogHead(text) ??
    syslogHead(text, time) ??
    (time === undefined ? (redisHead(text) ?? rubyHead(text)) : elixirHead(text, time)) ??
    textHead(text, time, time === undefined ? beforeTime(text) : 0)
  );
}

const KLOG =
  /(?<letter>[IWEF])(?<month>\d{2})(?<day>\d{2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})\.(?<fraction>\d{1,9}) {1,12}\d{1,10} [\w./-]{1,200}:\d{1,7}\] ?/y;

/** CockroachDB adds the year, and a mark, tags and a counter behind the file. */
const COCKROACH =
  /(?<letter>[IWEF])(?<year>\d{2})(?<month>\d{2})(?<day>\d{2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})\.(?<fraction>\d{1,9}) \d{1,10} (?:\d{1,3}@)?[\w./-]{1,200}:\d{1,7} (?:⋮ )?(?:\[[^\]\n]{0,200}\] {1,2})?(?:\d{1,10} {1,4})?/y;

function klogHead(text: string): LogHead | undefined {
  if (!isDigit(text.charCodeAt(1))) return undefined;
  const found = matched(KLOG, text, 0) ?? matched(COCKROACH, text, 0);
  if (found?.groups === undefined) return undefined;
  const end = found[0].length;
  const { letter = '', year, month, day, hour, minute, second, fraction = '' } = found.groups;
  const time = {
    end,
    year: year === undefined ? 0 : 2_000 + Number(year),
    month: Number(month),
    day: Number(day),
    secondOfDay: Number(hour) * 3_600 + Number(minute) * 60 + Number(second),
    nanosecond: Number(fraction.padEnd(9, '0')),
    offsetSeconds: undefined,
  };
  return { end, time, level: logLevel(letter), service: '' };
}

const PRIORITY = /<(\d{1,3})>/y;
/** RFC 5424: version, time, host, program, process, message id; then structured data. */
const SYSLOG_5424 =
  /1 (\S{1,40}) \S{1,255} (\S{1,48}) \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]\\]|\\.){0,2000}\]){1,8}) ?\ufeff?/y;
/** RFC 3164, after the time: host, program, process. */
const SYSLOG_3164 = / (?:[\w.-]{1,255} )?([\w./-]{1,48})(?:\[\d{1,10}\])?: /y;

function syslogHead(text: string, first: LogTime | undefined): LogHead | undefined {
  const priority = text.charCodeAt(0) === LESS_THAN ? matched(PRIORITY, text, 0) : undefined;
  const from = priority === undefined ? 0 : PRIORITY.lastIndex;
  const level = byPriority(priority?.[1]);
  const newer = priority && matched(SYSLOG_5424, text, from);
  if (newer) {
    const end = SYSLOG_5424.lastIndex;
    return { end, time: logTimeAt(newer[1] ?? '', 0), level, service: newer[2] === '-' ? '' : (newer[2] ?? '') };
  }
  const time = from === 0 ? first : logTimeAt(text, from);
  if (time === undefined || (priority === undefined && time.year !== 0)) return undefined;
  const older = matched(SYSLOG_3164, text, time.end);
  return older && { end: SYSLOG_3164.lastIndex, time, level, service: older[1] ?? '' };
}

/** Process, role, time, level. */
const REDIS = /\d{1,10}:[A-Z] (?=\d{1,2} [A-Z][a-z]{2} \d{4} )/y;
const REDIS_LEVELS: Readonly<Record<string, string>> = { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warn' };

function redisHead(text: string): LogHead | undefined {
  if (!isDigit(text.charCodeAt(0)) || !isAt(REDIS, text, 0)) return undefined;
  const time = logTimeAt(text, REDIS.lastIndex);
  const level = time && REDIS_LEVELS[text.charAt(time.end + 1)];
  return time && level !== undefined ? { end: time.end + 2, time, level, service: '' } : undefined;
}

/** The first letter of the level, time and process, level, program. */
const RUBY = /[A-Z], \[([^\]\n#]{10,40}) #\d{1,10}\] {1,3}([A-Z]{3,7}) -- [\w./-]{0,100}: /y;

function rubyHead(text: string): LogHead | undefined {
  const found = text.charCodeAt(1) === COMMA ? matched(RUBY, text, 0) : undefined;
  const time = found && logTimeAt(found[1] ?? '', 0);
  const end = RUBY.lastIndex;
  return time && { end, time: { ...time, end }, level: logLevel(found?.[2] ?? ''), service: '' };
}

/** Metadata and the level, after the time. https://hexdocs.pm/logger/Logger.Formatter.html */
const ELIXIR = /(?: [a-z][\w.]{0,60}=[^\s[\]]{1,200}){1,12} \[([a-z]{4,9})\] /y;

function elixirHead(text: string, time: LogTime): LogHead | undefined {
  const level = logLevel(matched(ELIXIR, text, time.end)?.[1] ?? '');
  return level === '' ? undefined : { end: ELIXIR.lastIndex, time, level, service: '' };
}

/** A pod of a Deployment or a StatefulSet, and perhaps the name and version of its program. */
const POD = /[a-z][a-z\d-]{0,200}-(?:[a-z\d]{6,10}-[a-z\d]{5}|\d{1,4}) (?:[\w./-]{1,100}@[\w.+-]{1,60} )?(?=\d{4}-)/y;

/** NATS puts its process before the time. */
const PROCESS_TAG = /\[\d{1,10}\] (?=\d{4}[-/]\d{2}[-/])/y;

/** The end of the pod's name, or the process, before a time; 0 without one. */
function beforeTime(text: string): number {
  const pattern = text.charCodeAt(0) === OPEN_BRACKET ? PROCESS_TAG : POD;
  if (!isAt(pattern, text, 0)) return 0;
  const end = pattern.lastIndex;
  return logTimeAt(text, end) === undefined ? 0 : end;
}

type Reading = { end: number; time: LogTime | undefined; level: string };

/** Any other head: piece by piece from `from` on, until something is no known piece. */
function textHead(text: string, first: LogTime | undefined, from: number): LogHead {
  const head: Reading = { end: from, time: undefined, level: '' };
  for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
    const next = pieceEnd(text, head, first);
    if (next === head.end) break;
    head.end = next;
  }
  const isHead = head.time !== undefined || head.level !== '';
  return { ...head, end: isHead && head.end < text.length ? head.end : 0, service: '' };
}

/** Twice the pieces of the longest known heads with their separators. */
const MOST_PIECES = 24;

const SEPARATORS = /(?:[ \t]|[|:]|-{1,3}(?=[ \t])|–(?= ))+/y;
/** A time, a level, a thread, an id in brackets. */
const TAG = /\[ ?([^\][\n]{0,90}?) ?\](?!\w)/y;
const WORD = /[A-Za-z]{1,13}(?![\w/.@-])/y;
/** After a time or a level: the logger and the place. */
const PROCESS = /\d{1,10}(?:#\d{1,10}: (?:\*\d{1,12} )?|(?= +(?:---|\[)))/y;
const CALLER = /[\w./-]{1,100}\.(?:[a-z]{1,5}|[A-Z][\w$]{0,60}):\d{1,7}:?(?=\s|$)/y;
const LOGGER = /[A-Za-z_$][\w$./-]{0,100}(?:\[\d{1,10}\](?=\n|:))?(?= - | {0,40}: |\n)/y;
const BASIC_LOGGER = /[A-Za-z_][\w.]{0,100}:(?=\S)/y;
const FAILURE_NAME = /(?:exception|error|failure|timeout|fault|panic|abort|warning)$/i;

function pieceEnd(text: string, head: Reading, first: LogTime | undefined): number {
  const { end } = head;
  const code = text.charCodeAt(end);
  const isHead = head.time !== undefined || head.level !== '';
  if ((isHead || code === SPACE) && separates(code) && isAt(SEPARATORS, text, end)) return SEPARATORS.lastIndex;
  const time = head.time === undefined ? timeAt(text, end, first) : undefined;
  if (time !== undefined) {
    head.time = time;
    return time.end;
  }
  const tag =
    code === OPEN_BRACKET && levelMarkAt(text, end, false) === undefined ? matched(TAG, text, end) : undefined;
  if (tag) return tagEnd(tag[1] ?? '', TAG.lastIndex, head);
  const level = head.level === '' ? levelPiece(text, head, code) : end;
  if (level > end) return level;
  return isHead ? placeEnd(text, end, code) : end;
}

/** The end after a level in any form but a tag. */
function levelPiece(text: string, head: Reading, code: number): number {
  const mark = levelMarkAt(text, head.end, head.time !== undefined);
  if (mark === undefined) return isLetter(code) ? levelEnd(text, head) : head.end;
  head.level = mark.level;
  return mark.end;
}

function timeAt(text: string, at: number, first: LogTime | undefined): LogTime | undefined {
  return at === 0 ? first : logTimeAt(text, at);
}

/** First characters of `SEPARATORS`. */
function separates(code: number): boolean {
  return code === SPACE || code === TAB || code === PIPE || code === COLON || code === MINUS || code > 127;
}

/** The end after a level and the logger that Python appends to it; the end of the head where there is no logger. */
function levelEnd(text: string, head: Reading): number {
  const word = matched(WORD, text, head.end)?.[0];
  const end = WORD.lastIndex;
  if (word === undefined || !isLevelWord(word, text.charCodeAt(end), head)) return head.end;
  head.level = logLevel(word);
  return text.charCodeAt(end) === COLON && isAt(BASIC_LOGGER, text, end + 1) ? BASIC_LOGGER.lastIndex : end;
}

/** Before a level or a time, only a tag with one of them opens a head. */
function tagEnd(inner: string, end: number, head: Reading): number {
  const time = head.time === undefined ? logTimeAt(inner, 0) : undefined;
  const level = head.level === '' && inner.length > 1 ? logLevel(inner) || levelOfTag(inner, time?.end) : '';
  if (time) head.time = { ...time, end };
  if (level !== '') head.level = level;
  return head.time !== undefined || head.level !== '' ? end : head.end;
}

/** Node.js and Go name a fatal error like this: it is the message. */
const OF_RUNTIME: ReadonlySet<string> = new Set(['Error', 'panic']);

/** "error connecting to …" begins a sentence; `ERROR connecting`, `error: …` and a word after a time are levels. */
function isLevelWord(word: string, next: number, { time }: Reading): boolean {
  if (word.length < 3 || logLevel(word) === '' || (next === COLON && OF_RUNTIME.has(word))) return false;
  return word === word.toUpperCase() || time !== undefined || next === COLON || next === PIPE || next === TAB;
}

function placeEnd(text: string, at: number, code: number): number {
  if (isDigit(code) && isAt(PROCESS, text, at)) return PROCESS.lastIndex;
  // The character after the name narrows down the patterns to try.
  const nameEnd = endOfName(text, at);
  const behind = text.charCodeAt(nameEnd);
  const next = text.charCodeAt(nameEnd + 1);
  if (behind === COLON && isDigit(next) && isAt(CALLER, text, at)) return CALLER.lastIndex;
  const mayBeLogger = behind === SPACE ? next === MINUS || next === SPACE || next === COLON : ENDS_LOGGER.has(behind);
  const logger = mayBeLogger ? matched(LOGGER, text, at)?.[0] : undefined;
  if (logger === undefined || FAILURE_NAME.test(logger)) return at;
  const isNamed = /[.[$]/.test(logger) || text.charCodeAt(LOGGER.lastIndex) === SPACE;
  return isNamed ? LOGGER.lastIndex : at;
}

/** The end of a name of letters, digits and `_ $ . / -`. */
function endOfName(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); isDigit(code) || isLetter(code) || JOINS_NAME.has(code); ) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return at;
}

const JOINS_NAME: ReadonlySet<number> = new Set([...'_$./-'].map((char) => char.charCodeAt(0)));
const ENDS_LOGGER: ReadonlySet<number> = new Set([...':[\n'].map((char) => char.charCodeAt(0)));

const [TAB, SPACE, COMMA, MINUS, COLON, LESS_THAN, OPEN_BRACKET, PIPE] = [9, 32, 44, 45, 58, 60, 91, 124];

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** Its end is the pattern's `lastIndex`. */
function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
