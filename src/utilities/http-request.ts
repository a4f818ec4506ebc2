/** An HTTP request in the form that people share: a curl command. It is read and never run: no shell, no files. */
import { cutText } from '#model/text/cut-text.ts';

export type HttpRequest = Readonly<{
  method: string;
  /** Absolute; without user and password, which become a header. */
  url: string;
  headers: readonly HttpHeader[];
  body: string | undefined;
}>;

export type HttpHeader = readonly [name: string, value: string];

export type HttpTiming = Readonly<{
  dnsMs: number;
  connectMs: number;
  /** 0 without TLS. */
  tlsMs: number;
  /** Since the start, including all of the above. */
  firstByteMs: number;
  totalMs: number;
}>;

export type HttpAnswer = Readonly<{
  status: number;
  statusText: string;
  headers: readonly HttpHeader[];
  /** The part that was read, uncompressed where the encoding is known. */
  body: string;
  truncated: boolean;
  /** The address that was reached. */
  address: string;
  timing: HttpTiming;
  /** The redirects that were followed, in order. */
  followed: readonly string[];
  /** The redirect that was not followed; '' for none. */
  leadsTo: string;
}>;

/** Sends an allowed request. Throws NotAllowedError, UsageError or UnreachableError. */
export type SendRequest = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** A host name or an address that always leads to the machine itself. A server that shows 0.0.0.0 listens there, too. */
export function isThisMachine(host: string): boolean {
  return /^(?:[^.].*\.)?localhost\.?$|^127\.[\d.]+$|^0\.0\.0\.0$|^\[?::1\]?$/i.test(host);
}

export type ReadCurl = Readonly<{ request: HttpRequest; notes: readonly string[] } | { problem: string }>;

/** A curl command, or only an address, which means GET. */
export function readCurl(text: string): ReadCurl {
  const read = wordsOf(text.trim());
  if ('problem' in read) return read;
  const [first, ...rest] = read.words;
  if (first === undefined) return { problem: 'the address is missing' };
  return readWords(first === 'curl' || first.endsWith('/curl') ? rest : read.words);
}

/** As an equivalent command for a shell. */
export function writeCurl({ method, url, headers, body }: HttpRequest): string {
  const usual = body === undefined ? 'GET' : 'POST';
  const parts = ['curl', ...methodFlags(method, usual), quotedForShell(url)];
  for (const [name, value] of headers)
    parts.push('-H', quotedForShell(value === '' ? `${name};` : `${name}: ${value}`));
  if (body !== undefined) parts.push('--data-raw', quotedForShell(body));
  return parts.join(' ');
}

function methodFlags(method: string, usual: string): readonly string[] {
  if (method === usual) return [];
  return method === 'HEAD' ? ['--head'] : ['-X', quotedForShell(method)];
}

export function quotedForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The flags read so far. */
type Draft = {
  method?: string;
  url?: string;
  headers: [string, string][];
  data: string[];
  asQuery: boolean;
  head: boolean;
  json: boolean;
  notes: string[];
};

/** Returns the problem. */
type Take = (draft: Draft, value: string) => string | undefined;

const header =
  (name: string): Take =>
  (draft, value) => {
    draft.headers.push([name, value]);
    return undefined;
  };

const data: Take = (draft, value) => {
  if (value.startsWith('@')) return 'files are not read: put the body itself after --data-raw';
  draft.data.push(value);
  return undefined;
};

