/** Who may read `/metrics`: whoever has the token. */
import { isAllowedByToken } from '#adapters/bearer-token.ts';

/** Undefined without a token: then nobody may. */
export function metricsReader(token: string | undefined): ((authorization: string | undefined) => boolean) | undefined {
  return token === undefined ? undefined : (authorization) => isAllowedByToken(token, authorization);
}
