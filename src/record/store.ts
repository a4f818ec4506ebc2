/**
 * The store that everything in `record/` reads and writes. It carries the clock and the maker of ids, so that a row's
 * instant and name come from where the rest of the program takes them.
 *
 * Other processes may write at the same time. A change that depends on what was read is made in one of two ways. Either
 * it is one statement whose condition names what was read: taking and giving back work (`jobs`, `outbox`, `inbox`), and
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

/** What each guards is said above. */
export type Lock =
  | 'audit'
  | `incidents/${string}`
  | `incident/${string}`
  | `alert/${string}/${string}/${string}`
  | `cases/${string}`
  | `lane/${string}/${string}`;

export type Store = Readonly<{
  /** For reading outside a transaction. Inside one it would wait for ever for the connection: use `tx.db` there. */
  db: Kysely<Schema>;
  clock: Clock;
  newId: NewId;
  /**
   * Now, in microseconds since the epoch, by the clock that all processes on this store share. Leases and due times of
   * one process are compared with it by another.
   */
  nowUs(): Promise<number>;
  /** The version that the store has. */
  version: number;
  migrated: Migrated;
  /**
   * `work` may await nothing but the store: the whole program waits for the connection meanwhile. It may change nothing
   * but the store: a database that resolves a deadlock between two transactions undoes one, and it has to run again.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}>;

/** What a query needs: the store, or a transaction of it. */
export type Reader = Readonly<{ db: Kysely<Schema> }>;

/** A transaction, with the one instant at which everything in it happens. */
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
    /** Leaves the store at the version that it has, for a look at it; `migrated` then says what would be done. */
    asItIs?: boolean;
  }>;

/** Opens the store and brings it up to date. Throws NewerStoreError where a newer program has written it. */
export async function openStore({ asItIs = false, ...options }: StoreOptions): Promise<Store> {
  const { dialect, clock, newId, lock } = options;
  const db = new Kysely<Schema>({ dialect });
  // SQLite's processes share a machine. Where processes on several machines share a store, its server has to be asked.
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
