/**
 * When the problem began, from the requests themselves: the moment after which more of them fail, or are slow for their
 * operation, than before. The time of an alert says little: rules wait for minutes before they fire.
 *
 *   failed    . . . . . . . . . x . . x x x x . x x x        slower than 3 of 4   . x . . . . . x . . x x . x x x x x
 *                                     ▲                                                             ▲
 *
 * Each symptom is a yes or no per request, so one huge duration counts once. The moment is where two rates explain the
 * sequence so much better than one rate that the choice among all moments is paid for.
 */

import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { Onset } from '#model/finding/onset.ts';
import { quantileUs } from '#model/requests/request-durations.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { durationText } from '#model/text/duration.ts';

/**
 * `afterUs`: the start of the last request that was surely before it; the truth lies between. `untilUs`: it may have begun
 * as late as this, because single requests fail or are slow at any time.
 */
export type FoundOnset = Onset & Readonly<{ afterUs: number; untilUs: number }>;

/** Twenty to one, after the correction for the choice among moments and symptoms. */
const LEAST_NATS = 3;
/** As a share of the clearest symptom's evidence: above this a symptom is still clear. */
const CLEAR_SHARE = 0.5;
/** Fewer requests on either side prove nothing. */
const FEWEST = 5;
/** Fewer requests of one operation do not show its usual latency. */
const FEWEST_OF_OPERATION = 10;
/** Users notice a tenth on top of the usual latency. */
const FELT = 1.1;
/** SLOs usually allow this rate of failures. */
const LEAST_RISE = 0.01;

/** A fault in all requests moves the median; a fault in a few moves only the tail. */
const SLOWER_THAN = [
  { at: 0.5, part: 'median' },
  { at: 0.75, part: 'p75' },
  { at: 0.9, part: 'p90' },
  { at: 0.95, part: 'p95' },
] as const;

type Symptom = Readonly<{
  signal: Onset['signal'];
  /** Undefined where nobody can say. */
  shows(request: SeenRequest): boolean | undefined;
  /** Empty where the difference is too small to matter. */
  why(before: readonly SeenRequest[], since: readonly SeenRequest[]): string;
  /** With a limit between the two times: the usual latency of a mixture of both is no limit that separates them. */
  between?(before: readonly SeenRequest[], since: readonly SeenRequest[]): Symptom['shows'];
}>;

/** Requests in any order; none of them was searched because it was slow or failed. */
export function onsetOf(requests: readonly SeenRequest[]): FoundOnset | undefined {
  const inOrder = requests.toSorted((a, b) => a.startUs - b.startUs || (a.traceId < b.traceId ? -1 : 1));
  const found: (FoundOnset & Readonly<{ nats: number }>)[] = [];
  const symptoms = symptomsOf(inOrder);
  for (const symptom of symptoms) {
    const { signal, why } = symptom;
    const risen = riseOf(symptom, inOrder);
    if (risen === undefined) continue;
    const { told, rise } = risen;
    const nats = rise.nats - Math.log(told.length) - Math.log(symptoms.length);
    if (nats < LEAST_NATS) continue;
    const [before, since] = [told.slice(0, rise.at), told.slice(rise.at)];
    const words = why(before, since);
    const [last, first, latest] = [told[rise.notBefore - 1], since[0], told[rise.notAfter]];
    if (words === '' || last === undefined || first === undefined || latest === undefined) continue;
    found.push({ atUs: first.startUs, afterUs: last.startUs, untilUs: latest.startUs, signal, why: words, nats });
  }
  const most = found.reduce((nats, one) => Math.max(nats, one.nats), 0);
  // The earliest of the nearly equally clear symptoms: the others are its consequences, or show it later.
  const [earliest] = found
    .filter(({ nats }) => nats >= CLEAR_SHARE * most)
    .sort((a, b) => a.atUs - b.atUs || b.nats - a.nats);
  if (earliest === undefined) return undefined;
  const clearest = found.reduce((best, one) => (one.nats > best.nats ? one : best), earliest);
  const { nats: _, ...onset } = earliest;
  return { ...onset, untilUs: Math.max(onset.untilUs, clearest.atUs) };
}

