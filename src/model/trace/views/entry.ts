/** Where a request enters a service: another service calls it there, or nobody in the trace does. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The span of another service right above: the call that this one answers. */
export function callAbove(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  const parent = trace.parent(span);
  return parent === undefined || trace.isOfOneService(parent, span) ? undefined : parent;
}

export function isEntry(trace: Trace, span: SpanIndex): boolean {
  return trace.parent(span) === undefined || callAbove(trace, span) !== undefined;
}

/** The entry through which the service came to this span. */
export function entryAbove(trace: Trace, span: SpanIndex): SpanIndex {
  let at = span;
  for (const above of aboveInService(trace, span)) at = above;
  return at;
}

/** The spans above this one in its own service, the nearest first. */
export function* aboveInService(trace: Trace, span: SpanIndex): Generator<SpanIndex> {
  for (let above = trace.parent(span); above !== undefined; above = trace.parent(above)) {
    if (!trace.isOfOneService(above, span)) return;
    yield above;
  }
}
