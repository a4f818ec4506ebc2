/**
 * Makes a trace of spans in any order. What arrives is hostile: each oddity is repaired by one rule, counted, and none is
 * fatal.
 *
 *   the same span twice            the second is dropped                                 duplicateSpan
 *   client and server with one id  the second to start becomes a child of the first      sharedSpanId
 *   a parent that never came       the span becomes a root                               orphan
 *   its own parent                 the span becomes a root                               selfParent
 *   parents in a circle            the earliest of the circle becomes a root             cycle
 *   ends before it starts          the duration becomes 0                                negativeDuration
 *   no service                     it is called `unknown-service`                        unnamedService
 */
import { correctClockSkew, MAX_CLOCK_SKEW_US } from '#model/clock-skew.ts';
import { queryShape } from '#model/query-shape.ts';
import { canonicalNumber, canonicalText, canonicalValue } from '#model/semconv.ts';
import {
  type Attributes,
  type Repairs,
  SPAN_KINDS,
  type SpanEvent,
  type SpanIndex,
  type SpanKind,
  Trace,
} from '#model/trace.ts';

/** One span as a decoder read it. Times are microseconds since the epoch. */
export type SpanRow = Readonly<{
  id: string;
  parentId: string | undefined;
  service: string;
  operation: string;
  kind: SpanKind;
  startUs: number;
  /** May be negative: some clients send that. */
  durationUs: number;
  /** What the span's status says; undefined where it says nothing, so that the codes in the attributes decide. */
  failed: boolean | undefined;
  attributes: Attributes;
  resource?: Attributes;
  /** `atUs` since the epoch here. */
  events?: readonly SpanEvent[];
  statusText?: string;
  scope?: string;
}>;

/** Spans of one trace. Throws nothing; an empty set has no trace. */
export function traceFrom(spans: readonly SpanRow[], traceId = '', maxSkewUs = MAX_CLOCK_SKEW_US): Trace {
  const repairs: { -readonly [K in keyof Repairs]: number } = {
    duplicateSpan: 0,
    sharedSpanId: 0,
    orphan: 0,
    selfParent: 0,
    cycle: 0,
    extraRoot: 0,
    negativeDuration: 0,
    clockSkew: 0,
    unnamedService: 0,
  };
  const rows = withoutDuplicates(inOrder(spans), repairs);
  const count = rows.length;
  const names = new Names();

  const startUs = new Float64Array(count);
  const durationUs = new Float64Array(count);
  const service = new Int32Array(count);
  const clock = new Int32Array(count);
  const asynchronous = new Uint8Array(count);
  rows.forEach((row, i) => {
    startUs[i] = row.startUs;
    if (row.durationUs < 0) repairs.negativeDuration += 1;
    durationUs[i] = Math.max(0, row.durationUs);
    if (row.service === '') repairs.unnamedService += 1;
    service[i] = names.number(row.service || 'unknown-service');
    clock[i] = names.number(clockOf(row));
    asynchronous[i] = row.kind === 'consumer' ? 1 : 0;
  });

  const parent = parentsOf(rows, repairs);
  const order = parentsFirst(parent, repairs);
  const { shiftUs, corrected } = correctClockSkew(
    { order, parent, startUs, durationUs, clock, asynchronous },
    maxSkewUs,
  );
  repairs.clockSkew = corrected;

  let firstUs = Number.POSITIVE_INFINITY;
  let lastUs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    firstUs = Math.min(firstUs, startUs[i] ?? 0);
    lastUs = Math.max(lastUs, (startUs[i] ?? 0) + (durationUs[i] ?? 0));
  }
  if (count === 0) firstUs = lastUs = 0;
  for (let i = 0; i < count; i += 1) startUs[i] = (startUs[i] ?? 0) - firstUs;

  const { childFirst, childList } = childrenOf(parent, startUs);
  const { preorder, preorderEnd } = depthFirst(parent, childFirst, childList);
  const roots: SpanIndex[] = [];
  parent.forEach((above, i) => {
    if (above < 0) roots.push(i);
  });
  repairs.extraRoot = Math.max(0, roots.length - 1);

  const columns = {
    names: names.list,
    ids: rows.map(({ id }) => id),
    startUs,
    durationUs,
    parent,
    childFirst,
    childList,
    preorder,
    preorderEnd,
    service,
    shiftUs,
    ...readColumns(rows, names),
    peer: peersOf(rows, { childFirst, childList, service }, names),
  };
  return new Trace({
    traceId,
    startEpochUs: firstUs,
    durationUs: lastUs - firstUs,
    root: mainRoot(roots, startUs, durationUs),
    roots,
    repairs,
    columns,
    details: {
      attributes: (span) => rows[span]?.attributes ?? {},
      resource: (span) => rows[span]?.resource ?? {},
      statusText: (span) => rows[span]?.statusText ?? '',
      events: (span) => {
        const offset = firstUs - (shiftUs[span] ?? 0);
        return [...(rows[span]?.events ?? [])]
          .map((event) => ({ ...event, atUs: event.atUs - offset }))
          .sort((a, b) => a.atUs - b.atUs);
      },
    },
  });
}

