/**
 * The part of a baseline that may still stand for health, where too many requests of the whole failed: a fault that ended
 * in it, or that began before the window. Its beginning or its end is such a part only if the failures are clearly in the
 * rest: failures that are spread over the time are how it always is. Only operations that fail somewhere in the baseline
 * count: a part in which they never ran shows nothing.
 *
 *   baseline   ○○○○○○○○○○○○○○○○○○○○●●○●●●○●     window   ●●●●●●
 *              └── compared with ──┘
 */
import { riseInNats } from '#diagnose/window/samples.ts';
import { failuresAmong, isNoHealth } from '#model/requests/failing-requests.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

/** Microseconds since the epoch, both included; `requests` started in it, `of` in the whole. */
export type BetterPart = Readonly<{ fromUs: number; toUs: number; requests: number; of: number }>;

/** Twenty to one, as for a time that is no baseline. */
const LEAST_NATS = Math.log(20);

/** The longest one with at least `fewest` requests; undefined where there is none, or none is needed. */
export function betterPart(healthy: readonly SeenRequest[], fewest: number): BetterPart | undefined {
  const requests = healthy.filter(({ sample }) => isUnchosen(sample)).sort((a, b) => a.startUs - b.startUs);
  const of = requests.length;
  if (!isNoHealth(failuresAmong(requests))) return undefined;
  const failing = failingOperations(requests);
  for (let count = of - 1; count >= fewest; count -= 1) {
    const from = [0, of - count].find((start) => isHealthy(failing, start, count));
    const [first, last] = from === undefined ? [] : [requests[from], requests[from + count - 1]];
    if (first !== undefined && last !== undefined)
      return { fromUs: first.startUs, toUs: last.startUs, requests: count, of };
  }
  return undefined;
}

/** Few of its requests failed, and clearly more of the rest. */
function isHealthy({ failures, executions }: Failing, from: number, count: number): boolean {
  const within = (counts: readonly number[]) => (counts[from + count] ?? 0) - (counts[from] ?? 0);
  const [times, of] = [within(failures), within(executions)];
  if (isNoHealth({ times, of })) return false;
  const [all, ofAll] = [failures.at(-1) ?? 0, executions.at(-1) ?? 0];
  return riseInNats([times, of], [all - times, ofAll - of]) >= LEAST_NATS;
}

/** At each place how many requests before it failed, and how many were for operations that fail somewhere. */
type Failing = Readonly<{ failures: readonly number[]; executions: readonly number[] }>;

function failingOperations(requests: readonly SeenRequest[]): Failing {
  const failing = new Set(requests.filter(({ failed }) => failed).map(({ operation }) => operationTemplate(operation)));
  return {
    failures: countsUntil(requests, ({ failed }) => failed),
    executions: countsUntil(requests, ({ operation }) => failing.has(operationTemplate(operation))),
  };
}

function countsUntil(
  requests: readonly SeenRequest[],
  isCounted: (request: SeenRequest) => boolean,
): readonly number[] {
  const counts = [0];
  for (const request of requests) counts.push((counts.at(-1) ?? 0) + (isCounted(request) ? 1 : 0));
  return counts;
}

export function isInPart(startUs: number, { fromUs, toUs }: BetterPart): boolean {
  return startUs >= fromUs && startUs <= toUs;
}
