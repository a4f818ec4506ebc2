/** Postgres as the store: several processes on several machines share it. */
import { PostgresDialect, sql } from 'kysely';
import type { DatabaseAddress } from '#model/sql/database-address.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { type ConnectionLimits, connections, LOCK_MS } from './connections.ts';
import { isLost, isUndone, placeOf } from './errors.ts';
import { wakeUps } from './wake-ups.ts';

export type PostgresStoreOptions = Readonly<{ address: DatabaseAddress }> & ConnectionLimits;

export function postgresStore({ address, ...limits }: PostgresStoreOptions): StoreDialect {
  return {
    place: placeOf(address),
    isShared: true,
    dialect: new PostgresDialect({ pool: async () => await connections(address, limits) }),
    columns: {
      // SQLite compares texts by their bytes, too.
      text: sql`text collate "C"`,
      integer: 'bigint',
      bytes: 'bytea',
      sequence: sql`bigint generated always as identity primary key`,
      tableEnd: sql``,
    },
    lock: async (db, name) => void (await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db)),
    async lockForMigration(db) {
      // Another process may migrate for minutes.
      await sql`select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`.execute(db);
      await sql`select pg_advisory_xact_lock(hashtextextended('migrations', 0))`.execute(db);
      // A change of a table waits for the transactions of an older version, and the next ones wait behind it: not long.
      await sql`select set_config('lock_timeout', ${`${MIGRATION_LOCK_MS}`}, true)`.execute(db);
    },
    async tables(db) {
      const { rows } = await sql<{ name: string }>`
        select tablename as name from pg_tables where schemaname = current_schema()`.execute(db);
      return rows.map(({ name }) => name);
    },
    async nowUs(db) {
      const { rows } = await sql<{ us: number }>`
        select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us`.execute(db);
      const us = rows[0]?.us;
      if (us === undefined) throw new Error('the database did not tell the time');
      return us;
    },
    isUndone,
    isLost,
    wakeUps: (log) => wakeUps(address, log),
  };
}

/** Shorter than `LOCK_MS`, after which the transactions that wait behind it fail. */
const MIGRATION_LOCK_MS = LOCK_MS / 4;
