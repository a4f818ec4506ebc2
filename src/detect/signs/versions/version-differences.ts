/**
 * How the instances of a new version do against those of the old one in the same minutes, by series of metrics.
 *
 *              14:03  14:04  14:05  14:06  14:07
 *   old pods    0 %    1 %    0 %    0 %    1 %     the worst of them counts, in each minute
 *   new pod                  100 %   38 %   41 %    its first minute is its start, and does not count alone
 *
 * Chance is kept out in four ways. The new ones are worse than the worst old one in most of the minutes. The distance is
 * larger than that between the old ones, and larger than the old ones vary by themselves. If the old ones became worse as
 * well, the reason is elsewhere. A pod on a machine where pods of other services are as bad shows the machine.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { handedOver } from '#detect/signs/versions/handed-over.ts';
import type { TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import type { VersionMeasure, VersionSeries } from '#detect/signs/versions/version-series.ts';
import { meanOf } from '#model/stats/mean.ts';
import { medianOf } from '#model/stats/robust.ts';

export type VersionDifference = Readonly<{
  measure: VersionMeasure | 'stopped';
  metric: string;
  /** The usual value of the new ones, and of the old ones in the same minutes. */
  now: number;
  old: number;
  minutes: number;
  instances: number;
  sinceUs: number;
  /** The old ones were gone: their last minutes are compared. */
  isAfter: boolean;
}>;

export type DifferenceLimits = Readonly<{ minPoints: number; minTimes: number; minMinutes: number }>;

/** The largest of each measure. */
export function versionDifferences(
  release: TwoVersions,
  all: readonly VersionSeries[],
  toUs: number,
  limits: DifferenceLimits,
): readonly VersionDifference[] {
  const own = all.filter(({ family }) => family === release.family);
  const news = own.filter(({ who }) => release.isNew(who));
  const copies = copiesAmong(
    own.filter(({ who }) => release.isOld(who)),
    news,
  );
  const old = own.filter((one) => release.isOld(one.who) && !copies.has(one.who.instance));
  const strata = Map.groupBy(news, ({ stratum }) => stratum);
  const oldStrata = Map.groupBy(old, ({ stratum }) => stratum);
  const found = [...strata].flatMap(([stratum, now]): readonly VersionDifference[] => {
    const before = oldStrata.get(stratum) ?? [];
    const seen = sideBySide(now, before, release, toUs);
    const difference = seen === undefined ? undefined : differenceOf(seen, limits);
    if (seen !== undefined && difference !== undefined)
      return isOfMachine(now, difference, all, seen) ? [] : [difference];
    return (seen?.minutes.length ?? 0) < FEWEST_SLOW ? afterwards(now, before, release, toUs, limits) : [];
  });
  const best = Map.groupBy(found, ({ measure }) => measure);
  return [...best.values()].flatMap(
    (same) => same.toSorted((a, b) => distanceOf(b) - distanceOf(a) || (a.metric < b.metric ? -1 : 1))[0] ?? [],
  );
}

function distanceOf({ measure, now, old }: VersionDifference): number {
  return measure === 'failing' ? now - old : now / Math.max(old, 1e-9);
}

/** A store may keep one series under two names of pods. Such an old pod says only what the new one says. */
function copiesAmong(old: readonly VersionSeries[], news: readonly VersionSeries[]): ReadonlySet<string> {
  const instances = Map.groupBy(old, ({ who }) => who.instance);
  const others = [...Map.groupBy(news, ({ who }) => who.instance).values()];
  return new Set(
    [...instances].flatMap(([instance, own]) => (others.some((other) => isCopy(own, other)) ? [instance] : [])),
  );
}

/** So many different values are not equal by chance. */
const FEWEST_EQUAL = 4;
const NEARLY_ALL = 0.9;

