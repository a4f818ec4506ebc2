/** SQLite as the store: one file, no server, and no loss of acknowledged data in a power failure. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Dialect, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { StoreDialect } from '#record/dialect.ts';
import { inTurn, isBusy, type Patience, StoreLockedError } from './in-turn.ts';

/** How long to wait, while opening, for the other process of a rolling restart. */
const OPEN_TIMEOUT_MS = 5_000;

/** `file` may be `:memory:`: a store that ends with the process. */
export function sqlite(
  file: string,
  { openTimeoutMs = OPEN_TIMEOUT_MS, longestWaitMs }: Patience & Readonly<{ openTimeoutMs?: number }> = {},
): StoreDialect {
  const dialect: Dialect = {
    createDriver: () =>
      inTurn(new SqliteDriver({ database: async () => open(file, openTimeoutMs) }), file, { longestWaitMs }),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
  return {
    dialect,
    columns: {
      integer: 'integer',
      bytes: 'blob',
      sequence: sql`integer primary key autoincrement`,
      tableEnd: sql`strict`,
    },
    // A transaction begins with `begin immediate` (in-turn.ts), so it is the only writer of the file.
    lock: async () => undefined,
  };
}

function open(file: string, timeout: number): Database.Database {
  if (file !== ':memory:') makeOwnerOnly(file);
  const database = new Database(file, { timeout });
  try {
    database.pragma('journal_mode = WAL');
    // In WAL mode, NORMAL does not sync on commit: a power failure would lose commands that Slack will not send again.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // The driver waits without blocking the thread; SQLite's own waiting would stop every listener.
    database.pragma('busy_timeout = 0');
    return database;
  } catch (error) {
    database.close();
    throw isBusy(error) ? new StoreLockedError(file, error) : error;
  }
}

/** The store contains people's text and logs. SQLite gives its -wal and -shm files the same mode. */
function makeOwnerOnly(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
