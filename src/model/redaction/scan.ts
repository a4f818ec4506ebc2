/**
 * Finds everything to redact in one pass. It reads a text character by character. It looks closer where a run of
 * letters and digits may begin a known form or is long and mixed enough for a token, after words such as "password",
 * and at the signs `:` `=` `@` `%` `<`. Each closer look is bounded, or reads its part for the last time. So the time
 * is linear in the text, and an ordinary log line costs little more than reading it.
 */
import { botTokenAt, driverUserAt, emailAt, secretOfUserInfo, userInfoAt } from '#model/redaction/addresses.ts';
import {
  type Beside,
  besideCommand,
  besideDash,
  besideOtherScript,
  besideSign,
  besideTag,
  besideWord,
} from '#model/redaction/beside.ts';
import { isCodeOfOtherScript } from '#model/redaction/codes-of-scripts.ts';
import { isRandomToken, isVendorsKey, keyEnd, looksMade } from '#model/redaction/entropy.ts';
import { isEscapeAt, unescaped, WIDE_OR_WITHOUT_WIDTH } from '#model/redaction/escapes.ts';
import { formAt, mayBeginForm } from '#model/redaction/forms.ts';
import {
  awsSecretAt,
  entraSecretAt,
  isMailchimpKey,
  passwordOfFileAt,
  startWithId,
  windowsHashAt,
} from '#model/redaction/inner-signs.ts';
import { inventedAt, isSign } from '#model/redaction/invented.ts';
import { MARK_PATTERN, MARK_START } from '#model/redaction/mark.ts';
import { mayTellNext, OTHER_SCRIPT_ENDS } from '#model/redaction/names.ts';
import {
  addressEnd,
  cardEnd,
  ibanEnd,
  isTrack,
  mayBeCard,
  mayBeIban,
  mayBeNamedCard,
  namedCardEnd,
  stripeEnd,
} from '#model/redaction/numbers.ts';
import { opensNothing } from '#model/redaction/opens-nothing.ts';
import { pemAt, pemTailAt } from '#model/redaction/pem.ts';
import { isNearName, mayBePersonal, namesOfPersons, personalEnd } from '#model/redaction/personal-numbers.ts';
import { phoneAt } from '#model/redaction/phones.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { toldInLanguage } from '#model/redaction/told-in-languages.ts';
import { cipherEnd } from '#model/redaction/trades/ciphers-of-devices.ts';
import { isFinnishCode } from '#model/redaction/trades/finnish-numbers.ts';
import { isNamedByComment } from '#model/redaction/trades/named-by-comments.ts';
import type { Range } from '#model/redaction/values.ts';

/** A range to redact: `jwt` at the half-open range of UTF-16 units from `start` to `end`. */
export type Sensitive = Readonly<{ kind: string; start: number; end: number }>;

/** Which classes to find. */
export type Classes = Readonly<{
  credentials: boolean;
  tokens: boolean;
  emails: boolean;
  cards: boolean;
  ibans: boolean;
  phones: boolean;
  addresses: boolean;
}>;

const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const JOINER = 8;
const SIGN = 16;
/** A character that may follow a word before a secret: a space, quotes, their escapes, what divides cells of a table. */
const TELLING = 32;
/** The first character of an escape. */
const ESCAPING = 64;
const FULL_COLON = 0xff1a;
const FULL_EQUALS = 0xff1d;
const LETTER_OR_DIGIT = LOWER | UPPER | DIGIT;
const TOKEN = LETTER_OR_DIGIT | JOINER;
const MIXED = LOWER | UPPER | DIGIT;

