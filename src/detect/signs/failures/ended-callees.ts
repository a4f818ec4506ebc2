/**
 * A callee whose process ended during a call: its last line says so, and its caller only lost the connection.
 *
 *   GET ✗ EOF        [=========]     edge
 *                             ·      sessions: fatal error: concurrent map writes
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { PANICS, PROCESS_ENDS } from '#model/instruments/panic-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The caller notices it at once; its supervisor writes its line after that. A tenth of a second is what people do not notice. */
const WRITTEN_WITHIN_US = 100_000;
const LONGEST_MESSAGE = 200;

/** Undefined where no line of this service says it while the call lasted. */
export function endingLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): EvidenceItem | undefined {
  const startUs = trace.startEpochUs + trace.startUs(call);
  const endUs = trace.startEpochUs + trace.endUs(call) + WRITTEN_WITHIN_US;
  const line = logs.find((each) => {
    if (each.service !== service || !(PROCESS_ENDS.test(each.line) || PANICS.test(each.line))) return false;
    const atUs = epochUsOf(each);
    return atUs >= startUs && atUs <= endUs;
  });
  return line && { kind: 'log', ref: line.timeNs, text: cutFirstLine(logMessage(line), LONGEST_MESSAGE) };
}
