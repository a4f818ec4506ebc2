/**
 * Chooses the baseline for a window: the nearest time before it without a known problem.
 *
 *   … a week ago … yesterday …  before that  [ an alert fired ]  before it  [ window ]
 *          4           3             2                               1
 *
 * A time does not count while an alert fired or an incident was open, where one request in twenty fails, or where
 * nothing was read. If requests failed in a part of a time, or took twice as long, only the rest counts: also an outage
 * that nobody recorded is no health. If no time is left, nothing is compared: an outage beside an outage shows no
 * difference.
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import { onsetOf, worseBy } from '#diagnose/window/onset.ts';
import { areSlow, failText, outagesIn, symptomText } from '#diagnose/window/seen-outages.ts';
import type { Health } from '#model/finding/analysis.ts';
import type { Onset } from '#model/finding/onset.ts';
import {
  overlaps,
  type Stretch,
  stretchesWithout,
  type TroubleTime,
  withMargins,
} from '#model/incident/trouble-time.ts';
import { failuresAmong, isNoHealth } from '#model/requests/failing-requests.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

const OTHER_DAYS = [
  { backUs: DAY_US, day: 'yesterday' },
  { backUs: 7 * DAY_US, day: 'a week ago' },
] as const;

/** How far back a baseline may lie. */
export const LONGEST_BACK_US = 7 * DAY_US;

/** Fewer requests do not show how they differ from the baseline. */
export const FEWEST = 10;

export type HealthAsked = Readonly<{
  /** The judged window. */
  window: Stretch;
  /** The time before it, up to the last moment at which the problem had surely not begun. */
  before: Stretch;
  onset: Onset | undefined;
  /** Troubles that began before the window. */
  troubles: readonly TroubleTime[];
  /** Times whose requests could not be read. */
  unread: readonly Stretch[];
  /** Without requests that were searched because they failed or were slow. */
  requests: readonly SeenRequest[];
}>;

export function healthOf(asked: HealthAsked): Health {
  const first = wellBefore(asked);
  const others = otherTimes(asked).map((time) => wellThen(asked, time));
  const other = firstGood(others.flatMap((one) => ('time' in one ? [one] : [])));
  if (!('time' in first)) {
    if (other !== undefined) return healthy(other, `${other.name}, because in ${first.name} ${first.reason}`);
    return { unhealthy: [first, ...others].flatMap((one) => ('time' in one ? [] : [illText(one)])).join('; ') };
  }
  const { why, requests } = first;
  if (requests.length < FEWEST && other !== undefined) {
    return healthy(other, `${other.name}, because only ${counted(requests.length, 'request')} came in ${why}`);
  }
  const day = firstGood(others.flatMap((one) => ('time' in one && one.isDay ? [one] : [])));
  const worse =
    day === undefined ? '' : worseBy(requests.length > 0 ? requests : inside(asked, asked.window), day.requests);
  if (day === undefined || worse === '') return healthy(first, why);
  return healthy(day, `${day.name}, because the ${lengthOf(first.time)} before are no better: ${worse}`);
}

/** The nearest one, unless requests were clearly worse then than on a later one of the list: it is an outage as well. */
function firstGood(others: readonly Well[]): Well | undefined {
  const isBad = ({ requests }: Well, at: number) =>
    others.slice(at + 1).some((other) => other.isDay && isOutageBeside(requests, other.requests));
  return others.find((one, at) => !isBad(one, at));
}

function isOutageBeside(requests: readonly SeenRequest[], usual: readonly SeenRequest[]): boolean {
  return areSlow(requests, usual) && worseBy(requests, usual) !== '';
}

function healthy({ time }: Readonly<{ time: Stretch }>, why: string): Health {
  return { healthy: { ...time, why } };
}

/** Further times to read where the time before the window is not healthy. */
export function otherTimes({
  window,
  before,
  troubles,
}: Pick<HealthAsked, 'window' | 'before' | 'troubles'>): readonly Other[] {
  const known = withMargins(troubles);
  const near = known.filter((trouble) => overlaps(trouble, before));
  const since = near.reduce((us, { fromUs }) => Math.min(us, fromUs), Number.POSITIVE_INFINITY);
  const lengthUs = before.toUs - before.fromUs;
  const earlier: Other = {
    time: { fromUs: since - lengthUs, toUs: since - 1 },
    name: `the ${roundedText(lengthUs)} before that`,
    isDay: false,
  };
  return [
    ...(near.length > 0 ? [earlier] : []),
    ...OTHER_DAYS.map(({ backUs, day }): Other => {
      const time = { fromUs: window.fromUs - backUs, toUs: window.toUs - backUs };
      return { time, name: `the same time ${day}`, isDay: true };
    }),
  ];
}