/** The class of every UTF-16 unit, so that a lookup replaces comparisons. */
const CLASS = new Uint8Array(1 << 16);
for (let code = 0; code < 128; code += 1) CLASS[code] = classOf(String.fromCharCode(code));
// Spaces that break no line, or are as wide as a Chinese sign; signs of that width; what ends a name there.
for (const code of [0xa0, 0x202f, 0x3000]) CLASS[code] = TELLING;
// Behind a name in letters of ASCII: に は が を の 是 为 為 被 已 改 设 設
for (const sign of 'にはがをの是为為被已改设設') CLASS[sign.charCodeAt(0)] = TELLING;
for (const code of WIDE_OR_WITHOUT_WIDTH) CLASS[code] = ESCAPING;
for (const code of [FULL_COLON, FULL_EQUALS, ...OTHER_SCRIPT_ENDS]) CLASS[code] = SIGN;

function classOf(sign: string): number {
  if (/[a-z]/.test(sign)) return LOWER;
  if (/[A-Z]/.test(sign)) return UPPER;
  if (/\d/.test(sign)) return DIGIT;
  if (/[-_]/.test(sign)) return JOINER;
  if (sign === '\\') return TELLING | ESCAPING;
  if (/[ "',;|\t\n\r\v]/.test(sign)) return TELLING;
  if (sign === '&' || sign === '\u001b') return ESCAPING;
  return /[:=@%[<]/.test(sign) ? SIGN : 0;
}

/** In the order of the text, without overlaps. Where characters are escaped, the plain form is read instead. */
export function sensitiveIn(text: string, classes: Classes): readonly Sensitive[] {
  const scan = opened(text, classes, false);
  readTo(scan, 0, text.length);
  if (!scan.isEscaped) return scan.found;
  const plain = unescaped(text);
  const again = opened(plain.text, classes, true);
  readTo(again, 0, plain.text.length);
  return plain.inOriginal(again.found);
}

function opened(text: string, classes: Classes, isPlain: boolean): Scan {
  return {
    text,
    classes,
    isPlain,
    found: NOTHING,
    done: 0,
    limit: text.length,
    tableEnd: 0,
    isEscaped: false,
    namesOfPersons: undefined,
    depth: 0,
  };
}

/** Reads a part of the text. */
function readTo(scan: Scan, from: number, to: number): void {
  const { text, limit } = scan;
  scan.limit = to;
  for (let at = from; at < to; ) {
    const code = text.charCodeAt(at);
    const kind = CLASS[code] ?? 0;
    if ((kind & TOKEN) !== 0) at = afterRun(scan, at);
    else if (kind < SIGN) at += 1;
    else if (kind === SIGN) at = afterSign(scan, at, code);
    else if (kind < ESCAPING || scan.isPlain || !isEscapeAt(text, at)) at += 1;
    else {
      scan.isEscaped = true;
      return;
    }
  }
  scan.limit = limit;
}

type Scan = {
  readonly text: string;
  readonly classes: Classes;
  /** No sign in it is escaped. */
  readonly isPlain: boolean;
  found: Sensitive[];
  /** Everything before this position is decided. */
  done: number;
  /** The current part ends here. */
  limit: number;
  /** A name before this position stands in a table and begins none: each row is read as one once. */
  tableEnd: number;
  /** An escaped sign was found: what was read so far is dropped. */
  isEscaped: boolean;
  /** Where names of personal numbers begin; undefined until the first number that may be one. */
  namesOfPersons: readonly number[] | undefined;
  /** How many forms contain the part that is read now. */
  depth: number;
};

/** The shared result of texts without secrets. */
const NOTHING: Sensitive[] = [];

function take(scan: Scan, kind: string, start: number, end: number): number {
  const from = Math.max(start, scan.done);
  if (end <= from || (from === start && opensNothing(scan.text, start, end))) return end;
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
  const taken = afterInvented(scan, start, end, classes) || afterKey(scan, start);
  if (taken > 0) return taken;
  if ((classes & (DIGIT | JOINER)) !== 0) return afterMixedRun(scan, start, end, classes);
  return mayTell(text, end) ? afterWord(scan, start, end) : end;
}

/** Where a sign follows letters or digits, or letters of both cases and digits stand together; else 0. */
function afterInvented(scan: Scan, start: number, end: number, classes: number): number {
  if (!scan.classes.credentials) return 0;
  const isMixed = (classes & MIXED) === MIXED && end - start <= LONGEST_INVENTED;
  const isInvented = isMixed || isSign(scan.text.charCodeAt(end)) || isSign(scan.text.charCodeAt(start - 1));
  const invented = isInvented ? inventedAt(scan.text, start) : undefined;
  const mayBeTold = (classes & DIGIT) !== 0 && (isMixed || isJoined(scan.text, start));
  const word = invented ?? (mayBeTold ? toldInLanguage(scan.text, start) : undefined);
  return word === undefined ? 0 : take(scan, 'secret', word.start, word.end);
}

/** A part of a word: `Rila.voda8`, `Tölgy-fa.21`, `Fenyő!erdő4`. */
function isJoined(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before > FIRST_LETTER_OF_LATIN) return before < LAST_OF_LATIN;
  return (before === DOT || isSign(before)) && isLetterCode(text.charCodeAt(start - 2));
}

function isLetterCode(code: number): boolean {
  return ((CLASS[code] ?? 0) & (LOWER | UPPER)) !== 0 || (code > FIRST_LETTER_OF_LATIN && code < LAST_OF_LATIN);
}

/** unicode.org/charts: Latin letters with accents from U+00C0 to U+024F. */
const FIRST_LETTER_OF_LATIN = 0xbf;
const LAST_OF_LATIN = 0x250;

const LONGEST_INVENTED = 60;

function afterKey(scan: Scan, start: number): number {
  const end = scan.classes.tokens ? keyEnd(scan.text, start) : 0;
  return end > 0 ? take(scan, 'token', start, end) : 0;
}

/** A run may contain many possible beginnings; only the first ones are tried, which limits the time. */
const MOST_BEFORE_FORM = 64;

/** What stays before a secret may hold another form, and that one as well: deeper ones stand only in hostile texts. */
const DEEPEST = 4;

function afterForm(scan: Scan, runStart: number, at: number): number {
  if (!scan.classes.credentials || at - runStart > MOST_BEFORE_FORM) return 0;
  const form = formAt(scan.text, at);
  if (form === undefined || (form.kind === 'jwt' && at !== runStart)) return 0;
  // What stays may hold another secret: `LOGIN jo@example.org "x"`. A part ends no later than the one around it.
  const keptEnd = Math.min(form.start, scan.limit);
  if (keptEnd > form.kept && scan.depth < DEEPEST) {
    scan.depth += 1;
    readTo(scan, form.kept, keptEnd);
    scan.depth -= 1;
  }
  const end = take(scan, form.kind, startWithId(scan.text, form.kind, form.start), form.end);
  return form.kind === 'aws-key' ? afterRange(scan, 'aws-key', awsSecretAt(scan.text, end), end) : end;
}

/** Whether a word that may precede a secret ends here; false for most words. */
function mayTell(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  return (((CLASS[next] ?? 0) & TELLING) !== 0 || endsSentence(next)) && mayTellNext(text, end - 1);
}

/** `x is the root password.`, also at the end of the text; `Password(x)`. */
function endsSentence(next: number): boolean {
  return Number.isNaN(next) || next === DOT || next === 0x21 || next === 0x3f || next === 0x28 || next === 0x29;
}

function afterMixedRun(scan: Scan, start: number, end: number, classes: number): number {
  const { text } = scan;
  if (text.charCodeAt(start) === DASH && scan.classes.credentials) {
    const dashed = afterDash(scan, start, end);
    if (dashed > end) return dashed;
  }
  if ((classes & DIGIT) === 0) return afterLetters(scan, start, end);
  const kind = scan.classes.credentials ? kindByPlace(text, start, end) : undefined;
  if (kind !== undefined) return take(scan, kind, start, end);
  const number =
    afterCode(scan, start, end, classes) ||
    afterPersonal(scan, start, end, classes) ||
    afterNumber(scan, start, end, classes);
  if (number > 0) return number;
  if (text.charCodeAt(end) === TILDE) return afterTilde(scan, start, end, classes);
  return end - start >= SHORTEST_TOKEN ? afterLongRun(scan, start, end, classes) : end;
}

/** The kind of a run with a digit that a comment or a word for a person beside it tells. */
function kindByPlace(text: string, start: number, end: number): string | undefined {
  if (isNamedByComment(text, start, end)) return 'secret';
  return isFinnishCode(text, start, end) ? 'national-id' : undefined;
}

/** Letters and joiners without a digit. */
function afterLetters(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  if (end - start === POWERSHELL_CHARS) return afterCommand(scan, start, end);
  const isRecoveryKey =
    end - start === MODHEX_CHARS && scan.classes.credentials && MODHEX_KEY.test(text.slice(start, end));
  if (isRecoveryKey) return take(scan, 'secret', start, end);
  return mayTell(text, end) ? afterWord(scan, start, end) : end;
}

/** Where a `~` follows. */
function afterTilde(scan: Scan, start: number, end: number, classes: number): number {
  const entra = scan.classes.credentials ? entraSecretAt(scan.text, end) : undefined;
  if (entra !== undefined) return take(scan, 'entra-secret', entra.start, entra.end);
  return end - start >= SHORTEST_TOKEN ? afterLongRun(scan, start, end, classes) : end;
}

/** Of Nextcloud's links. */
const SHORTEST_TOKEN = 15;

function afterLongRun(scan: Scan, start: number, end: number, classes: number): number {
  const { text, classes: wanted } = scan;
  if (wanted.credentials && isMysqlHash(text, start, end)) return take(scan, 'password-hash', start, end);
  if (wanted.credentials && RECOVERY_PASSWORD.test(text.slice(start, Math.min(end, start + RECOVERY_CHARS + 1))))
    return take(scan, 'secret', start, end);
  if (wanted.credentials && isMailchimpKey(text, start, end)) return take(scan, 'mailchimp-key', start, end);
  const windows = wanted.credentials ? windowsHashAt(text, start, end) : undefined;
  if (windows !== undefined) return take(scan, 'password-hash', windows.start, windows.end);
  if (wanted.credentials && (classes & JOINER) !== 0 && isVendorsKey(text, start, end))
    return take(scan, 'api-key', start, end);
  if (wanted.credentials && isTokenByPlace(text, start, end)) return take(scan, 'token', start, end);
  return wanted.tokens ? afterToken(scan, start, end, classes) : end;
}

/** learn.microsoft.com, "BitLocker recovery overview": eight groups of six digits. */
const RECOVERY_PASSWORD = /^\d{6}(?:-\d{6}){7}$/;
const RECOVERY_CHARS = 55;
/** man7.org, systemd-cryptenroll(1), "--recovery-key": eight groups of eight letters of modhex. */
const MODHEX_KEY = /^[cbdefghijklnrtuv]{8}(?:-[cbdefghijklnrtuv]{8}){7}$/;
const MODHEX_CHARS = 71;

/** "482913 is your login code"; 0 elsewhere. */
function afterCode(scan: Scan, start: number, end: number, classes: number): number {
  if (classes === DIGIT && scan.text.charCodeAt(start - 1) === HASH && scan.classes.credentials)
    return BOUND_CODE.test(scan.text.slice(Math.max(0, start - BOUND_CHARS), start)) && end - start >= 4
      ? take(scan, 'secret', start, end)
      : 0;
  if (classes === DIGIT && scan.classes.credentials && isCodeOfOtherScript(scan.text, start, end))
    return take(scan, 'secret', start, end);
  const mayBeCode = classes === DIGIT && VERBS.has(scan.text.charCodeAt(end + 1)) && scan.classes.credentials;
  return mayBeCode && isCodeBefore(scan.text, start, end) ? take(scan, 'secret', start, end) : 0;
}

function isCodeBefore(text: string, start: number, end: number): boolean {
  return isAt(CODE_SAID, text, end) && end - start >= 4 && end - start <= 8;
}

/** wicg.github.io/sms-one-time-codes: `@host #123456` in the last line */
const BOUND_CODE = /(?:^|[\s\v])@[\w.-]{3,60} #$/;
const BOUND_CHARS = 66;
const HASH = 0x23;
/** The first letters of “is” in the languages below. */
const VERBS: ReadonlySet<number> = new Set(Array.from('ieéètojä', (letter) => letter.charCodeAt(0)));
const CODE_SAID =
  /[ +](?:is[ +](?:your|the)[ +][\w +-]{0,40}?\b(?:code|pin|otp|passcode|tan|one-time password)\b(?! (?:limit|size|length|count|coverage|lines?|paths?|base|review|change))|(?:ist|est|es|è|é|to|je|is|är|er|on)[ +](?:Ihre?|deine?|votre|ton|tu|su|il tuo|il suo|o seu|o teu|seu|teu|twój|váš|tvůj|uw|jouw|je|din|ditt|sinu|teie)[ +](?:[\p{L}-]{1,20}[ +]){0,3}?[\p{L}-]{0,24}(?:code|pin|otp|tan|códigos?|codice|kod|kód|koden|kode|kood)(?!\p{L}))/iuy;

function isTokenByPlace(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === SLASH) return isTokenOfPath(text, start, end);
  return (before === 0x20 || before === 0x60 || before === 0x22) && isAt(TOKEN_SAID, text, end);
}

function isTokenOfPath(text: string, start: number, end: number): boolean {
  const run = text.slice(start, Math.min(end, start + LONGEST_OF_PATH));
  if (RESET_TOKEN.test(run)) return true;
  if (!looksMade(run) || WORDS.test(run)) return false;
  const before = text.slice(Math.max(0, start - PATH_CHARS), start);
  if (GIVES_ACCESS.test(before) || (run.length >= 32 && SHORT_LINK.test(before) && isMixedCase(run))) return true;
  return (SHARES.test(before) || CONFIRMS.test(before)) && isMixedCase(run) && !COMPOSED.test(run);
}

function isMixedCase(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run);
}

