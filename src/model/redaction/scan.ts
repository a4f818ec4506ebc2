/**
 * Finds in one pass what must not be shown. A text is read character by character; where a run of letters and digits may
 * begin a known form, where it is long and mixed enough for a token, and at the signs `:` `=` `@` `%` something is looked at
 * more closely, and what that reads is bounded or was read for the last time. So the time is linear in the text, and an
 * ordinary log line costs little more than reading it.
 */
import { isRandomToken } from '#model/redaction/entropy.ts';
import { FORM_PAIRS, formAt, pairOf } from '#model/redaction/forms.ts';
import { namedValue } from '#model/redaction/names.ts';
import { addressEnd, cardEnd, ibanEnd } from '#model/redaction/numbers.ts';

/** A text that must not be shown: `jwt` at the half-open range of UTF-16 units from `start` to `end`. */
export type Sensitive = Readonly<{ kind: string; start: number; end: number }>;

/** Which classes are looked for. */
export type Classes = Readonly<{
  credentials: boolean;
  tokens: boolean;
  emails: boolean;
  cards: boolean;
  ibans: boolean;
  addresses: boolean;
}>;

const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const JOINER = 8;
const SIGN = 16;
const LETTER_OR_DIGIT = LOWER | UPPER | DIGIT;
const TOKEN = LETTER_OR_DIGIT | JOINER;
const MIXED = LOWER | UPPER | DIGIT;

/** Of every UTF-16 unit: looking one up takes no comparison. */
const CLASS = new Uint8Array(1 << 16);
for (let code = 0; code < 128; code += 1) CLASS[code] = classOf(String.fromCharCode(code));

