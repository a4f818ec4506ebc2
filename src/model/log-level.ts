/** Levels of log lines by OpenTelemetry's short names, from what loggers call them. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const NAMES: ReadonlyMap<string, string> = new Map([
  ...['trace', 'trc', 'finest', 'finer', 'verbose', 'silly'].map((name) => [name, 'trace'] as const),
  ...['debug', 'dbg', 'dbug', 'fine', 'd'].map((name) => [name, 'debug'] as const),
  ...['info', 'inf', 'information', 'informational', 'notice', 'config', 'log', 'i'].map(
    (name) => [name, 'info'] as const,
  ),
  ...['warn', 'warning', 'wrn', 'w'].map((name) => [name, 'warn'] as const),
  ...['error', 'err', 'eror', 'severe', 'fail', 'e'].map((name) => [name, 'error'] as const),
  ...['fatal', 'ftl', 'critical', 'crit', 'crt', 'panic', 'dpanic', 'alert', 'emerg', 'emergency', 'f'].map(
    (name) => [name, 'fatal'] as const,
  ),
]);

/** Of a name in any case, or a number as pino and bunyan write it (30 is info). Empty for what is no level. */
export function logLevel(name: string): string {
  if (name === '') return '';
  const known = NAMES.get(name.toLowerCase());
  if (known !== undefined) return known;
  return /^[1-6]0$/.test(name) ? (LOG_LEVELS[Number(name[0]) - 1] ?? '') : '';
}

/** Larger is worse; -1 for none. */
export function severityOf(level: string): number {
  return (LOG_LEVELS as readonly string[]).indexOf(level);
}
