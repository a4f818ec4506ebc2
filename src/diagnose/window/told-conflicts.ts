/**
 * Calls whose callee only says that somebody else was quicker, or that a version is no longer the newest: a seat is taken, a
 * name is in use. That is an answer, and its caller passes it on to the user (RFC 9110, 409 and 412; `google.rpc.Code` maps
 * ABORTED and ALREADY_EXISTS to 409).
 * A fault looks different: requests fail or take longer, most calls are refused, or a service complains of an error.
 */
import type { Suspect } from '#diagnose/window/culprit.ts';
import { isNewComplaint, NEWS_NATS } from '#diagnose/window/log-switches.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';

/** As `failureStatus` writes them. A store that aborts transactions has a code of its own. */
const CONFLICT = /^(?:409|412)\b|^RPC status (?:ABORTED|ALREADY_EXISTS|10|6)$/i;

/** Where more are refused, hardly anybody is served. */
const MOST_REFUSED = 0.5;
/** As a share of the requests' time: nobody notices less. */
const FELT_SHARE = 0.1;

export function areConflictsTold(
  first: Suspect,
  { failures, failing, addedShare, switches, requests }: WindowSigns,
  detectors: Detectors,
): boolean {
  if (requests === 0 || first.detector !== detectors.named('failing-requests').id) return false;
  const news = failures.filter(({ nats }) => nats >= NEWS_NATS);
  const areConflicts = news.every(({ status, now: [times, of] }) => CONFLICT.test(status) && times < MOST_REFUSED * of);
  if (news.length === 0 || !areConflicts || addedShare >= FELT_SHARE) return false;
  const failMore = riseInNats(failing.before, failing.now) >= NEWS_NATS;
  return !failMore && !switches.some((one) => isNewComplaint(one, 'error'));
}
