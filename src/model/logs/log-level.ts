/** Levels of log lines by OpenTelemetry's short names: from the loggers' names, else from the words of a line. */

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

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

/** The levels of lines that report a failure. */
export const FAILURE_LEVELS: ReadonlySet<string> = new Set(['error', 'fatal', 'critical']);
/** The levels of lines that report no trouble. */
export const HARMLESS_LEVELS: ReadonlySet<string> = new Set(['info', 'debug', 'trace', 'notice']);

/** The level for a name in any case, or a number as pino, bunyan (30 is info) and Monolog write it. Else empty. */
export function logLevel(name: string): string {
  if (name === '') return '';
  const known = NAMES.get(name.toLowerCase());
  if (known !== undefined) return known;
  return /^[1-6]0$/.test(name) ? (LOG_LEVELS[Number(name[0]) - 1] ?? '') : (OF_MONOLOG.get(name) ?? '');
}

/** Monolog's `Level`: debug, info, notice, warning, error, critical, alert, emergency. */
const OF_MONOLOG: ReadonlyMap<string, string> = new Map([
  ['100', 'debug'],
  ...['200', '250'].map((number) => [number, 'info'] as const),
  ['300', 'warn'],
  ['400', 'error'],
  ...['500', '550', '600'].map((number) => [number, 'fatal'] as const),
]);

/** Larger is worse; -1 for none. */
export function severityOf(level: string): number {
  return (LOG_LEVELS as readonly string[]).indexOf(level);
}

/** Lines at or above these complain, or report an error. */
export const WARN = severityOf('warn');
export const ERROR = severityOf('error');

/** By OpenTelemetry's number: each of the six has four steps. */
export function bySeverity(number = ''): string {
  return /^(?:[1-9]|1\d|2[0-4])$/.test(number) ? (LOG_LEVELS[Math.floor((Number(number) - 1) / 4)] ?? '') : '';
}

/** RFC 5424 §6.2.1. */
const BY_PRIORITY = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

/** Also for the priority in front of a line, whose last three bits are the severity. */
export function byPriority(number = ''): string {
  return /^\d{1,3}$/.test(number) ? (BY_PRIORITY[Number(number) % 8] ?? '') : logLevel(number);
}

/**
 * From 500 on the server is at fault. Datadog's `status` of a line is its level, by a name of syslog:
 * https://docs.datadoghq.com/logs/log_configuration/processors/#log-status-remapper
 */
export function byStatus(status = ''): string {
  if (OF_SYSLOG.test(status)) return logLevel(status);
  if (/^5\d\d$/.test(status)) return 'error';
  return /^4\d\d$/.test(status) ? 'warn' : '';
}

const OF_SYSLOG = /^(?:emerg(?:ency)?|alert|critical|error|warn(?:ing)?|notice|info|debug|trace)$/i;

/** From the words of a line without a level. */
export function byWords(message: string): string {
  const start = message.slice(0, LONGEST_START);
  const [, capitals = '', marked = ''] = WORD.exec(start) ?? [];
  if (capitals !== '' || marked !== '') return logLevel(capitals || marked);
  if (FAILED.test(start) || EXCEPTION.test(start)) return 'error';
  return /^warning\b/i.test(start) ? 'warn' : '';
}

/** Later in a line a word is more likely part of a sentence. */
const LONGEST_START = 80;
/** In capitals, or in brackets, in quotes, or before a colon. */
const WORD =
  /(?:^|[\s[|(])(FATAL|CRITICAL|ERROR|SEVERE|WARN(?:ING)?|INFO|DEBUG|TRACE)(?=$|[\s\]|):,])|(?:^|[[|"])([Ff]atal|[Cc]ritical|[Ee]rr(?:or)?|[Ww]arn(?:ing)?|[Ii]nfo|[Dd]ebug|[Tt]race)(?=[\]|:"])/;
/** A line without a level that begins like this reports a failure. */
const FAILED =
  /^(?:failed|failure|fatal|panic|unable to|cannot|can't|could not|couldn't|unhandled|uncaught|traceback|segmentation fault|exception)\b/i;
const EXCEPTION = /\b(?:[A-Z]\w{0,60})?(?:Exception|Error)(?::|$|\n)/;