export type Other = Readonly<{ time: Stretch; name: string; isDay: boolean }>;

type Well = Other & Readonly<{ requests: readonly SeenRequest[] }>;
type Ill = Readonly<{ name: string; reason: string }>;

function illText({ name, reason }: Ill): string {
  return `${name}: ${reason}`;
}

function wellThen(asked: HealthAsked, other: Other): Well | Ill {
  const trouble = withMargins(asked.troubles).find((one) => overlaps(one, other.time));
  if (trouble !== undefined) return { name: other.name, reason: trouble.what };
  const all = inside(asked, other.time);
  if (all.length < FEWEST) return { name: other.name, reason: `the store has only ${counted(all.length, 'request')}` };
  const seen = seenIn(asked, other.time);
  const [part] = stretchesWithout(other.time, seen)
    .map((time) => ({ ...other, time, requests: inside(asked, time) }))
    .toSorted((a, b) => b.requests.length - a.requests.length || b.time.fromUs - a.time.fromUs);
  if (part === undefined || part.requests.length < FEWEST)
    return { name: other.name, reason: seen[0]?.what ?? failText(all) };
  if (isNoHealth(failuresAmong(part.requests))) return { name: other.name, reason: failText(part.requests) };
  return seen.length === 0 ? part : { ...part, name: `${lengthOf(part.time)} of ${other.name}` };
}

/** What the requests of a time show besides the record: outages that nobody recorded, and where nothing was read. */
function seenIn(asked: HealthAsked, time: Stretch): readonly TroubleTime[] {
  const requests = inside(asked, time);
  const unread = asked.unread
    .filter(
      (one) => overlaps(one, time) && !requests.some(({ startUs }) => startUs >= one.fromUs && startUs <= one.toUs),
    )
    .map((one) => ({ ...one, what: UNREAD }));
  return [...outagesIn(requests, time), ...holesIn(requests, time), ...unread].filter((one) => overlaps(one, time));
}

const UNREAD = 'no requests could be read';
/** A shorter time without requests occurs by chance. */
const HOLE = 0.2;
/** The next longest pause of a service that has pauses is nearly as long. */
const LONGER = 2;
/** Twenty to one. */
const HOLE_NATS = 3;

/** The one long time without requests in the middle: the store, or the service, may have been down. */
function holesIn(requests: readonly SeenRequest[], { fromUs, toUs }: Stretch): readonly TroubleTime[] {
  const starts = requests.map(({ startUs }) => startUs).sort((a, b) => a - b);
  const pauses = starts
    .slice(1)
    .map((startUs, at) => ({ fromUs: (starts[at] ?? startUs) + 1, toUs: startUs - 1 }))
    .sort((a, b) => b.toUs - b.fromUs - (a.toUs - a.fromUs));
  const [longest, next = { fromUs: 0, toUs: 0 }] = pauses;
  if (longest === undefined) return [];
  const [us, nextUs, allUs] = [longest.toUs - longest.fromUs, next.toUs - next.fromUs, toUs - fromUs];
  if (us < HOLE * allUs || us < LONGER * nextUs) return [];
  const expected = (starts.length * us) / (allUs - us);
  return expected - Math.log(starts.length) < HOLE_NATS ? [] : [{ ...longest, what: 'no requests came' }];
}

type Before = Readonly<{ time: Stretch; requests: readonly SeenRequest[]; why: string }>;

