/** Whose fault a failed call is where its span belongs to another service. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { CONNECTION_CUT, NOBODY_LISTENS } from '#model/instruments/cut-words.ts';
import { upstreamIn } from '#model/logs/proxied-calls.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost, serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';
import { gaveUpOnCall } from '#model/trace/views/error-origins.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Work between an endpoint and its calls is seldom deeper. */
const MOST_LEVELS = 20;

/**
 * The own service that nobody could reach: it refused the connection, or broke it without an answer. Its process is what
 * to look at, not its caller. Empty where that is not so: stores and partners are no services of one's own, and a callee
 * with spans says itself what happened.
 */
export function unreachable(trace: Trace, span: SpanIndex, texts: readonly EvidenceItem[], lines: LinesBySpan): string {
  if (trace.kind(span) !== 'client' || trace.isDatabaseCall(span) || trace.childCount(span) > 0) return '';
  const name = upstreamOf(trace, span, lines) || calledName(trace, span);
  if (name === trace.service(span) || name === 'localhost' || !isInternalHost(name)) return '';
  return texts.some(({ text }) => NOBODY_LISTENS.test(text) || CONNECTION_CUT.test(text)) ? name : '';
}

/** Behind a proxy the callee is what its line about this call names. */
function upstreamOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): string {
  for (const line of lines.get(trace.spanId(span)) ?? []) {
    const upstream = upstreamIn(line);
    if (upstream !== '') return serviceNamed(trace.services)(upstream) ?? upstream;
  }
  return '';
}

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
  const call = trace.parent(span);
  if (call === undefined || trace.isOfOneService(call, span)) return '';
  const entry = entryAbove(trace, call);
  return entry !== undefined && trace.httpStatus(entry) >= 500 ? trace.service(call) : '';
}

/** The request of the same service in which a call was made. */
function entryAbove(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  let at: SpanIndex | undefined = call;
  for (let level = 0; level < MOST_LEVELS && at !== undefined && trace.isOfOneService(at, call); level += 1) {
    if (trace.kind(at) === 'server') return at;
    at = trace.parent(at);
  }
  return undefined;
}
