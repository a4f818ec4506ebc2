/** What the bot remembers about its own upkeep: one line per duty, with what it did last and when. */
import { beginsWith } from '#record/begins-with.ts';
import type { Reader, Tx } from '#record/store.ts';

export type Mark = Readonly<{ value: string; atUs: number }>;

export async function markOf({ db }: Reader, name: string): Promise<Mark | undefined> {
  const row = await db.selectFrom('marks').selectAll().where('name', '=', name).executeTakeFirst();
  return row && { value: row.value, atUs: row.at_us };
}

export async function setMark(tx: Tx, name: string, value: string): Promise<void> {
  await tx.db
    .insertInto('marks')
    .values({ name, value, at_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, at_us: tx.nowUs }))
    .execute();
}

/** False if the mark is there already: of several that claim it, one gets it. */
export async function claimMark(tx: Tx, name: string): Promise<boolean> {
  const claimed = await tx.db
    .insertInto('marks')
    .values({ name, value: '', at_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** The marks whose names begin so, if they are older. */
export async function forgetMarks({ db }: Reader, prefix: string, beforeUs: number): Promise<void> {
  await db.deleteFrom('marks').where(beginsWith('name', prefix)).where('at_us', '<', beforeUs).execute();
}

export async function clearMark(tx: Tx, name: string): Promise<void> {
  await tx.db.deleteFrom('marks').where('name', '=', name).execute();
}

/** The marks whose names begin so. */
export async function marksFrom(
  { db }: Reader,
  prefix: string,
): Promise<readonly (Mark & Readonly<{ name: string }>)[]> {
  const rows = await db.selectFrom('marks').selectAll().where(beginsWith('name', prefix)).orderBy('name').execute();
  return rows.map(({ name, value, at_us }) => ({ name, value, atUs: at_us }));
}
