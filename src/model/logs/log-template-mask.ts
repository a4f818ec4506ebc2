/**
 * A log message without its variable parts. A placeholder keeps the kind of each:
 *
 *   <num> <hex> <uuid> <ip> <email> <time> <duration> <size> <id> <quoted> <query>
 *
 *   user "ann" paid 12.50 EUR for ord-81f9a2 from 10.0.3.7:4711 in 31 ms
 *   user <quoted> paid <num> EUR for ord-<id> from <ip>:<num> in <duration>
 *
 * - `<id>` is a word of letters and digits; where digits only end it, it keeps its letters (`worker<num>`).
 * - A number that is a code stays: after `status`, `code`, `errno` and the like it distinguishes two failures.
 * - `<quoted>` are one or two words in quotes. More are a sentence, and a name before a colon is a name: both stay.
 * - `<query>` is the part of an address after the question mark.
 * - Values of one kind in a row are one, so that lists of any length are equal.
 * Masking twice changes nothing. A hand-written scanner, linear in the text.
 */
import { logTimeAt } from '#model/logs/log-time.ts';

export function maskedText(text: string): string {
  return withoutQuoted(withoutValues(text));
}

/** A replacement found at a position: its mask, empty for a word that stays, and its end. */
type Value = Readonly<{ mask: string; end: number }>;

function withoutValues(text: string): string {
  const mayHaveEmail = text.includes('@');
  let masked = '';
  let kept = 0;
  const word = { from: 0, end: 0 };
  for (let at = 0; at < text.length; ) {
    const end = mayHaveEmail ? at : endOfPlainWord(text, at);
    if (end > at) {
      word.from = at;
      word.end = end;
      at = end;
      continue;
    }
    const value = (mayHaveEmail ? emailAt(text, at) : undefined) ?? valueAt(text, at, word);
    if (value === undefined) {
      at += 1;
      continue;
    }
    if (value.mask !== '') {
      masked += text.slice(kept, at) + value.mask;
      kept = value.end;
    }
    word.from = at;
    word.end = value.end;
    at = value.end;
  }
  return kept === 0 ? text : masked + text.slice(kept);
}

/** The end of a word of letters that cannot begin a value, which is most of a message. `from` where there is none. */
function endOfPlainWord(text: string, from: number): number {
  let end = from;
  while (isPlainLetter(text.charCodeAt(end))) end += 1;
  const code = text.charCodeAt(end);
  const length = end - from;
  if (isWord(code) || (code === MINUS && length === 8) || (code === COLON && length <= 4)) return from;
  const mayBeDay = length === 3 && BEGINS_NAMED_DAY.has(text.charCodeAt(from));
  return mayBeDay ? from : end;
}

/** The previous word: it may say what a number means. */
type Word = Readonly<{ from: number; end: number }>;

function valueAt(text: string, at: number, before: Word): Value | undefined {
  const code = text.charCodeAt(at);
  if (code === LESS_THAN) return matched(PLACEHOLDER, '', text, at);
  if (!isWord(code)) return behindMark(text, at, code);
  if (isDigit(code) && isCode(text, at, before)) return { mask: '', end: endOfWord(text, at) };
  return wordValueAt(text, at, code);
}

function emailAt(text: string, at: number): Value | undefined {
  return isWord(text.charCodeAt(at)) ? matched(EMAIL, '<email>', text, at) : undefined;
}

const PLACEHOLDER = /<(?:\*|num|hex|uuid|ip|email|time|duration|size|id|quoted|query)>/y;
const EMAIL = /[\w.%+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8}(?![\w@])/iy;

