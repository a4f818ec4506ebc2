/**
 * The newest rollout of one service: by a change that somebody recorded or the platform remembers, else by the version
 * that was first seen last.
 *
 *   changes      13:00 v1            14:02 v2
 *   versions     v1 v1 v1 v1 v1 v1 v1 v1 v2 v2 v2        the change began it; its version comes minutes later
 *   versions     v1 v1 v1 v2 v2 v1 v1 v1                 without a change: v2 is gone, so v1 was rolled out again
 */
import { MINUTE_US } from '#core/time-units.ts';
import {
  familyKey,
  isRelease,
  LATE_REPORT_US,
  ROLLING_US,
  releasesSeen,
  type SeenRelease,
  shownVersion,
  type VersionSighting,
} from '#detect/signs/versions/releases-seen.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';

/** `seen`: which versions each kind of evidence shows; undefined where it shows no two. */
export type NewestRollout = Readonly<{
  atUs: number;
  change: Change | undefined;
  /** For people; empty where nothing names them. */
  version: string;
  versionBefore: string;
  seen: readonly (SeenRelease | undefined)[];
}>;

/** A version that was last seen this much earlier than the others is gone. */
const GONE_US = 5 * MINUTE_US;

/** `sightings`: one list for each kind of evidence, all of this service. */
export function newestRollout(
  service: string,
  sightings: readonly (readonly VersionSighting[])[],
  allChanges: readonly Change[],
): NewestRollout | undefined {
  const changes = releasesOf(service, allChanges);
  const last = changes.at(-1);
  const seen = sightings.map((own) => rolledBack(own, releasesSeen(own, changes)[0]));
  const births = seen.flatMap((one) => (one !== undefined && Number.isFinite(one.bornUs) ? [one.bornUs] : []));
  const lastBirth = Math.max(...births);
  const bornUs = births.length === 0 ? Number.NaN : Math.min(...births.filter((us) => us >= lastBirth - ROLLING_US));
  const isOfChange = last !== undefined && !(bornUs > last.atUs + ROLLING_US);
  const atUs = isOfChange ? last.atUs : bornUs;
  if (!Number.isFinite(atUs)) return undefined;
  const change = isOfChange ? last : undefined;
  // What was seen of an earlier rollout does not tell these two versions apart.
  const isOfThis = (one: SeenRelease) =>
    (change !== undefined && one.change === change) ||
    (one.bornUs >= atUs - LATE_REPORT_US && one.bornUs <= atUs + ROLLING_US);
  const ofThis = seen.map((one) => (one !== undefined && isOfThis(one) ? one : undefined));
  return { atUs, change, ...versionNames(ofThis, sightings, changes, change), seen: ofThis };
}

type Names = Pick<NewestRollout, 'version' | 'versionBefore'>;

/** By the evidence; else by the only version that it shows, or the ids of this change and of the one before it. */
function versionNames(
  seen: NewestRollout['seen'],
  sightings: readonly (readonly VersionSighting[])[],
  changes: readonly Change[],
  change: Change | undefined,
): Names {
  const named = seen.flatMap((one, at): Names[] => {
    const old = sightings[at]?.filter(({ who }) => one?.isOld(who)).toSorted((a, b) => b.lastUs - a.lastUs)[0]?.who;
    return one === undefined || old === undefined
      ? []
      : [{ version: one.version, versionBefore: shownVersion(old.names, old.version) }];
  });
  const best = named.find(({ version }) => /[v.]/i.test(version)) ?? named[0];
  if (best !== undefined) return best;
  const only = new Set(sightings.flat().map(({ who }) => shownVersion(who.names, who.version)));
  const [one] = only;
  if (one !== undefined && only.size === 1) return { version: one, versionBefore: one };
  const last = changes.findLast(({ atUs }) => change !== undefined && atUs < change.atUs);
  return { version: shortChangeId(change?.id ?? ''), versionBefore: shortChangeId(last?.id ?? '') };
}

/** In order of time. */
export function releasesOf(service: string, changes: readonly Change[]): readonly Change[] {
  const key = familyKey(service);
  return changes
    .filter((change) => isRelease(change) && familyKey(change.service) === key)
    .toSorted((a, b) => a.atUs - b.atUs || (a.id < b.id ? -1 : 1));
}

/** Where the version that came last is gone and no change says why, the others are the ones that were rolled out. */
function rolledBack(own: readonly VersionSighting[], release: SeenRelease | undefined): SeenRelease | undefined {
  if (release === undefined || release.change !== undefined || !Number.isFinite(release.bornUs)) return release;
  const lastOf = (is: SeenRelease['isNew']) =>
    own.reduce((last, { who, lastUs }) => (is(who) ? Math.max(last, lastUs) : last), Number.NEGATIVE_INFINITY);
  const [newUs, oldUs] = [lastOf(release.isNew), lastOf(release.isOld)];
  if (!(newUs + GONE_US < oldUs)) return release;
  const [kept] = own.filter(({ who }) => release.isOld(who));
  const { isNew, isOld } = release;
  return {
    ...release,
    version: kept === undefined ? '' : shownVersion(kept.who.names, kept.who.version),
    bornUs: newUs,
    fromUs: newUs,
    isNew: isOld,
    isOld: isNew,
  };
}
