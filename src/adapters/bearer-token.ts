/** Verifies a bearer token, the only proof of senders that do not sign requests. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Proof } from '#core/webhook.ts';

/** Undefined without a token: then nobody may send. */
export function bearerProof(token: string | undefined): Proof | undefined {
  return token === undefined ? undefined : { mayBe: ({ header }) => isAllowedByToken(token, header('authorization')) };
}

/** Takes the same time for every wrong token. */
export function isAllowedByToken(token: string, authorization: string | undefined): boolean {
  const given = createHash('sha256')
    .update(authorization ?? '')
    .digest();
  const expected = createHash('sha256').update(`Bearer ${token}`).digest();
  return timingSafeEqual(given, expected);
}