/** A number after these describes the event, not one of many objects. */
const CODE_WORDS: ReadonlySet<string> = new Set([
  ...['status', 'status_code', 'statuscode', 'http', 'code', 'http_status', 'errno', 'error_code', 'errorcode'],
  ...['exit', 'exitcode', 'exit_code', 'signal', 'sqlstate', 'ora'],
]);
const LONGEST_CODE_WORD = 12;
/** `status code: "503"`, `ORA-00942`. */
const BETWEEN = /^[ =:("'[-]{1,3}$/;
const LONGEST_CODE = 5;

function isCode(text: string, at: number, before: Word): boolean {
  if (at - before.end > 3 || before.end - before.from > LONGEST_CODE_WORD) return false;
  if (!CODE_WORDS.has(text.slice(before.from, before.end).toLowerCase())) return false;
  if (!BETWEEN.test(text.slice(before.end, at))) return false;
  const end = endOfWord(text, at);
  const isPart = JOINS_CODE.has(text.charCodeAt(end)) && isDigit(text.charCodeAt(end + 1));
  return end - at <= LONGEST_CODE && !isPart;
}

/** A sign before a number, the query of an address, an IPv6 address that begins with colons. */
function behindMark(text: string, at: number, code: number): Value | undefined {
  const next = text.charCodeAt(at + 1);
  const before = at === 0 ? SPACE : text.charCodeAt(at - 1);
  if (code === QUESTION_MARK && isWord(next) && !isSpace(before)) return queryAt(text, at);
  if (code === COLON && next === COLON && !isWord(before)) return matched(IPV6, '<ip>', text, at);
  if (code === MINUS && isDigit(next) && OPENS_NUMBER.has(before)) return numberAt(text, at + 1);
  return undefined;
}

function queryAt(text: string, at: number): Value | undefined {
  let hasValue = false;
  let end = at + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (isSpace(code) || ENDS_QUERY.has(code)) break;
    hasValue ||= code === EQUALS;
  }
  return hasValue ? { mask: '?<query>', end } : undefined;
}

/** A value that begins with a word character. */
function wordValueAt(text: string, at: number, code: number): Value {
  const time = isDigit(code) || BEGINS_NAMED_DAY.has(code) ? logTimeAt(text, at) : undefined;
  if (time && !isWord(text.charCodeAt(time.end))) return { mask: '<time>', end: time.end };
  const end = endOfWord(text, at);
  const next = text.charCodeAt(end);
  if (next === MINUS && end - at === 8) {
    const uuid = matched(UUID, '<uuid>', text, at);
    if (uuid) return uuid;
  }
  if (next === COLON && end - at <= 4) {
    const ip = matched(IPV6, '<ip>', text, at);
    if (ip) return ip;
  }
  return isDigit(code) ? ipOrNumberAt(text, at) : wordAt(text, at, end);
}

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?!\w)/iy;
const IPV4 = /(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w)/y;
/** With `::`, or with all eight groups, and a digit; it may end in dotted form. Or the address of a network card. */
const IPV6 =
  /(?=[a-f:]{0,38}\d)(?:(?=[\da-f:]{0,39}::)(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}|(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{2}:){5}[\da-f]{2})(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?![\w:]|<(?:num|id|hex)>)/iy;

function ipOrNumberAt(text: string, at: number): Value {
  const mayBeIp = text.charCodeAt(endOfDigits(text, at)) === DOT;
  return (mayBeIp ? matched(IPV4, '<ip>', text, at) : undefined) ?? numberAt(text, at);
}

/** A number with its unit, or a word that begins with a digit. `at` is its first digit. */
function numberAt(text: string, at: number): Value {
  let end = endOfDigits(text, at);
  const isHexPrefix = end === at + 1 && text[at] === '0' && /x/i.test(text[end] ?? '');
  while (!isHexPrefix && JOINS_DIGITS.has(text.charCodeAt(end)) && isDigit(text.charCodeAt(end + 1))) {
    end = endOfDigits(text, end + 1);
  }
  if (!isWord(text.charCodeAt(end))) return withUnitBehind(text, end);
  const wordEnd = endOfWord(text, end);
  if (isHexPrefix && HEX.test(text.slice(end + 1, wordEnd))) return { mask: '<hex>', end: wordEnd };
  return { mask: kindOfMixed(text.slice(at, wordEnd)), end: wordEnd };
}

/** `31 ms`, `4.5 GiB`: a unit in words belongs to its number. */
function withUnitBehind(text: string, end: number): Value {
  if (text.charCodeAt(end) === SPACE && isWord(text.charCodeAt(end + 1))) {
    const unitEnd = endOfWord(text, end + 1);
    const unit = unitEnd - end > LONGEST_UNIT ? '' : text.slice(end + 1, unitEnd);
    if (unit.length > 1 || unit === 's') {
      if (DURATION_UNIT.test(unit)) return { mask: '<duration>', end: unitEnd };
      if (SIZE_UNIT.test(unit)) return { mask: '<size>', end: unitEnd };
    }
  }
  return { mask: '<num>', end };
}

const LONGEST_UNIT = 13;
const DURATION_UNIT =
  /^(?:[nuµμm]?s|msecs?|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|(?:milli|micro|nano)s(?:econds?)?)$/;
const SIZE_UNIT = /^(?:[kKMGTP]i?B?|B|[bB]ytes?|[KMGT]i)$/;

