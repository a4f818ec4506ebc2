/** A write that was to happen only on a condition, which did not hold. Its span may leave that to the log. */
import { callerLinesAfter } from '#model/logs/lines-at-spans.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan, saysConditionUnmet } from '#model/trace/views/failure-text.ts';

export function wasOnlyConditional(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  if (failureTexts(trace, call, lines).some(({ text }) => saysConditionUnmet(text))) return true;
  return trace.isDatabaseCall(call) && notesCondition(trace, call, lines);
}

/** The caller wrote without a warning, right after the call, that the condition did not hold. */
function notesCondition(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  const own = callerLinesAfter(trace, call, lines);
  return own.some(({ level, line }) => HARMLESS_LEVELS.has(level) && saysConditionUnmet(line));
}
