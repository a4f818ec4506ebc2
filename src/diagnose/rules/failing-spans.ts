/** How two failures lie to each other in the trace. */

import type { Finding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Its decisive span lies there; failures of the same kind may have happened elsewhere too. */
export function beganWithin(trace: Trace, origin: Finding, other: Finding): boolean {
  return under(trace, origin.spans.slice(0, 1), ownSpans(other)).length > 0;
}

/** On the spans of the other finding, or below them. */
export function liesWithin(trace: Trace, one: Finding, other: Finding): boolean {
  return under(trace, one.spans, ownSpans(other)).length === one.spans.length;
}

/**
 * For a timeout cascade, the calls that were waited for: many other spans lie below the callers that failed with it.
 */
function ownSpans({ detector, spans, facts }: Finding): readonly SpanIndex[] {
  return detector === 'timeout-cascade' ? spans.slice(0, Number(facts.attempts)) : spans;
}
