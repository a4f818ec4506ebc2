/**
 * Whose fault it is that requests take longer: a service is suspected by the places that its trouble would make slow, and
 * believed by how much of all the added time that explains, and how many of those places are slow indeed.
 *
 *   its processor     it reads calls late and works slowly: ways to it, ways back from whom it calls, its own time
 *   its network       what it sends is late: ways back to its callers, and ways to it while connections are opened
 *   its calls         what it sends is late only where it is the caller: ways to whom it calls
 *   itself            its own time alone
 */

import type { Calls, CallTimes, Place } from '#diagnose/window/call-times.ts';
import { chanceAmong } from '#diagnose/window/chance.ts';
import { chanceThatRequestsGrew, growthOf } from '#diagnose/window/samples.ts';

export type Slowness = Readonly<{
  /** Time added to all requests of the window, as far as it is news, in microseconds. */
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
  /** That chance alone makes anybody's places so slow: the surest of them, or all of them together. */
  chance: number;
}>;

export type Trouble = 'processor' | 'network' | 'calls' | 'itself';

export type GrownPlace = Readonly<{
  place: Place;
  calls: number;
  /** Of the mean. */
  growthUs: number;
  /** Of all calls together, as far as it is news. */
  weightUs: number;
  /** Of these calls, how many grew. */
  share: number;
  /** That chance did it, here alone. */
  chance: number;
  /** Of those that grew, how many took longer than any healthy call. */
  newShare: number;
}>;

/**
 * Where half of the healthy calls were as slow as those that grew, more of them are no news: users ask for other things.
 * A healthy time may hold some of the fault, so that a tenth of it always counts.
 */
const LEAST_NEWS = 0.1;

/** Of a suspect's slowest place, what still counts as slow. */
const SLOW_SHARE = 0.1;

export function slowness(before: CallTimes, now: CallTimes): Slowness {
  const known = comparedPlaces(before, now);
  const addedUs = known.reduce((sum, { weightUs }) => sum + weightUs, 0);
  if (addedUs === 0) return { addedUs, suspects: [] };
  const services = new Set(known.flatMap(({ place }) => [place.service, place.callee]).filter((name) => name !== ''));
  const best = [...services].map((service) => suspectOf(service, known, addedUs)).filter(({ score }) => score > 0);
  const suspects = best.map((suspect) => ({ ...suspect, chance: chanceOf(suspect, known, services.size) }));
  return { addedUs, suspects: suspects.sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1)) };
}

type ComparedPlace = GrownPlace & Readonly<{ before: Calls; now: Calls }>;

/** Every place with enough calls on both sides; most did not grow. */
function comparedPlaces(before: CallTimes, now: CallTimes): readonly ComparedPlace[] {
  const known: ComparedPlace[] = [];
  for (const [key, calls] of now) {
    const healthy = before.get(key);
    if (healthy === undefined) continue;
    const growth = growthOf(healthy, calls);
    if (growth === undefined) continue;
    const { shift, share, knownShare, newShare, chance } = growth;
    const news = Math.max(LEAST_NEWS, 1 - 2 * knownShare);
    known.push({
      place: calls.place,
      before: healthy,
      now: calls,
      calls: calls.values.length,
      growthUs: shift,
      weightUs: news * calls.values.length * shift,
      share,
      chance,
      newShare,
    });
  }
  return known;
}

type Signs = Readonly<{
  trouble: Trouble;
  shows(place: Place): boolean;
  mayShow?(place: Place): boolean;
}>;

function signsOf(service: string): readonly Signs[] {
  const isOwn = (place: Place) => place.way === 'self' && place.service === service;
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

function suspectOf(service: string, known: readonly GrownPlace[], addedUs: number): Suspected {
  const suspects = signsOf(service).map(({ trouble, shows, mayShow }): Suspected => {
    const shown = known.filter(({ place }) => shows(place));
    const also = mayShow === undefined ? [] : known.filter(({ place, growthUs }) => growthUs > 0 && mayShow(place));
    const most = shown.reduce((us, { growthUs }) => Math.max(us, growthUs), 0);
    const isSlow = ({ growthUs }: GrownPlace) => growthUs > 0 && growthUs >= SLOW_SHARE * most;
    const weight = (places: readonly GrownPlace[]) => places.reduce((sum, { calls }) => sum + Math.sqrt(calls), 0);
    const slow = shown.filter(isSlow);
    const places = [...shown.filter(({ growthUs }) => growthUs > 0), ...also];
    const explained = places.reduce((sum, { weightUs }) => sum + weightUs, 0) / addedUs;
    const score = slow.length === 0 ? 0 : explained * (weight(slow) / weight(shown));
    return { service, trouble, score, places: places.sort((a, b) => b.weightUs - a.weightUs) };
  });
  return suspects.reduce((best, suspect) => (suspect.score > best.score ? suspect : best));
}

type Suspected = Omit<SlowSuspect, 'chance'>;

/** Two tests of one thing, each over all that was compared: the surest place alone, and all of a suspect's places together. */
function chanceOf({ service, trouble, places }: Suspected, known: readonly ComparedPlace[], services: number): number {
  const signs = signsOf(service).filter((one) => one.trouble === trouble);
  const shown = known.filter(({ place }) => signs.some(({ shows }) => shows(place)));
  const surest = places.reduce((chance, place) => Math.min(chance, place.chance), 1);
  const together = chanceThatRequestsGrew(shown);
  const chance = Math.min(chanceAmong(surest, known.length), chanceAmong(together, services * signsOf(service).length));
  return chanceAmong(chance, 2);
}
