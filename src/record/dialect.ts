/**
 * Everything that depends on the database of the store. An adapter supplies it. The rest of `record/` and `workflows/`
 * uses only SQL that SQLite and Postgres share: `on conflict` with named columns, `returning`, and no function that
 * only one of them has.
 *
 * The store also relies on this: texts compare by their bytes (in Postgres: collation "C"), integer columns are read as
 * numbers, and a statement sees what other transactions committed before it (in Postgres: read committed).
 */
import type { ColumnDataType, Dialect, RawBuilder, Transaction } from 'kysely';
import type { Schema } from '#record/schema.ts';

export type StoreDialect = Readonly<{
  dialect: Dialect;
  columns: ColumnTypes;
  /**
   * Waits until this transaction alone holds the lock; the end of the transaction releases it. Taking it again in the
   * same transaction does nothing. Databases with one writer grant it at once.
   */
  lock(db: Transaction<Schema>, name: string): Promise<void>;
}>;

/** The column types that SQLite and Postgres spell differently. */
export type ColumnTypes = Readonly<{
  /** Holds microseconds since the epoch exactly. */
  integer: ColumnDataType;
  bytes: ColumnDataType | RawBuilder<unknown>;
  /** A primary key that counts up and never repeats a number. */
  sequence: RawBuilder<unknown>;
  /** Ends every `create table`: SQLite checks types only in STRICT tables. */
  tableEnd: RawBuilder<unknown>;
}>;
