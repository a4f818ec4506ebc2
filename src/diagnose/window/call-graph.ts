/** Which service calls which, over all requests of a window. */
import type { Trace } from '#model/trace/trace.ts';

export type CallGraph = Readonly<{
  /** Whether anything is known of this service's calls, or of calls to it. */
  knows(service: string): boolean;
  /** Whether the first service waits for the other, directly or through others. No service waits for itself. */
  waitsFor(caller: string, callee: string): boolean;
}>;

export function callGraphOf(traces: readonly Trace[]): CallGraph {
  const calls = new Map<string, Set<string>>();
  const known = new Set<string>();
  for (const trace of traces) {
    for (const service of trace.services) known.add(service);
    for (let span = 0; span < trace.spanCount; span += 1) {
      const parent = trace.parent(span);
      if (parent === undefined || trace.isOfOneService(parent, span)) continue;
      const callees = calls.get(trace.service(parent));
      if (callees === undefined) calls.set(trace.service(parent), new Set([trace.service(span)]));
      else callees.add(trace.service(span));
    }
  }
  const reached = new Map<string, ReadonlySet<string>>();
  const waitedFor = (caller: string): ReadonlySet<string> => {
    const all = reached.get(caller) ?? reachedFrom(caller, calls);
    reached.set(caller, all);
    return all;
  };
  return {
    knows: (service) => known.has(service),
    waitsFor: (caller, callee) => caller !== callee && waitedFor(caller).has(callee),
  };
}

function reachedFrom(caller: string, calls: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [caller];
  for (let service = next.pop(); service !== undefined; service = next.pop()) {
    for (const callee of calls.get(service) ?? []) {
      if (reached.has(callee)) continue;
      reached.add(callee);
      next.push(callee);
    }
  }
  return reached;
}
