/** How long requests took. */
import { quantileSorted } from 'simple-statistics';
import type { SeenRequest } from '#model/requests/seen-request.ts';

/** In microseconds, the shortest first. */
export function sortedDurations(requests: readonly Pick<SeenRequest, 'durationUs'>[]): number[] {
  return requests.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
}

/** In microseconds. `at`: 0.5 is the median. */
export function quantileUs(requests: readonly Pick<SeenRequest, 'durationUs'>[], at: number): number {
  return quantileSorted(sortedDurations(requests), at);
}
