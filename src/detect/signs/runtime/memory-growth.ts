/**
 * Whether memory grows steadily and is not released: it reads the floor after each garbage collection, not the peaks.
 *
 *        /|  /|  /|              /|            ___________      ___
 *      /| /| /| /|             /| |           /                |
 *    /| ·····  the floor      / | /          /                _|
 *    leak                 the floor stays    levels off      a step
 */
import { MINUTE_US } from '#core/time-units.ts';
import { meanOf } from '#model/stats/mean.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, type Trend, trendOf } from '#model/stats/trend.ts';

export type MemoryGrowth = Readonly<{
  /** Growth of the floor. */
  perSecond: number;
  fromUs: number;
  /** The end of the growth: before a sudden fall, as after a restart, where there is one. */
  toUs: number;
  /** The highest value in it. */
  top: number;
  /** It ended in a fall. */
  fell: boolean;
}>;

/** Shorter growth may be load that fills buffers and caches. */
const SHORTEST_US = 30 * MINUTE_US;
const FEWEST_POINTS = 10;
/** The time is divided into this many parts; the least value of each is its floor. */
const PARTS = 12;
/** A restart, or a full collection, releases at least this share at once. */
const FALL = 0.4;
/** This many falls come from the garbage collector, not from restarts. */
const TEETH = 3;
/** The share of steps between parts that go up. */
const RISING = 0.7;
/**
 * As a share of the usual step from point to point. A cache that warms up takes smaller steps in its last third; a leak
 * takes steps of at least this share in the middle third and in the last.
 */
const STILL_GROWING = 0.5;
/** The growth divided by the residual of the line. */
const CLEARLY = 3;
/** As a share of the first value: Coroot's sign of a leak is a tenth per hour. */
const LEAST_GROWTH = 0.1;

/** The beginning of a slow growth is uncertain by some minutes. */
const UNCERTAIN_US = 15 * MINUTE_US;

/** It came long after the growth began. */
export function isLongAfter({ atUs }: Readonly<{ atUs: number }>, growsSinceUs: number): boolean {
  return atUs > growsSinceUs + UNCERTAIN_US;
}

/** The longest steady growth; undefined where there is none. */
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

/** As a share of the limit: the last point before the kernel ends a process is a little below it. */
const NEARLY_FULL = 0.85;
/** Points of different series are up to two scrapes apart. */
const TOGETHER_US = 2 * MINUTE_US;
/** The kill confirms the growth, so it may be as short as this. */
const UNTIL_KILL = { points: 5, us: 5 * MINUTE_US };

/** A growth that nearly reached the limit and ended as the container was restarted; undefined where there is none. */
export function growthUntilRestart(
  points: Points,
  limit: number,
  restartsUs: readonly number[],
): MemoryGrowth | undefined {
  const { atUs, values } = points;
  const falls = fallsIn(points);
  const ended = falls.flatMap((to, at) => {
    const us = atUs[to] ?? 0;
    const isKilled = restartsUs.some((restart) => Math.abs(restart - us) <= TOGETHER_US);
    if (!isKilled || (values[to - 1] ?? 0) < NEARLY_FULL * limit) return [];
    return steadyClimb(slice(points, lowestIn(values, falls[at - 1] ?? 0, to), to), true, UNTIL_KILL) ?? [];
  });
  return ended[0];
}

/** As a share: memory that is this near to its least is as it was before it grew. */
const AS_BEFORE = 0.1;

/** The last place before it grew. */
function lowestIn(values: Points['values'], from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = from; at < to; at += 1) least = Math.min(least, values[at] ?? least);
  let found = from;
  for (let at = from; at < to; at += 1) if ((values[at] ?? 0) <= (1 + AS_BEFORE) * least) found = at;
  return found;
}

function fallsIn({ values }: Points): number[] {
  const found: number[] = [];
  for (let at = 1; at < values.length; at += 1) {
    if ((values[at] ?? 0) < (1 - FALL) * (values[at - 1] ?? 0)) found.push(at);
  }
  return found;
}

const USUAL = { points: FEWEST_POINTS, us: SHORTEST_US };

function steadyClimb(points: Points, fell: boolean, fewest = USUAL): MemoryGrowth | undefined {
  const { atUs, values } = points;
  const [fromUs, toUs] = [atUs[0] ?? 0, atUs[atUs.length - 1] ?? 0];
  if (values.length < fewest.points || toUs - fromUs < fewest.us) return undefined;
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
  const third = Math.ceil(steps.length / 3);
  const middle = steps.slice(third, -third);
  // A process that has just begun fills its memory and stays there for a while.
  if (middle.length > 0 && meanOf(middle) < STILL_GROWING * meanOf(steps)) return false;
  // A single step up, or a full cache, ends flat.
  const last = steps.slice(-third);
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
