/** Finds the rows of a table whose texts mention a person or a trace, and takes the mention out. */
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type { Mentions } from '#record/mentions.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type Searched = Readonly<{ table: keyof Schema; columns: readonly string[] }>;

export type AnyRow = Readonly<Record<string, unknown>>;

/** The database narrows them down; the exact form is checked here. */
export async function rowsMentioning(
  reader: Reader,
  mentions: Mentions,
  { table, columns }: Searched,
): Promise<readonly AnyRow[]> {
  const rows = await loose(reader)
    .selectFrom(table)
    .selectAll()
    .where((row) =>
      row.or(
        columns.flatMap((column) =>
          mentions.literals.map((literal) => contains(row, row.fn<string>('lower', [column]), literal)),
        ),
      ),
    )
    .execute();
  return rows.filter((row) => columns.some((column) => typeof row[column] === 'string' && mentions.isIn(row[column])));
}

/** The rows whose text contains an id of ours. */
export async function rowsContaining(
  reader: Reader,
  id: string,
  { table, column }: Readonly<{ table: keyof Schema; column: string }>,
): Promise<readonly AnyRow[]> {
  return await loose(reader)
    .selectFrom(table)
    .selectAll()
    .where((row) => contains(row, row.ref(column).$castTo<string>(), id))
    .execute();
}

/** Whether a text contains another one, in SQL that both databases read in the same way. */
function contains(
  row: ExpressionBuilder<AnyTables, string>,
  text: Expression<string>,
  part: string,
): Expression<SqlBool> {
  return row(row.fn<string>('replace', [text, row.val(part), row.val('')]), '!=', text);
}

/** Returns how many rows were changed. */
export async function takeOutMentions(
  tx: Tx,
  mentions: Mentions,
  { keys, ...searched }: Searched & Readonly<{ keys: readonly string[] }>,
): Promise<number> {
  const rows = await rowsMentioning(tx, mentions, searched);
  for (const row of rows) {
    const left = searched.columns.flatMap((column) =>
      typeof row[column] === 'string' ? [[column, mentions.without(row[column])]] : [],
    );
    let query = loose(tx).updateTable(searched.table).set(Object.fromEntries(left));
    for (const key of keys) query = query.where(key, '=', row[key]);
    await query.execute();
  }
  return rows.length;
}

/** Tables by names that are only known while it runs. */
function loose({ db }: Reader): Kysely<AnyTables> {
  return db as unknown as Kysely<AnyTables>;
}

type AnyTables = Record<string, Record<string, unknown>>;
