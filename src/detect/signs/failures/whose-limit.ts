/**
 * Whose limit a line speaks of, where its writer only meets it.
 *
 *   orders      AMQP connection.blocked received from rabbit-0: low on memory      rabbit-0 is short of memory
 *   rabbit-0    memory resource limit alarm set on node rabbit@rabbit-0            ← the broker's own words
 *
 *   orders      PSQLException: ERROR: could not extend file "base/16385/24611": No space left on device
 *   orders-db   could not extend file "base/16385/24611": No space left on device        ← its own words, without more
 *
 * https://www.rabbitmq.com/docs/connection-blocked, https://www.rabbitmq.com/docs/alarms
 */
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

const BLOCKED = /\bconnection[ .](?:is )?blocked\b.{0,80}: low on (?:memory|disk)\b/i;

/** Only RabbitMQ blocks connections so, and says it in these words. */
const BROKER = 'rabbitmq';

/** What a broker writes itself when it begins to block. */
const ALARM =
  /\b(?:memory|disk) resource limit alarm set on node\b|\bpublishers will be blocked until this alarm clears\b/i;
/** Who publishes to one of these is not blocked by RabbitMQ there. */
const OTHER_BROKER =
  /^(?:apache[ _-]?)?(?:kafka|redpanda|nats|jetstream|pulsar|activemq|artemis|rocketmq|redis|(?:aws[ _.-]?)?(?:sqs|sns|kinesis)|pubsub|gcp[ _.-]?pubsub|servicebus|event_?hubs|ibmmq)$/i;

/**
 * Finds the broker that blocks the writer of a line. An alarm in a broker's own log decides; without one, the spans name
 * the broker, or the answer is its kind. Returns undefined for a line about something else.
 */
export function brokersAmong(
  trace: Trace | undefined,
  logs: readonly LogLine[],
): (line: LogLine | undefined) => string | undefined {
  let brokers: ReadonlyMap<string, string> | undefined;
  let alarmed: string | undefined;
  return (line) => {
    if (line === undefined || !BLOCKED.test(line.line)) return undefined;
    alarmed ??= alarmedBroker(logs);
    if (alarmed !== '' && alarmed !== line.service) return alarmed;
    if (trace === undefined) return BROKER;
    brokers ??= brokersIn(trace);
    return brokers.get(line.service) ?? BROKER;
  };
}

/** The only service with such lines; else empty. */
function alarmedBroker(logs: readonly LogLine[]): string {
  const services = new Set(logs.filter(({ line }) => ALARM.test(line)).map(({ service }) => service));
  const [only = ''] = services;
  return services.size === 1 ? only : '';
}

/** The first broker of each service that publishes. */
function brokersIn(trace: Trace): ReadonlyMap<string, string> {
  const brokers = new Map<string, string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const service = trace.service(span);
    if (trace.kind(span) !== 'producer' || brokers.has(service)) continue;
    const broker = callee(trace, span) || trace.text(span, 'messaging.system.name');
    if (broker !== '' && broker !== service && !OTHER_BROKER.test(broker)) brokers.set(service, broker);
  }
  return brokers;
}
