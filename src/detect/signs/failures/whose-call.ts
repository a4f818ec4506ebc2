/** Whose fault a failed call is where its span belongs to another service. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callAbove } from '#model/trace/views/entry.ts';
import { gaveUpOnCall } from '#model/trace/views/error-origins.ts';

/** Work between an endpoint and its calls is seldom deeper. */
const MOST_LEVELS = 20;

/** The service whose own answer is the failed status of this call; empty where its span does not show that. */
export function abortedIn(trace: Trace, span: SpanIndex): string {
  const server = trace.kind(span) === 'client' && trace.childCount(span) === 1 ? trace.firstChild(span) : undefined;
  return server !== undefined && gaveUpOnCall(trace, server) ? trace.service(server) : '';
}

/**
 * The service whose own credentials were refused with 401 or 403, although its caller got no such answer: it lost its
 * token, and the service that refused did what it should. Empty where that is not so.
 */
export function unknownCaller(trace: Trace, span: SpanIndex): string {
  const status = trace.httpStatus(span);
  if ((status !== 401 && status !== 403) || trace.kind(span) !== 'server') return '';
  const call = callAbove(trace, span);
  if (call === undefined) return '';
  const entry = serverAbove(trace, call);
  return entry !== undefined && trace.httpStatus(entry) >= 500 ? trace.service(call) : '';
}

/** The request of the same service in which a call was made. */
function serverAbove(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  let at: SpanIndex | undefined = call;
  for (let level = 0; level < MOST_LEVELS && at !== undefined && trace.isOfOneService(at, call); level += 1) {
    if (trace.kind(at) === 'server') return at;
    at = trace.parent(at);
  }
  return undefined;
}
