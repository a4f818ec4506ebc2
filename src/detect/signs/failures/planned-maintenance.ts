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
const IS_OVER =
  /\bmaintenance (?:mode )?(?:is |was |has )?(?:off|over|disabled|finished|ended|done)\b|\b(?:left|leaving|out of) maintenance\b/i;

export function isInMaintenance(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  if (trace.httpStatus(span) !== UNAVAILABLE) return false;
  const service = trace.service(span);
  const last = logs.findLast(
    (line) => line.service === service && (IN_MAINTENANCE.test(line.line) || IS_OVER.test(line.line)),
  );
  return last !== undefined && !IS_OVER.test(last.line);
}

export const CANDIDATES_OF_MAINTENANCE: readonly Candidate[] = [
  { what: 'a maintenance that was planned', shownBy: 'somebody announced it, and it ends when it was to end' },
  { what: 'a maintenance mode that nobody ended', shownBy: 'nobody works on the service now' },
];
