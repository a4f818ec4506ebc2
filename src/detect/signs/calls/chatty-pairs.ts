/**
 * Two services that call each other often in one request, from several callers and with many operations.
 *
 *   [ GET /checkout                                                          ]  shop
 *     [ load cart           ]  [ price              ]  [ validate          ]       three callers, none of them a loop
 *       [ GET item ][ GET … ]    [ GET price ][ … ]      [ GET stock ][ … ]        24 calls to catalog, 5 operations
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

export type ChattyPair = Readonly<{
  service: string;
  callee: string;
  /** In order of start. */
  calls: readonly SpanIndex[];
  /** How many spans made the calls. */
  callers: number;
  operations: number;
}>;

/** One repeated operation is a loop, and two may take turns in one. */
const LEAST_OPERATIONS = 3;
/** With one caller, that caller is the place to change. */
const LEAST_CALLERS = 2;

type Pair = { service: string; callee: string; callers: number; calls: SpanIndex[]; lastCaller: SpanIndex };

/** Ignores failed calls, which are attempts, and calls that belong to another finding. */
export function chattyPairs(trace: Trace, minCalls: number, isTold: (call: SpanIndex) => boolean): ChattyPair[] {
  const pairs = new Map<string, Map<string, Pair>>();
  const take = (caller: SpanIndex, call: SpanIndex) => {
    if (!isExchange(trace, call)) return;
    const service = trace.service(caller);
    const callee = calleeOf(trace, call);
    if (callee === '' || callee === service) return;
    const pair = pairOf(pairs, service, callee);
    if (pair.lastCaller !== caller) pair.callers += 1;
    pair.lastCaller = caller;
    pair.calls.push(call);
  };
  callerCalls(trace).visit(1, (caller, calls) => {
    // The callee's span belongs to the client's call.
    if (trace.kind(caller) === 'client') return;
    for (let at = 0; at < calls.length; at += 1) take(caller, calls[at] ?? 0);
  });
  return [...pairs.values()].flatMap((byCallee) =>
    [...byCallee.values()].flatMap(({ service, callee, callers, calls }) => {
      if (calls.length < minCalls || callers < LEAST_CALLERS) return [];
      const { target } = callerCalls(trace);
      const operations = new Set(calls.map((call) => target[call])).size;
      if (operations < LEAST_OPERATIONS || calls.filter(isTold).length * 2 >= calls.length) return [];
      calls.sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b);
      return [{ service, callee, callers, operations, calls }];
    }),
  );
}

function pairOf(pairs: Map<string, Map<string, Pair>>, service: string, callee: string): Pair {
  const byCallee = pairs.get(service) ?? new Map<string, Pair>();
  pairs.set(service, byCallee);
  const pair = byCallee.get(callee) ?? { service, callee, callers: 0, calls: [], lastCaller: -1 };
  byCallee.set(callee, pair);
  return pair;
}

function isExchange(trace: Trace, call: SpanIndex): boolean {
  return trace.kind(call) !== 'producer' && !trace.isDatabaseCall(call) && !trace.failed(call);
}

function calleeOf(trace: Trace, call: SpanIndex): string {
  return callee(trace, call) || (trace.kind(call) === 'client' ? '' : trace.service(call));
}
