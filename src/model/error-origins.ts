/**
 * Where failures began. A failed span whose failed children explain it only passed the failure on; the origin is the
 * deepest one that nothing below explains.
 *
 *   [ POST /checkout ✗ 500                      ]   passed on
 *     [ POST /charge ✗ 500                    ]     passed on
 *       [ POST /predict ✗ 503 "out of memory" ]     ← origin
 *
 * Failures that nobody suffered are no origins: a call that failed and then succeeded when it was repeated, and one
 * that its caller put up with (that is another story, told by other detectors).
 */
import type { SpanIndex, Trace } from '#model/trace.ts';

export type ErrorOrigin = Readonly<{
  /** The failed spans at the origin, all of one operation below one parent (attempts), the decisive (last) one first. */
  spans: readonly SpanIndex[];
  /** The topmost span to which the failure reached. */
  symptom: SpanIndex;
  /** From the origin's parent up to the symptom. */
  path: readonly SpanIndex[];
}>;

export function errorOrigins(trace: Trace): ErrorOrigin[] {
  const attempts = attemptsByCaller(trace);
  const origins: ErrorOrigin[] = [];
  const told = new Set<SpanIndex>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.failed(span) || hasFailedParent(trace, span) || isForgiven(trace, span, attempts)) continue;
    const found = origin(trace, span, attempts);
    // Attempts of one call that their caller put up with are one origin, not one each.
    if (!found.spans.some((each) => told.has(each))) origins.push(found);
    for (const each of found.spans) told.add(each);
  }
  return origins;
}

/** What one caller asked for in one way: the failed calls in order of start, and when the last one that succeeded began. */
type Attempts = { failed: SpanIndex[]; lastSuccessUs: number };
type AttemptsByCaller = (caller: SpanIndex) => ReadonlyMap<string, Attempts>;

/** Computed once for each caller that is asked about, so that a thousand failed siblings stay linear. */
function attemptsByCaller(trace: Trace): AttemptsByCaller {
  const known = new Map<SpanIndex, ReadonlyMap<string, Attempts>>();
  return (caller) => {
    const done = known.get(caller);
    if (done !== undefined) return done;
    const byCall = new Map<string, Attempts>();
    for (const child of trace.children(caller)) {
      const call = sameCall(trace, child);
      const attempts = byCall.get(call) ?? { failed: [], lastSuccessUs: -1 };
      byCall.set(call, attempts);
      if (trace.failed(child)) attempts.failed.push(child);
      else attempts.lastSuccessUs = Math.max(attempts.lastSuccessUs, trace.startUs(child));
    }
    known.set(caller, byCall);
    return byCall;
  };
}

function hasFailedParent(trace: Trace, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent !== undefined && trace.failed(parent);
}

/** Nobody suffered from it: its caller did not fail, and either it is an answer or a later attempt succeeded. */
function isForgiven(trace: Trace, span: SpanIndex, attempts: AttemptsByCaller): boolean {
  const caller = trace.parent(span);
  return caller !== undefined && (isExpected(trace, span) || wasRepaired(trace, caller, span, attempts));
}

/** A later attempt at the same call succeeded. */
function wasRepaired(trace: Trace, caller: SpanIndex, span: SpanIndex, attempts: AttemptsByCaller): boolean {
  return (attempts(caller).get(sameCall(trace, span))?.lastSuccessUs ?? -1) >= trace.endUs(span);
}

/** Follows the failure down: at each step into the failed child that ended last, for that is the one that the parent could not survive. */
function origin(trace: Trace, symptom: SpanIndex, attempts: AttemptsByCaller): ErrorOrigin {
  const path: SpanIndex[] = [];
  let at = symptom;
  for (
    let next = decisiveFailure(trace, at, attempts);
    next !== undefined;
    next = decisiveFailure(trace, at, attempts)
  ) {
    path.push(at);
    at = next;
  }
  path.reverse();
  const caller = trace.parent(at);
  const all = caller === undefined ? [at] : (attempts(caller).get(sameCall(trace, at))?.failed ?? [at]);
  return { spans: [at, ...all.filter((attempt) => attempt !== at)], symptom, path };
}

function decisiveFailure(trace: Trace, span: SpanIndex, attempts: AttemptsByCaller): SpanIndex | undefined {
  let decisive: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (!trace.failed(child) || isExpected(trace, child) || wasRepaired(trace, span, child, attempts)) continue;
    if (decisive === undefined || trace.endUs(child) >= trace.endUs(decisive)) decisive = child;
  }
  return decisive;
}

/** 404 is the answer "there is none", and a call that its caller cancelled (a hedge that lost) has not failed; whoever fails on those fails by himself. */
function isExpected(trace: Trace, span: SpanIndex): boolean {
  const status = trace.httpStatus(span);
  if (status === 404 || status === 499) return true;
  const rpc = trace.text(span, 'rpc.status_code');
  return rpc === 'CANCELLED' || rpc === 'NOT_FOUND';
}

function sameCall(trace: Trace, span: SpanIndex): string {
  return `${trace.service(span)}\n${trace.peer(span)}\n${trace.operation(span)}\n${trace.queryShape(span)}`;
}
