/**
 * What people did and wrote about an alert before it had an incident: notes in the alerting system, replies of its app,
 * and messages in the alert's thread that people marked. A declared incident takes them into its timeline.
 */
import type { EntryKind, Incident } from '#model/incident/incident.ts';
import { redact } from '#model/redaction/redaction.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';

type AlertNoteKept = Readonly<{
  alertId: string;
  workspaceId: string;
  /** The key of its entry in a timeline: `message:<channel>/<ts>`. */
  key: string;
  /** Where it was written; undefined for a note in the alerting system. */
  channelId: string | undefined;
  kind: EntryKind;
  text: string;
  source: string;
  link: string;
  atUs: number;
  notedUs: number;
}>;

/** A second note with the same key replaces the first: its message was edited. */
export async function keepAlertNote(tx: Tx, note: Omit<AlertNoteKept, 'notedUs'>): Promise<void> {
  const { alertId, workspaceId, key, channelId, kind, text, source, link, atUs } = note;
  const said = { kind, text: redact(text), source, link: redact(link) };
  await tx.db
    .insertInto('alert_notes')
    .values({
      alert_id: alertId,
      entry_key: key,
      workspace_id: workspaceId,
      channel_id: channelId ?? null,
      at_us: atUs,
      noted_us: tx.nowUs,
      ...said,
    })
    .onConflict((conflict) => conflict.columns(['alert_id', 'entry_key']).doUpdateSet(said))
    .execute();
}

/** Somebody took the mark away, or deleted the message. */
export async function dropAlertNote(
  tx: Tx,
  { workspaceId, key }: Readonly<{ workspaceId: string; key: string }>,
): Promise<void> {
  await tx.db.deleteFrom('alert_notes').where('workspace_id', '=', workspaceId).where('entry_key', '=', key).execute();
}

export async function isAlertNote(
  { db }: Reader,
  { workspaceId, key }: Readonly<{ workspaceId: string; key: string }>,
): Promise<boolean> {
  const row = await db
    .selectFrom('alert_notes')
    .select('alert_id')
    .where('workspace_id', '=', workspaceId)
    .where('entry_key', '=', key)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Brings them into the timeline with their own times, as far as people in the incident's channel may read them. Returns
 * their keys.
 */
export async function takeAlertNotes(
  tx: Tx,
  { id: incidentId, channelId, alertId }: Incident,
): Promise<readonly string[]> {
  if (alertId === undefined) return [];
  const notes = await alertNotesFor(tx, { alertId, channelId });
  for (const note of notes) {
    const { key, kind, text, source, link, atUs, notedUs } = note;
    await addEntry(tx, { incidentId, key, kind, text, source, link, atUs, notedUs });
  }
  return notes.map(({ key }) => key);
}

/**
 * The notes of an alert that people in this channel may read, in order: those from the alerting system, and what was
 * written in the same channel.
 */
async function alertNotesFor(
  { db }: Reader,
  { alertId, channelId }: Readonly<{ alertId: string; channelId: string }>,
): Promise<readonly AlertNoteKept[]> {
  const rows = await db
    .selectFrom('alert_notes')
    .selectAll()
    .where('alert_id', '=', alertId)
    .where((row) => row.or([row('channel_id', 'is', null), row('channel_id', '=', channelId)]))
    .orderBy('at_us')
    .orderBy('entry_key')
    .execute();
  return rows.map((row) => ({
    alertId,
    workspaceId: row.workspace_id,
    key: row.entry_key,
    channelId: row.channel_id ?? undefined,
    kind: row.kind,
    text: row.text,
    source: row.source,
    link: row.link,
    atUs: row.at_us,
    notedUs: row.noted_us,
  }));
}
