/**
 * The form of a token of the REST API:
 *
 *   spanhound_1f3a5b7c9d2e_mYr…   the id, 12 digits, under which the store keeps it; then the secret, 256 bits
 *
 * The store has a digest of the secret. Nobody can guess 256 bits, so a quick digest is enough.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '#core/sha256.ts';

export type MadeToken = Readonly<{
  /** Shown once. */
  token: string;
  id: string;
  digest: string;
}>;

const ID_BYTES = 6;
const SECRET_BYTES = 32;

export function madeToken(): MadeToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { token: `spanhound_${id}_${secret}`, id, digest: sha256(secret) };
}

export type GivenToken = Readonly<{ id: string; secret: string }>;

/** Reads an `Authorization` header. Undefined if it has no token of this form. */
export function tokenIn(authorization: string | undefined): GivenToken | undefined {
  const [, id, secret] = /^bearer spanhound_([0-9a-f]{12})_([\w-]{43})$/i.exec(authorization ?? '') ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Takes the same time for every wrong secret. `digest`: undefined for an unknown token, which no secret fits. */
export function fitsDigest(secret: string, digest: string | undefined): boolean {
  const given = Buffer.from(sha256(secret), 'hex');
  const expected = Buffer.from(digest ?? sha256(''), 'hex');
  return timingSafeEqual(given, expected) && digest !== undefined;
}