function isCopy(own: readonly VersionSeries[], other: readonly VersionSeries[]): boolean {
  const equal = new Set<number>();
  let [same, shared] = [0, 0];
  for (const { stratum, values } of own) {
    const beside = other.find((one) => one.stratum === stratum)?.values;
    for (const [minute, value] of beside ?? []) {
      if (!values.has(minute)) continue;
      shared += 1;
      if (values.get(minute) !== value) continue;
      same += 1;
      equal.add(value);
    }
  }
  return equal.size >= FEWEST_EQUAL && same >= NEARLY_ALL * shared;
}

type SideBySide = Readonly<{
  now: readonly VersionSeries[];
  measure: VersionMeasure;
  metric: string;
  /** With values of both, in order, without the start of a new instance. */
  minutes: readonly number[];
  newValues: readonly number[];
  /** In each minute, the middle and the worst of the old ones. */
  middles: readonly number[];
  worsts: readonly number[];
  /** Usual values of each old instance in these minutes. */
  ofOld: readonly number[];
  /** All values of the old ones before. */
  before: readonly number[];
}>;

function sideBySide(
  now: readonly VersionSeries[],
  old: readonly VersionSeries[],
  { fromUs, bornUs }: TwoVersions,
  toUs: number,
): SideBySide | undefined {
  const [first] = now;
  if (first === undefined || old.length === 0) return undefined;
  const from = Math.floor(fromUs / MINUTE_US);
  const to = Math.ceil(toUs / MINUTE_US);
  const warm = now.map(({ values }) => withoutStart(values, first.measure, Number.isFinite(bornUs)));
  const minutes = [...new Set(warm.flatMap((values) => [...values.keys()]))]
    .filter((minute) => minute >= from && minute <= to && old.some(({ values }) => values.has(minute)))
    .sort((a, b) => a - b);
  if (minutes.length === 0) return undefined;
  const at = (minute: number) => old.flatMap(({ values }) => values.get(minute) ?? []);
  const oldIn = (values: ReadonlyMap<number, number>) => minutes.flatMap((minute) => values.get(minute) ?? []);
  return {
    now,
    measure: first.measure,
    metric: first.metric,
    minutes,
    newValues: minutes.map((minute) => meanOf(warm.flatMap((values) => values.get(minute) ?? []))),
    middles: minutes.map((minute) => medianOf(at(minute))),
    worsts: minutes.map((minute) => Math.max(...at(minute))),
    ofOld: old
      .map(({ values }) => oldIn(values))
      .filter((values) => values.length > 0)
      .map(levelOf(first.measure)),
    before: old.flatMap(({ values }) => [...values].flatMap(([minute, value]) => (minute < from ? [value] : []))),
  };
}

/** Failures come in bursts; one slow minute says little. */
function levelOf(measure: VersionMeasure): (values: readonly number[]) => number {
  return measure === 'failing' ? meanOf : medianOf;
}

/** So many minutes remain without the first one, in which it loads and connects. */
const FEWEST_WARM = 2;

/** Failures that go on in its second minute are no matter of its start. */
function withoutStart(
  values: ReadonlyMap<number, number>,
  measure: VersionMeasure,
  isBorn: boolean,
): ReadonlyMap<number, number> {
  const [first = 0, second = 0] = [...values.keys()].sort((a, b) => a - b);
  const goesOn = measure === 'failing' && (values.get(second) ?? 0) >= MOST * (values.get(first) ?? 0);
  if (!isBorn || goesOn || values.size <= FEWEST_WARM) return values;
  return new Map([...values].filter(([minute]) => minute > first));
}

function differenceOf(seen: SideBySide, limits: DifferenceLimits): VersionDifference | undefined {
  if (seen.measure === 'failing') return moreFail(seen, limits);
  if (seen.measure === 'latency') return slower(seen, limits);
  if (seen.measure === 'memory') return stopped(seen, limits) ?? grows(seen, limits);
  return seen.measure === 'restarts' ? restarts(seen, limits) : undefined;
}

