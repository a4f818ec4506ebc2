/**
 * Releases that cannot be the reason: in the same minutes old and new instances fail alike, only old ones fail, or both
 * are equally slow.
 *
 *                                14:04  14:05  14:06
 *   payment v1, two pods         12 of 40 fail
 *   payment v2, one pod          13 of 41 fail         ← what only the new pods have does not matter
 *
 * The reverse of a release regression, by requests, lines or metrics. A deploy that changes what both versions share, as a
 * migration does, is not cleared. Nor is one where the harm shows at something that both use (`shared-harm.ts`).
 */
import { mean } from 'simple-statistics';
import { MINUTE_US, SECOND_US } from '#core/time-units.ts';
import { familyKey, releasesSeen, type SeenRelease } from '#detect/signs/versions/releases-seen.ts';
import { isHarmShared, isStoreWorse, namesStore } from '#detect/signs/versions/shared-harm.ts';
import {
  type CountLimits,
  errorsOf,
  failedOf,
  sidesAmong,
  sightingsOf,
  type VersionAnswer,
  type VersionLine,
  versionAnswers,
  versionLines,
} from '#detect/signs/versions/version-counts.ts';
import { seriesSighting, type VersionSeries, versionSeries } from '#detect/signs/versions/version-series.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { shareText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { deviationsFor, differenceInterval, type Share, shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { durationText } from '#model/text/duration.ts';

/** A release, and how old and new instances do in the same minutes: `12 of 40 against 13 of 41`. */
export type AlikeVersions = Readonly<{ change: Change; how: How; text: string }>;

/** What old instances do, compared with new ones. */
type How = 'fail as often as' | 'fail more often than' | 'take as long as';

type Seen = Pick<Evidence, 'window' | 'changes'> &
  Partial<Pick<Evidence, 'requests' | 'healthyRequests' | 'platform' | 'metrics' | 'logs' | 'baselineLogs'>>;

type Limits = Pick<CountLimits, 'minRequests' | 'minFailed' | 'minPoints'>;

/** Releases whose old instances fail as often as the new ones. */
export function alikeVersions(seen: Seen, limits: Limits): readonly AlikeVersions[] {
  if (seen.changes.length === 0) return [];
  const found = [...inRequests(seen, limits), ...inLines(seen, limits), ...inSeries(seen, limits)];
  return found.length > 0 && isStoreWorse(seen.metrics ?? [], seen.window) ? [] : found;
}

function inRequests(
  { changes, requests = [], healthyRequests = [], platform }: Seen,
  limits: Limits,
): readonly AlikeVersions[] {
  const answers = versionAnswers(requests, platform);
  if (answers.length === 0) return [];
  const releases = releasesSeen(sightingsOf([...versionAnswers(healthyRequests, platform), ...answers]), changes);
  return releases.flatMap((release): AlikeVersions[] => {
    const { news, olds } = inSameMinutes<VersionAnswer>(release, answers);
    const [now, old] = [failedOf(news), failedOf(olds)];
    const how = howTheyFail(now, old, releases.length, limits);
    return how === undefined || isHarmShared({ news, olds }) ? [] : clearedBy(release, how, now, old);
  });
}

/** Where both versions write other lines than errors as well: else only their number would say how many fail. */
function inLines({ changes, logs = [], baselineLogs = [], platform }: Seen, limits: Limits): readonly AlikeVersions[] {
  const lines = versionLines(logs, platform);
  if (lines.length === 0) return [];
  const releases = releasesSeen(sightingsOf([...versionLines(baselineLogs, platform), ...lines]), changes);
  return releases.flatMap((release): AlikeVersions[] => {
    const { news, olds } = inSameMinutes<VersionLine>(release, lines);
    const [now, old] = [errorsOf(news), errorsOf(olds)];
    const others = Math.min(now.of - now.times, old.of - old.times);
    const how = others < limits.minFailed ? undefined : howTheyFail(now, old, releases.length, limits);
    return how === undefined || areOfStore(olds, logs) ? [] : clearedBy(release, how, now, old);
  });
}

const MOST = 0.5;

function areOfStore(lines: readonly VersionLine[], logs: readonly LogLine[]): boolean {
  const errors = lines.filter(({ isError }) => isError);
  return errors.filter(({ place }) => namesStore(logs[place]?.line ?? '')).length >= MOST * errors.length;
}

function clearedBy(release: SeenRelease, how: How, now: Share, old: Share): AlikeVersions[] {
  const { change } = release;
  if (change === undefined || !mayBeCleared(release, change)) return [];
  return [{ change, how, text: `${old.times} of ${old.of} against ${now.times} of ${now.of}` }];
}

/** New instances are no worse than the worst old one, and old ones became bad. */
function inSeries({ changes, metrics = [], platform }: Seen, { minPoints }: Limits): readonly AlikeVersions[] {
  const all = versionSeries(measured(metrics), platform);
  const judged = all.filter(({ measure }) => measure === 'failing' || measure === 'latency');
  if (judged.length === 0) return [];
  return releasesSeen(all.map(seriesSighting), changes).flatMap((release): AlikeVersions[] => {
    const { change, family } = release;
    if (change === undefined || !mayBeCleared(release, change)) return [];
    const own = Map.groupBy(
      judged.filter((one) => one.family === family),
      ({ stratum }) => stratum,
    );
    const known = [...own.values()].flatMap((same): Shown[] => {
      const means = meansIn(same, release);
      if (means === undefined) return [];
      return [same[0]?.measure === 'latency' ? howSlow(means) : howFailing(means, minPoints)];
    });
    // Each way of counting has to say so, where it shows both versions.
    const [first] = known.filter((one) => typeof one === 'object').toSorted((a, b) => BELIEF[a.how] - BELIEF[b.how]);
    return first === undefined || known.includes('worse') ? [] : [{ change, ...first }];
  });
}

