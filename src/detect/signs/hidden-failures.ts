/** Failed calls that their caller hid behind a successful answer. */
import { NO_LINES } from '#model/logs/log-line.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureMessage, saysTimedOut } from '#model/trace/views/failure-text.ts';

/** The failed calls that one operation hid, and the runs of it that hid them. */
type Hidden = { entry: SpanIndex; entries: Set<SpanIndex>; calls: SpanIndex[] };

export function hiddenByOperation(trace: Trace): ReadonlyMap<number, Hidden> {
  const byOperation = new Map<number, Hidden>();
  const operationNumber = callNumbers(trace);
  const gotItElsewhere = substitutes(trace);
  for (const { spans, symptom, path } of errorOrigins(trace)) {
    // Attempts at one call count together. For a failure from further below, only the topmost failed call counts.
    for (const call of path.length === 0 ? spans : [symptom]) {
      const entry = hidingEntry(trace, call);
      if (entry === undefined || gotItElsewhere(call)) continue;
      const key = operationNumber(entry);
      const known = byOperation.get(key);
      if (known === undefined) byOperation.set(key, { entry, entries: new Set([entry]), calls: [call] });
      else {
        known.calls.push(call);
        known.entries.add(entry);
      }
    }
  }
  for (const { calls } of byOperation.values()) calls.sort((a, b) => a - b);
  return byOperation;
}

/** Work inside a service is seldom nested deeper. */
const MOST_LEVELS = 50;

/** The request whose answer hides the failed call. Undefined where nobody waited for the call or the failure was passed on. */
function hidingEntry(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isAwaited(call) || trace.kind(caller) === 'producer') return undefined;
  if (trace.endUs(call) > trace.endUs(caller) && !isTimedOutRead(trace, call)) return undefined;
  let entry = caller;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    if (trace.failed(entry) || trace.httpStatus(entry) >= 400) return undefined;
    const above = trace.parent(entry);
    const kind = trace.kind(entry);
    if (above === undefined || kind === 'server' || kind === 'consumer') break;
    if (trace.service(above) !== trace.service(entry)) break;
    entry = above;
  }
  return entry;
}

/** Reads serve the answer. If the answer came before the read timed out, it lacks the data. */
function isTimedOutRead(trace: Trace, call: SpanIndex): boolean {
  const method = trace.text(call, 'http.request.method') || trace.operation(call);
  return (
    /^(?:GET|HEAD)\b/i.test(method) && saysTimedOut(trace, call, failureMessage(trace, call, NO_LINES)?.text ?? '')
  );
}

/** Compares this many successful calls, the last ones first. */
const MOST_COMPARED = 50;

/** Whether something else gave the answer later: the store behind a cache, or the same operation of another callee. */
function substitutes(trace: Trace): (call: SpanIndex) => boolean {
  const isCache = trace.databaseTest((system) => CACHE_SYSTEMS.has(system));
  const known = new Map<SpanIndex, readonly SpanIndex[]>();
  return (call) => {
    const caller = trace.parent(call);
    if (caller === undefined || trace.childCount(caller) === 1) return false;
    const good = known.get(caller) ?? goodCalls(trace, caller);
    known.set(caller, good);
    const endUs = trace.endUs(call);
    return good.some((other) => {
      if (trace.startUs(other) < endUs) return false;
      if (isCache(call)) return !isCache(other);
      return !trace.isDatabaseCall(call) && isSameCallElsewhere(trace, call, other);
    });
  };
}

/** The last calls of the caller that succeeded. */
function goodCalls(trace: Trace, caller: SpanIndex): SpanIndex[] {
  const children = trace.children(caller);
  const good: SpanIndex[] = [];
  for (let at = children.length - 1; at >= 0 && good.length < MOST_COMPARED; at -= 1) {
    const child = children[at] ?? caller;
    if (!trace.failed(child) && (trace.isCall(child) || trace.isDatabaseCall(child))) good.push(child);
  }
  return good;
}

function isSameCallElsewhere(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const operation = trace.operation(call);
  return operation === trace.operation(other) && trace.peer(call) !== trace.peer(other) && !namesOnlyMethod(operation);
}

/** `GET` and `HTTP GET` do not name the resource. */
function namesOnlyMethod(operation: string): boolean {
  return /^(?:https?[ ._-]?)?(?:get|head|post|put|patch|delete|request|client)?$/i.test(operation);
}
