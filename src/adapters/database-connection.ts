/**
 * The common part of database adapters: address, encryption, timing of readings, and errors with advice but without
 * secrets.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checked } from '#adapters/health.ts';
import { whyAborted } from '#core/deadline.ts';
import { ConfigError, SpanhoundError, UnreachableError } from '#core/errors.ts';
import type { DatabaseQuery, DatabaseSource, Health, OpenBody } from '#gather/sources.ts';
import type { DatabaseAddress } from '#model/sql/database-address.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';

/** A database understood the query and refused it. */
export class DatabaseRefusedError extends SpanhoundError {
  override readonly name = 'DatabaseRefusedError';
  readonly code = 'SH_DATABASE_REFUSED';
  readonly advice: string;

  constructor(source: string, said: string, advice: string, options?: ErrorOptions) {
    super(`${source} refused: ${said}`, options);
    this.advice = advice;
  }
}

export type DatabaseOptions = Readonly<{
  address: DatabaseAddress;
  /** The time limit of connecting, in milliseconds. @default 5000 */
  connectMs?: number | undefined;
  /** The time limit of one query, in milliseconds. @default 4000 */
  statementMs?: number | undefined;
}>;

/** Later views become a gap, and the others do not wait for them. */
export const CONNECT_MS = 5_000;
/** The views answer in milliseconds. If they do not, more queries would make the problem worse. */
export const STATEMENT_MS = 4_000;

/** The application name in the list of sessions. */
export const APPLICATION = 'spanhound';

export type TlsOptions = Readonly<{ rejectUnauthorized: boolean; ca?: string; servername?: string }>;

/** Undefined if the connection is not encrypted. */
export async function tlsOf({ tls, host, authorities }: DatabaseAddress): Promise<TlsOptions | undefined> {
  if (tls === 'off') return undefined;
  const named = isIP(host) === 0 ? { servername: host } : {};
  if (authorities === '') return { rejectUnauthorized: tls === 'verify', ...named };
  try {
    return { rejectUnauthorized: tls === 'verify', ca: await readFile(authorities, 'utf8'), ...named };
  } catch {
    throw new ConfigError(`the file ${authorities}, which sslrootcert names, cannot be read`);
  }
}

/** `server does not support SSL` and the like, from every driver and from Node itself. */
const ABOUT_TLS = /\b(?:ssl|tls|certificate|self[- ]signed)\b|altnames?|issuer|secure connection/i;

/** The advice if the connection cannot be encrypted as configured; empty if that is not the problem. */
export function tlsAdvice(message: string): string {
  if (!ABOUT_TLS.test(message)) return '';
  return 'Spanhound encrypts the connection and verifies the certificate of the server. Name the CA file in the address (?sslrootcert=/path/ca.pem). In a trusted network, turn off the verification (?sslmode=require) or the encryption (?sslmode=disable).';
}

export type Row = Readonly<Record<string, unknown>>;
/** What the database does not let us see, and the advice. */
export type Refusal = Readonly<{ what: string; problem: string }>;

export type DatabaseSession = Readonly<{
  /** Throws DatabaseRefusedError or UnreachableError. */
  ask(question: string): Promise<readonly Row[]>;
  close(): void;
}>;

/** Reads one view; a refusal affects only this view. */
export async function rowsOf(
  session: DatabaseSession,
  question: string,
): Promise<Readonly<{ rows: readonly Row[] } | { problem: string }>> {
  try {
    return { rows: await session.ask(question) };
  } catch (error) {
    if (error instanceof DatabaseRefusedError) return { problem: `${error.message}. ${error.advice}` };
    throw error;
  }
}

/** The parts that differ between databases. */
export type StatisticsReader = Readonly<{
  name: string;
  /** The views that are read, for people. */
  query: string;
  /** What is known before the connection. */
  about: Row;
  /** Throws SpanhoundError; a DatabaseRefusedError if no connection is left. */
  opened(signal: AbortSignal): Promise<DatabaseSession | Readonly<{ refusal: string }>>;
  read(session: DatabaseSession, signal: AbortSignal): Promise<Row & Readonly<{ refused: readonly Refusal[] }>>;
  /** The name in a sentence: `Postgres 15.20`. */
  called(reading: Row): string;
  /** The advice if no connection is left. */
  fullAdvice: string;
}>;

/** One reading, or two with a pause between them; each is a line of JSON. */
export function databaseSource({
  name,
  query,
  about,
  opened,
  read,
  called,
  fullAdvice,
}: StatisticsReader): DatabaseSource {
  async function openStatistics({ pauseMs }: DatabaseQuery, signal: AbortSignal): Promise<OpenBody> {
    const session = await opened(signal);
    const chunks = 'refusal' in session ? refused(session.refusal) : readings(session, pauseMs, signal);
    return { source: name, format: 'database-json', query: { text: query, url: '' }, chunks };
  }

  /** All connections are in use: that is the finding. */
  async function* refused(refusal: string): AsyncGenerator<Uint8Array> {
    yield line({ ...about, at: new Date(), refusal });
  }

  async function* readings(session: DatabaseSession, pauseMs: number | undefined, signal: AbortSignal) {
    try {
      yield line(await read(session, signal));
      if (pauseMs === undefined) return;
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw new UnreachableError(name, whyAborted(signal));
      });
      yield line(await read(session, signal));
    } finally {
      session.close();
    }
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const session = await opened(signal);
      if ('refusal' in session) return { ok: false, detail: session.refusal, remedy: fullAdvice };
      try {
        const reading = await read(session, signal);
        const problems = reading.refused.map(({ problem }) => problem);
        const ok = problems.length === 0;
        const said = ok ? 'may read its statistics' : problems.join('; ');
        const remedy = ok ? '' : 'docs/databases.md says what the account needs.';
        return { ok, detail: `${called(reading)}; ${said}`, remedy };
      } finally {
        session.close();
      }
    });
  }

  return { name, openStatistics, check };
}

function line(reading: Row): Uint8Array {
  return Buffer.from(`${JSON.stringify(reading)}${ANSWER_SEPARATOR}`);
}
