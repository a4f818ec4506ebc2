import type { Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 23: the titles under which an export without an answer may stand. */
export async function triedTitles(db: Kysely<Schema>, { text }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('postmortem_sends').addColumn('titles', text).execute();
}
