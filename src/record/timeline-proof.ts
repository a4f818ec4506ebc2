/**
 * Proves the timelines by the audit log, which has an entry with a digest for each row that was added, corrected,
 * removed or forgotten.
 *
 *   audit entry  timeline.added  INC-4  { entry: <id of the row>, digest }  ◄──compared──►  row in timeline_entries
 *
 * Versions before 8 wrote no digest. `sealEarlierEntries` adds it once.
 */
import { isoFromUs } from '#core/clock.ts';
import { incidentName } from '#model/incident/incident.ts';
import { audit } from '#record/audit.ts';
import { entryDigest } from '#record/row-digests.ts';
import { firstProblems, type LogEntry, loggedEntries } from '#record/row-proof.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Store } from '#record/store.ts';
import { entryRows } from '#record/timeline.ts';

export type TimelineState = Readonly<{
  ok: boolean;
  /** How many rows of how many incidents were compared. */
  entries: number;
  incidents: number;
  /** Rows of an earlier version: the log says that they were added, and not what they said. */
  withoutDigest: number;
  /** The first ones: `INC-4: the entry of 2026-01-06T14:30:00.000Z was changed`. */
  problems: readonly string[];
}>;

/** Whether each row of each timeline says what it said when it was recorded. The log itself is checked elsewhere. */
export async function verifyTimelines(reader: Reader): Promise<TimelineState> {
  const logs = await incidentLogs(reader);
  const problems: string[] = [];
  const total = { entries: 0, incidents: 0, withoutDigest: 0 };
  for (const incident of await incidentIds(reader)) {
    const rows = await entryRows(reader, incident.id);
    const log = logs.get(logKey(incident.workspace_id, incidentName(incident))) ?? NO_LOG;
    logs.delete(logKey(incident.workspace_id, incidentName(incident)));
    const name = incidentName(incident);
    if (!log.isDeclared) problems.push(`${name} was added outside Spanhound`);
    problems.push(...rowProblems(rows, log).map((problem) => `${name}: ${problem}`));
    total.incidents += 1;
    total.entries += rows.length;
    total.withoutDigest += rows.filter((row) => !log.digests.has(row.id)).length;
  }
  for (const { name, isDeclared } of logs.values()) {
    if (isDeclared) problems.push(`${name} was deleted outside Spanhound`);
  }
  return { ok: problems.length === 0, ...total, problems: firstProblems(problems) };
}

/** Adds the digests of rows that a version before 8 recorded. Returns how many. */
export async function sealEarlierEntries(store: Store): Promise<number> {
  const open = await store.db
    .selectFrom('timeline_entries')
    .innerJoin('incidents', 'incidents.id', 'timeline_entries.incident_id')
    .select(['incidents.id', 'incidents.workspace_id', 'incidents.number'])
    .where('salt', 'is', null)
    .groupBy(['incidents.id', 'incidents.workspace_id', 'incidents.number'])
    .execute();
  if (open.length === 0) return 0;
  const logs = await incidentLogs(store);
  let sealed = 0;
  for (const { id, workspace_id, number } of open) {
    const subject = incidentName({ number });
    const log = logs.get(logKey(workspace_id, subject)) ?? NO_LOG;
    sealed += await store.transaction(async (tx) => {
      await tx.lock(`incident/${id}`);
      let count = 0;
      for (const row of await entryRows(tx, id)) {
        // Somebody else took the salt away, or added the row: the log must not approve that.
        if (row.salt !== null || log.digests.has(row.id) || !isInLog(row, log)) continue;
        const salt = tx.newId();
        await tx.db.updateTable('timeline_entries').set({ salt }).where('id', '=', row.id).execute();
        const detail = { entry: row.id, digest: entryDigest({ ...row, salt }) };
        await audit(tx, { workspaceId: workspace_id, actor: 'spanhound', action: 'timeline.sealed', subject, detail });
        count += 1;
      }
      return count;
    });
  }
  return sealed;
}

type EntryRow = Schema['timeline_entries'];

