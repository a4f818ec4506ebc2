/**
 * The critical path: what the root waited for, from its end back to its start.
 *
 *   root   ████▒▒▒▒▒▒▒▒▒▒▒▒████▒▒▒▒▒▒▒▒██
 *   a          ░░░░░░██████                    █ on the path
 *   b          ████████▒▒▒▒
 *   c                          ████████
 *
 * Rules (the ones on which Uber's CRISP and Jaeger's UI agree): children are clamped to their parent's clamped interval;
 * one that lies outside drops with all below it. From the end of a span the walk takes the child that ended last at or
 * before the cursor, descends into the whole of it, and goes on from its start. Asynchronous consumers stay off the path.
 */
import type { SpanIndex, Trace } from '#model/trace.ts';

/** `[startUs, endUs)` of the path is this span's own time. Microseconds from the trace's start. */
export type PathStep = Readonly<{ span: SpanIndex; startUs: number; endUs: number }>;

export type CriticalPath = Readonly<{
  steps: readonly PathStep[];
  own(span: SpanIndex): number;
  under(spans: readonly SpanIndex[]): number;
}>;

/** Linear but for the sorting of siblings; an explicit stack, because a chain may be a hundred thousand spans deep. */
export function criticalPath(trace: Trace): CriticalPath {
  const steps = walk(trace);
  steps.reverse();

  const own = new Float64Array(trace.spanCount);
  const atPreorder = new Float64Array(trace.spanCount + 1);
  for (const { span, startUs, endUs } of steps) {
    own[span] = (own[span] ?? 0) + endUs - startUs;
    const at = trace.preorder(span) + 1;
    atPreorder[at] = (atPreorder[at] ?? 0) + endUs - startUs;
  }
  for (let at = 1; at < atPreorder.length; at += 1) atPreorder[at] = (atPreorder[at] ?? 0) + (atPreorder[at - 1] ?? 0);

  return {
    steps,
    own: (span) => own[span] ?? 0,
    under(spans) {
      const inOrder = spans.length > 1 ? [...spans].sort((a, b) => trace.preorder(a) - trace.preorder(b)) : spans;
      let total = 0;
      let countedTo = 0;
      for (const span of inOrder) {
        const end = trace.preorderEnd(span);
        if (end <= countedTo) continue; // lies below one that was counted
        total += (atPreorder[end] ?? 0) - (atPreorder[trace.preorder(span)] ?? 0);
        countedTo = end;
      }
      return total;
    },
  };
}

/** A span whose path is being walked: the cursor moves from its end to its start. */
type Frame = { span: SpanIndex; startUs: number; cursorUs: number; candidates: readonly Candidate[]; next: number };
type Candidate = Readonly<{ span: SpanIndex; startUs: number; endUs: number }>;

/** Steps from the end of the root to its start. */
function walk(trace: Trace): PathStep[] {
  const steps: PathStep[] = [];
  const stack: Frame[] = [open(trace, trace.root, trace.startUs(trace.root), trace.endUs(trace.root))];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = nextChild(frame);
    if (child === undefined) {
      if (frame.cursorUs > frame.startUs)
        steps.push({ span: frame.span, startUs: frame.startUs, endUs: frame.cursorUs });
      stack.pop();
      continue;
    }
    if (frame.cursorUs > child.endUs) steps.push({ span: frame.span, startUs: child.endUs, endUs: frame.cursorUs });
    frame.cursorUs = child.startUs;
    stack.push(open(trace, child.span, child.startUs, child.endUs));
  }
  return steps;
}

function nextChild(frame: Frame): Candidate | undefined {
  while (frame.next < frame.candidates.length) {
    const candidate = frame.candidates[frame.next];
    frame.next += 1;
    if (candidate !== undefined && candidate.endUs <= frame.cursorUs) return candidate;
  }
  return undefined;
}

/** The span with its children clamped to it: latest end first, ties by earliest start, then by order. */
function open(trace: Trace, span: SpanIndex, startUs: number, endUs: number): Frame {
  const candidates: Candidate[] = [];
  for (const child of trace.children(span)) {
    if (trace.kind(child) === 'consumer') continue;
    const childStart = Math.max(trace.startUs(child), startUs);
    const childEnd = Math.min(trace.endUs(child), endUs);
    if (childEnd > childStart) candidates.push({ span: child, startUs: childStart, endUs: childEnd });
  }
  candidates.sort((a, b) => b.endUs - a.endUs || a.startUs - b.startUs || a.span - b.span);
  return { span, startUs, cursorUs: endUs, candidates, next: 0 };
}
