/** Which requests of a time suffer: those that failed, and those that took far longer than their kind usually takes. */
import { quantileSorted } from 'simple-statistics';
import { operationTemplate } from '#model/operation-template.ts';
import type { Trace } from '#model/trace.ts';

/** It failed, or a failure began in it that nobody put up with. */
export function failedRequest(trace: Trace): boolean {
  return trace.failed(trace.root) || trace.errorOrigins.length > 0;
}

/** `POST /orders/{}` behind the name of the service that took it. */
export function requestKind(trace: Trace): string {
  return `${trace.service(trace.root)} ${operationTemplate(trace.operation(trace.root))}`;
}

/** Of fewer nobody can say what is usual of a kind. */
const FEWEST_OF_KIND = 10;

export type UsualDuration = Readonly<{ medianUs: number; p95Us: number; requests: number }>;

/** By kind of request; of those that did not fail, for failing takes its own time. */
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
