/** A gateway that reports the failure of an upstream, where nothing shows which upstream it had chosen. */
import type { Candidate } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** RFC 9110: a gateway got a bad answer from its upstream, or none in time. */
const OF_GATEWAY: ReadonlySet<number> = new Set([502, 504]);

/** It recorded no call, no word and no line. */
export function isNamelessGateway(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  if (!OF_GATEWAY.has(trace.httpStatus(span)) || trace.kind(span) !== 'server') return false;
  if (failureTexts(trace, span, lines).length > 0) return false;
  return trace.childCount(span) === 0 && (lines.get(trace.spanId(span)) ?? []).length === 0;
}

export const CANDIDATES_OF_GATEWAY: readonly Candidate[] = [
  {
    what: 'an upstream that did not answer in time',
    shownBy: 'the log of the gateway names the upstream of this request, and its own log shows it slow or down',
  },
  { what: 'a route of the gateway to nobody', shownBy: 'its configuration has no live upstream for this path' },
];
