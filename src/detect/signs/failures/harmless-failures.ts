/** Failed calls by which nobody lost anything: a condition that did not hold, a repeat, a call that another one outran. */
import { wasOnlyConditional } from '#detect/signs/failures/conditional-writes.ts';
import { isDuplicate, isKnownRepeat, lostAnyHedge, wasAskedOtherwise } from '#detect/signs/failures/hidden-failures.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';

export function isHarmless(
  trace: Trace,
  call: SpanIndex,
  { lines, logs }: Readonly<{ lines: LinesBySpan; logs: readonly LogLine[] }>,
): boolean {
  if (wasOnlyConditional(trace, call, lines) || lostAnyHedge(trace, call) || wasAskedOtherwise(trace, call))
    return true;
  return isDuplicate(trace, call) && isKnownRepeat(trace, call, logs);
}
