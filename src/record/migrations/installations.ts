import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 22: the workspaces that installed the app by a link. Without foreign keys, as in version 12. */
export async function installations(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('installations').modifyEnd(tableEnd) as CreateTableBuilder<'installations'>;
  await table
    .addColumn('workspace_id', text, (column) => column.primaryKey().notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('sealed', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('installed_by', text, (column) => column.notNull())
    .addColumn('installed_us', integer, (column) => column.notNull())
    .addColumn('removed_us', integer)
    .addColumn('reason', text, (column) => column.notNull())
    .execute();
}
