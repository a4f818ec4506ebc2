import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 21: where postmortems are sent. Without foreign keys, as in version 12. */
export async function postmortemSends(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('postmortem_sends').modifyEnd(tableEnd) as CreateTableBuilder<'postmortem_sends'>;
  await table
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('remote', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('asked_by', text, (column) => column.notNull())
    .addColumn('asked_us', integer, (column) => column.notNull())
    .addColumn('asks', integer, (column) => column.notNull())
    .addColumn('sent_us', integer)
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('is_uncertain', integer, (column) => column.notNull())
    .addColumn('claim', text)
    .addColumn('claim_until_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('postmortem_sends_once', ['incident_id', 'target'])
    .execute();
}
