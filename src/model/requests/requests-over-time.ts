/** Requests in equal slots of time, for the picture of when it began. */
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { medianOf } from '#model/stats/robust.ts';

/** Slots of equal length from `fromUs` to `toUs`, in microseconds since the epoch. `isHealthy`: of the baseline. */
export type TimeStretch = Readonly<{ isHealthy: boolean; fromUs: number; toUs: number; slots: readonly TimeSlot[] }>;

/** `medianUs`: the median duration; 0 without requests. */
export type TimeSlot = Readonly<{ requests: number; failed: number; medianUs: number }>;

/** Fewer requests have no course over time. */
const FEWEST = 10;
/** A slot has so many on average. */
const OF_SLOT = 4;
const MOST_SLOTS = 24;

/** The baseline first. Empty where too few requests are known. */
export function requestsOverTime(
  requests: readonly SeenRequest[],
  healthy: readonly SeenRequest[],
): readonly TimeStretch[] {
  const now = stretchOf(requests, false);
  return now.length === 0 ? [] : [...stretchOf(healthy, true), ...now];
}

function stretchOf(requests: readonly SeenRequest[], isHealthy: boolean): readonly TimeStretch[] {
  if (requests.length < FEWEST) return [];
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startUs } of requests) [fromUs, toUs] = [Math.min(fromUs, startUs), Math.max(toUs, startUs)];
  if (!Number.isFinite(toUs - fromUs) || toUs === fromUs) return [];
  const count = Math.min(MOST_SLOTS, Math.floor(requests.length / OF_SLOT));
  const placed = Map.groupBy(requests, ({ startUs }) =>
    Math.min(count - 1, Math.floor(((startUs - fromUs) / (toUs - fromUs)) * count)),
  );
  return [{ isHealthy, fromUs, toUs, slots: Array.from({ length: count }, (_, at) => slotOf(placed.get(at) ?? [])) }];
}

function slotOf(requests: readonly SeenRequest[]): TimeSlot {
  const durations = requests.map(({ durationUs }) => durationUs);
  return {
    requests: requests.length,
    failed: requests.filter(({ failed }) => failed).length,
    medianUs: durations.length === 0 ? 0 : medianOf(durations),
  };
}
