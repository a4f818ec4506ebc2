import type { Trace } from '#model/trace.ts';

/** Who held the critical path, and for how long. */
export type Attribution = Readonly<{ service: string; operation: string; selfUs: number; share: number }>;

/** By service and operation, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export function attributionOf(trace: Trace): Attribution[] {
  const held: Held[] = [];
  const services = new Map<string, Map<string, Held>>();
  let totalUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = trace.pathSelfUs(span);
    if (ownUs === 0) continue;
    const service = trace.service(span);
    const operations = services.get(service) ?? new Map<string, Held>();
    if (operations.size === 0) services.set(service, operations);
    const operation = trace.operation(span);
    let entry = operations.get(operation);
    if (entry === undefined) {
      entry = { service, operation, selfUs: 0 };
      operations.set(operation, entry);
      held.push(entry);
    }
    entry.selfUs += ownUs;
    totalUs += ownUs;
  }
  return held
    .sort((a, b) => b.selfUs - a.selfUs || compare(a.service, b.service) || compare(a.operation, b.operation))
    .map((entry) => ({ ...entry, share: entry.selfUs / totalUs }));
}

/** By service and then operation, for a text made of both would be one for each span. */
type Held = { service: string; operation: string; selfUs: number };

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
