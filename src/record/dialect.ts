/**
 * Everything that depends on the database of the store. An adapter supplies it. The rest of `record/` and `workflows/`
 * uses only SQL that SQLite and Postgres share: `on conflict` with named columns, `returning`, and no function that
 * only one of them has.
 *
 * The store also relies on this: texts compare by their bytes (in Postgres: collation "C"), integer columns are read as
 * numbers, and a statement sees what other transactions committed before it (in Postgres: read committed).
 */
import type { ColumnDataType, Dialect, Kysely, RawBuilder, Transaction } from 'kysely';
import type { Log } from '#core/log.ts';
import type { Schema } from '#record/schema.ts';

export type StoreDialect = Readonly<{
  /** Where the store is, for people and without secrets. */
  place: string;
  /** Whether several processes work on it at the same time, without one that leads. */
  isShared: boolean;
  dialect: Dialect;
  columns: ColumnTypes;
  /**
   * Waits until this transaction alone holds the lock; the end of the transaction releases it. Taking it again in the
   * same transaction does nothing. Databases with one writer grant it at once.
   */
  lock(db: Transaction<Schema>, name: string): Promise<void>;
  /** Waits until this transaction alone migrates the store. */
  lockForMigration(db: Transaction<Schema>): Promise<void>;
  /** The names of the tables at the place of the store. */
  tables(db: Kysely<Schema>): Promise<readonly string[]>;
  /** Now, by the clock that all processes on the store share; if missing, the clock of this process. */
  nowUs?: ((db: Kysely<Schema>) => Promise<number>) | undefined;
  /** The database undid the transaction for the sake of another one: the same work may succeed now. */
  isUndone(error: unknown): boolean;
  /** The connection is gone. What was not committed is undone; whether a commit succeeded is unknown. */
  isLost(error: unknown): boolean;
  /** Resolves when everything committed before survives a power failure; missing if a commit waits for that itself. */
  settled?: () => Promise<void>;
  /**
   * Overwrites what deleted and changed rows left behind in the files of the store. False if another process prevents
   * that at the moment. Missing if the database is not ours to rewrite.
   */
  wipeFreed?: (db: Kysely<Schema>) => Promise<boolean>;
  /** Missing if no other process is to be woken. */
  wakeUps?: (log: Log) => WakeUps;
}>;

/** Processes on one store wake each other when they stored work. A wake-up may be lost: each also looks regularly. */
export type WakeUps = Readonly<{
  send(): void;
  onHeard(listener: () => void): void;
  close(): Promise<void>;
}>;

/** The column types that SQLite and Postgres spell differently. */
export type ColumnTypes = Readonly<{
  /** Compares by its bytes. */
  text: ColumnDataType | RawBuilder<unknown>;
  /** Holds microseconds since the epoch exactly. */
  integer: ColumnDataType;
  bytes: ColumnDataType | RawBuilder<unknown>;
  /** A primary key that counts up and never repeats a number. */
  sequence: RawBuilder<unknown>;
  /** Ends every `create table`: SQLite checks types only in STRICT tables. */
  tableEnd: RawBuilder<unknown>;
}>;
