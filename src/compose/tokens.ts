/** Composes the making of tokens for the REST API. */
import type { ApiToken } from '#record/api-tokens.ts';
import type { Store } from '#record/store.ts';
import { type AskedToken, createToken } from '#workflows/rights/api-tokens.ts';

export async function makeToken(
  store: Store,
  asked: AskedToken,
): Promise<Readonly<{ token: string; stored: ApiToken }>> {
  const { madeToken } = await import('#adapters/api-token.ts');
  const made = madeToken();
  return { token: made.token, stored: await createToken(store, asked, made) };
}
