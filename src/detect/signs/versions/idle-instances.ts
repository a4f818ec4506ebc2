/**
 * Old instances that got no requests while the new ones did. Behind a switch of all traffic they go on to write that they
 * are healthy, which compares nothing. Metrics show it, where they count the requests of each instance.
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import type { VersionLine } from '#detect/signs/versions/version-counts.ts';
import type { VersionSeries } from '#detect/signs/versions/version-series.ts';

/** `lines`: those of the time in which both versions spoke. */
export function withoutIdle(
  { family, isOld }: TwoVersions,
  lines: readonly VersionLine[],
  series: readonly VersionSeries[],
  minRequests: number,
): readonly VersionLine[] {
  const minutes = new Set(lines.map(({ atUs }) => Math.floor(atUs / MINUTE_US)));
  const requests = new Map<string, number>();
  for (const { who, counts, family: key } of series) {
    if (key !== family || counts === undefined || who.instance === '' || !isOld(who)) continue;
    const own = [...minutes].reduce((sum, minute) => sum + (counts.get(minute) ?? 0), 0);
    requests.set(who.instance, Math.max(own, requests.get(who.instance) ?? 0));
  }
  const isIdle = (instance: string) => (requests.get(instance) ?? minRequests) < minRequests;
  return lines.filter(({ who }) => !(isOld(who) && isIdle(who.instance)));
}
