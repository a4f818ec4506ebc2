/** The errors of a store on Postgres, with advice and without the password. */
import { DatabaseError } from 'pg';
import { tlsAdvice } from '#adapters/database-connection.ts';
import { SpanhoundError } from '#core/errors.ts';
import type { DatabaseAddress } from '#model/sql/database-address.ts';

/** The store did not do what it was asked, for a reason outside of the query. */
class StoreUnavailableError extends SpanhoundError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'SH_STORE_UNAVAILABLE';
  readonly advice: string;
  override readonly retryable = true;
  /** The connection is gone, or there was none: whatever was not committed is undone. */
  readonly isLost: boolean;

  constructor(place: string, why: string, advice: string, { isLost, cause }: { isLost: boolean; cause?: unknown }) {
    super(`the store ${place} ${why}`, { cause });
    this.advice = advice;
    this.isLost = isLost;
  }
}

export function placeOf({ host, port, database, user }: DatabaseAddress): string {
  return `postgres ${host}:${port}/${database || user}`;
}

/** The database undid the transaction for the sake of another one: serialization failure, deadlock. */
const UNDONE = new Set(['40001', '40P01']);
/** Also a migration that gave way, so that others do not wait behind it. */
const LOCK_TIMEOUT = '55P03';
const STATEMENT_TIMEOUT = '57014';
/** All connections of the server, of the database or of the user are in use. */
const TOO_MANY = new Set(['53300', '53400']);
/** A server that became a standby: its connections stay open. */
const READ_ONLY = '25006';

export function isUndone(error: unknown): boolean {
  const cause = error instanceof StoreUnavailableError ? error.cause : error;
  return cause instanceof DatabaseError && (UNDONE.has(cause.code ?? '') || cause.code === LOCK_TIMEOUT);
}

export function isLost(error: unknown): boolean {
  return error instanceof StoreUnavailableError && error.isLost;
}

/** An error of a query; one about the query itself stays as it is. */
export function queryError(error: unknown, address: DatabaseAddress): unknown {
  if (error instanceof SpanhoundError) return error;
  if (!(error instanceof DatabaseError)) return unreachable(error, address);
  const code = error.code ?? '';
  const place = placeOf(address);
  if (endsConnection(code)) {
    return new StoreUnavailableError(place, `ended the connection: ${error.message}`, COMES_BACK, {
      isLost: true,
      cause: error,
    });
  }
  if (code === STATEMENT_TIMEOUT || code === LOCK_TIMEOUT) {
    const advice = 'Look in pg_stat_activity for what holds a lock or slows the database down.';
    return new StoreUnavailableError(place, `took too long: ${error.message}`, advice, { isLost: false, cause: error });
  }
  if (code === '42501') return refused(error, address, MAY_CREATE(address));
  return error;
}

/** An error of connecting. */
export function connectError(error: unknown, address: DatabaseAddress): unknown {
  if (error instanceof SpanhoundError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const about = tlsAdvice(message);
  if (about !== '') return refused(error, address, about.replace('the address', 'DATABASE_URL'));
  if (!(error instanceof DatabaseError)) return unreachable(error, address);
  const code = error.code ?? '';
  if (TOO_MANY.has(code))
    return new StoreUnavailableError(placeOf(address), FULL, FULL_ADVICE, { isLost: true, cause: error });
  if (endsConnection(code)) return unreachable(error, address);
  if (code.startsWith('28')) {
    const advice = `Check the user and the password in DATABASE_URL, and whether pg_hba.conf lets ${address.user} in from here.`;
    return refused(error, address, advice);
  }
  if (code === '3D000') {
    const { database, user } = address;
    return refused(error, address, `Create it: CREATE DATABASE "${database || user}" OWNER "${user}".`);
  }
  return refused(error, address, 'Check DATABASE_URL; docs/scaling.md says what Spanhound needs of Postgres.');
}

/** After it the connection cannot be used, or leads to a server that cannot write. */
export function endsConnection(code: string): boolean {
  return code.startsWith('08') || /^57P0[1235]$/.test(code) || code === '25P03' || code === READ_ONLY;
}

const COMES_BACK = 'Spanhound connects again by itself. If it lasts, see the log of the database.';
const FULL = 'has no connection left';
const FULL_ADVICE =
  'Raise max_connections of the database, or lower DATABASE_CONNECTIONS: each replica uses that many and one more.';
const MAY_CREATE = ({ user }: DatabaseAddress) =>
  `Give Spanhound a database of its own, which ${user} owns, or GRANT CREATE, USAGE ON SCHEMA public TO "${user}".`;

function unreachable(error: unknown, address: DatabaseAddress): StoreUnavailableError {
  const advice = `Check that Postgres runs and that ${address.host}:${address.port} in DATABASE_URL is right. ${COMES_BACK}`;
  return new StoreUnavailableError(placeOf(address), `did not answer: ${wordsOf(error)}`, advice, {
    isLost: true,
    cause: error,
  });
}

function refused(error: unknown, address: DatabaseAddress, advice: string): StoreUnavailableError {
  return new StoreUnavailableError(placeOf(address), `refused: ${wordsOf(error)}`, advice, {
    isLost: false,
    cause: error,
  });
}

/** An address with IPv4 and IPv6 fails with several errors and no message of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection failed';
}