/** Failures say more than durations. */
const BELIEF: Readonly<Record<How, number>> = {
  'fail as often as': 0,
  'fail more often than': 0,
  'take as long as': 1,
};

/** What one way of counting shows; `fine` where neither side became bad. */
type Shown = 'worse' | 'fine' | Pick<AlikeVersions, 'how' | 'text'>;

function howFailing({ now, old, worst, before }: Means, minPoints: number): Shown {
  if (now - worst >= minPoints) return 'worse';
  if (old >= minPoints && old >= TWICE * before)
    return { how: 'fail as often as', text: `${shareText(old)} against ${shareText(now)}` };
  const isOneOld = worst >= minPoints && worst >= TWICE * before && now < minPoints;
  return isOneOld ? { how: 'fail more often than', text: `${shareText(worst)} against ${shareText(now)}` } : 'fine';
}

/** Between healthy instances, a difference below this factor is common. */
const ABOUT = 1.5;

function howSlow({ now, old, worst, before }: Means): Shown {
  if (now >= ABOUT * worst) return 'worse';
  if (before <= 0 || old < TWICE * before) return 'fine';
  return { how: 'take as long as', text: `${durationText(old * SECOND_US)} against ${durationText(now * SECOND_US)}` };
}

const TWICE = 2;
const FEWEST_MINUTES = 3;

/** Means of the new instances, and of the old ones in the same minutes and before. */
type Means = Readonly<{ now: number; old: number; worst: number; before: number }>;

function meansIn(same: readonly VersionSeries[], { isNew, isOld, fromUs }: SeenRelease): Means | undefined {
  const from = Math.floor(fromUs / MINUTE_US);
  const [news, olds] = [same.filter(({ who }) => isNew(who)), same.filter(({ who }) => isOld(who))];
  const ofNew = new Set(news.flatMap(({ values }) => [...values.keys()].filter((minute) => minute >= from)));
  const both = [...ofNew].filter((minute) => olds.some(({ values }) => values.has(minute)));
  if (both.length < FEWEST_MINUTES) return undefined;
  const within = ({ values }: VersionSeries) => both.flatMap((minute) => values.get(minute) ?? []);
  const each = olds.map(within).filter((values) => values.length > 0);
  const before = olds.flatMap(({ values }) => [...values].flatMap(([minute, value]) => (minute < from ? [value] : [])));
  return {
    now: mean(news.flatMap(within)),
    old: medianOf(each.map(mean)),
    worst: Math.max(...each.map(mean)),
    before: before.length === 0 ? 0 : mean(before),
  };
}

/** Without the name or the birth of the version, the change may have brought another one. */
function mayBeCleared({ isNamed, bornUs }: SeenRelease, change: Change): boolean {
  return change.kind === 'deploy' && (isNamed || Number.isFinite(bornUs)) && !changesShared(change);
}

/** What both versions did in the minutes in which both are seen. */
function inSameMinutes<One extends VersionAnswer | VersionLine>(
  release: SeenRelease,
  all: readonly One[],
): Readonly<{ news: readonly One[]; olds: readonly One[] }> {
  const { news, olds } = sidesAmong(
    release,
    all.filter(({ service }) => familyKey(service) === release.family),
  );
  const minuteOf = ({ atUs }: One) => Math.floor(atUs / MINUTE_US);
  const both = new Set(news.map(minuteOf)).intersection(new Set(olds.map(minuteOf)));
  const isInBoth = (one: One) => both.has(minuteOf(one));
  return { news: news.filter(isInBoth), olds: olds.filter(isInBoth) };
}

function howTheyFail(now: Share, old: Share, compared: number, limits: Limits): How | undefined {
  if (areAlike(now, old, compared, limits)) return 'fail as often as';
  return isBetter(now, old, compared, limits) ? 'fail more often than' : undefined;
}

/** The old ones clearly fail more. */
function isBetter(now: Share, old: Share, compared: number, { minRequests, minFailed }: Limits): boolean {
  if (Math.min(now.of, old.of) < minRequests || old.times < minFailed) return false;
  return differenceInterval(now, old, deviationsFor(compared)).high < 0;
}

/** With few requests the spread is wide, and hides even a doubled share. */
function areAlike(now: Share, old: Share, compared: number, { minRequests, minFailed }: Limits): boolean {
  if (Math.min(now.of, old.of) < minRequests || Math.min(now.times, old.times) < minFailed) return false;
  const { low, high } = differenceInterval(now, old, deviationsFor(compared));
  const difference = Math.abs(shareOf(now) - shareOf(old));
  return low <= 0 && high >= 0 && difference < (high - low) / 2 && shareOf(now) < 2 * shareOf(old);
}

/** Old instances meet the new schema as well. */
function changesShared({ files, diff, text }: Change): boolean {
  return files.some((path) => /migrat|\.sql$/i.test(path)) || SCHEMA.test(diff) || /migrat|schema/i.test(text);
}

const SCHEMA = /\b(?:alter|create|drop|rename) (?:table|index|column|view)\b/i;
