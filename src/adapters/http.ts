/**
 * The common part of HTTP backends: one connection pool each, time limits, credentials (token, tenant, headers), gzip,
 * a limit of bytes, and errors with advice but without secrets.
 *
 * One call is one attempt: `gather/` decides about retries, because it knows the deadline.
 */
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import { whyAborted } from '#core/deadline.ts';
import { BackendError, NotABackendError, type SettingsToCheck, TooLargeError, UnreachableError } from '#core/errors.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';

export type BackendOptions = Readonly<{
  /** Includes the base path. Credentials in it become a header and are shown nowhere. */
  url: URL;
  /** A bearer token. */
  token?: string | undefined;
  tenant?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** The longest pause without data, before and during the response. @default 15000 */
  timeoutMs?: number | undefined;
  /** Additional CAs, and the client certificate. PEM. */
  tls?:
    | Readonly<{ ca?: string; cert?: string; key?: string; servername?: string; rejectUnauthorized?: boolean }>
    | undefined;
  /** The largest response that is read, after decompression. @default 256000000 */
  maxBytes?: number | undefined;
  /** The settings that errors name. @default none */
  errors?: SettingsToCheck | undefined;
}>;

export type Search = readonly (readonly [name: string, value: string])[];

export type Answer = Readonly<
  /** `dateMs`: the time of the response by the backend's clock; NaN if unknown. */
  | { kind: 'body'; chunks: AsyncIterable<Uint8Array>; dateMs: number; header: Header }
  /** A web page: the wrong address, or a login page in between. */
  | { kind: 'page'; status: number }
  | { kind: 'refusal'; status: number; text: string; retryAfterMs: number | undefined; header: Header }
>;

/** A header of the response; '' if it has none of that name. */
type Header = (name: string) => string;

type Ask = Readonly<{ signal: AbortSignal; search?: Search; headers?: Readonly<Record<string, string>> }>;

/** The body: JSON, or a form as a web page sends it. */
type Posted = Readonly<{ json: unknown } | { form: Search }>;

export type Backend = Readonly<{
  name: string;
  get(path: string, ask: Ask): Promise<Answer>;
  /** For a query that is too long for an address. It changes nothing in the backend. */
  post(path: string, ask: Ask & Posted): Promise<Answer>;
  /** The error for an unexpected response. */
  error(path: string, answer: Exclude<Answer, { kind: 'body' }>): BackendError | NotABackendError;
  /** The error for a response that is not one of this API. */
  misplaced(path: string): NotABackendError;
  /** What the backend says in an answer, as one short line for people: without our credentials. */
  quoted(text: string): string;
}>;

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 256_000_000;

/** Enough of an error for its reason; the rest is a page or a stack trace. */
const MAX_ERROR_BYTES = 8192;

export function openBackend(name: string, tenantHeader: string, options: BackendOptions): Backend {
  const { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, errors } = options;
  const ownSecrets = secretsOf(options);
  let secrets = ownSecrets;
  const standing = {
    'accept-encoding': 'gzip',
    ...credentials(options),
    ...tenantOf(tenantHeader, options),
    ...lowerCased(options.headers ?? {}),
  };
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs, ...options.tls },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  const unreachable = (error: unknown, signal: AbortSignal) =>
    asUnreachable({ name, timeoutMs, errors }, error, signal);
  const misplaced = (path: string) => new NotABackendError(name, path, errors);

  async function get(path: string, ask: Ask): Promise<Answer> {
    return await send(path, ask, { method: 'GET', headers: { ...standing, ...ask.headers } });
  }

  async function post(path: string, ask: Ask & Posted): Promise<Answer> {
    const isForm = 'form' in ask;
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const body = isForm ? formOf(ask.form) : JSON.stringify(ask.json);
    return await send(path, ask, {
      method: 'POST',
      headers: { ...standing, 'content-type': type, ...ask.headers },
      body,
    });
  }

  async function send(
    path: string,
    { signal, search = [], headers = {}, form = [] }: Ask & Readonly<{ form?: Search }>,
    how: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  ): Promise<Answer> {
    secrets = withShown(secrets, [...Object.entries(headers), ...form], ownSecrets.length + MOST_SHOWN);
    try {
      const answer = await request(addressUnder(options.url, path, search), { dispatcher, signal, ...how });
      return await classify(answer, signal);
    } catch (error) {
      throw unreachable(error, signal);
    }
  }

  async function classify(
    { statusCode, headers, body }: Dispatcher.ResponseData,
    signal: AbortSignal,
  ): Promise<Answer> {
    const type = `${headers['content-type'] ?? ''}`;
    if (type.startsWith('text/html')) {
      await body.dump(); // an unread body would block the connection
      return { kind: 'page', status: statusCode };
    }
    const header = (name: string) => `${headers[name] ?? ''}`;
    const plain = headers['content-encoding'] === 'gzip' ? gunzipped(body) : body;
    if (statusCode !== 200) {
      const text = `${redirection(headers, options.url)}${await beginning(plain)}`;
      await body.dump();
      return { kind: 'refusal', status: statusCode, text, retryAfterMs: retryAfterMs(headers), header };
    }
    const bytes: AsyncIterator<Uint8Array> = plain[Symbol.asyncIterator]();
    const first = await bytes.next();
    // Jaeger sends JSON as text/plain, so the type alone does not distinguish a page from an API response.
    if (!first.done && startsLikeMarkup(first.value)) {
      plain.destroy();
      return { kind: 'page', status: statusCode };
    }
    return { kind: 'body', chunks: capped(first, bytes, plain, signal), dateMs: Date.parse(header('date')), header };
  }

  async function* capped(
    first: IteratorResult<Uint8Array>,
    rest: AsyncIterator<Uint8Array>,
    stream: Readable,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let left = maxBytes;
    try {
      for (let next = first; !next.done; next = await rest.next()) {
        const chunk = next.value;
        if (chunk.length > left) {
          yield chunk.subarray(0, left);
          throw new TooLargeError(name, maxBytes);
        }
        left -= chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw error instanceof TooLargeError ? error : unreachable(error, signal);
    } finally {
      stream.destroy();
    }
  }

  return {
    name,
    get,
    post,
    error: (path, answer) => {
      if (answer.kind === 'page' && (answer.status < 400 || answer.status === 404)) {
        return misplaced(path);
      }
      const { text, retryAfterMs } = answer.kind === 'refusal' ? answer : { text: '', retryAfterMs: undefined };
      return new BackendError(name, answer.status, path, {
        reason: quotable(reasonIn(text), secrets),
        retryAfterMs,
        check: errors,
      });
    },
    misplaced,
    quoted: (text) => quotable(text, secrets),
  };
}

