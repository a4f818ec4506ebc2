import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 20: what paging systems outside are asked to do. Without foreign keys, as in version 12. */
export async function pagerSteps(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('pager_steps').modifyEnd(tableEnd) as CreateTableBuilder<'pager_steps'>;
  await table
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('pager', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('remote_id', text, (column) => column.notNull())
    .addColumn('place', text, (column) => column.notNull())
    .addColumn('page_id', text, (column) => column.notNull())
    .addColumn('entry_id', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('mark', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('begun_us', integer, (column) => column.notNull())
    .addColumn('retried_us', integer, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('is_uncertain', integer, (column) => column.notNull())
    .addColumn('claim', text)
    .addColumn('claim_until_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('pager_steps_by_incident').on('pager_steps').column('incident_id').execute();
  await db.schema.createIndex('pager_steps_by_remote').on('pager_steps').columns(['pager', 'remote_id']).execute();
  await db.schema.createIndex('pager_steps_by_mark').on('pager_steps').column('mark').execute();
}
