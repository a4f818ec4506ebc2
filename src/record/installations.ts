/**
 * The workspaces that installed the app by a link. The token is encrypted before it comes here, for its own workspace.
 *
 *   saved ──► installed ──► removed, without its token ──► saved again
 *                                        └──► forgotten: the workspace has a token of its own
 */
import { audit } from '#record/audit.ts';
import { endHold } from '#record/pace.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';
import { workspaceKey } from '#record/workspace-key.ts';

export type Installation = Readonly<{
  workspaceId: string;
  name: string;
  /** Empty if it was removed. */
  sealed: string;
  scopes: readonly string[];
  installedBy: string;
  installedUs: number;
  removedUs: number | undefined;
  reason: string;
}>;

export type NewInstallation = Pick<Installation, 'workspaceId' | 'name' | 'sealed' | 'scopes' | 'installedBy'>;

/** A new one takes the place of an earlier one, and messages that waited for a token go on. */
export async function saveInstallation(tx: Tx, installation: NewInstallation): Promise<void> {
  const { workspaceId, name, sealed, scopes, installedBy } = installation;
  const row = {
    name,
    sealed,
    scopes: scopes.join(','),
    installed_by: installedBy,
    installed_us: tx.nowUs,
    removed_us: null,
    reason: '',
  };
  await tx.db
    .insertInto('installations')
    .values({ workspace_id: workspaceId, ...row })
    .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(row))
    .execute();
  await endHold(tx, workspaceKey(workspaceId));
  await tx.db
    .updateTable('outbox')
    .set({ due_us: tx.nowUs })
    .where('workspace_id', '=', workspaceId)
    .where('due_us', '>', tx.nowUs)
    .execute();
  await noted(tx, 'installation.saved', installation, { name, scopes: row.scopes });
}

/** `installedUs`: which one; a newer one stays. */
export type Removal = Readonly<{ workspaceId: string; reason: string; installedUs: number; by: string }>;

/** False if it is not installed. */
export async function removeInstallation(tx: Tx, { workspaceId, reason, installedUs, by }: Removal): Promise<boolean> {
  const removed = await tx.db
    .updateTable('installations')
    .set({ sealed: '', removed_us: tx.nowUs, reason })
    .where('workspace_id', '=', workspaceId)
    .where('installed_us', '=', installedUs)
    .where('removed_us', 'is', null)
    .executeTakeFirst();
  if (removed.numUpdatedRows === 0n) return false;
  await noted(tx, 'installation.removed', { workspaceId, installedBy: by }, { reason });
  return true;
}

/** The workspace has a token of its own now. Otherwise its messages would count as those of a workspace that left. */
export async function forgetRemoved(tx: Tx, workspaceId: string): Promise<boolean> {
  const gone = await tx.db
    .deleteFrom('installations')
    .where('workspace_id', '=', workspaceId)
    .where('removed_us', 'is not', null)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) return false;
  await noted(tx, 'installation.forgotten', { workspaceId, installedBy: 'spanhound' }, {});
  return true;
}

/** The same content under another key. Nothing happens if somebody installed it anew in between. */
export async function sealAnew(
  tx: Tx,
  { workspaceId, before, after }: Readonly<{ workspaceId: string; before: string; after: string }>,
): Promise<boolean> {
  const changed = await tx.db
    .updateTable('installations')
    .set({ sealed: after })
    .where('workspace_id', '=', workspaceId)
    .where('sealed', '=', before)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

export async function findInstallation({ db }: Reader, workspaceId: string): Promise<Installation | undefined> {
  const row = await db
    .selectFrom('installations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row && installationOf(row);
}

/** Removed ones included. */
export async function allInstallations({ db }: Reader): Promise<readonly Installation[]> {
  const rows = await db.selectFrom('installations').selectAll().orderBy('workspace_id').execute();
  return rows.map(installationOf);
}

/** How many messages of the workspace wait to be sent. */
export async function queuedOf({ db }: Reader, workspaceId: string): Promise<number> {
  const row = await db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function noted(
  tx: Tx,
  action: string,
  { workspaceId, installedBy }: Pick<Installation, 'workspaceId' | 'installedBy'>,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  await audit(tx, { workspaceId, actor: installedBy, action, subject: workspaceId, detail });
}

function installationOf(row: Schema['installations']): Installation {
  return {
    workspaceId: row.workspace_id,
    name: row.name,
    sealed: row.sealed,
    scopes: row.scopes.split(',').filter((scope) => scope !== ''),
    installedBy: row.installed_by,
    installedUs: row.installed_us,
    removedUs: row.removed_us ?? undefined,
    reason: row.reason,
  };
}
