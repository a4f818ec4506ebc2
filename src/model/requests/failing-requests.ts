/** How many requests of a time fail, and how many are too many. */

import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { type Share, shareOf } from '#model/stats/proportion.ts';

/** Ten times what a service level usually allows; the guide calls it a high error rate. */
const BAD_SHARE = 0.05;
/** One failure among few requests is bad luck. */
const LEAST_FAILURES = 2;

/** Counts failures among the requests that nobody chose for what they show. */
export function failuresAmong(requests: readonly SeenRequest[]): Share {
  const unchosen = requests.filter(({ sample }) => isUnchosen(sample));
  return { times: unchosen.filter(({ failed }) => failed).length, of: unchosen.length };
}

/** So many failures must be named. */
export function areTooMany(failures: Share): boolean {
  return failures.times > 0 && shareOf(failures) >= BAD_SHARE;
}

/** A time with so many failures is not healthy. */
export function isNoHealth(failures: Share): boolean {
  return failures.times >= LEAST_FAILURES && areTooMany(failures);
}
