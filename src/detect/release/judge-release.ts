/**
 * Judges the newest rollout of a service: how the new version does against the one before it, with the rules and the
 * thresholds of the detector `release-regression`. Where both versions ran side by side, they are compared in the same
 * minutes, else the time after the rollout with as much of the time before it.
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import { newError } from '#detect/logs/new-error.ts';
import { newestRollout, releasesOf } from '#detect/release/newest-rollout.ts';
import { newErrorRows } from '#detect/release/release-errors.ts';
import { podRestarts, type RowLimits, releaseRows, type SidesOfAll } from '#detect/release/release-rows.ts';
import { type RolloutTime, sidesOfSeries, sidesOfSingles } from '#detect/release/release-sides.ts';
import { type ThresholdValues, thresholdsOf } from '#detect/run.ts';
import { familyKey } from '#detect/signs/versions/releases-seen.ts';
import { type UnstartedRelease, unstartedReleases } from '#detect/signs/versions/unstarted-releases.ts';
import { sightingsOf, UNNAMED, versionAnswers, versionLines } from '#detect/signs/versions/version-counts.ts';
import { seriesSighting, type VersionSeries, versionSeries } from '#detect/signs/versions/version-series.ts';
import { releaseRegression } from '#detect/window/release-regression.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { JudgedRelease, ReleaseRow, ReleaseVerdict } from '#model/changes/release.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Trace } from '#model/trace/trace.ts';

/**
 * Microseconds since the epoch. The rollout is looked for from `fromUs` on; what comes after `toUs` is not read. Without an
 * end, a recorded case ends with its evidence.
 */
export type AskedRelease = Readonly<{ service: string; fromUs: number; toUs: number }>;

export type ReleaseEvidence = Readonly<{
  requests: readonly Trace[];
  logs: readonly LogLine[];
  metrics: readonly Series[];
  platform: Platform | undefined;
  changes: readonly Change[];
}>;

type Limits = RowLimits & Readonly<{ forMinutes: number }>;

/** By detector: those of `release-regression` and `new-error` count here. */
type Thresholds = Readonly<Record<string, ThresholdValues>>;

/** Coroot compares 10 to 30 minutes: with less, caches are empty and few requests came; later, other reasons are likelier. */
const LEAST_US = 10 * MINUTE_US;
const MOST_US = 30 * MINUTE_US;

export function judgeRelease(
  { service, fromUs, toUs }: AskedRelease,
  evidence: ReleaseEvidence,
  thresholds: Thresholds,
): JudgedRelease {
  const limits = thresholdsOf(releaseRegression, thresholds[releaseRegression.id]);
  const own = ownEvidence(service, evidence, toUs);
  const endUs = Number.isFinite(toUs) ? toUs : own.lastUs;
  const changes = evidence.changes.filter(({ atUs }) => atUs <= endUs);
  const looked = { service, lookedFromUs: fromUs, lookedToUs: endUs };
  const rollout = newestRollout(service, own.sightings, changes);
  if (rollout === undefined || rollout.atUs < fromUs) return { ...looked, ...NO_ROLLOUT };
  const { atUs, change, version, versionBefore, seen } = rollout;
  const untilUs = Math.min(endUs, atUs + MOST_US);
  const beforeUs = Math.ceil(Math.max(untilUs - atUs, LEAST_US) / MINUTE_US) * MINUTE_US;
  const time: RolloutTime = { atUs, untilUs, beforeUs };
  const common = { family: own.family, minMinutes: limits.minMinutes };
  const sides: SidesOfAll = {
    series: sidesOfSeries({ all: own.series, seen: seen[0], ...common }, time),
    answers: sidesOfSingles({ all: own.answers, seen: seen[1], ...common }, time),
    lines: sidesOfSingles({ all: own.lines, seen: seen[2], ...common }, time),
  };
  const unstarted = unstartedRows(own.series, evidence, change, untilUs, limits);
  const rows = [
    ...unstarted,
    ...releaseRows(sides, time, limits),
    ...newErrorRows(
      sides.lines,
      own.lines.filter((line) => line.atUs < atUs),
      evidence.logs,
      limits.minFailed,
      thresholds[newError.id],
    ),
    ...podRestarts(evidence.platform, own.family, time),
  ];
  const shown = rows.filter(({ before, after }) => before !== undefined || after !== undefined);
  return {
    ...looked,
    // What never came is none of the versions that were seen.
    ...(unstarted.length === 0
      ? { version, versionBefore }
      : { version: shortChangeId(change?.id ?? ''), versionBefore: version }),
    verdict: verdictOf(rows, untilUs - atUs),
    change,
    ...time,
    rows: shown,
    gaps: gapsOf(rows),
  };
}

