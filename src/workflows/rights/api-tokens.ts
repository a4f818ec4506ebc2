/** Creates, lists and revokes the tokens of the REST API, for the operator. */
import { UsageError } from '#core/errors.ts';
import { DAY_US } from '#core/time-units.ts';
import { SCOPES } from '#model/access/scopes.ts';
import { type ApiToken, addToken, allTokens, revokeToken } from '#record/api-tokens.ts';
import type { Store } from '#record/store.ts';

export type AskedToken = Readonly<{
  name: string;
  scopes: readonly string[];
  /** The ids of channels whose incidents it may see beside those of public ones. */
  channels: readonly string[];
  days: string;
  by: string;
}>;

/** `token` is shown once; the store keeps only the digest. */
export type MadeToken = Readonly<{ token: string; id: string; digest: string }>;

const MOST_DAYS = 3_653;
const MOST_CHANNELS = 100;

/** Throws UsageError. */
export async function createToken(store: Store, asked: AskedToken, made: MadeToken): Promise<ApiToken> {
  const { name, by } = asked;
  if (!/^[\w.-]{1,60}$/.test(name)) {
    throw new UsageError('this is no name of a token', 'Write letters, digits, dots and hyphens, at most 60.');
  }
  const scopes = SCOPES.filter((scope) => asked.scopes.includes(scope));
  const unknown = asked.scopes.find((scope) => !SCOPES.some((known) => known === scope));
  if (scopes.length === 0 || unknown !== undefined) {
    const problem = unknown === undefined ? 'a token without a scope may do nothing' : `there is no scope ${unknown}`;
    throw new UsageError(problem, `The scopes are ${SCOPES.join(', ')}: --scope read cases`);
  }
  const channels = [...new Set(asked.channels)].sort();
  const wrong = channels.find((channel) => !/^[CGD][A-Z0-9]{5,20}$/.test(channel));
  if (wrong !== undefined || channels.length > MOST_CHANNELS) {
    const problem = wrong === undefined ? `more than ${MOST_CHANNELS} channels` : `${wrong} is no id of a channel`;
    throw new UsageError(problem, 'The id is in the channel’s details in Slack, such as C0123456789.');
  }
  const days = /^\d{1,4}$/.test(asked.days) ? Number(asked.days) : 0;
  if (days < 1 || days > MOST_DAYS) {
    throw new UsageError('--days is no number of days', `Write a number from 1 to ${MOST_DAYS}.`);
  }
  return await store.transaction(async (tx) => {
    const { id, digest } = made;
    const expiresUs = tx.nowUs + days * DAY_US;
    await addToken(tx, { id, digest, name, scopes, channels, expiresUs }, by);
    return { id, name, scopes, channels, createdUs: tx.nowUs, expiresUs, revokedUs: undefined, usedUs: undefined };
  });
}

export type ListedToken = ApiToken & Readonly<{ state: 'valid' | 'expired' | 'revoked' }>;

export async function listTokens(store: Store): Promise<readonly ListedToken[]> {
  const nowUs = await store.nowUs();
  return (await allTokens(store)).map(({ digest, ...token }) => {
    const ended = token.expiresUs <= nowUs ? 'expired' : 'valid';
    return { ...token, state: token.revokedUs === undefined ? ended : 'revoked' };
  });
}

export type EndedToken = Readonly<{
  token: ApiToken;
  /** False if somebody revoked it before. */
  changed: boolean;
}>;

/** By its id, or by its name if only one token has it; revoked ones count only if all are. Throws UsageError. */
export async function endToken(store: Store, named: string, by: string): Promise<EndedToken> {
  const all = (await listTokens(store)).filter(({ id, name }) => id === named || name === named);
  const open = all.filter(({ state }) => state !== 'revoked');
  const [token, another] = open.length === 0 ? all : open;
  if (token === undefined) throw new UsageError('there is no such token', '`spanhound token list` names all.');
  if (another !== undefined) throw new UsageError(`several tokens have the name ${named}`, 'Name one by its id.');
  return { token, changed: await store.transaction((tx) => revokeToken(tx, token.id, by)) };
}
