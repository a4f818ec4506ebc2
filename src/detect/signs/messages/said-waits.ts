/**
 * Lines about a message that waited: how long it waited, that it was meant to, that it came a second time, or that its
 * consumer was being started.
 */
import type { Delivery } from '#detect/signs/messages/deliveries.ts';
import { ageIn, beginningOf, linesOfEnds, saysBacklog } from '#detect/signs/messages/scheduled-lines.ts';
import { saysConsumerStarted } from '#model/instruments/queue-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { FAILURE_LEVELS, HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';

/** People round the time that they write down. */
const ROUNDED = 0.1;

/** A warning of the consumer says how long the message waited. A plan is no reason for a warning. */
export function isWarnedAbout(trace: Trace, { consumer, lagUs }: Delivery, logs: readonly LogLine[]): boolean {
  return logs.some((line) => {
    if (line.service !== trace.service(consumer) || !isCertain(line) || HARMLESS_LEVELS.has(line.level)) return false;
    const said = beginningOf(line);
    return Math.abs(ageIn(said) - lagUs) <= ROUNDED * lagUs && !INTENDED.test(said);
  });
}

/** A harmless line of either end says that the message was to wait, without the length of the wait. */
export function isIntendedInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  return linesOfEnds(trace, delivery, logs).some((line) => {
    const said = isCertain(line) && HARMLESS_LEVELS.has(line.level) ? beginningOf(line) : '';
    return INTENDED.test(said) && !OF_FAILURE.test(said) && !saysBacklog(said);
  });
}

/** Schedules, pauses, windows, replays, and devices that were away. */
const INTENDED =
  /\b(?:re-?)?schedul(?:e[ds]?|ing)(?:\b|_)|\b(?:on|at its (?:due )?) ?time\b|\b(?:is|are|was|now) due\b|\bdue (?:at|on|in|for|to)\b|\bas (?:planned|ordered|agreed|requested|intended|designed|wanted)\b|\bon purpose\b|\bdeliberate(?:ly)?\b|\b(?:delayed|deferred|postponed|held|kept|paused|parked) (?:until|till|back|by|for|as)\b|\b(?:night|batch|settlement|archive|delivery|maintenance|send(?:ing)?|hourly|daily|nightly) (?:shift|window|run|batch)\b|\bre-?play(?:s|ed|ing)?\b|\bback (?:online|in coverage)\b|\boffline\b|\boutbox\b|\b(?:timer|embargo)\b/i;

const OF_FAILURE = /\b(?:fail|stuck|miss|overdue|retr)\w{0,6}\b/i;

/** Its service handled the same message before, and a line says that it came again. */
export function isRepeatedInLog(trace: Trace, { consumer, producer }: Delivery, logs: readonly LogLine[]): boolean {
  if (producer === undefined) return false;
  const before = trace.children(producer).some((other) => {
    const isAlike = trace.isOfOneService(other, consumer) && trace.operation(other) === trace.operation(consumer);
    return other !== consumer && isAlike && trace.endUs(other) <= trace.startUs(consumer);
  });
  return before && logs.some((line) => isOfRepeat(trace, line, trace.service(consumer)));
}

function isOfRepeat(trace: Trace, line: LogLine, service: string): boolean {
  if (line.service !== service || !isCertain(line) || FAILURE_LEVELS.has(line.level)) return false;
  return epochUsOf(line) >= trace.startEpochUs && REPEATED.test(beginningOf(line));
}

/** Brokers that deliver at least once deliver some messages twice: after a reconnect, or a lost acknowledgement. */
const REPEATED =
  /\bduplicates?\b|\b(?:came|arrived|received|delivered|sent|seen) (?:twice|again|before|a second time)\b|\bre-?deliver(?:y|ed)\b|\bat[- ]least[- ]once\b|\balready (?:been )?(?:processed|handled|consumed|seen|done|stored|applied|booked|exists?|has|have|had)\b/i;

/**
 * The consumer's process, or its connection, was started while the message waited, and it reported no failure then: a
 * rollout, or a broker that was away for a moment.
 */
export function isOfStartInLog(trace: Trace, delivery: Delivery, logs: readonly LogLine[]): boolean {
  const fromUs = trace.startEpochUs + delivery.publishedUs;
  const toUs = trace.startEpochUs + delivery.begunUs;
  const meanwhile = logs.filter((line) => {
    const atUs = epochUsOf(line);
    const isOwn = line.service === trace.service(delivery.consumer) && line.rung !== undefined;
    return isOwn && atUs >= fromUs && atUs <= toUs;
  });
  if (meanwhile.some(({ level }) => FAILURE_LEVELS.has(level))) return false;
  return meanwhile.some((line) => saysConsumerStarted(line.line) || STARTED.test(beginningOf(line)));
}

/** Spring Boot, .NET's host, clients of NATS and MQTT. */
const STARTED =
  /\bstarted \w{1,60} in \d|\bapplication (?:has )?started\b|\b(?:worker|consumer|listener|subscriber|subscription|host|service|process|server) (?:has |is )?(?:started|ready|resumed|running)\b|\bre-?connected\b|\b(?:connection|session|subscription) (?:was |has been |is )?(?:re-?established|re-?stored|re-?covered|resumed)\b/i;
