/** The tree of spans as columns, by index and never by recursion: a chain may be a million spans deep. */
import type { SpanIndex } from '#model/trace.ts';

/** Children of span i: `childList[childFirst[i] .. childFirst[i + 1]]`. */
export type ChildLists = Readonly<{ childFirst: Int32Array; childList: Int32Array }>;

/** In the order of their numbers. Counted, then placed: linear. */
function childLists(parent: Int32Array): ChildLists {
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

/** Parents before children, by an explicit queue. Whatever no root reaches lies on or under a circle, which is cut at its earliest span. */
export function parentsFirst(
  parent: Int32Array,
  repairs: { cycle: number },
): Readonly<{ order: Int32Array; roots: readonly SpanIndex[]; lists: ChildLists }> {
  const lists = childLists(parent);
  const { childFirst: first, childList: list } = lists;
  const roots: SpanIndex[] = [];
  const order = new Int32Array(parent.length);
  const reached = new Uint8Array(parent.length);
  let filled = 0;
  let read = 0;
  const takeWithAllBelow = (span: SpanIndex) => {
    roots.push(span);
    order[filled] = span;
    filled += 1;
    reached[span] = 1;
    for (; read < filled; read += 1) {
      const at = order[read] ?? 0;
      const end = first[at + 1] ?? 0;
      for (let next = first[at] ?? 0; next < end; next += 1) {
        const child = list[next] ?? 0;
        if (reached[child] === 1) continue;
        reached[child] = 1;
        order[filled] = child;
        filled += 1;
      }
    }
  };
  for (let i = 0; i < parent.length; i += 1) if ((parent[i] ?? -1) < 0) takeWithAllBelow(i);
  if (filled === parent.length) return { order, roots, lists };
  for (let i = 0; i < parent.length && filled < parent.length; i += 1) {
    if (reached[i] === 1) continue;
    const cut = earliestOfCircle(parent, i);
    parent[cut] = -1;
    repairs.cycle += 1;
    takeWithAllBelow(cut);
  }
  return { order, roots: roots.sort((a, b) => a - b), lists: childLists(parent) };
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

/** In place. Clock correction may have changed the order of siblings: only those lists that are out of order are sorted. */
export function inOrderOfStart(lists: ChildLists, startUs: Float64Array): ChildLists {
  const { childFirst, childList } = lists;
  const start = (span: number) => startUs[span] ?? 0;
  for (let i = 0; i < startUs.length; i += 1) {
    const from = childFirst[i] ?? 0;
    const to = childFirst[i + 1] ?? 0;
    let at = from + 1;
    while (at < to && start(childList[at - 1] ?? 0) <= start(childList[at] ?? 0)) at += 1;
    if (at < to) childList.subarray(from, to).sort((a, b) => start(a) - start(b) || a - b);
  }
  return lists;
}

/** The way back up is by the parents: no stack is kept. */
export function depthFirst(
  parent: Int32Array,
  roots: readonly SpanIndex[],
  { childFirst, childList }: ChildLists,
): { preorder: Int32Array; preorderEnd: Int32Array } {
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
  return { preorder, preorderEnd };
}
