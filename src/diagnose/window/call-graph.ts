/** Which service calls which, over all requests of a window; without any, by the addresses that pods know. */

import type { SaidCall } from '#model/logs/said-callees.ts';
import type { AddressedCall } from '#model/platform/addressed-calls.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callAbove } from '#model/trace/views/entry.ts';

export type CallGraph = Readonly<{
  /** Whether requests show anything of this service's calls, or of calls to it. */
  knows(service: string): boolean;
  /** Whether the first service waits for the other, directly or through others. No service waits for itself. */
  waitsFor(caller: string, callee: string): boolean;
}>;

/** `said`: calls that failing lines name. */
export function callGraphOf(
  traces: readonly Trace[],
  addressed: readonly AddressedCall[] = [],
  said: readonly SaidCall[] = [],
): CallGraph {
  const calls = new Map<string, Set<string>>();
  const known = new Set<string>();
  const add = (caller: string, callee: string) => {
    const callees = calls.get(caller);
    if (callees === undefined) calls.set(caller, new Set([callee]));
    else callees.add(callee);
  };
  // A variable may name a Service that nothing calls, so requests are better where there are some.
  if (traces.length === 0) for (const { caller, callee } of addressed) add(caller, callee);
  for (const { caller, callee } of said) add(caller, callee);
  for (const trace of traces) {
    for (const service of trace.services) known.add(service);
    for (let span = 0; span < trace.spanCount; span += 1) {
      const call = callAbove(trace, span);
      if (call !== undefined) add(trace.service(call), trace.service(span));
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
