/** The tree of spans as columns, with loops instead of recursion: a chain may be a million spans deep. */
import type { SpanIndex } from '#model/trace/columns.ts';

/** Children of span i: `childList[childFirst[i] .. childFirst[i + 1]]`. */
export type ChildLists = Readonly<{ childFirst: Int32Array; childList: Int32Array }>;

/** In the order of their numbers; −1 for spans without a parent. Counted, then placed: linear. */
export function childLists(parent: Int32Array): ChildLists {
  const first = new Int32Array(parent.length + 1);
  for (let i = 0; i < parent.length; i += 1) {
    const above = parent[i] ?? -1;
    if (above >= 0) first[above + 1] = (first[above + 1] ?? 0) + 1;
  }
  for (let i = 0; i < parent.length; i += 1) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0);
  const list = new Int32Array(first[parent.length] ?? 0);
  const cursor = first.slice();
  for (let i = 0; i < parent.length; i += 1) {
    const above = parent[i] ?? -1;
    if (above < 0) continue;
    const at = cursor[above] ?? 0;
    list[at] = i;
    cursor[above] = at + 1;
  }
  return { childFirst: first, childList: list };
}

/** The tree below each root. Children are in the order of their numbers, which is the order of their recorded start. */
export type SpanTree = ChildLists & Depths & Readonly<{ roots: readonly SpanIndex[] }>;

/** Spans that no root reaches lie on or under a circle, which is cut at its earliest span. */
export function treeOf(parent: Int32Array, repairs: { cycle: number }): SpanTree {
  const lists = childLists(parent);
  const roots = rootsOf(parent);
  const depths = depthFirst(parent, roots, lists);
  if (depths.reached === parent.length) return { ...lists, ...depths, roots };
  cutCircles(parent, lists, depths, repairs);
  const { childFirst, childList } = childLists(parent);
  const allRoots = rootsOf(parent);
  return { childFirst, childList, roots: allRoots, ...depthFirst(parent, allRoots, { childFirst, childList }) };
}

function rootsOf(parent: Int32Array): SpanIndex[] {
  const roots: SpanIndex[] = [];
  for (let i = parent.indexOf(-1); i >= 0; i = parent.indexOf(-1, i + 1)) roots.push(i);
  return roots;
}

/** In place: each circle's earliest span becomes a root. */
function cutCircles(parent: Int32Array, lists: ChildLists, { preorderEnd }: Depths, repairs: { cycle: number }): void {
  // Spans that a root reaches have an end after their own position.
  const reached = Uint8Array.from(preorderEnd, (end) => (end > 0 ? 1 : 0));
  for (let i = 0; i < parent.length; i += 1) {
    if (reached[i] === 1) continue;
    const cut = earliestOfCircle(parent, i);
    parent[cut] = -1;
    repairs.cycle += 1;
    reachAllBelow(cut, lists, reached);
  }
}

/** Including itself. */
function reachAllBelow(span: SpanIndex, { childFirst, childList }: ChildLists, reached: Uint8Array): void {
  reached[span] = 1;
  for (const toSee = [span]; toSee.length > 0; ) {
    const at = toSee.pop() ?? 0;
    for (let next = childFirst[at] ?? 0; next < (childFirst[at + 1] ?? 0); next += 1) {
      const child = childList[next] ?? 0;
      if (reached[child] === 1) continue;
      reached[child] = 1;
      toSee.push(child);
    }
  }
}

/** Parents before children. */
export function parentsFirst({ preorder }: Pick<SpanTree, 'preorder'>): Int32Array {
  const order = new Int32Array(preorder.length);
  for (let span = 0; span < order.length; span += 1) order[preorder[span] ?? 0] = span;
  return order;
}

/** Spans are numbered by start, so the smallest number on the circle is its earliest. */
function earliestOfCircle(parent: Int32Array, start: SpanIndex): SpanIndex {
  const seen = new Set<SpanIndex>();
  let at = start;
  while (!seen.has(at)) {
    seen.add(at);
    at = parent[at] ?? at;
  }
  let earliest = at;
  for (let on = parent[at] ?? at; on !== at; on = parent[on] ?? at) earliest = Math.min(earliest, on);
  return earliest;
}

/** Clock correction may have changed the order of siblings: only unsorted lists are sorted. */
export function inOrderOfStart(tree: SpanTree, parent: Int32Array, startUs: Float64Array): SpanTree {
  const { childFirst, roots } = tree;
  const childList = tree.childList.slice();
  const start = (span: number) => startUs[span] ?? 0;
  let isSorted = true;
  for (let i = 0; i < startUs.length; i += 1) {
    const from = childFirst[i] ?? 0;
    const to = childFirst[i + 1] ?? 0;
    let at = from + 1;
    while (at < to && start(childList[at - 1] ?? 0) <= start(childList[at] ?? 0)) at += 1;
    if (at >= to) continue;
    childList.subarray(from, to).sort((a, b) => start(a) - start(b) || a - b);
    isSorted = false;
  }
  return isSorted ? tree : { childFirst, childList, roots, ...depthFirst(parent, roots, { childFirst, childList }) };
}

/** For each span its depth-first position, and the position after its last descendant. Returns how many spans have a position. */
type Depths = Readonly<{ preorder: Int32Array; preorderEnd: Int32Array; reached: number }>;

/** Returns upwards through the parents, without a stack. */
function depthFirst(parent: Int32Array, roots: readonly SpanIndex[], { childFirst, childList }: ChildLists): Depths {
  const preorder = new Int32Array(parent.length);
  const preorderEnd = new Int32Array(parent.length);
  const cursor = childFirst.slice(0, parent.length);
  let position = 0;
  for (const root of roots) {
    preorder[root] = position;
    position += 1;
    for (let span = root; span >= 0; ) {
      const next = cursor[span] ?? 0;
      if (next < (childFirst[span + 1] ?? 0)) {
        cursor[span] = next + 1;
        span = childList[next] ?? -1;
        preorder[span] = position;
        position += 1;
      } else {
        preorderEnd[span] = position;
        span = parent[span] ?? -1;
      }
    }
  }
  return { preorder, preorderEnd, reached: position };
}
