/** The places at which a store's pages begin. A store that names a place twice would be asked in a circle. */
import { BackendError } from '#core/errors.ts';

/** Called with each place that a store names, it gives the place back, or throws if the store named it before. */
export function nextPages(store: string, request: string): (place: string) => string {
  const named = new Set<string>();
  return (place) => {
    if (named.has(place)) throw new BackendError(store, 200, request, { reason: 'it named the same next page twice' });
    named.add(place);
    return place;
  };
}
