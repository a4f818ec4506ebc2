/**
 * A callee did its work and could not hand over the answer: it is larger than its platform or protocol lets through, or it
 * cannot be written. The callee's span went well, and its caller knows only that the call failed.
 *
 *   GET /offers ✗ 502      [==========]    api
 *     Invoke offers ✗        [========]    api       nothing else said
 *       offers 200             [====]      offers
 *                                    ·     error  Failed to post handler success response: 413
 */
import type { Panic } from '#detect/signs/failures/panics.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** AWS Lambda's runtimes, gRPC in Go and Java, Spring, and services. */
const NOT_SENT =
  /\bFailed to post handler success response\b|\bExceeded maximum allowed payload size\b|\bResponseSizeTooLarge\b|\btrying to send message larger than max\b|\bHttpMessageNotWritableException\b|\b(?:failed to|could not|cannot|unable to|error (?:while )?) ?(?:send|post|write|serializ|serialis|encod|marshal)(?:e|ing)? (?:(?:the|its|handler|success|json) ){0,3}(?:response|answer|reply)\b|\b(?:response|answer|reply) (?:body |payload |size )?(?:is |was )?(?:too large|exceed\w{0,3})\b/i;
const LONGEST_MESSAGE = 200;

/** The only callee of a failed call, where it went well and its own error line of this request tells so. */
export function unsentAnswer(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): Panic | undefined {
  if (!trace.isCall(call)) return undefined;
  const [callee, ...others] = [...trace.children(call)].filter((child) => !trace.isOfOneService(child, call));
  if (callee === undefined || others.length > 0 || trace.failed(callee)) return undefined;
  const service = trace.service(callee);
  const line = logs.find(
    (one) => one.service === service && isErrorLevel(one.level) && isCertain(one) && NOT_SENT.test(logMessage(one)),
  );
  if (line === undefined) return undefined;
  const text = cutFirstLine(logMessage(line).trim(), LONGEST_MESSAGE);
  return { span: callee, path: [call], item: { kind: 'log', ref: line.timeNs, text } };
}
