/**
 * Places spans whose parent never arrived, and requests that name no parent beside the first root. All spans that name one
 * lost parent belong together; they go below the innermost span that encloses them in time:
 *
 *   a call without a callee's span that names their service    its callee's span is the one that was lost
 *   a span of their own service                                the lost span lay between
 *   any other span that may have called them: work, a call that does not say whom it calls, or a call whose callee's
 *   span is known to be lost
 *   a call of a service without any span               it may have called them
 *
 * A request to a service goes below such a call of an internal service that lies in the span that would be chosen: the
 * service between has lost all of its spans.
 *
 * A request that names no parent (the context was lost on the way) goes only below a call that waits for an answer, names
 * its service and has no callee's span: time and service fit.
 *
 * The one of the first two that starts later wins. Consumers stay roots: their producer does not wait for them. An edge
 * made here is an estimate: `trace.isEstimated`.
 */
import { firstPlace } from '#core/first-place.ts';
import { HOSTS_APART_US } from '#model/trace/build/clock-skew.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost, serviceNamed } from '#model/trace/service-names.ts';
import { CLIENT, CONSUMER, PRODUCER, SERVER } from '#model/trace/span-kinds.ts';

/** Columns of spans in order of start. */
export type LostFamily = Readonly<{
  id: Int32Array;
  /** The number of an id; below 1 for a root. */
  parentId: Int32Array;
  /** −1 for a root; changed in place. */
  parent: Int32Array;
  kind: Uint8Array;
  startUs: Float64Array;
  durationUs: Float64Array;
  service: Int32Array;
  namedPeer: Int32Array;
  databaseSystem: Int32Array;
  /** Some parents that spans name never came. */
  hasOrphans: boolean;
  nameOf(name: number): string;
}>;

/** 1 for each span that was placed; empty where none was. */
export function placeLost(family: LostFamily): Uint8Array {
  const groups = groupsOf(family);
  if (groups.length === 0) return new Uint8Array();
  const placed = new Uint8Array(family.parent.length);
  const enclosing = enclosers(family, groups);
  const top = tops(family.parent);
  for (const group of groups) {
    const chosen = enclosing(group, (span) => group.some((member) => top.of(member) === top.of(span)));
    if (chosen === undefined) continue;
    for (const member of group) {
      family.parent[member] = chosen;
      placed[member] = 1;
      top.join(member, chosen);
    }
  }
  return placed.includes(1) ? placed : new Uint8Array();
}

/** Spans in order of start, by the parent that they name. */
type Group = readonly SpanIndex[];

function groupsOf(family: LostFamily): Group[] {
  const { id, parentId, parent, kind, hasOrphans } = family;
  const groups = new Map<number, SpanIndex[]>();
  const strays: SpanIndex[] = [];
  for (let span = 0; span < parent.length; span += 1) {
    const named = parentId[span] ?? -1;
    if ((parent[span] ?? -1) >= 0 || named === id[span] || kind[span] === CONSUMER) continue;
    const group = groups.get(named);
    if (named <= 0) strays.push(span);
    else if (!hasOrphans) continue;
    else if (group === undefined) groups.set(named, [span]);
    else group.push(span);
  }
  return [...groups.values(), ...strays.filter((span) => isStray(family, span)).map((span) => [span])];
}

/** A request that names no parent. The first root is the request in question. */
function isStray({ parentId, kind }: LostFamily, span: SpanIndex): boolean {
  return (parentId[span] ?? -1) <= 0 && kind[span] === SERVER;
}

type Choice = (group: Group, isExcluded: (span: SpanIndex) => boolean) => SpanIndex | undefined;

function enclosers(family: LostFamily, groups: readonly Group[]): Choice {
  const { kind } = family;
  const { byService, byPeer, others, unknown } = candidates(family, servicesOfPeers(family, groups));
  const innermost = (spans: readonly SpanIndex[] = []) => innermostOf(spans, family);
  const own = memoizedBy((name: number) => innermost(byService.get(name)));
  const calling = memoizedBy((name: number) => innermost(byPeer.get(name)));
  const any = innermost(others);
  const farther = innermost(unknown);
  return (group, isExcluded) => {
    const { first, name, fromUs, toUs, slackUs } = whatOf(family, group);
    const called = calling(name)(fromUs + slackUs, toUs - slackUs, isExcluded) ?? -1;
    if (isStray(family, first)) return awaiting(family, called);
    const inside = kind[first] === SERVER ? -1 : (own(name)(fromUs, toUs, isExcluded) ?? -1);
    const later = Math.max(called, inside);
    if (later >= 0) return later;
    const near = any(fromUs, toUs, isExcluded);
    if (near !== undefined && kind[first] !== SERVER) return near;
    const far = farther(fromUs + slackUs, toUs - slackUs, isExcluded);
    return far !== undefined && (near === undefined || lostBetween(family, near, far)) ? far : near;
  };
}

/** Whether the call waits for an answer; who sends a message does not. */
function awaiting({ kind }: LostFamily, call: SpanIndex): SpanIndex | undefined {
  return kind[call] === CLIENT ? call : undefined;
}

function whatOf({ service, startUs, durationUs }: LostFamily, group: Group) {
  const [first = 0] = group;
  const fromUs = startUs[first] ?? 0;
  const toUs = group.reduce((end, member) => Math.max(end, (startUs[member] ?? 0) + (durationUs[member] ?? 0)), fromUs);
  // A call crosses hosts, whose clocks differ.
  const slackUs = Math.min(HOSTS_APART_US, (toUs - fromUs) / 2);
  return { first, name: service[first] ?? 0, fromUs, toUs, slackUs };
}

