/**
 * The ordered list of migrations, and how they run. A released migration is never edited, because existing stores have
 * run it. Add a new one instead.
 */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { SpanhoundError } from '#core/errors.ts';
import type { ColumnTypes, StoreDialect } from '#record/dialect.ts';
import { entryFiles } from '#record/migrations/entry-files.ts';
import { installations } from '#record/migrations/installations.ts';
import { mitigations } from '#record/migrations/mitigations.ts';
import { pagerSteps } from '#record/migrations/pager-steps.ts';
import { postmortemSends } from '#record/migrations/postmortem-sends.ts';
import { saidCauses } from '#record/migrations/said-causes.ts';
import { triedTitles } from '#record/migrations/tried-titles.ts';
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

/** A server's database may belong to another program, whose tables would be mixed with ours. */
class ForeignTablesError extends SpanhoundError {
  override readonly name = 'ForeignTablesError';
  readonly code = 'SH_FOREIGN_TABLES';
  readonly advice = 'Give Spanhound an empty database of its own.';

  constructor(place: string, tables: readonly string[]) {
    super(`${place} is not a store of Spanhound: it has the tables ${tables.slice(0, 5).join(', ')}`);
  }
}

type MigratedDialect = Pick<StoreDialect, 'columns' | 'isShared' | 'lockForMigration' | 'place' | 'tables'>;

/**
 * One transaction that excludes every other migration from its first statement: of two processes that start together,
 * the second waits and then finds nothing to do. Processes of the version before may be at work: see `migrations`. `to`
 * is for tests that need an old store.
 */
