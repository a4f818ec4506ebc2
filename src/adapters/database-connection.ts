/**
 * What all databases have in common that are asked for their statistics: an address, encryption, and errors that say
 * what to do without giving a secret away.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { ConfigError, SpanhoundError } from '#core/errors.ts';
import type { DatabaseAddress } from '#model/database-address.ts';

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
  return 'Connections are encrypted and the server has to prove who it is. Name the file of its authority behind the address (?sslrootcert=/path/ca.pem); or, where the network is trusted, encrypt without proof (?sslmode=require) or not at all (?sslmode=disable).';
}