/** `monthly-report-2026-01` */
const WORDS = /^[a-z]{3,}(?:-[a-z]{3,}|-\d{1,4})+$/;
/** `Q3-Report-2026`, `SummerSale2026` */
const COMPOSED = /^(?:[A-Z][a-z]{2,}|(?<![A-Za-z])[a-z]+(?![a-z])|[A-Z]{1,4}(?![A-Za-z])|\d{1,4}(?!\d)|[-_])+$/;
const PATH_CHARS = 40;
const LONGEST_OF_PATH = 400;
/** Steps of a path before a token that gives access: of links in mails. */
const GIVES_ACCESS =
  /\/(?:(?:password[-_/])?reset(?:[-_]?password)?|change[-_]?password|magic(?:[-_]?links?)?|activat(?:e|ion)|unsubscribe|accept[-_]?invite)\/$/i;
/**
 * Steps of a path in links of mails, too. Other paths have ids behind the same steps, so only a run with letters of both
 * cases and digits counts.
 */
const CONFIRMS =
  /\/(?:(?:magic|auth|account|users?|password|email|mail)\/)?(?:login|log-in|signin|sign-in|sign_in|verif(?:y|ication)|confirm(?:ation)?|recover(?:y)?|forgot|token|otp|sso|email-?login|(?:verify|confirm)[-_](?:email|account)|unlock)\/$/i;
