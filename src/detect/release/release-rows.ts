/** What differs between the two sides of a rollout, measure by measure. The old side is judged too: it may be the worse one. */
import { mean, quantileSorted } from 'simple-statistics';
import { MINUTE_US } from '#core/time-units.ts';
import type { RolloutTime, Sides } from '#detect/release/release-sides.ts';
import { familyKey, type TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import {
  type CountLimits,
  erringLines,
  errorsOf,
  failedOf,
  failingAnswers,
  sidesAmong,
  slowAnswers,
  type VersionAnswer,
  type VersionLine,
} from '#detect/signs/versions/version-counts.ts';
import {
  type DifferenceLimits,
  type VersionDifference,
  versionDifferences,
} from '#detect/signs/versions/version-differences.ts';
import type { VersionMeasure, VersionSeries } from '#detect/signs/versions/version-series.ts';
import type { Judged, ReleaseRow, SideOfRelease } from '#model/changes/release.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
import { shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';

export type SidesOfAll = Readonly<{
  series: Sides<VersionSeries>;
  answers: Sides<VersionAnswer>;
  lines: Sides<VersionLine>;
}>;

export type RowLimits = CountLimits & DifferenceLimits;

/** A measure that nothing shows has a row without sides. */
export function releaseRows(sides: SidesOfAll, time: RolloutTime, limits: RowLimits): readonly ReleaseRow[] {
  const metric = metricRows(sides.series, time, limits);
  const of = (measure: VersionMeasure) => metric.find((row) => row.measure === ROW_OF[measure]);
  return [
    worst(answerRow(sides.answers, limits), of('failing')),
    worst(latencyRow(sides.answers, limits), of('latency')),
    lineRow(sides.lines, limits),
    of('restarts') ?? [],
    of('memory') ?? emptyRow('memory', sides.series),
    of('cpu') ?? emptyRow('cpu', sides.series),
  ].flat();
}

const ROW_OF = {
  failing: 'answers',
  latency: 'latency',
  memory: 'memory',
  cpu: 'cpu',
  restarts: 'restarts',
} as const satisfies Record<VersionMeasure, ReleaseRow['measure']>;

function emptyRow(measure: ReleaseRow['measure'], { way }: Pick<Sides<unknown>, 'way'>): ReleaseRow {
  return { ...PLAIN, measure, unit: 'share', by: '', way };
}

const PLAIN = {
  before: undefined,
  after: undefined,
  judged: 'too few',
  isHarm: false,
  sinceUs: Number.NaN,
  said: '',
} as const;

/** Requests and metrics may both show it. A difference counts more than none, and none more than too few. */
function worst(one: ReleaseRow, other: ReleaseRow | undefined): ReleaseRow {
  return other !== undefined && WEIGHT[other.judged] > WEIGHT[one.judged] ? other : one;
}

const WEIGHT: Readonly<Record<Judged, number>> = { worse: 3, better: 2, same: 1, 'too few': 0 };

type Found = Readonly<{ sinceUs: number }> | undefined;

/** With the same rule in both directions. */
function judgedBy<F extends Found>(
  versions: TwoVersions,
  isEnough: boolean,
  differ: (versions: TwoVersions) => F,
): Readonly<{ judged: Judged; found: F | undefined }> {
  const found = differ(versions);
  if (found !== undefined) return { judged: 'worse', found };
  const better = differ({ ...versions, isNew: versions.isOld, isOld: versions.isNew });
  if (better !== undefined) return { judged: 'better', found: undefined };
  return { judged: isEnough ? 'same' : 'too few', found: undefined };
}

function answerRow({ way, versions, all }: Sides<VersionAnswer>, limits: RowLimits): ReleaseRow {
  const { news, olds } = sidesAmong(versions, all);
  const [before, after] = [olds, news].map((own) => {
    const { times, of } = failedOf(own);
    return of === 0 ? undefined : { value: 1 - times / of, times: of - times, of };
  });
  const isEnough = areEnough(limits.minRequests, before, after);
  const { judged, found } = judgedBy(versions, isEnough, (two) => failingAnswers(two, all, 1, limits));
  const sinceUs = found?.sinceUs ?? Number.NaN;
  return {
    ...PLAIN,
    measure: 'answers',
    unit: 'share',
    by: 'requests',
    way,
    before,
    after,
    judged,
    isHarm: true,
    sinceUs,
  };
}

function areEnough(least: number, ...sides: readonly (SideOfRelease | undefined)[]): boolean {
  return sides.every((side) => (side?.of ?? 0) >= least);
}

/** Compares only the operations that both sides answered: other operations have other durations. */
function latencyRow({ way, versions, all }: Sides<VersionAnswer>, limits: RowLimits): ReleaseRow {
  const good = all.filter(({ failed }) => !failed);
  const { news, olds } = sidesAmong(versions, good);
  const operations = new Set(olds.map(({ operation }) => operation)).intersection(
    new Set(news.map(({ operation }) => operation)),
  );
  const { judged, found } = judgedBy(versions, false, (two) => slowAnswers(two, good, limits));
  const said = found?.answers[0]?.operation ?? '';
  const [before, after] = [olds, news].map((own) =>
    quantilesOf(own.filter(({ operation }) => (said === '' ? operations.has(operation) : operation === said))),
  );
  const isSame = judged === 'too few' && areEnough(limits.minRequests, before, after);
  const row = { ...PLAIN, measure: 'latency', unit: 'seconds', by: 'requests', way, before, after, said } as const;
  return { ...row, judged: isSame ? 'same' : judged, isHarm: true, sinceUs: found?.sinceUs ?? Number.NaN };
}

function quantilesOf(answers: readonly VersionAnswer[]): SideOfRelease | undefined {
  if (answers.length === 0) return undefined;
  const seconds = answers.map(({ durationUs }) => durationUs / 1e6).sort((a, b) => a - b);
  return { value: medianOf(seconds), p90: quantileSorted(seconds, 0.9), of: seconds.length };
}

function lineRow({ way, versions, all }: Sides<VersionLine>, limits: RowLimits): ReleaseRow {
  const { news, olds } = sidesAmong(versions, all);
  const [before, after] = [olds, news].map((own) => {
    const share = errorsOf(own);
    return share.of === 0 ? undefined : { value: shareOf(share), ...share };
  });
  const { judged, found } = judgedBy(versions, areEnough(limits.minRequests, before, after), (two) =>
    erringLines(two, all, 1, limits),
  );
  const sinceUs = found?.sinceUs ?? Number.NaN;
  return { ...PLAIN, measure: 'errors', unit: 'share', by: 'lines', way, before, after, judged, isHarm: true, sinceUs };
}

/** One row for each measure. It shows the metric that differs; if none differs, the one with the most minutes. */
function metricRows(
  { way, versions, all }: Sides<VersionSeries>,
  { untilUs }: RolloutTime,
  limits: RowLimits,
): readonly ReleaseRow[] {
  const reversed = { ...versions, isNew: versions.isOld, isOld: versions.isNew };
  const worse = versionDifferences(versions, all, untilUs, limits);
  const better = versionDifferences(reversed, all, untilUs, limits);
  return [...Map.groupBy(all, ({ measure }) => measure)].flatMap(([measure, own]): ReleaseRow[] => {
    const isOf = (one: VersionDifference) => (one.measure === 'stopped' ? 'memory' : one.measure) === measure;
    const [bad, good] = [worse.find(isOf), better.find(isOf)];
    const levels = [...Map.groupBy(own, ({ stratum }) => stratum).values()]
      .map((series) => levelsOf(series, versions))
      .sort((a, b) => b.minutes - a.minutes || b.instances - a.instances || (a.metric < b.metric ? -1 : 1));
    const level = levels.find(({ metric }) => metric === (bad ?? good)?.metric) ?? levels[0];
    if (level === undefined) return [];
    const { before, after, metric, unit, minutes } = level;
    const row = { ...PLAIN, measure: ROW_OF[measure], unit, by: metric, way, before, after } as const;
    const none = minutes < limits.minMinutes ? 'too few' : OF_USE.has(measure) ? judgedUse(before, after) : 'same';
    if (bad === undefined) return [{ ...row, judged: good === undefined || OF_USE.has(measure) ? none : 'better' }];
    return [{ ...row, judged: 'worse', isHarm: true, sinceUs: bad.sinceUs, said: bad.measure }];
  });
}

/** More of it is reported, but harms nobody. */
const OF_USE: ReadonlySet<VersionMeasure> = new Set(['cpu', 'memory']);

/** Coroot’s threshold for CPU and memory after a rollout. */
const USE = 0.05;

function judgedUse(before: SideOfRelease | undefined, after: SideOfRelease | undefined): Judged {
  if (before === undefined || after === undefined) return 'too few';
  const more = after.value - before.value;
  if (Math.abs(more) <= USE * before.value) return 'same';
  return more > 0 ? 'worse' : 'better';
}

type Levels = Readonly<{ metric: string; unit: VersionSeries['unit']; minutes: number; instances: number }> &
  Pick<ReleaseRow, 'before' | 'after'>;

/** The mean of the instances, each with the median of its minutes. Restarts are counted. */
function levelsOf(series: readonly VersionSeries[], { fromUs, isNew, isOld }: TwoVersions): Levels {
  const from = Math.floor(fromUs / MINUTE_US);
  const [old, now] = [isOld, isNew].map((is) =>
    series.flatMap(({ who, values }) => {
      const own = is(who) ? [...values].flatMap(([minute, value]) => (minute >= from ? [value] : [])) : [];
      return own.length === 0 ? [] : [own];
    }),
  );
  const { metric = '', unit = 'share', measure = 'cpu' } = series[0] ?? {};
  const levelOf = (each: readonly (readonly number[])[] = []): SideOfRelease | undefined => {
    if (each.length === 0) return undefined;
    if (measure === 'restarts') return { value: Math.round(mean(each.flat()) * each.flat().length * SECONDS) };
    const level = mean(each.map((values) => (measure === 'failing' ? mean(values) : medianOf(values))));
    return { value: measure === 'failing' ? 1 - level : level };
  };
  const minutesOf = (each: readonly (readonly number[])[] = []) => Math.max(0, ...each.map(({ length }) => length));
  const minutes = Math.min(minutesOf(old), minutesOf(now));
  return { metric, unit, minutes, instances: series.length, before: levelOf(old), after: levelOf(now) };
}

/** Restarts are counted per second. */
const SECONDS = 60;

/** More than one restart is a fault (Coroot’s check of restarts). A new pod has restarted only since the rollout. */
const MOST_RESTARTS = 1;

/** By the cluster’s own count, for pods that still exist. */
export function podRestarts(
  platform: Platform | undefined,
  family: string,
  { atUs }: RolloutTime,
): readonly ReleaseRow[] {
  const own = (platform?.pods ?? []).filter(({ services }) => services.some((name) => familyKey(name) === family));
  const restartsOf = (pods: readonly Pod[]): SideOfRelease | undefined =>
    pods.length === 0
      ? undefined
      : {
          value: pods.reduce((sum, pod) => sum + pod.containers.reduce((of, { restarts }) => of + restarts, 0), 0),
          of: pods.length,
        };
  const isNew = ({ createdUs }: Pod) => createdUs >= atUs - MINUTE_US;
  const [before, after] = [restartsOf(own.filter((pod) => !isNew(pod))), restartsOf(own.filter(isNew))];
  if (after === undefined) return [];
  const isWorse = after.value > MOST_RESTARTS;
  const judged = isWorse ? 'worse' : 'same';
  const row = {
    ...PLAIN,
    measure: 'restarts',
    unit: 'times',
    by: 'pods',
    way: 'beside',
    before,
    after,
    judged,
  } as const;
  return [{ ...row, isHarm: true, sinceUs: isWorse ? atUs : Number.NaN }];
}
