/**
 * The events of incidents, for programs outside. The audit log is their queue: an entry is stored in the transaction of
 * its change, and its numbers have no gaps. A mark says up to which number the events are jobs.
 */
import type { EntryKind } from '#model/incident/incident.ts';
import { EVENT_KINDS } from '#model/incident/incident-event.ts';
import { isNeedToKnow, MAY_BE_FEW, withheld } from '#model/incident/need-to-know.ts';
import { DECLARED } from '#record/incidents.ts';
import { markOf, setMark } from '#record/marks.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';
import { unwithheld } from '#record/timeline.ts';

const SEEN = 'events-seen';

/** A timeline entry that was added, or the correction of one. */
type AddedEntry<Kind extends EntryKind> = Pick<
  Schema['timeline_entries'],
  'id' | 'incident_id' | 'workspace_id' | 'at_us' | 'noted_us' | 'text' | 'value' | 'source'
> &
  Readonly<{ kind: Kind; isDeclaration: boolean; isCorrection: boolean }>;

/** The next ones, and whether more may follow. The first call returns none: what was before is no news. */
export async function takeEvents(tx: Tx, limit: number): Promise<Taken<(typeof EVENT_KINDS)[number]>> {
  return await takeAdded(tx, { reader: SEEN, kinds: EVENT_KINDS, limit, withCorrections: true });
}

type Taken<Kind extends EntryKind> = Readonly<{ events: readonly AddedEntry<Kind>[]; isAll: boolean }>;

/**
 * The same for the entries of other kinds. `reader`: the name of the mark, one for each reader of the queue.
 * `withCorrections`: with what people set right afterwards.
 */
export async function takeAdded<Kind extends EntryKind>(
  tx: Tx,
  {
    reader,
    kinds,
    limit,
    withCorrections = false,
  }: Readonly<{ reader: string; kinds: readonly Kind[]; limit: number; withCorrections?: boolean }>,
): Promise<Taken<Kind>> {
  const seen = await markOf(tx, reader);
  if (seen === undefined) {
    await setMark(tx, reader, `${await lastNumber(tx)}`);
    return { events: [], isAll: true };
  }
  const rows = await tx.db
    .selectFrom('audit')
    .select(['seq', 'action', 'detail'])
    .where('seq', '>', Number(seen.value))
    .orderBy('seq')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return { events: [], isAll: true };
  await setMark(tx, reader, `${last.seq}`);
  const actions = ['timeline.added', ...(withCorrections ? ['timeline.edited'] : [])];
  const ids = rows.filter(({ action }) => actions.includes(action)).flatMap(({ detail }) => entryIn(detail, kinds));
  return { events: await addedIn(tx, ids, kinds), isAll: rows.length < limit };
}

async function lastNumber({ db }: Reader): Promise<number> {
  const row = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.max<number | null>('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/** Empty for an entry of another kind, or one that was forgotten. */
function entryIn(detail: string, kinds: readonly EntryKind[]): readonly string[] {
  const { entry, kind } = JSON.parse(detail) as Readonly<{ entry?: unknown; kind?: unknown }>;
  return typeof entry === 'string' && kinds.some((one) => one === kind) ? [entry] : [];
}

/** In the order of their ids. */
async function addedIn<Kind extends EntryKind>(
  reader: Reader,
  ids: readonly string[],
  kinds: readonly Kind[],
): Promise<readonly AddedEntry<Kind>[]> {
  if (ids.length === 0) return [];
  const rows = await reader.db
    .selectFrom('timeline_entries')
    .select([
      'id',
      'incident_id',
      'workspace_id',
      'key',
      'amends',
      'at_us',
      'noted_us',
      'kind',
      'text',
      'value',
      'source',
    ])
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const stored = await unwithheld(
    reader,
    rows.filter(({ kind }) => MAY_BE_FEW.includes(kind)).map(({ id, amends }) => amends ?? id),
  );
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const { key, kind, amends, ...event } = row;
    const first = stored.get(amends ?? id);
    const value = first !== undefined && isNeedToKnow(first) ? first.value : event.value;
    const known = kinds.find((one) => one === kind);
    const is = { isDeclaration: key === DECLARED, isCorrection: amends !== null };
    return known === undefined ? [] : [{ ...withheld({ ...event, value }), ...is, kind: known }];
  });
}
