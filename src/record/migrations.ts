/**
 * The ordered list of migrations, and how they run. A released migration is never edited, because existing stores have
 * run it. Add a new one instead.
 */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { SpanhoundError } from '#core/errors.ts';
import type { ColumnTypes, StoreDialect } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';

export type Migrated = Readonly<{ from: number; to: number }>;

/** A newer program wrote the store; an older one would damage data that it does not know. */
class NewerStoreError extends SpanhoundError {
  override readonly name = 'NewerStoreError';
  readonly code = 'SH_NEWER_STORE';
  readonly advice = 'Start the newer version of Spanhound again, or restore the backup from before it ran.';

  constructor(found: number, known: number) {
    super(`database is at version ${found}, this build knows ${known}: start a newer build`);
  }
}

/**
 * One transaction that excludes every other writer from its first statement: of two processes that start together, the
 * second waits and then finds nothing to do. `to` is for tests that need an old store.
 */
export async function migrate(
  db: Kysely<Schema>,
  { columns, lock }: Pick<StoreDialect, 'columns' | 'lock'>,
  to: number = migrations.length,
): Promise<Migrated> {
  return await db.transaction().execute(async (tx) => {
    await lock(tx, 'migrations');
    await sql`create table if not exists schema_version (version ${sql.raw(String(columns.integer))} not null)`.execute(
      tx,
    );
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(tx);
    const from = Number(rows[0]?.version ?? 0);
    if (from > migrations.length) throw new NewerStoreError(from, migrations.length);

    for (const migration of migrations.slice(from, to)) await migration(tx, columns);
    if (rows.length === 0) await sql`insert into schema_version (version) values (${to})`.execute(tx);
    else if (from < to) await sql`update schema_version set version = ${to}`.execute(tx);
    return { from, to };
  });
}

/** Reads the version of a store without changing it: `from` is its version, `to` the version after a migration. */
export async function versionOf(db: Kysely<Schema>): Promise<Migrated> {
  const tables = await db.introspection.getTables();
  const isStore = tables.some(({ name }) => name === 'schema_version');
  const { rows } = isStore
    ? await sql<{ version: number }>`select version from schema_version`.execute(db)
    : { rows: [] };
  const from = Number(rows[0]?.version ?? 0);
  if (from > migrations.length) throw new NewerStoreError(from, migrations.length);
  return { from, to: migrations.length };
}

type Migration = (db: Kysely<Schema>, columns: ColumnTypes) => Promise<void>;

/** A store is at version n when the first n of these have run. */
const migrations: readonly Migration[] = [spine, incidents, fingerprints, changes, patience];

