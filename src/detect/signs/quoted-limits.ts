/**
 * The server whose complaint about a limit its clients repeat: what is short is short there.
 *
 *   orders      PSQLException: ERROR: could not extend file "base/16385/24611": No space left on device
 *   orders-db   could not extend file "base/16385/24611": No space left on device        ← its own words, without more
 */
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';

/** Lines of one limit differ in numbers and ids. */
const MOST_LINES = 200;
/** Shorter messages may agree by chance. */
const SHORTEST = 20;
const LONGEST_READ = 4_000;
/** What PostgreSQL puts before it: `app@shop ERROR:  ` (log_line_prefix). */
const PREFIX = /^\S{0,200}\s(?:ERROR|FATAL|PANIC):\s+/;

/** `limits`: lines that report a limit. Undefined where nobody else says just a part of the line. */
export function serversQuoted(limits: readonly LogLine[]): (line: LogLine | undefined) => string | undefined {
  const own = new Map<string, string>();
  for (const line of limits.slice(0, MOST_LINES)) {
    const message = spaced(logMessage(line).replace(PREFIX, ''));
    if (message.length >= SHORTEST && line.service !== '' && !own.has(message)) own.set(message, line.service);
  }
  const messages = [...own].toSorted(([a], [b]) => a.length - b.length);
  return (line) => {
    if (line === undefined) return undefined;
    const said = spaced(logMessage(line).slice(0, LONGEST_READ));
    return messages.find(
      ([message, service]) => service !== line.service && message.length < said.length && said.includes(message),
    )?.[1];
  };
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