/** Letters and digits that begin with a digit: `250ms`, `1m30s`, `512Mi`, `7d9f8b6c5`. */
function kindOfMixed(word: string): string {
  if (/^5xx$|^4xx$|^[23]xx$/i.test(word)) return '';
  if (/^[\d.,]+(?:[nuµμm]?s|m|h|d|min|sec)(?:[\d.]+(?:[nuµμm]?s|m|h))*$/.test(word)) return '<duration>';
  const unit = word.replace(/^[\d.,]+/, '');
  if (SIZE_UNIT.test(unit)) return '<size>';
  if (DURATION_UNIT.test(unit)) return '<duration>';
  return isLongHex(word) ? '<hex>' : '<id>';
}

/** A word that begins with a letter. */
function wordAt(text: string, from: number, end: number): Value {
  let digits = 0;
  let firstDigit = end;
  for (let at = from; at < end; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    if (digits === 0) firstDigit = at;
    digits += 1;
  }
  if (digits === 0) return { mask: '', end };
  const word = text.slice(from, end);
  if (/^v\d/i.test(word) && text.charCodeAt(end) === DOT && isDigit(text.charCodeAt(end + 1)))
    return { mask: `${word.charAt(0)}<num>`, end: numberAt(text, end + 1).end };
  if (isLongHex(word)) return { mask: '<hex>', end };
  if (NAMES_WITH_DIGITS.test(word)) return { mask: '', end };
  const onlyEnds = digits === end - firstDigit;
  return { mask: onlyEnds ? `${text.slice(from, firstDigit)}<num>` : '<id>', end };
}

/** With a digit and a letter, and at least eight digits long: shorter ones may be words. */
function isLongHex(word: string): boolean {
  return word.length >= 8 && HEX.test(word) && /\d/.test(word);
}

const HEX = /^[\da-f]+$/i;
/** Names of kinds, not of one of many objects. */
const NAMES_WITH_DIGITS =
  /^(?:v\d{1,2}|k8s|k3s|log4j2?|i18n|e2e|s3|ec2|oauth2?|ipv[46]|utf8|utf16|http[123]|h2c?|tls1|sha(?:1|256|512)|md5|base64|x509|p(?:50|90|95|99|999)|int(?:8|16|32|64)|float(?:32|64)|x86_64|arm64|amd64)$/i;

/** `<num>, <num>, <num>` is `<num>`. */
function withoutLists(text: string): string {
  return text.includes('>,') ? text.replace(LIST, '$1') : text;
}

const LIST = /(<(?:num|hex|uuid|ip|email|time|duration|size|id|quoted)>)(?:, ?\1)+/g;

/** Runs last, so that short texts stay short, and repeats while quotes were nested. */
function withoutQuoted(text: string): string {
  let before = '';
  let masked = withoutLists(text);
  while (/["'`]/.test(masked) && masked !== before) {
    before = masked;
    masked = withoutLists(masked.replace(QUOTED, '<quoted>'));
  }
  return masked;
}

/** One or two quoted words, but no name before a colon, and no apostrophe inside a word. */
const QUOTED = /(?<![\w<\\])(["'`])(?:(?!\1)[^\s\\]){1,64}(?: (?:(?!\1)[^\s\\]){1,64})?\1(?![\w:])/g;

function matched(pattern: RegExp, mask: string, text: string, at: number): Value | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? { mask, end: pattern.lastIndex } : undefined;
}

function endOfWord(text: string, from: number): number {
  let at = from + 1;
  while (isWord(text.charCodeAt(at))) at += 1;
  return at;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

const [SPACE, MINUS, DOT, COLON, LESS_THAN, EQUALS, QUESTION_MARK] = [32, 45, 46, 58, 60, 61, 63];
/** Space, bracket, comma, colon, equals sign, quotes, and the beginning of a tag. */
const OPENS_NUMBER: ReadonlySet<number> = new Set([...' ([{,:=\'"|'].map((char) => char.charCodeAt(0)));
const ENDS_QUERY: ReadonlySet<number> = new Set([...'"\'`)>]}?,'].map((char) => char.charCodeAt(0)));
/** `15/100` and `1.1` are no codes. */
const JOINS_CODE: ReadonlySet<number> = new Set([...'.,/'].map((char) => char.charCodeAt(0)));
const JOINS_DIGITS: ReadonlySet<number> = new Set([...'.,'].map((char) => char.charCodeAt(0)));
/** The first letters of months and days of the week. */
const BEGINS_NAMED_DAY: ReadonlySet<number> = new Set([...'JFMASONDTW'].map((char) => char.charCodeAt(0)));

/** With the underscore. */
function isPlainLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters, digits, underscores and whatever is not ASCII. */
function isWord(code: number): boolean {
  if (code < 48) return false;
  if (code <= 57) return true;
  if (code < 97) return (code >= 65 && code <= 90) || code === 95;
  return code <= 122 || code > 127;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
