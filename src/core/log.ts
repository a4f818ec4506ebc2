import { type DestinationStream, type Logger, pino } from 'pino';
import { SpanhoundError } from '#core/errors.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * JSON lines to stderr, because stdout is for results. Tokens must never be logged. The redaction here, and `clean`
 * over each whole line, is only a safety net.
 */
export function openLog(
  level: string,
  clean: (line: string) => string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  const redact = {
    paths: ['token', '*.token', 'headers.authorization', '*.headers.authorization'],
    censor: '[redacted]',
  };
  const serializers = { err: loggedError, error: loggedError };
  return pino({ level, redact, serializers, hooks: { streamWrite: clean } }, destination);
}

/** Codes of answers of Slack and of the operating system: a rejected token, a refused connection. */
const SAID_FROM_OUTSIDE = /^(?:slack_[a-z_]+|E[A-Z]+)$/;

/**
 * An error raised on purpose, or said from outside, is no bug: its code and its message say everything, and a stack would
 * look like a crash.
 */
function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const logged = pino.stdSerializers.err(error);
  const isFromOutside = 'code' in error && SAID_FROM_OUTSIDE.test(String(error.code));
  if (!(error instanceof SpanhoundError) && !isFromOutside) return logged;
  const { stack: _, ...rest } = logged;
  return rest;
}

export const silentLog: Log = pino({ level: 'silent' });
