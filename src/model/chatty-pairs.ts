/**
 * Two services that talk often in one request, without one place in the code that does: many operations, several callers.
 *
 *   [ GET /checkout                                                          ]  shop
 *     [ load cart           ]  [ price              ]  [ validate          ]       three callers, none of them a loop
 *       [ GET item ][ GET … ]    [ GET price ][ … ]      [ GET stock ][ … ]        24 calls of catalog, of 5 operations
 */
import type { SpanIndex, Trace } from '#model/trace.ts';

export type ChattyPair = Readonly<{
  service: string;
  callee: string;
  /** In order of start. */
  calls: readonly SpanIndex[];
  /** Spans that made them. */
  callers: number;
  operations: number;
}>;

/** One operation again and again is a loop, and two take turns in one. */
const LEAST_OPERATIONS = 3;
/** One caller is the place to change. */
const LEAST_CALLERS = 2;

/** Without failed calls, which are attempts, and without those that something else was said of. */
export function chattyPairs(trace: Trace, minCalls: number, isTold: (call: SpanIndex) => boolean): ChattyPair[] {
  const pairs = new Map<string, { service: string; callee: string; calls: SpanIndex[]; callers: number }>();
  trace.callerCalls.visit(1, (caller, all) => {
    // The callee's side of a call is no call of its own.
    if (trace.kind(caller) === 'client') return;
    const service = trace.service(caller);
    const byCallee = Map.groupBy(
      all.filter((call) => isExchange(trace, call)),
      (call) => calleeOf(trace, call),
    );
    for (const [callee, calls] of byCallee) {
      if (callee === '' || callee === service) continue;
      const key = `${service}\n${callee}`;
      const pair = pairs.get(key) ?? { service, callee, calls: [], callers: 0 };
      pairs.set(key, pair);
      pair.callers += 1;
      for (const call of calls) pair.calls.push(call);
    }
  });
  return [...pairs.values()].flatMap((pair) => {
    if (pair.calls.length < minCalls || pair.callers < LEAST_CALLERS) return [];
    const told = pair.calls.filter(isTold).length;
    const operations = new Set(pair.calls.map((call) => trace.callerCalls.target[call])).size;
    if (operations < LEAST_OPERATIONS || told * 2 >= pair.calls.length) return [];
    return [{ ...pair, operations, calls: pair.calls.sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b) }];
  });
}

function isExchange(trace: Trace, call: SpanIndex): boolean {
  return trace.kind(call) !== 'producer' && !trace.isDatabaseCall(call) && !trace.failed(call);
}

function calleeOf(trace: Trace, call: SpanIndex): string {
  return trace.callee(call) || (trace.kind(call) === 'client' ? '' : trace.service(call));
}
