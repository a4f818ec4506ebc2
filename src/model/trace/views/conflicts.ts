/**
 * A write that conflicts with another one, where the request says so itself: somebody else was first, and its client has
 * to read again or choose another key.
 */
import { NO_LINES } from '#model/logs/log-line.ts';
import { isDuplicateCode, saysDuplicate } from '#model/sql/duplicate-key.ts';
import { saysStale } from '#model/sql/stale-write.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/** The service answered its request so. */
export function answersConflict(trace: Trace, span: SpanIndex): boolean {
  return CONFLICTS.has(answeredAbove(trace, span));
}

/** A mapper's span around its query, an attempt's around its call. */
const MOST_WRAPPERS = 3;
/** A wrapper has few calls. */
const FEW = 16;
/** Work between a call and the answer of its service is seldom deeper. */
const MOST_LEVELS = 20;

/** The span says so, or wraps calls that do. */
export function saysConflict(trace: Trace, span: SpanIndex, wrapper = 0): boolean {
  const texts = failureTexts(trace, span, NO_LINES);
  if (texts.length > 0) return texts.some(({ text }) => saysStale(text) || saysDuplicate(text));
  if (isDuplicateCode(trace.databaseSystem(span), trace.text(span, 'db.response.status_code'))) return true;
  if (wrapper >= MOST_WRAPPERS || trace.childCount(span) > FEW) return false;
  const failed = trace.children(span).filter((child) => trace.failed(child));
  return failed.length > 0 && failed.every((child) => saysConflict(trace, child, wrapper + 1));
}

/** RFC 9110: the request conflicts with the state of its target, or its condition does not hold (RFC 6585 for 428). */
const CONFLICTS: ReadonlySet<number> = new Set([409, 412, 428]);

/** The status of the next answer above, in the same service; 0 without one, or where a span on the way failed. */
function answeredAbove(trace: Trace, span: SpanIndex): number {
  let above = trace.parent(span);
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1, above = trace.parent(above)) {
    if (!trace.isOfOneService(above, span)) return 0;
    if (trace.httpStatus(above) !== 0) return trace.failed(above) ? 0 : trace.httpStatus(above);
  }
  return 0;
}
