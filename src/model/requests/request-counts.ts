/** Counts failed and slow requests, without those that a search for failed or slow ones found. */
import { quantileSorted } from 'simple-statistics';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

export type RequestCounts = Readonly<{
  requests: number;
  failed: number;
  /** Slow requests among the successful ones; null where no healthy requests of their kinds are known. */
  slow: number | null;
  /** Those with failures, the most failures first, at most five. Missing where none failed, and in older reports. */
  operations?: readonly OperationCounts[];
}>;

export type OperationCounts = Readonly<{ operation: string; requests: number; failed: number }>;

/** Undefined where there is nothing to count. */
export function requestCounts(
  requests: readonly SeenRequest[],
  healthy: readonly SeenRequest[] = [],
): RequestCounts | undefined {
  const counted = requests.filter(({ sample }) => isUnchosen(sample));
  if (counted.length === 0) return undefined;
  const answered = counted.filter(({ failed }) => !failed);
  const usual = usualUs(healthy.filter(({ sample, failed }) => isUnchosen(sample) && !failed));
  const judged = answered.flatMap((request) => {
    const us = usual.get(kindOf(request));
    return us === undefined ? [] : [request.durationUs > SLOW_RATIO * us];
  });
  return {
    requests: counted.length,
    failed: counted.length - answered.length,
    slow: judged.length === 0 ? null : judged.filter((isSlow) => isSlow).length,
    ...(answered.length < counted.length && { operations: failedOperations(counted) }),
  };
}

/** A reader looks at a few, and an operation may have an id in its name. */
const MOST_OPERATIONS = 5;

function failedOperations(requests: readonly SeenRequest[]): readonly OperationCounts[] {
  return [...Map.groupBy(requests, kindOf)]
    .map(([operation, own]) => ({
      operation,
      requests: own.length,
      failed: own.filter(({ failed }) => failed).length,
    }))
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed - a.failed || (a.operation < b.operation ? -1 : 1))
    .slice(0, MOST_OPERATIONS);
}

/** The guide's rule for windows: more than twice the 95th percentile of healthy ones. */
const SLOW_RATIO = 2;
const USUAL = 0.95;
/** Fewer healthy requests of a kind do not show what is usual. */
const FEWEST_OF_KIND = 10;

function usualUs(healthy: readonly SeenRequest[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(healthy, kindOf)].flatMap(([kind, own]) => {
      if (own.length < FEWEST_OF_KIND) return [];
      const sorted = own.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
      return [[kind, quantileSorted(sorted, USUAL)] as const];
    }),
  );
}

function kindOf({ operation }: SeenRequest): string {
  return operationTemplate(operation);
}
