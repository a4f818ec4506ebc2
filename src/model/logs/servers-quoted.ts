/**
 * Whose message a line quotes, where its writer only passes it on: the server of that message wrote it as well.
 *
 *   orders      PSQLException: ERROR: could not extend file "base/16385/24611": No space left on device
 *   orders-db   could not extend file "base/16385/24611": No space left on device        ← its own words, without more
 */
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';

/** Lines of one kind differ in numbers and ids. */
const MOST_LINES = 200;
/** Shorter messages may agree by chance. */
const SHORTEST = 20;
const LONGEST_READ = 4_000;
/** What PostgreSQL puts before it: `app@shop ERROR:  ` (log_line_prefix). */
const PREFIX = /^\S{0,200}\s(?:ERROR|FATAL|PANIC):\s+/;

/** `own`: lines that servers may have written. Undefined where nobody else says just a part of the line. */
export function serversQuoted(own: readonly LogLine[]): (line: LogLine | undefined) => string | undefined {
  const said = new Map<string, string>();
  for (const line of own.slice(0, MOST_LINES)) {
    const message = spaced(logMessage(line).replace(PREFIX, ''));
    if (message.length >= SHORTEST && line.service !== '' && !said.has(message)) said.set(message, line.service);
  }
  const messages = [...said].toSorted(([a], [b]) => a.length - b.length);
  return (line) => {
    if (line === undefined) return undefined;
    const whole = spaced(logMessage(line).slice(0, LONGEST_READ));
    return messages.find(
      ([message, service]) => service !== line.service && message.length < whole.length && whole.includes(message),
    )?.[1];
  };
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
