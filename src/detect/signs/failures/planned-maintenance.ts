/** A service that refuses all requests because somebody put it into maintenance, as its own line says. */
import type { Candidate } from '#model/finding/finding.ts';
import { saysMaintenance, saysMaintenanceOver } from '#model/instruments/maintenance-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** RFC 9110: for now it cannot answer, because of overload or of maintenance. */
const UNAVAILABLE = 503;
export function isInMaintenance(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  if (trace.httpStatus(span) !== UNAVAILABLE || !isAnswerOfRequest(trace, span)) return false;
  const service = trace.service(span);
  const last = logs.findLast(
    (line) => line.service === service && (saysMaintenance(line.line) || saysMaintenanceOver(line.line)),
  );
  return last !== undefined && !saysMaintenanceOver(last.line);
}

/** Gateways passed the same answer on: nobody in between failed because of it. */
function isAnswerOfRequest(trace: Trace, span: SpanIndex): boolean {
  let above = trace.parent(span);
  while (above !== undefined) {
    if (trace.httpStatus(above) !== UNAVAILABLE) return false;
    above = trace.parent(above);
  }
  return true;
}

export const CANDIDATES_OF_MAINTENANCE: readonly Candidate[] = [
  { what: 'a maintenance that was planned', shownBy: 'somebody announced it, and it ends when it was to end' },
  { what: 'a maintenance mode that nobody ended', shownBy: 'nobody works on the service now' },
];
