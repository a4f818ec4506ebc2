/** Own time on the critical path by operation, and the callees without spans that take it. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

/** The callee without spans that took most of this time; empty where it is the service's own time. */
export function silentCallee(trace: Trace, spans: readonly SpanIndex[], leastUs: number): string {
  const [largest] = spans;
  const callee = largest === undefined ? '' : unheardCallee(trace, largest);
  if (callee === '') return '';
  // A name such as `GET` may cover calls to many callees.
  return ownUsOf(
    trace,
    spans.filter((span) => unheardCallee(trace, span) === callee),
  ) >= leastUs
    ? callee
    : '';
}

export function unheardCallee(trace: Trace, span: SpanIndex): string {
  const isCall = trace.isCall(span) && !trace.isDatabaseCall(span) && trace.childCount(span) === 0;
  const called = isCall ? callee(trace, span) : '';
  return called === trace.service(span) ? '' : called;
}

export function ownUsOf(trace: Trace, spans: readonly SpanIndex[]): number {
  return spans.reduce((sum, span) => sum + pathSelfUs(trace, span), 0);
}

export function spansOnPath(trace: Trace, operationKey: number): SpanIndex[] {
  const spans: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.operationKey(span) === operationKey && pathSelfUs(trace, span) > 0) spans.push(span);
  }
  return spans;
}
