/** Follows the critical path down to the span that takes the time. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';

/** The deepest descendant that takes most of the time of its parent. */
export function deepestPart(trace: Trace, read: SpanIndex): SpanIndex {
  let at = read;
  for (;;) {
    const least = pathBelowUs(trace, at) * MOST_OF_IT;
    const next = trace.children(at).find((child) => pathBelowUs(trace, child) > least);
    if (next === undefined || least === 0) return at;
    at = next;
  }
}

const MOST_OF_IT = 0.75;
