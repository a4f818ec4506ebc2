/**
 * SQLite allows one write at a time. A second writer waits here without blocking the thread, because every listener,
 * and perhaps the other writer, runs on it.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';

/** Transactions here take milliseconds; a process that locks the file for longer hangs. */
const LONGEST_WAIT_MS = 10_000;
const RETRY_MS = 2;

export function inTurn(driver: Driver): Driver {
  return {
    init: (options) => driver.init(options),
    acquireConnection: async (options) => patient(await driver.acquireConnection(options)),
    // Begun deferred, a transaction that reads first fails at its first write if another one has written since.
    async beginTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    },
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
    releaseConnection: (connection) => driver.releaseConnection(connection),
    destroy: (options) => driver.destroy(options),
  };
}

function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: (query, options) => whenFree(() => connection.executeQuery(query, options)),
    streamQuery: (query, chunkSize, options) => connection.streamQuery(query, chunkSize, options),
  };
}

/** A statement that failed because of another writer did nothing, so it may be repeated. */
async function whenFree<R>(execute: () => Promise<QueryResult<R>>): Promise<QueryResult<R>> {
  const deadlineMs = performance.now() + LONGEST_WAIT_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await execute();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error;
    }
    // A writer in this same process is done after one turn of the event loop.
    if (attempt === 1) await setImmediate();
    else await setTimeout(RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}
