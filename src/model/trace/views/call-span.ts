import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A proxy on either side of a call, and one more between two meshes. */
const MOST_PROXIES = 4;

/**
 * The callee's span of a call, where it exists; otherwise the call itself. A proxy records the same call once more on
 * each side, under its service's name: such spans are skipped.
 */
export function calleeSpan(trace: Trace, call: SpanIndex): SpanIndex {
  let at = trace.firstChild(call);
  for (let passed = 0; at !== undefined && passed < MOST_PROXIES; passed += 1) {
    const isProxy = trace.childCount(at) === 1 && isForwarded(trace, call, at);
    if (!isProxy) break;
    at = trace.firstChild(at);
  }
  return at !== undefined && !trace.isOfOneService(at, call) ? at : call;
}

/** A call right inside a call, or a request handed to a request of the same service. */
function isForwarded(trace: Trace, call: SpanIndex, span: SpanIndex): boolean {
  const kind = trace.kind(span);
  if (trace.isOfOneService(call, span)) return kind === 'client' && trace.kind(call) === 'client';
  const inner = trace.firstChild(span);
  return (
    kind === 'server' && inner !== undefined && trace.kind(inner) === 'server' && trace.isOfOneService(span, inner)
  );
}

/**
 * The callee's span, where this one is only the call: a client span, or, without recorded kinds, one that contains only
 * the callee's span. Undefined for any other.
 */
export function answerOf(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  const answer = trace.firstChild(call);
  if (answer === undefined || trace.isOfOneService(call, answer)) return undefined;
  const kind = trace.kind(call);
  return kind === 'client' || (kind === 'unspecified' && trace.childCount(call) === 1) ? answer : undefined;
}

/**
 * The service that makes these calls of one caller. A mesh's proxy stands between a service and its calls, and where the
 * service's own span was lost, the calls hang below the proxy: then the service of most client spans makes them.
 */
export function callingService(trace: Trace, caller: SpanIndex, calls: readonly SpanIndex[]): string {
  const own = trace.repairs.placedOrphan === 0 ? [] : calls.filter((call) => trace.kind(call) === 'client');
  const [service = '', ...others] = new Set(own.map((call) => trace.service(call)));
  const isOne = others.length === 0 && service !== '' && own.length * 2 > calls.length;
  return isOne ? service : trace.service(caller);
}