/** Interned strings; number 0 is the empty one. */
class Names {
  readonly list: string[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}

/** By start, then the longer first (a parent before the child that starts with it), then by id: never by arrival. */
function inOrder(spans: readonly SpanRow[]): SpanRow[] {
  return [...spans].sort(
    (a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs || compare(a.id, b.id) || compare(a.kind, b.kind),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function withoutDuplicates(rows: readonly SpanRow[], repairs: { duplicateSpan: number }): SpanRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = `${row.id}\n${row.kind}\n${row.service}\n${row.operation}\n${row.startUs}\n${row.durationUs}`;
    if (row.id !== '' && seen.has(key)) {
      repairs.duplicateSpan += 1;
      return false;
    }
    seen.add(key);
    return true;
  });
}

/** Spans whose hosts are one share a clock; so do spans of one service where no host is known. */
function clockOf({ service, resource = {} }: SpanRow): string {
  const host =
    canonicalText(resource, 'k8s.node.name') ||
    canonicalText(resource, 'host.id') ||
    canonicalText(resource, 'host.name') ||
    canonicalText(resource, 'ip');
  return host === '' ? `service ${service}` : `host ${host}`;
}

function parentsOf(
  rows: readonly SpanRow[],
  repairs: { orphan: number; selfParent: number; sharedSpanId: number },
): Int32Array {
  const parent = new Int32Array(rows.length).fill(-1);
  const holders = new Map<string, SpanIndex[]>();
  rows.forEach(({ id }, i) => {
    const known = holders.get(id);
    if (known === undefined) holders.set(id, [i]);
    else known.push(i);
  });
  rows.forEach((row, i) => {
    parent[i] = parentOf(rows, holders, i, row, repairs);
  });
  return parent;
}

function parentOf(
  rows: readonly SpanRow[],
  holders: ReadonlyMap<string, readonly SpanIndex[]>,
  i: SpanIndex,
  { id, parentId, kind }: SpanRow,
  repairs: { orphan: number; selfParent: number; sharedSpanId: number },
): SpanIndex {
  const sharers = holders.get(id) ?? [];
  const client = sharers[0] ?? i;
  if (id !== '' && client !== i && kind === 'server') {
    repairs.sharedSpanId += 1;
    return client;
  }
  if (parentId === undefined || parentId === '') return -1;
  if (parentId === id && sharers.length === 1) {
    repairs.selfParent += 1;
    return -1;
  }
  // Where client and server share the id, what lies below was made by the server.
  const candidates = (holders.get(parentId) ?? []).filter((candidate) => candidate !== i);
  const chosen = candidates.find((candidate) => rows[candidate]?.kind === 'server') ?? candidates[0];
  if (chosen === undefined) repairs.orphan += 1;
  return chosen ?? -1;
}

/** Children of span i: `list[first[i] .. first[i + 1]]`, in the order of their numbers. Counted, then placed: linear. */
function childLists(parent: Int32Array): { first: Int32Array; list: Int32Array } {
  const first = new Int32Array(parent.length + 1);
  for (const above of parent) if (above >= 0) first[above + 1] = (first[above + 1] ?? 0) + 1;
  for (let i = 0; i < parent.length; i += 1) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0);
  const list = new Int32Array(first[parent.length] ?? 0);
  const cursor = first.slice();
  parent.forEach((above, i) => {
    if (above < 0) return;
    list[cursor[above] ?? 0] = i;
    cursor[above] = (cursor[above] ?? 0) + 1;
  });
  return { first, list };
}

/** Parents before children, by an explicit queue. Whatever no root reaches lies on or under a circle, which is cut at its earliest span. */
function parentsFirst(parent: Int32Array, repairs: { cycle: number }): Int32Array {
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
      for (const child of list.subarray(first[at], first[at + 1])) {
        if (reached[child] === 1) continue;
        reached[child] = 1;
        order[filled] = child;
        filled += 1;
      }
    }
  };
  parent.forEach((above, i) => {
    if (above < 0) takeWithAllBelow(i);
  });
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
function childrenOf(parent: Int32Array, startUs: Float64Array): { childFirst: Int32Array; childList: Int32Array } {
  const { first: childFirst, list: childList } = childLists(parent);
  const start = (span: number) => startUs[span] ?? 0;
  for (let i = 0; i < parent.length; i += 1) {
    const children = childList.subarray(childFirst[i], childFirst[i + 1]);
    if (children.some((child, at) => at > 0 && start(children[at - 1] ?? 0) > start(child))) {
      children.sort((a, b) => start(a) - start(b) || a - b);
    }
  }
  return { childFirst, childList };
}

