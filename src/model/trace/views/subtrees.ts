/** Spans with everything below them. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Those of `spans` that are one of `ancestors` or lie below one, depth first. At most n log n in both. */
export function under(trace: Trace, spans: readonly SpanIndex[], ancestors: readonly SpanIndex[]): SpanIndex[] {
  const { preorder, preorderEnd } = trace.columns;
  const tops = inPreorder(ancestors, preorder);
  let top = 0;
  return inPreorder(spans, preorder).filter((span) => {
    const at = preorder[span] ?? 0;
    while (top < tops.length && (preorderEnd[tops[top] ?? 0] ?? 0) <= at) top += 1;
    return top < tops.length && (preorder[tops[top] ?? 0] ?? 0) <= at;
  });
}

/** Depth first: the order in which most come already. */
export function inPreorder(spans: readonly SpanIndex[], preorder: Int32Array): readonly SpanIndex[] {
  let before = -1;
  for (let at = 0; at < spans.length; at += 1) {
    const place = preorder[spans[at] ?? 0] ?? 0;
    if (place < before) return spans.toSorted((a, b) => (preorder[a] ?? 0) - (preorder[b] ?? 0));
    before = place;
  }
  return spans;
}

/** Sums a value of these spans over a span and its descendants, with a running sum in depth-first order. */
export function sumsUnder(
  trace: Trace,
  spans: readonly SpanIndex[],
  value: (span: SpanIndex) => number,
): (span: SpanIndex) => number {
  if (spans.length === 0) return () => 0;
  const upTo = new Float64Array(trace.spanCount + 1);
  for (const span of spans) upTo[trace.preorder(span) + 1] = value(span);
  let sum = 0;
  for (let at = 0; at < upTo.length; at += 1) {
    sum += upTo[at] ?? 0;
    upTo[at] = sum;
  }
  return (span) => (upTo[trace.preorderEnd(span)] ?? 0) - (upTo[trace.preorder(span)] ?? 0);
}
