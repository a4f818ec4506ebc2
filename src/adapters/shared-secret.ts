/**
 * Proofs of webhooks by a shared secret: a token in the request, or a signature over its bytes. A secret may be two,
 * separated by a comma, while it is replaced. All comparisons take the same time for every wrong value.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Proof, WebhookHeaders, WebhookRequest } from '#core/webhook.ts';

/** The secrets of a setting: one, or several during a rotation. */
export function secretsIn(secret: string | undefined): readonly string[] {
  return (secret ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Whether one of the expected texts was given. Compares with all, so that the duration does not show which matches. */
export function isOneOf(expected: readonly string[], given: readonly string[]): boolean {
  let fits = false;
  for (const one of expected) for (const other of given) fits = isSame(one, other) || fits;
  return fits;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/**
 * For senders that sign nothing. The token is a bearer token, the password of basic authentication, or, for senders
 * that cannot set a header, the parameter `token` of the address. Undefined without a token: then nobody may send.
 */
export function tokenProof(secret: string | undefined): Proof | undefined {
  const tokens = secretsIn(secret);
  if (tokens.length === 0) return undefined;
  return { mayBe: (headers) => isOneOf(tokens, tokensOf(headers)) };
}

function tokensOf({ header, query }: WebhookHeaders): readonly string[] {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) (\S{1,4000})$/i.exec(header('authorization') ?? '') ?? [];
  const ofHeader = scheme.toLowerCase() === 'basic' ? passwordIn(value) : value;
  return [ofHeader, query?.('token') ?? ''].filter((token) => token !== '');
}

/** RFC 7617: the password may contain colons, the user may not. */
function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

export type SignatureScheme = Readonly<{
  /** The header with the signature, in lower case. */
  header: string;
  /** @default hex */
  encoding?: 'hex' | 'base64';
  /** What precedes the signature in the header: `sha256=`, `v1,`. */
  prefix?: string;
  /** What separates the signatures of several secrets. */
  separator?: string | RegExp;
  /** The key of a secret. @default the secret's own characters */
  keyOf?(secret: string): Uint8Array | string;
  /** What precedes the body in the signed bytes. Undefined if the request does not say it. */
  signedBefore?(headers: WebhookHeaders): string | undefined;
  /** The time that the signature covers, in seconds since the epoch. An old one is a repeated request. */
  signedAt?(request: WebhookRequest): number | undefined;
}>;

/** Standard Webhooks, Slack and incident.io allow five minutes. */
const MOST_AGE_S = 300;

/** HMAC-SHA256 over the bytes of the body. Undefined without a secret: then nobody may send. */
export function signatureProof(
  secret: string | undefined,
  scheme: SignatureScheme,
  nowSeconds = () => Date.now() / 1_000,
): Proof | undefined {
  const secrets = secretsIn(secret);
  if (secrets.length === 0) return undefined;
  return {
    mayBe: (headers) => signaturesIn(headers, scheme).length > 0,
    isSigned: (request) => isSignedWith(secrets, scheme, request) && isFresh(request, scheme, nowSeconds()),
  };
}

function isSignedWith(secrets: readonly string[], scheme: SignatureScheme, request: WebhookRequest): boolean {
  const { encoding = 'hex', keyOf = (secret: string) => secret, signedBefore = () => '' } = scheme;
  const before = signedBefore(request);
  if (before === undefined) return false;
  const expected = secrets.map((secret) =>
    createHmac('sha256', keyOf(secret)).update(before).update(request.body).digest(encoding),
  );
  return isOneOf(expected, signaturesIn(request, scheme));
}

function isFresh(request: WebhookRequest, { signedAt }: SignatureScheme, nowSeconds: number): boolean {
  if (signedAt === undefined) return true;
  const at = signedAt(request);
  return at !== undefined && Math.abs(nowSeconds - at) <= MOST_AGE_S;
}

const FORMS = { hex: /^[0-9a-f]{64}$/, base64: /^[A-Za-z0-9+/]{43}=$/ } as const;

function signaturesIn(
  { header }: WebhookHeaders,
  { header: name, encoding = 'hex', prefix = '', separator = ',' }: SignatureScheme,
): readonly string[] {
  return (header(name) ?? '')
    .split(separator)
    .map((signature) => signature.trim())
    .filter((signature) => signature.startsWith(prefix))
    .map((signature) => signature.slice(prefix.length))
    .filter((signature) => FORMS[encoding].test(signature));
}
