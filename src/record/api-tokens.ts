/** The tokens of the REST API. Each creation, revocation and use is in the audit log; a use once an hour. */
import { HOUR_US } from '#core/time-units.ts';
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type ApiToken = Readonly<{
  /** The part of the token that is no secret. */
  id: string;
  name: string;
  scopes: readonly string[];
  /** Whose incidents it may see beside those of channels that the whole workspace reads. */
  channels: readonly string[];
  createdUs: number;
  expiresUs: number;
  revokedUs: number | undefined;
  /** To the hour. */
  usedUs: number | undefined;
}>;

export type StoredToken = ApiToken & Readonly<{ digest: string }>;

export type NewToken = Pick<StoredToken, 'id' | 'name' | 'digest' | 'scopes' | 'channels' | 'expiresUs'>;

/** Tokens belong to the installation and to no workspace. */
const NO_WORKSPACE = '';

export async function addToken(tx: Tx, token: NewToken, by: string): Promise<void> {
  const { id, name, digest, scopes, channels, expiresUs } = token;
  await tx.db
    .insertInto('api_tokens')
    .values({
      id,
      name,
      digest,
      scopes: JSON.stringify(scopes),
      channels: JSON.stringify(channels),
      created_us: tx.nowUs,
      expires_us: expiresUs,
      revoked_us: null,
      used_us: null,
    })
    .execute();
  const detail = { name, scopes: scopes.join(' '), channels: channels.join(' '), expiresUs };
  await audit(tx, { workspaceId: NO_WORKSPACE, actor: by, action: 'token.created', subject: id, detail });
}

/** False if there is no such token, or if somebody revoked it before. */
export async function revokeToken(tx: Tx, id: string, by: string): Promise<boolean> {
  const revoked = await tx.db
    .updateTable('api_tokens')
    .set({ revoked_us: tx.nowUs })
    .where('id', '=', id)
    .where('revoked_us', 'is', null)
    .returning('name')
    .executeTakeFirst();
  if (revoked === undefined) return false;
  const detail = { name: revoked.name };
  await audit(tx, { workspaceId: NO_WORKSPACE, actor: by, action: 'token.revoked', subject: id, detail });
  return true;
}

/** Does nothing within an hour of the use that was noted last. */
export async function noteTokenUse(tx: Tx, id: string, operation: string): Promise<void> {
  const noted = await tx.db
    .updateTable('api_tokens')
    .set({ used_us: tx.nowUs })
    .where('id', '=', id)
    .where((row) => row.or([row('used_us', 'is', null), row('used_us', '<=', tx.nowUs - HOUR_US)]))
    .returning('name')
    .executeTakeFirst();
  if (noted === undefined) return;
  const detail = { name: noted.name, operation };
  await audit(tx, { workspaceId: NO_WORKSPACE, actor: tokenActor(id), action: 'token.used', subject: id, detail });
}

/** Whether its use has to be noted now. */
export function isUseDue({ usedUs }: ApiToken, nowUs: number): boolean {
  return usedUs === undefined || usedUs <= nowUs - HOUR_US;
}

/** In the audit log. */
export function tokenActor(id: string): string {
  return `token:${id}`;
}

/** The newest first, revoked and expired ones included. */
export async function allTokens({ db }: Reader): Promise<readonly StoredToken[]> {
  const rows = await db.selectFrom('api_tokens').selectAll().orderBy('created_us', 'desc').orderBy('id').execute();
  return rows.map(tokenOf);
}

function tokenOf(row: Schema['api_tokens']): StoredToken {
  return {
    id: row.id,
    name: row.name,
    digest: row.digest,
    scopes: JSON.parse(row.scopes),
    channels: JSON.parse(row.channels),
    createdUs: row.created_us,
    expiresUs: row.expires_us,
    revokedUs: row.revoked_us ?? undefined,
    usedUs: row.used_us ?? undefined,
  };
}
