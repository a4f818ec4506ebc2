/**
 * The place of the value for a name before a sign, in any notation, and its end. The end may be missing, because texts
 * are truncated.
 *
 *  password = hunter2                  bare, with white space around the sign
 *  "password": "hunter 2"              in quotes, also escaped ones: JSON in JSON
 *  'password' => 'hunter2'             in Ruby and PHP; [password] => …, user[password]=…
 *  password%3Dhunter2                  percent-encoded
 *  password: Some("hunter2")           wrapped, or passed to a function
 *  Cookie: sid=abc; theme=dark         a whole header
 */
import { codeForm, isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { beginsLine, widerEnd } from '#model/redaction/wide-values.ts';

export type Range = Readonly<{ start: number; end: number }>;

/** A `:` or `=`: `at` is its position, `after` the position behind it; `isEncoded`: `%3A` or `%3D`. */
export type Sign = Readonly<{ at: number; after: number; isEncoded: boolean }>;

/** The last character of the name before a sign: white space, quotes and brackets may stand between. */
export function nameEnd(text: string, sign: number): number {
  let at = sign - 1;
  if (isLetter(text.charCodeAt(at)) && text[at - 1] !== '5') return at; // but for %5D
  for (let spaces = 0; spaces < MOST_SPACES && isBlank(text.charCodeAt(at)); spaces += 1) at -= 1;
  for (let closing = 0; closing < MOST_CLOSING; closing += 1) {
    const before = beforeClosing(text, at);
    if (before === at) break;
    at = before;
  }
  return at;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Settings are written in columns. */
const MOST_SPACES = 40;
/** `""password"":`, `["password"] =`, `**password**:` */
const MOST_CLOSING = 3;
/** Backslashes before a quote: JSON in JSON in JSON in JSON. */
const DEEPEST = 15;
const BACKSLASH = 0x5c;

const OTHER_BLANKS = /[\u00a0\u202f\u3000]/;

/** White space without a line break, of any width. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0xa0 && OTHER_BLANKS.test(String.fromCharCode(code)));
}

/**
 * Where to continue before a quote with its backslashes, a bracket, a sign of emphasis; `at` itself for anything else.
 */
function beforeClosing(text: string, at: number): number {
  switch (text[at]) {
    case ']':
      return text[at - 1] === '[' ? at - 2 : at - 1;
    case '*':
      return at - 1;
    case '"':
    case "'":
    case '`':
      return beforeBackslashes(text, at - 1);
    case '2':
    case '7':
    case 'D':
    case 'd':
      return ENCODED_CLOSING.test(text.slice(at - 2, at + 1)) ? at - 3 : at;
    default:
      return at;
  }
}

const ENCODED_CLOSING = /^%(?:2[27]|5D)$/i;

function beforeBackslashes(text: string, at: number): number {
  let before = at;
  for (let depth = 0; depth < DEEPEST && text.charCodeAt(before) === BACKSLASH; depth += 1) before -= 1;
  return before;
}

/** `=>`, `:=`, `==`, LDIF's `::`, and a backslash that continues a line of Java's properties */
const REST_OF_SIGN = />\s{0,40}|: |={0,2}[ \t\u00a0\u202f\u3000]{0,40}(?:\\\r?\n[ \t]{0,40})?/y;

/** Where a possible value begins. */
export function valueStart(text: string, { after, isEncoded }: Sign): number {
  return isEncoded ? after : endAt(REST_OF_SIGN, text, after);
}

/**
 * Types and anchors of YAML (yaml.org/spec/1.2.2, "Node Properties"). Emphasis may go on; letters before a quote say what
 * kind of text it is: `b'…'`, `u'…'`, `N'…'`.
 */
const OPENING =
  /(?:<%=? ?(?=["'][^"'\r\n]{1,200}["'] ?-?%>))?(?:(?:!!?(?:[a-z]{3,9}(?:\/[\w.:]{1,40}){1,3}|<tag:[\w.,:-]{1,60}>|str(?:ing)?|binary)|!![a-z]{3,9}|&[A-Za-z][\w-]{0,30}) {1,3})?(?:\*{1,2} ?(?![A-Z]{3,12}[ \r\n]|[a-z][a-z_-]{0,30}(?:[\r\n\v]|$)))?(?:(?:[bBuUrRfNE@]{1,2}|~c)(?=\\{0,15}["']))?(\\{0,15}["'`]|%(?:25){0,4}2[27])?/y;

/** Undefined where there is no value, or one that is no secret. */
export function valueAt(text: string, named: Named, sign: Sign): Range | undefined {
  const from = valueStart(text, sign);
  const value = rangeAt(text, named, sign, from);
  if (value === undefined || value.end <= value.start) return undefined;
  const { rule, text: name } = named;
  const said = text.slice(value.start, Math.min(value.end, value.start + LONGEST_PLAIN));
  const isTold = text[sign.at] === '：' || (text[sign.at] === ':' && isBlank(text.charCodeAt(sign.after)));
  return isNoSecret({ rule, name, value: said, isQuoted: value.isQuoted, isTold })
    ? undefined
    : value.isQuoted
      ? { start: value.start, end: joinedEnd(text, value.end) }
      : value;
}

/**
 * The end of the id in `access_key: ABC…` beside `secret_key: …`, which names the pair and opens nothing; `from` where there is
 * none. Ids of AWS are tokens of a known form.
 */
export function idBesideKey(text: string, { rule, start: nameStart }: Named, from: number): number {
  if (rule.word !== 'accesskey') return from;
  const end = endAt(ID_OF_KEY, text, from);
  const isBeside =
    SECRET_BESIDE.test(text.slice(end, end + BESIDE_CHARS)) ||
    SECRET_BESIDE.test(text.slice(Math.max(0, nameStart - BESIDE_CHARS), nameStart));
  return isBeside ? end : from;
}

const ID_OF_KEY = /\\{0,15}["']?(?!A[KS]IA)(?=[A-Z]{0,23}\d)[A-Z\d]{16,24}(?![\w+/=-])/y;
const SECRET_BESIDE = /secret[-_ ]?(?:access[-_ ]?)?key/i;
const BESIDE_CHARS = 160;

/** The longest value to compare with words. */
const LONGEST_PLAIN = 256;

type Value = Range & Readonly<{ isQuoted: boolean }>;

function rangeAt(text: string, named: Named, sign: Sign, from: number): Value | undefined {
  const [skipped = '', quote = ''] = matchAt(OPENING, text, from) ?? [];
  const start = endAt(NAME_OF_TOKEN, text, from + skipped.length);
  if (named.rule.kind === 'cookie') return { start, end: cookiesEnd(text, sign, start), isQuoted: false };
  if (quote !== '' && closesName(text, named, sign, quote)) return undefined;
  if (quote !== '') return quotedRange(text, named, start, quote);
  const typographic = typographicRange(text, start);
  if (typographic !== undefined) return { ...typographic, isQuoted: true };
  const wrapped = matchAt(WRAPPER, text, start);
  const isCall =
    wrapped !== undefined && (start > sign.after || LOOKUP.test(wrapped[1] ?? '') || wrapped[2] !== undefined);
  return isCall ? wrappedRange(text, start, wrapped) : bareRange(text, named, sign, start);
}

/** pve.proxmox.com/wiki/User_Management, "API Tokens": `jo@pve!ci=` says whose token follows. */
export const NAME_OF_TOKEN = /(?:[\w.+-]{1,64}@[\w.-]{1,32}![\w.-]{1,64}[=:](?=[\da-f[]))?/y;

/** `expect 'Password:'`: the quote closes the text in which the name stands. */
function closesName(text: string, { start, end }: Named, sign: Sign, quote: string): boolean {
  if (sign.at !== end || sign.after !== sign.at + 1 || text[sign.after] !== quote) return false;
  const before = text.slice(Math.max(0, start - PROMPT_CHARS), start);
  const opening = before.lastIndexOf(quote);
  return opening >= 0 && /^[A-Za-z ]*$/.test(before.slice(opening + 1)) && !/[\w:=]$/.test(before.slice(0, opening));
}

const PROMPT_CHARS = 40;

/** Another pair follows after a semicolon; anything else ends it. */
/** The cookie alone: what follows are its lifetime and its path. */
const SET_COOKIE = /(?![{([<])[^\r\n\v"'\\;]+/y;
const COOKIES = /[^\s;"'\\]+(?:;[ \t]?[^\s;"'\\]+)*/y;
const COOKIE_LINE = /(?![{([<])[^\r\n\v"'\\]+/y;

function cookiesEnd(text: string, { at }: Sign, start: number): number {
  if (text[at] === ':' && /set-cookie["'\\]{0,16}$/i.test(text.slice(Math.max(0, at - 30), at)))
    return endAt(SET_COOKIE, text, start);
  return endAt(text[at] === ':' ? COOKIE_LINE : COOKIES, text, start);
}

/** “…”, „…“, « … », 「…」 */
const TYPOGRAPHIC = /([“„«「『‹‘][ \u00a0\u202f]?)([^“”„«»「」『』‹›\r\n\v]{1,200})[”“»」』›’]/y;

/** The text between typographic quotes; undefined where none open here. */
export function typographicRange(text: string, at: number): Range | undefined {
  const [, opening = '', value = ''] = matchAt(TYPOGRAPHIC, text, at) ?? [];
  const start = at + opening.length;
  return value === '' ? undefined : { start, end: start + value.trimEnd().length };
}

function quotedRange(text: string, named: Named, start: number, quote: string): Value {
  // In a table each quote is written twice, `""password"":""…""`, and some languages have texts in three.
  const twice = quote + quote;
  const marks = text.startsWith(twice, start)
    ? 3
    : text.startsWith(quote, start) && text.startsWith(twice, named.end)
      ? 2
      : 1;
  if (marks === 1) return { start, end: literalEnd(text, named, start, quote), isQuoted: true };
  const from = start + (marks - 1) * quote.length;
  return { start: from, end: endBefore(text, from, marks === 3 ? twice + quote : twice), isQuoted: true };
}

/** `"a"\\` and `"b"` in the next line of a shell, `"a" + "b"` of a program: one text in several quotes. */
export function joinedEnd(text: string, end: number): number {
  return endAt(text[end] === '"' ? JOINED_DOUBLE : JOINED_SINGLE, text, end);
}

const JOINED_DOUBLE =
  /(?:"(?:\\\r?[\n\v][ \t]{0,40}|[ \t]{0,4}[+.&][ \t]{0,4}(?:\r?[\n\v][ \t]{0,40})?)"[^"\\\r\n\v]{1,400}){1,9}(?=")/y;
const JOINED_SINGLE =
  /(?:'(?:\\\r?[\n\v][ \t]{0,40}|[ \t]{0,4}[+.&][ \t]{0,4}(?:\r?[\n\v][ \t]{0,40})?)'[^'\\\r\n\v]{1,400}){1,9}(?=')/y;

/** In SQL a doubled quote is one quote: `'a''b'`. In JSON no quote follows a value. */
function literalEnd(text: string, named: Named, start: number, quote: string): number {
  const isDoubling = quote === "'" || (quote === '"' && text[named.end] !== '"');
  return isDoubling && !text.startsWith(quote, start)
    ? statementEnd(text, start, quote)
    : quotedEnd(text, start, quote);
}

/** The end of an SQL literal: the first quote that is not doubled. */
export function statementEnd(text: string, start: number, quote: string): number {
  let end = quotedEnd(text, start, quote);
  while (text.startsWith(quote + quote, end) && end - start < LONGEST_VALUE)
    end = quotedEnd(text, end + 2 * quote.length, quote);
  return end;
}

/**
 * Where a value in quotes ends: at a quote behind as many backslashes as the opening one. One with fewer closes the text
 * around it; without any, the line ends it.
 */
export function quotedEnd(text: string, start: number, quote: string): number {
  if (quote.startsWith('%')) return endBefore(text, start, quote);
  const sign = quote.at(-1) ?? '"';
  const depth = quote.length - 1;
  const latest = Math.min(text.length, start + LONGEST_VALUE);
  for (let at = text.indexOf(sign, start); at !== -1 && at < latest; at = text.indexOf(sign, at + 1)) {
    let first = at;
    while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    const backslashes = at - first;
    if (backslashes <= depth || (backslashes - depth) % (2 * (depth + 1)) === 0)
      return Math.max(start, at - Math.min(backslashes, depth));
  }
  const line = text.indexOf('\n', start);
  return line === -1 || line > latest ? Math.max(latest, start) : line;
}

/** A quoted value without its closing quote. */
const LONGEST_VALUE = 4096;

function endBefore(text: string, start: number, closing: string): number {
  const within = text.slice(start, start + LONGEST_VALUE);
  const at = within.indexOf(closing);
  return start + (at < 0 ? within.length : at);
}

/** `Some("`, `md5('`, `string(7) "`, `Optional[`, `(string) (len=7) "` of Go's spew, Swift's dump of an optional */
const WRAPPER =
  /([a-z]{3,8}\(\d{1,6}\) (?=\\{0,15}")|\((?:string|\[\]uint8)\) (?:\((?:len=\d{1,6} ?)?(?:cap=\d{1,6})?\) )?(?=\\{0,15}")|Optional<[\w.]{1,40}>[\n\v][ \t]{0,40}- some : (?=\\{0,15}")|(?:[A-Za-z_][\w.:]{0,40}!?\(){1,3}|(?:Some|Optional|Just)\[)(?:[bu](?=["']))?(\\{0,15}["'])?/y;

/** The argument of a function; undefined where it is a name, not a value. */
function wrappedRange(
  text: string,
  from: number,
  [whole = '', call = '', quote = '']: RegExpExecArray,
): Value | undefined {
  const start = from + whole.length;
  if (quote === '') {
    return HOLDERS.test(call) ? { start, end: endAt(HELD, text, start), isQuoted: false } : undefined;
  }
  const end = quotedEnd(text, start, quote);
  const isLookedUp =
    LOOKUP.test(call) || /^[A-Z][A-Z0-9_]{2,}$/.test(text.slice(start, Math.min(end, start + LONGEST_PLAIN)));
  return isLookedUp ? undefined : { start, end, isQuoted: true };
}

const HOLDERS = /^(?:Some|Optional|Just|Ok|Secret\w*|Protected\w*)[([]$/;
const HELD = /[^\s()[\]{}"'\\,]+(?=[)\]])/y;
/** Functions that look up a value by its name. */
const LOOKUP =
  /(?:^|[._:(])(?:get|env|config|credentials?|setting|param|prop|lookup|resolve|arg|option(?!al\()|key|file|read|load|vault|fetch|find|select|require|translate|gettext|prompt|field|input|label|t|_)\w{0,60}!?\($/i;

/** NUL divides the variables in `/proc/PID/environ`. */
const BARE = /[^\s\0,;&"'`<>(){}[\]\\，。；、（）「」『』【】“”„«»]+/y;
/** `abc(def)g` and `a{b}c`, without the bracket that closes the text around the pair. */
const IN_BRACKETS =
  /(?:(?:\([^\s()"'\\]{1,60}\)|(?<![$#{])\{[^\s{}"'\\,;:]{1,60}\}(?!\}))[^\s\0,;&"'`<>(){}[\]\\]{0,60}){1,4}/y;
/** Up to an encoded character that would end it. */
const ENCODED_BARE = /(?:(?!%(?:25){0,4}(?:26|2[27C]|3B|5D|7D|0A|0D))[^\s,;&"'`<>(){}[\]\\])+/iy;

/** A generated value contains no sign that a name could precede: `sig=sig=sig=…` is read once. `^@` is a NUL. */
const MADE = /[\w+/.~%-]+={0,2}(?=\^@|(?!:?[^\s,;&"'`<>(){}[\]\\:，。；、（）「」『』【】“”„’‹›«»…]))/y;
const ENCODED_MADE = /(?:(?!%(?:25){0,4}(?:26|2[27C]|3[ABD]|5D|7D|0A|0D))[\w+/.~%-])+(?:=|%(?:25){0,4}3D){0,2}/iy;

function bareRange(text: string, named: Named, sign: Sign, start: number): Value | undefined {
  if (codeForm(named.rule) !== undefined) return { start, end: endAt(CODE, text, start), isQuoted: false };
  if (named.rule.isMade)
    return { start, end: endAt(sign.isEncoded ? ENCODED_MADE : MADE, text, start), isQuoted: false };
  const end = bracketEnd(text, named, start, optionEnd(text, named, wordEnd(text, sign, start)));
  if (end <= start || (start > sign.after && EMPTY_BEFORE.test(text.slice(start, start + LONGEST_PLAIN))))
    return undefined;
  if (isNameAgain(text, start, end) || isKeyOfMember(text, named, start, end) || isCode(text, start, end))
    return undefined;
  if (start === sign.after && text[sign.at] === ':' && isPathOfSetting(text, named, start)) return undefined;
  if (sign.isEncoded) return { start, end, isQuoted: false };
  const isContinued = isAt(CONTINUED, text, end) && beginsLine(text, named.start);
  return {
    start,
    end: isContinued ? endAt(CONTINUED, text, end) : widerEnd(text, named, sign.at, { start, end }),
    isQuoted: false,
  };
}

/** `--password=Rips&Kiwi3`: a shell needs a space before another command, a query another name. */
function optionEnd(text: string, { start: nameStart }: Named, end: number): number {
  return text.startsWith('--', nameStart) ? endAt(IN_OPTION, text, end) : end;
}

const IN_OPTION = /(?:[&;](?![\w.-]{1,40}=)[\w!@#$%^*+?~.-]{1,60}){1,6}(?=[\s"'\\]|$)/y;

/** `password: 9JWT6{Q`: a bracket that nothing closes, in a word that ends its line. */
function bracketEnd(text: string, { start: nameStart, rule }: Named, start: number, end: number): number {
  const isSecret = end > start && isPassword(rule) && !/[$#%=.]/.test(text[end - 1] ?? '');
  return isSecret && isAt(UNCLOSED, text, end) && beginsLine(text, nameStart) ? endAt(UNCLOSED, text, end) : end;
}

const UNCLOSED =
  /(?:[{<[](?=[\w!@#$%^*+?~-])|[}>\]](?=[\w!@#$%^*+?~-]))[^\s"'\x60\\,;:(){}<>]{1,60}(?=[ \t]{0,8}(?:[\r\n\v]|$))/y;

function wordEnd(text: string, { at, after, isEncoded }: Sign, start: number): number {
  if (isEncoded) return endAt(ENCODED_BARE, text, start);
  let end = beforeNul(text, start, endAt(IN_BRACKETS, text, endAt(BARE, text, start)));
  const isInSentence = text[at] === ':' && isBlank(text.charCodeAt(after));
  if (end > start && isQuoteInside(text, start, end)) end = endAt(BEHIND_QUOTE, text, end);
  if (end > start && isInConnectionString(text, at, end)) end = endAt(UP_TO_SEMICOLON, text, end);
  else if (end > start && text[end] === '&' && isInSentence) end = endAt(AND, text, end);
  // A colon that ends it belongs to the sentence.
  return text[end - 1] === ':' ? end - 1 : end;
}

/**
 * `password=Kohl'Kopf6 dbname=x` (postgresql.org/docs/current/libpq-connect.html, "Keyword/Value Connection Strings"): a value
 * that no quote opens may have one inside. A quote before the pair in the same line would end there.
 */
function isQuoteInside(text: string, start: number, end: number): boolean {
  if (!isAt(BEHIND_QUOTE, text, end)) return false;
  const before =
    text
      .slice(Math.max(0, start - LINE_CHARS), start)
      .split(/[\r\n\v]/)
      .at(-1) ?? '';
  return before.split(text[end] ?? '').length % 2 === 1;
}

const LINE_CHARS = 400;
/** The quote and what follows it: no end of a word such as “don't”. */
const BEHIND_QUOTE =
  /(?:["'](?=[\w!#$%^*+?@.-])(?!(?:s|t|re|ve|ll|d|m)(?![\w!#$%^*+?@-]))[^\s\0,;&"'\x60<>(){}[\]\\]{1,60}){1,4}(?=[\s\0,;&)}\]<>]|$)/y;

/** cat(1), option `-v`: NUL as `^@`; proc_pid_environ(5) has one behind each variable. */
function beforeNul(text: string, start: number, end: number): number {
  const nul = text.slice(start, Math.min(end, start + LONGEST_PLAIN)).search(NUL_AND_NAME);
  return nul < 0 ? end : start + nul;
}

const NUL_AND_NAME = /\^@(?:[A-Za-z_]\w{0,60}=|$)/;

/** `User ID=jo;Password=x&y;Encrypt=True`: ADO.NET and ODBC divide by semicolons alone. */
function isInConnectionString(text: string, sign: number, from: number): boolean {
  return /;\s?[A-Za-z ]{2,30}$/.test(text.slice(Math.max(0, sign - 40), sign)) && isAt(UP_TO_SEMICOLON, text, from);
}

/** What the value has behind a sign that ends others; in a query a pair follows, and a bracket may close the text around. */
const UP_TO_SEMICOLON =
  /(?:(?:&(?:amp|lt|gt|apos|#\d{2,4});|&(?![\w.-]{1,40}=)|[{}()[\]<>,`](?![,}\])]))[^\s;&"'={}()[\]<>,`]{0,60}){1,8}(?=;)|[{([][^\s;"'\\]{1,100}(?=[\s"'\\]|$)/y;

/** A line of Java's properties that ends with a backslash goes on in the next one: java.util.Properties, "load". */
const CONTINUED = /(?:\\\r?\n[ \t]{0,40}(?![\w.-]{1,64}[ \t]?[=:])[^\s\\]{1,400}){1,20}/y;

/** In a sentence it is a sign of a password, unless a pair follows as in a query. */
const AND = /(?:&(?![\w.-]{1,40}=)[^\s\0,;&"'`<>(){}[\]\\]{0,60}){1,8}/y;

/** Digits, in two groups or not; `482.1`, `4821x` and `2611 users` are something else. */
const CODE =
  /\d{3,12}(?:[ \u00a0-]\d{3,4})?(?![\w-]|\.\d|[ \u00a0]\d| (?:users|people|accounts|logins|requests|codes|messages|tests|errors|times|devices|ms|bytes)\b)/y;

/** `os.environ["API_TOKEN"]`, `params[:token]`, `headers.authorization?.split(' ')` */
function isCode(text: string, start: number, end: number): boolean {
  if (text[end] === '[') return /["']/.test(text[end + 1] ?? '') || isAt(SYMBOL, text, end);
  if (end - start > LONGEST_PLAIN || !CHAINED.test(text.slice(start, end))) return false;
  return text[end] === '(' || namedAt(text, end - 1) !== undefined;
}

/** ruby-doc.org, "Hash": a member by its symbol */
const SYMBOL = /\[:[a-z_]\w{0,60}\]/y;
/** Members that may be missing: developer.mozilla.org, "Optional chaining"; kotlinlang.org, "Null safety" */
const CHAINED = /^[A-Za-z_$][\w$]*(?:[?!]{0,2}\.[A-Za-z_$][\w$]*){0,8}[?!]{1,2}\.[A-Za-z_$][\w$]*$/;

/** `DB_PASSWORD= API_KEY=""`: no value, and the next setting. */
const EMPTY_BEFORE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+=(?!=)/;

/** learn.microsoft.com/aspnet/core/fundamentals/configuration: `Jwt:Issuer=https://…` is the setting of a section. */
function isPathOfSetting(text: string, { rule }: Named, start: number): boolean {
  return !isPassword(rule) && isAt(PATH_OF_SETTING, text, start);
}

const PATH_OF_SETTING = /(?:[A-Z][A-Za-z]{1,40}:(?:\d{1,2}:)?){0,4}[A-Z][A-Za-z]{1,40}=(?=[^\s=])/y;

/** `serviceAccountToken: expirationSeconds: 3607`: the key of a member inside. */
function isKeyOfMember(text: string, { rule }: Named, start: number, end: number): boolean {
  return (
    !isPassword(rule) &&
    isAt(SIGN_AND_SPACE, text, end) &&
    end - start < LONGEST_PLAIN &&
    KEY.test(text.slice(start, end))
  );
}

const SIGN_AND_SPACE = /:[ \t\r\n\v]/y;
const KEY = /^[a-z]{2,30}(?:(?:[A-Z][a-z]{1,30}){1,5}|(?:_[a-z]{1,30}){1,5})$/;

/** "token: password=…" */
function isNameAgain(text: string, start: number, end: number): boolean {
  return /[:=]/.test(text[end] ?? '') && namedAt(text, end - 1) !== undefined && end - start < LONGEST_PLAIN;
}
