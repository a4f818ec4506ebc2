/**
 * Whose fault it is that requests take longer: a service is suspected by the places that its trouble would make slow, and
 * believed by how much of all the added time that explains, and how many of those places are slow indeed.
 *
 *   its processor     it reads calls late and works slowly: ways to it, ways back from whom it calls, its own time
 *   its network       what it sends is late: ways back to its callers, and ways to it while connections are opened
 *   its calls         what it sends is late only where it is the caller: ways to whom it calls
 *   itself            its own time alone
 */

import type { CallTimes, Place } from '#diagnose/window/call-times.ts';
import { growthOf } from '#diagnose/window/samples.ts';

export type Slowness = Readonly<{
  /** Time added to all requests of the window, in microseconds. */
  addedUs: number;
  /** Best first; 0 to 1 each. */
  suspects: readonly SlowSuspect[];
}>;

export type SlowSuspect = Readonly<{
  service: string;
  trouble: Trouble;
  score: number;
  /** The slow places that speak for it, the one with the most added time first. */
  places: readonly GrownPlace[];
}>;

export type Trouble = 'processor' | 'network' | 'calls' | 'itself';

export type GrownPlace = Readonly<{ place: Omit<Place, 'us'>; calls: number; growthUs: number }>;

/** Of a suspect's slowest place, what still counts as slow. */
const SLOW_SHARE = 0.1;

export function slowness(before: CallTimes, now: CallTimes): Slowness {
  const known = grownPlaces(before, now);
  const addedUs = known.reduce((sum, { calls, growthUs }) => sum + calls * growthUs, 0);
  if (addedUs === 0) return { addedUs, suspects: [] };
  const services = new Set(known.flatMap(({ place }) => [place.service, place.callee]).filter((name) => name !== ''));
  const suspects = [...services].map((service) => suspectOf(service, known, addedUs)).filter(({ score }) => score > 0);
  return { addedUs, suspects: suspects.sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1)) };
}

/** Every place with enough calls on both sides; most did not grow. */
function grownPlaces(before: CallTimes, now: CallTimes): readonly GrownPlace[] {
  const known: GrownPlace[] = [];
  for (const [key, { us, ...place }] of now) {
    const growthUs = growthOf(before.get(key)?.us ?? [], us);
    if (growthUs !== undefined) known.push({ place, calls: us.length, growthUs });
  }
  return known;
}

type Signs = Readonly<{
  trouble: Trouble;
  shows(place: Omit<Place, 'us'>): boolean;
  mayShow?(place: Omit<Place, 'us'>): boolean;
}>;

function signsOf(service: string): readonly Signs[] {
  const isOwn = (place: Omit<Place, 'us'>) => place.way === 'self' && place.service === service;
  return [
    {
      trouble: 'processor',
      shows: (place) =>
        isOwn(place) ||
        (place.way === 'request' && place.callee === service) ||
        (place.way === 'response' && place.service === service),
    },
    {
      trouble: 'network',
      shows: ({ way, callee }) => way === 'response' && callee === service,
      mayShow: ({ way, callee }) => way === 'request' && callee === service,
    },
    { trouble: 'calls', shows: (place) => place.way === 'request' && place.service === service, mayShow: isOwn },
    { trouble: 'itself', shows: isOwn },
  ];
}

function suspectOf(service: string, known: readonly GrownPlace[], addedUs: number): SlowSuspect {
  const suspects = signsOf(service).map(({ trouble, shows, mayShow }): SlowSuspect => {
    const shown = known.filter(({ place }) => shows(place));
    const also = mayShow === undefined ? [] : known.filter(({ place, growthUs }) => growthUs > 0 && mayShow(place));
    const most = shown.reduce((us, { growthUs }) => Math.max(us, growthUs), 0);
    const isSlow = ({ growthUs }: GrownPlace) => growthUs > 0 && growthUs >= SLOW_SHARE * most;
    const weight = (places: readonly GrownPlace[]) => places.reduce((sum, { calls }) => sum + Math.sqrt(calls), 0);
    const slow = shown.filter(isSlow);
    const places = [...shown.filter(({ growthUs }) => growthUs > 0), ...also];
    const explained = places.reduce((sum, { calls, growthUs }) => sum + calls * growthUs, 0) / addedUs;
    const score = slow.length === 0 ? 0 : explained * (weight(slow) / weight(shown));
    return { service, trouble, score, places: places.sort((a, b) => b.calls * b.growthUs - a.calls * a.growthUs) };
  });
  return suspects.reduce((best, suspect) => (suspect.score > best.score ? suspect : best));
}
