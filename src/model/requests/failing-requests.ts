/** How many requests of a window fail, and how many are too many. */

import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { type Share, shareOf } from '#model/stats/proportion.ts';

/** Ten times what an SLO usually allows; the guide calls it a high error rate. */
const BAD_SHARE = 0.05;
/** One failure among few requests is bad luck. */
const LEAST_FAILURES = 2;

/** Counts failures among sampled requests only. */
export function failuresAmong(requests: readonly SeenRequest[]): Share {
  const unchosen = requests.filter(({ sample }) => isUnchosen(sample));
  return { times: unchosen.filter(({ failed }) => failed).length, of: unchosen.length };
}

/** This many failures must be reported. */
export function areTooMany(failures: Share): boolean {
  return failures.times > 0 && shareOf(failures) >= BAD_SHARE;
}

/** A window with this many failures is no baseline. */
export function isNoHealth(failures: Share): boolean {
  return failures.times >= LEAST_FAILURES && areTooMany(failures);
}
