/**
 * Releases whose new and old instances got slow together, after the new ones had been quick for a while.
 *
 *              14:02  14:04  14:06 ┊ 14:08  14:10
 *   beds v1     15 ms  14 ms  15 ms┊ 380 ms 350 ms
 *   beds v2            16 ms  15 ms┊ 310 ms 400 ms     ← it came before, and was as quick as the old one
 *
 * The time of such a release says nothing. A release that brings a store more load slows both versions, too, but from its
 * first minutes on.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { releasesSeen, type SeenRelease } from '#detect/signs/versions/releases-seen.ts';
import {
  byFamily,
  type CountLimits,
  sightingsOf,
  type VersionAnswer,
  versionAnswers,
} from '#detect/signs/versions/version-counts.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { medianOf } from '#model/stats/robust.ts';

type Limits = Pick<CountLimits, 'minRequests' | 'minFailed'>;
type Seen = Pick<Evidence, 'changes'> & Partial<Pick<Evidence, 'requests' | 'healthyRequests' | 'platform'>>;

/** As a factor: healthy instances often differ by less than two, and seldom by more. */
const SLOW = 2;
const ALIKE = 1.5;
/** A version that brings load has it from its first requests on. */
const QUICK_US = 2 * MINUTE_US;

/** Changes that brought these releases. `onsetUs`: when the slowness began. */
export function slowAlike(
  { changes, requests = [], healthyRequests = [], platform }: Seen,
  onsetUs: number,
  limits: Limits,
): readonly Change[] {
  if (changes.length === 0 || requests.length === 0) return [];
  const answers = versionAnswers(requests, platform);
  const earlier = versionAnswers(healthyRequests, platform);
  const families = byFamily([...earlier, ...answers].filter(({ failed }) => !failed));
  const releases = releasesSeen(sightingsOf([...earlier, ...answers]), changes);
  return releases.flatMap((release) => {
    const isSpared = isAlike(release, families.get(release.family) ?? [], onsetUs, limits);
    return release.change !== undefined && isSpared ? [release.change] : [];
  });
}

/** Each answer counts as a multiple of what the old version took for its operation before. */
function isAlike(
  { bornUs, isNew, isOld }: SeenRelease,
  own: readonly VersionAnswer[],
  onsetUs: number,
  { minRequests, minFailed }: Limits,
): boolean {
  if (!(onsetUs - bornUs >= QUICK_US)) return false;
  const [news, olds] = [own.filter(({ who }) => isNew(who)), own.filter(({ who }) => isOld(who))];
  const usual = usualUs(olds.filter(({ atUs }) => atUs < onsetUs));
  const timesUsual = (some: readonly VersionAnswer[]) =>
    some.flatMap(({ operation, durationUs }) => durationUs / (usual.get(operation) ?? Number.NaN) || []);
  const before = timesUsual(news.filter(({ atUs }) => atUs < onsetUs));
  const now = timesUsual(news.filter(({ atUs }) => atUs >= onsetUs));
  const old = timesUsual(olds.filter(({ atUs }) => atUs >= onsetUs));
  if (before.length < minFailed || Math.min(now.length, old.length) < minRequests) return false;
  const isSlow = medianOf(old) >= SLOW;
  return isSlow && medianOf(before) < ALIKE && medianOf(now) < ALIKE * medianOf(old);
}

/** The median by operation. */
function usualUs(answers: readonly VersionAnswer[]): ReadonlyMap<string, number> {
  const operations = Map.groupBy(answers, ({ operation }) => operation);
  return new Map([...operations].map(([name, same]) => [name, medianOf(same.map(({ durationUs }) => durationUs))]));
}
