import type { SpanIndex, Trace } from '#model/trace.ts';

/**
 * The callee's span, where this one is the call and nothing else: a client span, or, where kinds are not recorded, one
 * that holds the callee's span alone. Undefined for any other.
 */
export function answerOf(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  const answer = trace.firstChild(call);
  if (answer === undefined || trace.isOfOneService(call, answer)) return undefined;
  const kind = trace.kind(call);
  return kind === 'client' || (kind === 'unspecified' && trace.childCount(call) === 1) ? answer : undefined;
}
