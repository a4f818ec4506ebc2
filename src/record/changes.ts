/** The reported changes, each stored once, however often it is reported. */
import type { Selectable } from 'kysely';
import type { Change, ChangeKind } from '#model/changes/change.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

/** The same commit deployed again, or a flag switched back, is another change, because its time differs. */
export async function noteChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  for (const { atUs, files, ...change } of changes) {
    await tx.db
      .insertInto('changes')
      .values({ ...change, at_us: atUs, files: JSON.stringify(files), noted_us: tx.nowUs })
      .onConflict((conflict) => conflict.columns(['kind', 'service', 'id', 'at_us']).doNothing())
      .execute();
  }
}

/** More than this in a day come from a machine; the latest are nearest to the problem. */
const MOST_CHANGES = 500;

/** Changes of these services and those without a service, in order of time. */
export async function changesBetween(
  { db }: Reader,
  { services, fromUs, toUs }: Readonly<{ services: readonly string[]; fromUs: number; toUs: number }>,
): Promise<readonly Change[]> {
  const rows = await db
    .selectFrom('changes')
    .selectAll()
    .where('service', 'in', ['', ...services])
    .where('at_us', '>=', fromUs)
    .where('at_us', '<=', toUs)
    .orderBy('at_us', 'desc')
    .orderBy('id')
    .limit(MOST_CHANGES)
    .execute();
  return rows.map(changeOf).toReversed();
}

/** The last reported one, and when; undefined if there is none. */
export async function lastChange({ db }: Reader): Promise<Readonly<{ change: Change; notedUs: number }> | undefined> {
  const row = await db.selectFrom('changes').selectAll().orderBy('noted_us', 'desc').limit(1).executeTakeFirst();
  return row && { change: changeOf(row), notedUs: Number(row.noted_us) };
}

function changeOf({ at_us, kind, service, id, text, url, files, diff }: Selectable<Schema['changes']>): Change {
  return { atUs: Number(at_us), kind: kind as ChangeKind, service, id, text, url, files: JSON.parse(files), diff };
}

/** Deletes those older than this; returns how many. */
export async function forgetChanges(tx: Tx, beforeUs: number): Promise<number> {
  const { numDeletedRows } = await tx.db.deleteFrom('changes').where('at_us', '<', beforeUs).executeTakeFirst();
  return Number(numDeletedRows);
}
