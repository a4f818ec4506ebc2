/**
 * Calls of one caller, grouped by callee and operation; a message to a broker counts too.
 *
 *  [ GET /orders                                ]   the caller of all three
 *    [ SELECT ][ find ][ find ]                     a wrapper around one call is no caller: a repository's method, a
 *    retry,
 *                [ SELECT ][ SELECT ]               a resolver; the calls are grouped as if it were not there
 */

import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { onceByName } from '#model/trace/by-name.ts';
import type { Columns, SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import { PRODUCER } from '#model/trace/span-kinds.ts';
import { childLists } from '#model/trace/span-tree.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';

/** Two or more calls of one caller to one target for the same kind of data. */
export type CallGroup = Readonly<{
  caller: SpanIndex;
  /** `inventory GET /stock/{}`, or the shape of a query. */
  target: string;
  /** Database calls and calls to services are never in one group. */
  database: boolean;
  /** In order of start. */
  calls: readonly SpanIndex[];
}>;

/** Callers with their calls, in order of start. */
export type CallerCalls = Readonly<{
  of(caller: SpanIndex): Int32Array;
  /** Visits each caller with at least this many calls, in order of span. */
  visit(least: number, see: (caller: SpanIndex, calls: Int32Array) => void): void;
  /** A number for the call's target: equal for equal targets. */
  target: Int32Array;
}>;

/** A caller and two calls. */
const LEAST_OF_GROUP = 3;

/** How many wrappers a call may lie in; Sentry looks for a common ancestor three levels up. */
const MAX_WRAPPERS = 3;

/** Callers with their calls. */
export const callerCalls = view((trace): CallerCalls => {
  const { columns } = trace;
  const callerOf = callersOfCalls(trace, columns);
  const { childFirst: first, childList: list } = childLists(callerOf);
  sortByStart(trace, callerOf, first, list);
  const callers = parentsIn(first);
  const of = (caller: SpanIndex) => list.subarray(first[caller], first[caller + 1]);
  return {
    target: targetsOf(trace, columns, callerOf),
    of,
    visit(least, see) {
      for (let at = 0; at < callers.length; at += 1) {
        const caller = callers[at] ?? 0;
        if ((first[caller + 1] ?? 0) - (first[caller] ?? 0) >= least) see(caller, of(caller));
      }
    },
  };
});

/** In order. */
function parentsIn(first: Int32Array): Int32Array {
  const parents = new Int32Array(first.length);
  let count = 0;
  for (let span = 0; span + 1 < first.length; span += 1) {
    if (first[span] === first[span + 1]) continue;
    parents[count] = span;
    count += 1;
  }
  return parents.subarray(0, count);
}

/** Spans are numbered by start, but clock correction may have moved some: only lists that contain a moved span are sorted. */
function sortByStart(trace: Trace, callerOf: Int32Array, first: Int32Array, list: Int32Array): void {
  if (trace.repairs.clockSkew === 0) return;
  const moved = new Set<SpanIndex>();
  callerOf.forEach((caller, call) => {
    if (caller >= 0 && trace.shiftUs(call) !== 0) moved.add(caller);
  });
  for (const caller of moved) {
    list.subarray(first[caller], first[caller + 1]).sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b);
  }
}

/** Groups in order of their caller, then of their first call. */
export const callGroups = view((trace): readonly CallGroup[] => {
  if (trace.spanCount < LEAST_OF_GROUP) return [];
  const { target, visit } = callerCalls(trace);
  const groups: CallGroup[] = [];
  visit(2, (caller, calls) => {
    if (!repeats(calls, target)) return;
    const byTarget = Map.groupBy(calls, (call) => target[call] ?? 0);
    for (const same of byTarget.values()) {
      const [one = caller] = same;
      if (same.length < 2) continue;
      groups.push({ caller, target: targetName(trace, one), database: trace.isDatabaseCall(one), calls: same });
    }
  });
  return groups;
});

/** Most callers call each target once. A few calls are compared pair by pair, which needs no set. */
function repeats(calls: Int32Array, target: Int32Array): boolean {
  if (calls.length > 8) return true;
  for (let i = 1; i < calls.length; i += 1) {
    for (let j = 0; j < i; j += 1) if (target[calls[i] ?? 0] === target[calls[j] ?? 0]) return true;
  }
  return false;
}

/** −1 for a span that is no call. */
function callersOfCalls(trace: Trace, { parent, kind, databaseSystem }: Columns): Int32Array {
  const isWrapper = wrappers(trace);
  return parent.map((above, span) => {
    if (above < 0 || (databaseSystem[span] === 0 && kind[span] !== PRODUCER && !trace.isCall(span))) return -1;
    let caller = above;
    for (let up = 0; up < MAX_WRAPPERS && isWrapper(caller); up += 1) caller = parent[caller] ?? caller;
    return caller;
  });
}

/** Work inside a service, with a caller in the same service and only one child besides the wait for a connection. */
function wrappers(trace: Trace): SpanTest {
  const isWait = trace.operationTest(isConnectionWait);
  return (span) => {
    const above = trace.parent(span);
    if (above === undefined || !trace.isInternal(span) || !trace.isOfOneService(span, above)) return false;
    const children = trace.childCount(span);
    return children <= 1 || (children === 2 && trace.children(span).some(isWait));
  };
}

/** Numbers by pairs of texts: the system and the query, the peer and the operation. */
function targetsOf(trace: Trace, columns: Columns, callerOf: Int32Array): Int32Array {
  const { operation, service, peer, databaseSystem, queryShape } = columns;
  const templateOf = templates(columns);
  let count = 0;
  const byWhat: Map<number, number>[] = [];
  const numberOf = (whom: number, what: number, query: boolean) => {
    byWhat[what] ??= new Map();
    const key = query ? -whom : whom;
    const known = byWhat[what].get(key);
    if (known !== undefined) return known;
    count += 1;
    byWhat[what].set(key, count);
    return count;
  };
  return callerOf.map((caller, span) => {
    if (caller < 0) return 0;
    const system = databaseSystem[span] ?? 0;
    if (system > 0) return numberOf(system, queryShape[span] || templateOf(operation[span] ?? 0), true);
    const whom = peer[span] || (service[span] ?? 0);
    return numberOf(whom, templateOf(operation[calleeSpan(trace, span)] ?? 0), false);
  });
}

/** For each name the number of the first name with the same template. */
function templates({ names, id }: Columns): (name: number) => number {
  const byTemplate = new Map<string, number>();
  return onceByName(id.length, names.size(), (name) => {
    const template = operationTemplate(names.text(name));
    const number = byTemplate.get(template) ?? name;
    byTemplate.set(template, number);
    return number;
  });
}

function targetName(trace: Trace, call: SpanIndex): string {
  if (trace.isDatabaseCall(call))
    return trace.queryShape(call) || `${trace.databaseSystem(call)} ${trace.operation(call)}`;
  return `${trace.peer(call) || trace.service(call)} ${operationTemplate(trace.operation(calleeSpan(trace, call)))}`;
}
