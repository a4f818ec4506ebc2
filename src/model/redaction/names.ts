/**
 * Values that are secret because of the name before them: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`,
 * `Cookie: …`. In quotes of any depth (JSON inside JSON), bare, percent-encoded; the end may be missing, since texts are
 * cut.
 */

export type NameKind = 'authorization' | 'cookie' | 'secret';

/** Ends of names, whatever comes before them and however their words are joined: `aws_secret_access_key`, `X-Api-Key`. */
const NAME_ENDS: readonly Readonly<{ kind: NameKind; words: string }>[] = [
  { kind: 'authorization', words: 'authorization' },
  { kind: 'cookie', words: 'cookie' },
  {
    kind: 'secret',
    words:
      'password passwd passphrase passcode pwd dbpass userpass smtppass redispass mysqlpass pgpass secret secretkey token jwt ' +
      'apikey accesskey privatekey accountkey signingkey encryptionkey masterkey subscriptionkey consumerkey applicationkey ' +
      'appkey authkey webhookkey amzsignature googsignature credential credentials cvv',
  },
];

/** What a value is by the name beside it; undefined where the name tells nothing, or where the value is none. */
export function secretKind(name: string, value: string): NameKind | undefined {
  const kind = nameKind(name, name.length - 1);
  if (kind === undefined || value === '' || standsForValue(value)) return undefined;
  return isProse({ kind, name, value, isQuoted: true, isTold: false }) ? undefined : kind;
}

/** By their last three letters, five bits each: most names are turned away there. */
const ENDS_BY_LETTERS: ReadonlyMap<number, readonly Readonly<{ kind: NameKind; word: string }>[]> = Map.groupBy(
  NAME_ENDS.flatMap(({ kind, words }) => words.split(' ').map((word) => ({ kind, word }))),
  ({ word }) => lettersAt(word, word.length - 1),
);
const LAST_LETTERS = new Uint8Array(1 << 15);
for (const letters of ENDS_BY_LETTERS.keys()) LAST_LETTERS[letters] = 1;

/** The three characters that end at `last`, whatever their case. */
function lettersAt(text: string, last: number): number {
  return (
    ((text.charCodeAt(last - 2) & 31) << 10) | ((text.charCodeAt(last - 1) & 31) << 5) | (text.charCodeAt(last) & 31)
  );
}

/** Of the name whose last character is at `last`. */
function nameKind(text: string, last: number): NameKind | undefined {
  const letters = lettersAt(text, last);
  if (LAST_LETTERS[letters] === 0) return undefined;
  return ENDS_BY_LETTERS.get(letters)?.find(({ kind, word }) => {
    const before = beforeWord(text, last, word);
    // Payments are pre-authorised, and what that ends in is no header.
    return before !== undefined && (kind !== 'authorization' || !/[A-Za-z]/.test(text[before] ?? ''));
  })?.kind;
}

/** Where the character before the word is, if it ends at `last`; one `_` or `-` may stand between letters. */
function beforeWord(text: string, last: number, word: string): number | undefined {
  let at = last;
  for (let letter = word.length - 1; letter >= 0; letter -= 1) {
    const code = text.charCodeAt(at);
    if (letter < word.length - 1 && (code === 0x5f || code === 0x2d)) at -= 1;
    if ((text.charCodeAt(at) | 0x20) !== word.charCodeAt(letter)) return undefined;
    at -= 1;
  }
  return at;
}

export type NamedValue = Readonly<{ kind: NameKind; start: number; end: number }>;

/**
 * The secret behind a `:` or `=`, or the `%3A` and `%3D` that stand for them: `sign` is where it is, `after` is behind it.
 * Undefined where the name tells nothing or where there is no value.
 */
export function namedValue(text: string, sign: number, after: number): NamedValue | undefined {
  const last = nameEnd(text, sign);
  const kind = nameKind(text, last);
  if (kind === undefined) return undefined;
  return valueBehind(text, kind, text.slice(Math.max(0, last - LONGEST_NAME), last + 1), after);
}

const LONGEST_NAME = 64;

/** Of the name before a sign: spaces and a quote may stand between. */
function nameEnd(text: string, sign: number): number {
  let at = sign - 1;
  for (let spaces = 0; spaces < MOST_SPACES && text.charCodeAt(at) === SPACE; spaces += 1) at -= 1;
  const code = text.charCodeAt(at);
  if (code !== QUOTE && code !== APOSTROPHE) return at;
  at -= 1;
  for (let depth = 0; depth < DEEPEST && text.charCodeAt(at) === BACKSLASH; depth += 1) at -= 1;
  return at;
}

const MOST_SPACES = 3;
/** Backslashes before a quote: JSON in JSON in JSON in JSON. */
const DEEPEST = 7;
const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;