function classOf(sign: string): number {
  if (/[a-z]/.test(sign)) return LOWER;
  if (/[A-Z]/.test(sign)) return UPPER;
  if (/\d/.test(sign)) return DIGIT;
  if (/[-_]/.test(sign)) return JOINER;
  return /[:=@%[]/.test(sign) ? SIGN : 0;
}

/** In the order of the text; none overlaps another. */
export function sensitiveIn(text: string, classes: Classes): readonly Sensitive[] {
  const scan: Scan = { text, classes, found: NOTHING, done: 0 };
  const { length } = text;
  for (let at = 0; at < length; ) {
    const code = text.charCodeAt(at);
    const kind = CLASS[code] ?? 0;
    if ((kind & TOKEN) !== 0) at = afterRun(scan, at);
    else if (kind === SIGN) at = afterSign(scan, at, code);
    else at += 1;
  }
  return scan.found;
}

type Scan = {
  readonly text: string;
  readonly classes: Classes;
  found: Sensitive[] /** Up to here all is decided. */;
  done: number;
};

/** Most texts hold nothing: they share it. */
const NOTHING: Sensitive[] = [];

function take(scan: Scan, kind: string, start: number, end: number): number {
  const from = Math.max(start, scan.done);
  if (end <= from) return end;
  if (scan.found === NOTHING) scan.found = [];
  scan.found.push({ kind, start: from, end });
  scan.done = end;
  return end;
}

/** Reads `[A-Za-z0-9_-]+` and says where to go on. */
function afterRun(scan: Scan, start: number): number {
  const { text } = scan;
  const { length } = text;
  let end = start;
  let classes = 0;
  let before = 0;
  for (; end < length; end += 1) {
    const kind = CLASS[text.charCodeAt(end)] ?? 0;
    if ((kind & TOKEN) === 0) break;
    if ((before & LETTER_OR_DIGIT) === 0 && mayBeginForm(text, end)) {
      const form = afterForm(scan, start, end);
      if (form > 0) return form;
    }
    classes |= kind;
    before = kind;
  }
  return afterWholeRun(scan, start, end, classes);
}

function mayBeginForm(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next < 128 && FORM_PAIRS[pairOf(text.charCodeAt(at), next)] === 1;
}

/** A run may hold many beginnings; only its first ones are tried, so that it is not read once for each. */
const MOST_BEFORE_FORM = 64;

function afterForm(scan: Scan, runStart: number, at: number): number {
  if (!scan.classes.credentials || at - runStart > MOST_BEFORE_FORM) return 0;
  const form = formAt(scan.text, at);
  if (form === undefined || (form.kind === 'jwt' && at !== runStart)) return 0;
  return take(scan, form.kind, form.start, form.end);
}

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const PRIVATE_KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const CERTIFICATE = /-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----[A-Za-z0-9+/=\s\\]{0,16384}/y;

function afterWholeRun(scan: Scan, start: number, end: number, classes: number): number {
  const { text } = scan;
  const size = end - start;
  if ((classes & DIGIT) !== 0) {
    const number = afterNumber(scan, start, end, classes);
    if (number > 0) return number;
    if (size >= 16 && scan.classes.tokens) return afterToken(scan, start, end, classes);
    return end;
  }
  if (!scan.classes.credentials) return end;
  if ((classes & JOINER) !== 0) return afterJoined(scan, start, end);
  // Bearer, Basic; PASSWORD 'x' and IDENTIFIED BY 'x'
  if ((size === 6 || size === 5) && text.charCodeAt(end) === 0x20) return afterScheme(scan, start, end);
  if ((size === 8 || size === 2) && text.charCodeAt(end) === 0x20 && text.charCodeAt(end + 1) === 0x27)
    return afterClause(scan, start, end);
  return end;
}

/** 0 where the run is no part of a number that is looked for. */
function afterNumber(scan: Scan, start: number, end: number, classes: number): number {
  const { text, classes: wanted } = scan;
  const before = text.charCodeAt(start - 1);
  if (before === DOT || before === PERCENT) return 0;
  const isDigits = (classes & (LOWER | UPPER)) === 0;
  if (isDigits && wanted.cards && mayBeCard(text, start, end))
    return takeNumber(scan, 'card', start, cardEnd(text, start));
  if (!isDigits && wanted.ibans && isIbanHead(text, start))
    return takeNumber(scan, 'iban', start, ibanEnd(text, start));
  const mayBeAddress = wanted.addresses && end - start <= LONGEST_GROUP;
  return mayBeAddress ? takeNumber(scan, 'ip', start, addressEnd(text, start)) : 0;
}

function takeNumber(scan: Scan, kind: string, start: number, end: number): number {
  return end === 0 || (kind === 'card' && isTime(scan.text, start)) ? 0 : take(scan, kind, start, end);
}

const DOT = 0x2e;
const PERCENT = 0x25;
/** Of an IPv6 address. */
const LONGEST_GROUP = 4;

/** Digits alone, or the first of four or more groups; cards begin with 2 to 6. */
function mayBeCard(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  const size = end - start;
  return first >= 0x32 && first <= 0x36 && (size >= 14 || (size === 4 && text.charCodeAt(end) === 0x20));
}

/** Ids and instants under their names may have any digits. */
function isTime(text: string, start: number): boolean {
  return /(?:trace|span|parent|request|correlation|time|stamp|offset|seq|epoch|nano|micro|milli|ts|ns|us|ms)\w{0,8}\\?["']?\s?[:= ]\s?\\?["']?$/i.test(
    text.slice(Math.max(0, start - 32), start),
  );
}

function isIbanHead(text: string, at: number): boolean {
  return (
    CLASS[text.charCodeAt(at)] === UPPER &&
    CLASS[text.charCodeAt(at + 1)] === UPPER &&
    CLASS[text.charCodeAt(at + 2)] === DIGIT &&
    CLASS[text.charCodeAt(at + 3)] === DIGIT
  );
}

function afterToken(scan: Scan, start: number, end: number, classes: number): number {
  const { text } = scan;
  const before = text.charCodeAt(start - 1);
  const isMixed = end - start >= 32 && (classes & MIXED) === MIXED;
  // Behind a word: "token 8Fk…"
  const isCalled = before === 0x20 || before === 0x22 || before === 0x27 || before === 0x60;
  if ((!isMixed && !isCalled) || !isRandomToken(text, start, end)) return end;
  return take(scan, 'token', start, end);
}

function afterJoined(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  if (text.charCodeAt(start) !== 0x2d) return end;
  if (text.startsWith('-----BEGIN', start)) return afterPem(scan, start, end);
  if (text.charCodeAt(end) !== 0x20) return end;
  SECRET_OPTION.lastIndex = start;
  const [option = '', value = ''] = SECRET_OPTION.exec(text) ?? [];
  if (option !== '') return take(scan, 'secret', start + option.length - value.length, start + option.length);
  CURL_USER.lastIndex = start;
  const [user = '', info = ''] = CURL_USER.exec(text) ?? [];
  const isCurl = user !== '' && text.slice(Math.max(0, start - COMMAND_CHARS), start).includes('curl');
  return isCurl ? take(scan, 'user-info', start + user.length - info.length, start + user.length) : end;
}

/** Options of command lines. A group as `1000:1000` behind `-u` is another program's. */
const SECRET_OPTION =
  /--[a-z-]{0,20}(?:password|passwd|token|secret|api-key) ["']?([^-\s"'<>,;[${][^\s"'<>,;]{0,199})/y;
