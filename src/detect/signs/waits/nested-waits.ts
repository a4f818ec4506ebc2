/** If a span and its descendant record the same wait, it counts once, for the innermost span. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

type Waiting = Readonly<{ span: SpanIndex; waitUs: number }>;

/** Joins each outer wait to the inner one that covers at least half of it, or is the other end of its call. Keeps the order. */
export function innermostWaits<Wait extends Waiting>(
  trace: Trace,
  waits: readonly Wait[],
  joined: (inner: Wait, outer: Wait) => Wait,
): Wait[] {
  const inOrder = waits.toSorted((a, b) => trace.preorder(a.span) - trace.preorder(b.span));
  const within = new Map<Wait, Wait>();
  const open: Wait[] = [];
  for (const wait of inOrder) {
    while (open.length > 0 && !trace.isUnder(wait.span, open.at(-1)?.span ?? wait.span)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined && (wait.waitUs >= outer.waitUs / 2 || isOtherEnd(trace, wait.span, outer.span)))
      within.set(outer, wait);
    open.push(wait);
  }
  if (within.size === 0) return [...waits];
  // The innermost come last: the other way round each is known when it is asked for.
  for (const wait of inOrder.toReversed()) {
    const inner = within.get(wait);
    if (inner !== undefined) within.set(wait, within.get(inner) ?? inner);
  }
  const outerOf = Map.groupBy(within.keys(), (outer) => within.get(outer));
  return waits.filter((wait) => !within.has(wait)).map((wait) => (outerOf.get(wait) ?? []).reduce(joined, wait));
}

function isOtherEnd(trace: Trace, span: SpanIndex, call: SpanIndex): boolean {
  return trace.parent(span) === call && trace.kind(span) === 'server' && trace.kind(call) === 'client';
}