const WITH_VALUE: Readonly<Record<string, Take>> = {
  request: (draft, value) => {
    draft.method = value.toUpperCase();
    return undefined;
  },
  url: takeUrl,
  header: (draft, value) => {
    const [, name, separator, text = ''] = /^([\w!#$%&'*+.^`|~-]+)\s*([:;])\s*(.*)$/s.exec(value) ?? [];
    if (name === undefined) return `“${cutText(value, 40)}” is not a header: write name: value`;
    // `name:` removes a header, `name;` sends it empty.
    if (separator === ';' || text !== '') draft.headers.push([name, text.trim()]);
    return undefined;
  },
  data,
  'data-ascii': data,
  'data-binary': data,
  'data-raw': (draft, value) => {
    draft.data.push(value);
    return undefined;
  },
  'data-urlencode': (draft, value) => {
    const [, name = '', text = value] = /^([^=@]*)=(.*)$/s.exec(value) ?? [];
    if (value.includes('@') && !value.includes('=')) return 'files are not read';
    draft.data.push(`${name === '' ? '' : `${name}=`}${encodeURIComponent(text)}`);
    return undefined;
  },
  json: (draft, value) => {
    draft.json = true;
    return data(draft, value);
  },
  user: (draft, value) => {
    draft.headers.push(['authorization', `Basic ${base64(value)}`]);
    return undefined;
  },
  'user-agent': header('user-agent'),
  referer: header('referer'),
  cookie: (draft, value) => (value.includes('=') ? header('cookie')(draft, value) : 'cookie files are not read'),
  'oauth2-bearer': (draft, value) => header('authorization')(draft, `Bearer ${value}`),
};

/** Their values configure curl, not the request. */
const VALUE_IGNORED = new Set([
  'output',
  'write-out',
  'max-time',
  'connect-timeout',
  'retry',
  'retry-delay',
  'max-redirs',
  'dump-header',
]);

const FLAGS: Readonly<Record<string, (draft: Draft) => void>> = {
  get: (draft) => {
    draft.asQuery = true;
  },
  head: (draft) => {
    draft.head = true;
  },
  insecure: ({ notes }) => notes.push('Certificates are always checked: --insecure is ignored'),
  location: ({ notes }) => notes.push('Redirects are followed only on the same host'),
};

const FLAGS_IGNORED = new Set([
  'silent',
  'show-error',
  'verbose',
  'include',
  'fail',
  'fail-with-body',
  'compressed',
  'globoff',
  'no-buffer',
  'http1.1',
  'http2',
  'remote-name',
  'progress-bar',
  'path-as-is',
  'ipv4',
  'ipv6',
]);

const SHORT: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  o: 'output',
  w: 'write-out',
  m: 'max-time',
  D: 'dump-header',
  G: 'get',
  I: 'head',
  k: 'insecure',
  L: 'location',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  f: 'fail',
  g: 'globoff',
  N: 'no-buffer',
  O: 'remote-name',
  '4': 'ipv4',
  '6': 'ipv6',
  '#': 'progress-bar',
};

function readWords(words: readonly string[]): ReadCurl {
  const draft: Draft = { headers: [], data: [], asQuery: false, head: false, json: false, notes: [] };
  const queue = [...words].reverse();
  for (let word = queue.pop(); word !== undefined; word = queue.pop()) {
    const problem = takeWord(draft, word, queue);
    if (problem !== undefined) return { problem };
  }
  return requestOf(draft);
}

function takeWord(draft: Draft, word: string, rest: string[]): string | undefined {
  if (word.startsWith('--')) {
    const [name = '', ...value] = word.slice(2).split('=');
    if (value.length > 0) rest.push(value.join('='));
    return takeFlag(draft, name, rest);
  }
  if (!word.startsWith('-') || word === '-') return takeUrl(draft, word);
  const letter = word[1] ?? '';
  const name = SHORT[letter];
  if (name === undefined) return `unknown curl option -${letter}`;
  // `-XPOST`, `-sSL`: what follows is the value of the flag, or more flags.
  const behind = word.slice(2);
  if (behind !== '') rest.push(takesValue(name) ? behind : `-${behind}`);
  return takeFlag(draft, name, rest);
}

function takesValue(name: string): boolean {
  return Object.hasOwn(WITH_VALUE, name) || VALUE_IGNORED.has(name);
}

function takeFlag(draft: Draft, name: string, rest: string[]): string | undefined {
  if (takesValue(name)) {
    const value = rest.pop();
    if (value === undefined) return `--${name} needs a value`;
    return Object.hasOwn(WITH_VALUE, name) ? WITH_VALUE[name]?.(draft, value) : undefined;
  }
  if (!Object.hasOwn(FLAGS, name) && !FLAGS_IGNORED.has(name)) return `unknown curl option --${name}`;
  FLAGS[name]?.(draft);
  return undefined;
}

function takeUrl(draft: Draft, word: string): string | undefined {
  if (draft.url !== undefined) return `there are two addresses: “${cutText(word, 60)}” is the second`;
  draft.url = word;
  return undefined;
}

function requestOf(draft: Draft): ReadCurl {
  const address = addressOf(draft.url);
  if ('problem' in address) return address;
  const { method, headers, data: parts, asQuery, head, json, notes } = draft;
  const body = parts.length === 0 ? undefined : parts.join(json ? '' : '&');
  if (body !== undefined && asQuery) address.search += `${address.search === '' ? '?' : '&'}${body}`;
  const sent = asQuery ? undefined : body;
  const all = [...userOf(address), ...headers];
  if (sent !== undefined) all.push(...bodyHeaders(all, json));
  address.username = '';
  address.password = '';
  address.hash = '';
  const usual = head ? 'HEAD' : sent === undefined ? 'GET' : 'POST';
  return { request: { method: method ?? usual, url: address.href, headers: all, body: sent }, notes };
}

function addressOf(url: string | undefined): URL | Readonly<{ problem: string }> {
  if (url === undefined) return { problem: 'the address is missing' };
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(full)) return { problem: `“${cutText(url, 60)}” is not an address` };
  const address = new URL(full);
  if (address.protocol === 'http:' || address.protocol === 'https:') return address;
  return { problem: `${address.protocol}// is not supported: use http or https` };
}

