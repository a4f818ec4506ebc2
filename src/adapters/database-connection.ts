/**
 * What all databases have in common that are asked for their statistics: an address, encryption, when they are read, and
 * errors that say what to do without giving a secret away.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { whyAborted } from '#core/deadline.ts';
import { ConfigError, SpanhoundError, UnreachableError } from '#core/errors.ts';
import type { DatabaseQuery, DatabaseSource, Health, OpenBody } from '#gather/sources.ts';
import type { DatabaseAddress } from '#model/sql/database-address.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';

/** A database understood what was asked and does not do it. */
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
  /** How long it may take to connect. @default 5000 */
  connectMs?: number | undefined;
  /** How long one question may take. @default 4000 */
  statementMs?: number | undefined;
}>;

/** Who is not there by then is told of, and the others are not kept waiting. */
export const CONNECT_MS = 5_000;
/** The views answer in milliseconds; where they do not, asking on would make it worse. */
export const STATEMENT_MS = 4_000;

/** How this program calls itself, to whoever looks at the sessions. */
export const APPLICATION = 'spanhound';

export type TlsOptions = Readonly<{ rejectUnauthorized: boolean; ca?: string; servername?: string }>;

/** Undefined where nothing is to be encrypted. */
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

/** `server does not support SSL` and the like, of every driver and of Node itself. */
const ABOUT_TLS = /\b(?:ssl|tls|certificate|self[- ]signed)\b|altnames?|issuer|secure connection/i;

/** What to do where the connection cannot be encrypted as the address asks; empty where that is not what went wrong. */
export function tlsAdvice(message: string): string {
  if (!ABOUT_TLS.test(message)) return '';
  return 'Spanhound encrypts the connection and verifies the certificate of the server. Name the CA file in the address (?sslrootcert=/path/ca.pem). In a trusted network, turn off the verification (?sslmode=require) or the encryption (?sslmode=disable).';
}

export type Row = Readonly<Record<string, unknown>>;
/** What it does not let us see, and what to do. */
export type Refusal = Readonly<{ what: string; problem: string }>;

export type DatabaseSession = Readonly<{
  /** Throws DatabaseRefusedError or UnreachableError. */
  ask(question: string): Promise<readonly Row[]>;
  close(): void;
}>;

/** Of one view; what is refused costs only itself. */
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

/** What each kind of database does in its own way. */
export type StatisticsReader = Readonly<{
  name: string;
  /** The views that are read, for people. */
  query: string;
  /** What is known of it before it lets anybody in. */
  about: Row;
  /** Throws SpanhoundError. A refusal where no connection is left. */
  opened(signal: AbortSignal): Promise<DatabaseSession | Readonly<{ refusal: string }>>;
  read(session: DatabaseSession, signal: AbortSignal): Promise<Row & Readonly<{ refused: readonly Refusal[] }>>;
  /** How it is called in a sentence: `Postgres 15.20`. */
  called(reading: Row): string;
  /** What to do where no connection is left. */
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

  /** Nobody is let in: that is what it has to say. */
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

  async function check(signal: AbortSignal): Promise<Health> {
    try {
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
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return { ok: false, detail: error.message, remedy: error.advice };
    }
  }

  return { name, openStatistics, check };
}

function line(reading: Row): Uint8Array {
  return Buffer.from(`${JSON.stringify(reading)}${ANSWER_SEPARATOR}`);
}
