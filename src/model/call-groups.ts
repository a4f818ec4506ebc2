import type { SpanIndex, Trace } from '#model/trace.ts';

/** Calls below one parent that ask one target for the same thing. */
export type CallGroup = Readonly<{
  caller: SpanIndex;
  /** `inventory GET /stock`, or the shape of a query. */
  target: string;
  /** Database calls and calls to services are never in one group. */
  database: boolean;
  calls: readonly SpanIndex[];
}>;

export function callGroups(trace: Trace): CallGroup[] {
  const groups: CallGroup[] = [];
  for (let caller = 0; caller < trace.spanCount; caller += 1) {
    for (const [target, calls] of callsByTarget(trace, caller)) {
      const database = calls.some((call) => trace.isDatabaseCall(call));
      groups.push({ caller, target, database, calls });
    }
  }
  return groups;
}

function callsByTarget(trace: Trace, caller: SpanIndex): ReadonlyMap<string, readonly SpanIndex[]> {
  const byTarget = new Map<string, SpanIndex[]>();
  for (const call of trace.children(caller)) {
    if (!trace.isDatabaseCall(call) && !trace.isCall(call)) continue;
    const target = targetOf(trace, call);
    const calls = byTarget.get(target);
    if (calls === undefined) byTarget.set(target, [call]);
    else calls.push(call);
  }
  return byTarget;
}

function targetOf(trace: Trace, call: SpanIndex): string {
  if (trace.isDatabaseCall(call))
    return trace.queryShape(call) || `${trace.databaseSystem(call)} ${trace.operation(call)}`;
  return `${trace.peer(call) || trace.service(call)} ${trace.operation(call)}`;
}
