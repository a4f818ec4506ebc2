/**
 * The broker that blocks its publishers, as one of them logs: what is short is the broker's memory or disk.
 *
 *   orders   AMQP connection.blocked received from rabbit-0: low on memory      rabbit-0 is short of memory
 *
 * https://www.rabbitmq.com/docs/connection-blocked
 */
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

const BLOCKED = /\bconnection[ .](?:is )?blocked\b.{0,80}: low on (?:memory|disk)\b/i;

/** The broker to which the service of the line publishes; undefined for other lines, and where no span shows one. */
export function brokersAmong(trace: Trace | undefined): (line: LogLine | undefined) => string | undefined {
  let brokers: ReadonlyMap<string, string> | undefined;
  return (line) => {
    if (trace === undefined || line === undefined || !BLOCKED.test(line.line)) return undefined;
    brokers ??= brokersIn(trace);
    return brokers.get(line.service);
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
