/**
 * The critical path: the spans that the root waited for, from its end back to its start.
 *
 *  root   ████▒▒▒▒▒▒▒▒▒▒▒▒████▒▒▒▒▒▒▒▒██
 *  a          ░░░░░░██████                    █ on the path
 *  b          ████████▒▒▒▒
 *  c                          ████████
 *
 * Rules (on which Uber's CRISP and Jaeger's UI agree): children are clamped to their parent's clamped interval; a child
 * outside of it is dropped with everything below it. From the end of a span the walk takes the child that ended last at
 * or before the cursor, descends into it, and continues from its start. Asynchronous consumers and FOLLOWS_FROM
 * children stay off the path.
 * A callee and its neighbour in a sequence seem to overlap for a moment where the clocks of their hosts differ. On one
 * host they do where a span ends only after the code went on: in a callback, a finally block, or rounded to a
 * millisecond. The earlier one is then cut there; CRISP and Jaeger would drop it with everything below it.
 */

import { growArray } from '#core/grow-array.ts';
import { HOSTS_APART_US } from '#model/trace/build/clock-skew.ts';
import type { Columns, SpanIndex } from '#model/trace/columns.ts';
import { CONSUMER, SERVER } from '#model/trace/span-kinds.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { inPreorder } from '#model/trace/views/subtrees.ts';

/** `[startUs, endUs)` of the path is this span's self time. Microseconds since the trace's start. */
export type PathStep = Readonly<{ span: SpanIndex; startUs: number; endUs: number }>;

/** Steps in order of time, without an object each: a path may have a million. */
export type PathSteps = Readonly<{
  count: number;
  span(step: number): SpanIndex;
  startUs(step: number): number;
  endUs(step: number): number;
}>;

type CriticalPath = Readonly<{
  steps: PathSteps;
  own(span: SpanIndex): number;
  /** For the span and everything below it. */
  below(span: SpanIndex): number;
  under(spans: readonly SpanIndex[]): number;
}>;

/** The steps that determine the root's duration, in order of time, without overlap; they sum to the root's duration. */
export const criticalPath = view((trace): readonly PathStep[] => {
  const { count, span, startUs, endUs } = pathSteps(trace);
  return Array.from({ length: count }, (_, at) => ({ span: span(at), startUs: startUs(at), endUs: endUs(at) }));
});

/** The same, for loops over all steps. */
export function pathSteps(trace: Trace): PathSteps {
  return pathOf(trace).steps;
}

/**
 * How much of the critical path lies in these spans and everything below them; nested spans count once. Microseconds.
 */
export function pathUs(trace: Trace, spans: readonly SpanIndex[]): number {
  return pathOf(trace).under(spans);
}

/** The same for one span. */
export function pathBelowUs(trace: Trace, span: SpanIndex): number {
  return pathOf(trace).below(span);
}

/** How much of the critical path is this span's self time. Microseconds. */
export function pathSelfUs(trace: Trace, span: SpanIndex): number {
  return pathOf(trace).own(span);
}

const pathOf = view(({ columns, root }) => walked(columns, root));

/** Linear, except for sorting siblings that ended in another order than they began. */
function walked(columns: Columns, root: SpanIndex): CriticalPath {
  const { preorder, preorderEnd } = columns;
  /** For each preorder position, the path time of all spans before it. */
  const atPreorder = new Float64Array(preorder.length + 1);
  const steps = walk(columns, root, atPreorder);
  for (let at = 1; at < atPreorder.length; at += 1) atPreorder[at] = (atPreorder[at] ?? 0) + (atPreorder[at - 1] ?? 0);

  const below = (span: SpanIndex) => (atPreorder[preorderEnd[span] ?? 0] ?? 0) - (atPreorder[preorder[span] ?? 0] ?? 0);
  return {
    steps,
    own(span) {
      const at = preorder[span] ?? 0;
      return (atPreorder[at + 1] ?? 0) - (atPreorder[at] ?? 0);
    },
    below,
    under(spans) {
      const inOrder = inPreorder(spans, preorder);
      let total = 0;
      let countedTo = 0;
      for (let at = 0; at < inOrder.length; at += 1) {
        const span = inOrder[at] ?? 0;
        const end = preorderEnd[span] ?? 0;
        if (end <= countedTo) continue; // lies below one that was counted
        total += below(span);
        countedTo = end;
      }
      return total;
    },
  };
}

/** Self time on the path by service and operation; microseconds. */
export type OperationPath = { readonly first: SpanIndex; ownUs: number };

