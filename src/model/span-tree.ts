/** The tree of spans as columns, by index and never by recursion: a chain may be a million spans deep. */
import type { SpanIndex } from '#model/trace.ts';

/** Children of span i: `list[first[i] .. first[i + 1]]`, in the order of their numbers. Counted, then placed: linear. */
function childLists(parent: Int32Array): { first: Int32Array; list: Int32Array } {
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
  return { first, list };
}

/** Parents before children, by an explicit queue. Whatever no root reaches lies on or under a circle, which is cut at its earliest span. */
export function parentsFirst(parent: Int32Array, repairs: { cycle: number }): Int32Array {
  const { first, list } = childLists(parent);
  const order = new Int32Array(parent.length);
  const reached = new Uint8Array(parent.length);
  let filled = 0;
  let read = 0;
  const takeWithAllBelow = (span: SpanIndex) => {
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
  for (let i = 0; i < parent.length && filled < parent.length; i += 1) {
    if (reached[i] === 1) continue;
    const cut = earliestOfCircle(parent, i);
    parent[cut] = -1;
    repairs.cycle += 1;
    takeWithAllBelow(cut);
  }
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

/** Clock correction may have changed the order of siblings: only those lists that are out of order are sorted. */
export function childrenOf(
  parent: Int32Array,
  startUs: Float64Array,
): { childFirst: Int32Array; childList: Int32Array } {
  const { first: childFirst, list: childList } = childLists(parent);
  const start = (span: number) => startUs[span] ?? 0;
  for (let i = 0; i < parent.length; i += 1) {
    const from = childFirst[i] ?? 0;
    const to = childFirst[i + 1] ?? 0;
    let at = from + 1;
    while (at < to && start(childList[at - 1] ?? 0) <= start(childList[at] ?? 0)) at += 1;
    if (at < to) childList.subarray(from, to).sort((a, b) => start(a) - start(b) || a - b);
  }
  return { childFirst, childList };
}

export function depthFirst(
  parent: Int32Array,
  childFirst: Int32Array,
  childList: Int32Array,
): { preorder: Int32Array; preorderEnd: Int32Array } {
  const preorder = new Int32Array(parent.length);
  const preorderEnd = new Int32Array(parent.length);
  const cursor = childFirst.slice(0, parent.length);
  const stack: SpanIndex[] = [];
  let position = 0;
  for (let root = 0; root < parent.length; root += 1) {
    if ((parent[root] ?? -1) >= 0) continue;
    stack.push(root);
    preorder[root] = position;
    position += 1;
    for (let span = stack.at(-1); span !== undefined; span = stack.at(-1)) {
      const next = cursor[span] ?? 0;
      if (next < (childFirst[span + 1] ?? 0)) {
        cursor[span] = next + 1;
        const child = childList[next] ?? 0;
        preorder[child] = position;
        position += 1;
        stack.push(child);
      } else {
        preorderEnd[span] = position;
        stack.pop();
      }
    }
  }
  return { preorder, preorderEnd };
}