function told(seen: SideBySide, places: readonly number[], level = levelOf(seen.measure)): VersionDifference {
  const { measure, metric, minutes, newValues, middles, now } = seen;
  return {
    measure,
    metric,
    now: level(newValues),
    old: level(middles),
    minutes: minutes.length,
    instances: instancesIn(now),
    sinceUs: (minutes[places[0] ?? 0] ?? 0) * MINUTE_US,
    isAfter: false,
  };
}

function instancesIn(series: readonly VersionSeries[]): number {
  return new Set(series.map(({ who }) => who.instance)).size;
}

/** Where the new ones took over from all old ones, and hardly a minute shows both. */
function afterwards(
  now: readonly VersionSeries[],
  old: readonly VersionSeries[],
  { bornUs }: TwoVersions,
  toUs: number,
  limits: DifferenceLimits,
): readonly VersionDifference[] {
  const [first] = now;
  if (first === undefined || (first.measure !== 'failing' && first.measure !== 'latency')) return [];
  const { measure, metric } = first;
  const warm = now.map(({ values }) => withoutStart(values, measure, Number.isFinite(bornUs)));
  const found = handedOver({ measure, now: warm, old: old.map(({ values }) => values), toUs }, limits);
  if (found === undefined || !areEnough({ now, minutes: [...(warm[0]?.keys() ?? [])] }, found)) return [];
  return [{ ...found, measure, metric, instances: instancesIn(now), isAfter: true }];
}

/** Most of the minutes. */
const MOST = 0.5;
/** How much larger than the usual differences it is. */
const CLEARLY = 2;

function moreFail(seen: SideBySide, { minPoints, minMinutes }: DifferenceLimits): VersionDifference | undefined {
  const { newValues, middles, worsts, ofOld, before } = seen;
  const isWorse = (place: number) =>
    (newValues[place] ?? 0) > (worsts[place] ?? 1) && (newValues[place] ?? 0) - (middles[place] ?? 1) >= minPoints;
  const worse = newValues.flatMap((_, place) => (isWorse(place) ? [place] : []));
  if (worse.length < Math.max(minMinutes, MOST * newValues.length)) return undefined;
  const difference = told(seen, worse);
  const distance = difference.now - difference.old;
  const among = Math.max(...ofOld) - medianOf(ofOld);
  const usual = before.length === 0 ? 0 : medianOf(before);
  const moved = Math.max(0, difference.old - usual);
  const isClear = distance >= minPoints && distance >= CLEARLY * Math.max(among, moved, spreadOf(before, usual));
  return isClear && areEnough(seen, difference) ? difference : undefined;
}

/** Where requests are counted, so many failed ones show it. */
const FEWEST_FAILED = 5;

function areEnough(
  { now, minutes }: Pick<SideBySide, 'now' | 'minutes'>,
  difference: Pick<VersionDifference, 'now' | 'old'>,
): boolean {
  if (now.some(({ counts }) => counts === undefined)) return true;
  const requests = now.reduce(
    (sum, { counts }) => sum + minutes.reduce((of, minute) => of + (counts?.get(minute) ?? 0), 0),
    0,
  );
  return requests * (difference.now - difference.old) >= FEWEST_FAILED;
}

/** One in ten of the earlier values is further from the usual one. */
const RARELY = 0.9;

function spreadOf(before: readonly number[], usual: number): number {
  const sorted = before.map((value) => value - usual).sort((a, b) => a - b);
  return Math.max(0, sorted[Math.floor(RARELY * (sorted.length - 1))] ?? 0);
}

/** People notice no less. */
const LEAST_SECONDS = 0.01;
/** One slow minute in four may be missing. */
const NEARLY_ALWAYS = 0.75;
const FEWEST_SLOW = 3;

