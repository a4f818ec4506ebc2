/**
 * The text of a log line taken apart: JSON, logfmt, the common format of web servers, or text with something in front of
 * its message (`log-head.ts`), which may be one of the former. Linear in the text, of which the beginning is read.
 */
import { type LogHead, logHead } from '#model/logs/log-head.ts';
import { byPriority, byStatus } from '#model/logs/log-level.ts';
import { type LogRole, logName } from '#model/logs/log-names.ts';
import { type LogTime, logTimeAt } from '#model/logs/log-time.ts';
import { ecsEvent, serviceOfPlatform } from '#model/logs/platform-events.ts';
import { haproxyState } from '#model/trace/haproxy-states.ts';

export type LogText = Readonly<{
  /** The parts of a structured line; empty for any other. */
  parts: Readonly<Partial<Record<LogRole, string>>>;
  /** The message of a structured line, or its substitute; else the text after the head. */
  message: string;
  head: LogHead | undefined;
}>;

/** Only the beginning of a longer line is read. */
const MOST_READ = 65_536;

/** `time` is the time at its beginning, where that was read already. */
export function logText(text: string, time?: LogTime): LogText {
  const line = text.length > MOST_READ ? text.slice(0, MOST_READ) : text;
  const structured = structuredText(line, undefined) ?? accessText(line) ?? haproxyText(line);
  if (structured) return structured;
  const head = logHead(line, time);
  const message = head.end === 0 ? line : line.slice(head.end);
  const inside = head.end > 0 ? structuredText(message, head) : undefined;
  if (inside !== undefined) return inside;
  const service = serviceOfPlatform(line);
  return { parts: service === '' ? NO_PARTS : { service }, message: message.trim(), head };
}

/** For parsed JSON. */
export function objectText(object: object): LogText {
  const parts = { ...partsOfObject(object), ...ecsEvent(object) };
  return { parts, message: messageIn(parts) || listed(entriesOf(object)), head: undefined };
}

/** The fields of a JSON line, by their path: `kubernetes.pod_name`. None for any other line. */
export function fieldsIn(text: string): readonly (readonly [path: string, value: string])[] {
  const object = text.length <= MOST_READ && firstCode(text) === OPEN_BRACE ? parsedObject(text) : undefined;
  return object === undefined ? [] : entriesOf(object);
}

const NO_PARTS: LogText['parts'] = {};

type Parts = Partial<Record<LogRole, string>>;

function structuredText(text: string, head: LogHead | undefined): LogText | undefined {
  const start = firstCode(text);
  if (start === OPEN_BRACE) {
    const object = parsedObject(text);
    return object && { ...objectText(object), head };
  }
  if (!isLetter(start) || !LOGFMT.test(text)) return undefined;
  const pairs = logfmtPairs(text);
  const { parts, add } = collectParts();
  for (const [name, value] of pairs) add(name, value);
  const behind = parts.message === undefined ? BEHIND_PAIRS.exec(text)?.[1] : undefined;
  return { parts, message: behind?.trim() || messageIn(parts) || listed(pairs), head };
}

/** Erlang's and Elixir's loggers, and others with a pattern, write the message behind what they know of the request. */
const BEHIND_PAIRS =
  /^\s{0,8}(?:[A-Za-z_@][\w.@-]{0,60}=(?:"(?:[^"\\]|\\.){0,2000}"|[^\s"=]{0,2000}) {1,4}){1,30}([^\s=]{1,200} {1,4}[^\s=]{1,200}(?:\s.*)?)$/s;

/** The common format of web servers: the request is the message. */
function accessText(text: string): LogText | undefined {
  if (!text.includes('] "')) return undefined;
  const found = ACCESS.exec(text);
  if (found === null) return undefined;
  const [, when = '', method = '', path = '', status = ''] = found;
  const time = logTimeAt(when, 0);
  const head = { end: 0, time, level: byStatus(status) || 'info', service: '' };
  return { parts: { method, path, status }, message: `${method} ${path}`, head };
}

