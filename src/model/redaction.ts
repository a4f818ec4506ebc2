/**
 * Credentials of known forms, taken out of every text that leaves the program. What stood there stays recognisable
 * (`[redacted:jwt]`), so that a reader knows that something was there and of what kind.
 *
 * Every pattern is linear in the text: it starts at a boundary of the characters that it repeats, so that a long run is
 * read once, and a value whose end is missing is taken to where it stops. Redacting twice changes nothing.
 */

export function redact(text: string): string {
  let clean = text;
  for (const { pattern, replace } of RULES) clean = clean.replace(pattern, replace);
  return clean;
}

/** A value that must not be shown: `jwt` at the half-open range of UTF-16 units from `start` to `end`. */
export type Secret = Readonly<{ kind: string; start: number; end: number }>;

/** Credentials in a text, in its order, for who has to say that one is there without saying which. */
export function secretsIn(text: string): readonly Secret[] {
  const found: Secret[] = [];
  for (const { pattern, replace } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const clean = replace(match[0], ...match.slice(1).map((group = '') => group));
      const mark = clean === match[0] ? null : MARK.exec(clean);
      if (mark === null) continue;
      const [whole, kind = ''] = mark;
      const start = match.index + mark.index;
      const end = match.index + match[0].length - (clean.length - mark.index - whole.length);
      if (!found.some((other) => start < other.end && other.start < end)) found.push({ kind, start, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

const MARK = /\[redacted:([a-z-]+)\]/;

type Rule = Readonly<{ pattern: RegExp; replace: (match: string, ...groups: string[]) => string }>;

/** Names whose values are secrets, whatever comes before (`aws_secret_access_key`, `X-Api-Key`, `db.password`). */
const SECRET_NAMES = [
  'pass(?:word|wd|phrase|code)',
  '(?:db|user|smtp|redis|mysql|pg)_?pass',
  'pwd',
  'secret(?:[_-]?(?:access[_-]?)?key)?',
  'token',
  'api[_-]?key',
  'access[_-]?key',
  'private[_-]?key',
  'credentials?',
].join('|');

/** A value in quotes, in escaped quotes (JSON inside JSON), or bare. Its closing quote may be missing: texts are cut. */
const VALUE = String.raw`(?:\\"[^"\\]*(?:\\")?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"'<>(){}\[\]]+)`;

/** Order matters: what is recognised by its own form keeps its kind, the rules by name take what is left. */
const RULES: readonly Rule[] = [
  whole(
    'private-key',
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
  ),
  whole('jwt', /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*/g),
  whole('aws-key', /(?<![A-Za-z0-9])(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])/g),
  whole('github-token', /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g),
  whole('gitlab-token', /(?<![A-Za-z0-9])glpat-[\w-]{20,}/g),
  whole('slack-token', /(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g),
  whole('slack-webhook', /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g),
  whole('google-key', /(?<![\w-])AIza[\w-]{35}/g),
  whole('stripe-key', /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g),
  whole('api-key', /(?<![A-Za-z0-9-])sk-[\w-]{20,}/g),
  {
    // `https://user:pass@host`: the host stays, it is what the reader needs.
    pattern: /(:\/\/)[^\s/?#@:"'<>]*:[^\s/"'<>]+@/g,
    replace: (match, slashes = '') => (match.includes('[redacted:') ? match : `${slashes}[redacted:user-info]@`),
  },
  {
    pattern:
      /(?<![A-Za-z])((?:proxy-)?authorization\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?:(?:bearer|basic|digest|token|negotiate|apikey)\s{1,3})?)(?!(?:bearer|basic|digest|token|negotiate|apikey)\s{1,3}\[redacted:)([^\s,;"'<>\\[\]]+)/gi,
    replace: (_, name = '') => `${name}[redacted:authorization]`,
  },
  {
    pattern: /(?<![A-Za-z])((bearer|basic)\s{1,3})([\w.~+/-]{8,}=*)/gi,
    replace: (match, name = '', scheme = '', value = '') =>
      looksMade(value) ? `${name}[redacted:${scheme.toLowerCase()}]` : match,
  },
  {
    pattern: /(?<![A-Za-z])((?:set-)?cookie\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)([^\r\n"'\\]+)/gi,
    replace: (match, name = '', value = '') => (value.startsWith('[redacted:') ? match : `${name}[redacted:cookie]`),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9])((?:[A-Za-z0-9]{1,30}[_.-]){0,4}[a-z]{0,20}?(?:${SECRET_NAMES})\\?["']?\s{0,3}[:=]\s{0,3})(${VALUE})`,
      'gi',
    ),
    replace: (match, name = '', value = '') => {
      const { open, inner, close } = unquoted(value);
      if (inner === '' || isPlaceholder(inner)) return match;
      return `${name}${open}[redacted:secret]${close}`;
    },
  },
];

function whole(kind: string, pattern: RegExp): Rule {
  return { pattern, replace: () => `[redacted:${kind}]` };
}

/** Made by a machine and no word: "Basic authentication" and "bearer token" are prose. */
function looksMade(value: string): boolean {
  return /[\d=+/~]/.test(value) || (/[a-z]/.test(value) && /.[A-Z]/.test(value));
}

function unquoted(value: string): { open: string; inner: string; close: string } {
  for (const quote of ['\\"', '"', "'"]) {
    if (!value.startsWith(quote)) continue;
    const closed = value.length >= 2 * quote.length && value.endsWith(quote);
    return {
      open: quote,
      inner: value.slice(quote.length, closed ? -quote.length : undefined),
      close: closed ? quote : '',
    };
  }
  return { open: '', inner: value, close: '' };
}

/** What stands for a value in a statement or a template is no secret: `?`, `$1`, `:name`, `%s`, `***`, `null`. */
function isPlaceholder(value: string): boolean {
  return (
    value.startsWith('[redacted:') || /^(?:\?+|\$\d+|:\w+|@\w+|%\w|\*+|null|none|true|false|undefined)$/i.test(value)
  );
}
