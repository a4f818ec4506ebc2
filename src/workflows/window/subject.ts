/** The time window to judge: the time since the problem began, with a healthy window to compare it with. */
import { healthOf } from '#diagnose/window/healthy-time.ts';
import { type FoundOnset, onsetOf } from '#diagnose/window/onset.ts';
import { outagesIn } from '#diagnose/window/seen-outages.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { TroubleTime } from '#model/incident/trouble-time.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { isIn, type Time, throughOf, timeBefore, unchosen, type WindowHunt } from '#workflows/window/hunt.ts';

/**
 * The window to judge, from the data so far: the time since the problem began, and a healthy window that ended before.
 * An earlier problem that is over is not the beginning.
 */
export async function windowOf(hunt: WindowHunt): Promise<WindowSubject> {
  const { asked, service } = hunt;
  const requests = await unchosen(hunt);
  const found = beginningIn(hunt, requests);
  const beganUs = found?.atUs ?? asked.fromUs;
  const onset = found && { atUs: found.atUs, signal: found.signal, why: found.why };
  const window = {
    kind: asked.kind,
    service,
    fromUs: asked.kind === 'window' ? Math.max(beganUs, asked.fromUs) : beganUs,
    toUs: asked.toUs,
    through: throughOf(hunt),
    onset,
  };
  return { ...window, ...healthOf({ ...placeOf(hunt, window, found), onset, requests }) };
}

export function beginningIn(hunt: WindowHunt, requests: readonly SeenRequest[]): FoundOnset | undefined {
  const { toUs } = hunt.asked;
  const time = { fromUs: timeBefore(hunt).fromUs, toUs };
  const over = [...hunt.troubles.filter((trouble) => trouble.toUs < toUs), ...seenOver(hunt, requests)];
  return onsetOf(requests.filter((request) => isIn(request, time) && !over.some((trouble) => isIn(request, trouble))));
}

/** So many requests after an outage show that it is over. */
const FEWEST_AFTER = 5;

/** Outages before the window that nobody recorded. One that reaches its start may be the one in question. */
export function seenOver(hunt: WindowHunt, requests: readonly SeenRequest[]): readonly TroubleTime[] {
  const time = timeBefore(hunt);
  const before = requests.filter((request) => isIn(request, time));
  return outagesIn(before, time).filter(
    ({ toUs }) => before.filter(({ startUs }) => startUs > toUs).length >= FEWEST_AFTER,
  );
}

/** The beginning lies between two requests that were read; lines and points in between may already show the problem. */
export function placeOf(hunt: WindowHunt, window: Time, found: FoundOnset | undefined) {
  const toUs = Math.min(found?.afterUs ?? window.fromUs, window.fromUs);
  return { window, before: { ...timeBefore(hunt), toUs }, troubles: hunt.troubles, unread: hunt.unread };
}
