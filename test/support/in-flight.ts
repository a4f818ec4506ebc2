/** Counts the queries that wait for a database in another process, and the commits that wait for the disk. */
import type { DatabaseConnection, Dialect, Driver } from 'kysely';
import type { WalSync } from '#adapters/sqlite/wal-sync.ts';

let inFlight = 0;

export function queriesInFlight(): number {
  return inFlight;
}

export function countedSync(log: WalSync): WalSync {
  return { ...log, settled: () => during(log.settled) };
}

/** The dialect with its queries counted. */
export function counted(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => countedDriver(dialect.createDriver()),
  };
}

function countedDriver(driver: Driver): Driver {
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const of = (connection: DatabaseConnection) => inner.get(connection) ?? connection;
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const connection = await during(() => driver.acquireConnection(options));
      const counting: DatabaseConnection = {
        executeQuery: (query, more) => during(() => connection.executeQuery(query, more)),
        streamQuery: (query, size, more) => connection.streamQuery(query, size, more),
      };
      inner.set(counting, connection);
      return counting;
    },
    beginTransaction: (connection, settings) => during(() => driver.beginTransaction(of(connection), settings)),
    commitTransaction: (connection) => during(() => driver.commitTransaction(of(connection))),
    rollbackTransaction: (connection) => during(() => driver.rollbackTransaction(of(connection))),
    releaseConnection: (connection) => driver.releaseConnection(of(connection)),
    destroy: (options) => driver.destroy(options),
  };
}

async function during<T>(work: () => Promise<T>): Promise<T> {
  inFlight++;
  try {
    return await work();
  } finally {
    inFlight--;
  }
}