const CURL_USER = /(?:-u|--user) ["']?([^[\s:"'][^\s:"']{0,63}:[^\s"']{1,200})/y;
const COMMAND_CHARS = 200;

function afterPem(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  CERTIFICATE.lastIndex = start;
  const certificate = CERTIFICATE.exec(text);
  if (certificate !== null) return start + certificate[0].length;
  PRIVATE_KEY.lastIndex = start;
  if (PRIVATE_KEY.exec(text) === null) return end;
  PRIVATE_KEY_END.lastIndex = PRIVATE_KEY.lastIndex;
  return take(
    scan,
    'private-key',
    start,
    PRIVATE_KEY_END.exec(text) === null ? text.length : PRIVATE_KEY_END.lastIndex,
  );
}

const SCHEME_AND_VALUE = /(bearer|basic) {1,3}([\w.~+/-]{8,}=*)/iy;

function afterScheme(scan: Scan, start: number, end: number): number {
  SCHEME_AND_VALUE.lastIndex = start;
  const [whole = '', scheme = '', value = ''] = SCHEME_AND_VALUE.exec(scan.text) ?? [];
  if (!looksMade(value)) return end;
  const from = start + whole.length - value.length;
  const form = formAt(scan.text, from);
  if (form !== undefined) return take(scan, form.kind, form.start, form.end);
  return take(scan, scheme.toLowerCase(), from, start + whole.length);
}

/** Made by a machine and no word: "Basic authentication" and "bearer token" are prose. */
function looksMade(value: string): boolean {
  return /[\d=+/~]/.test(value) || (/[a-z]/.test(value) && /.[A-Z]/.test(value));
}

/** Statements that set a password. */
const CLAUSE = /(?:password|by) '([^'\n]{1,200})'/iy;

function afterClause(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  CLAUSE.lastIndex = start;
  const [whole = '', value = ''] = CLAUSE.exec(text) ?? [];
  const isStatement = end - start === 8 || /identified $/i.test(text.slice(Math.max(0, start - 11), start));
  if (!isStatement || value === '' || value.startsWith('[redacted:')) return end;
  return take(scan, 'secret', start + whole.length - 1 - value.length, start + whole.length - 1);
}

function afterSign(scan: Scan, at: number, code: number): number {
  const { text, classes } = scan;
  if (code === 0x5b) return text.startsWith('redacted:', at + 1) ? afterMark(text, at) : at + 1;
  if (code === 0x40) return classes.emails ? afterAt(scan, at, at + 1) : at + 1;
  if (code === 0x25) return afterPercent(scan, at);
  if (!classes.credentials) return at + 1;
  if (code === 0x3a) {
    if (text.charCodeAt(at + 1) === 0x2f) return afterUserInfo(scan, at);
    if (text.charCodeAt(at + 1) === 0x41) return afterBotToken(scan, at);
  }
  return afterName(scan, at, at + 1);
}