/**
 * A path under a base address, without credentials. `new URL(path, base)` alone would drop the last part of a base such
 * as `https://ops.example/jaeger`.
 */
export function addressUnder(base: URL, path: string, search: Search = []): string {
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/${path}`, base.origin);
  for (const [name, value] of search) url.searchParams.append(name, value);
  return url.href;
}

function formOf(fields: Search): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return form.toString();
}

/** Reads a response that is known to be small, as JSON; undefined if it is not JSON. */
export async function readJson(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  return parsed(await readText(chunks));
}

/** The whole body, as far as the backend's bound of bytes lets it come. */
export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function credentials({ url, token }: BackendOptions): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  return basicOf(url);
}

/** The user and the password of an address as a header; empty if it has no user. */
export function basicOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function tenantOf(header: string, { tenant }: BackendOptions): Record<string, string> {
  return tenant === undefined ? {} : { [header]: tenant };
}

/** A configured header replaces ours, so that it is not sent twice. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A backend may repeat a credential without the word before it. */
function secretsOf(options: BackendOptions): readonly string[] {
  const values = Object.values({ ...credentials(options), ...options.headers });
  const all = [options.token ?? '', decodeURIComponent(options.url.password), ...values.flatMap(partsOf)];
  return [...new Set(all.filter((secret) => secret !== ''))];
}

/** So many secrets of single requests are remembered: a new token comes every hour, and a signature with each request. */
const MOST_SHOWN = 40;
/** Headers and fields of forms with a credential of this request alone. */
const SHOWS_SECRET = /^(?:authorization|cookie|assertion)$|token|secret|password|api-?key/i;

/** The secrets that are known, with those of one request; at most so many, the last ones. */
function withShown(known: readonly string[], sent: Search, most: number): readonly string[] {
  const shown = sent.filter(([name]) => SHOWS_SECRET.test(name)).flatMap(([, value]) => partsOf(value));
  const added = shown.filter((secret) => secret !== '' && !known.includes(secret));
  if (added.length === 0) return known;
  const own = most - MOST_SHOWN;
  return [...known.slice(0, own), ...[...known.slice(own), ...added].slice(-MOST_SHOWN)];
}

/** `ApiKey a2V5…` and `a2V5…`, `Token token=a2V5…` and `a2V5…`; a user with a password, and the password. */
function partsOf(header: string): readonly string[] {
  const [, scheme = '', value = header] = /^([\w-]{1,20}) +(?:token=)?(.+)$/s.exec(header) ?? [];
  const pair = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString('utf8') : '';
  return [header, value, pair, pair.slice(pair.indexOf(':') + 1)].filter((part) => part !== '');
}

/** `request()` does not decompress the body. */
function gunzipped(body: Readable): Readable {
  return pipeline(body, createGunzip(), () => {}); // the reader receives the errors
}

async function beginning(body: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_ERROR_BYTES).toString('utf8');
}

/** Redirects are not followed: a token must not reach another host, and a login page is not an answer. */
function redirection({ location }: Dispatcher.ResponseData['headers'], base: URL): string {
  if (typeof location !== 'string' || !URL.canParse(location, base.href)) return '';
  const target = new URL(location, base);
  return `it redirects to ${target.origin}${target.pathname} `;
}

/** Seconds or a date. A date is compared with the response's own date, because clocks may differ. */
export function retryAfterMs(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const value = `${headers['retry-after'] ?? ''}`;
  const isSeconds = /^\d+$/.test(value);
  return boundedWaitMs(isSeconds ? Number(value) * 1_000 : Date.parse(value) - Date.parse(`${headers.date ?? ''}`));
}

/** A system that asks for more, or for ever, is asked again after an hour. */
const LONGEST_WAIT_MS = 3_600_000;

/** Undefined for what is no number. */
export function boundedWaitMs(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}

function startsLikeMarkup(chunk: Uint8Array): boolean {
  return /^\s*</.test(Buffer.from(chunk.subarray(0, 64)).toString('latin1'));
}

/** One sentence for a person; more would be a stack trace. */
const MAX_REASON_LENGTH = 300;

/**
 * The backend's message in the format of Jaeger, gRPC gateway, Prometheus, Elasticsearch, Datadog, New Relic, Splunk,
 * Statuspage, Jira or PagerDuty, or as plain text.
 */
export function reasonIn(text: string): string {
  const envelope = membersOf(parsed(text));
  const error = membersOf(envelope.error);
  const [cause] = listOf(error.root_cause);
  const list = listOf(envelope.errors);
  const first = membersOf(list[0]);
  const texts = list.filter((one) => typeof one === 'string');
  const said = [
    typeof list[0] === 'string' ? texts.join(': ') : undefined,
    first.msg,
    first.detail,
    first.message,
    envelope.error,
    listOf(envelope.error)[0],
    listOf(error.errors)[0],
    error.message,
    membersOf(cause).reason,
    error.reason,
    envelope.message,
    membersOf(listOf(envelope.messages)[0]).text,
    listOf(envelope.errorMessages)[0],
    ...Object.values(membersOf(envelope.errors)),
  ];
  return said.find((one) => typeof one === 'string') ?? text;
}

/** Proxies and other servers answer with JSON of any shape. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of the backend as one short line without its secrets. */
export function quotable(text: string, secrets: readonly string[]): string {
  let said = text.slice(0, MAX_ERROR_BYTES);
  // The longest first: one may contain another.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) said = said.replaceAll(secret, '…');
  return cutText(
    redact(said)
      .replace(/[\p{C}\s]+/gu, ' ')
      .trim(),
    MAX_REASON_LENGTH,
  );
}

/** Only the error's code is used: its message may contain the address with a token. */
function asUnreachable(
  { name, timeoutMs, errors }: Readonly<{ name: string; timeoutMs: number; errors: SettingsToCheck | undefined }>,
  error: unknown,
  signal: AbortSignal,
): UnreachableError {
  if (error instanceof UnreachableError) return error;
  return new UnreachableError(name, whyFailed(error, { signal, timeoutMs }).why, { cause: error, check: errors });
}

/** `isUnsent`: there was no connection, so the server has surely not read the request. */
export function whyFailed(
  error: unknown,
  { signal, timeoutMs }: Readonly<{ signal: AbortSignal; timeoutMs: number }>,
): Readonly<{ why: string; isUnsent: boolean }> {
  if (signal.aborted) return { why: whyAborted(signal), isUnsent: false };
  const code = codeOf(error);
  return { why: WHY[code]?.(timeoutMs / 1000) ?? `the connection failed (${code})`, isUnsent: UNSENT.has(code) };
}

/** Before the first byte of a request: no address, no connection, no trust. */
const UNSENT: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

const WHY: Readonly<Record<string, (seconds: number) => string>> = {
  ECONNREFUSED: () => 'the connection was refused',
  ECONNRESET: () => 'the connection broke off',
  EPIPE: () => 'the connection broke off',
  UND_ERR_SOCKET: () => 'the connection broke off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: () => 'the response broke off',
  ERR_STREAM_PREMATURE_CLOSE: () => 'the response broke off',
  Z_BUF_ERROR: () => 'the response broke off',
  Z_DATA_ERROR: () => 'the response is not valid gzip',
  ENOTFOUND: () => 'its host name is unknown',
  EAI_AGAIN: () => 'its host name could not be looked up',
  EHOSTUNREACH: () => 'its host cannot be reached',
  ENETUNREACH: () => 'its network cannot be reached',
  ETIMEDOUT: () => 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: (seconds) => `no connection within ${seconds} s`,
  UND_ERR_HEADERS_TIMEOUT: (seconds) => `timed out after ${seconds} s`,
  UND_ERR_BODY_TIMEOUT: (seconds) => `sent nothing more for ${seconds} s`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => 'its certificate is not trusted here',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => 'its certificate is not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: () => 'its certificate is not trusted here',
  CERT_HAS_EXPIRED: () => 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: () => 'its certificate is for another host',
};

/** A host with several addresses fails with all errors at once. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
