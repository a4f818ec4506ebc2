/**
 * The store behind `record/`. It carries the clock and the id generator, so that a row's time and id have the same
 * source as in the rest of the program.
 *
 * Other processes may write at the same time. A change that depends on earlier reads is made in one of two ways. Either
 * it is one statement whose condition names the read values: taking and returning work (`jobs`, `outbox`, `inbox`), and
 * every `on conflict`. Or the transaction first takes a lock, and holds it until it ends:
 *
 *   incidents/<workspace>       which incidents are open, and the number of the next one
 *   incident/<id>               an incident's row, its roles, and the corrections and status changes of its timeline
 *   alert/<workspace>/<source>/<key>
 *                               the rounds of an alert: which is the latest, its state, whether it has an answer
 *   cases/<workspace>           the chain of seals: the latest seal and the number of the next case
 *   audit                       the head of the audit log: the number and the hash of the next entry
 *   lane/<workspace>/<lane>     the order of a lane of the outbox: rows get their numbers in the order of their commits
 *
 * The migrations take the lock `migrations`.
 */
import { Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { type Migrated, migrate, versionOf } from '#record/migrations.ts';
import type { Schema } from '#record/schema.ts';

/** The list above says what each lock guards. */
export type Lock =
  | 'audit'
  | `incidents/${string}`
  | `incident/${string}`
  | `alert/${string}/${string}/${string}`
  | `cases/${string}`
  | `lane/${string}/${string}`;

export type Store = Readonly<{
  /** For reading outside a transaction. Inside one it would wait for the connection forever: use `tx.db` there. */
  db: Kysely<Schema>;
  clock: Clock;
  newId: NewId;
  /**
   * Now, in microseconds since the epoch, by the clock that all processes on this store share. Other processes compare
   * leases and due times with it.
   */
  nowUs(): Promise<number>;
  /** The version of the store. */
  version: number;
  migrated: Migrated;
  /**
   * `work` may wait only for the store, because the whole program waits for the connection. It may change only the
   * store: a database that resolves a deadlock between two transactions undoes one, which then runs again.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}>;

/** The target of a query: the store, or a transaction of it. */
export type Reader = Readonly<{ db: Kysely<Schema> }>;

/** A transaction, with one instant for everything in it. */
export type Tx = Readonly<{
  db: Transaction<Schema>;
  nowUs: number;
  newId: NewId;
  /** Waits until no other transaction holds it. Take it before reading what it guards. */
  lock(name: Lock): Promise<void>;
}>;

export type StoreOptions = StoreDialect &
  Readonly<{
    clock: Clock;
    newId: NewId;
    /** Does not migrate the store, for reading it; `migrated` then says what a migration would do. */
    asItIs?: boolean;
  }>;

/** Opens the store and migrates it. Throws NewerStoreError if a newer program has written it. */
export async function openStore({ asItIs = false, ...options }: StoreOptions): Promise<Store> {
  const { dialect, clock, newId, lock } = options;
  const db = new Kysely<Schema>({ dialect });
  // SQLite's processes share a machine. If processes on several machines share a store, use the clock of its server.
  const nowUs = async () => clock.nowUs();
  try {
    const migrated = asItIs ? await versionOf(db) : await migrate(db, options);
    return {
      db,
      clock,
      newId,
      nowUs,
      version: asItIs ? migrated.from : migrated.to,
      migrated,
      transaction: (work) =>
        db
          .transaction()
          .execute(async (transaction) =>
            work({ db: transaction, nowUs: await nowUs(), newId, lock: (name) => lock(transaction, name) }),
          ),
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** The minimum space for a request and its work, in bytes. */
const FILLING = 'x'.repeat(32_768);

/**
 * Commits data that needs space, and removes it again. Throws the database's error if it cannot write: a full disk. A
 * write without changes would be skipped, and one that needs no new page would succeed.
 */
export async function tryToWrite({ db }: Store): Promise<void> {
  await sql`update schema_version set filling = ${FILLING}`.execute(db);
  await sql`update schema_version set filling = null`.execute(db);
}
