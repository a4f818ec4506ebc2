/**
 * SQLite allows one write at a time. A second writer waits here without blocking the thread, because every listener,
 * and perhaps the other writer, runs on it.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type AbortableOperationOptions,
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import { SpanhoundError } from '#core/errors.ts';
import { asStoreTrouble } from './store-trouble.ts';
import type { WalSync } from './wal-sync.ts';

/** Transactions here take milliseconds; a process that locks the file for longer hangs. */
const LONGEST_WAIT_MS = 10_000;
const RETRY_MS = 2;

export type Patience = Readonly<{
  /** @default 10000 */
  longestWaitMs?: number | undefined;
}>;

export function inTurn(
  driver: Driver,
  { file, log, longestWaitMs = LONGEST_WAIT_MS }: Patience & Readonly<{ file: string; log: WalSync }>,
): Driver {
  /** SQLite has one connection. `changes`: its transaction has written. */
  let transaction: { changes: boolean } | undefined;
  const patient = (connection: DatabaseConnection): DatabaseConnection => ({
    async executeQuery<R>(query: CompiledQuery, options?: AbortableOperationOptions): Promise<QueryResult<R>> {
      const result = await whenFree(() => connection.executeQuery<R>(query, options), file, longestWaitMs);
      if (query.query.kind === 'SelectQueryNode') return result;
      if (transaction !== undefined) transaction.changes = true;
      else {
        log.committed();
        await settled();
      }
      return result;
    },
    streamQuery: (query, chunkSize, options) => connection.streamQuery(query, chunkSize, options),
  });
  const settled = async () => {
    try {
      await log.settled();
    } catch (error) {
      throw asStoreTrouble(error, file);
    }
  };
  return {
    init: (options) => driver.init(options),
    acquireConnection: async (options) => patient(await driver.acquireConnection(options)),
    // Begun deferred, a transaction that reads first fails at its first write if another one has written since.
    async beginTransaction(connection) {
      transaction = { changes: false };
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
      } catch (error) {
        transaction = undefined;
        throw error;
      }
      transaction.changes = false;
    },
    commitTransaction: async (connection) => {
      try {
        const changes = transaction?.changes;
        await driver.commitTransaction(connection);
        if (changes) log.committed();
        transaction = undefined;
      } catch (error) {
        throw asStoreTrouble(error, file);
      }
    },
    rollbackTransaction: async (connection) => {
      try {
        await driver.rollbackTransaction(connection);
      } catch (error) {
        // SQLite has rolled back already, as on a full disk. The first error is the one to report.
        if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
      } finally {
        transaction = undefined;
      }
    },
    releaseConnection: (connection) => driver.releaseConnection(connection),
    async destroy(options) {
      await log.close();
      await driver.destroy(options);
    },
  };
}

/** What failed because of another writer, a statement or the opening of the file, did nothing: it may be repeated. */
export async function whenFree<T>(execute: () => Promise<T>, file: string, longestWaitMs: number): Promise<T> {
  const deadlineMs = performance.now() + longestWaitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await execute();
    } catch (error) {
      if (!isBusy(error)) throw asStoreTrouble(error, file);
      if (performance.now() > deadlineMs) throw new StoreLockedError(file, error);
    }
    // A writer in this same process is done after one turn of the event loop.
    if (attempt === 1) await setImmediate();
    else await setTimeout(RETRY_MS);
  }
}

/** SQLite has codes for several kinds of it: `SQLITE_BUSY_SNAPSHOT`, `SQLITE_BUSY_RECOVERY`. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_BUSY(?:_|$)/.test(`${error.code}`);
}

/** Another process locks the file for longer than any transaction takes. */
export class StoreLockedError extends SpanhoundError {
  override readonly name = 'StoreLockedError';
  readonly code = 'SH_STORE_LOCKED';
  readonly advice: string;
  override readonly retryable = true;

  constructor(file: string, cause: unknown) {
    super(`another process holds a lock on the store ${file}`, { cause });
    this.advice = `Find the process with \`lsof ${file}\`: a second bot, a backup or a shell of sqlite3. End it or wait for it, then try again.`;
  }
}
