import type { Trace } from '#model/trace.ts';
import { madeOnce } from '#present/made-once.ts';

/** Who held the critical path, and for how long. */
export type Attribution = Readonly<{ service: string; operation: string; selfUs: number; share: number }>;

/** By service and operation, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export const attributionOf = madeOnce((trace: Trace): readonly Attribution[] => {
  const held = new Map<number, Held>();
  let totalUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = trace.pathSelfUs(span);
    if (ownUs === 0) continue;
    const key = trace.operationKey(span);
    const known = held.get(key);
    if (known) known.selfUs += ownUs;
    else held.set(key, { service: trace.service(span), operation: trace.operation(span), selfUs: ownUs });
    totalUs += ownUs;
  }
  return [...held.values()]
    .sort((a, b) => b.selfUs - a.selfUs || compare(a.service, b.service) || compare(a.operation, b.operation))
    .map((entry) => ({ ...entry, share: entry.selfUs / totalUs }));
});

/** By service and then operation, for a text made of both would be one for each span. */
type Held = { service: string; operation: string; selfUs: number };

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
