/**
 * The events of incidents, for programs outside. The audit log is their queue: an entry is stored in the transaction of
 * its change, and its numbers have no gaps. A mark says up to which number the events are jobs.
 */
import { EVENT_KINDS } from '#model/incident/incident-event.ts';
import { DECLARED } from '#record/incidents.ts';
import { markOf, setMark } from '#record/marks.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

const SEEN = 'events-seen';

export type StoredEvent = Pick<
  Schema['timeline_entries'],
  'id' | 'incident_id' | 'workspace_id' | 'at_us' | 'noted_us' | 'text' | 'value'
> &
  Readonly<{ kind: (typeof EVENT_KINDS)[number]; isDeclaration: boolean }>;

/** The next ones, and whether more may follow. The first call returns none: what was before is no news. */
export async function takeEvents(tx: Tx, limit: number): Promise<{ events: readonly StoredEvent[]; isAll: boolean }> {
  const seen = await markOf(tx, SEEN);
  if (seen === undefined) {
    await setMark(tx, SEEN, `${await lastNumber(tx)}`);
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
  await setMark(tx, SEEN, `${last.seq}`);
  const ids = rows.filter(({ action }) => action === 'timeline.added').flatMap(({ detail }) => entryIn(detail));
  return { events: await eventsIn(tx, ids), isAll: rows.length < limit };
}

async function lastNumber({ db }: Reader): Promise<number> {
  const row = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.max<number | null>('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/** Empty for an entry of another kind, or one that was forgotten. */
function entryIn(detail: string): readonly string[] {
  const { entry, kind } = JSON.parse(detail) as Readonly<{ entry?: unknown; kind?: unknown }>;
  return typeof entry === 'string' && EVENT_KINDS.some((one) => one === kind) ? [entry] : [];
}

/** In the order of their ids. */
async function eventsIn({ db }: Reader, ids: readonly string[]): Promise<readonly StoredEvent[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('timeline_entries')
    .select(['id', 'incident_id', 'workspace_id', 'key', 'at_us', 'noted_us', 'kind', 'text', 'value'])
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const { key, kind, ...event } = row;
    const known = EVENT_KINDS.find((one) => one === kind);
    return known === undefined ? [] : [{ ...event, kind: known, isDeclaration: key === DECLARED }];
  });
}
