/**
 * A span that stands for a lost root: where no span is a root, and several calls of one service name the same parent,
 * that parent was the work that made them all.
 *
 *   lost root   [ · · · · · · · · · · · · · · ]        from the first start to the last end
 *     SELECT     [==]                                  each names it as its parent
 *     GET /price       [======]
 *
 * Servers and consumers that name one lost parent say nothing of it: their caller may be a browser, or a load test.
 */

import { copyOf, NO_FIELDS, type SpanTable } from '#model/trace/build/span-table.ts';
import { CLIENT, CONSUMER, SERVER } from '#model/trace/span-kinds.ts';

/** The operation of the span that stands for the root. */
export const LOST_ROOT = 'lost root span';

/** One child would be the root itself, for all that is known. */
const LEAST_CHILDREN = 2;
/** Each is compared with all spans. */
const TRIED_AT_MOST = 8;

/** The table itself where it has a root, or where nothing shows whose work the root was. */
export function withLostRoot(spans: SpanTable): SpanTable {
  const parentId = spans.column('parentId');
  if (parentId.length < LEAST_CHILDREN) return spans;
  for (let span = 0; span < parentId.length; span += 1) if ((parentId[span] ?? -1) <= 0) return spans;
  const lost = commonLostParent(spans);
  if (lost === undefined) return spans;
  const made = copyOf(spans);
  made.add({
    ...NO_FIELDS,
    id: parentId[lost.first] ?? 0,
    process: spans.column('process')[lost.first] ?? 0,
    operation: spans.names.number(LOST_ROOT),
    source: made.sources.push({ attributes: () => ({}), events: () => [], statusText: () => '' }) - 1,
    ...awaitedTime(spans),
  });
  return made;
}

/** What the children of one lost parent show. */
type Lost = Readonly<{ first: number; count: number; startUs: number; endUs: number }>;

/** The lost parent with most calls that no recorded span encloses. */
function commonLostParent(spans: SpanTable): Lost | undefined {
  return [...childrenOfLost(spans)]
    .filter((children) => children.length >= LEAST_CHILDREN && areCallsOfOne(spans, children))
    .map((children) => lostParentOf(spans, children))
    .sort((a, b) => b.count - a.count || a.startUs - b.startUs || a.endUs - b.endUs || byId(spans, a.first, b.first))
    .slice(0, TRIED_AT_MOST)
    .find((lost) => !isEnclosed(spans, lost));
}

function childrenOfLost(spans: SpanTable): Iterable<readonly number[]> {
  const [id, parentId] = [spans.column('id'), spans.column('parentId')];
  const arrived = new Uint8Array(spans.ids.size());
  for (let span = 0; span < id.length; span += 1) arrived[id[span] ?? 0] = 1;
  const children = new Map<number, number[]>();
  for (let span = 0; span < id.length; span += 1) {
    const above = parentId[span] ?? 0;
    if (arrived[above] === 1) continue;
    const known = children.get(above);
    if (known === undefined) children.set(above, [span]);
    else known.push(span);
  }
  return children.values();
}

function areCallsOfOne(spans: SpanTable, children: readonly number[]): boolean {
  const [kind, process] = [spans.column('kind'), spans.column('process')];
  const serviceOf = (span = 0) => spans.processes[process[span] ?? 0]?.service;
  const service = serviceOf(children[0]);
  return children.every((span) => kind[span] !== SERVER && kind[span] !== CONSUMER && serviceOf(span) === service);
}

function lostParentOf(spans: SpanTable, children: readonly number[]): Lost {
  const [start, duration] = [spans.column('startUs'), spans.column('durationUs')];
  const startOf = (span: number) => start[span] ?? 0;
  const first = children.reduce((first, span) =>
    startOf(span) - startOf(first) < 0 || (startOf(span) === startOf(first) && byId(spans, span, first) < 0)
      ? span
      : first,
  );
  const endUs = children.reduce((end, span) => Math.max(end, startOf(span) + (duration[span] ?? 0)), 0);
  return { first, count: children.length, startUs: startOf(first), endUs };
}

/** The order in which spans arrived decides nothing. */
function byId(spans: SpanTable, a: number, b: number): number {
  const id = spans.column('id');
  const [one, other] = [spans.ids.text(id[a] ?? 0), spans.ids.text(id[b] ?? 0)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function isEnclosed(spans: SpanTable, { first, startUs, endUs }: Lost): boolean {
  const [start, duration, parentId] = [spans.column('startUs'), spans.column('durationUs'), spans.column('parentId')];
  for (let span = 0; span < start.length; span += 1) {
    const from = start[span] ?? 0;
    if (parentId[span] !== parentId[first] && from <= startUs && from + (duration[span] ?? 0) >= endUs) return true;
  }
  return false;
}

/** From the first start to the last end of all that a caller waits for: not of what goes on after a call was given up. */
function awaitedTime(spans: SpanTable): { startUs: number; durationUs: number } {
  const [start, duration, kind] = [spans.column('startUs'), spans.column('durationUs'), spans.column('kind')];
  const givenUpUs = endOfCallAbove(spans);
  let startUs = Number.POSITIVE_INFINITY;
  let endUs = 0;
  for (let span = 0; span < start.length; span += 1) {
    if (kind[span] === CONSUMER) continue;
    startUs = Math.min(startUs, start[span] ?? 0);
    endUs = Math.max(endUs, Math.min((start[span] ?? 0) + (duration[span] ?? 0), givenUpUs(span)));
  }
  return { startUs, durationUs: endUs - startUs };
}

const MOST_LEVELS = 100;

/** When the first call above a span ended, by the clock of its caller: infinite where none is recorded. */
function endOfCallAbove(spans: SpanTable): (span: number) => number {
  const [start, duration, kind] = [spans.column('startUs'), spans.column('durationUs'), spans.column('kind')];
  const [id, parentId] = [spans.column('id'), spans.column('parentId')];
  const byIdOf = new Map(Array.from(id, (each, span) => [each, span]));
  return (span) => {
    let endUs = Number.POSITIVE_INFINITY;
    let above = byIdOf.get(parentId[span] ?? 0);
    for (let level = 0; above !== undefined && level < MOST_LEVELS; level += 1) {
      if (kind[above] === CLIENT) endUs = Math.min(endUs, (start[above] ?? 0) + (duration[above] ?? 0));
      above = byIdOf.get(parentId[above] ?? 0);
    }
    return endUs;
  };
}
