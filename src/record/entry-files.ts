/**
 * The files of the messages in timelines, and what became of each. The bytes are in the store of evidence, in a folder for
 * each incident and under the id of the row (`copyId`).
 *
 *   waiting ──► kept ──► expired, forgotten
 *      └──────► left: for the reason that the row names
 */
import { type EntryFile, MOST_FILES, type SaidFile } from '#model/incident/entry-file.ts';
import type { Incident } from '#model/incident/incident.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import { auditIncident } from '#record/audit.ts';
import { incidentById } from '#record/find-incidents.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type FileRow = EntryFile &
  Readonly<{ incidentId: string; workspaceId: string; entryKey: string; keptBytes: number; keptUs: number }>;

/** Where the copies of an incident are. */
export function folderOfFiles(incidentId: string): string {
  return `cases/files-${incidentId}`;
}

const NAME_CHARS = 200;
const TYPE = /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/i;

/**
 * Notes the files that a message has now. One that it has no more is deleted in Slack. True if one of them waits to be
 * fetched. A file without an id is not noted.
 */
export async function noteFiles(
  tx: Tx,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { key, files }: Readonly<{ key: string; files: readonly SaidFile[] }>,
): Promise<boolean> {
  const said = files.filter(({ id }) => id !== '').slice(0, MOST_FILES);
  const rows = (await filesOf(tx, incidentId)).filter(({ entryKey }) => entryKey === key);
  if (said.length === 0 && rows.length === 0) return false;
  for (const [position, file] of said.entries()) {
    await tx.db
      .insertInto('entry_files')
      .values({
        id: tx.newId(),
        incident_id: incidentId,
        workspace_id: workspaceId,
        entry_key: key,
        file_id: file.id,
        position,
        name: redact(cutText(file.name, NAME_CHARS)),
        type: TYPE.test(file.type) ? file.type : '',
        bytes: file.bytes ?? null,
        state: 'waiting',
        reason: '',
        sha256: '',
        kept_sha256: '',
        kept_bytes: 0,
        noted_us: tx.nowUs,
        kept_us: null,
        deleted_us: null,
      })
      .onConflict((conflict) => conflict.columns(['incident_id', 'entry_key', 'file_id']).doNothing())
      .execute();
  }
  const there = new Set(said.flatMap(({ id, isDeleted }) => (isDeleted ? [] : [id])));
  const gone = rows.filter(({ id }) => !there.has(id));
  await noteDeleted(tx, gone);
  return (await filesOf(tx, incidentId)).some(({ entryKey, state }) => entryKey === key && state === 'waiting');
}

/** Slack says that they are deleted there. */
export async function noteDeleted(tx: Tx, files: readonly FileRow[]): Promise<void> {
  const ids = files.flatMap(({ copyId, isDeleted }) => (isDeleted ? [] : [copyId]));
  if (ids.length === 0) return;
  await tx.db.updateTable('entry_files').set({ deleted_us: tx.nowUs }).where('id', 'in', ids).execute();
}

/** All of an incident, in the order of their messages. */
export async function filesOf({ db }: Reader, incidentId: string): Promise<readonly FileRow[]> {
  const rows = await db
    .selectFrom('entry_files')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('entry_key')
    .orderBy('position')
    .execute();
  return rows.map(fileOf);
}

/** Undefined without such a row. */
export async function fileById({ db }: Reader, copyId: string): Promise<FileRow | undefined> {
  const row = await db.selectFrom('entry_files').selectAll().where('id', '=', copyId).executeTakeFirst();
  return row && fileOf(row);
}

/** The copies of all incidents that were made until then, oldest first. */
export async function copiesUntil({ db }: Reader, untilUs: number): Promise<readonly FileRow[]> {
  const rows = await db
    .selectFrom('entry_files')
    .selectAll()
    .where('state', '=', 'kept')
    .where('kept_us', '<=', untilUs)
    .orderBy('kept_us')
    .execute();
  return rows.map(fileOf);
}