/** As curl does. */
function bodyHeaders(headers: readonly HttpHeader[], json: boolean): [string, string][] {
  if (!json) return missing(headers, 'content-type', 'application/x-www-form-urlencoded');
  return [...missing(headers, 'content-type', 'application/json'), ...missing(headers, 'accept', 'application/json')];
}

function userOf({ username, password }: URL): [string, string][] {
  if (username === '') return [];
  return [['authorization', `Basic ${base64(`${decoded(username)}:${decoded(password)}`)}`]];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function missing(headers: readonly HttpHeader[], name: string, value: string): [string, string][] {
  return headers.some(([known]) => known.toLowerCase() === name) ? [] : [[name, value]];
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

type Words = Readonly<{ words: readonly string[] } | { problem: string }>;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  0: '\0',
};

/** A piece of a word in shell syntax; anything that a shell would interpret reaches the last rule and is refused. */
const PIECE =
  /(?<space>\s+|\\\r?\n)|'(?<single>[^']*)'|\$'(?<ansi>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\$`]|\\.|\$(?![\w({]))*)"|\\(?<escaped>.)|(?<plain>(?:[^\s'"\\$`|;&<>()]|&(?=\S)|\$(?![\w({'"]))+)/sy;

/** Splits into words as a shell does, but refuses anything that a shell would run or replace. */
function wordsOf(text: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    if (piece === null) return { problem: unreadable(text, at) };
    at = PIECE.lastIndex;
    const { space, single, ansi, double, escaped, plain } = piece.groups ?? {};
    if (space === undefined) word = `${word ?? ''}${single ?? plain ?? escaped ?? unescaped(ansi, double)}`;
    else if (word !== undefined && !space.startsWith('\\')) {
      words.push(word);
      word = undefined;
    }
  }
  return { words: word === undefined ? words : [...words, word] };
}

function unescaped(ansi: string | undefined, double = ''): string {
  if (ansi === undefined) return double.replace(/\\([\\"$`])|\\\r?\n/g, '$1');
  return ansi.replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|(.))/gs, (_, hex, unicode, sign) =>
    sign === undefined ? String.fromCharCode(Number.parseInt(hex ?? unicode, 16)) : (ESCAPES[sign] ?? sign),
  );
}

function unreadable(text: string, at: number): string {
  const sign = text[at] ?? '';
  if (sign === "'" || (sign === '"' && !/["$`]/.test(text.slice(at + 1)))) return `a quote (${sign}) is not closed`;
  const found = sign === '"' ? (/[$`]/.exec(text.slice(at))?.[0] ?? sign) : sign;
  return `it contains ${found}, which a shell would interpret: Spanhound runs no shell, so write the value itself`;
}