/** What the audit log says about the timeline of one incident. */
type IncidentLog = {
  name: string;
  isDeclared: boolean;
  /** By the id of the row: its newest digest. */
  digests: Map<string, string>;
  /** By the id of the row, or by its key in entries of versions before 8. */
  shown: Map<string, Shown>;
  /** By the key of the first row, in entries of versions before 8: how often it was corrected. */
  edits: Map<string, number>;
};

/** The entry of the audit log, and when the row was removed; null if it is shown since. */
type Shown = Readonly<{ seq: number; removedUs: number | null }>;

const NO_LOG: IncidentLog = newLog('');

function newLog(name: string): IncidentLog {
  return { name, isDeclared: false, digests: new Map(), shown: new Map(), edits: new Map() };
}

async function incidentLogs(reader: Reader): Promise<Map<string, IncidentLog>> {
  const logs = new Map<string, IncidentLog>();
  for await (const entry of loggedEntries(reader, 'timeline.', ['incident.declared', 'incident.forgotten'])) {
    const key = logKey(entry.workspace_id, entry.subject);
    const log = logs.get(key) ?? newLog(entry.subject);
    logs.set(key, log);
    note(log, entry);
  }
  return logs;
}

function note(log: IncidentLog, { seq, at_us, action, detail: { entry, key, digest } }: LogEntry): void {
  if (action === 'incident.declared') log.isDeclared = true;
  if (action === 'incident.forgotten') {
    log.digests.clear();
    log.shown.clear();
    log.edits.clear();
  }
  if (typeof entry === 'string' && typeof digest === 'string') log.digests.set(entry, digest);
  const name = `${entry ?? key}`;
  if (action === 'timeline.added') log.shown.set(name, { seq, removedUs: null });
  if (action === 'timeline.removed') log.shown.set(name, { seq, removedUs: at_us });
  if (action !== 'timeline.edited') return;
  if (entry === undefined) log.edits.set(name, (log.edits.get(name) ?? 0) + 1);
  else log.shown.set(name, { seq, removedUs: null });
}

function rowProblems(rows: readonly EntryRow[], log: IncidentLog): readonly string[] {
  const ids = new Set(rows.flatMap(({ id, key }) => [id, key]));
  const missing = [...log.shown.keys()].filter((name) => !ids.has(name)).map(() => 'an entry was deleted');
  const lost = [...log.edits].filter(
    ([key, count]) => rows.filter((row) => amendedKey(row) === key && !log.shown.has(row.id)).length < count,
  );
  return [
    ...rows.flatMap((row) => problemOf(row, log) ?? []),
    ...missing,
    ...lost.map(() => 'a correction was deleted'),
  ];
}

function problemOf(row: EntryRow, log: IncidentLog): string | undefined {
  const name = `the entry of ${isoFromUs(row.at_us)}`;
  if (!isInLog(row, log)) return `${name} was added outside Spanhound`;
  const digest = log.digests.get(row.id);
  if (digest !== undefined && digest !== entryDigest(row)) return `${name} was changed`;
  const shown = shownOf(row, log);
  if (shown === undefined || shown.removedUs === row.removed_us) return undefined;
  return shown.removedUs === null ? `${name} was hidden` : `${name} was removed by a person, and is shown again`;
}

function isInLog(row: EntryRow, log: IncidentLog): boolean {
  return shownOf(row, log) !== undefined || log.digests.has(row.id) || (log.edits.get(amendedKey(row)) ?? 0) > 0;
}

/** A version before 8, which names the row by its key, may work beside this one. */
function shownOf({ id, key }: EntryRow, { shown }: IncidentLog): Shown | undefined {
  const [byId, byKey] = [shown.get(id), shown.get(key)];
  return (byId?.seq ?? 0) > (byKey?.seq ?? 0) ? byId : byKey;
}

/** The key of the row that this one corrects: without its number. */
function amendedKey({ key, amends }: EntryRow): string {
  return amends === null ? '' : key.slice(0, key.lastIndexOf('#'));
}

async function incidentIds({
  db,
}: Reader): Promise<readonly Pick<Schema['incidents'], 'id' | 'workspace_id' | 'number'>[]> {
  return await db.selectFrom('incidents').select(['id', 'workspace_id', 'number']).orderBy('number').execute();
}

function logKey(workspaceId: string, subject: string): string {
  return JSON.stringify([workspaceId, subject]);
}
