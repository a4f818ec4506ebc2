/**
 * One request that changes something outside, with a deadline and one attempt. The answer says whether the other side
 * surely did not get it, so that the caller knows when a second attempt could do it twice.
 */
import { type Dispatcher, request } from 'undici';
import { parsed, quotable, reasonIn, retryAfterMs, whyFailed } from '#adapters/http.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type Outgoing = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: URL | string;
  headers: Readonly<Record<string, string>>;
  /** Sent as it is: a signature covers these bytes. */
  body?: string | Uint8Array;
  /** Never quoted. */
  secrets: readonly string[];
  /** @default 10,000 */
  timeoutMs?: number | undefined;
}>;

export type OutgoingAnswer =
  /** `json`: undefined if the answer is none. `said`: its reason as one line. */
  | Readonly<{
      kind: 'answered';
      status: number;
      json: unknown;
      said: string;
      retryAfterMs: number | undefined;
      /** '' if it has none of that name. */
      header(name: string): string;
    }>
  | Readonly<{ kind: 'unsent' | 'unknown'; why: string }>;

export function isMissing(answer: OutgoingAnswer): boolean {
  return answer.kind === 'answered' && answer.status === 404;
}

/** People wait for the answer, and Statuspage takes a second or two. */
const TIMEOUT_MS = 10_000;

/** An answer of an API about one incident has some kilobytes, a list of a hundred some more. */
const MAX_BYTES = 5_000_000;

export async function sendOut(outgoing: Outgoing, caller: AbortSignal): Promise<OutgoingAnswer> {
  const { method, url, headers, body, secrets, timeoutMs = TIMEOUT_MS } = outgoing;
  const signal = AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]);
  try {
    // Redirects are not followed: a key must not reach another host.
    const answer = await request(url, {
      method,
      headers,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(body === undefined ? {} : { body }),
    });
    const text = await readWhole(answer.body);
    return {
      kind: 'answered',
      status: answer.statusCode,
      json: parsed(text),
      said: quotable(reasonIn(text), secrets),
      retryAfterMs: retryAfterMs(answer.headers),
      header: (name) => `${answer.headers[name] ?? ''}`,
    };
  } catch (error) {
    const { why, isUnsent } = whyFailed(error, { signal, timeoutMs });
    return { kind: isUnsent ? 'unsent' : 'unknown', why };
  }
}

/** Asks an API one thing. `path` follows what all its addresses begin with. */
export type Ask = (method: Outgoing['method'], path: string, json?: unknown) => Promise<OutgoingAnswer>;

/** An API that takes and gives JSON. `base`: what all its addresses begin with. */
export function jsonAsker(
  { base, headers, ...api }: Omit<Outgoing, 'method' | 'url' | 'body'> & Readonly<{ base: string }>,
  signal: AbortSignal,
): Ask {
  const all = { accept: 'application/json', 'content-type': 'application/json', ...headers };
  return async (method, path, json) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    return await sendOut({ ...api, method, url: `${base}${path}`, headers: all, ...body }, signal);
  };
}

async function readWhole(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    // The rest may have no end. A part of JSON is none, so nobody takes it for the answer.
    if (bytes > MAX_BYTES) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The settings and words that explain a refusal. */
export type RefusalWords = Readonly<{
  title: string;
  /** After 401 and 403. */
  credentials: string;
  /** After 404. */
  address: string;
  /** What is sent. @default the update */
  what?: string;
}>;

/** Turns an answer with a status other than 2xx into what the caller does about it. */
export function refusal(
  {
    status,
    said,
    retryAfterMs: waitMs,
  }: Pick<Extract<OutgoingAnswer, { kind: 'answered' }>, 'status' | 'said' | 'retryAfterMs'>,
  { title, credentials, address, what = 'the update' }: RefusalWords,
): NotPublished {
  const quoted = said === '' ? '' : ` It said: ${said}`;
  // Statuspage limits with 420, too.
  if (status === 429 || status === 420 || (status === 503 && waitMs !== undefined))
    return { kind: 'limited', retryAfterMs: waitMs ?? LIMITED_MS };
  if (status >= 500) return { kind: 'ambiguous', reason: `${title} has trouble (HTTP ${status}).${quoted}` };
  if (status === 401 || status === 403)
    return { kind: 'refused', reason: `${title} does not accept the key (HTTP ${status}). ${credentials}${quoted}` };
  if (status === 404)
    return { kind: 'refused', reason: `${title} does not know the address (HTTP 404). ${address}${quoted}` };
  if (status >= 300 && status < 400)
    return { kind: 'refused', reason: `${title} redirects to another address (HTTP ${status}). ${address}` };
  return { kind: 'refused', reason: `${title} does not accept ${what} (HTTP ${status}).${quoted}` };
}

/** Without Retry-After. */
const LIMITED_MS = 30_000;

export function notAnswered(
  { kind, why }: Extract<OutgoingAnswer, { kind: 'unsent' | 'unknown' }>,
  { title }: Pick<RefusalWords, 'title'>,
): NotPublished {
  const reason = `${title} did not answer (${why}).`;
  return kind === 'unsent' ? { kind: 'failed', reason } : { kind: 'ambiguous', reason };
}
