/** The affected requests of a window: those that failed, and those that took far longer than usual for their kind. */
import { quantileSorted } from 'simple-statistics';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { entryAbove, isEntry } from '#model/trace/views/entry.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

/** It failed, or a failure began in it that no caller tolerated. */
export function failedRequest(trace: Trace): boolean {
  return trace.failed(trace.root) || errorOrigins(trace).length > 0;
}

/** Orders requests by their start, equal ones by trace id. */
export function byStart(a: Trace, b: Trace): number {
  return a.startEpochUs - b.startEpochUs || (a.traceId < b.traceId ? -1 : 1);
}

/** `POST /orders/{}` after the name of the service that received it. */
export function requestKind(trace: Trace): string {
  return `${trace.service(trace.root)} ${operationTemplate(trace.operation(trace.root))}`;
}

/** A sum of quotients may miss a whole number by this much. */
const ROUNDING = 1e-9;

/**
 * Whether more requests failed than if each kind had failed as often as in the baseline: a busier kind that always fails
 * is no new failure.
 */
export function failsMore(traces: readonly Trace[], healthy: readonly Trace[]): boolean {
  const before = Map.groupBy(healthy, requestKind);
  const expected = [...Map.groupBy(traces, requestKind)].reduce((sum, [kind, own]) => {
    const usual = before.get(kind) ?? [];
    return sum + (usual.length === 0 ? 0 : (own.length * rootFailures(usual)) / usual.length);
  }, 0);
  return rootFailures(traces) > expected + ROUNDING;
}

/** How many failed for whoever sent them. */
export function rootFailures(traces: readonly Trace[]): number {
  return traces.filter((trace) => trace.failed(trace.root)).length;
}

/** Fewer do not show what is usual for a kind. */
const FEWEST_OF_KIND = 10;

export type UsualDuration = Readonly<{ medianUs: number; p95Us: number; requests: number }>;

/** By kind of request, from requests that did not fail: a failure has its own duration. */
export function usualDurations(traces: readonly Trace[]): ReadonlyMap<string, UsualDuration> {
  const byKind = Map.groupBy(
    traces.filter((trace) => !failedRequest(trace)),
    requestKind,
  );
  return new Map(
    [...byKind].flatMap(([kind, own]) => {
      if (own.length < FEWEST_OF_KIND) return [];
      const sorted = own.map((trace) => trace.durationOfUs(trace.root)).sort((a, b) => a - b);
      const usual = {
        medianUs: quantileSorted(sorted, 0.5),
        p95Us: quantileSorted(sorted, 0.95),
        requests: own.length,
      };
      return [[kind, usual] as const];
    }),
  );
}

export type Operation = Readonly<{ service: string; operation: string }>;

/** Where most of the failures begin; by name where several are equal. */
export function failingMost(traces: readonly Trace[]): Operation & Readonly<{ requests: number }> {
  return mostOf(
    traces.map((trace) => {
      const span = errorOrigins(trace)[0]?.spans[0] ?? trace.root;
      return new Map([[operationKey(trace, span), 1]]);
    }),
  );
}

export type OperationFailures = Operation &
  Readonly<{ executions: number; failed: number /** The first few. */; examples: readonly Trace[] }>;

const EXAMPLES = 3;

/** How often each entry operation of a service ran, and how often a failure began in it. The most failures first. */
export function failuresByOperation(traces: readonly Trace[]): readonly OperationFailures[] {
  const counts = new Map<string, { executions: number; failed: number; examples: Trace[] }>();
  for (const trace of traces.toSorted(byStart)) {
    const begun = new Set(
      errorOrigins(trace)
        .flatMap(({ spans }) => spans)
        .map((span) => entryAbove(trace, span)),
    );
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!isEntry(trace, span)) continue;
      const key = operationKey(trace, span);
      const count = counts.get(key) ?? { executions: 0, failed: 0, examples: [] };
      counts.set(key, count);
      count.executions += 1;
      if (!begun.has(span)) continue;
      count.failed += 1;
      if (count.examples.length < EXAMPLES && count.examples.at(-1) !== trace) count.examples.push(trace);
    }
  }
  return [...counts]
    .sort(([a, x], [b, y]) => y.failed - x.failed || (a < b ? -1 : 1))
    .map(([key, count]) => {
      const [service = '', operation = ''] = key.split('\n');
      return { service, operation, ...count };
    });
}

/**
 * The operation whose self time on the critical path grew most, in slow requests compared with healthy ones of their
 * kinds.
 */
export function grownMost(slow: readonly Trace[], healthy: readonly Trace[]): Operation {
  const kinds = new Set(slow.map(requestKind));
  const now = slow.map(ownTimes);
  const before = healthy.filter((trace) => kinds.has(requestKind(trace))).map(ownTimes);
  const scaled = before.map(
    (times) => new Map([...times].map(([key, us]) => [key, (-us * now.length) / before.length])),
  );
  return mostOf([...now, ...scaled]);
}

/** By operation, its self time on the critical path. */
function ownTimes(trace: Trace): Map<string, number> {
  const times = new Map<string, number>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const us = pathSelfUs(trace, span);
    if (us === 0) continue;
    const key = operationKey(trace, span);
    times.set(key, (times.get(key) ?? 0) + us);
  }
  return times;
}

function operationKey(trace: Trace, span: SpanIndex): string {
  return `${trace.service(span)}\n${operationTemplate(trace.operation(span))}`;
}

function mostOf(all: readonly ReadonlyMap<string, number>[]): Operation & Readonly<{ requests: number }> {
  const sums = new Map<string, number>();
  for (const one of all) for (const [key, value] of one) sums.set(key, (sums.get(key) ?? 0) + value);
  const [most] = [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const [service = '', operation = ''] = most?.[0].split('\n') ?? [];
  return { service, operation, requests: most?.[1] ?? 0 };
}
