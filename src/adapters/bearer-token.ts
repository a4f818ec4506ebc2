/** A token in the header is all that tells a sender that signs nothing from anybody else. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Proof } from '#core/webhook.ts';

/** Undefined without a token: nobody may send then. */
export function bearerProof(token: string | undefined): Proof | undefined {
  return token === undefined ? undefined : { mayBe: ({ header }) => isAllowedByToken(token, header('authorization')) };
}

/** In the same time for every wrong token. */
export function isAllowedByToken(token: string, authorization: string | undefined): boolean {
  const given = createHash('sha256')
    .update(authorization ?? '')
    .digest();
  const expected = createHash('sha256').update(`Bearer ${token}`).digest();
  return timingSafeEqual(given, expected);
}
