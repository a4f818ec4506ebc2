import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** version 25: the files of marked messages, and their copies. Without foreign keys, as in version 12. */
export async function entryFiles(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('entry_files').modifyEnd(tableEnd) as CreateTableBuilder<'entry_files'>;
  await table
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('entry_key', text, (column) => column.notNull())
    .addColumn('file_id', text, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('bytes', integer)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('sha256', text, (column) => column.notNull())
    .addColumn('kept_sha256', text, (column) => column.notNull())
    .addColumn('kept_bytes', integer, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addColumn('kept_us', integer)
    .addColumn('deleted_us', integer)
    .addUniqueConstraint('entry_files_once', ['incident_id', 'entry_key', 'file_id'])
    .execute();
  await db.schema.createIndex('entry_files_by_time').on('entry_files').columns(['state', 'kept_us']).execute();
}