/** The self time of each operation of a service on the critical path, in order of the first span with some. */
export const pathByOperation = view((trace): readonly OperationPath[] => {
  const { service, operation, names } = trace.columns;
  const { own } = pathOf(trace);
  const texts = names.size();
  const found = new Map<number, OperationPath>();
  const add = (span: SpanIndex, ownUs: number) => {
    const key = (service[span] ?? 0) * texts + (operation[span] ?? 0);
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: span, ownUs });
    else known.ownUs += ownUs;
  };
  for (let span = 0; span < service.length; span += 1) {
    const ownUs = own(span);
    if (ownUs !== 0) add(span, ownUs);
  }
  return [...found.values()];
});

/** A stack in columns, because a chain may be a million spans deep: for each span whose path is being walked. */
type Walk = {
  depth: number;
  span: Int32Array;
  /** Moves from the span's end to its start. */
  cursorUs: Float64Array;
  /** The child whose start is at the cursor; before the first child, the span itself. */
  later: Int32Array;
  /** The remaining candidates of the span, `list[next .. end]`. */
  next: Int32Array;
  end: Int32Array;
};

/** Walks from the end of the root to its start. Adds each span's own path time after its preorder position. */
function walk(columns: Columns, root: SpanIndex, behindPreorder: Float64Array): PathSteps {
  const steps = stepList(columns.preorder, behindPreorder);
  const clamped = clampedChildren(columns, root);
  const stack: Walk = {
    depth: 0,
    span: new Int32Array(FIRST_DEPTH),
    cursorUs: new Float64Array(FIRST_DEPTH),
    later: new Int32Array(FIRST_DEPTH),
    next: new Int32Array(FIRST_DEPTH),
    end: new Int32Array(FIRST_DEPTH),
  };
  if (columns.id.length > 0) open(stack, clamped, root);
  while (stack.depth > 0) goOn(stack, clamped, steps);
  return backwards(steps);
}

/** Goes to the start of the next child that is waited for, or of the span if there is none. */
function goOn(stack: Walk, clamped: Clamped, steps: StepList): void {
  const top = stack.depth - 1;
  const span = stack.span[top] ?? 0;
  const cursorUs = stack.cursorUs[top] ?? 0;
  const child = nextChild(stack, clamped, cursorUs);
  if (child < 0) {
    addStep(steps, span, clamped.startUs[span] ?? 0, cursorUs);
    stack.depth = top;
    return;
  }
  const startUs = clamped.startUs[child] ?? 0;
  const endUs = clamped.endUs[child] ?? 0;
  addStep(steps, span, endUs, cursorUs);
  stack.cursorUs[top] = startUs;
  stack.later[top] = child;
  if (clamped.first(child) === clamped.first(child + 1)) addStep(steps, child, startUs, endUs);
  else open(stack, clamped, child);
}

/** The child that ended last at or before the cursor; −1 where none is left. */
function nextChild({ depth, span, later, next, end }: Walk, clamped: Clamped, cursorUs: number): SpanIndex {
  const top = depth - 1;
  const last = end[top] ?? 0;
  for (let at = next[top] ?? 0; at < last; at += 1) {
    const child = clamped.list[at] ?? 0;
    const runsOn = (clamped.endUs[child] ?? 0) > cursorUs;
    if (runsOn && !clamped.cutTo(cursorUs, child, later[top] ?? 0, span[top] ?? 0)) continue;
    next[top] = at + 1;
    return child;
  }
  return -1;
}

function open(stack: Walk, clamped: Clamped, span: SpanIndex): void {
  const top = stack.depth;
  if (top === stack.span.length) {
    stack.span = growArray(stack.span);
    stack.cursorUs = growArray(stack.cursorUs);
    stack.later = growArray(stack.later);
    stack.next = growArray(stack.next);
    stack.end = growArray(stack.end);
  }
  stack.span[top] = span;
  stack.cursorUs[top] = clamped.endUs[span] ?? 0;
  stack.later[top] = span;
  stack.next[top] = clamped.first(span);
  stack.end[top] = clamped.fill(span);
  stack.depth = top + 1;
}

/** Children that can be on the path, cut to their parent's own clamped interval. */
type Clamped = Readonly<{
  startUs: Float64Array;
  endUs: Float64Array;
  list: Int32Array;
  /** Where the children of the span begin in the list; those of the next one begin where they end. */
  first(span: SpanIndex): number;
  /** Writes them there, latest end first, and returns their end. The span itself must be filled in before. */
  fill(span: SpanIndex): number;
  /** Ends the child at the cursor if the overlap is within the difference of clocks, or on one clock within how late a span ends. */
  cutTo(cursorUs: number, child: SpanIndex, later: SpanIndex, caller: SpanIndex): boolean;
}>;

/** And at most this share of the child, so that the cut part is negligible. */
const LEAST_WHOLE = 10;

/** On one clock: two ends that are rounded to milliseconds, and a turn of an event loop between them. */
const ENDS_LATE_US = 5_000;
/** At most a hundredth of the child: that side-by-side work begins in the last hundredth of another is unlikely. */
const LEAST_WHOLE_ON_ONE_CLOCK = 100;