/** The time before the window, without its bad parts; if several parts are left, the one with the most requests. */
function wellBefore(asked: HealthAsked): Before | Ill {
  const { before, onset, troubles } = asked;
  const recorded = withMargins(troubles).filter((trouble) => overlaps(trouble, before));
  const known = [...recorded, ...seenIn(asked, before)];
  const whole = sinceItIsAsked(asked);
  const length = roundedText(before.toUs - before.fromUs);
  const left = known.length === 0 ? [whole] : stretchesWithout(recorded.length > 0 ? before : whole, known);
  const parts = left.map((time) => wellPart(asked, time));
  const [best] = parts
    .flatMap((part) => ('time' in part ? [part] : []))
    // A part without requests shows nothing.
    .filter((part) => known.length === 0 || part.requests.length > 0)
    .toSorted((a, b) => b.requests.length - a.requests.length || b.time.fromUs - a.time.fromUs);
  const wrong = known[0]?.what ?? parts.find((part) => part.reason !== '')?.reason ?? '';
  if (best === undefined) return { name: `the ${length} before it`, reason: wrong };
  const own = lengthOf(best.time);
  if (wrong !== '') return { ...best, why: `${own} of the ${length} before it; in the rest ${wrong}` };
  return {
    ...best,
    why: onset === undefined ? `the ${own} before it; nothing changed since` : `the ${own} before it began`,
  };
}

/** Without requests for this share of a time, the service began later. */
const YOUNG = 0.2;

/** A service that is new, or got no requests, is as old as its first request. */
function sinceItIsAsked({ before, requests }: HealthAsked): Stretch {
  const { fromUs, toUs } = before;
  const just = requests.filter(({ startUs, endUs }) => startUs >= fromUs && endUs < toUs);
  const firstUs = just.reduce((us, { startUs }) => Math.min(us, startUs), toUs);
  return firstUs - fromUs > YOUNG * (toUs - fromUs) ? { fromUs: firstUs, toUs } : before;
}

type Part = Readonly<{ time: Stretch; requests: readonly SeenRequest[]; reason: string }>;

/** `reason`: the problem in the rest of the time; empty where there is none. */
function wellPart(asked: HealthAsked, time: Stretch): Part | Pick<Ill, 'reason'> {
  const requests = inside(asked, time);
  const parts = [endOf(requests, time), beginningOf(requests, time)]
    .flatMap((part) => part ?? [])
    .filter((part) => part.requests.length >= FEWEST && !isNoHealth(failuresAmong(part.requests)))
    .toSorted((a, b) => b.requests.length - a.requests.length);
  const [part] = parts;
  if (part !== undefined) return part;
  if (!isNoHealth(failuresAmong(requests))) return { time, requests, reason: '' };
  return { reason: failText(requests) };
}

/** The part before requests began to fail, or to take twice as long. */
function beginningOf(requests: readonly SeenRequest[], { fromUs }: Stretch): Part | undefined {
  const found = onsetOf(requests);
  if (found === undefined) return undefined;
  const [well, ill] = [
    requests.filter(({ startUs }) => startUs <= found.afterUs),
    requests.filter(({ startUs }) => startUs >= found.atUs),
  ];
  if (!isIll(found.signal, ill, well)) return undefined;
  return { time: { fromUs, toUs: found.afterUs }, requests: well, reason: symptomText(found.signal, ill) };
}

/** The part after requests stopped to do so: an end is a beginning in the reversed order. */
function endOf(requests: readonly SeenRequest[], { toUs }: Stretch): Part | undefined {
  const found = onsetOf(requests.map((request) => ({ ...request, startUs: -request.startUs })));
  if (found === undefined) return undefined;
  const [well, ill] = [
    requests.filter(({ startUs }) => startUs >= -found.afterUs),
    requests.filter(({ startUs }) => startUs <= -found.atUs),
  ];
  if (!isIll(found.signal, ill, well)) return undefined;
  return { time: { fromUs: -found.afterUs, toUs }, requests: well, reason: symptomText(found.signal, ill) };
}

/** Not every change is a problem: too many requests must fail, or an operation must take twice as long. */
function isIll(signal: Onset['signal'], ill: readonly SeenRequest[], well: readonly SeenRequest[]): boolean {
  if (signal !== 'latency') return isNoHealth(failuresAmong(ill));
  return areSlow(ill, well);
}

/** Requests that began and ended within the time. */
function inside({ requests }: Pick<HealthAsked, 'requests'>, { fromUs, toUs }: Stretch): readonly SeenRequest[] {
  return requests.filter(({ startUs, endUs }) => startUs >= fromUs && endUs <= toUs);
}

function lengthOf({ fromUs, toUs }: Stretch): string {
  return roundedText(toUs - fromUs);
}

/** Whole minutes, where there are some. */
function roundedText(us: number): string {
  return durationText(us < 2 * MINUTE_US ? us : Math.round(us / MINUTE_US) * MINUTE_US);
}
