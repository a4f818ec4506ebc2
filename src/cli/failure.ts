/** Formats failures and maps them to exit codes. Scripts rely on the codes: see the README. */
import { ConfigError, errorRecord, SpanhoundError } from '#core/errors.ts';

export const EXIT = { done: 0, ownFault: 1, badInput: 2, notFound: 3, noSource: 4, checkFailed: 5 } as const;

const EXIT_OF: Readonly<Record<string, number>> = {
  SH_USAGE: EXIT.badInput,
  SH_CONFIG: EXIT.badInput,
  SH_UNREADABLE: EXIT.badInput,
  SH_NOT_ALLOWED: EXIT.badInput,
  SH_LEGAL_HOLD: EXIT.badInput,
  SH_TOO_LARGE: EXIT.badInput,
  SH_NEWER_STORE: EXIT.badInput,
  SH_OLDER_STORE: EXIT.badInput,
  SH_STORE_LOCKED: EXIT.badInput,
  SH_STORE_UNAVAILABLE: EXIT.noSource,
  SH_FOREIGN_TABLES: EXIT.badInput,
  SH_NOT_MOVED: EXIT.badInput,
  SH_STORE_FULL: EXIT.badInput,
  SH_STORE_READ_ONLY: EXIT.badInput,
  SH_STORE_DISK: EXIT.badInput,
  SH_STORE_DAMAGED: EXIT.badInput,
  SH_STORE_CLOSED: EXIT.badInput,
  SH_TRACE_NOT_FOUND: EXIT.notFound,
  SH_UNKNOWN_SERVICE: EXIT.notFound,
  SH_NO_TRACES: EXIT.notFound,
  SH_INCIDENT_NOT_FOUND: EXIT.notFound,
  SH_NO_SOURCE_ANSWERED: EXIT.noSource,
  SH_BACKEND: EXIT.noSource,
  SH_NOT_A_BACKEND: EXIT.noSource,
  SH_UNREACHABLE: EXIT.noSource,
};

export function exitCodeOf(error: unknown): number {
  return exitCodeOfRecord(errorRecord(error));
}

export function exitCodeOfRecord({ code }: Readonly<{ code: string }>): number {
  return EXIT_OF[code] ?? EXIT.ownFault;
}

/** The message first, the advice on the next line. The stack of a bug is for developers. */
export async function tellFailure(error: unknown, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { message, advice } = errorRecord(error);
  // Loaded here, because most commands do not fail.
  const { tell } = await import('#cli/tell.ts');
  // It has one line per mistake.
  const lines = error instanceof ConfigError ? message.split('\n') : message;
  tell(lines, error instanceof SpanhoundError ? advice : adviceOnBug(error, env));
}

function adviceOnBug(error: unknown, env: Readonly<Record<string, string | undefined>>): string {
  if (env.SPANHOUND_DEBUG && error instanceof Error && error.stack !== undefined) return error.stack;
  return 'This is a bug in Spanhound. Run the same command with SPANHOUND_DEBUG=1 to see its stack trace.';
}