/** Whether a call of this span asks a service of one's own, which sent nothing. */
function lostBetween({ parent, namedPeer, nameOf }: LostFamily, span: SpanIndex, call: SpanIndex): boolean {
  return parent[call] === span && isInternalHost(nameOf(namedPeer[call] ?? 0));
}

type Candidates = Readonly<{
  /** Work of a service that may have called. */
  byService: Map<number, SpanIndex[]>;
  /** Calls without a callee's span, by the service that they name. */
  byPeer: Map<number, SpanIndex[]>;
  /** All work, calls that do not say whom they call, and calls of services that lost a span. */
  others: SpanIndex[];
  /** Calls that name a service, or a host, without any span. */
  unknown: SpanIndex[];
}>;

function candidates(
  { parent, kind, service, namedPeer, databaseSystem }: LostFamily,
  serviceOf: (peer: number) => number | undefined,
): Candidates {
  const isAnswered = new Uint8Array(kind.length);
  for (const above of parent) if (above >= 0) isAnswered[above] = 1;
  const isCall = (span: SpanIndex) => kind[span] === CLIENT || kind[span] === PRODUCER;
  const byService = new Map<number, SpanIndex[]>();
  const byPeer = new Map<number, SpanIndex[]>();
  const others: SpanIndex[] = [];
  const unknown: SpanIndex[] = [];
  const putCall = (span: SpanIndex, peer: number) => {
    const named = serviceOf(peer);
    if (named !== undefined) put(byPeer, named, span);
    if (named !== undefined || peer === 0) others.push(span);
    else unknown.push(span);
  };
  for (let span = 0; span < kind.length; span += 1) {
    if (databaseSystem[span] !== 0) continue;
    if (!isCall(span)) {
      put(byService, service[span] ?? 0, span);
      others.push(span);
    } else if (isAnswered[span] !== 1) putCall(span, namedPeer[span] ?? 0);
  }
  return { byService, byPeer, others, unknown };
}

/** The service, of those that lost a parent, that a peer's number names. */
function servicesOfPeers(
  { service, nameOf }: LostFamily,
  groups: readonly Group[],
): (peer: number) => number | undefined {
  const numbers = new Map<string, number>();
  for (const [first = 0] of groups) numbers.set(nameOf(service[first] ?? 0), service[first] ?? 0);
  const named = serviceNamed([...numbers.keys()]);
  return memoizedBy((peer: number) => (peer === 0 ? undefined : numbers.get(named(nameOf(peer)) ?? '')));
}

/** A span that ends in its own subtree is passed over so often. */
const TRIES = 64;

type Innermost = (fromUs: number, toUs: number, isExcluded: (span: SpanIndex) => boolean) => SpanIndex | undefined;

/** The span of a list that starts last among those that enclose a time: a tree of the latest end answers in log n. */
function innermostOf(spans: readonly SpanIndex[], { startUs, durationUs }: LostFamily): Innermost {
  // One place more than spans: the range before any of them has left neighbours only.
  const size = 2 ** Math.ceil(Math.log2(spans.length + 1));
  const latestEnd = new Float64Array(2 * size).fill(Number.NEGATIVE_INFINITY);
  spans.forEach((span, at) => {
    latestEnd[size + at] = (startUs[span] ?? 0) + (durationUs[span] ?? 0);
  });
  for (let node = size - 1; node >= 1; node -= 1)
    latestEnd[node] = Math.max(latestEnd[2 * node] ?? 0, latestEnd[2 * node + 1] ?? 0);
  return (fromUs, toUs, isExcluded) => {
    let before = countUntil(spans, startUs, fromUs);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const at = lastEndingFrom(latestEnd, size, before, toUs);
      if (at < 0) return undefined;
      const span = spans[at] ?? 0;
      if (!isExcluded(span)) return span;
      before = at;
    }
    return undefined;
  };
}

/** How many spans of the list start by this time. */
function countUntil(spans: readonly SpanIndex[], startUs: Float64Array, untilUs: number): number {
  return firstPlace(spans.length, (at) => (startUs[spans[at] ?? 0] ?? 0) > untilUs);
}

/** The last place before `before` whose end is not before `endUs`; −1 where there is none. */
function lastEndingFrom(latestEnd: Float64Array, size: number, before: number, endUs: number): number {
  let node = size + before;
  // Up, until a left neighbour holds one, then down to its last.
  for (; node > 1; node >>= 1) {
    if ((node & 1) === 0 || (latestEnd[node - 1] ?? 0) < endUs) continue;
    for (node -= 1; node < size; ) node = (latestEnd[2 * node + 1] ?? 0) >= endUs ? 2 * node + 1 : 2 * node;
    return node - size;
  }
  return -1;
}

/** The topmost span of each tree, which changes as trees are joined. */
function tops(parent: Int32Array) {
  const above = parent.slice();
  const of = (span: SpanIndex) => {
    let top = span;
    for (let next = above[top] ?? -1; next >= 0 && next !== top; next = above[top] ?? -1) {
      // Every second span on the way points further up: the next search is shorter.
      const further = above[next] ?? -1;
      if (further >= 0) above[top] = further;
      top = next;
    }
    return top;
  };
  return {
    of,
    join(member: SpanIndex, chosen: SpanIndex): void {
      above[of(member)] = of(chosen);
    },
  };
}

function put(lists: Map<number, SpanIndex[]>, key: number, span: SpanIndex): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [span]);
  else list.push(span);
}

function memoizedBy<T>(make: (key: number) => T): (key: number) => T {
  const made = new Map<number, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as T;
  };
}