function depthFirst(
  parent: Int32Array,
  childFirst: Int32Array,
  childList: Int32Array,
): { preorder: Int32Array; preorderEnd: Int32Array } {
  const preorder = new Int32Array(parent.length);
  const preorderEnd = new Int32Array(parent.length);
  const cursor = childFirst.slice(0, parent.length);
  const stack: SpanIndex[] = [];
  let position = 0;
  parent.forEach((above, root) => {
    if (above >= 0) return;
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
  });
  return { preorder, preorderEnd };
}

/** The columns that each row fills by itself. */
function readColumns(rows: readonly SpanRow[], names: Names) {
  const count = rows.length;
  const operation = new Int32Array(count);
  const scope = new Int32Array(count);
  const databaseSystem = new Int32Array(count);
  const shapes = new Int32Array(count);
  const httpStatus = new Int16Array(count);
  const kind = new Uint8Array(count);
  const failed = new Uint8Array(count);
  rows.forEach((row, i) => {
    operation[i] = names.number(row.operation);
    scope[i] = names.number(row.scope ?? '');
    kind[i] = SPAN_KINDS.indexOf(row.kind);
    const status = httpStatusOf(row);
    httpStatus[i] = status;
    failed[i] = hasFailed(row, status) ? 1 : 0;
    const statement = row.kind === 'server' ? '' : canonicalText(row.attributes, 'db.query.text');
    databaseSystem[i] = names.number(databaseSystemOf(row, statement));
    shapes[i] = names.number(statement === '' ? '' : queryShape(statement));
  });
  return { operation, scope, databaseSystem, queryShape: shapes, httpStatus, kind, failed };
}

function httpStatusOf({ attributes }: SpanRow): number {
  const status = canonicalNumber(attributes, 'http.response.status_code');
  return status !== undefined && status >= 100 && status <= 999 ? Math.trunc(status) : 0;
}

/** A database's own server span does the work and is not a call to it. */
function databaseSystemOf({ attributes, kind }: SpanRow, statement: string): string {
  if (kind === 'server') return '';
  const system = canonicalText(attributes, 'db.system.name').toLowerCase();
  if (system !== '' && system !== 'sql') return system;
  return statement === '' && system === '' ? '' : 'other_sql';
}

/** What counts as failed on a gRPC server, by OpenTelemetry's conventions; on a client every code but OK does. */
const GRPC_SERVER_FAULTS = new Set([
  '2',
  '4',
  '12',
  '13',
  '14',
  '15',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

function hasFailed({ failed, attributes, kind }: SpanRow, httpStatus: number): boolean {
  if (failed !== undefined) return failed;
  const error = canonicalValue(attributes, 'error');
  if (error !== undefined && String(error).toLowerCase() !== 'false') return true;
  if (httpStatus >= 500 || (kind === 'client' && httpStatus >= 400)) return true;
  const rpc = canonicalText(attributes, 'rpc.status_code').toUpperCase();
  if (rpc === '' || rpc === '0' || rpc === 'OK') return false;
  return kind === 'client' || GRPC_SERVER_FAULTS.has(rpc);
}

/** The service that answered, where its span is there; else the one that the attributes name. */
function peersOf(
  rows: readonly SpanRow[],
  { childFirst, childList, service }: { childFirst: Int32Array; childList: Int32Array; service: Int32Array },
  names: Names,
): Int32Array {
  const peer = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    if (row.kind !== 'client' && row.kind !== 'producer') return;
    for (const child of childList.subarray(childFirst[i], childFirst[i + 1])) {
      if (service[child] !== service[i]) {
        peer[i] = service[child] ?? 0;
        return;
      }
    }
    peer[i] = names.number(namedPeer(row.attributes));
  });
  return peer;
}

function namedPeer(attributes: Attributes): string {
  for (const name of [
    'server.service.name',
    'db.system.name',
    'messaging.system.name',
    'server.address',
    'network.peer.address',
  ]) {
    const value = canonicalText(attributes, name);
    if (value !== '') return value;
  }
  return '';
}

function mainRoot(roots: readonly SpanIndex[], startUs: Float64Array, durationUs: Float64Array): SpanIndex {
  let main = roots[0] ?? 0;
  for (const root of roots) {
    const earlier = (startUs[root] ?? 0) - (startUs[main] ?? 0);
    const longer = (durationUs[root] ?? 0) - (durationUs[main] ?? 0);
    if (earlier < 0 || (earlier === 0 && longer > 0)) main = root;
  }
  return main;
}
