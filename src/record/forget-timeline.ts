/** Takes a person, a trace or an answer out of the timelines. The log gets the digests of what is left. */
import { MERGE_VALUE, relatedValue } from '#model/incident/incident-link.ts';
import { beginsWith } from '#record/begins-with.ts';
import { RESTORED, restoredFrom } from '#record/entry-origin.ts';
import type { ForgetScope } from '#record/forget-scope.ts';
import { rowsMentioning } from '#record/mentioning-rows.ts';
import { FORGOTTEN, FORGOTTEN_TEXT, type Mentions } from '#record/mentions.ts';
import { entryDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import { auditForgotten, type SignedBy } from '#record/signed-entries.ts';
import type { Reader, Tx } from '#record/store.ts';
import { isPeoples } from '#record/timeline.ts';

type EntryRow = Schema['timeline_entries'];

/** Returns how many rows were changed. */
export async function forgetInTimelines(tx: Tx, scope: ForgetScope, by: SignedBy): Promise<number> {
  const all = await changes(tx, scope);
  for (const { row, next } of all) {
    const fresh = { ...next, salt: tx.newId() };
    await tx.db.updateTable('timeline_entries').set(fresh).where('id', '=', row.id).execute();
    await auditForgotten(tx, by, row, {
      action: 'timeline.forgotten',
      detail: { entry: row.id, digest: entryDigest(fresh) },
    });
  }
  return all.length;
}

/** The incidents whose timelines would change. */
export async function incidentsInTimelines(reader: Reader, scope: ForgetScope): Promise<readonly string[]> {
  return (await changes(reader, scope)).map(({ row }) => row.incident_id);
}

type Change = Readonly<{ row: EntryRow; next: EntryRow }>;

async function changes(reader: Reader, scope: ForgetScope): Promise<readonly Change[]> {
  const { mentions, personId, incident, investigations, alerts } = scope;
  const found = new Map<string, Change>();
  const keep = (row: EntryRow, change: (row: EntryRow) => EntryRow) => {
    const before = found.get(row.id)?.next ?? row;
    found.set(row.id, { row, next: change(before) });
  };
  if (personId !== undefined) for (const row of await saidBy(reader, personId)) keep(row, withoutWords);
  for (const row of await entriesOf(reader, investigations, alerts)) keep(row, blank);
  if (incident !== undefined) for (const row of await naming(reader, incident.id)) keep(row, withoutTold);
  if (mentions !== undefined) {
    const columns = ['key', 'text', 'source', 'link', 'value'] as const;
    const rows = await rowsMentioning(reader, mentions, { table: 'timeline_entries', columns });
    for (const row of rows as unknown as readonly EntryRow[]) keep(row, (one) => withoutMentions(one, mentions));
  }
  return [...found.values()].filter(({ row, next }) => JSON.stringify(row) !== JSON.stringify(next));
}

/** The entries of a person, those that others brought back later, and the corrections that others made of both. */
async function saidBy({ db }: Reader, personId: string): Promise<readonly EntryRow[]> {
  const rows = db.selectFrom('timeline_entries').selectAll();
  const own = await rows.where('source', '=', personId).execute();
  const ids = new Set(own.map(({ id }) => id));
  const restored = await rows.where(beginsWith('key', RESTORED)).execute();
  const brought = restored.filter(({ key }) => ids.has(restoredFrom(key) ?? ''));
  for (const { id } of brought) ids.add(id);
  const corrections = (await rows.where('amends', 'is not', null).execute()).filter(({ amends }) =>
    ids.has(amends ?? ''),
  );
  return [...new Map([...own, ...brought, ...corrections].map((row) => [row.id, row])).values()];
}

/** What the timelines of other incidents tell of this one: a merge has its title, and a relation what people said of it. */
async function naming({ db }: Reader, incidentId: string): Promise<readonly EntryRow[]> {
  return await db
    .selectFrom('timeline_entries')
    .selectAll()
    .where('incident_id', '!=', incidentId)
    .where('value', 'in', [`${MERGE_VALUE}${incidentId}`, relatedValue(incidentId)])
    .execute();
}

/** What answers and alerts put into timelines. */
async function entriesOf(
  reader: Reader,
  investigations: readonly string[],
  alerts: readonly string[],
): Promise<readonly EntryRow[]> {
  const keys = [
    ...investigations.flatMap((id) => [`diagnosis:${id}`, `onset:${id}`]),
    ...alerts.map((id) => `alert:${id}`),
  ];
  if (keys.length === 0) return [];
  const named = await reader.db.selectFrom('timeline_entries').selectAll().where('key', 'in', keys).execute();
  const changes = await Promise.all(named.map(async (row) => suspectedChanges(reader, row)));
  return [...named, ...changes.flat()];
}

/** The change that an answer suspects has no mark of the answer, but came into the record in the same instant. */
async function suspectedChanges({ db }: Reader, { kind, incident_id, noted_us }: EntryRow) {
  if (kind !== 'diagnosis') return [];
  return await db
    .selectFrom('timeline_entries')
    .selectAll()
    .where('incident_id', '=', incident_id)
    .where('noted_us', '=', noted_us)
    .where('source', '=', 'spanhound')
    .where('kind', '=', 'change')
    .execute();
}

/** A status or a severity stays a fact; the words that people added to it go. */
function withoutWords(row: EntryRow): EntryRow {
  if (row.amends !== null || isPeoples(row)) return { ...row, text: FORGOTTEN_TEXT, link: '' };
  // The text of a role has a colon as well, and no words.
  return row.kind === 'role' ? { ...row, link: '' } : withoutTold(row);
}

/** `investigating → resolved: the words`, `INC-2 is merged into this incident: P1 its title`. A correction is all words. */
function withoutTold(row: EntryRow): EntryRow {
  return { ...row, text: row.amends === null ? (row.text.split(': ')[0] ?? '') : FORGOTTEN_TEXT, link: '' };
}

function blank(row: EntryRow): EntryRow {
  const key = row.key.startsWith('change:') ? `${row.key.slice(0, row.key.indexOf(' '))} ${row.id}` : row.key;
  return { ...row, key, text: FORGOTTEN_TEXT, link: '' };
}

function withoutMentions(row: EntryRow, mentions: Mentions): EntryRow {
  const { key, text, source, link, value } = row;
  const told = { key: mentions.without(key), text: mentions.without(text), value: mentions.without(value) };
  return { ...row, ...told, source: mentions.isIn(source) ? FORGOTTEN : source, link: mentions.without(link) };
}