type Risen = Readonly<{ told: readonly SeenRequest[]; rise: Rise }>;

/** The clearer one of the rise above the usual, and of the rise above a limit between the two times that it separates. */
function riseOf({ shows, between }: Symptom, inOrder: readonly SeenRequest[]): Risen | undefined {
  const usual = riseWith(shows, inOrder);
  if (usual === undefined || between === undefined) return usual;
  const { told, rise } = usual;
  const apart = riseWith(between(told.slice(0, rise.at), told.slice(rise.at)), inOrder);
  return apart !== undefined && apart.rise.nats > rise.nats ? apart : usual;
}

function riseWith(shows: Symptom['shows'], inOrder: readonly SeenRequest[]): Risen | undefined {
  const told = inOrder.filter((request) => shows(request) !== undefined);
  const rise = steepestRise(told.map((request) => shows(request) === true));
  return rise && { told, rise };
}

/** What is clearly worse in one time than in another, as a clause; empty where nothing is. */
export function worseBy(now: readonly SeenRequest[], then: readonly SeenRequest[]): string {
  const symptoms = symptomsOf([...now, ...then]);
  let best = { nats: LEAST_NATS, words: '' };
  for (const { shows, why } of symptoms) {
    const nats = riseInNats(countOf(then, shows), countOf(now, shows)) - Math.log(symptoms.length);
    if (nats <= best.nats) continue;
    const words = why(then, now);
    if (words !== '') best = { nats, words };
  }
  return best.words;
}

function countOf(requests: readonly SeenRequest[], shows: Symptom['shows']): Counted {
  const told = requests.map(shows).filter((shown) => shown !== undefined);
  return [told.filter((shown) => shown).length, told.length];
}

type Rise = Readonly<{
  at: number;
  nats: number;
  /**
   * Where a third of the requests fail, successful requests before the first failure prove little: it may have begun
   * here.
   */
  notBefore: number;
  /** The last position that explains the sequence nearly as well: what came before it may be chance. */
  notAfter: number;
}>;

/** The position in a yes/no sequence with the largest rise of the rate. */
function steepestRise(row: readonly boolean[]): Rise | undefined {
  const total = row.filter((shown) => shown).length;
  const rises: Found[] = [];
  let best: Found | undefined;
  let before = 0;
  for (const [at, shown] of row.entries()) {
    if (shown && at >= FEWEST && row.length - at >= FEWEST) {
      const rise = { at, nats: riseInNats([before, at], [total - before, row.length - at]) };
      rises.push(rise);
      if (rise.nats > (best?.nats ?? 0)) best = rise;
    }
    if (shown) before += 1;
  }
  if (best === undefined) return undefined;
  const least = best.nats - DOUBT_NATS;
  const notAfter = rises.findLast(({ nats }) => nats >= least)?.at ?? best.at;
  return { ...best, notBefore: notBeforeOf(row, best), notAfter };
}

type Found = Pick<Rise, 'at' | 'nats'>;

/** Seven to one. */
const DOUBT_NATS = 2;
/** As a share of the requests before: the rest stays as the reference. */
const MOST_DOUBTED = 0.5;

function notBeforeOf(row: readonly boolean[], { at, nats }: Found): number {
  const total = row.filter((shown) => shown).length;
  const least = Math.max(1, Math.ceil(at * MOST_DOUBTED));
  let before = row.slice(0, at).filter((shown) => shown).length;
  let first = at;
  while (first > least) {
    before -= Number(row[first - 1]);
    const earlier = riseInNats([before, first - 1], [total - before, row.length - first + 1]);
    if (earlier < nats - DOUBT_NATS) break;
    first -= 1;
  }
  return first;
}

