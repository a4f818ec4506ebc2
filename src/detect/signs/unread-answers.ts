/** Calls whose answers nobody reads: a failure of one reached nobody. */
import { isOfCandidate } from '#detect/signs/experiments.ts';
import { isMirrored } from '#detect/signs/mirrored-copies.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export function answersNobody(trace: Trace, span: SpanIndex): boolean {
  return isMirrored(trace, span) || isOfCandidate(trace, span);
}
