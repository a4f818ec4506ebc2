/**
 * Access tokens that a service gives to programs, for about an hour each. One is kept in memory alone until shortly before
 * it expires.
 *
 * RFC 6749, The OAuth 2.0 Authorization Framework: 5.1 Successful Response, 5.2 Error Response
 */
import { z } from 'zod';
import { type Answer, type Backend, type BackendOptions, openBackend, parsed, readJson } from '#adapters/http.ts';
import { isObject } from '#model/text/json-object.ts';

/** The token for the header `authorization`. Throws as a backend does: 401 for credentials that are refused. */
export type AccessToken = (signal: AbortSignal) => Promise<string>;

/** A backend that takes such a token. */
export type TokenOptions = BackendOptions &
  Readonly<{
    /** Left out for an address that needs none. */
    accessToken?: AccessToken | undefined;
  }>;

/** The header of a request, or none. */
export async function authorizationOf(
  accessToken: AccessToken | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return accessToken === undefined ? {} : { authorization: `Bearer ${await accessToken(signal)}` };
}

/** What every way to a token can be told. */
export type TokenWay = Pick<BackendOptions, 'timeoutMs'> &
  Readonly<{
    /** Only measures how long a token is kept. @default the system's clock */
    nowMs?: (() => number) | undefined;
  }>;

export type Asking = Pick<TokenWay, 'nowMs'> &
  Readonly<{
    /** The source, as errors name it. */
    name: string;
    ask(backend: Backend, path: string, signal: AbortSignal): Promise<Answer>;
    path: string;
  }>;

/** So that no token expires on its way. */
const LEAST_LEFT_MS = 60_000;
const MOST_ANSWER_BYTES = 100_000;

export function oauthTokens({ name, ask, path, nowMs = Date.now }: Asking, options: BackendOptions): AccessToken {
  const backend = openBackend(name, '', { ...options, maxBytes: MOST_ANSWER_BYTES });
  let kept = { token: '', untilMs: 0 };
  return async (signal) => {
    if (nowMs() < kept.untilMs) return kept.token;
    const answer = await ask(backend, path, signal);
    if (answer.kind !== 'body') throw backend.error(path, answer.kind === 'page' ? answer : said(answer));
    const granted = Granted.safeParse(await readJson(answer.chunks));
    if (!granted.success) throw backend.misplaced(path);
    const { access_token: token, expires_in: seconds } = granted.data;
    kept = { token, untilMs: nowMs() + seconds * 1_000 - LEAST_LEFT_MS };
    return token;
  };
}

/** The characters of a header. */
const Granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,20000}$/),
  expires_in: z.coerce.number().min(0).max(86_400),
});

type Refusal = Extract<Answer, { kind: 'refusal' }>;

/** `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}` with status 400: the credentials are wrong. */
function said(answer: Refusal): Refusal {
  const body = parsed(answer.text);
  if (!isObject(body) || typeof body.error !== 'string') return answer;
  const { error, error_description: description } = body;
  return {
    ...answer,
    status: answer.status === 400 ? 401 : answer.status,
    text: typeof description === 'string' ? `${error}: ${description}` : error,
  };
}
