/**
 * Services that call another one more often for each request than in the baseline: then its load comes from them.
 *
 *   healthy    portal → tags             1 call in each request
 *   now        portal → tags ×4          the processor of tags is at its limit
 */
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { requestKind } from '#model/requests/affected-requests.ts';
import { hasRisen } from '#model/stats/proportion.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';

/** Half as many calls more add half of the load. */
const MUCH_MORE = 1.5;
/** In every second request. */
const LEAST_MORE = 0.5;
/** Fewer requests of one kind show no mean. */
const FEWEST = 5;

export function askingMore(
  service: string,
  traces: readonly Trace[],
  healthyTraces: readonly Trace[],
): ReadonlySet<string> {
  const before = Map.groupBy(healthyTraces, requestKind);
  const asking = new Set<string>();
  for (const [kind, now] of Map.groupBy(traces, requestKind)) {
    const healthy = before.get(kind) ?? [];
    if (Math.min(now.length, healthy.length) < FEWEST) continue;
    const usual = callsEach(service, healthy);
    for (const [caller, calls] of callsEach(service, now)) {
      const more = calls - (usual.get(caller) ?? 0);
      if (more >= LEAST_MORE && calls >= MUCH_MORE * (usual.get(caller) ?? 0)) asking.add(caller);
    }
  }
  return asking;
}

/**
 * Those of them that a change made repeat calls more often, or sooner. The repeats themselves keep an overloaded service
 * down: each failure brings more load (Google, Site Reliability Engineering, "Addressing cascading failures").
 */
export function repeatingMore(asking: ReadonlySet<string>, changes: readonly Change[]): ReadonlySet<string> {
  const own = changes.filter(({ service }) => asking.has(service));
  const raises = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind }) => kind === 'more-retries');
  return new Set(own.filter(raises).map(({ service }) => service));
}

/** Fewer healthy requests without a call do not show that it is new. */
const FEWEST_WITHOUT = 10;

/** What the service asks now, and in no healthy request of the same kind: only other code does that. */
export function newlyAsked(
  service: string,
  traces: readonly Trace[],
  healthyTraces: readonly Trace[],
): ReadonlySet<string> {
  const before = Map.groupBy(healthyTraces, requestKind);
  const fresh = new Set<string>();
  for (const [kind, now] of Map.groupBy(traces, requestKind)) {
    const healthy = before.get(kind) ?? [];
    if (healthy.length < FEWEST_WITHOUT) continue;
    const usual = new Set(healthy.flatMap((trace) => [...askedBy(service, trace)]));
    const asked = Map.groupBy(
      now.flatMap((trace) => [...askedBy(service, trace)]),
      (callee) => callee,
    );
    for (const [callee, { length }] of asked) {
      const isMore = hasRisen({ times: length, of: now.length }, { times: 0, of: healthy.length });
      if (!usual.has(callee) && isMore) fresh.add(callee);
    }
  }
  return fresh;
}

/** Whether no healthy request of the same kind has an operation of this name in that service: only other code does it. */
export function isNewWork(
  trace: Trace,
  span: SpanIndex,
  traces: readonly Trace[],
  healthyTraces: readonly Trace[],
): boolean {
  const [service, name, kind] = [trace.service(span), operationName(trace, span), requestKind(trace)];
  const doesIt = (one: Trace) =>
    Array.from({ length: one.spanCount }, (_, at) => at).some(
      (at) => one.service(at) === service && operationName(one, at) === name,
    );
  const isOfKind = (one: Trace) => requestKind(one) === kind;
  const [now, healthy] = [traces.filter(isOfKind), healthyTraces.filter(isOfKind)];
  if (healthy.length < FEWEST_WITHOUT || healthy.some(doesIt)) return false;
  return hasRisen({ times: now.filter(doesIt).length, of: now.length }, { times: 0, of: healthy.length });
}

function askedBy(service: string, trace: Trace): ReadonlySet<string> {
  const asked = serviceGraph(trace).filter(({ caller, callee }) => caller === service && callee !== service);
  return new Set(asked.map(({ callee }) => callee).filter((callee) => callee !== ''));
}

/** By caller, the calls of each request. */
function callsEach(service: string, requests: readonly Trace[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { caller, callee, calls } of requests.flatMap(serviceGraph))
    if (callee === service && caller !== service)
      times.set(caller, (times.get(caller) ?? 0) + calls.length / requests.length);
  return times;
}