function slower(seen: SideBySide, { minTimes }: DifferenceLimits): VersionDifference | undefined {
  const { newValues, worsts, ofOld, before } = seen;
  const slow = newValues.flatMap((value, place) => (value > (worsts[place] ?? 0) ? [place] : []));
  if (slow.length < Math.max(FEWEST_SLOW, NEARLY_ALWAYS * newValues.length)) return undefined;
  const difference = told(seen, slow);
  const { now, old } = difference;
  const others = Math.max(...ofOld);
  const usual =
    before.length === 0 ? others : (before.toSorted((a, b) => a - b)[Math.floor(RARELY * (before.length - 1))] ?? 0);
  const least = Math.max(minTimes * old, ((1 + minTimes) / 2) * others, usual);
  return now - old >= LEAST_SECONDS && now >= least ? difference : undefined;
}

/** The process has no memory, while the old ones have some: it does not run. */
function stopped(seen: SideBySide, { minMinutes }: DifferenceLimits): VersionDifference | undefined {
  const { newValues, middles } = seen;
  const isGone =
    newValues.length >= minMinutes && newValues.every((value) => value === 0) && middles.every((value) => value > 0);
  return isGone ? { ...told(seen, [0]), measure: 'stopped' } : undefined;
}

const FEWEST_GROWING = 4;
/** As much again as the old ones have. */
const GROWN = 0.5;

/** Its memory grows all the time, and is far above that of the old ones. */
function grows(seen: SideBySide, _: DifferenceLimits): VersionDifference | undefined {
  const { newValues, ofOld, minutes } = seen;
  if (newValues.length < FEWEST_GROWING) return undefined;
  const half = newValues.length >> 1;
  const [early, late] = [medianOf(newValues.slice(0, half)), medianOf(newValues.slice(half))];
  const others = Math.max(...ofOld);
  const rising = newValues.filter((value, place) => place > 0 && value > (newValues[place - 1] ?? 0)).length;
  const isRising = rising >= NEARLY_ALWAYS * (newValues.length - 1) && late - early >= GROWN * others;
  return isRising && late >= (1 + GROWN) * others
    ? { ...told(seen, [0]), now: newValues.at(-1) ?? late, minutes: minutes.length }
    : undefined;
}

/** The old ones do not restart. */
function restarts(seen: SideBySide, { minMinutes }: DifferenceLimits): VersionDifference | undefined {
  const { newValues, worsts } = seen;
  const times = newValues.flatMap((value, place) => (value > 0 ? [place] : []));
  const isOnly = times.length >= minMinutes && worsts.every((value) => value === 0);
  return isOnly ? told(seen, times, (values) => values.filter((value) => value > 0).length) : undefined;
}

/** All new ones run on a machine on which an instance of another service is as bad, compared with others of its kind. */
function isOfMachine(
  now: readonly VersionSeries[],
  { measure }: VersionDifference,
  all: readonly VersionSeries[],
  { minutes }: SideBySide,
): boolean {
  const nodes = new Set(now.map(({ who }) => who.node));
  const [node = ''] = nodes;
  if (nodes.size !== 1 || node === '' || (measure !== 'failing' && measure !== 'latency')) return false;
  return all.some((one) => {
    if (one.who.node !== node || one.measure !== measure || one.family === now[0]?.family) return false;
    const others = all.filter(
      ({ stratum, family, who }) => stratum === one.stratum && family === one.family && who.node !== node,
    );
    return others.length > 0 && isOdd(one, others, minutes);
  });
}

/** A tenth more fail, or it takes twice as long, in most of the minutes. */
const ODD_SHARE = 0.1;

function isOdd(one: VersionSeries, others: readonly VersionSeries[], minutes: readonly number[]): boolean {
  const both = minutes.flatMap((minute) => {
    const value = one.values.get(minute);
    const beside = others.flatMap(({ values }) => values.get(minute) ?? []);
    return value === undefined || beside.length === 0 ? [] : [{ value, usual: medianOf(beside) }];
  });
  const odd = both.filter(({ value, usual }) =>
    one.measure === 'failing' ? value - usual >= ODD_SHARE : value >= CLEARLY * usual && value - usual >= LEAST_SECONDS,
  );
  return both.length > 0 && odd.length >= MOST * both.length;
}
