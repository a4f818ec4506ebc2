import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * JSON lines to stderr: stdout belongs to results. Tokens must never be logged; the redaction here, and `clean` over each
 * whole line, is the net under that rule, not the rule.
 */
export function openLog(level: string, clean: (line: string) => string): Log {
  const redact = {
    paths: ['token', '*.token', 'headers.authorization', '*.headers.authorization'],
    censor: '[redacted]',
  };
  return pino({ level, redact, hooks: { streamWrite: clean } }, pino.destination({ dest: 2, sync: true }));
}

export const silentLog: Log = pino({ level: 'silent' });
