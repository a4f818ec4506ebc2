/**
 * Drag and slack: how much faster the request would be if this span were faster. Its duration does not show that.
 *
 *  caller  [==============================]
 *  a         [========================]         on the path; its drag is |──|: then the caller waits for `b`
 *  b           [===================]···         off the path; its slack is the room before it matters
 *
 * Drag is how much earlier the span's caller would end, saving how much earlier the whole request would: a call cannot
 * save more than any span above it. Both are computed as in Uber's CRISP, among siblings clamped to their caller; spans
 * that nobody waits for do not count.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';

type Drag = Readonly<{
  /** How much earlier the caller ends if the span takes no time; 0 off the critical path. */
  dragUs: Float64Array;
  /** How much earlier the root ends if the span takes no time. */
  savingUs: Float64Array;
  /** How far the span could move or grow before its caller waits for it; 0 on the path, NaN where its caller never waits for it. */
  slackUs: Float64Array;
}>;

const dragsOf = view(dragAndSlack);

/** How much earlier the span's caller would end if the span took no time; 0 off the critical path. */
export function dragUs(trace: Trace, span: SpanIndex): number {
  return dragsOf(trace).dragUs[span] ?? 0;
}

/** How much earlier the root would end if the span took no time. */
export function savingUs(trace: Trace, span: SpanIndex): number {
  return dragsOf(trace).savingUs[span] ?? 0;
}

/** How far the span could move or grow before its caller waits for it; undefined where its caller never waits for it. */
export function slackUs(trace: Trace, span: SpanIndex): number | undefined {
  const us = dragsOf(trace).slackUs[span] ?? Number.NaN;
  return Number.isNaN(us) ? undefined : us;
}

/** Linear, except for sorting siblings. */
function dragAndSlack(trace: Trace): Drag {
  const { spanCount, root } = trace;
  const waited: Waited = {
    startUs: new Float64Array(spanCount),
    endUs: new Float64Array(spanCount),
    onPath: new Uint8Array(spanCount),
  };
  const drag = {
    dragUs: new Float64Array(spanCount),
    savingUs: new Float64Array(spanCount),
    slackUs: new Float64Array(spanCount).fill(Number.NaN),
  };
  if (trace.durationOfUs(root) === 0) return drag;

  waited.startUs[root] = trace.startUs(root);
  waited.endUs[root] = trace.endUs(root);
  drag.dragUs[root] = drag.savingUs[root] = trace.durationOfUs(root);
  drag.slackUs[root] = 0;
  for (const span of callersFirst(trace)) {
    const siblings = waitedFor(trace, span, waited);
    if (siblings.length === 0) continue;
    dragOf(siblings, span, waited, drag);
    slackOf(siblings, span, waited, drag.slackUs);
  }
  return drag;
}

/** Spans that their callers wait for, clamped to the caller; both ends are 0 for the others. */
type Waited = Readonly<{ startUs: Float64Array; endUs: Float64Array; onPath: Uint8Array }>;

/** The spans below the root, itself first. */
function callersFirst(trace: Trace): Int32Array {
  const inOrder = new Int32Array(trace.spanCount);
  for (let span = 0; span < trace.spanCount; span += 1) inOrder[trace.preorder(span)] = span;
  return inOrder.subarray(trace.preorder(trace.root), trace.preorderEnd(trace.root));
}

/** The children that the span waits for, latest end first, in the order in which the critical path takes them. */
function waitedFor(trace: Trace, caller: SpanIndex, { startUs, endUs, onPath }: Waited): SpanIndex[] {
  const fromUs = startUs[caller] ?? 0;
  const toUs = endUs[caller] ?? 0;
  const siblings: SpanIndex[] = [];
  if (toUs <= fromUs) return siblings;
  for (const child of trace.children(caller)) {
    if (!trace.isAwaited(child)) continue;
    const start = Math.max(trace.startUs(child), fromUs);
    const end = Math.min(trace.endUs(child), toUs);
    if (end <= start) continue;
    startUs[child] = start;
    endUs[child] = end;
    onPath[child] = pathBelowUs(trace, child) > 0 ? 1 : 0;
    siblings.push(child);
  }
  return siblings.sort((a, b) => (endUs[b] ?? 0) - (endUs[a] ?? 0) || (startUs[a] ?? 0) - (startUs[b] ?? 0) || a - b);
}

/** Until the caller waits for the sibling that ends next before it. */
function dragOf(siblings: readonly SpanIndex[], caller: SpanIndex, waited: Waited, drag: Drag): void {
  const { startUs, endUs, onPath } = waited;
  siblings.forEach((span, at) => {
    if (onPath[span] !== 1) return;
    const end = endUs[span] ?? 0;
    const next = siblings[at + 1];
    const roomUs = next === undefined ? Number.POSITIVE_INFINITY : end - (endUs[next] ?? 0);
    drag.dragUs[span] = Math.min(end - (startUs[span] ?? 0), roomUs);
    drag.savingUs[span] = Math.min(drag.dragUs[span] ?? 0, drag.savingUs[caller] ?? 0);
  });
}

/** The time between the earliest start and the latest end that a span's siblings allow, less its duration. */
function slackOf(siblings: readonly SpanIndex[], caller: SpanIndex, waited: Waited, slackUs: Float64Array): void {
  const { startUs, endUs, onPath } = waited;
  setLatestEnds(siblings, caller, waited, slackUs);
  subtractEarliestStarts(siblings, waited, slackUs);
  for (const span of siblings) {
    const roomUs = (slackUs[span] ?? 0) - ((endUs[span] ?? 0) - (startUs[span] ?? 0));
    slackUs[span] = onPath[span] === 1 ? 0 : Math.max(0, roomUs);
  }
}

/** The end of the next sibling on the path that ends after it; without one, the caller's end. */
function setLatestEnds(
  siblings: readonly SpanIndex[],
  caller: SpanIndex,
  { endUs, onPath }: Waited,
  mustEndUs: Float64Array,
): void {
  let nextOnPathUs = endUs[caller] ?? 0;
  let lowestOnPathUs = nextOnPathUs;
  for (const span of siblings) {
    const end = endUs[span] ?? 0;
    // Siblings with equal ends have no slack.
    if (end < lowestOnPathUs) nextOnPathUs = lowestOnPathUs;
    mustEndUs[span] = nextOnPathUs;
    if (onPath[span] === 1) lowestOnPathUs = end;
  }
}

/** The end of the sibling that began last among those that ended before it; without one, the start of the first sibling. */
function subtractEarliestStarts(
  siblings: readonly SpanIndex[],
  { startUs, endUs }: Waited,
  fromUs: Float64Array,
): void {
  const start = (span: SpanIndex) => startUs[span] ?? 0;
  const byStart = siblings.toSorted((a, b) => start(a) - start(b));
  let mayBeginUs = start(byStart[0] ?? 0);
  let lastBeganUs = Number.NEGATIVE_INFINITY;
  // The siblings come latest end first.
  let ended = siblings.length - 1;
  for (const span of byStart) {
    for (; (endUs[siblings[ended] ?? span] ?? 0) < start(span); ended -= 1) {
      const before = siblings[ended] ?? span;
      if (start(before) < lastBeganUs) continue;
      lastBeganUs = start(before);
      mayBeginUs = endUs[before] ?? 0;
    }
    fromUs[span] = (fromUs[span] ?? 0) - mayBeginUs;
  }
}
