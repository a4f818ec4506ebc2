/** Where the evidence of each investigation is stored, and who read it. */
import type { Incident } from '#model/incident/incident.ts';
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type NewCase = Readonly<{
  investigationId: string;
  folder: string;
  /** The hash that proves the folder unchanged. */
  seal: string;
  /** Their number, and total size. */
  files: number;
  bytes: number;
}>;

export type KeptCase = Readonly<NewCase & { workspaceId: string; keptUs: number }>;

/** False if the case of this investigation was recorded before: evidence is stored once and never replaced. */
export async function noteCase(tx: Tx, { investigationId, folder, seal, files, bytes }: NewCase): Promise<boolean> {
  const { workspace_id } = await tx.db
    .selectFrom('investigations')
    .select('workspace_id')
    .where('id', '=', investigationId)
    .executeTakeFirstOrThrow();
  await tx.lock(`cases/${workspace_id}`);
  const number = ((await lastOf(tx, workspace_id))?.number ?? 0) + 1;
  const inserted = await tx.db
    .insertInto('evidence')
    .values({ investigation_id: investigationId, workspace_id, number, folder, seal, files, bytes, kept_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('investigation_id').doNothing())
    .returning('investigation_id')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await audit(tx, {
    workspaceId: workspace_id,
    actor: 'spanhound',
    action: 'evidence.kept',
    subject: investigationId,
    detail: { seal, files, bytes },
  });
  return true;
}

/** Every reader of evidence records it, with the purpose: `case export`. */
export async function noteEvidenceRead(
  tx: Tx,
  { workspaceId, investigationId, seal }: Pick<KeptCase, 'workspaceId' | 'investigationId' | 'seal'>,
  { actor, purpose }: Readonly<{ actor: string; purpose: string }>,
): Promise<void> {
  const detail = { seal, purpose };
  await audit(tx, { workspaceId, actor, action: 'evidence.read', subject: investigationId, detail });
}

export async function caseOf({ db }: Reader, investigationId: string): Promise<KeptCase | undefined> {
  const row = await db
    .selectFrom('evidence')
    .selectAll()
    .where('investigation_id', '=', investigationId)
    .executeTakeFirst();
  return row && keptCaseOf(row);
}

/** Oldest first. */
export async function casesKeptBefore({ db }: Reader, beforeUs: number): Promise<readonly KeptCase[]> {
  const rows = await db
    .selectFrom('evidence')
    .selectAll()
    .where('kept_us', '<=', beforeUs)
    .orderBy('kept_us')
    .execute();
  return rows.map(keptCaseOf);
}

/** The seal that the next case of the workspace refers to; '' before the first. */
export async function latestSeal(reader: Reader, workspaceId: string): Promise<string> {
  return (await lastOf(reader, workspaceId))?.seal ?? '';
}

/**
 * The cases of an incident, oldest first: of the investigation that it was declared from, of those that answered its
 * alert, and of those whose diagnosis is in its timeline.
 */
export async function casesOf(
  { db }: Reader,
  { id, alertId = '', investigationId = '' }: Pick<Incident, 'id' | 'alertId' | 'investigationId'>,
): Promise<readonly KeptCase[]> {
  const rows = await db
    .selectFrom('evidence')
    .selectAll()
    .where((row) =>
      row.or([
        row('investigation_id', '=', investigationId),
        row('investigation_id', 'in', row.selectFrom('investigations').select('id').where('alert_id', '=', alertId)),
        row(
          'investigation_id',
          'in',
          row
            .selectFrom('alerts')
            .select((alert) => alert.fn.coalesce('investigation_id', alert.val('')).as('id'))
            .where('id', '=', alertId),
        ),
        row(
          'investigation_id',
          'in',
          row
            .selectFrom('timeline_entries')
            .select('value')
            .where('incident_id', '=', id)
            .where('kind', '=', 'diagnosis')
            .where('removed_us', 'is', null),
        ),
      ]),
    )
    .orderBy('number')
    .execute();
  return rows.map(keptCaseOf);
}

/** By its number, because two may be stored in one instant. */
async function lastOf(
  { db }: Reader,
  workspaceId: string,
): Promise<Pick<Schema['evidence'], 'number' | 'seal'> | undefined> {
  return await db
    .selectFrom('evidence')
    .select(['number', 'seal'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('number', 'desc')
    .executeTakeFirst();
}

function keptCaseOf(row: Schema['evidence']): KeptCase {
  return {
    investigationId: row.investigation_id,
    workspaceId: row.workspace_id,
    folder: row.folder,
    seal: row.seal,
    files: row.files,
    bytes: row.bytes,
    keptUs: row.kept_us,
  };
}
