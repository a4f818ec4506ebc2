/**
 * The timelines of the incidents. Rows are never rewritten: a correction is a row that amends the first one, a removed
 * entry is marked, and a system's entry can be neither corrected nor removed. Only the time and the words of a status can
 * be corrected, too. The audit log has the digest of each row, so `timeline-proof.ts` finds a row that was rewritten
 * outside of Spanhound.
 */
import { type EntryFile, withFiles } from '#model/incident/entry-file.ts';
import {
  type EntryKind,
  type Incident,
  inTimelineOrder,
  isCorrectable,
  type TimelineEntry,
  type WithdrawnEntry,
} from '#model/incident/incident.ts';
import { isNeedToKnow, withheld } from '#model/incident/need-to-know.ts';
import { inStatusOrder } from '#model/incident/status-steps.ts';
import { redact } from '#model/redaction/redaction.ts';
import { auditIncident } from '#record/audit.ts';
import { type FileRow, filesOf } from '#record/entry-files.ts';
import { originOf } from '#record/entry-origin.ts';
import { incidentById } from '#record/find-incidents.ts';
import { FORGOTTEN_TEXT } from '#record/mentions.ts';
import { entryDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type NewEntry = Readonly<
  Omit<TimelineEntry, 'id' | 'notedUs' | 'value'> & {
    incidentId: string;
    /** Identifies the entry: `message:<ts>`, `note:<inbox row>`. */
    key: string;
    value?: string | undefined;
    /** When it came into the record, if that was before it came into the timeline. */
    notedUs?: number | undefined;
  }
>;

/** False if there already is an entry with this key. A removed one comes back as it was. */
export async function addEntry(tx: Tx, entry: NewEntry): Promise<boolean> {
  const incident = await incidentById(tx, entry.incidentId);
  const row = (await insertEntry(tx, incident, entry, null)) ?? (await comesBack(tx, entry));
  if (row === undefined) return false;
  await auditEntry(tx, incident, entry.source, 'timeline.added', row);
  return true;
}

export type EntryEdit = Readonly<{
  incidentId: string;
  key: string;
  text?: string | undefined;
  atUs?: number | undefined;
  /** From now on only these people read it: as `needToKnowValue` writes them. */
  circle?: string | undefined;
  by: string;
}>;

/** False if there is nothing to correct: no such entry, removed, no change, or recorded by a system. */
export async function editEntry(tx: Tx, edit: EntryEdit): Promise<boolean> {
  return await amendEntry(tx, edit, isPeoples);
}

/** Sets right when a status was reached, and what people said about it. The same conditions apply. */
export async function editStep(tx: Tx, edit: EntryEdit): Promise<boolean> {
  return await amendEntry(tx, edit, ({ kind, amends }) => kind === 'status' && amends === null);
}

async function amendEntry(
  tx: Tx,
  { incidentId, key, text, atUs, circle, by }: EntryEdit,
  mayEdit: (row: EntryRow) => boolean,
): Promise<boolean> {
  await tx.lock(`incident/${incidentId}`);
  const entries = await entryRows(tx, incidentId);
  const original = entries.find((row) => row.key === key);
  if (original === undefined || original.removed_us !== null || !mayEdit(original)) return false;

  const amendments = entries.filter(({ amends }) => amends === original.id);
  const now = latest(original, amendments);
  const words = text === undefined ? now.text : redact(text);
  const wanted = { ...now, text: words, atUs: atUs ?? now.atUs, value: circle ?? now.value };
  if (wanted.text === now.text && wanted.atUs === now.atUs && wanted.value === now.value) return false;

  const incident = await incidentById(tx, incidentId);
  const amendment = { ...wanted, incidentId, key: `${key}#${amendments.length + 1}`, source: by, notedUs: tx.nowUs };
  const row = await insertEntry(tx, incident, amendment, original.id);
  if (row === undefined) return false;
  await auditEntry(tx, incident, by, 'timeline.edited', row);
  return true;
}

/** Removes an entry: it is marked and no longer shown. False if there is no entry that people may remove. */
export async function removeEntry(
  tx: Tx,
  { incidentId, key, by }: Readonly<{ incidentId: string; key: string; by: string }>,
): Promise<boolean> {
  await tx.lock(`incident/${incidentId}`);
  const row = await rowByKey(tx, incidentId, key);
  if (row === undefined || row.removed_us !== null || !isPeoples(row)) return false;
  await tx.db.updateTable('timeline_entries').set({ removed_us: tx.nowUs }).where('id', '=', row.id).execute();
  const incident = await incidentById(tx, incidentId);
  await auditEntry(tx, incident, by, 'timeline.removed', row);
  return true;
}

/** Whether the timeline shows an entry with this key. */
export async function hasEntry(reader: Reader, incidentId: string, key: string): Promise<boolean> {
  const row = await rowByKey(reader, incidentId, key);
  return row !== undefined && row.removed_us === null;
}

/** Corrected, as stored: with the words that `timelineOf` withholds. */
export type StoredEntry = TimelineEntry & Readonly<{ incidentId: string; key: string; files: readonly EntryFile[] }>;

/** What somebody may be about to change. Undefined without such an entry, and where it was withdrawn. */
export async function entryWithKey(reader: Reader, incidentId: string, key: string): Promise<StoredEntry | undefined> {
  const row = await rowByKey(reader, incidentId, key);
  return row === undefined || row.removed_us !== null ? undefined : (await unwithheld(reader, [row.id])).get(row.id);
}

/** Undefined where the incident has no such entry, people may not correct it, or only some of them read it. */
export async function keyOfEntry(
  reader: Reader,
  { incidentId, entryId }: Readonly<{ incidentId: string; entryId: string }>,
): Promise<string | undefined> {
  const entry = (await unwithheld(reader, [entryId])).get(entryId);
  return entry?.incidentId === incidentId && isCorrectable(entry) ? entry.key : undefined;
}

/**
 * As shown: corrected, without removed entries, in the order of events, each message with its files. What only some people
 * read is withheld. `untilUs`: as it was at that time, but for what became of the files and for who may read it since.
 */
export async function timelineOf(
  reader: Reader,
  incidentId: string,
  untilUs = Number.POSITIVE_INFINITY,
): Promise<readonly TimelineEntry[]> {
  const rows = await entryRows(reader, incidentId);
  const entries = entriesOf(rows, untilUs);
  if (!entries.some(({ kind }) => kind === 'message' || kind === 'image')) return entries;
  const files = Map.groupBy(await shownFiles(reader, incidentId, rows), ({ entryKey }) => entryKey);
  if (files.size === 0) return entries;
  const keys = new Map(rows.map(({ id, key }) => [id, key]));
  return entries.map((entry) => withFiles(entry, files.get(keys.get(entry.id) ?? '') ?? []));
}

/** The files of its messages, without those that only some people read. */
export async function openFilesOf(reader: Reader, incidentId: string): Promise<readonly FileRow[]> {
  return await shownFiles(reader, incidentId, await entryRows(reader, incidentId));
}

async function shownFiles(reader: Reader, incidentId: string, rows: readonly EntryRow[]): Promise<readonly FileRow[]> {
  const value = valuesIn(rows);
  const hidden = new Set(rows.filter((row) => isNeedToKnow({ value: value(row) })).map(({ key }) => key));
  return (await filesOf(reader, incidentId)).filter(({ entryKey }) => !hidden.has(entryKey));
}

function amendmentsIn(rows: readonly EntryRow[]): ReadonlyMap<string | null, readonly EntryRow[]> {
  return Map.groupBy(
    rows.filter(({ amends }) => amends !== null),
    ({ amends }) => amends,
  );
}

/** The entries that these rows make, in the order of events. A change of status shows the status before it. */
export function entriesOf(all: readonly EntryRow[], untilUs = Number.POSITIVE_INFINITY): readonly TimelineEntry[] {
  const amendments = amendmentsIn(all);
  const value = valuesIn(all);
  const shown = all
    .filter(({ noted_us }) => noted_us <= untilUs)
    .filter(({ amends, removed_us }) => amends === null && (removed_us === null || removed_us > untilUs))
    .map((row) => {
      const made = amendments.get(row.id) ?? [];
      const entry = latest(
        row,
        made.filter(({ noted_us }) => noted_us <= untilUs),
      );
      // Who may read it now may read the versions before, and nobody else.
      return withheld({ ...entry, value: value(row) });
    });
  return inStatusOrder(inTimelineOrder(shown));
}

/**
 * These entries as stored, each with its files, also of several incidents. Only `workflows/rights/may-show.ts` may show the words
 * to somebody.
 */
export async function unwithheld(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>> {
  const rows = await rowsOf(reader, ids);
  const amendments = amendmentsIn(rows);
  const files = new Map<string, readonly FileRow[]>();
  for (const incidentId of new Set(rows.map((row) => row.incident_id)))
    files.set(incidentId, await filesOf(reader, incidentId));
  return new Map(
    rows
      .filter(({ amends }) => amends === null)
      .map((row) => {
        const { id, incident_id: incidentId, key } = row;
        const own = (files.get(incidentId) ?? []).filter(({ entryKey }) => entryKey === key);
        return [id, { ...latest(row, amendments.get(id) ?? []), incidentId, key, files: own }];
      }),
  );
}

/**
 * What everybody read once and only some people read now, also in withdrawn entries. What was never open is not among it:
 * a comparison with it would tell whoever guesses.
 */
export async function narrowedWords(reader: Reader, incidentId: string): Promise<readonly string[]> {
  const rows = await entryRows(reader, incidentId);
  const value = valuesIn(rows);
  const amendments = amendmentsIn(rows);
  const few = rows.filter((row) => row.amends === null && isNeedToKnow({ value: value(row) }));
  return few.flatMap((row) => {
    const versions = [row, ...inTurn(amendments.get(row.id) ?? [])];
    const end = versions.findIndex(isNeedToKnow);
    return versions.slice(0, end === -1 ? versions.length : end).map(({ text }) => text);
  });
}

/** The rows with these ids, and those that amend them. */
async function rowsOf({ db }: Reader, ids: readonly string[]): Promise<readonly EntryRow[]> {
  if (ids.length === 0) return [];
  const rows = db.selectFrom('timeline_entries').selectAll();
  const own = await rows.where('id', 'in', [...ids]).execute();
  const incidents = [...new Set(own.map((row) => row.incident_id))];
  if (incidents.length === 0) return [];
  const amending = await rows
    .where('incident_id', 'in', incidents)
    .where('amends', 'in', [...ids])
    .execute();
  return [...own, ...amending];
}

/** The entries that people withdrew. `untilUs`: as it was at that time. */
export async function withdrawnFrom(
  reader: Reader,
  incidentId: string,
  untilUs = Number.POSITIVE_INFINITY,
): Promise<readonly WithdrawnEntry[]> {
  const rows = await entryRows(reader, incidentId);
  const stored = valuesIn(rows);
  return rows.flatMap((row) => {
    const { id, amends, removed_us: withdrawnUs, noted_us: notedUs, kind } = row;
    if (amends !== null || withdrawnUs === null || withdrawnUs > untilUs) return [];
    const { value } = withheld({ text: '', value: stored(row) });
    return [{ id, kind, value, notedUs, withdrawnUs }];
  });
}

/** Sources of timeline entries and holders of roles in a workspace, the latest first. */
export async function peopleOfRecord(
  { db }: Reader,
  { workspaceId, limit }: Readonly<{ workspaceId: string; limit: number }>,
): Promise<readonly string[]> {
  const said = await db
    .selectFrom('timeline_entries')
    .select('source')
    .where('workspace_id', '=', workspaceId)
    .groupBy('source')
    .orderBy((row) => row.fn.max('noted_us'), 'desc')
    .limit(limit)
    .execute();
  const held = await db
    .selectFrom('incident_roles')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .groupBy('user_id')
    .orderBy((row) => row.fn.max('since_us'), 'desc')
    .limit(limit)
    .execute();
  return [...new Set([...said.map(({ source }) => source), ...held.map(({ user_id }) => user_id)])].slice(0, limit);
}

/** Entries by systems and by the incident's own rules: facts that nobody may rewrite. */
const SYSTEM_KINDS: readonly EntryKind[] = ['alert', 'finding', 'diagnosis', 'status', 'severity', 'role'];

/** Undefined if there already is a row with this key. */
async function insertEntry(
  tx: Tx,
  incident: Incident,
  entry: NewEntry,
  amends: string | null,
): Promise<EntryRow | undefined> {
  return await tx.db
    .insertInto('timeline_entries')
    .values({
      id: tx.newId(),
      incident_id: incident.id,
      workspace_id: incident.workspaceId,
      key: entry.key,
      amends,
      at_us: entry.atUs,
      noted_us: entry.notedUs ?? tx.nowUs,
      kind: entry.kind,
      text: redact(entry.text),
      source: entry.source,
      link: entry.link,
      value: entry.value ?? '',
      removed_us: null,
      salt: tx.newId(),
    })
    .onConflict((conflict) => conflict.columns(['incident_id', 'key']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** A pin that was removed and set again is the same entry. */
async function comesBack(tx: Tx, { incidentId, key }: NewEntry): Promise<EntryRow | undefined> {
  return await tx.db
    .updateTable('timeline_entries')
    .set({ removed_us: null })
    .where('incident_id', '=', incidentId)
    .where('key', '=', key)
    .where('removed_us', 'is not', null)
    .returningAll()
    .executeTakeFirst();
}

type EntryRow = Schema['timeline_entries'];

/** As stored: with corrections and removed entries. */
export async function entryRows({ db }: Reader, incidentId: string): Promise<readonly EntryRow[]> {
  return await db.selectFrom('timeline_entries').selectAll().where('incident_id', '=', incidentId).execute();
}

async function rowByKey({ db }: Reader, incidentId: string, key: string): Promise<EntryRow | undefined> {
  return await db
    .selectFrom('timeline_entries')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .where('key', '=', key)
    .executeTakeFirst();
}

/** Whether a person wrote it, so that people may correct and remove it. */
export function isPeoples({ kind, amends }: EntryRow): boolean {
  return amends === null && !SYSTEM_KINDS.includes(kind);
}

/** The first author and the first time of recording stay; text and time of the event come from the last correction. */
function latest(row: EntryRow, amendments: readonly EntryRow[]): TimelineEntry {
  const last = inTurn(amendments.filter(({ text }) => text !== FORGOTTEN_TEXT)).at(-1);
  const { at_us, text } = last ?? row;
  return {
    id: row.id,
    atUs: at_us,
    notedUs: row.noted_us,
    ...(last === undefined ? {} : { changedUs: last.noted_us }),
    kind: row.kind,
    text,
    source: row.source,
    link: row.link,
    value: storedValue(row, amendments),
  };
}

/** The value of the entry as it was added. If corrections say who reads the entry, the value of the last such correction. */
function storedValue({ value }: EntryRow, amendments: readonly EntryRow[] = []): string {
  return inTurn(amendments.filter(isNeedToKnow)).at(-1)?.value ?? value;
}

/**
 * The values of the entries that these rows make, as stored. Words that came back are the same words: where few read them
 * in one entry, few read them in each.
 */
function valuesIn(rows: readonly EntryRow[]): (row: EntryRow) => string {
  const amendments = amendmentsIn(rows);
  const own = (row: EntryRow) => storedValue(row, amendments.get(row.id));
  const first = rows.filter(({ amends }) => amends === null);
  const few = new Map(
    first.map((row) => [originOf(row), own(row)] as const).filter(([, value]) => isNeedToKnow({ value })),
  );
  return (row) => few.get(originOf(row)) ?? own(row);
}

function inTurn(amendments: readonly EntryRow[]): readonly EntryRow[] {
  return amendments.toSorted((a, b) => turnOf(a) - turnOf(b));
}

/** The number at the end of an amendment's key. */
function turnOf({ key }: EntryRow): number {
  return Number(key.slice(key.lastIndexOf('#') + 1));
}

async function auditEntry(tx: Tx, incident: Incident, actor: string, action: string, row: EntryRow): Promise<void> {
  const { id, kind, salt } = row;
  const digest = salt === null ? {} : { digest: entryDigest(row) };
  await auditIncident(tx, incident, actor, action, { entry: id, key: namelessKey(row), kind, ...digest });
}

/** The key of a suspected change has the change in its text, which may have to be deleted later. */
function namelessKey({ key }: EntryRow): string {
  return key.startsWith('change:') ? key.slice(0, key.indexOf(' ')) : key;
}
