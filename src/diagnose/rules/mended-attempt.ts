/**
 * One attempt failed and the next one gave the answer, in a request that people put up with. A client repeats a call so
 * that nobody has to look.
 *
 *   [ GET /slots 200                                ]
 *     [ GET ✗ 503 ]~~~~~[ GET 200                 ]    where its time goes is no headline up to 2 s
 */
import { isDescription } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { laterSiblings, pathOf, wasAnsweredElsewhere } from '#model/trace/views/answered-elsewhere.ts';
import { KEEPS_THOUGHT_US, SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Apdex: a user is frustrated after four times T. */
const TOLERATED_US = 4 * SATISFIES_US;
/** gRPC, the SDKs of AWS, most clients and most queues attempt three times. What fails more often met no accident. */
export const MOST_FAILED = 2;

/** Whatever failed in this request was repaired by the next attempt, and people put up with its length. */
export function isMendedRequest(trace: Trace): boolean {
  const { root } = trace;
  if (trace.failed(root) || trace.httpStatus(root) >= 400 || trace.durationOfUs(root) > TOLERATED_US) return false;
  const failed = failedSpans(trace);
  return failed.length > 0 && failed.length <= MOST_FAILED && failed.every((span) => wasRepeated(trace, span));
}

/** The finding says where the time of such a request goes, or names the query whose first attempt failed. */
export function isAfterMended(trace: Trace, { detector, facts, spans }: Finding, detectors: Detectors): boolean {
  if (facts.usualRootUs !== undefined || String(facts.reason ?? '') !== '') return false;
  const isQuery = detector === 'slow-query';
  if (
    isQuery &&
    trace.durationOfUs(trace.root) <= KEEPS_THOUGHT_US &&
    spans.every((span) => wasRepeatedWithin(trace, span))
  )
    return true;
  const isOfAttempt = isQuery && spans.some((span) => trace.failed(span));
  return (isOfAttempt || isDescription(detector, detectors)) && isMendedRequest(trace);
}

/** SDKs that record one span for all attempts count them there: Azure's Cosmos DB, AWS, Elasticsearch, Couchbase. */
const REPEATS = /(?:^|[._])(?:retries|retry[._]?count|resend[._]?count|retry[._]?attempts?)$/i;

function wasRepeatedWithin(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span)) return false;
  const counts = Object.values(trace.attributesFor(span, REPEATS)).map(Number);
  return counts.some((count) => count > 0 && count <= MOST_FAILED);
}

function wasRepeated(trace: Trace, failed: SpanIndex): boolean {
  if (wasAnsweredElsewhere(trace, failed)) return true;
  return laterSiblings(trace, failed).some((other) => isSameCall(trace, failed, other));
}

/** Begun after the failed one had ended, to the same callee, with the same address or the same statement. */
function isSameCall(trace: Trace, failed: SpanIndex, other: SpanIndex): boolean {
  if (trace.failed(other) || trace.httpStatus(other) >= 400 || trace.startUs(other) < trace.endUs(failed)) return false;
  return (
    trace.kind(other) === trace.kind(failed) &&
    trace.operation(other) === trace.operation(failed) &&
    trace.peer(other) === trace.peer(failed) &&
    trace.queryShape(other) === trace.queryShape(failed) &&
    pathOf(trace, other) === pathOf(trace, failed)
  );
}
