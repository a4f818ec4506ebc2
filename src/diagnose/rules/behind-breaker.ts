/**
 * A circuit breaker refused the calls of this request, and lines of its service from before say why it had opened: the callee
 * took no connection at all. The breaker works as intended, so the callee is to be looked at.
 *
 *   members  warn   PaymentClient#setup: Connection refused: payments/10.4.0.18:8080      9 s before
 *   POST /contracts ✗   [==]                                    members: the breaker is open
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import { CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { saysCallee } from '#model/logs/said-callees.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Resilience4j lets a trial call through after a minute (`waitDurationInOpenState`), and other libraries earlier. */
const OPEN_FOR_US = 60_000_000;
const LONGEST_QUOTE = 160;

/** The judgement with the callee as the service to look at, where a line says that it refused; otherwise as it is. */
export function behindBreaker(judgement: Judgement, trace: Trace, lines: readonly LogLine[]): Judgement {
  const { diagnosis, findings } = judgement;
  const [first, ...others] = findings;
  if (diagnosis === undefined || first === undefined || first.detector !== 'circuit-open') return judgement;
  const target = String(first.facts.target ?? '');
  const line = lines.find(
    (each) => each.service === first.service && wasBefore(each, trace) && saysRefused(each, target),
  );
  if (line === undefined || target === '' || target === first.operation) return judgement;
  const message = logMessage(line);
  const [rank, ...ranks] = diagnosis.ranking;
  const evidence = [...(first.evidence ?? []), { kind: 'log' as const, ref: line.timeNs, text: message }];
  return {
    ...judgement,
    findings: [{ ...first, service: target, evidence }, ...others],
    diagnosis: {
      ...diagnosis,
      verdict: `${diagnosis.verdict}; before, ${target} had refused its connections: “${cutLine(message, LONGEST_QUOTE)}”`,
      service: target,
      ranking: rank === undefined ? [] : [{ ...rank, service: target }, ...ranks],
    },
  };
}

function wasBefore(line: LogLine, { startEpochUs, durationUs }: Trace): boolean {
  const atUs = epochUsOf(line);
  return atUs >= startEpochUs - OPEN_FOR_US && atUs <= startEpochUs + durationUs;
}

function saysRefused({ level, line }: LogLine, target: string): boolean {
  return severityOf(logLevel(level)) >= WARN && CONNECTION_REFUSED.test(line) && saysCallee(line, target);
}
