/**
 * The connections of a process to the store. Each has limits on every wait, because a replica that hangs in a
 * transaction would hold its locks: then the database ends its connection, and the others continue.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { type ClientConfig, DatabaseError, Pool, type PoolClient, types } from 'pg';
import { APPLICATION, CONNECT_MS, tlsOf } from '#adapters/database-connection.ts';
import type { DatabaseAddress } from '#model/sql/database-address.ts';
import { connectError, endsConnection, queryError } from './errors.ts';

export type ConnectionLimits = Readonly<{
  /** The most connections at once. */
  max: number;
  /** How long a statement may take. @default 10000 */
  statementMs?: number | undefined;
}>;

/** A statement here takes milliseconds; a wait for a lock lasts as long as the transactions before it. */
const STATEMENT_MS = 10_000;
export const LOCK_MS = 8_000;
/** A transaction waits only for the database, so a pause means that its process hangs. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** A database that is gone without a word: the operating system would try for a quarter of an hour. */
const SILENT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** The runners look into the store every five seconds. */
const KEEP_IDLE_MS = 60_000;

export async function connections(
  address: DatabaseAddress,
  { max, statementMs = STATEMENT_MS }: ConnectionLimits,
): Promise<PostgresPool> {
  const pool = new Pool({
    ...(await clientConfig(address)),
    max,
    idleTimeoutMillis: KEEP_IDLE_MS,
    query_timeout: statementMs + SILENT_MS,
    types: TYPES,
  });
  // An idle connection ended: the pool drops it. Without a listener the process would end.
  pool.on('error', () => undefined);
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw connectError(error, address);
      });
      let watched = known.get(client);
      if (watched === undefined) {
        watched = watchedClient(client, address);
        known.set(client, watched);
        await setUp(client, watched, statementMs);
      }
      return watched;
    },
    end: () => pool.end(),
  };
}

export async function clientConfig(address: DatabaseAddress): Promise<ClientConfig> {
  const { host, port, user, password, database } = address;
  return {
    ...{ host, port, user, password, database: database || user },
    ssl: (await tlsOf(address)) ?? false,
    application_name: APPLICATION,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

async function setUp(client: PoolClient, { query }: PostgresPoolClient, statementMs: number): Promise<void> {
  const settings = {
    default_transaction_isolation: 'read committed',
    statement_timeout: `${statementMs}`,
    lock_timeout: `${Math.min(LOCK_MS, statementMs)}`,
    idle_in_transaction_session_timeout: `${IDLE_IN_TRANSACTION_MS}`,
  };
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
  // A crash of the database would lose what was acknowledged. Stricter values than `on` stay.
  set.push(
    `case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', false) end`,
  );
  try {
    await query(`select ${set.join(', ')}`, []);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Explains errors, and gives a connection back as unusable after an error that ends it. */
function watchedClient(client: PoolClient, address: DatabaseAddress): PostgresPoolClient {
  let isBroken = false;
  // Between two statements of a transaction nobody else listens: the process would end.
  client.on('error', () => {
    isBroken = true;
  });
  const query = async (text: string, values: readonly unknown[]) => {
    // The end of the connection undoes the transaction. An error here would hide the first one.
    if (isBroken && text === 'rollback') return ROLLED_BACK;
    try {
      return await client.query(text, values.map(storable));
    } catch (error) {
      if (!(error instanceof DatabaseError) || endsConnection(error.code ?? '')) isBroken = true;
      if (isBroken && text === 'rollback') return ROLLED_BACK;
      throw queryError(error, address);
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || isBroken),
  };
}

const ROLLED_BACK = { command: 'ROLLBACK', rowCount: 0, rows: [] } as const;

/** Postgres has no NUL in texts; a name in an alert may have one. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

/** 64-bit integers as numbers: microseconds since the epoch are exact in them. */
const TYPES = {
  getTypeParser: ((id: number, format?: 'text') =>
    id === types.builtins.INT8 ? wholeNumber : types.getTypeParser(id, format)) as typeof types.getTypeParser,
};

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`the store holds the number ${text}, which is too large`);
  return number;
}