/** `https://id.test/r/…`: one step of one or two letters between a host and a token of 32 characters or more. */
const SHORT_LINK = /:\/\/[\w.-]{1,30}(?::\d{1,5})?\/[a-z]{1,2}\/$/;
/** Of links to a file or a team: other paths have ids there, so only letters of both cases and digits count. */
const SHARES = /\/(?:s|share[ds]?|share[-_]?links?|invit(?:e|es|ation|ations)|join)\/$/i;
const SLASH = 0x2f;
/** "`9f86…` as the API token" */
const TOKEN_SAID =
  /(?:\\{0,15}["'`])? as (?:the|your|our) [A-Za-z ]{0,20}?(?:token|password|secret|passphrase|api key)(?![a-z])/iy;
/** Django's link to a new password, docs.djangoproject.com/en/stable/topics/auth/default: a time and an HMAC. */
const RESET_TOKEN = /^[0-9a-z]{6}-[0-9a-f]{32,40}$/;

/** `*2470C0C0…`: forty digits in hexadecimal behind an asterisk. */
function isMysqlHash(text: string, start: number, end: number): boolean {
  return end - start === 40 && text.charCodeAt(start - 1) === ASTERISK && /^[0-9A-F]{40}$/.test(text.slice(start, end));
}

function afterCommand(scan: Scan, start: number, end: number): number {
  const { text, classes } = scan;
  const command = classes.credentials ? besideCommand(text, start, end) : undefined;
  if (command !== undefined) return afterBeside(scan, command, end);
  return mayTell(text, end) ? afterWord(scan, start, end) : end;
}

const ASTERISK = 0x2a;
const TILDE = 0x7e;
const DASH = 0x2d;

/** The length of `ConvertTo-SecureString`. */
const POWERSHELL_CHARS = 22;

function afterDash(scan: Scan, start: number, end: number): number {
  const tail = pemTailAt(scan.text, start, scan.done);
  if (tail !== undefined) return take(scan, 'private-key', tail.start, tail.end);
  const pem = pemAt(scan.text, start);
  if (pem === undefined) return afterBeside(scan, besideDash(scan.text, start, end), end);
  return pem.isSecret ? take(scan, 'private-key', start, pem.end) : pem.end;
}

/** 0 where no number of a person begins. */
function afterPersonal(scan: Scan, start: number, end: number, classes: number): number {
  if ((classes & LOWER) !== 0 || !scan.classes.credentials || !mayBePersonal(scan.text, start, end)) return 0;
  scan.namesOfPersons ??= namesOfPersons(scan.text);
  if (!isNearName(scan.namesOfPersons, start)) return 0;
  return afterKind(scan, 'national-id', start, personalEnd(scan.text, start));
}

/** 0 where the run is not part of a number to redact. */
function afterNumber(scan: Scan, start: number, end: number, classes: number): number {
  const { text, classes: wanted } = scan;
  const before = text.charCodeAt(start - 1);
  if (before === PERCENT) return wanted.cards ? afterKind(scan, 'card', start, stripeEnd(text, start)) : 0;
  if (before === DOT) return 0;
  const isDigits = (classes & (LOWER | UPPER)) === 0;
  const card = wanted.cards ? cardFrom(text, start, end, isDigits) : 0;
  if (card > 0) return take(scan, 'card', start, card);
  if (!isDigits && wanted.ibans && mayBeIban(text, start)) return afterKind(scan, 'iban', start, ibanEnd(text, start));
  const phone = wanted.phones && isDigitAt(text, start) ? phoneAt(text, start) : undefined;
  if (phone !== undefined) return take(scan, 'phone', phone.start, phone.end);
  const mayBeAddress = wanted.addresses && end - start <= LONGEST_GROUP;
  return mayBeAddress ? afterKind(scan, 'ip', start, addressEnd(text, start)) : 0;
}

/** The end of the card that begins with this run; 0 where none begins. */
function cardFrom(text: string, start: number, end: number, isDigits: boolean): number {
  const isOfIssuer = mayBeCard(text, start, end) && (isDigits || isTrack(text, start, end));
  const card = isOfIssuer ? cardEnd(text, start) : 0;
  return card === 0 && isDigits && mayBeNamedCard(text, start, end) ? namedCardEnd(text, start) : card;
}

function isDigitAt(text: string, at: number): boolean {
  return CLASS[text.charCodeAt(at)] === DIGIT;
}

function afterKind(scan: Scan, kind: string, start: number, end: number): number {
  return end === 0 ? 0 : take(scan, kind, start, end);
}

const PERCENT = 0x25;
const DOT = 0x2e;
/** In an IPv6 address. */
const LONGEST_GROUP = 4;

function afterToken(scan: Scan, start: number, end: number, classes: number): number {
  const { text } = scan;
  const before = text.charCodeAt(start - 1);
  const isMixed = end - start >= 32 && (classes & MIXED) === MIXED;
  // Behind a word: "token 8Fk…"
  const isCalled = before === 0x20 || before === 0x22 || before === 0x27 || before === 0x60;
  if ((!isMixed && !isCalled) || !isRandomToken(text, start, end)) return end;
  return take(scan, 'token', startOfBase64(text, start), endAt(REST_OF_BASE64, text, end));
}

/** A part of a token in base64 (RFC 4648, section 4) is as secret as the whole: a `+` divides it from another part. */
const REST_OF_BASE64 = /(?:\+[A-Za-z0-9+/]{1,200}={0,2}(?![\w+/=])|={1,2}(?![\w+/=]))?/y;
const BEFORE_BASE64 = /(?<![\w+/-])[A-Za-z0-9+/]{1,200}\+$/;
const LONGEST_BEFORE = 201;

function startOfBase64(text: string, start: number): number {
  if (text.charCodeAt(start - 1) !== PLUS) return start;
  return start - (BEFORE_BASE64.exec(text.slice(Math.max(0, start - LONGEST_BEFORE), start))?.[0] ?? '').length;
}

const PLUS = 0x2b;

/** No sign follows: `Bearer …`, a sentence, a pair in brackets. */
function afterWord(scan: Scan, start: number, end: number): number {
  if (!scan.classes.credentials) return end;
  const told = afterBeside(scan, besideWord(scan.text, start, end, end <= scan.tableEnd), end);
  return told > end ? told : afterScheme(scan, start, end);
}

/** `token_type=bearer expires_in=3600`: a pair follows, and no value. */
const SCHEME_AND_VALUE = /(bearer|basic) {1,3}([\w.~+/-]{8,}(?![\w.~+/-])=*(?![\w=]))/iy;

function afterScheme(scan: Scan, start: number, end: number): number {
  const [whole = '', scheme = '', value = ''] = matchAt(SCHEME_AND_VALUE, scan.text, start) ?? [];
  if (!isCredential(value)) return end;
  const from = start + whole.length - value.length;
  const form = formAt(scan.text, from);
  if (form !== undefined) return take(scan, form.kind, form.start, form.end);
  return take(scan, scheme.toLowerCase(), from, start + whole.length);
}

/** A generated value, not a word: "Basic authentication" and "bearer token" are prose. */
function isCredential(value: string): boolean {
  return /[\d=+/~]/.test(value) || (/[a-z]/.test(value) && /.[A-Z]/.test(value));
}

function afterSign(scan: Scan, at: number, code: number): number {
  const { text, classes } = scan;
  switch (code) {
    case 0x5b:
      return text.startsWith(MARK_START, at) ? afterMark(text, at) : at + 1;
    case 0x40:
      return afterCipher(scan, at) || afterAt(scan, at, at + 1);
    case 0x25:
      return afterCipher(scan, at) || afterPercent(scan, at);
    case 0x3c:
      return classes.credentials ? afterBeside(scan, besideTag(text, at), at + 1) : at + 1;
    default:
      if (!classes.credentials) return at + 1;
      return code < 0x80 ? afterColon(scan, at) : afterWide(scan, at, code);
  }
}

/** 0 where no cipher text of a device begins. */
function afterCipher(scan: Scan, at: number): number {
  return scan.classes.credentials ? afterKind(scan, 'secret', at, cipherEnd(scan.text, at)) : 0;
}

/** A full-width sign, or a character that may end a name of another script. */
function afterWide(scan: Scan, at: number, code: number): number {
  if (code === FULL_COLON || code === FULL_EQUALS) return afterName(scan, at, at + 1, false);
  return afterBeside(scan, besideOtherScript(scan.text, at), at + 1);
}

const MARK = new RegExp(MARK_PATTERN, 'y');

/** Earlier redactions stay unchanged. */
function afterMark(text: string, at: number): number {
  return Math.max(at + 1, endAt(MARK, text, at));
}

/** Or an equals sign. */
function afterColon(scan: Scan, at: number): number {
  const { text } = scan;
  const next = text.charCodeAt(at + 1);
  // A path or a value in base64 may begin with one slash.
  if (next === SLASH && text.charCodeAt(at + 2) === SLASH) return afterUserInfo(scan, userInfoAt(text, at), at + 1);
  const token = next === 0x41 ? botTokenAt(text, at) : undefined;
  if (token !== undefined) return take(scan, 'telegram-token', token.start, token.end);
  const ofFile = next === ASTERISK ? passwordOfFileAt(text, at) : undefined;
  if (ofFile !== undefined) return take(scan, 'secret', ofFile.start, ofFile.end);
  return afterName(scan, at, at + 1, false);
}

function afterUserInfo(scan: Scan, userInfo: Range | undefined, otherwise: number): number {
  if (userInfo === undefined) return otherwise;
  const { kind, start, end } = secretOfUserInfo(scan.text, userInfo);
  readTo(scan, userInfo.start, start - 1);
  takeNamed(scan, kind, start, end);
  return end;
}

function afterName(scan: Scan, at: number, after: number, isEncoded: boolean): number {
  return afterBeside(scan, besideSign(scan.text, at, after, isEncoded, scan.limit), after);
}

function afterBeside(scan: Scan, beside: Beside | undefined, otherwise: number): number {
  if (beside === undefined) return otherwise;
  scan.tableEnd = Math.max(scan.tableEnd, beside.tableEnd ?? 0);
  for (const { kind, start, end } of beside.parts) {
    if (kind === undefined) readTo(scan, start, end);
    else takeNamed(scan, kind, start, end);
  }
  return Math.max(otherwise, beside.end);
}

/** A token of a known form keeps its kind. */
function takeNamed(scan: Scan, kind: string, start: number, end: number): void {
  const form = kind === 'cookie' ? undefined : formAt(scan.text, start);
  if (form !== undefined && (form.end >= end || isAt(HOST_BEHIND, scan.text, form.end)))
    take(scan, form.kind, form.start, form.end);
  else take(scan, kind, start, end);
}

/** `x-access-token:ghp_…@github.com/acme/app`: the host and the repository stay. */
const HOST_BEHIND = /@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?:[/:?#\s]|$)/y;

function afterRange(scan: Scan, kind: string, range: Range | undefined, otherwise: number): number {
  return range === undefined ? otherwise : take(scan, kind, range.start, range.end);
}

/** `%3D` is `=`, `%3A` is `:`, `%40` is `@`; `%253D` is `=` within what was encoded before. */
const ENCODED = /%(?:25){0,4}(?:(40)|3[AD])/iy;

function afterPercent(scan: Scan, at: number): number {
  const [whole = '', sign] = matchAt(ENCODED, scan.text, at) ?? [];
  if (whole === '') return at + 1;
  const after = at + whole.length;
  if (sign !== undefined) return afterAt(scan, at, after);
  return scan.classes.credentials ? afterName(scan, at, after, true) : at + 1;
}

function afterAt(scan: Scan, at: number, after: number): number {
  const user = scan.classes.credentials && after === at + 1 ? driverUserAt(scan.text, at, scan.done) : undefined;
  if (user !== undefined) return Math.max(after, afterUserInfo(scan, user, after));
  return scan.classes.emails ? afterRange(scan, 'email', emailAt(scan.text, at, after, scan.done), after) : after;
}
