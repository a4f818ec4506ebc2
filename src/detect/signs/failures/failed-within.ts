/**
 * Frameworks record an exception on the span of the request, and the code inside that failed with it has a span of its
 * own, with the words of a wrapper or without any.
 *
 *   [ GET /offers ✗  · SQLTransientConnectionException ]   offers   ← the words
 *     [ OffersRepository.findActive ✗                  ]   offers   ← where it failed
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Work inside a service is seldom nested deeper. */
const MOST_LEVELS = 20;

/**
 * The innermost span of the service that failed together with this one; itself where none did. Undefined where several
 * failed, or where a call failed that says itself why.
 */
export function failedWithin(trace: Trace, span: SpanIndex, lines: LinesBySpan): SpanIndex | undefined {
  let at = span;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const [failed, ...others] = trace.children(at).filter((child) => trace.failed(child));
    if (failed === undefined) return at;
    if (others.length > 0 || !trace.isOfOneService(at, failed)) return undefined;
    // What reports the failure, as the sending of an error page does, is shorter.
    if (2 * trace.durationOfUs(failed) < trace.durationOfUs(at)) return undefined;
    const leaves = trace.isCall(failed) || trace.isDatabaseCall(failed);
    if (leaves && (trace.childCount(failed) > 0 || failureTexts(trace, failed, lines).length > 0)) return undefined;
    at = failed;
  }
  return undefined;
}