const OPENING = /[ \t]{0,3}(\\{0,7}["'`])?/y;
const SCHEME = /(?:bearer|basic|digest|token|negotiate|apikey)(?:\s|%20|\+){1,3}/iy;
const BARE = /(?:(?!%26|%22|%2C)[^\s,;&"'<>(){}[\]\\])+/iy;
/** Another pair follows after a semicolon; anything else ends it. */
const COOKIES = /[^\s;"'\\]+(?:;[ \t]?[^\s;"'\\]+)*/y;
const COOKIE_LINE = /(?![{([<])[^\r\n"'\\]+/y;

function valueBehind(text: string, kind: NameKind, name: string, after: number): NamedValue | undefined {
  OPENING.lastIndex = after;
  const [skipped = '', quote = ''] = OPENING.exec(text) ?? [];
  let start = after + skipped.length;
  if (kind === 'authorization') start += lengthAt(SCHEME, text, start);
  const isQuoted = quote !== '' && kind !== 'cookie';
  const bare = kind === 'cookie' ? (text[after - 1] === ':' ? COOKIE_LINE : COOKIES) : BARE;
  let end = isQuoted && kind === 'secret' ? quotedEnd(text, start, quote) : start + lengthAt(bare, text, start);
  // A colon that ends it belongs to the sentence.
  if (!isQuoted && text[end - 1] === ':') end -= 1;
  const value = text.slice(start, Math.min(end, start + LONGEST_PLAIN));
  const isTold = text[after - 1] === ':' && text[after] === ' ';
  const isName = /^[:=]/.test(text.slice(end, end + 1)) && nameKind(value, value.length - 1) !== undefined;
  const goesOn = isTold && /^[a-z]+$/.test(value) && /^ [a-z]/.test(text.slice(end, end + 2));
  if (end <= start || isName || goesOn || standsForValue(value) || isProse({ kind, name, value, isQuoted, isTold }))
    return undefined;
  return { kind, start, end };
}

/** Of what is compared with words. */
const LONGEST_PLAIN = 64;

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/**
 * Where a value in quotes ends: at a quote behind as many backslashes as the opening one. One with fewer closes the text
 * around it; without any, the line ends it.
 */
function quotedEnd(text: string, start: number, quote: string): number {
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

/** In quotes, where the closing one is missing. */
const LONGEST_VALUE = 4096;

/** What stands for a value in a statement or a template, or was taken out before, is no secret: `?`, `$1`, `%s`, `***`. */
function standsForValue(value: string): boolean {
  return (
    value.startsWith('[redacted:') ||
    /^(?:\?+|\$\d*|:\w+|@\w+|%\w|[*•.=<>!~^|+-]+|x{3,}|null|nil|none|true|false|undefined|redacted|filtered|hidden|masked|bearer|basic|digest|negotiate)$/i.test(
      value,
    )
  );
}

/** `isTold`: behind a colon and a space, as a sentence has it. */
type Found = Readonly<{ kind: NameKind; name: string; value: string; isQuoted: boolean; isTold: boolean }>;

/** "password: must be longer", "unexpected token: end", PWD=/srv: names that say something else here. */
function isProse({ kind, name, value, isQuoted, isTold }: Found): boolean {
  if (/(?:^|[^A-Za-z])(?:OLD)?PWD$/i.test(name) && /^(?:[/~.\\]|[a-z]:)/i.test(value)) return true;
  if (/token$/i.test(name) && /^\d{1,4}$/.test(value)) return true; // how many
  if (kind !== 'secret' || isQuoted) return /^(?:none|missing|required|invalid|expired)$/i.test(value);
  if (/unexpected token$/i.test(name)) return true;
  if (!isTold && RIGHTS.test(value) && !/pass/i.test(name)) return true; // `token:read`
  return isTold && (STATES.test(value) || (DOING.test(value) && !/pass/i.test(name)));
}

/** "no credentials: retrying" */
const DOING = /^[a-z]{2,12}(?:ing|ed)$/i;
const RIGHTS = /^(?:read|write|admin|list|create|update|delete|get|manage|all|any|status|amd64|arm64)$/i;

/** What is said of a secret instead of the secret. */
const STATES =
  /^(?:a|an|and|any|are|be|been|cannot|can|changed|could|denied|deleted|does|empty|error|expired|failed|failure|for|found|from|generated|has|have|in|incorrect|include|int|integer|invalid|is|issued|it|malformed|may|mismatch|missing|must|no|not|object|of|ok|omit|optional|or|password|permission|present|provided|read|refreshed|rejected|required|revoked|rotated|same-origin|secret|set|should|string|str|text|that|the|this|to|token|too|type|unauthorized|unknown|unset|update|updated|using|valid|validated|value|verified|was|were|will|with|write|wrong|you|your)[.!]?$/i;
