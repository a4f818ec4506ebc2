/**
 * Aligns the calls of several traces of one request by their places:
 *
 *  web GET /page                            trace 1   trace 2   trace 3
 *    stock GET /stock/{}                      1 ×       1 ×       3 ×       a call: service, operation, place
 *      stock SELECT stock                     1 ×       1 ×       –
 *
 * The place is the path from the root, by what the spans do; their ids, order and attributes do not matter. Attempts at
 * one call share a place, and a recursive function stays in its place. A span that only one side has (a proxy, a
 * wrapper, a new instrumentation) is skipped: the spans below it keep their place.
 *
 *  healthy   web ─► stock             failing   web ─► retry ─► stock          stock stands in the same place
 */

import { queryLabel } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { spanGroups } from '#model/trace/views/span-groups.ts';

/** A call's index. Parents have smaller indexes than the calls below them; 0 is the root. */
export type CallIndex = number;

/** One trace's data about one call. Times in microseconds, over all its spans. */
export type CallSample = {
  /** In order of their places in the trace; more than `MOST_SPANS` are only counted. */
  readonly spans: SpanIndex[];
  count: number;
  failed: number;
  durationUs: number;
  /** Without the time in which something below it ran. */
  ownUs: number;
  /** Their self time on the critical path. */
  pathUs: number;
};

export type AlignedCalls = Readonly<{
  count: number;
  /** Undefined at the top. */
  parent(call: CallIndex): CallIndex | undefined;
  service(call: CallIndex): string;
  /** From its first span, without ids; for a query, its table. */
  operation(call: CallIndex): string;
  /** Equal for calls that do the same, at any place. */
  work(call: CallIndex): number;
  /** The call of a span of the trace with this index, on one side or the other. */
  callOf(side: 'healthy' | 'failing', trace: number, span: SpanIndex): CallIndex;
  /** By trace; undefined for a trace without the call. */
  healthy(call: CallIndex): readonly (CallSample | undefined)[];
  failing(call: CallIndex): readonly (CallSample | undefined)[];
  /** Spans with too many different names were counted as part of their callers. */
  isFolded: boolean;
}>;

/** As many bars as a row of a picture shows apart. */
const MOST_SPANS = 200;

/** No request has more different calls: names that contain ids make a call of every span. */
const MOST_CALLS = 20_000;

/** Spans of a group that is rare on either side do not count as steps of a path. */
const SHARED = 0.5;

export function alignCalls(healthy: readonly Trace[], failing: readonly Trace[]): AlignedCalls {
  const names = nameNumbers();
  const sides = [healthy.map((trace) => groupsOf(trace, names)), failing.map((trace) => groupsOf(trace, names))];
  const isStep = sharedNames(sides, names.size());
  const table = callTable(names.size());
  const grouped = sides.flat();
  // First the spans with a parent; orphans are then placed where similar spans are.
  const places = grouped.map((one) => placeBelowRoot(one, table, isStep));
  grouped.forEach((one, at) => {
    placeOthers(one, table, isStep, places[at] ?? new Int32Array());
  });
  const samples = grouped.map((one, at) => samplesOf(one.trace, places[at] ?? new Int32Array()));
  const firsts = firstSpans(grouped, samples, table.size());
  return {
    count: table.size(),
    parent: (call) => (table.parent(call) < 0 ? undefined : table.parent(call)),
    service: (call) => firsts[call]?.service ?? '',
    operation: (call) => firsts[call]?.operation ?? '',
    work: table.name,
    callOf: (side, trace, span) => places[trace + (side === 'healthy' ? 0 : healthy.length)]?.[span] ?? ROOT,
    healthy: (call) => samples.slice(0, healthy.length).map((ofTrace) => ofTrace.get(call)),
    failing: (call) => samples.slice(healthy.length).map((ofTrace) => ofTrace.get(call)),
    isFolded: table.isFull(),
  };
}

type Names = Readonly<{ number(name: string): number; size(): number }>;

function nameNumbers(): Names {
  const known = new Map<string, number>();
  return {
    number(name) {
      const number = known.get(name) ?? known.size;
      known.set(name, number);
      return number;
    },
    size: () => known.size,
  };
}

type Grouped = Readonly<{ trace: Trace; nameOf: Int32Array }>;

function groupsOf(trace: Trace, names: Names): Grouped {
  const groups = spanGroups(trace);
  const numbers = Int32Array.from({ length: groups.count }, (_, group) => names.number(placeName(groups.name(group))));
  return { trace, nameOf: groups.of.map((group) => numbers[group] ?? 0) };
}

/** Without the kind of span, which some versions of a library record and others do not; `HTTP GET` was renamed to `GET`. */
function placeName(group: string): string {
  const [service, , operation = '', ...rest] = group.split('\n');
  return [service, operation.replace(/^HTTP (?=[A-Z]{3,7}\b)/, ''), ...rest].join('\n');
}

/** Names that at least half of the traces of each side have. */
function sharedNames(sides: readonly (readonly Grouped[])[], count: number): Uint8Array {
  const counts = sides.map((side) => ({ having: tracesHaving(side, count), least: SHARED * side.length }));
  return Uint8Array.from({ length: count }, (_, name) =>
    Number(counts.every(({ having, least }) => (having[name] ?? 0) >= least)),
  );
}

/** By name, how many traces have it. */
function tracesHaving(side: readonly Grouped[], count: number): Int32Array {
  const having = new Int32Array(count);
  for (const { nameOf } of side) {
    const seen = new Uint8Array(count);
    for (let span = 0; span < nameOf.length; span += 1) seen[nameOf[span] ?? 0] = 1;
    for (let name = 0; name < count; name += 1) having[name] = (having[name] ?? 0) + (seen[name] ?? 0);
  }
  return having;
}