export async function migrate(
  db: Kysely<Schema>,
  { columns, isShared, lockForMigration, place, tables }: MigratedDialect,
  to: number = migrations.length,
): Promise<Migrated> {
  const before = await versionOf(db, { tables });
  if (before.from >= to) return { from: before.from, to };
  return await db.transaction().execute(async (tx) => {
    await lockForMigration(tx);
    const found = isShared ? await tables(tx) : [];
    if (found.length > 0 && !found.includes('schema_version')) throw new ForeignTablesError(place, found);
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
export async function versionOf(db: Kysely<Schema>, { tables }: Pick<StoreDialect, 'tables'>): Promise<Migrated> {
  const isStore = (await tables(db)).includes('schema_version');
  const { rows } = isStore
    ? await sql<{ version: number }>`select version from schema_version`.execute(db)
    : { rows: [] };
  const from = Number(rows[0]?.version ?? 0);
  if (from > migrations.length) throw new NewerStoreError(from, migrations.length);
  return { from, to: migrations.length };
}

type Migration = (db: Kysely<Schema>, columns: ColumnTypes) => Promise<void>;

/**
 * A store is at version n when the first n of these have run. Processes of the version before go on while the new one
 * migrates (a rolling upgrade), so a migration only adds: tables, and columns that may be missing or have a constant
 * default. What is not needed any more goes in a later version. On Postgres an index of a large table would stop its
 * writers: it needs a way of its own.
 */
const migrations: readonly Migration[] = [
  spine,
  incidents,
  fingerprints,
  changes,
  patience,
  paces,
  upkeep,
  proofs,
  storms,
  furtherProofs,
  services,
  quiet,
  alertWays,
  muteRules,
  ownChannels,
  apiTokens,
  statusUpdates,
  itemIssues,
  mitigations,
  pagerSteps,
  postmortemSends,
  installations,
  triedTitles,
  saidCauses,
  entryFiles,
];

/** Version 1: what a command needs on its way from Slack to an answer. */
async function spine(db: Kysely<Schema>, { text, integer, bytes, sequence, tableEnd }: ColumnTypes): Promise<void> {
  const table = <Name extends string>(name: Name): CreateTableBuilder<Name> =>
    db.schema.createTable(name).modifyEnd(tableEnd) as CreateTableBuilder<Name>;

  // Slack delivers at least once; the key makes a second delivery a no-op. The body stays until its work is stored.
  await table('inbox')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('body', text)
    .addColumn('received_us', integer, (column) => column.notNull())
    .addColumn('done_us', integer)
    .addUniqueConstraint('inbox_once', ['workspace_id', 'key'])
    .execute();
  await db.schema.createIndex('inbox_open').on('inbox').columns(['done_us', 'received_us']).execute();

  // Work outlives its process. A finished job stays, because its key prevents a repetition.
  await table('jobs')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('payload', text)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('lease', text)
    .addColumn('lease_until_us', integer)
    .addColumn('error', text)
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('finished_us', integer)
    .addUniqueConstraint('jobs_once', ['workspace_id', 'kind', 'key'])
    .execute();
  await db.schema.createIndex('jobs_due').on('jobs').columns(['state', 'due_us']).execute();

  // Slack assigns an id to a message only when it is posted; our own id is used for updates and threads before that.
  await table('messages')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('channel_id', text)
    .addColumn('ts', text)
    .addColumn('thread_ts', text)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('sent_us', integer)
    .execute();
  await db.schema.createIndex('messages_by_state').on('messages').columns(['state', 'created_us']).execute();

  // A send and a commit cannot be one step, so the intent is committed first. A row is deleted when its result is
  // known.
  await table('outbox')
    .addColumn('seq', sequence)
    .addColumn('message_id', text, (column) => column.notNull().references('messages.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('lane', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('payload', text, (column) => column.notNull())
    .addColumn('bytes', bytes)
    .addColumn('thread_of', text)
    .addColumn('response_url', text)
    .addColumn('unreachable_text', text)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('resent', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('lease', text)
    .addColumn('lease_until_us', integer)
    .addColumn('created_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('outbox_lanes').on('outbox').columns(['workspace_id', 'lane', 'seq']).execute();
  await db.schema.createIndex('outbox_by_message').on('outbox').column('message_id').execute();

  // The question and the result: the buttons under an answer read them long after the trace has left the backend.
  await table('investigations')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('trace_id', text, (column) => column.notNull())
    .addColumn('asked_by', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('report', text)
    .addColumn('markdown', text)
    .addColumn('logs', text)
    .addColumn('error', text)
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
    .addColumn('investigation_id', text, (column) => column.notNull().references('investigations.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('answer', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('feedback_once', ['investigation_id', 'user_id'])
    .execute();
}

/** Version 2: received alerts, incidents, and the tamper-evident audit log. */
async function incidents(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
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
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('round', integer, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('trace_id', text, (column) => column.notNull())
    .addColumn('labels', text, (column) => column.notNull())
    .addColumn('channel_id', text)
    .addColumn('message_ts', text)
    .addColumn('investigation_id', text, (column) => column.references('investigations.id'))
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
    .addColumn('alert_id', text, (column) => column.references('alerts.id'))
    .execute();
  await db.schema.createIndex('investigations_by_alert').on('investigations').column('alert_id').execute();

  // People use the number as the incident's name, so it is unique in a workspace.
  await table('incidents')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('thread_ts', text)
    .addColumn('declared_by', text, (column) => column.notNull())
    .addColumn('declared_us', integer, (column) => column.notNull())
    .addColumn('impact_start_us', integer)
    .addColumn('detected_by', text, (column) => column.notNull())
    .addColumn('detection', text, (column) => column.notNull())
    .addColumn('alert_id', text, (column) => column.references('alerts.id'))
    .addColumn('investigation_id', text, (column) => column.references('investigations.id'))
    .addColumn('resolved_us', integer)
    .addUniqueConstraint('incidents_numbered', ['workspace_id', 'number'])
    .execute();
  await db.schema.createIndex('incidents_by_channel').on('incidents').columns(['workspace_id', 'channel_id']).execute();

  // The primary key limits a role to one person at a time; the timeline shows earlier holders.
  await table('incident_roles')
    .addColumn('incident_id', text, (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('since_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('one_holder', ['incident_id', 'role'])
    .execute();

  // The timeline. Rows are added and marked, never rewritten: a correction is a row that amends another.
  await table('timeline_entries')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('amends', text, (column) => column.references('timeline_entries.id'))
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('link', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('removed_us', integer)
    .addUniqueConstraint('timeline_once', ['incident_id', 'key'])
    .execute();

  await table('action_items')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull().references('incidents.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('owner', text, (column) => column.notNull())
    .addColumn('due', text, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addColumn('created_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('action_items_by_incident').on('action_items').column('incident_id').execute();

  // The place of an investigation's case, and the seal that proves it unchanged: the next case's seal covers it.
  await table('evidence')
    .addColumn('investigation_id', text, (column) => column.primaryKey().notNull().references('investigations.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('folder', text, (column) => column.notNull())
    .addColumn('seal', text, (column) => column.notNull())
    .addColumn('files', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('kept_us', integer, (column) => column.notNull())
    .addUniqueConstraint('evidence_chained', ['workspace_id', 'number'])
    .execute();

  // The audit log. Each row holds the hash of the one before; the head reveals a removed end.
  await table('audit')
    .addColumn('seq', integer, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('detail', text, (column) => column.notNull())
    .addColumn('previous_hash', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .execute();
  await table('audit_head')
    .addColumn('id', integer, (column) => column.primaryKey().notNull())
    .addColumn('seq', integer, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .execute();
}

/** Version 3: fingerprints of diagnoses, to recognise similar ones. */
async function fingerprints(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  // Its own table, not part of the reports, because all rows of a workspace are compared at once.
  const table = db.schema.createTable('fingerprints').modifyEnd(tableEnd) as CreateTableBuilder<'fingerprints'>;
  await table
    .addColumn('investigation_id', text, (column) =>
      column.primaryKey().notNull().references('investigations.id').onDelete('cascade'),
    )
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('features', text, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('fingerprints_by_workspace').on('fingerprints').column('workspace_id').execute();
}

/** Version 4: reported deploys, config changes, flags, scalings and migrations. */
async function changes(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('changes').modifyEnd(tableEnd) as CreateTableBuilder<'changes'>;
  await table
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('files', text, (column) => column.notNull())
    .addColumn('diff', text, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('changes_once', ['kind', 'service', 'id', 'at_us'])
    .execute();
  await db.schema.createIndex('changes_by_time').on('changes').columns(['service', 'at_us']).execute();
}

/** Version 5: failed work is retried for as long as somebody may wait for it. */
async function patience(db: Kysely<Schema>, { text, integer }: ColumnTypes): Promise<void> {
  // A request whose work could not be stored waits for its next attempt; after a day it is given up and reported.
  await db.schema
    .alterTable('inbox')
    .addColumn('attempts', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('inbox')
    .addColumn('due_us', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('inbox').addColumn('error', text).execute();
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

/** Version 6: several processes keep Slack's rate limits together. */
async function paces(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const table = db.schema.createTable('paces').modifyEnd(tableEnd) as CreateTableBuilder<'paces'>;
  await table
    .addColumn('key', text, (column) => column.primaryKey().notNull())
    .addColumn('ends_us', integer, (column) => column.notNull())
    .addColumn('held_until_us', integer, (column) => column.notNull())
    .execute();
}

/** Version 7: what the bot remembers about its own upkeep, and which job ended a process. */
async function upkeep(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  // After a crash, only a job that ran alone is the cause.
  await db.schema
    .alterTable('jobs')
    .addColumn('alone', integer, (column) => column.notNull().defaultTo(0))
    .execute();

  // What must be kept, whatever the retention says.
  const holds = db.schema.createTable('legal_holds').modifyEnd(tableEnd) as CreateTableBuilder<'legal_holds'>;
  await holds
    .addColumn('incident_id', text, (column) => column.primaryKey().notNull().references('incidents.id'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('held_by', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('since_us', integer, (column) => column.notNull())
    .execute();

  // Signed heads of the audit log.
  const signatures = db.schema
    .createTable('audit_signatures')
    .modifyEnd(tableEnd) as CreateTableBuilder<'audit_signatures'>;
  await signatures
    .addColumn('seq', integer, (column) => column.primaryKey().notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('signature', text, (column) => column.notNull())
    .execute();

  // One line per duty: what it did last, and when.
  const marks = db.schema.createTable('marks').modifyEnd(tableEnd) as CreateTableBuilder<'marks'>;
  await marks
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .execute();
}

/** Version 8: the audit log covers the content of timeline entries. */
async function proofs(db: Kysely<Schema>, { text }: ColumnTypes): Promise<void> {
  // Without it, a short text could be guessed from the digest in the audit log after the text itself was deleted.
  await db.schema.alterTable('timeline_entries').addColumn('salt', text).execute();
}

/** Version 9: alerts of one cause share an answer, and an outbox with a backlog sends the urgent first. */
async function storms(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  // The constant is the rank of an ordinary message: what an older process stores keeps its order.
  await db.schema
    .alterTable('outbox')
    .addColumn('rank', integer, (column) => column.notNull().defaultTo(1))
    .execute();
  // Small on every store: a row leaves the outbox when it is sent. It covers the search for the next row of each lane.
  await db.schema
    .createIndex('outbox_next')
    .on('outbox')
    .columns(['workspace_id', 'lane', 'rank', 'seq', 'state', 'message_id', 'thread_of'])
    .execute();

  const stories = db.schema.createTable('stories').modifyEnd(tableEnd) as CreateTableBuilder<'stories'>;
  await stories
    .addColumn('investigation_id', text, (column) =>
      column.primaryKey().notNull().references('investigations.id').onDelete('cascade'),
    )
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('looked_us', integer, (column) => column.notNull())
    .addColumn('cause', text)
    .addColumn('ended_us', integer)
    .execute();
  await db.schema
    .createIndex('stories_by_place')
    .on('stories')
    .columns(['workspace_id', 'channel_id', 'looked_us'])
    .execute();

  const folds = db.schema.createTable('folds').modifyEnd(tableEnd) as CreateTableBuilder<'folds'>;
  await folds
    .addColumn('alert_id', text, (column) => column.primaryKey().notNull().references('alerts.id').onDelete('cascade'))
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('investigation_id', text, (column) => column.references('investigations.id').onDelete('cascade'))
    .addColumn('told_by', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('folded_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('folds_by_message').on('folds').columns(['told_by', 'folded_us']).execute();
  await db.schema.createIndex('folds_by_story').on('folds').column('investigation_id').execute();
}

/** Version 10: the audit log covers action items and feedback, and has timestamps. */
async function furtherProofs(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('action_items').addColumn('salt', text).execute();
  await db.schema.alterTable('feedback').addColumn('salt', text).execute();
  const stamps = db.schema.createTable('audit_stamps').modifyEnd(tableEnd) as CreateTableBuilder<'audit_stamps'>;
  await stamps
    .addColumn('seq', integer, (column) => column.primaryKey().notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('token', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .execute();
  // Replicas of version 9 may be at work for a while. They change feedback without a word in the audit log, so the
  // digests begin once they are gone. An empty store has none.
  const used = await db.selectFrom('investigations').select('id').limit(1).execute();
  if (used.length > 0) await db.insertInto('marks').values({ name: 'feedback/open', value: '', at_us: 0 }).execute();
}

/** Version 11: whose service it is: what people answered, what files and labels say, and which names traces had. */
async function services(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  // One answer per name and channel: a private channel's answer holds there alone.
  const answers = db.schema.createTable('service_answers').modifyEnd(tableEnd) as CreateTableBuilder<'service_answers'>;
  await answers
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('about', text, (column) => column.notNull())
    .addColumn('said', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('said_by', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addUniqueConstraint('service_answers_once', ['workspace_id', 'channel_id', 'about', 'said'])
    .execute();

  // All facts of a source in one row, because they are read and replaced together.
  const facts = db.schema.createTable('service_facts').modifyEnd(tableEnd) as CreateTableBuilder<'service_facts'>;
  await facts
    .addColumn('source', text, (column) => column.primaryKey().notNull())
    .addColumn('facts', text, (column) => column.notNull())
    .addColumn('warnings', text, (column) => column.notNull())
    .addColumn('read_us', integer, (column) => column.notNull())
    .execute();

  const seen = db.schema.createTable('seen_services').modifyEnd(tableEnd) as CreateTableBuilder<'seen_services'>;
  await seen
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('seen_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('seen_services_once', ['workspace_id', 'service'])
    .execute();
}

/**
 * Version 12: mutes, and the alerts that got no answer by choice. Without foreign keys: on Postgres one would stop the
 * writers of `alerts` while it is added.
 */
async function quiet(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const mutes = db.schema.createTable('mutes').modifyEnd(tableEnd) as CreateTableBuilder<'mutes'>;
  await mutes
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('alert_id', text, (column) => column.notNull())
    .addColumn('service', text, (column) => column.notNull())
    .addColumn('muted_by', text, (column) => column.notNull())
    .addColumn('from_us', integer, (column) => column.notNull())
    .addColumn('until_us', integer, (column) => column.notNull())
    .addColumn('ended_us', integer)
    .addColumn('ended_by', text)
    .execute();
  await db.schema.createIndex('mutes_by_end').on('mutes').columns(['workspace_id', 'until_us']).execute();

  const alerts = db.schema.createTable('quiet_alerts').modifyEnd(tableEnd) as CreateTableBuilder<'quiet_alerts'>;
  await alerts
    .addColumn('alert_id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text, (column) => column.notNull())
    .addColumn('by', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('quiet_us', integer, (column) => column.notNull())
    .addColumn('told_by', text)
    .execute();
  await db.schema
    .createIndex('quiet_alerts_by_place')
    .on('quiet_alerts')
    .columns(['workspace_id', 'channel_id', 'told_by', 'quiet_us'])
    .execute();
}

/**
 * Version 13: the links of an alert, the second key of an alert that comes two ways, and what people wrote about an
 * alert before it had an incident. Without foreign keys, as in version 12.
 */
async function alertWays(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('alerts')
    .addColumn('links', text, (column) => column.notNull().defaultTo('{}'))
    .execute();
  await db.schema
    .alterTable('alerts')
    .addColumn('is_member', integer, (column) => column.notNull().defaultTo(0))
    .execute();

  const keys = db.schema.createTable('alert_keys').modifyEnd(tableEnd) as CreateTableBuilder<'alert_keys'>;
  await keys
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('alert_id', text, (column) => column.notNull())
    .addColumn('paired_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('alert_keys_by_alert').on('alert_keys').column('alert_id').execute();

  const notes = db.schema.createTable('alert_notes').modifyEnd(tableEnd) as CreateTableBuilder<'alert_notes'>;
  await notes
    .addColumn('alert_id', text, (column) => column.notNull())
    .addColumn('entry_key', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text)
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('link', text, (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addColumn('noted_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('alert_notes_once', ['alert_id', 'entry_key'])
    .execute();
  await db.schema.createIndex('alert_notes_by_key').on('alert_notes').columns(['workspace_id', 'entry_key']).execute();
}

/** Version 14: mutes of all alerts that fit a form. A process of version 13 sees no such mute: it has no alert. */
async function muteRules(db: Kysely<Schema>, { text }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('mutes')
    .addColumn('rule', text, (column) => column.notNull().defaultTo(''))
    .execute();
}

/** Version 15: the channel that an incident has for itself. Without foreign keys, as in version 12. */
async function ownChannels(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const channels = db.schema
    .createTable('incident_channels')
    .modifyEnd(tableEnd) as CreateTableBuilder<'incident_channels'>;
  await channels
    .addColumn('incident_id', text, (column) => column.primaryKey().notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('channel_id', text)
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('topic', text, (column) => column.notNull())
    .addColumn('asked_us', integer, (column) => column.notNull())
    .addColumn('tried_us', integer)
    .addColumn('invited_us', integer, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('incident_channels_by_channel')
    .on('incident_channels')
    .columns(['workspace_id', 'channel_id'])
    .execute();
}

/** Version 16: the tokens of the REST API. A token itself is not stored, only the digest of its secret part. */
async function apiTokens(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const tokens = db.schema.createTable('api_tokens').modifyEnd(tableEnd) as CreateTableBuilder<'api_tokens'>;
  await tokens
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('channels', text, (column) => column.notNull())
    .addColumn('created_us', integer, (column) => column.notNull())
    .addColumn('expires_us', integer, (column) => column.notNull())
    .addColumn('revoked_us', integer)
    .addColumn('used_us', integer)
    .execute();
}

/** Version 17: updates for status pages, and their way to each page. Without foreign keys, as in version 12. */
async function statusUpdates(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const updates = db.schema.createTable('status_updates').modifyEnd(tableEnd) as CreateTableBuilder<'status_updates'>;
  await updates
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('page_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('components', text, (column) => column.notNull())
    .addColumn('confirmed', text, (column) => column.notNull())
    .addColumn('next_minutes', integer, (column) => column.notNull())
    .addColumn('corrects', text)
    .addColumn('drafted_by', text, (column) => column.notNull())
    .addColumn('drafted_us', integer, (column) => column.notNull())
    .addColumn('approved_by', text)
    .addColumn('approved_us', integer)
    .addUniqueConstraint('status_updates_once', ['incident_id', 'number'])
    .execute();
  await db.schema.createIndex('status_updates_by_time').on('status_updates').column('approved_us').execute();

  const sends = db.schema.createTable('status_sends').modifyEnd(tableEnd) as CreateTableBuilder<'status_sends'>;
  await sends
    .addColumn('update_id', text, (column) => column.notNull())
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('page_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('is_uncertain', integer, (column) => column.notNull())
    .addColumn('claim', text)
    .addColumn('claim_until_us', integer, (column) => column.notNull())
    .addColumn('remote_id', text)
    .addColumn('remote_update_id', text)
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('sent_us', integer)
    .addPrimaryKeyConstraint('status_sends_once', ['update_id', 'target'])
    .execute();
  await db.schema
    .createIndex('status_sends_by_incident')
    .on('status_sends')
    .columns(['incident_id', 'target', 'number'])
    .execute();
}

/** Version 18: the issues of action items in trackers outside. Without foreign keys, as in version 12. */
async function itemIssues(db: Kysely<Schema>, { text, integer, tableEnd }: ColumnTypes): Promise<void> {
  const issues = db.schema.createTable('item_issues').modifyEnd(tableEnd) as CreateTableBuilder<'item_issues'>;
  await issues
    .addColumn('item_id', text, (column) => column.primaryKey().notNull())
    .addColumn('incident_id', text, (column) => column.notNull())
    .addColumn('workspace_id', text, (column) => column.notNull())
    .addColumn('tracker', text, (column) => column.notNull())
    .addColumn('place', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('due_us', integer, (column) => column.notNull())
    .addColumn('is_uncertain', integer, (column) => column.notNull())
    .addColumn('claim', text)
    .addColumn('claim_until_us', integer, (column) => column.notNull())
    .addColumn('begun_us', integer)
    .addColumn('remote_id', text)
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('agreed', text, (column) => column.notNull())
    .addColumn('agreed_us', integer, (column) => column.notNull())
    .addColumn('looked_us', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('item_issues_by_incident').on('item_issues').column('incident_id').execute();
  await db.schema
    .createIndex('item_issues_by_look')
    .on('item_issues')
    .columns(['workspace_id', 'tracker', 'state', 'looked_us'])
    .execute();
}
