/**
 * Which service makes requests take longer. A service is suspected by the places that a fault in it would slow. The
 * weight is how much of all added time that explains, and how many of those places are really slow.
 *
 *   its CPU           reads calls late and works slowly: ways to it, ways back from its callees, its own time
 *   its network       sends late: ways back to its callers, and ways to it while connections are opened
 *   its calls         sends late only as a caller: ways to its callees
 *   itself            only its own time
 */

import { mean } from 'simple-statistics';
import type { Calls, CallTimes, Place } from '#diagnose/window/call-times.ts';
import { chanceAmong } from '#diagnose/window/chance.ts';
import { chanceThatRequestsGrew, growthOf } from '#diagnose/window/samples.ts';

export type Slowness = Readonly<{
  /** Time added to all requests of the window, as far as it is new, in microseconds. */
  addedUs: number;
  /** Best first; 0 to 1 each. */
  suspects: readonly SlowSuspect[];
}>;

export type SlowSuspect = Readonly<{
  service: string;
  trouble: Trouble;
  score: number;
  /** The slow places that support it, the one with the most added time first. */
  places: readonly GrownPlace[];
  /** One of its statements takes longer, its others do not: the database is as fast as ever. */
  isOneStatement: boolean;
  /**
   * The chance that random variation makes any service's places this slow: by the strongest place, or by all of them
   * together.
   */
  chance: number;
}>;

export type Trouble = 'cpu' | 'network' | 'calls' | 'itself';

export type GrownPlace = Readonly<{
  place: Place;
  calls: number;
  /** The growth of the mean. */
  growthUs: number;
  /** The growth of all calls together, as far as it is new. */
  weightUs: number;
  /** The share of these calls that grew. */
  share: number;
  /** The chance of this growth, for this place alone. */
  chance: number;
  /** The share of the grown calls that took longer than any healthy call. */
  newShare: number;
}>;

/**
 * Where half of the healthy calls were as slow as the grown ones, more of them are nothing new: users send other
 * requests. The baseline may contain some of the fault, so at least a tenth always counts.
 */
const LEAST_NEWS = 0.1;

/** As a share of a suspect's slowest place: above this a place still counts as slow. */
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

const NO_GROWTH = { shift: 0, share: 0, knownShare: 0, newShare: 0, chance: 1 } as const;

/** The larger part. */
const MOST_OF_MIX = 0.5;
/** Fewer healthy calls of a kind of request do not show how long it usually takes. */
const FEWEST_OF_KIND = 3;

/**
 * How much of the growth of the mean the kinds of requests explain, 0 to 1: the mean of the healthy calls with the kinds
 * weighted as they are now (direct standardisation, as in epidemiology).
 */
function shareOfMix(before: Calls, now: Calls): number {
  const usual = new Map(
    [...Map.groupBy(before.values.keys(), (at) => before.kinds[at] ?? '')].flatMap(([kind, own]) =>
      own.length < FEWEST_OF_KIND ? [] : [[kind, mean(own.map((at) => before.values[at] ?? 0))] as const],
    ),
  );
  if (usual.size < 2) return 0;
  const [was, is] = [mean(before.values), mean(now.values)];
  const expected = mean(now.kinds.map((kind) => usual.get(kind) ?? was));
  return is <= was ? 0 : (expected - was) / (is - was);
}

/**
 * Without the calls of requests that the baseline does not have: a job that runs now and did not run then takes its own
 * time, and slows nobody by that alone. All of them where no other is left.
 */
function ofKinds(calls: Calls, usual: ReadonlySet<string>): Calls {
  const places = [...calls.kinds.keys()].filter((at) => usual.has(calls.kinds[at] ?? ''));
  if (places.length === 0 || places.length === calls.kinds.length) return calls;
  const at = <T>(values: readonly T[]): T[] => places.flatMap((place) => values.slice(place, place + 1));
  return {
    place: calls.place,
    values: at(calls.values),
    atUs: at(calls.atUs),
    requests: at(calls.requests),
    kinds: at(calls.kinds),
  };
}

type ComparedPlace = GrownPlace & Readonly<{ before: Calls; now: Calls }>;

/** Every place with enough calls on both sides; most did not grow. */
function comparedPlaces(before: CallTimes, now: CallTimes): readonly ComparedPlace[] {
  const known: ComparedPlace[] = [];
  const usual = new Set([...before.values()].flatMap(({ kinds }) => kinds));
  for (const [key, all] of now) {
    const healthy = before.get(key);
    if (healthy === undefined) continue;
    const calls = ofKinds(all, usual);
    const growth = growthOf(healthy, calls);
    if (growth === undefined) continue;
    // Users ask more often for what always took long: no call takes longer than before.
    const isOfMix = growth.shift > 0 && shareOfMix(healthy, calls) > MOST_OF_MIX;
    const { shift, share, knownShare, newShare, chance } = isOfMix ? NO_GROWTH : growth;
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
      trouble: 'cpu',
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
    const isOneStatement = isOfOneStatement(known.filter(({ place }) => isStatementOf(place, service)));
    return { service, trouble, score, isOneStatement, places: places.sort((a, b) => b.weightUs - a.weightUs) };
  });
  return suspects.reduce((best, suspect) => (suspect.score > best.score ? suspect : best));
}

function isStatementOf({ way, service, isOfDatabase }: Place, asking: string): boolean {
  return way === 'self' && isOfDatabase && service === asking;
}

/** With a single statement, nobody knows whether its database is slow. */
function isOfOneStatement(statements: readonly GrownPlace[]): boolean {
  return statements.length > 1 && statements.filter(({ weightUs }) => weightUs > 0).length === 1;
}

type Suspected = Omit<SlowSuspect, 'chance'>;

/** Two tests, each corrected for all comparisons: the strongest place alone, and all places of a suspect together. */
function chanceOf({ service, trouble, places }: Suspected, known: readonly ComparedPlace[], services: number): number {
  const signs = signsOf(service).filter((one) => one.trouble === trouble);
  const shown = known.filter(({ place }) => signs.some(({ shows }) => shows(place)));
  const surest = places.reduce((chance, place) => Math.min(chance, place.chance), 1);
  const together = chanceThatRequestsGrew(shown);
  const chance = Math.min(chanceAmong(surest, known.length), chanceAmong(together, services * signsOf(service).length));
  return chanceAmong(chance, 2);
}
