/**
 * Reads the statistics of Postgres, only with SELECTs of statistics views. The session is read-only, its queries have a
 * time limit of seconds, and it reads no application data.
 */
import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
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
import { HEAD, POSTGRES_VIEWS, type PostgresHead, questionFor } from './views.ts';

/** All connections are in use: all regular ones, or those of this user. */
const TOO_MANY = '53300';
const NOT_PERMITTED = '42501';

const GRANT = (user: string) => `GRANT pg_monitor TO "${user}"`;

export function postgres(options: DatabaseOptions): DatabaseSource {
  const { address } = options;
  const { host, database, user } = address;
  const name = `postgres ${host}/${database || user}`;
  const about = { reading: 'postgresql', source: name } as const;

  async function read(session: DatabaseSession, signal: AbortSignal) {
    const [head = {}] = await session.ask(HEAD);
    const known = headOf(head);
    const views: Record<string, readonly Row[]> = {};
    const refusals: Refusal[] = [...missing(head)];
    for (const view of POSTGRES_VIEWS) {
      if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
      const question = questionFor(view, known);
      const answer = question === undefined ? { rows: [] } : await rowsOf(session, question);
      if ('rows' in answer) views[view] = answer.rows;
      else refusals.push({ what: view, problem: answer.problem });
    }
    return { ...about, ...head, ...views, refused: refusals };
  }

  function missing({ extension, database: where, reads_all: readsAll }: Row): readonly Refusal[] {
    const all: Refusal[] = [];
    if (extension === null) {
      const problem = `the extension pg_stat_statements is missing: set shared_preload_libraries = 'pg_stat_statements', restart, then run CREATE EXTENSION pg_stat_statements in ${where}`;
      all.push({ what: 'statements', problem });
    }
    if (readsAll !== true) {
      all.push({ what: 'sessions', problem: `${user} may not see the sessions of others: ${GRANT(user)}` });
    }
    return all;
  }

  async function opened(signal: AbortSignal): Promise<DatabaseSession | Readonly<{ refusal: string }>> {
    try {
      return await openSession(options, name, signal);
    } catch (error) {
      if (error instanceof DatabaseError && error.code === TOO_MANY) return { refusal: error.message };
      throw explained(name, user, error, signal);
    }
  }

  return databaseSource({
    name,
    query: QUERY,
    about: { ...about, database },
    opened,
    read,
    called: ({ version }) => `Postgres ${version}`,
    fullAdvice: FULL_ADVICE,
  });
}

const QUERY = 'pg_stat_statements, pg_stat_activity, pg_blocking_pids, pg_locks, pg_stat_user_tables, pg_stat_database';

const FULL_ADVICE =
  'All connections are in use. From Postgres 16 on, reserved_connections and GRANT pg_use_reserved_connections keep one for Spanhound.';

function headOf({ number, extension, schema, replica }: Row): PostgresHead {
  return {
    number: typeof number === 'number' ? number : 0,
    extension: typeof extension === 'string' ? extension : '',
    schema: typeof schema === 'string' ? schema : '',
    isReplica: replica === true,
  };
}

/** One connection, which ends with the signal whatever the server does. Throws the driver's errors. */
async function openSession(
  { address, connectMs = CONNECT_MS, statementMs = STATEMENT_MS }: DatabaseOptions,
  name: string,
  signal: AbortSignal,
): Promise<DatabaseSession> {
  const { host, port, user, password, database } = address;
  const socket = new Socket();
  const ssl = await tlsOf(address);
  const client = new Client({
    host,
    port,
    user,
    password,
    database: database || user,
    ssl: ssl ?? false,
    stream: () => socket,
    application_name: APPLICATION,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs * 2, // in case the server does not enforce its own limit
  });
  client.on('error', () => undefined); // the next query reports it
  const close = () => {
    signal.removeEventListener('abort', close);
    client.end().catch(() => undefined);
    socket.destroySoon();
    if (signal.aborted) socket.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    if (signal.aborted) throw new UnreachableError(name, whyAborted(signal));
    await client.connect();
    await client.query(limits(statementMs));
  } catch (error) {
    close();
    throw error;
  }
  return {
    async ask(question) {
      try {
        return (await client.query<Row>(question)).rows;
      } catch (error) {
        throw explained(name, user, error, signal);
      }
    },
    close,
  };
}

/** For this session only. */
function limits(statementMs: number): string {
  return [
    'SET default_transaction_read_only = on',
    `SET statement_timeout = ${statementMs}`,
    `SET lock_timeout = ${statementMs}`,
  ].join('; ');
}

function explained(name: string, user: string, error: unknown, signal: AbortSignal): SpanhoundError {
  if (error instanceof SpanhoundError) return error;
  if (signal.aborted) return new UnreachableError(name, whyAborted(signal), { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError) {
    return new DatabaseRefusedError(name, message, adviceFor(error.code ?? '', user, message), { cause: error });
  }
  const advice = tlsAdvice(message);
  if (advice !== '') return new DatabaseRefusedError(name, message, advice, { cause: error });
  return new UnreachableError(name, message || codeOf(error), { cause: error });
}

/** An address with IPv4 and IPv6 fails with several errors and no message of its own. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection failed';
}

function adviceFor(code: string, user: string, message: string): string {
  const about = tlsAdvice(message);
  if (about !== '') return about;
  if (code.startsWith('28')) {
    return `Check the user and the password in POSTGRES_STATISTICS_URL, and whether pg_hba.conf lets ${user} in from here.`;
  }
  if (code === '3D000') return 'Check the name of the database in POSTGRES_STATISTICS_URL.';
  if (code === NOT_PERMITTED) return `Let it read statistics: ${GRANT(user)}.`;
  return 'docs/databases.md lists the queries, and the privileges that the account needs.';
}