const ACCESS =
  /^\S{1,100} \S{1,100} [^[\n]{1,100} \[([^\]\n]{1,40})\] "([A-Z]{1,20}) ([^\s"]{1,2000})[^"\n]{0,200}" (\d{3}) /;

/**
 * The HTTP format of HAProxy. Its level is that of the status, its duration the last of five times, and its error what the
 * state of a failed request says.
 */
function haproxyText(text: string): LogText | undefined {
  if (!text.includes(' HTTP/')) return undefined;
  const groups: Readonly<Record<string, string | undefined>> = HAPROXY.exec(text)?.groups ?? {};
  const { when = '', backend = '', state = '', method = '', path = '', status = '', durationMs = '' } = groups;
  if (method === '') return undefined;
  const level = byStatus(status) || 'info';
  const says = level === 'error' ? haproxyState(state)?.says : undefined;
  const parts: Parts = { method, path, status, durationMs };
  if (says !== undefined) parts.errorText = `${says} of ${backend}`;
  return { parts, message: `${method} ${path}`, head: { end: 0, time: logTimeAt(when, 0), level, service: '' } };
}

/**
 * `[…] frontend backend/server 0/0/1/-1/201 504 218 - - sH-- 44/23/6/2/0 0/0 "POST /orders HTTP/1.1"`
 * https://docs.haproxy.org/3.2/configuration.html#8.2.3
 */
const HAPROXY =
  /\[(?<when>[\w/:.+-]{10,40})\] \S{1,100} (?<backend>[^\s/]{1,200})\/\S{1,200} -?\d{1,9}(?:\/-?\d{1,9}){3}\/\+?(?<durationMs>\d{1,9}) (?<status>\d{3}) \+?\d{1,15} \S{1,200} \S{1,200} (?<state>[A-Za-z-]{2,4}) \d[\d/+]{0,40} \d{1,9}\/\d{1,9} (?:\{[^}\n]{0,500}\} ){0,2}"(?<method>[A-Z]{1,20}) (?<path>[^\s"]{1,2000}) HTTP\//;

/** Without a message: the request of the line, else its error. */
function messageIn({ message, method, path, errorText }: Parts): string {
  const request = method === undefined || path === undefined ? undefined : `${method} ${path}`;
  return message ?? request ?? errorText ?? '';
}

/** Without a message: all fields in a fixed order, except for time, level and service. */
function listed(pairs: readonly Entry[]): string {
  return pairs
    .filter(([name]) => !BESIDE_MESSAGE.has(logName(name)?.role) && !OF_PROCESS.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
}

const BESIDE_MESSAGE: ReadonlySet<LogRole | undefined> = new Set([
  'time',
  'level',
  'service',
  'traceId',
  'spanId',
  'stack',
]);
const OF_PROCESS = /^@?(?:pid|hostname|host|thread|logger|caller|version|v|trace_?flags)$/i;

/** Two names deep, as in `error.type`; deeper ones are data. */
const DEEPEST = 3;
/** A line with more parts is no log line of a service. */
const MOST_PARTS = 500;

type Entry = readonly [path: string, value: string];
type Inside = readonly [prefix: string, object: object, depth: number];

/** Members by their path; a list only where it contains only texts, one line each. */
function eachEntry(object: object, take: (path: string, value: string) => void): void {
  const open: Inside[] = [['', object, 1]];
  for (let at = 0, left = MOST_PARTS; at < open.length && left > 0; at += 1) {
    const [prefix, inside, depth] = open[at] ?? ['', NO_PARTS, DEEPEST];
    const names = Object.keys(inside);
    for (const name of names.length > left ? names.slice(0, left) : names) {
      const value: unknown = Reflect.get(inside, name);
      const path = prefix + name;
      const text = textOf(value);
      if (text !== undefined) take(path, text);
      else if (isPlainObject(value) && depth < DEEPEST) open.push([`${path}.`, value, depth + 1]);
    }
    left -= names.length;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  return isTexts(value) ? value.join('\n') : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function partsOfObject(object: object): Parts {
  const collect = collectParts();
  eachEntry(object, collect.add);
  const { parts } = collect;
  if (parts.level !== undefined) return isOfGraylog(object) ? { ...parts, level: byPriority(parts.level) } : parts;
  const level = isOfSerilog(object) ? 'information' : levelOfMongo(object);
  return level === '' ? parts : { ...parts, level };
}

/** GELF, and Graylog's documents of it: the level is syslog's. https://go2docs.graylog.org/current/getting_in_log_data/gelf.html */
function isOfGraylog(object: object): boolean {
  return 'short_message' in object || 'gl2_message_id' in object;
}

/** Serilog's compact format: a line without a level is information. https://clef-json.org */
function isOfSerilog(object: object): boolean {
  return '@t' in object && ('@mt' in object || '@m' in object);
}

/** MongoDB's structured lines: `"s":"E"`; the first letter of a level, and the depth of one for debugging. */
function levelOfMongo(object: object): string {
  if (!('t' in object && 's' in object && 'c' in object && 'ctx' in object)) return '';
  return typeof object.s === 'string' ? object.s.slice(0, 1) : '';
}

function entriesOf(object: object): Entry[] {
  const entries: Entry[] = [];
  eachEntry(object, (path, value) => entries.push([path, value]));
  return entries;
}

function collectParts(): Readonly<{ parts: Parts; add(path: string, value: string): void }> {
  const parts: Parts = {};
  /** For parts with several names, the rank of the name in use. */
  const ranks: Partial<Record<LogRole, number>> = {};
  return {
    parts,
    add(path, value) {
      const name = value === '' ? undefined : logName(path);
      if (name === undefined || name.rank >= (ranks[name.role] ?? Number.POSITIVE_INFINITY)) return;
      parts[name.role] = value;
      ranks[name.role] = name.rank;
    },
  };
}

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Two pairs at the beginning identify the format. */
const LOGFMT =
  /^\s{0,8}[A-Za-z_@][\w.@-]{0,60}=(?:"(?:[^"\\]|\\.){0,2000}"|[^\s"]{0,2000}) {1,4}[A-Za-z_@][\w.@-]{0,60}=/;