const NO_ROLLOUT = {
  verdict: 'no rollout',
  version: '',
  versionBefore: '',
  change: undefined,
  atUs: Number.NaN,
  untilUs: Number.NaN,
  beforeUs: 0,
  rows: [],
  gaps: [],
} as const;

function ownEvidence(service: string, { requests, logs, metrics, platform, changes }: ReleaseEvidence, toUs: number) {
  const family = familyKey(service);
  const isOwn = (name: string) => familyKey(name) === family;
  const series = versionSeries(measured(metrics), platform, UNNAMED).filter((one) => isOwn(one.service));
  const answers = versionAnswers(requests, platform, UNNAMED).filter((one) => isOwn(one.service) && one.atUs <= toUs);
  const lines = versionLines(logs, platform, UNNAMED).filter((one) => isOwn(one.service) && one.atUs <= toUs);
  const all = [series.map(seriesSighting), sightingsOf(answers), sightingsOf(lines)];
  const lastSeenUs = Math.max(...all.flat().map(({ lastUs }) => lastUs));
  const lastChangeUs = Math.max(...releasesOf(service, changes).map(({ atUs }) => Math.min(atUs, toUs)));
  const lastUs = Math.max(lastSeenUs, lastChangeUs);
  return {
    family,
    series,
    answers,
    lines,
    // A case also has metrics of earlier days, for what is usual.
    sightings: all.map((one) => one.filter(({ who, lastUs: us }) => who.version !== '' && us >= lastUs - DAY_US)),
    /** The latest of the evidence. */
    lastUs,
  };
}

function unstartedRows(
  series: readonly VersionSeries[],
  { metrics }: ReleaseEvidence,
  change: Change | undefined,
  untilUs: number,
  limits: Limits,
): readonly ReleaseRow[] {
  if (change === undefined) return [];
  return unstartedReleases(measured(metrics), series, [change], untilUs, limits).map(
    ({ instance, failing, failingMetric }: UnstartedRelease): ReleaseRow => ({
      measure: 'start',
      unit: 'share',
      by: failingMetric,
      way: 'after',
      before: undefined,
      after: { value: failing },
      judged: 'worse',
      isHarm: true,
      sinceUs: change.atUs,
      said: instance,
    }),
  );
}

/** What shows whether people are served. */
const SERVED: ReadonlySet<ReleaseRow['measure']> = new Set(['answers', 'latency', 'errors']);

function verdictOf(rows: readonly ReleaseRow[], sinceUs: number): ReleaseVerdict {
  if (rows.some(({ isHarm, judged }) => isHarm && judged === 'worse')) return 'worse';
  const isJudged = rows.some(({ measure, judged }) => SERVED.has(measure) && judged !== 'too few');
  return isJudged && sinceUs >= LEAST_US ? 'nothing wrong' : 'too early';
}

const COST: Readonly<Partial<Record<ReleaseRow['measure'], string>>> = {
  answers: 'whether it answers was not compared',
  latency: 'how long it takes was not compared',
  errors: 'error lines were not compared',
  cpu: 'CPU was not compared',
  memory: 'memory was not compared',
};

/** What is not there on one side. */
function gapsOf(rows: readonly ReleaseRow[]): readonly Gap[] {
  return Object.entries(COST).flatMap(([measure, consequence]): Gap[] => {
    const own = rows.filter((row) => row.measure === measure);
    if (own.some(({ before, after }) => before !== undefined && after !== undefined)) return [];
    const side = own.some(({ before }) => before !== undefined)
      ? ' after the rollout'
      : own.some(({ after }) => after !== undefined)
        ? ' before the rollout'
        : '';
    return [{ source: 'release', problem: `nothing shows its ${NAMES[measure]}${side}`, consequence }];
  });
}

const NAMES: Readonly<Record<string, string>> = {
  answers: 'answers',
  latency: 'durations',
  errors: 'log lines',
  cpu: 'CPU',
  memory: 'memory',
};
