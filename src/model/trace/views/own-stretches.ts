/**
 * A caller's own work: the parts of its time in which none of its children ran.
 *
 *  caller   [====.......=====......==]
 *                [a    ]     [b  ]
 *            ───         ───       ──     before a, between a and b, after b
 *
 * A long one means unrecorded work, or a wait; the children before and after it show where to look.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

/** `[startUs, endUs)`, in microseconds from the trace's start. */
export type OwnStretch = Readonly<{
  span: SpanIndex;
  startUs: number;
  endUs: number;
  /** The child that ended last before it; undefined before the first. */
  after: SpanIndex | undefined;
  /** The child with whose start it ends; undefined after the last. */
  before: SpanIndex | undefined;
}>;

/** For spans with children, in order of span, then of time. A caller's stretches sum to its self time. */
export const ownStretches = view((trace): readonly OwnStretch[] => {
  const stretches: OwnStretch[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.children(span).length > 0) addStretches(trace, span, stretches);
  }
  return stretches;
});

/** Children come in order of start, so that one pass is enough. */
function addStretches(trace: Trace, span: SpanIndex, stretches: OwnStretch[]): void {
  const ownEndUs = trace.endUs(span);
  let reachedUs = trace.startUs(span);
  let after: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (!trace.isAwaited(child)) continue;
    const startUs = trace.startUs(child);
    const endUs = Math.min(trace.endUs(child), ownEndUs);
    if (endUs <= reachedUs) continue;
    if (startUs >= ownEndUs) break;
    if (startUs > reachedUs) stretches.push({ span, startUs: reachedUs, endUs: startUs, after, before: child });
    reachedUs = endUs;
    after = child;
  }
  if (ownEndUs > reachedUs) stretches.push({ span, startUs: reachedUs, endUs: ownEndUs, after, before: undefined });
}
