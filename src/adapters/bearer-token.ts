/** Verifies a bearer token, the only proof of senders that do not sign requests. */
import { isOneOf, secretsIn } from '#adapters/shared-secret.ts';
import type { Proof } from '#core/webhook.ts';

/** Undefined without a token: then nobody may send. `token`: two, separated by a comma, while it is replaced. */
export function bearerProof(token: string | undefined): Proof | undefined {
  return token === undefined ? undefined : { mayBe: ({ header }) => isAllowedByToken(token, header('authorization')) };
}

/** Takes the same time for every wrong token. */
export function isAllowedByToken(token: string, authorization: string | undefined): boolean {
  // RFC 9110, 11.1: schemes have no case.
  const given = (authorization ?? '').replace(/^bearer /i, 'Bearer ');
  const secrets = secretsIn(token);
  // Only commas are no token: anybody could guess it.
  return isOneOf(
    (secrets.length === 0 ? [] : [token, ...secrets]).map((one) => `Bearer ${one}`),
    [given],
  );
}