/** Version 1: what a command needs on its way from Slack to an answer. */
async function spine(db: Kysely<Schema>, { integer, bytes, sequence, tableEnd }: ColumnTypes): Promise<void> {
  const table = <Name extends string>(name: Name): CreateTableBuilder<Name> =>
    db.schema.createTable(name).modifyEnd(tableEnd) as CreateTableBuilder<Name>;

  // Slack delivers at least once; the key makes a second delivery a no-op. The body stays until its work is stored.
  await table('inbox')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('body', 'text')
    .addColumn('received_us', integer, (column) => column.notNull())
    .addColumn('done_us', integer)
    .addUniqueConstraint('inbox_once', ['workspace_id', 'key'])
    .execute();
  await db.schema.createIndex('inbox_open').on('inbox').columns(['done_us', 'received_us']).execute();

  // Work outlives its process. A finished job stays, because its key prevents a repetition.
  await table('jobs')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('payload', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('lease', 'text')
    .addColumn('lease_until_us', integer)
    .addColumn('error', 'text')
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('finished_us', integer)
    .addUniqueConstraint('jobs_once', ['workspace_id', 'kind', 'key'])
    .execute();
  await db.schema.createIndex('jobs_due').on('jobs').columns(['state', 'due_us']).execute();

  // Slack assigns an id to a message only when it is posted; our own id is used for updates and threads before that.
  await table('messages')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text')
    .addColumn('ts', 'text')
    .addColumn('thread_ts', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('sent_us', integer)
    .execute();
  await db.schema.createIndex('messages_by_state').on('messages').columns(['state', 'created_us']).execute();

  // A send and a commit cannot be one step, so the intent is committed first. A row is deleted when its result is
  // known.
  await table('outbox')
    .addColumn('seq', sequence)
    .addColumn('message_id', 'text', (column) => column.notNull().references('messages.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('bytes', bytes)
    .addColumn('thread_of', 'text')
    .addColumn('response_url', 'text')
    .addColumn('unreachable_text', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('resent', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('lease', 'text')
    .addColumn('lease_until_us', integer)
    .addColumn('created_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('outbox_lanes').on('outbox').columns(['workspace_id', 'lane', 'seq']).execute();
  await db.schema.createIndex('outbox_by_message').on('outbox').column('message_id').execute();

  // The question and the result: the buttons under an answer read them long after the trace has left the backend.
  await table('investigations')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('trace_id', 'text', (column) => column.notNull())
    .addColumn('asked_by', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('report', 'text')
    .addColumn('markdown', 'text')
    .addColumn('logs', 'text')
    .addColumn('error', 'text')
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('finished_us', integer)
    .execute();
  await db.schema
    .createIndex('investigations_by_time')
    .on('investigations')
    .columns(['workspace_id', 'created_us'])
    .execute();

  // "Was this right?" One answer per person: a person who changes their mind is not counted twice.
  await table('feedback')
    .addColumn('investigation_id', 'text', (column) => column.notNull().references('investigations.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('feedback_once', ['investigation_id', 'user_id'])
    .execute();
}

/** Version 2: received alerts, incidents, and the tamper-evident audit log. */
async function incidents(db: Kysely<Schema>, { integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = <Name extends string>(name: Name): CreateTableBuilder<Name> =>
    db.schema.createTable(name).modifyEnd(tableEnd) as CreateTableBuilder<Name>;

  // A message that people pin, mark or edit is found by its place in Slack.
  await db.schema
    .createIndex('messages_by_place')
    .on('messages')
    .columns(['workspace_id', 'channel_id', 'ts'])
    .execute();

  // One alert comes as a message, as its edits and as a webhook; the key merges them. The round separates an alert that
  // fires again after a long silence from the one that was answered then.
  await table('alerts')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('round', integer, (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('trace_id', 'text', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text')
    .addColumn('message_ts', 'text')
    .addColumn('investigation_id', 'text', (column) => column.references('investigations.id'))
    .addColumn('received_us', integer, (column) => column.notNull())
    .addColumn('heard_us', integer, (column) => column.notNull())
    .addUniqueConstraint('alerts_once', ['workspace_id', 'source', 'key', 'round'])
    .execute();
  await db.schema
    .createIndex('alerts_by_message')
    .on('alerts')
    .columns(['workspace_id', 'channel_id', 'message_ts'])
    .execute();
  await db.schema
    .alterTable('investigations')
    .addColumn('alert_id', 'text', (column) => column.references('alerts.id'))
    .execute();
  await db.schema.createIndex('investigations_by_alert').on('investigations').column('alert_id').execute();

  // People use the number as the incident's name, so it is unique in a workspace.
  await table('incidents')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('thread_ts', 'text')
    .addColumn('declared_by', 'text', (column) => column.notNull())
    .addColumn('declared_us', integer, (column) => column.notNull())
    .addColumn('impact_start_us', integer)
    .addColumn('detected_by', 'text', (column) => column.notNull())
    .addColumn('detection', 'text', (column) => column.notNull())
    .addColumn('alert_id', 'text', (column) => column.references('alerts.id'))
    .addColumn('investigation_id', 'text', (column) => column.references('investigations.id'))
    .addColumn('resolved_us', integer)
    .addUniqueConstraint('incidents_numbered', ['workspace_id', 'number'])
    .execute();
  await db.schema.createIndex('incidents_by_channel').on('incidents').columns(['workspace_id', 'channel_id']).execute();

  // The primary key limits a role to one person at a time; the timeline shows earlier holders.
  await table('incident_roles')
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('since_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('one_holder', ['incident_id', 'role'])
    .execute();

  // The timeline. Rows are added and marked, never rewritten: a correction is a row that amends another.
  await table('timeline_entries')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('amends', 'text', (column) => column.references('timeline_entries.id'))
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('link', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('removed_us', integer)
    .addUniqueConstraint('timeline_once', ['incident_id', 'key'])
    .execute();

  await table('action_items')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('due', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('action_items_by_incident').on('action_items').column('incident_id').execute();

  // The place of an investigation's case, and the seal that proves it unchanged: the next case's seal covers it.
  await table('evidence')
    .addColumn('investigation_id', 'text', (column) => column.primaryKey().notNull().references('investigations.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('folder', 'text', (column) => column.notNull())
    .addColumn('seal', 'text', (column) => column.notNull())
    .addColumn('files', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('kept_us', integer, (column) => column.notNull())
    .addUniqueConstraint('evidence_chained', ['workspace_id', 'number'])
    .execute();

  // The audit log. Each row holds the hash of the one before; the head reveals a removed end.
  await table('audit')
    .addColumn('seq', integer, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await table('audit_head')
    .addColumn('id', integer, (column) => column.primaryKey().notNull())
    .addColumn('seq', integer, (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
}

/** Version 3: fingerprints of diagnoses, to recognise similar ones. */
async function fingerprints(db: Kysely<Schema>, { integer, tableEnd }: ColumnTypes): Promise<void> {
  // Its own table, not part of the reports, because all rows of a workspace are compared at once.
  const table = db.schema.createTable('fingerprints').modifyEnd(tableEnd) as CreateTableBuilder<'fingerprints'>;
  await table
    .addColumn('investigation_id', 'text', (column) =>
      column.primaryKey().notNull().references('investigations.id').onDelete('cascade'),
    )
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('features', 'text', (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('fingerprints_by_workspace').on('fingerprints').column('workspace_id').execute();
}

/** Version 4: reported deploys, config changes, flags, scalings and migrations. */
async function changes(db: Kysely<Schema>, { integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('changes').modifyEnd(tableEnd) as CreateTableBuilder<'changes'>;
  await table
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('files', 'text', (column) => column.notNull())
    .addColumn('diff', 'text', (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('changes_once', ['kind', 'service', 'id', 'at_us'])
    .execute();
  await db.schema.createIndex('changes_by_time').on('changes').columns(['service', 'at_us']).execute();
}

/** Version 5: failed work is retried for as long as somebody may wait for it. */
async function patience(db: Kysely<Schema>, { integer }: ColumnTypes): Promise<void> {
  // A request whose work could not be stored waits for its next attempt; after a day it is given up and reported.
  await db.schema
    .alterTable('inbox')
    .addColumn('attempts', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('inbox')
    .addColumn('due_us', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('inbox').addColumn('error', 'text').execute();
  await db.schema.alterTable('inbox').addColumn('given_up_us', integer).execute();
  // Counts process deaths apart from failures: work that kills its process must not be retried for a day.
  await db.schema
    .alterTable('jobs')
    .addColumn('lost', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  // The first uncertain attempt: the search in Slack starts there, however long the row had waited before.
  await db.schema.alterTable('outbox').addColumn('tried_us', integer).execute();
  // An alert that fires after its resolution fires again; an earlier time means a late delivery.
  await db.schema.alterTable('alerts').addColumn('said_us', integer).execute();
  // A write here tests whether the disk has space.
  await sql`alter table schema_version add column filling text`.execute(db);
  await db.schema.createIndex('alerts_by_time').on('alerts').columns(['workspace_id', 'heard_us']).execute();
}
