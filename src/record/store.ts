/**
 * The store behind `record/`. It carries the clock, the id generator and chance, so that these have the same source as
 * in the rest of the program.
 *
 * Other processes may write at the same time. A change that depends on earlier reads is made in one of two ways. Either
 * it is one statement whose condition names the read values: taking and returning work (`jobs`, `outbox`, `inbox`), and
 * every `on conflict`. Or the transaction first takes a lock, and holds it until it ends:
 *
 *   incidents/<workspace>       which incidents are open, and the number of the next one
 *   incident/<id>               an incident's row, its roles, and the corrections and status changes of its timeline
 *   message/<workspace>/<channel>/<ts>
 *                               what happened to a message that people mark, and whether a timeline has it
 *   alert/<workspace>/<source>/<key>
 *                               the rounds of an alert: which is the latest, its state, whether it has an answer
 *   alert-ways/<workspace>/<source>
 *                               which alerts come two ways or in two groups; it is taken before the alerts themselves
 *   stories/<workspace>/<channel>
 *                               which alerts of a channel share an answer, and whether a storm is on
 *   cases/<workspace>           the chain of seals: the latest seal and the number of the next case
 *   audit                       the head of the audit log: the number and the hash of the next entry
 *   lane/<workspace>/<lane>     the order of a lane of the outbox: rows get their numbers in the order of their commits
 *
 * The migrations take a lock of their own.
 */
import { Kysely, sql, type Transaction } from 'kysely';
import { type Clock, systemClock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import type { Log } from '#core/log.ts';
import type { StoreDialect, WakeUps } from '#record/dialect.ts';
import { type Migrated, migrate, versionOf } from '#record/migrations.ts';
import type { Schema } from '#record/schema.ts';

/** The list above says what each lock guards. */
export type Lock =
  | 'audit'
  | `incidents/${string}`
  | `incident/${string}`
  | `message/${string}/${string}/${string}`
  | `alert/${string}/${string}/${string}`
  | `alert-ways/${string}/${string}`
  | `cases/${string}`
  | `stories/${string}/${string}`
  | `lane/${string}/${string}`;

export type Store = Readonly<{
  /** Where it is, for people and without secrets. */
  place: string;
  /** Whether several processes work on it at the same time, without one that leads. */
  isShared: boolean;
  /** For reading outside a transaction. Inside one it would wait for the connection forever: use `tx.db` there. */
  db: Kysely<Schema>;
  clock: Clock;
  newId: NewId;
  /** In [0, 1): spreads retries of work that failed together. */
  random: () => number;
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
  /** Undefined if no other process is to be woken. */
  wakeUps: ((log: Log) => WakeUps) | undefined;
  /** See `StoreDialect`. */
  wipeFreed: (() => Promise<boolean>) | undefined;
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
    /** See `Store`. @default the middle: nothing is spread */
    random?: () => number;
    /** Does not migrate the store, for reading it; `migrated` then says what a migration would do. */
    asItIs?: boolean;
  }>;

/** Opens the store and migrates it. Throws NewerStoreError if a newer program has written it. */
export async function openStore({ asItIs = false, random = () => 0.5, ...rest }: StoreOptions): Promise<Store> {
  const options = { ...rest, random };
  const { dialect, clock, newId, lock, place, isShared, wakeUps, wipeFreed } = options;
  const db = new Kysely<Schema>({ dialect });
  const timeOf = options.nowUs ?? (async () => clock.nowUs());
  const transaction: Store['transaction'] = async (work) => {
    const result = await againIfUndone(options, PATIENCE_MS, async (isCommitting) =>
      db.transaction().execute(async (tx) => {
        const result = await work({ db: tx, nowUs: await timeOf(tx), newId, lock: (name) => lock(tx, name) });
        isCommitting();
        return result;
      }),
    );
    // Other transactions run meanwhile.
    await options.settled?.();
    return result;
  };
  try {
    const migrated = asItIs
      ? await versionOf(db, options)
      : await againIfUndone(options, MIGRATION_PATIENCE_MS, () => migrate(db, options));
    return {
      place,
      isShared,
      db,
      clock,
      newId,
      random,
      nowUs: () => timeOf(db),
      version: asItIs ? migrated.from : migrated.to,
      migrated,
      transaction,
      wakeUps,
      wipeFreed: wipeFreed && (() => wipeFreed(db)),
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Slack waits three seconds for its acknowledgement: a longer failure is the sender's to repeat. */
const PATIENCE_MS = 2_000;
/** Processes of the version before hold rows for milliseconds at a time; a migration finds a gap. */
const MIGRATION_PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * Runs a transaction again that had no effect for a reason that passes: the database undid it for another one, or the
 * connection ended before the commit.
 */
async function againIfUndone<T>(
  { isUndone, isLost, random }: Pick<StoreDialect, 'isUndone' | 'isLost'> & Pick<Store, 'random'>,
  undoneMs: number,
  attempt: (isCommitting: () => void) => Promise<T>,
): Promise<T> {
  const begunMs = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    let mayBeDone = false;
    try {
      return await attempt(() => {
        mayBeDone = true;
      });
    } catch (error) {
      const isWithoutEffect = isUndone(error) || (isLost(error) && !mayBeDone);
      const patienceMs = isLost(error) ? PATIENCE_MS : undoneMs;
      if (!isWithoutEffect || performance.now() - begunMs + pauseMs > patienceMs) throw error;
    }
    // By the time that really passes: two transactions that met must not meet again.
    await systemClock.sleep(pauseMs * (0.5 + random()));
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
