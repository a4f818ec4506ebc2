/**
 * Levels in a form that one program has to itself. The programs that write them: Monolog, which Symfony, Laravel and Drupal
 * log with, PHP itself, Sidekiq, ClickHouse, Open Liberty, zerolog for people; in a tag Rust's env_logger, Celery, Serilog and
 * Apache.
 */
import { logLevel } from '#model/logs/log-level.ts';

export type LevelMark = Readonly<{ end: number; level: string }>;

/** The first group is the level. */
const AFTER_TIME: readonly RegExp[] = [
  // Monolog, LineFormatter: `[time] channel.LEVEL: message`.
  /[\w-]{1,60}\.(DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): /y,
  // Sidekiq, Logger::Formatters::Pretty: what is known of the job stands before the level.
  /pid=\d{1,10} tid=\w{1,20} (?:[a-z_]{1,20}=\S{1,100} ){0,8}(DEBUG|INFO|WARN|ERROR|FATAL): /y,
  // ClickHouse: `time [ thread ] {query} <Level> logger: message`.
  /\{[^{}\n]{0,80}\} <(Fatal|Critical|Error|Warning|Notice|Information|Debug|Trace|Test)> /y,
];

/** Also where nothing stands before it. */
const ANYWHERE: readonly RegExp[] = [
  // The error log of PHP.
  /PHP ((?:Catchable |Recoverable )?[Ff]atal error|Parse error|Warning|Notice|Deprecated): {1,2}/y,
  // WebSphere and Open Liberty, basic format: https://openliberty.io/docs/latest/log-trace-configuration.html
  /\[\d{1,2}\/\d{1,2}\/\d{2},? \d{1,2}:\d{2}:\d{2}:\d{3} [A-Z]{1,5}\] [\da-f]{8} [\w.$]{1,60} {1,60}([FEWIC]) {1,8}/y,
  // zerolog, ConsoleWriter: Go's time.Kitchen before three letters.
  /\d{1,2}:\d{2}[AP]M ([A-Z]{3}) /y,
];

const WITH_TIME = [...AFTER_TIME, ...ANYWHERE];

/** The mark that stands here, and the end of it. */
export function levelMarkAt(text: string, at: number, isAfterTime: boolean): LevelMark | undefined {
  for (const pattern of isAfterTime ? WITH_TIME : at === 0 ? ANYWHERE : []) {
    pattern.lastIndex = at;
    const [, word = ''] = pattern.exec(text) ?? [];
    const level = levelOfWord(word);
    if (level !== '') return { end: pattern.lastIndex, level };
  }
  return undefined;
}

/** PHP has names of its own. A fatal error ends one request, and not the process. */
function levelOfWord(word: string): string {
  if (word.endsWith(' error')) return 'error';
  return word === 'Deprecated' ? 'info' : logLevel(word);
}

/** `[… ERROR orders::stock]`, `[…: ERROR/MainProcess]`, `[06:25:23 ERR]`: behind a time in the same tag. */
const BEHIND_TIME = /:? {1,3}([A-Za-z]{3,11})(?![\w.-])/y;
/** `[core:error]`, `[mpm_event:notice]`: Apache's module and level. */
const OF_MODULE = /^[a-z_\d]{1,30}:([a-z]{3,6})\d?$/;

/** The level in a tag with more than that; `timeEnd` is the end of the time that it begins with. */
export function levelOfTag(inner: string, timeEnd: number | undefined): string {
  if (timeEnd === undefined) return logLevel(OF_MODULE.exec(inner)?.[1] ?? '');
  BEHIND_TIME.lastIndex = timeEnd;
  return logLevel(BEHIND_TIME.exec(inner)?.[1] ?? '');
}
