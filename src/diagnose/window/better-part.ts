/**
 * The part of a baseline that may still stand for health, where too many requests of the whole failed: a fault that ended
 * in it, or that began before the window. Its beginning or its end is such a part only if the failures are clearly in the
 * rest: failures that are spread over the time are how it always is.
 *
 *   baseline   ○○○○○○○○○○○○○○○○○○○○●●○●●●○●     window   ●●●●●●
 *              └── compared with ──┘
 */
import { riseInNats } from '#diagnose/window/samples.ts';
import { isNoHealth } from '#model/requests/failing-requests.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';

/** Microseconds since the epoch, both included; `requests` started in it, `of` in the whole. */
export type BetterPart = Readonly<{ fromUs: number; toUs: number; requests: number; of: number }>;

/** Twenty to one, as for a time that is no baseline. */
const LEAST_NATS = Math.log(20);

/** The longest one with at least `fewest` requests; undefined where there is none, or none is needed. */
export function betterPart(healthy: readonly SeenRequest[], fewest: number): BetterPart | undefined {
  const requests = healthy.filter(({ sample }) => isUnchosen(sample)).sort((a, b) => a.startUs - b.startUs);
  const of = requests.length;
  const failures = countsUntil(requests);
  if (!isNoHealth({ times: failures[of] ?? 0, of })) return undefined;
  for (let count = of - 1; count >= fewest; count -= 1) {
    const from = [0, of - count].find((start) => isHealthy(failures, start, count));
    const [first, last] = from === undefined ? [] : [requests[from], requests[from + count - 1]];
    if (first !== undefined && last !== undefined)
      return { fromUs: first.startUs, toUs: last.startUs, requests: count, of };
  }
  return undefined;
}

/** Few of its requests failed, and clearly more of the rest. */
function isHealthy(failures: readonly number[], from: number, count: number): boolean {
  const [all, of] = [failures.at(-1) ?? 0, failures.length - 1];
  const times = (failures[from + count] ?? 0) - (failures[from] ?? 0);
  if (isNoHealth({ times, of: count })) return false;
  return riseInNats([times, count], [all - times, of - count]) >= LEAST_NATS;
}

/** At each place the number of failed requests before it. */
function countsUntil(requests: readonly SeenRequest[]): readonly number[] {
  const counts = [0];
  for (const { failed } of requests) counts.push((counts.at(-1) ?? 0) + (failed ? 1 : 0));
  return counts;
}

export function isInPart(startUs: number, { fromUs, toUs }: BetterPart): boolean {
  return startUs >= fromUs && startUs <= toUs;
}
