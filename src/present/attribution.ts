import type { Trace } from '#model/trace.ts';

/** Who held the critical path, and for how long. */
export type Attribution = Readonly<{ service: string; operation: string; selfUs: number; share: number }>;

/** By service and operation, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export function attributionOf(trace: Trace): Attribution[] {
  const held = new Map<string, { service: string; operation: string; selfUs: number }>();
  let totalUs = 0;
  for (const { span, startUs, endUs } of trace.criticalPath) {
    const service = trace.service(span);
    const operation = trace.operation(span);
    const key = `${service}\n${operation}`;
    const known = held.get(key) ?? { service, operation, selfUs: 0 };
    known.selfUs += endUs - startUs;
    held.set(key, known);
    totalUs += endUs - startUs;
  }
  return [...held.values()]
    .sort((a, b) => b.selfUs - a.selfUs || compare(a.service, b.service) || compare(a.operation, b.operation))
    .map((entry) => ({ ...entry, share: entry.selfUs / totalUs }));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
