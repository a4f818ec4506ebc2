/**
 * The ordered list of what has made the store, and how it is brought up to date. A released migration is never edited:
 * stores out there have run it. The next one is written.
 */
import { type ColumnDataType, type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { SpanhoundError } from '#core/errors.ts';
import type { Schema } from '#record/schema.ts';

/** The column types that SQLite and Postgres spell differently. */
export type ColumnTypes = Readonly<{
  /** Holds microseconds since the epoch exactly. */
  integer: ColumnDataType;
  bytes: ColumnDataType | RawBuilder<unknown>;
  /** A primary key that counts up and never gives a number twice. */
  sequence: RawBuilder<unknown>;
  /** Ends every `create table`: SQLite checks types only where it says STRICT. */
  tableEnd: RawBuilder<unknown>;
}>;

export type Migrated = Readonly<{ from: number; to: number }>;

/** The store was written by a newer program; an older one would damage what it does not know. */
class NewerStoreError extends SpanhoundError {
  override readonly name = 'NewerStoreError';
  readonly code = 'SH_NEWER_STORE';
  readonly advice = 'Start the newer version of Spanhound again, or restore the backup from before it ran.';

  constructor(found: number, known: number) {
    super(`database is at version ${found}, this build knows ${known}: start a newer build`);
  }
}

/**
 * All or nothing, in one transaction that excludes every other writer from its first statement: of two processes that
 * start together the second waits and then finds nothing to do.
 */
export async function migrate(db: Kysely<Schema>, columns: ColumnTypes): Promise<Migrated> {
  return await db.transaction().execute(async (tx) => {
    await sql`create table if not exists schema_version (version ${sql.raw(String(columns.integer))} not null)`.execute(
      tx,
    );
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(tx);
    const from = Number(rows[0]?.version ?? 0);
    const to = migrations.length;
    if (from > to) throw new NewerStoreError(from, to);

    for (const migration of migrations.slice(from)) await migration(tx, columns);
    if (rows.length === 0) await sql`insert into schema_version (version) values (${to})`.execute(tx);
    else if (from < to) await sql`update schema_version set version = ${to}`.execute(tx);
    return { from, to };
  });
}

type Migration = (db: Kysely<Schema>, columns: ColumnTypes) => Promise<void>;

/** A store is at version n when the first n of these have run. */
const migrations: readonly Migration[] = [spine];

/** Version 1: what a command needs on its way from Slack to an answer. */
async function spine(db: Kysely<Schema>, { integer, bytes, sequence, tableEnd }: ColumnTypes): Promise<void> {
  const table = <Name extends string>(name: Name): CreateTableBuilder<Name> =>
    db.schema.createTable(name).modifyEnd(tableEnd) as CreateTableBuilder<Name>;

  // Slack delivers at least once; the key makes a second delivery a no-op. The body is there until its work is stored.
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

  // Work outlives the process that took it on. A finished job stays: its key keeps the work from being done again.
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

  // Slack names a message only once it is posted; ours is the name by which it is updated and threaded before that.
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

  // A send and a commit cannot be one step, so the intent is committed first. A row leaves when its fate is known.
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

  // What was asked and what was found: the buttons under an answer read it long after the trace has left the backend.
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

  // "Was this right?" One answer a person: who changes their mind is not counted twice.
  await table('feedback')
    .addColumn('investigation_id', 'text', (column) => column.notNull().references('investigations.id'))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('at_us', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('feedback_once', ['investigation_id', 'user_id'])
    .execute();
}
