/**
 * Whose limit a line speaks of, where its writer only meets it.
 *
 *   orders      AMQP connection.blocked received from rabbit-0: low on memory      rabbit-0 is short of memory
 *
 *   orders      PSQLException: ERROR: could not extend file "base/16385/24611": No space left on device
 *   orders-db   could not extend file "base/16385/24611": No space left on device        ← its own words, without more
 *
 * https://www.rabbitmq.com/docs/connection-blocked
 */
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

const BLOCKED = /\bconnection[ .](?:is )?blocked\b.{0,80}: low on (?:memory|disk)\b/i;

/** Only RabbitMQ blocks connections so, and says it in these words. */
const BROKER = 'rabbitmq';

/** The broker to which the service of the line publishes, by its kind where no span names it; undefined for other lines. */
export function brokersAmong(trace: Trace | undefined): (line: LogLine | undefined) => string | undefined {
  let brokers: ReadonlyMap<string, string> | undefined;
  return (line) => {
    if (line === undefined || !BLOCKED.test(line.line)) return undefined;
    if (trace === undefined) return BROKER;
    brokers ??= brokersIn(trace);
    return brokers.get(line.service) ?? BROKER;
  };
}

/** The first broker of each service that publishes. */
function brokersIn(trace: Trace): ReadonlyMap<string, string> {
  const brokers = new Map<string, string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const service = trace.service(span);
    if (trace.kind(span) !== 'producer' || brokers.has(service)) continue;
    const broker = callee(trace, span) || trace.text(span, 'messaging.system.name');
    if (broker !== '' && broker !== service) brokers.set(service, broker);
  }
  return brokers;
}

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