type CallTable = Readonly<{
  /** The call of this name below that one; the parent itself where there is no room for another. */
  below(parent: CallIndex, name: number): CallIndex;
  /** The first one of this name, wherever it stands. */
  named(name: number): CallIndex | undefined;
  /** −1 for the top. */
  parent(call: CallIndex): CallIndex;
  name(call: CallIndex): number;
  size(): number;
  isFull(): boolean;
}>;

const TOP = -1;
const ROOT = 0;
/** The root is the root whatever it is called. */
const ROOT_NAME = -1;

function callTable(names: number): CallTable {
  const parents = [TOP];
  const nameOf = [ROOT_NAME];
  const known = new Map<number, CallIndex>();
  const first = new Map<number, CallIndex>();
  let isFull = false;
  return {
    below(parent, name) {
      const key = (parent + 1) * names + name;
      const found = known.get(key);
      if (found !== undefined) return found;
      if (parents.length >= MOST_CALLS) {
        isFull = true;
        return Math.max(parent, ROOT);
      }
      const call = parents.push(parent) - 1;
      nameOf.push(name);
      known.set(key, call);
      if (!first.has(name)) first.set(name, call);
      return call;
    },
    named: (name) => first.get(name),
    parent: (call) => parents[call] ?? TOP,
    name: (call) => nameOf[call] ?? ROOT_NAME,
    size: () => parents.length,
    isFull: () => isFull,
  };
}

/** By span; −1 for what does not hang below the root. Parents come before what is below them. */
function placeBelowRoot({ trace, nameOf }: Grouped, table: CallTable, isStep: Uint8Array): Int32Array {
  const place = new Int32Array(trace.spanCount).fill(TOP);
  if (trace.spanCount === 0) return place;
  const through = new Int32Array(trace.spanCount).fill(TOP);
  place[trace.root] = ROOT;
  through[trace.root] = ROOT;
  for (const span of inDepth(trace)) {
    const above = trace.parent(span);
    if (above === undefined || (place[above] ?? TOP) === TOP) continue;
    placeOne(span, above, { nameOf, place, through, table, isStep });
  }
  return place;
}

/** Further roots and what lost its parent. */
function placeOthers({ trace, nameOf }: Grouped, table: CallTable, isStep: Uint8Array, place: Int32Array): void {
  const through = new Int32Array(trace.spanCount).fill(TOP);
  for (const span of inDepth(trace)) {
    if (place[span] !== TOP) continue;
    const above = trace.parent(span);
    if (above !== undefined) {
      placeOne(span, above, { nameOf, place, through, table, isStep });
      continue;
    }
    const name = nameOf[span] ?? 0;
    const call = table.named(name) ?? table.below(TOP, name);
    place[span] = call;
    through[span] = call;
  }
}

type Placing = Readonly<{
  nameOf: Int32Array;
  place: Int32Array;
  /** The nearest place at or above a span that both sides have. */
  through: Int32Array;
  table: CallTable;
  isStep: Uint8Array;
}>;

function placeOne(span: SpanIndex, above: SpanIndex, { nameOf, place, through, table, isStep }: Placing): void {
  const name = nameOf[span] ?? 0;
  const isShared = isStep[name] === 1;
  // Names of one side stay in place; common names keep their place below common names.
  const parent = (isShared ? through[above] : place[above]) ?? TOP;
  const callsItself = parent !== TOP && table.name(parent) === name;
  const call = callsItself ? parent : table.below(parent, name);
  place[span] = call;
  through[span] = isShared ? call : (through[above] ?? TOP);
}

function inDepth(trace: Trace): Int32Array {
  const order = new Int32Array(trace.spanCount);
  for (let span = 0; span < trace.spanCount; span += 1) order[trace.preorder(span)] = span;
  return order;
}

function samplesOf(trace: Trace, place: Int32Array): Map<CallIndex, CallSample> {
  const samples = new Map<CallIndex, CallSample>();
  for (const span of inDepth(trace)) {
    const call = place[span] ?? ROOT;
    let sample = samples.get(call);
    if (sample === undefined) {
      sample = { spans: [], count: 0, failed: 0, durationUs: 0, ownUs: 0, pathUs: 0 };
      samples.set(call, sample);
    }
    if (sample.spans.length < MOST_SPANS) sample.spans.push(span);
    sample.count += 1;
    sample.failed += trace.failed(span) ? 1 : 0;
    sample.durationUs += trace.durationOfUs(span);
    sample.ownUs += selfUs(trace, span);
    sample.pathUs += pathSelfUs(trace, span);
  }
  return samples;
}

type Named = Readonly<{ service: string; operation: string }>;

/** The failing side's word counts: it is what the reader has before them. */
function firstSpans(
  grouped: readonly Grouped[],
  samples: readonly ReadonlyMap<CallIndex, CallSample>[],
  count: number,
): (Named | undefined)[] {
  const named: (Named | undefined)[] = new Array(count).fill(undefined);
  for (let at = samples.length - 1; at >= 0; at -= 1) {
    const trace = grouped[at]?.trace;
    for (const [call, { spans }] of samples[at] ?? []) {
      const span = spans[0];
      if (named[call] !== undefined || trace === undefined || span === undefined) continue;
      const operation = queryLabel(trace.queryShape(span)) || operationTemplate(trace.operation(span));
      named[call] = { service: trace.service(span), operation };
    }
  }
  return named;
}
