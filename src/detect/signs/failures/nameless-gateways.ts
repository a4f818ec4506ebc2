/** A gateway that reports the failure of an upstream, where nothing shows which upstream it had chosen. */
import type { Candidate } from '#model/finding/finding.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** RFC 9110: a gateway got a bad answer from its upstream, or none in time. */
const OF_GATEWAY: ReadonlySet<number> = new Set([502, 504]);

/**
 * What a gateway says about any upstream that is late: Amazon's API Gateway (its execution log and its answer), Envoy,
 * Kong. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const ONLY_LATE =
  /^(?:\([\w-]{1,64}\) )?(?:execution failed due to a timeout error|endpoint request timed out|upstream request timeout|the upstream server is timing out)\.?$/i;

/** It recorded no call, and no word or line names one. */
export function isNamelessGateway(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  if (!OF_GATEWAY.has(trace.httpStatus(span)) || trace.kind(span) !== 'server') return false;
  if (trace.childCount(span) > 0 || !failureTexts(trace, span, lines).every(({ text }) => ONLY_LATE.test(text)))
    return false;
  return (lines.get(trace.spanId(span)) ?? []).every((line) => ONLY_LATE.test(logMessage(line).trim()));
}

export const CANDIDATES_OF_GATEWAY: readonly Candidate[] = [
  {
    what: 'an upstream that did not answer in time',
    shownBy: 'the log of the gateway names the upstream of this request, and its own log shows it slow or down',
  },
  { what: 'a route of the gateway to nobody', shownBy: 'its configuration has no live upstream for this path' },
];
