/**
 * Lines that report a state which lasts until another line ends it: a broker that blocks its publishers, a service in
 * maintenance. A request comes any time later, and the line is not written again.
 *
 *   10:02:11 rabbit   memory resource limit alarm set on node rabbit@rabbit-0. Publishers will be blocked until …
 *   10:03:11          [=========== publish ===========] ✗ timed out
 *
 * https://www.rabbitmq.com/docs/alarms
 */
import { isSameService } from '#model/incident/alert-service.ts';
import { ALARM_CLEARED, ALARM_RESOURCE, ALARM_SET } from '#model/instruments/broker-words.ts';
import { saysMaintenance, saysMaintenanceOver } from '#model/instruments/maintenance-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';

/**
 * The alarms that block the brokers to which the trace publishes: set before the trace ended, and not cleared by then. And
 * the maintenance that a service which answers 503 is in, by its last line about it.
 */
export function lastingAlarms(trace: Trace, lines: readonly LogLine[]): readonly LogLine[] {
  return [...brokerAlarms(trace, lines), ...maintenances(trace, lines)];
}

/** RFC 9110, 15.6.4: it cannot answer for now, because of overload or of maintenance. */
const UNAVAILABLE = 503;
/** Planned windows take hours. A mode that is on for more than a day was forgotten. */
const LONGEST_US = 86_400_000_000;

function maintenances(trace: Trace, lines: readonly LogLine[]): readonly LogLine[] {
  if (trace.httpStatus(trace.root) !== UNAVAILABLE) return [];
  const endUs = trace.startEpochUs + trace.durationUs;
  const last = new Map<string, LogLine>();
  for (const line of lines) {
    const isTold = saysMaintenance(line.line) || saysMaintenanceOver(line.line);
    if (!isTold || line.traceId !== '' || !trace.services.includes(line.service)) continue;
    const agoUs = endUs - epochUsOf(line);
    if (agoUs < 0 || agoUs > LONGEST_US) continue;
    const known = last.get(line.service);
    if (known === undefined || epochUsOf(known) <= epochUsOf(line)) last.set(line.service, line);
  }
  return [...last.values()].filter(({ line }) => !saysMaintenanceOver(line));
}

function brokerAlarms(trace: Trace, lines: readonly LogLine[]): readonly LogLine[] {
  const told = lines.filter(
    ({ line, traceId }) => traceId === '' && (ALARM_SET.test(line) || ALARM_CLEARED.test(line)),
  );
  if (told.length === 0) return [];
  const brokers = brokersOf(trace);
  const endUs = trace.startEpochUs + trace.durationUs;
  const before = told
    .filter((line) => epochUsOf(line) <= endUs && [...brokers].some((broker) => isSameService(broker, line.service)))
    .sort((a, b) => epochUsOf(a) - epochUsOf(b));
  // Each resource has its alarm.
  const last = new Map(before.map((line) => [`${line.service}\n${resourceOf(line)}`, line]));
  return [...last.values()].filter(({ line }) => ALARM_SET.test(line));
}

function resourceOf({ line }: LogLine): string {
  return ALARM_RESOURCE.exec(line)?.[1]?.toLowerCase() ?? '';
}

/** By address, and by kind where a broker goes by that. */
function brokersOf(trace: Trace): ReadonlySet<string> {
  const brokers = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.kind(span) !== 'producer') continue;
    const named = [trace.text(span, 'server.address'), trace.text(span, 'messaging.system.name')];
    for (const name of [trace.peer(span), ...named]) brokers.add(name);
  }
  brokers.delete('');
  return brokers;
}
