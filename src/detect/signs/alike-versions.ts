/**
 * Releases that cannot be the reason: old and new instances fail alike in the same minutes.
 *
 *                                14:04  14:05  14:06
 *   payment v1, two pods         12 of 40 fail
 *   payment v2, one pod          13 of 41 fail         ← what only the new pods have does not matter
 *
 * The reverse of `failingAnswers`. A deploy that changes what both versions share, as a migration does, is not cleared. Nor
 * is one where the harm shows at something that both use (`shared-harm.ts`).
 */
import { familyKey, releasesSeen, type SeenRelease } from '#detect/signs/releases-seen.ts';
import { isHarmShared } from '#detect/signs/shared-harm.ts';
import {
  type CountLimits,
  failedOf,
  sightingsOf,
  type VersionAnswer,
  versionAnswers,
} from '#detect/signs/version-counts.ts';
import { MINUTE_US } from '#detect/signs/version-series.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { deviationsFor, differenceInterval, type Share, shareOf } from '#model/stats/proportion.ts';

/** A release, and how many answers of its old and new instances failed in the same minutes. */
export type AlikeVersions = Readonly<{ change: Change; now: Share; old: Share }>;

type Seen = Pick<Evidence, 'window' | 'changes'> &
  Partial<Pick<Evidence, 'requests' | 'healthyRequests' | 'platform' | 'metrics'>>;

/** Releases whose old instances fail as often as the new ones, by requests of the bad and of the healthy time. */
export function alikeVersions(
  { window, changes, requests = [], healthyRequests = [], platform, metrics = [] }: Seen,
  { minRequests, minFailed }: Pick<CountLimits, 'minRequests' | 'minFailed'>,
): readonly AlikeVersions[] {
  const answers = versionAnswers(requests, platform);
  if (answers.length === 0 || changes.length === 0) return [];
  const seen = sightingsOf([...versionAnswers(healthyRequests, platform), ...answers]);
  const releases = releasesSeen(seen, changes);
  return releases.flatMap((release): AlikeVersions[] => {
    const { change } = release;
    if (change === undefined || !mayBeCleared(release, change)) return [];
    const { news, olds } = inSameMinutes(release, answers);
    const [now, old] = [failedOf(news), failedOf(olds)];
    if (Math.min(now.of, old.of) < minRequests || Math.min(now.times, old.times) < minFailed) return [];
    if (!areAlike(now, old, releases.length)) return [];
    return isHarmShared({ news, olds, metrics, window }) ? [] : [{ change, now, old }];
  });
}

/** Without the name or the birth of the version, the change may have brought another one. */
function mayBeCleared({ isNamed, bornUs }: SeenRelease, change: Change): boolean {
  return change.kind === 'deploy' && (isNamed || Number.isFinite(bornUs)) && !changesShared(change);
}

/** The answers of both versions in the minutes in which both answered. */
function inSameMinutes({ family, fromUs, isNew, isOld }: SeenRelease, answers: readonly VersionAnswer[]) {
  const own = answers.filter(({ service, atUs }) => familyKey(service) === family && atUs >= fromUs);
  const minuteOf = ({ atUs }: VersionAnswer) => Math.floor(atUs / MINUTE_US);
  const [news, olds] = [own.filter(({ who }) => isNew(who)), own.filter(({ who }) => isOld(who))];
  const both = new Set(news.map(minuteOf)).intersection(new Set(olds.map(minuteOf)));
  const isInBoth = (one: VersionAnswer) => both.has(minuteOf(one));
  return { news: news.filter(isInBoth), olds: olds.filter(isInBoth) };
}

/** With few requests the spread is wide, and hides even a doubled share. */
function areAlike(now: Share, old: Share, compared: number): boolean {
  const { low, high } = differenceInterval(now, old, deviationsFor(compared));
  const difference = Math.abs(shareOf(now) - shareOf(old));
  return low <= 0 && high >= 0 && difference < (high - low) / 2 && shareOf(now) < 2 * shareOf(old);
}

/** Old instances meet the new schema as well. */
function changesShared({ files, diff, text }: Change): boolean {
  return files.some((path) => /migrat|\.sql$/i.test(path)) || SCHEMA.test(diff) || /migrat|schema/i.test(text);
}

const SCHEMA = /\b(?:alter|create|drop|rename) (?:table|index|column|view)\b/i;
