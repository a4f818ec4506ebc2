/**
 * Reads the statistics of MySQL and MariaDB, only with SELECTs of statistics views. The session is read-only, its
 * queries have a time limit of seconds, and it reads no application data.
 */
import { type Connection, createConnection } from 'mysql2/promise';
import {
  APPLICATION,
  CONNECT_MS,
  type DatabaseOptions,
  DatabaseRefusedError,
  type DatabaseSession,
  databaseSource,
  type Refusal,
  type Row,
  rowsOf,
  STATEMENT_MS,
  tlsAdvice,
  tlsOf,
} from '#adapters/database-connection.ts';
import { whyAborted } from '#core/deadline.ts';
import { SpanhoundError, UnreachableError } from '#core/errors.ts';
import type { DatabaseSource } from '#gather/sources.ts';
import { statementRows } from './digests.ts';
import { GRANTS, HEAD, MYSQL_VIEWS, questionFor } from './views.ts';

/** `ER_CON_COUNT_ERROR` */
const TOO_MANY = 1040;
const NO_SUCH_DATABASE = 1049;
const WRONG_PASSWORD = 1045;
const NO_SELECT = 1142;
const MOST_PRIVILEGES = /\b(?:ALL PRIVILEGES|PROCESS)\b/;

export function mysql(options: DatabaseOptions): DatabaseSource {
  const { address } = options;
  const { host, database, user } = address;
  const name = `mysql ${host}${database === '' ? '' : `/${database}`}`;

  async function read(session: DatabaseSession, signal: AbortSignal) {
    const [[head = {}], grants] = [await session.ask(HEAD), await session.ask(GRANTS)];
    const isMariadb = `${head.version}`.includes('MariaDB');
    const views: Record<string, readonly Row[]> = {};
    const refusals: Refusal[] = [...missing(head, grants)];
    // Without it, the server refuses the other views, or shows only this user's own sessions.
    const asked = refusals.some(({ what }) => what === 'sessions') ? (['statements'] as const) : MYSQL_VIEWS;
    for (const view of asked) {
      if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
      const answer = await rowsOf(session, questionFor(view, isMariadb));
      if ('rows' in answer) views[view] = answer.rows;
      else refusals.push({ what: view, problem: answer.problem });
    }
    const reading = isMariadb ? 'mariadb' : 'mysql';
    const { statements, ...others } = views;
    const counted = statements && { statements: statementRows(statements) };
    return { reading, source: name, database, ...head, ...counted, ...others, refused: refusals };
  }

  function missing({ performance_schema: isOn }: Row, grants: readonly Row[]): readonly Refusal[] {
    const all: Refusal[] = [];
    if (Number(isOn) !== 1) {
      const problem = 'performance_schema is off: set performance_schema = ON in its configuration and restart it';
      all.push({ what: 'statements', problem });
    }
    if (!grants.some((row) => Object.values(row).some((text) => MOST_PRIVILEGES.test(String(text))))) {
      all.push({
        what: 'sessions',
        problem: `${user} may not see the sessions of others: GRANT PROCESS ON *.* TO '${user}'`,
      });
    }
    return all;
  }

  async function opened(signal: AbortSignal): Promise<DatabaseSession | Readonly<{ refusal: string }>> {
    try {
      return await openSession(options, name, signal);
    } catch (error) {
      if (numberOf(error) === TOO_MANY) return { refusal: messageOf(error) };
      throw explained(name, error, signal);
    }
  }

  return databaseSource({
    name,
    query: QUERY,
    about: { reading: 'mysql', source: name, database },
    opened,
    read,
    called: ({ version }) => `${version}`,
    fullAdvice: FULL_ADVICE,
  });
}

const QUERY = 'events_statements_summary_by_digest, processlist, innodb_trx, data_lock_waits';

const FULL_ADVICE = 'All connections are in use: raise max_connections, or end sessions that nobody needs.';

/** One connection, which ends with the signal whatever the server does. Throws the driver's errors. */
async function openSession(
  { address, connectMs = CONNECT_MS, statementMs = STATEMENT_MS }: DatabaseOptions,
  name: string,
  signal: AbortSignal,
): Promise<DatabaseSession> {
  const { host, port, user, password, database } = address;
  if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
  const ssl = await tlsOf(address);
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    ...(database !== '' && { database }),
    ...(ssl && { ssl: { ...ssl, verifyIdentity: ssl.rejectUnauthorized } }),
    connectTimeout: connectMs,
    supportBigNumbers: true,
    connectAttributes: { program_name: APPLICATION },
  });
  connection.on('error', () => undefined); // the next query reports it
  const close = () => {
    signal.removeEventListener('abort', close);
    connection.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  const ask = async (sql: string): Promise<readonly Row[]> => {
    if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
    // A destroyed connection sends no answer.
    const given = Promise.withResolvers<never>();
    const onAbort = () => given.reject(new UnreachableError(name, whyAborted(signal)));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const [rows] = await Promise.race([connection.query({ sql, timeout: statementMs * 2 }), given.promise]);
      return rows as readonly Row[];
    } catch (error) {
      throw explained(name, error, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
  try {
    await limit(connection, statementMs);
  } catch (error) {
    close();
    throw error;
  }
  return { ask, close };
}

/** For this session only. The two servers name their time limit differently, and use seconds or milliseconds. */
async function limit(connection: Connection, statementMs: number): Promise<void> {
  await connection.query('SET SESSION TRANSACTION READ ONLY');
  await connection
    .query(`SET SESSION max_statement_time = ${statementMs / 1_000}`)
    .catch(() => connection.query(`SET SESSION max_execution_time = ${statementMs}`));
}

function explained(name: string, error: unknown, signal: AbortSignal): SpanhoundError {
  if (error instanceof SpanhoundError) return error;
  if (signal.aborted) return new UnreachableError(name, whyAborted(signal), { cause: error });
  const message = messageOf(error);
  const advice = tlsAdvice(message);
  if (advice !== '') return new DatabaseRefusedError(name, message, advice, { cause: error });
  const number = numberOf(error);
  if (number > 0) return new DatabaseRefusedError(name, message, adviceFor(number), { cause: error });
  return new UnreachableError(name, message, { cause: error });
}

/** The server's own errors; network errors are negative. */
function numberOf(error: unknown): number {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
}

/** An address with IPv4 and IPv6 fails with several errors and no message of its own. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : 'the connection failed');
}

function adviceFor(number: number): string {
  if (number === WRONG_PASSWORD) return 'Check the user and the password in MYSQL_STATISTICS_URL.';
  if (number === NO_SELECT) return 'Let it read them: GRANT SELECT ON performance_schema.* TO its user.';
  if (number === NO_SUCH_DATABASE) return 'Check the name of the database in MYSQL_STATISTICS_URL.';
  return 'docs/databases.md lists the queries, and the privileges that the account needs.';
}
