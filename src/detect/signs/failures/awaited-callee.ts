/** Who owes the answer that a call waits for, and what this callee itself waited for at that time. */
import { stillWorking } from '#detect/signs/failures/unanswered-calls.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';

/** A query, a call to a host without spans, or the work of a further service, for which the callee itself waited. */
export function busyElsewhere(trace: Trace, wait: SpanIndex): SpanIndex | undefined {
  const busy = stillWorking(trace, wait);
  if (busy === undefined) return undefined;
  const service = trace.service(busy);
  if (service === trace.service(wait)) return undefined;
  const isElsewhere = busyService(trace, busy) !== calleeOf(trace, wait);
  return trace.isDatabaseCall(busy) || isElsewhere ? busy : undefined;
}

/** A host without spans works where only the call to it is recorded; a query is the work of the service that sent it. */
export function busyService(trace: Trace, busy: SpanIndex): string {
  const isOfHost = trace.kind(busy) === 'client' && trace.childCount(busy) === 0 && !trace.isDatabaseCall(busy);
  return (isOfHost ? calledName(trace, busy) : '') || trace.service(busy);
}

export function calleeOf(trace: Trace, wait: SpanIndex): string {
  if (trace.isDatabaseCall(wait) || !trace.isCall(wait)) return trace.service(wait);
  if (trace.childCount(wait) === 0 && trace.text(wait, 'messaging.system.name') !== '')
    return responderOf(trace, wait) || trace.service(wait);
  return trace.peer(wait) || calledName(trace, wait) || trace.service(wait);
}

/** Parts of a subject or queue that name no service: `rpc.stock.reserve`, `v1/requests/stock`, `rpc_queue`. */
const NO_SERVICE =
  /^(?:rpc|req|requests?|repl(?:y|ies)|svc|services?|cmd|commands?|queues?|amq|api|q|v\d{1,3}|\*|>|_INBOX)?(?:[_-](?:rpc|queue|requests?))?$/i;

/** A broker only carries the request: who listens to the subject or queue owes the answer. Empty where it names nobody. */
function responderOf(trace: Trace, wait: SpanIndex): string {
  const subject = trace.text(wait, 'messaging.destination.name');
  return subject.split(/[./:]/, MOST_PARTS).find((part) => !NO_SERVICE.test(part)) ?? '';
}

const MOST_PARTS = 8;
