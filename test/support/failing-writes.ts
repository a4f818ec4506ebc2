/** A store whose nth write fails, once: an insert, an update, a delete or a commit. Or its nth read. */
import type { DatabaseConnection, Dialect, Driver } from 'kysely';
import { asStoreTrouble } from '#adapters/sqlite/store-trouble.ts';
import type { StoreDialect } from '#record/dialect.ts';

export type FailingWrites = Readonly<{
  dialect: StoreDialect;
  /** From now on, the nth write fails; 0: none does. */
  failAt(n: number): void;
  /** How many writes there were since. */
  writes(): number;
}>;

const STATEMENTS = { writes: /^\s*(?:insert|update|delete|replace)\b/i, reads: /^\s*select\b/i };

export function failingWrites(of: StoreDialect, what: keyof typeof STATEMENTS = 'writes'): FailingWrites {
  let [count, at] = [0, 0];
  const counted = () => {
    count += 1;
    if (count !== at) return;
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    throw asStoreTrouble(full, of.place);
  };
  const dialect: Dialect = {
    createAdapter: () => of.dialect.createAdapter(),
    createIntrospector: (db) => of.dialect.createIntrospector(db),
    createQueryCompiler: () => of.dialect.createQueryCompiler(),
    createDriver: () => failingDriver(of.dialect.createDriver(), { what, counted }),
  };
  return {
    dialect: { ...of, dialect },
    failAt(n) {
      [count, at] = [0, n];
    },
    writes: () => count,
  };
}

function failingDriver(
  driver: Driver,
  { what, counted }: Readonly<{ what: keyof typeof STATEMENTS; counted: () => void }>,
): Driver {
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const of = (connection: DatabaseConnection) => inner.get(connection) ?? connection;
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const connection = await driver.acquireConnection(options);
      const failing: DatabaseConnection = {
        async executeQuery(query, more) {
          if (STATEMENTS[what].test(query.sql)) counted();
          return await connection.executeQuery(query, more);
        },
        streamQuery: (query, size, more) => connection.streamQuery(query, size, more),
      };
      inner.set(failing, connection);
      return failing;
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(of(connection), settings),
    async commitTransaction(connection) {
      if (what === 'writes') counted();
      await driver.commitTransaction(of(connection));
    },
    rollbackTransaction: (connection) => driver.rollbackTransaction(of(connection)),
    releaseConnection: (connection) => driver.releaseConnection(of(connection)),
    destroy: (options) => driver.destroy(options),
  };
}
