/** How many requests of a time fail, and how many are too many. */
import { type Share, shareOf } from '#model/proportion.ts';
import { isUnchosen, type SeenRequest } from '#model/seen-request.ts';

/** What a service level usually allows, ten times; the guide calls it a high error rate. */
const BAD_SHARE = 0.05;
/** Of a few requests one that fails is bad luck. */
const LEAST_FAILURES = 2;

/** Of the requests that nobody chose for what they show. */
export function failuresAmong(requests: readonly SeenRequest[]): Share {
  const unchosen = requests.filter(({ sample }) => isUnchosen(sample));
  return { times: unchosen.filter(({ failed }) => failed).length, of: unchosen.length };
}

/** A time in which so many fail may not be called well. */
export function areTooMany(failures: Share): boolean {
  return failures.times > 0 && shareOf(failures) >= BAD_SHARE;
}

/** A time in which so many fail may not stand for health. */
export function isNoHealth(failures: Share): boolean {
  return failures.times >= LEAST_FAILURES && areTooMany(failures);
}
