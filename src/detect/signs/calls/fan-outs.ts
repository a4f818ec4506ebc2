/** Spans that call one dependency many times. */
import { queryLabel } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';

type Fan = Readonly<{ caller: SpanIndex; dependency: string; calls: readonly SpanIndex[]; callers: number }>;

/** Grouped by the caller's operation and the dependency, over all runs of the caller. Failed calls are attempts. */
export function fansOf(trace: Trace, minCalls: number): Fan[] {
  const fans = new Map<string, { caller: SpanIndex; dependency: string; calls: SpanIndex[]; callers: number }>();
  callerCalls(trace).visit(minCalls, (caller, all) => {
    for (const made of Map.groupBy(all, (call) => dependencyKey(trace, call)).values()) {
      const calls = made.filter((call) => !trace.failed(call));
      if (calls.length < minCalls) continue;
      const dependency = dependencyOf(trace, calls[0] ?? caller);
      const key = `${trace.service(caller)}\n${trace.operation(caller)}\n${dependency}`;
      const known = fans.get(key);
      if (known === undefined) fans.set(key, { caller, dependency, calls, callers: 1 });
      else {
        known.callers += 1;
        for (const call of calls) known.calls.push(call);
      }
    }
  });
  return [...fans.values()];
}

/** The call's target identifies the dependency where nothing else does. */
function dependencyKey(trace: Trace, call: SpanIndex): string | number {
  const target = callerCalls(trace).target[call] ?? 0;
  if (trace.kind(call) === 'producer') return trace.text(call, 'messaging.destination.name') || target;
  const known = trace.databaseSystem(call) || trace.peer(call);
  // Without a client span, the callee's own span is the call.
  return known || (trace.kind(call) === 'client' ? target : trace.service(call));
}

function dependencyOf(trace: Trace, call: SpanIndex): string {
  if (trace.kind(call) === 'producer') return queueOf(trace, call);
  const known = trace.databaseSystem(call) || trace.peer(call);
  if (known !== '') return known;
  return trace.kind(call) === 'client' ? operationTemplate(trace.operation(call)) : trace.service(call);
}

function queueOf(trace: Trace, call: SpanIndex): string {
  return trace.text(call, 'messaging.destination.name') || trace.text(call, 'messaging.system.name') || 'the broker';
}

/** What is requested. For a message the destination is enough. */
export function whatOf(trace: Trace, call: SpanIndex, kinds: number): string {
  if (trace.kind(call) === 'producer') return '';
  return kinds === 1 ? nameOf(trace, call) : `${kinds} operations`;
}

function nameOf(trace: Trace, call: SpanIndex): string {
  return queryLabel(trace.queryShape(call)) || operationTemplate(trace.operation(calleeSpan(trace, call)));
}

export function longestOf(trace: Trace, calls: readonly SpanIndex[]): number {
  let longestUs = 0;
  for (const call of calls) longestUs = Math.max(longestUs, trace.durationOfUs(call));
  return longestUs;
}

/** The most calls that ran at the same time. Calls that only touch do not overlap. */
export function mostAtOnce(trace: Trace, calls: readonly SpanIndex[]): number {
  const starts = Float64Array.from(calls, (call) => trace.startUs(call)).sort();
  const ends = Float64Array.from(calls, (call) => trace.endUs(call)).sort();
  let most = 0;
  let ended = 0;
  starts.forEach((startUs, started) => {
    while ((ends[ended] ?? startUs + 1) <= startUs) ended += 1;
    most = Math.max(most, started + 1 - ended);
  });
  return most;
}
