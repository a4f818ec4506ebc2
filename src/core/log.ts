import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * JSON lines to stderr, because stdout is for results. Tokens must never be logged. The redaction here, and `clean`
 * over each whole line, is only a safety net.
 */
export function openLog(level: string, clean: (line: string) => string): Log {
  const redact = {
    paths: ['token', '*.token', 'headers.authorization', '*.headers.authorization'],
    censor: '[redacted]',
  };
  return pino({ level, redact, hooks: { streamWrite: clean } }, pino.destination({ dest: 2, sync: true }));
}

export const silentLog: Log = pino({ level: 'silent' });