/** Those of messages that this person wrote, but for forgotten ones. */
export async function filesSharedBy({ db }: Reader, personId: string): Promise<readonly FileRow[]> {
  const rows = await db
    .selectFrom('entry_files')
    .innerJoin('timeline_entries', (join) =>
      join
        .onRef('timeline_entries.incident_id', '=', 'entry_files.incident_id')
        .onRef('timeline_entries.key', '=', 'entry_files.entry_key'),
    )
    .selectAll('entry_files')
    .where('timeline_entries.source', '=', personId)
    .where('entry_files.state', '!=', 'forgotten')
    .orderBy('entry_files.id')
    .execute();
  return rows.map(fileOf);
}

export type FileFate =
  | Readonly<{
      state: 'kept';
      /** As far as Slack named them only now. */
      name: string;
      type: string;
      bytes: number;
      sha256: string;
      keptSha256: string;
      keptBytes: number;
    }>
  | Readonly<{ state: 'left'; reason: string; isDeleted: boolean; bytes?: number | undefined }>;

/** What became of a file that waited. False if it does not wait any more. */
export async function settleFile(tx: Tx, file: FileRow, fate: FileFate): Promise<boolean> {
  const settled = await tx.db
    .updateTable('entry_files')
    .set(fate.state === 'kept' ? keptColumns(tx, fate) : leftColumns(tx, file, fate))
    .where('id', '=', file.copyId)
    .where('state', '=', 'waiting')
    .returning('id')
    .executeTakeFirst();
  if (settled === undefined) return false;
  const incident = await incidentById(tx, file.incidentId);
  const detail =
    fate.state === 'kept'
      ? { file: file.copyId, bytes: fate.bytes, sha256: fate.sha256, kept: fate.keptSha256 }
      : { file: file.copyId };
  await auditIncident(tx, incident, 'spanhound', fate.state === 'kept' ? 'file.kept' : 'file.left', detail);
  return true;
}

function keptColumns(tx: Tx, fate: Extract<FileFate, { state: 'kept' }>) {
  const { name, type, bytes, sha256, keptSha256, keptBytes } = fate;
  return {
    state: 'kept' as const,
    ...(name === '' ? {} : { name: redact(cutText(name, NAME_CHARS)) }),
    ...(TYPE.test(type) ? { type } : {}),
    bytes,
    sha256,
    kept_sha256: keptSha256,
    kept_bytes: keptBytes,
    kept_us: tx.nowUs,
  };
}

function leftColumns(tx: Tx, file: FileRow, { reason, isDeleted, bytes }: Extract<FileFate, { state: 'left' }>) {
  return {
    state: 'left' as const,
    reason: redact(reason),
    bytes: bytes ?? file.bytes ?? null,
    ...(isDeleted && !file.isDeleted ? { deleted_us: tx.nowUs } : {}),
  };
}

/** The copy of a file is to be deleted: the caller deletes it after this is stored. */
export async function dropCopy(tx: Tx, file: FileRow, why: 'expired' | 'forgotten'): Promise<void> {
  await tx.db
    .updateTable('entry_files')
    .set({
      state: why,
      ...(why === 'forgotten' ? { name: '', type: '', sha256: '', kept_sha256: '', reason: '' } : {}),
    })
    .where('id', '=', file.copyId)
    .execute();
  const incident = await incidentById(tx, file.incidentId);
  await auditIncident(tx, incident, 'spanhound', 'file.deleted', { file: file.copyId, why });
}

/** Every reader of a copy records it, with the purpose: `case export INC-7`. */
export async function noteCopyRead(
  tx: Tx,
  file: FileRow,
  { actor, purpose }: Readonly<{ actor: string; purpose: string }>,
): Promise<void> {
  const incident = await incidentById(tx, file.incidentId);
  await auditIncident(tx, incident, actor, 'file.read', { file: file.copyId, sha256: file.sha256, purpose });
}

function fileOf(row: Schema['entry_files']): FileRow {
  return {
    copyId: row.id,
    incidentId: row.incident_id,
    workspaceId: row.workspace_id,
    entryKey: row.entry_key,
    id: row.file_id,
    name: row.name,
    type: row.type,
    bytes: row.bytes ?? undefined,
    isDeleted: row.deleted_us !== null,
    state: row.state,
    reason: row.reason,
    sha256: row.sha256,
    keptSha256: row.kept_sha256,
    keptBytes: row.kept_bytes,
    keptUs: row.kept_us ?? 0,
  };
}
