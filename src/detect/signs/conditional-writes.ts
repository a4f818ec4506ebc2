/** A write that was to happen only on a condition, which did not hold. Its span may leave that to the log. */
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan, saysConditionUnmet } from '#model/trace/views/failure-text.ts';

export function wasOnlyConditional(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  if (failureTexts(trace, call, lines).some(({ text }) => saysConditionUnmet(text))) return true;
  return trace.isDatabaseCall(call) && notesCondition(trace, call, lines);
}

/** Code writes about its call at once. */
const WRITTEN_WITHIN_US = 100_000;

/** The caller wrote without a warning, right after the call, that the condition did not hold. */
function notesCondition(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isOfOneService(caller, call)) return false;
  const endUs = trace.startEpochUs + trace.endUs(call);
  const own = [caller, call]
    .flatMap((span) => lines.get(trace.spanId(span)) ?? [])
    .filter((line) => epochUsOf(line) >= endUs && epochUsOf(line) <= endUs + WRITTEN_WITHIN_US);
  return own.some(({ level, line }) => HARMLESS_LEVELS.has(level) && saysConditionUnmet(line));
}
