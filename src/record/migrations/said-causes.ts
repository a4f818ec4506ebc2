import type { Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 24: what it was instead, in the words of who says that a diagnosis was wrong. */
export async function saidCauses(db: Kysely<Schema>, { text, integer }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('feedback').addColumn('said_us', integer).execute();
  for (const column of ['said', 'said_service', 'said_field'])
    await db.schema.alterTable('feedback').addColumn(column, text).execute();
}
