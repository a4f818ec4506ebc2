/** Counts failed and slow requests, without those that a search for failed or slow ones found. */

import { type AffectedPeople, peopleAmong } from '#model/requests/affected-people.ts';
import { failuresAmong, isNoHealth } from '#model/requests/failing-requests.ts';
import { quantileUs } from '#model/requests/request-durations.ts';
import { requestsOverTime, type TimeStretch } from '#model/requests/requests-over-time.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

export type RequestCounts = Readonly<{
  requests: number;
  failed: number;
  /** The same numbers of the baseline. Missing where fewer than 5 % or only one failed there, and in older reports. */
  before?: Readonly<{ requests: number; failed: number }>;
  /** Slow requests among the successful ones; null where no healthy requests of their kinds are known. */
  slow: number | null;
  /**
   * Those with failed or slow requests, the most failures first, at most five. Missing where there is none, and in older
   * reports.
   */
  operations?: readonly OperationCounts[];
  /** When the first and the last failed request began, with those that a search for failed ones found. Missing without. */
  failing?: Readonly<{ firstUs: number; lastUs: number }>;
  /** Whose requests failed or were slow, with those that a search found. Missing where no attribute says. */
  people?: AffectedPeople;
  /** The baseline, then the window. Missing where none failed or was slow, where too few are known, and in older reports. */
  overTime?: readonly TimeStretch[];
}>;

/** `slow`: missing where nobody knows what is usual, and in older reports. */
export type OperationCounts = Readonly<{ operation: string; requests: number; failed: number; slow?: number }>;

/** Undefined where there is nothing to count. */
export function requestCounts(
  requests: readonly SeenRequest[],
  healthy: readonly SeenRequest[] = [],
): RequestCounts | undefined {
  const counted = requests.filter(({ sample }) => isUnchosen(sample));
  if (counted.length === 0) return undefined;
  const usual = healthy.filter(({ sample }) => isUnchosen(sample));
  const before = failuresAmong(usual);
  const isSlow = slownessBy(usual.filter(({ failed }) => !failed));
  const operations = worstOperations(counted, isSlow);
  const failing = failingTime(requests);
  const people = peopleAmong(requests.filter((request) => request.failed || isSlow(request) === true));
  const overTime = operations.length > 0 ? requestsOverTime(counted, usual) : [];
  return {
    requests: counted.length,
    failed: counted.filter(({ failed }) => failed).length,
    ...(isNoHealth(before) && { before: { requests: before.of, failed: before.times } }),
    slow: slowAmong(counted, isSlow) ?? null,
    ...(operations.length > 0 && { operations }),
    ...(failing && { failing }),
    ...(people && { people }),
    ...(overTime.length > 0 && { overTime }),
  };
}

/** Undefined where nobody knows how long its kind takes usually. */
type Slowness = (request: SeenRequest) => boolean | undefined;

/** Among the successful ones. Undefined where none can be judged. */
function slowAmong(requests: readonly SeenRequest[], isSlow: Slowness): number | undefined {
  const judged = requests.flatMap((request) => (request.failed ? [] : (isSlow(request) ?? [])));
  return judged.length === 0 ? undefined : judged.filter(Boolean).length;
}

function failingTime(requests: readonly SeenRequest[]): RequestCounts['failing'] {
  let time: RequestCounts['failing'];
  for (const { failed, startUs } of requests) {
    if (!failed) continue;
    time = { firstUs: Math.min(time?.firstUs ?? startUs, startUs), lastUs: Math.max(time?.lastUs ?? startUs, startUs) };
  }
  return time;
}

/** A reader looks at a few, and an operation may have an id in its name. */
const MOST_OPERATIONS = 5;

function worstOperations(requests: readonly SeenRequest[], isSlow: Slowness): readonly OperationCounts[] {
  return [...Map.groupBy(requests, kindOf)]
    .map(([operation, own]) => {
      const slow = slowAmong(own, isSlow);
      const failed = own.filter((request) => request.failed).length;
      return { operation, requests: own.length, failed, ...(slow !== undefined && { slow }) };
    })
    .filter(({ failed, slow = 0 }) => failed + slow > 0)
    .sort((a, b) => b.failed - a.failed || (b.slow ?? 0) - (a.slow ?? 0) || (a.operation < b.operation ? -1 : 1))
    .slice(0, MOST_OPERATIONS);
}

/** The guide's rule for windows: more than twice the 95th percentile of healthy ones. */
const SLOW_RATIO = 2;
const USUAL = 0.95;
/** Fewer healthy requests of a kind do not show what is usual. */
const FEWEST_OF_KIND = 10;

function slownessBy(healthy: readonly SeenRequest[]): Slowness {
  const usual = usualUs(healthy);
  return (request) => {
    const us = usual.get(kindOf(request));
    return us === undefined ? undefined : request.durationUs > SLOW_RATIO * us;
  };
}

function usualUs(healthy: readonly SeenRequest[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(healthy, kindOf)].flatMap(([kind, own]) => {
      if (own.length < FEWEST_OF_KIND) return [];
      return [[kind, quantileUs(own, USUAL)] as const];
    }),
  );
}

function kindOf({ operation }: SeenRequest): string {
  return operationTemplate(operation);
}
