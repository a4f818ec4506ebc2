/** SQLite as the store: one file, no server, and no loss of acknowledged data in a power failure. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import {
  type Dialect,
  type Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { StoreDialect } from '#record/dialect.ts';
import type { Schema } from '#record/schema.ts';
import { inTurn, type Patience, whenFree } from './in-turn.ts';
import { asStoreTrouble } from './store-trouble.ts';
import { NO_SYNC, type WalSync, walSync } from './wal-sync.ts';

/** How long to wait, while opening, for the other process of a rolling restart. */
const OPEN_TIMEOUT_MS = 5_000;

/** `file` may be `:memory:`: a store that ends with the process. */
export function sqlite(
  file: string,
  {
    openTimeoutMs = OPEN_TIMEOUT_MS,
    longestWaitMs,
    log = file === ':memory:' ? NO_SYNC : walSync(file),
  }: Patience & Readonly<{ openTimeoutMs?: number; log?: WalSync }> = {},
): StoreDialect {
  const dialect: Dialect = {
    createDriver: () =>
      inTurn(new SqliteDriver({ database: () => whenFree(async () => prepared(open(file)), file, openTimeoutMs) }), {
        file,
        log,
        longestWaitMs,
      }),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
  return {
    place: file === ':memory:' ? 'memory' : file,
    // Two processes only meet in a rolling restart.
    isShared: false,
    dialect,
    columns: {
      text: 'text',
      integer: 'integer',
      bytes: 'blob',
      sequence: sql`integer primary key autoincrement`,
      tableEnd: sql`strict`,
    },
    // A transaction begins with `begin immediate` (in-turn.ts), so it is the only writer of the file.
    lock: async () => undefined,
    lockForMigration: async () => undefined,
    tables: async (db) => (await db.introspection.getTables()).map(({ name }) => name),
    // Another writer makes it wait (in-turn.ts) and undoes nothing.
    isUndone: () => false,
    isLost: () => false,
    async settled() {
      try {
        await log.settled();
      } catch (error) {
        throw asStoreTrouble(error, file);
      }
    },
    wipeFreed,
  };
}

/** Free pages and the journal keep deleted texts: `vacuum` writes the file anew, the checkpoint empties the journal. */
async function wipeFreed(db: Kysely<Schema>): Promise<boolean> {
  await sql`vacuum`.execute(db);
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
  return rows[0]?.busy === 0;
}

/** Is busy while another writer holds the file, and for one of two that open a new file at once. */
function open(file: string): Database.Database {
  const database = opened(file);
  try {
    const mode = database.pragma('journal_mode = WAL', { simple: true });
    // A commit does not wait for the disk here: `wal-sync.ts` does, outside this thread.
    database.pragma(mode === 'wal' ? 'synchronous = NORMAL' : 'synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // The body of a request is raw until its work is stored. Deleting it alone leaves its text in the page.
    database.pragma('secure_delete = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** More than the bot repeats; each takes some kilobytes. */
const MOST_STATEMENTS = 300;

/** Prepares each statement once: that takes longer than most statements run. */
function prepared(database: Database.Database): SqliteDatabase {
  const statements = new Map<string, Database.Statement<unknown[]>>();
  return {
    prepare(text) {
      const statement = statements.get(text) ?? database.prepare<unknown[]>(text);
      // The one that was used last stands at the end.
      statements.delete(text);
      statements.set(text, statement);
      const [first] = statements.keys();
      if (statements.size > MOST_STATEMENTS && first !== undefined) statements.delete(first);
      return statement;
    },
    close: () => database.close(),
  };
}

function opened(file: string): Database.Database {
  try {
    if (file !== ':memory:') makeOwnerOnly(file);
    // `whenFree` waits for another writer: SQLite's own waiting would stop every listener.
    return new Database(file, { timeout: 0 });
  } catch (error) {
    throw asStoreTrouble(error, file);
  }
}

/** The store contains people's text and logs. SQLite gives its -wal and -shm files the same mode. */
function makeOwnerOnly(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
