/**
 * Whether memory grows and does not come back: the floor to which the collector returns, and not the teeth above it.
 *
 *        /|  /|  /|              /|            ___________      ___
 *      /| /| /| /|             /| |           /                |
 *    /| ·····  the floor      / | /          /                _|
 *    leak                 the floor stays    levels off      a step
 */
import { medianOf } from '#model/stats/robust.ts';
import { type Points, type Trend, trendOf } from '#model/stats/trend.ts';

export type MemoryGrowth = Readonly<{
  /** Of the floor. */
  perSecond: number;
  fromUs: number;
  /** Its end; where it fell at once, as after a restart, the top before that. */
  toUs: number;
  /** The highest value in it. */
  top: number;
  /** It ended in a fall. */
  fell: boolean;
}>;

const MINUTE_US = 60_000_000;
/** A load of minutes fills buffers and caches; half an hour of growth is no burst. */
const SHORTEST_US = 30 * MINUTE_US;
const FEWEST_POINTS = 10;
/** Parts of the time, the least of each being the floor there. */
const PARTS = 12;
/** A restart, or a full collection, takes at least that of it away at once. */
const FALL = 0.4;
/** So many falls are the collector's work. */
const TEETH = 3;
/** Of the steps from one part to the next, how many go up. */
const RISING = 0.7;
/** What a warming cache gains at the end, against the whole. */
const STILL_GROWING = 0.5;
/** The growth over what the floor wobbles by. */
const CLEARLY = 3;
/** Of what it began with: Coroot's sign of a leak is a tenth an hour. */
const LEAST_GROWTH = 0.1;

/** The longest steady climb of the points; undefined where there is none. */
export function memoryGrowth(points: Points): MemoryGrowth | undefined {
  const falls = fallsIn(points);
  // Between two restarts, or over all the teeth of the collector.
  const edges = falls.length >= TEETH ? [0, points.values.length] : [0, ...falls, points.values.length];
  const parts = edges.slice(1).map((to, at) => ({ from: edges[at] ?? 0, to }));
  const climbs = parts.flatMap(({ from, to }) => {
    const climb = steadyClimb(slice(points, from, to), falls.includes(to));
    return climb === undefined ? [] : [climb];
  });
  return climbs.sort((a, b) => b.toUs - b.fromUs - (a.toUs - a.fromUs))[0];
}

function fallsIn({ values }: Points): number[] {
  const found: number[] = [];
  for (let at = 1; at < values.length; at += 1) {
    if ((values[at] ?? 0) < (1 - FALL) * (values[at - 1] ?? 0)) found.push(at);
  }
  return found;
}

function steadyClimb(points: Points, fell: boolean): MemoryGrowth | undefined {
  const { atUs, values } = points;
  const [fromUs, toUs] = [atUs[0] ?? 0, atUs[atUs.length - 1] ?? 0];
  if (values.length < FEWEST_POINTS || toUs - fromUs < SHORTEST_US) return undefined;
  const floor = floorOf(points, fromUs, toUs);
  const trend = trendOf(floor);
  if (trend === undefined || trend.perSecond <= 0 || !isSteady(floor, trend)) return undefined;
  const top = Array.from(values).reduce((most, value) => Math.max(most, value), 0);
  return { perSecond: trend.perSecond, fromUs, toUs, top, fell };
}

function isSteady({ atUs, values }: Points, trend: Trend): boolean {
  const seconds = ((atUs[atUs.length - 1] ?? 0) - (atUs[0] ?? 0)) / 1e6;
  const growth = trend.perSecond * seconds;
  if (growth < CLEARLY * trend.residual || growth < LEAST_GROWTH * (values[0] ?? 0)) return false;
  const steps = Array.from({ length: values.length - 1 }, (_, at) => (values[at + 1] ?? 0) - (values[at] ?? 0));
  if (steps.filter((step) => step > 0).length < RISING * steps.length) return false;
  // A step up, and a cache that is full, both end flat.
  const last = steps.slice(-Math.ceil(steps.length / 3));
  return medianOf(last) >= STILL_GROWING * medianOf(steps) && meanOf(last) >= STILL_GROWING * meanOf(steps);
}

/** The least value of each part of the time. */
function floorOf({ atUs, values }: Points, fromUs: number, toUs: number): Points {
  const parts = Math.min(PARTS, Math.floor(values.length / 2));
  const least = new Map<number, { us: number; value: number }>();
  for (let at = 0; at < values.length; at += 1) {
    const us = atUs[at] ?? 0;
    const part = Math.min(parts - 1, Math.floor(((us - fromUs) / (toUs - fromUs)) * parts));
    const value = values[at] ?? 0;
    if (value < (least.get(part)?.value ?? Number.POSITIVE_INFINITY)) least.set(part, { us, value });
  }
  const floor = [...least.values()];
  return { atUs: floor.map(({ us }) => us), values: floor.map(({ value }) => value) };
}

function slice({ atUs, values }: Points, from: number, to: number): Points {
  return { atUs: Array.from(atUs).slice(from, to), values: Array.from(values).slice(from, to) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