/** Characters of a name; a name begins after any other character. */
const IN_NAME = /[\w.@/-]/;
const LONGEST_NAME = 101;

function logfmtPairs(text: string): Entry[] {
  const pairs: Entry[] = [];
  let from = 0;
  for (let equals = text.indexOf('='); equals >= 0 && pairs.length < MOST_PARTS; equals = text.indexOf('=', from)) {
    const name = nameBefore(text, equals, from);
    from = equals + 1;
    if (name === '') continue;
    const isQuoted = text.charCodeAt(from) === QUOTE;
    const end = isQuoted ? endOfQuoted(text, from + 1) : endOfBare(text, from);
    pairs.push([name, isQuoted ? unescaped(text.slice(from + 1, end)) : text.slice(from, end)]);
    from = isQuoted && text.charCodeAt(end) === QUOTE ? end + 1 : end;
  }
  return pairs;
}

/** Empty for anything but a name. */
function nameBefore(text: string, end: number, from: number): string {
  let at = end;
  while (at > from && end - at <= LONGEST_NAME && IN_NAME.test(text.charAt(at - 1))) at -= 1;
  return end - at <= LONGEST_NAME && isLetter(text.charCodeAt(at)) ? text.slice(at, end) : '';
}

function endOfQuoted(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return Math.min(at, text.length);
}

function endOfBare(text: string, from: number): number {
  BARE.lastIndex = from;
  BARE.test(text);
  return BARE.lastIndex;
}

const BARE = /[^\s"]*/y;

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char) : text;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/**
 * The time of a structured line: in words, or since the epoch in seconds to nanoseconds, depending on the number of
 * digits.
 */
export function timeOfPart(value: string): LogTime | string | undefined {
  const number = /^(\d{9,19})(?:\.(\d{1,9})\d*)?$/.exec(value);
  if (number === null) return logTimeAt(value, 0);
  const [, whole = '', fraction = ''] = number;
  if (whole.length > 17) return whole;
  const digits = whole.length <= 11 ? 9 : whole.length <= 14 ? 6 : 3;
  return `${whole}${fraction.padEnd(digits, '0').slice(0, digits)}`;
}

const [QUOTE, BACKSLASH, OPEN_BRACE] = [34, 92, 123];

/** The first character that is no white space. */
function firstCode(text: string): number {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  return text.charCodeAt(at);
}

function isLetter(code: number): boolean {
  return (code >= 64 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}