const MARK = /\[redacted:[a-z0-9-]{1,60}(?::[a-z0-9]{1,20})?\]/y;

/** What was taken out before stays as it is. */
function afterMark(text: string, at: number): number {
  MARK.lastIndex = at;
  return MARK.test(text) ? MARK.lastIndex : at + 1;
}

function afterName(scan: Scan, sign: number, after: number): number {
  const value = namedValue(scan.text, sign, after);
  if (value === undefined) return after;
  // A token of a known form keeps its kind.
  const form = value.kind === 'cookie' ? undefined : formAt(scan.text, value.start);
  if (form !== undefined && form.end >= value.end) return take(scan, form.kind, form.start, form.end);
  return take(scan, value.kind, value.start, value.end);
}

/** `%3D` is `=`, `%3A` is `:`, `%40` is `@`. */
function afterPercent(scan: Scan, at: number): number {
  const { text, classes } = scan;
  const [tens, ones] = [text.charCodeAt(at + 1), text.charCodeAt(at + 2) & ~0x20];
  if (tens === 0x34 && text[at + 2] === '0') return classes.emails ? afterAt(scan, at, at + 3) : at + 3;
  if (tens === 0x33 && (ones === 0x44 || ones === 0x41) && classes.credentials) return afterName(scan, at, at + 3);
  return at + 1;
}

const USER_INFO = /:\/\/([^\s/?#@:"'<>]*:[^\s/"'<>]+)@/y;

/** `https://user:pass@host`: the host stays, it is what the reader needs. */
function afterUserInfo(scan: Scan, at: number): number {
  USER_INFO.lastIndex = at;
  const [, userInfo = ''] = USER_INFO.exec(scan.text) ?? [];
  if (userInfo === '' || userInfo.includes('[redacted:')) return at + 1;
  const start = at + 3;
  return take(scan, 'user-info', start, start + userInfo.length);
}

const BOT_TOKEN = /:AA[\w-]{33}(?![\w-])/y;

/** Telegram's: an id of 8 to 10 digits, and what comes after the colon. */
function afterBotToken(scan: Scan, at: number): number {
  BOT_TOKEN.lastIndex = at;
  if (!/\d{8,10}$/.test(scan.text.slice(Math.max(0, at - 10), at)) || !BOT_TOKEN.test(scan.text))
    return afterName(scan, at, at + 1);
  return take(scan, 'telegram-token', at + 1, BOT_TOKEN.lastIndex);
}

const LOCAL_PART = /[\w.+-]{1,64}$/;
const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y;

/** An address of a person: `sign` is where its `@` is, `after` is behind it. */
function afterAt(scan: Scan, sign: number, after: number): number {
  const { text } = scan;
  DOMAIN.lastIndex = after;
  const [domain = ''] = DOMAIN.exec(text) ?? [];
  if (domain === '' || NO_MAIL_DOMAIN.test(domain)) return after;
  const [local = ''] = LOCAL_PART.exec(text.slice(Math.max(scan.done, sign - 64), sign)) ?? [];
  const end = after + domain.length;
  const isRepository = local === 'git' && /^[:/]/.test(text.slice(end, end + 1));
  if (!/^[\w+]/.test(local) || isRepository) return after;
  return take(scan, 'email', sign - local.length, end);
}

/** Hosts inside, versions, files and units: `icon@2x.png`, `lodash@4.17.21`, `getty@tty1.service`, `rabbit@db.local`. */
const NO_MAIL_DOMAIN =
  /\.(?:\d+|[a-z]|local|localdomain|internal|svc|lan|service|socket|timer|target|mount|scope|slice|png|jpe?g|gif|svg|webp|js|mjs|cjs|ts|css|json|tgz|md|py|rb|go|java)$|\.svc\.|^\d+\.\d/i;
