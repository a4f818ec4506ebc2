/** What was changed, as it was told of: once, however often it is told. */
import type { Change, ChangeKind } from '#model/change.ts';
import type { Reader, Tx } from '#record/store.ts';

/** The same commit deployed again, or a flag switched back, is another change: it has another time. */
export async function noteChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  for (const { atUs, files, ...change } of changes) {
    await tx.db
      .insertInto('changes')
      .values({ ...change, at_us: atUs, files: JSON.stringify(files), noted_us: tx.nowUs })
      .onConflict((conflict) => conflict.columns(['kind', 'service', 'id', 'at_us']).doNothing())
      .execute();
  }
}

/** More than this in a day is a machine's noise; the latest are nearest to what went wrong. */
const MOST_CHANGES = 500;

/** Of these services and of none in particular, in order of time. */
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
  return rows
    .map(({ at_us, kind, service, id, text, url, files, diff }) => {
      return { atUs: Number(at_us), kind: kind as ChangeKind, service, id, text, url, files: JSON.parse(files), diff };
    })
    .toReversed();
}

/** How many were forgotten: those older than this. */
export async function forgetChanges(tx: Tx, beforeUs: number): Promise<number> {
  const { numDeletedRows } = await tx.db.deleteFrom('changes').where('at_us', '<', beforeUs).executeTakeFirst();
  return Number(numDeletedRows);
}
