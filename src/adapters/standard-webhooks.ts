/**
 * Posts JSON to an address of the team, signed as Standard Webhooks describes it.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import { basicOf } from '#adapters/http.ts';
import { notAnswered, type RefusalWords, refusal, sendOut } from '#adapters/outgoing.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type SignedPost = Readonly<{
  url: URL;
  /** The receiver accepts a request that one of them signed: two while the secret is changed. */
  secrets: readonly string[];
  /** Stays the same when the body is sent again. */
  id: string;
  /** The time of this attempt. */
  nowSeconds: number;
  /** JSON. */
  body: string;
  words: RefusalWords;
  timeoutMs?: number | undefined;
}>;

/** `said`: the answer as one short line, redacted. */
export async function postSigned(
  { url, secrets, id, nowSeconds, body, words, timeoutMs }: SignedPost,
  signal: AbortSignal,
): Promise<Readonly<{ kind: 'taken'; said: string }> | NotPublished> {
  const at = `${Math.floor(nowSeconds)}`;
  const answer = await sendOut(
    {
      method: 'POST',
      url: withoutUser(url),
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': secrets.map((secret) => `v1,${signature(secret, `${id}.${at}.${body}`)}`).join(' '),
        ...basicOf(url),
      },
      body,
      secrets: [...secrets, ...secretsIn(url)].filter((one) => one !== ''),
      timeoutMs,
    },
    signal,
  );
  if (answer.kind !== 'answered') return notAnswered(answer, words);
  if (answer.status < 200 || answer.status >= 300) return refusal(answer, words);
  return { kind: 'taken', said: answer.said };
}

/** The key of `whsec_…` is base64; any other secret is used as it is. */
function signature(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return createHmac('sha256', key).update(signed).digest('base64');
}

/** An address may carry a key in its query, and a receiver that refuses may repeat the address. The longest first. */
function secretsIn(url: URL): readonly string[] {
  const written = url.search.slice(1).split('&');
  const values = [...url.searchParams.values(), ...written.map((pair) => pair.slice(pair.indexOf('=') + 1))];
  const keys = values.filter((value) => value.length >= LEAST_KEY).toSorted((a, b) => b.length - a.length);
  return [decodeURIComponent(url.password), ...keys];
}

/** A shorter value, such as a version, is no key, and would blacken words. */
const LEAST_KEY = 6;

function withoutUser(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}
