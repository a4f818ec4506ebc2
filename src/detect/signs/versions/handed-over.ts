/**
 * How the instances of a new version do where they took over from all old ones at once: after a switch from blue to green,
 * or a quick rollout. No minutes are left in which both could be compared.
 *
 *              14:01  14:02  14:03 ┊ 14:04  14:05  14:06
 *   old pods    0 %    1 %    0 %  ┊                        well until their last minute
 *   new pods                       ┊  17 %   15 %   18 %    each of them is worse, from its first minute on
 *
 * The old ones before stand for the old ones now. Chance is kept out by the minute: what begins earlier shows in the old
 * instances, and what begins later leaves the new ones well at first.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { meanOf } from '#model/stats/mean.ts';
import { medianOf } from '#model/stats/robust.ts';

type Values = ReadonlyMap<number, number>;

/** Series of one stratum, by minute since the epoch. `now` begins at its start. */
export type HandedSides = Readonly<{
  measure: 'failing' | 'latency';
  now: readonly Values[];
  old: readonly Values[];
  toUs: number;
}>;

/** The usual values, in the unit of the series, and when the new ones became bad. */
export type HandedOver = Readonly<{ now: number; old: number; minutes: number; sinceUs: number }>;

/** Minutes between the last value of an old instance and the first one of a new one, in either order. */
const APART = 2;
/** So many minutes before stand for the old ones, and so many after for the new ones. */
const BEFORE = 10;
const FEWEST = 5;
/** One of them in four may be missing, but none of the last ones: an empty cache fills. */
const NEARLY_ALWAYS = 0.75;
const AT_ENDS = 2;
/** One in ten of the earlier values is further from the usual one. */
const RARELY = 0.9;
/** How much larger than the usual differences it is. */
const CLEARLY = 2;
/** People notice no less. */
const LEAST_SECONDS = 0.01;

export function handedOver(
  { measure, now, old, toUs }: HandedSides,
  { minPoints, minTimes }: Readonly<{ minPoints: number; minTimes: number }>,
): HandedOver | undefined {
  const to = Math.ceil(toUs / MINUTE_US);
  const minutes = minutesIn(now).filter((minute) => minute <= to);
  const ofOld = minutesIn(old);
  const [first = Number.NaN, last = Number.NaN] = [minutes[0], ofOld.at(-1)];
  if (!(Math.abs(first - last) <= APART) || minutes.length < FEWEST) return undefined;
  const recent = (values: Values, from: number) => [...values].flatMap(([at, value]) => (at > from ? [value] : []));
  const before = old.map((values) => recent(values, last - BEFORE)).filter((values) => values.length > 0);
  if (ofOld.filter((minute) => minute > last - BEFORE).length < FEWEST) return undefined;
  const level = measure === 'failing' ? meanOf : medianOf;
  const earlier = before.flat().toSorted((a, b) => a - b);
  const usual = level(earlier);
  const rare = earlier[Math.floor(RARELY * (earlier.length - 1))] ?? 0;
  const isFar = (value: number) =>
    measure === 'failing'
      ? value - usual >= Math.max(minPoints, CLEARLY * (rare - usual))
      : value >= Math.max(minTimes * usual, rare) && value - usual >= LEAST_SECONDS;
  const atEnd = old.flatMap((values) => recent(values, last - AT_ENDS));
  const each = now.filter((values) => values.size > 0).map((values) => level([...values.values()]));
  const of = minutes.map((minute) => meanOf(now.flatMap((values) => values.get(minute) ?? [])));
  const isLasting =
    of.slice(0, AT_ENDS).some(isFar) &&
    of.slice(-AT_ENDS).every(isFar) &&
    of.filter(isFar).length >= NEARLY_ALWAYS * of.length;
  if (isFar(level(atEnd)) || !each.every(isFar) || !isLasting) return undefined;
  return { now: level(of), old: usual, minutes: of.length, sinceUs: (minutes[of.findIndex(isFar)] ?? 0) * MINUTE_US };
}

function minutesIn(all: readonly Values[]): readonly number[] {
  return [...new Set(all.flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
}