function symptomsOf(requests: readonly SeenRequest[]): readonly Symptom[] {
  return [
    { signal: 'failures', shows: ({ failed }) => failed, why: rose('fail', ({ failed }) => failed) },
    {
      signal: 'errors',
      shows: ({ failedInside }) => failedInside,
      why: rose('contain a failure', ({ failedInside }) => failedInside),
    },
    ...SLOWER_THAN.map(({ at, part }): Symptom => {
      const usual = usualUs(requests, at);
      return {
        signal: 'latency',
        shows({ operation, durationUs }) {
          const us = usual.get(operation);
          return us === undefined ? undefined : durationUs > us;
        },
        why: slowed(at, part, usual),
        between: (before, since) => slowerThanBetween(before, since, { at, usual }),
      };
    }),
  ];
}

/** So many times as long: below that, the two times overlap, and no limit separates them. */
const APART = 4;

/**
 * Slower than the geometric mean of this percentile of both times, for operations where it is far apart. The others are
 * as fast as before: which of their requests are slow is chance, and moves the moment by minutes.
 */
function slowerThanBetween(
  before: readonly SeenRequest[],
  since: readonly SeenRequest[],
  { at, usual }: Readonly<{ at: number; usual: ReadonlyMap<string, number> }>,
): Symptom['shows'] {
  const limits = new Map<string, number>();
  for (const operation of usual.keys()) {
    const [then, now] = [before, since].map((all) => all.filter((request) => request.operation === operation));
    if (then === undefined || now === undefined || then.length === 0 || now.length === 0) continue;
    const [was, is] = [quantileUs(then, at), quantileUs(now, at)];
    if (is >= APART * was) limits.set(operation, Math.sqrt(was * is));
  }
  return ({ operation, durationUs }) => {
    const us = limits.get(operation);
    return us === undefined ? undefined : durationUs > us;
  };
}

/** By operation, the given percentile of its durations. */
function usualUs(requests: readonly SeenRequest[], at: number): ReadonlyMap<string, number> {
  const usual = new Map<string, number>();
  for (const [operation, own] of Map.groupBy(requests, (request) => request.operation)) {
    if (own.length >= FEWEST_OF_OPERATION) usual.set(operation, quantileUs(own, at));
  }
  return usual;
}

function rose(what: string, isSo: (request: SeenRequest) => boolean): Symptom['why'] {
  return (before, since) => {
    const [was, is] = [before.filter(isSo).length, since.filter(isSo).length];
    if (is / since.length - was / before.length < LEAST_RISE) return '';
    return `${is} of ${since.length} requests ${what}, ${was} of ${before.length} before`;
  };
}

/** Names only the operation with the most additional slow requests: others may vary every day. */
function slowed(at: number, part: string, usual: ReadonlyMap<string, number>): Symptom['why'] {
  return (before, since) => {
    const slow = (all: readonly SeenRequest[], operation: string) =>
      all.filter((request) => request.operation === operation && request.durationUs > (usual.get(operation) ?? 0))
        .length;
    const rises = [...usual.keys()].map((operation) => {
      return { operation, rise: slow(since, operation) / since.length - slow(before, operation) / before.length };
    });
    const [most] = rises.sort((a, b) => b.rise - a.rise || (a.operation < b.operation ? -1 : 1));
    if (most === undefined) return '';
    const own = (all: readonly SeenRequest[]) => all.filter(({ operation }) => operation === most.operation);
    const [now, then] = [own(since), own(before)];
    if (now.length === 0 || then.length === 0) return '';
    const [was, is] = [quantileUs(then, at), quantileUs(now, at)];
    const whose = rises.length === 1 ? `the ${part} latency` : `the ${part} latency of ${most.operation}`;
    return is < FELT * was ? '' : `${whose} is ${durationText(is)}, ${durationText(was)} before`;
  };
}
