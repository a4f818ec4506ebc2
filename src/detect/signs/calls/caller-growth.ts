/** Operations that run more often only because their caller does. */
import type { Baseline } from '#model/requests/baseline.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Whether the caller's growth explains these runs: each run of the caller makes about as many as usual. */
export function followsFromCaller(
  trace: Trace,
  { groups, usual }: Baseline,
  group: number,
  more: ReadonlySet<number>,
  minFactor: number,
): boolean {
  const spans = groups.spans(group);
  const caller = callerGroup(trace, groups.of, spans);
  if (caller === undefined || caller === group || !more.has(caller)) return false;
  const growth = (of: number) => groups.spans(of).length / Math.max(1, usual(of)?.count.median ?? 0);
  return growth(group) < minFactor * growth(caller);
}

/** The group that most of their parents belong to. */
function callerGroup(trace: Trace, groupOf: Int32Array, spans: Int32Array): number | undefined {
  const parents = new Map<number, number>();
  for (let at = 0; at < spans.length; at += 1) {
    const parent = trace.parent(spans[at] ?? 0);
    if (parent === undefined) continue;
    const group = groupOf[parent] ?? 0;
    parents.set(group, (parents.get(group) ?? 0) + 1);
  }
  return [...parents].sort(([a, times], [b, others]) => others - times || a - b)[0]?.[0];
}
