/** Where the time of one request went, as reports keep it: the operations on its critical path. */
import type { Trace } from '#model/trace/trace.ts';
import { type ReportLists, reportLists } from '#present/json/report-lists.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shownLines } from '#present/words/plain-text.ts';

/** `path`: the operations with most time on the critical path, in order of their first step. */
export type ReportedRequest = Readonly<{
  traceId: string;
  service: string;
  operation: string;
  startTime: string;
  durationUs: number;
  path: readonly OperationOnPath[];
}>;

/** Microseconds from the start of the request. */
export type OperationOnPath = Readonly<{
  service: string;
  operation: string;
  bars: readonly Readonly<{ startUs: number; endUs: number }>[];
}>;

export function reportedRequest(trace: Trace): ReportedRequest {
  return {
    traceId: trace.traceId,
    service: shownLines(trace.service(trace.root)),
    operation: shownLines(trace.operation(trace.root)),
    startTime: isoInstant(trace.startEpochUs),
    durationUs: trace.durationUs,
    path: operationsOnPath(reportLists(trace).criticalPath),
  };
}

/** A reader looks at a few rows, each with a few bars. */
const MOST_OPERATIONS = 8;
const MOST_BARS = 60;

export function operationsOnPath(steps: ReportLists['criticalPath']): readonly OperationOnPath[] {
  const lengthUs = (own: typeof steps) => own.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  return [...Map.groupBy(steps, ({ service, operation }) => JSON.stringify([service, operation])).values()]
    .toSorted((a, b) => lengthUs(b) - lengthUs(a))
    .slice(0, MOST_OPERATIONS)
    .toSorted((a, b) => (a[0]?.startUs ?? 0) - (b[0]?.startUs ?? 0))
    .map((own) => ({
      service: own[0]?.service ?? '',
      operation: own[0]?.operation ?? '',
      bars: own.slice(0, MOST_BARS).map(({ startUs, endUs }) => ({ startUs, endUs })),
    }));
}
