/** A write that was to happen only on a condition, which did not hold. Its span may leave that to the log. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan, saysConditionUnmet } from '#model/trace/views/failure-text.ts';

export function wasOnlyConditional(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  return failureTexts(trace, call, lines).some(({ text }) => saysConditionUnmet(text));
}
