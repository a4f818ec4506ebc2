/** Failures of SOAP services, which their transport reports as answers. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** `soap.fault: soap:Server`, of SOAP 1.2 `env:Receiver`: the service failed, not the request (`Client`, `Sender`). */
const FAULT = /(?:^|[._])soap(?:[._]\w{1,20})?[._]fault(?:[._]?code)?$/i;
const OF_SERVICE = /(?:^|[:}.])(?:Server|Receiver)\b/;
/** Work between an endpoint and what throws is seldom deeper. */
const MOST_LEVELS = 20;

/** A fault of a SOAP service often comes in a 200, so that its caller’s span shows no failure: the caller answers it in its own way. */
export function carriesFault(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; level < MOST_LEVELS && at !== undefined && at !== trace.root; level += 1, at = trace.parent(at)) {
    if (!trace.isAwaited(at)) return false;
    const isFault = Object.entries(trace.attributesFor(at, FAULT)).some(
      ([name, value]) => FAULT.test(name) && OF_SERVICE.test(String(value)),
    );
    if (isFault) return true;
  }
  return false;
}