function clampedChildren(columns: Columns, root: SpanIndex): Clamped {
  const { childFirst, childList, kind, service, follows } = columns;
  const startUs = new Float64Array(kind.length);
  const endUs = new Float64Array(kind.length);
  const list = new Int32Array(childList.length);
  startUs[root] = columns.startUs[root] ?? 0;
  endUs[root] = (columns.startUs[root] ?? 0) + (columns.durationUs[root] ?? 0);
  /** Latest end first, ties by earliest start, then by number. */
  const compare = (a: SpanIndex, b: SpanIndex) =>
    (endUs[b] ?? 0) - (endUs[a] ?? 0) || (startUs[a] ?? 0) - (startUs[b] ?? 0) || a - b;
  /** The server's side of a call, right below its caller. */
  const hasOtherClock = (child: SpanIndex, caller: SpanIndex) =>
    kind[child] === SERVER && service[child] !== service[caller];
  /** Whether anything is left of the child. */
  const clamp = (child: SpanIndex, callerStart: number, callerEnd: number): boolean => {
    if (kind[child] === CONSUMER || follows[child] === 1) return false;
    const own = columns.startUs[child] ?? 0;
    const start = Math.max(own, callerStart);
    const end = Math.min(own + (columns.durationUs[child] ?? 0), callerEnd);
    startUs[child] = start;
    endUs[child] = end;
    return end > start;
  };
  return {
    startUs,
    endUs,
    list,
    first: (span) => childFirst[span] ?? 0,
    fill(span) {
      const from = childFirst[span] ?? 0;
      const callerStart = startUs[span] ?? 0;
      const callerEnd = endUs[span] ?? 0;
      let to = from;
      // The child that begins last usually ends last.
      for (let at = (childFirst[span + 1] ?? 0) - 1; at >= from; at -= 1) {
        const child = childList[at] ?? 0;
        if (!clamp(child, callerStart, callerEnd)) continue;
        list[to] = child;
        to += 1;
      }
      if (!isOrdered(list, from, to, compare)) list.subarray(from, to).sort(compare);
      return to;
    },
    cutTo(cursorUs, child, later, caller) {
      const overlapUs = (endUs[child] ?? 0) - cursorUs;
      if (overlapUs > ENDS_LATE_US) return false;
      const apart = overlapUs <= HOSTS_APART_US && (hasOtherClock(child, caller) || hasOtherClock(later, caller));
      const whole = apart ? LEAST_WHOLE : LEAST_WHOLE_ON_ONE_CLOCK;
      if (overlapUs * whole > cursorUs - (startUs[child] ?? 0)) return false;
      endUs[child] = cursorUs;
      return true;
    },
  };
}

function isOrdered(list: Int32Array, from: number, to: number, compare: (a: number, b: number) => number): boolean {
  for (let at = from + 1; at < to; at += 1) if (compare(list[at - 1] ?? 0, list[at] ?? 0) > 0) return false;
  return true;
}

/** Small, because most calls have little depth; doubled when it is full. */
const FIRST_DEPTH = 16;

/** From the last step to the first. The arrays begin with room for one step per span and double when they are full. */
type StepList = {
  count: number;
  spans: Int32Array;
  startsUs: Float64Array;
  /** The end of the last one. */
  endsUs: number;
  readonly preorder: Int32Array;
  readonly behindPreorder: Float64Array;
};

function stepList(preorder: Int32Array, behindPreorder: Float64Array): StepList {
  const [spans, startsUs] = [new Int32Array(preorder.length), new Float64Array(preorder.length)];
  return { count: 0, spans, startsUs, endsUs: 0, preorder, behindPreorder };
}

/** Ends where the previous step begins. Drops steps without length. */
function addStep(list: StepList, span: SpanIndex, startUs: number, endUs: number): void {
  if (endUs <= startUs) return;
  const { count, preorder, behindPreorder } = list;
  if (count === 0) list.endsUs = endUs;
  if (count === list.spans.length) {
    list.spans = growArray(list.spans);
    list.startsUs = growArray(list.startsUs);
  }
  list.spans[count] = span;
  list.startsUs[count] = startUs;
  list.count = count + 1;
  const behind = (preorder[span] ?? 0) + 1;
  behindPreorder[behind] = (behindPreorder[behind] ?? 0) + endUs - startUs;
}

/** The step that was added last is the first in time. */
function backwards({ count, spans, startsUs, endsUs }: StepList): PathSteps {
  const last = count - 1;
  return {
    count,
    span: (step) => spans[last - step] ?? 0,
    startUs: (step) => startsUs[last - step] ?? 0,
    endUs: (step) => (step < last ? (startsUs[last - step - 1] ?? 0) : endsUs),
  };
}
