/**
 * A call that its caller cancelled by a limit of its own, and not because nobody waited any more:
 *
 *   [ POST /graphql 500          ]            gateway   ← got the answer, so it was still there
 *     [ POST /graphql 500       ]             roles     ← failed with the call
 *       [ POST AbortError      ]              roles     ← gave up
 *         [ POST /similar               ]     search    ← was still working
 *
 * Who aborts a request in Node.js or a browser, or cancels a context in Go or Kotlin, says no more than that.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** An error needs a tenth of a second to become the answer at most. */
const ANSWERS_WITHIN_US = 100_000;
/** Less than a round trip proves nothing. */
const LEAST_US = 5_000;
const LEAST_SHARE = 0.01;

/** `call`: a failed span that says it was cancelled. */
export function reachedOwnLimit(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || trace.kind(call) !== 'client' || !failedWith(trace, caller, call)) return false;
  return wasAnswered(trace, caller) && wentOn(trace, call);
}

/** Nothing else failed there, such as a call beside it whose failure ended them all. */
function failedWith(trace: Trace, caller: SpanIndex, call: SpanIndex): boolean {
  const afterUs = trace.endUs(caller) - trace.endUs(call);
  if (trace.httpStatus(caller) < 500 || afterUs < 0 || afterUs > ANSWERS_WITHIN_US) return false;
  return trace.children(caller).every((other) => other === call || !trace.failed(other));
}

/** Whoever asked the caller got its answer. */
function wasAnswered(trace: Trace, caller: SpanIndex): boolean {
  const asked = trace.parent(caller);
  return asked !== undefined && trace.kind(asked) === 'client' && trace.httpStatus(asked) === trace.httpStatus(caller);
}

function wentOn(trace: Trace, call: SpanIndex): boolean {
  const leastUs = Math.max(LEAST_US, LEAST_SHARE * trace.durationOfUs(call));
  return trace
    .children(call)
    .some((below) => !trace.isOfOneService(below, call) && trace.endUs(below) - trace.endUs(call) > leastUs);
}
