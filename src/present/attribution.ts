import type { Trace } from '#model/trace.ts';

/** Who held the critical path, and for how long. */
export type Attribution = Readonly<{ service: string; operation: string; selfUs: number; share: number }>;

/** By service and operation, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export function attributionOf(trace: Trace): Attribution[] {
  const held = new Map<string, { service: string; operation: string; selfUs: number }>();
  let totalUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = trace.pathSelfUs(span);
    if (ownUs === 0) continue;
    const service = trace.service(span);
    const operation = trace.operation(span);
    const key = `${service}\n${operation}`;
    const known = held.get(key) ?? { service, operation, selfUs: 0 };
    known.selfUs += ownUs;
    held.set(key, known);
    totalUs += ownUs;
  }
  return [...held.values()]
    .sort((a, b) => b.selfUs - a.selfUs || compare(a.service, b.service) || compare(a.operation, b.operation))
    .map((entry) => ({ ...entry, share: entry.selfUs / totalUs }));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
