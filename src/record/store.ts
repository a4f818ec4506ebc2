/**
 * The store that everything in `record/` reads and writes. It carries the clock and the maker of ids, so that a row's
 * instant and name come from where the rest of the program takes them.
 */
import { type Dialect, Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import { type ColumnTypes, type Migrated, migrate, versionOf } from '#record/migrations.ts';
import type { Schema } from '#record/schema.ts';

/** What an adapter brings: how to speak to its database, and how that database spells the types that differ. */
export type StoreDialect = Readonly<{ dialect: Dialect; columns: ColumnTypes }>;

export type Store = Readonly<{
  /** For reading outside a transaction. Inside one it would wait for ever for the connection: use `tx.db` there. */
  db: Kysely<Schema>;
  clock: Clock;
  newId: NewId;
  /** The version that the store has. */
  version: number;
  migrated: Migrated;
  /** `work` may await nothing but the store: the whole program waits for the connection meanwhile. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}>;

/** What a query needs: the store, or a transaction of it. */
export type Reader = Readonly<{ db: Kysely<Schema> }>;

/** A transaction, with the one instant at which everything in it happens. */
export type Tx = Readonly<{ db: Transaction<Schema>; nowUs: number; newId: NewId }>;

export type StoreOptions = StoreDialect &
  Readonly<{
    clock: Clock;
    newId: NewId;
    /** Leaves the store at the version that it has, for a look at it; `migrated` then says what would be done. */
    asItIs?: boolean;
  }>;

/** Opens the store and brings it up to date. Throws NewerStoreError where a newer program has written it. */
export async function openStore({ dialect, columns, clock, newId, asItIs = false }: StoreOptions): Promise<Store> {
  const db = new Kysely<Schema>({ dialect });
  try {
    const migrated = asItIs ? await versionOf(db) : await migrate(db, columns);
    return {
      db,
      clock,
      newId,
      version: asItIs ? migrated.from : migrated.to,
      migrated,
      transaction: (work) =>
        db.transaction().execute((transaction) => work({ db: transaction, nowUs: clock.nowUs(), newId })),
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** What a request and its work need at the least, in bytes. */
const FILLING = 'x'.repeat(32_768);

/**
 * Commits something that needs room, and takes it away again. Throws what the database says where it takes nothing: a full
 * disk. A write that changes nothing would be left out, and one that needs no new page would pass.
 */
export async function tryToWrite({ db }: Store): Promise<void> {
  await sql`update schema_version set filling = ${FILLING}`.execute(db);
  await sql`update schema_version set filling = null`.execute(db);
}
