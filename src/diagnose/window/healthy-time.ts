/**
 * Chooses the baseline for a window: the nearest time before it without a known problem.
 *
 *   … a week ago … yesterday …  before that  [ an alert fired ]  before it  [ window ]
 *          4           3             2                               1
 *
 * A time does not count while an alert fired or an incident was open, or where one request in twenty fails. If requests
 * began or stopped to fail in the time before, or to take twice as long, only its good part counts. If no time is left,
 * nothing is compared: an outage beside an outage shows no difference.
 */
import { quantileSorted } from 'simple-statistics';
import { onsetOf, worseBy } from '#diagnose/window/onset.ts';
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

const DAY_US = 24 * 60 * 60 * 1_000_000;

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
  /** Without requests that were searched because they failed or were slow. */
  requests: readonly SeenRequest[];
}>;

export function healthOf(asked: HealthAsked): Health {
  const first = wellBefore(asked);
  const others = otherTimes(asked).map((time) => wellThen(asked, time));
  const [other] = others.flatMap((one) => ('time' in one ? [one] : []));
  if (!('time' in first)) {
    if (other !== undefined) return healthy(other, `${other.name}, because in ${first.name} ${first.reason}`);
    return { unhealthy: [first, ...others].flatMap((one) => ('time' in one ? [] : [illText(one)])).join('; ') };
  }
  const { why, requests } = first;
  if (requests.length < FEWEST && other !== undefined) {
    return healthy(other, `${other.name}, because only ${counted(requests.length, 'request')} came in ${why}`);
  }
  const day = others.find((one): one is Well => 'time' in one && one.isDay);
  const worse =
    day === undefined ? '' : worseBy(requests.length > 0 ? requests : inside(asked, asked.window), day.requests);
  if (day === undefined || worse === '') return healthy(first, why);
  return healthy(day, `${day.name}, because the ${lengthOf(first.time)} before are no better: ${worse}`);
}

function healthy({ time }: Readonly<{ time: Stretch }>, why: string): Health {
  return { healthy: { ...time, why } };
}

/** Further times to read where the time before the window is not healthy. */
export function otherTimes({ window, before, troubles }: Omit<HealthAsked, 'requests' | 'onset'>): readonly Other[] {
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
  const requests = inside(asked, other.time);
  if (requests.length < FEWEST)
    return { name: other.name, reason: `the store has only ${counted(requests.length, 'request')}` };
  if (isNoHealth(failuresAmong(requests))) return { name: other.name, reason: failText(requests) };
  return { ...other, requests };
}

type Before = Readonly<{ time: Stretch; requests: readonly SeenRequest[]; why: string }>;

/** The time before the window, without its bad parts; if several parts are left, the one with the most requests. */
function wellBefore(asked: HealthAsked): Before | Ill {
  const { before, onset, troubles } = asked;
  const known = withMargins(troubles).filter((trouble) => overlaps(trouble, before));
  const whole = sinceItIsAsked(asked);
  const length = roundedText(before.toUs - before.fromUs);
  const parts = (known.length > 0 ? stretchesWithout(before, known) : [whole]).map((time) => wellPart(asked, time));
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

/** The guide's rule for windows: a p95 of more than twice the usual. */
const SLOW_FACTOR = 2;
/** Checks the p50, p75, p90 and p95 of the requests. */
const PARTS = [0.5, 0.75, 0.9, 0.95];

/** Not every change is a problem: too many requests must fail, or an operation must take twice as long. */
function isIll(signal: Onset['signal'], ill: readonly SeenRequest[], well: readonly SeenRequest[]): boolean {
  if (signal !== 'latency') return isNoHealth(failuresAmong(ill));
  const usual = Map.groupBy(well, ({ operation }) => operation);
  return [...Map.groupBy(ill, ({ operation }) => operation)].some(([operation, own]) => {
    const others = usual.get(operation) ?? [];
    if (Math.min(own.length, others.length) < FEWEST / 2) return false;
    const [now, then] = [sortedUs(own), sortedUs(others)];
    return PARTS.some((part) => quantileSorted(now, part) >= SLOW_FACTOR * quantileSorted(then, part));
  });
}

function symptomText(signal: Onset['signal'], ill: readonly SeenRequest[]): string {
  return signal === 'latency' ? 'requests take more than twice as long' : failText(ill);
}

function failText(requests: readonly SeenRequest[]): string {
  const { times, of } = failuresAmong(requests);
  return `${times} of ${of} requests fail`;
}

function sortedUs(requests: readonly SeenRequest[]): number[] {
  return requests.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
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
  const minute = 60_000_000;
  return durationText(us < 2 * minute ? us : Math.round(us / minute) * minute);
}
