/** A service that refuses all requests because somebody put it into maintenance, as its own line says. */
import type { Candidate } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** RFC 9110: for now it cannot answer, because of overload or of maintenance. */
const UNAVAILABLE = 503;
/** Laravel, Drupal, Nextcloud, Magento, GitLab, Rails’ turnout, and people. */
const IN_MAINTENANCE =
  /\b(?:in|into|under|enter(?:s|ed|ing)|enabl(?:e|es|ed|ing)) (?:scheduled |planned )?maintenance\b|\bmaintenance mode (?:is |was )?(?:on|enabled|active)\b/i;
/** GitHub, AWS and Google Cloud announce a window beforehand. What is only announced has not begun. */
const ANNOUNCED_WINDOW =
  /\bmaintenance window\b.{0,80}\b(?:announced|scheduled|planned|until|ends?)\b|\b(?:announced|scheduled|planned) maintenance\b(?!.{0,40}\b(?:will|starts?|begins?|tomorrow|next)\b)/i;
const IS_OVER =
  /\bmaintenance (?:mode )?(?:is |was |has )?(?:off|over|disabled|finished|ended|done)\b|\b(?:left|leaving|out of) maintenance\b/i;

export function isInMaintenance(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  if (trace.httpStatus(span) !== UNAVAILABLE || !isAnswerOfRequest(trace, span)) return false;
  const service = trace.service(span);
  const last = logs.findLast(
    (line) => line.service === service && (saysMaintenance(line.line) || IS_OVER.test(line.line)),
  );
  return last !== undefined && !IS_OVER.test(last.line);
}

function saysMaintenance(text: string): boolean {
  return IN_MAINTENANCE.test(text) || ANNOUNCED_WINDOW.test(text);
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
