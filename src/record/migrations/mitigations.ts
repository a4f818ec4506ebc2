import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

/** Version 19: mitigations, and their way to the team's automation. Without foreign keys, as in version 12. */
export async function mitigations(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('mitigations').modifyEnd(tableEnd) as CreateTableBuilder<'mitigations'>;
  await table
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('what', text, (column) => column.notNull())
    .addColumn('command', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('needs_approval', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('requested_by', text, (column) => column.notNull())
    .addColumn('requested_us', integer, (column) => column.notNull())
    .addColumn('lapses_us', integer, (column) => column.notNull())
    .addColumn('approved_by', text)
    .addColumn('approved_us', integer)
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('is_uncertain', integer, (column) => column.notNull())
    .addColumn('claim', text)
    .addColumn('claim_until_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('mitigations_by_incident').on('mitigations').column('incident_id').execute();
}
