/** Rollouts that the pods of one owner show: those of its youngest revision beside the others, and what brought it. */
import { familyKey, isRelease, LATE_REPORT_US, ROLLING_US } from '#detect/signs/versions/releases-seen.ts';
import type { Change } from '#model/changes/change.ts';
import type { Pod } from '#model/platform/platform.ts';

export type PodRelease = Readonly<{
  youngest: Pod;
  news: readonly Pod[];
  olds: readonly Pod[];
  /** When the first pod of the youngest revision was made. */
  bornUs: number;
  /** The releases at about that time, the nearest first. */
  changes: readonly Change[];
}>;

/** A pod without a ReplicaSet says nothing of its revision. */
export function podReleases(all: readonly Pod[], changes: readonly Change[]): readonly PodRelease[] {
  const owned = Map.groupBy(all, ({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`);
  return [...owned.values()].flatMap((pods) => {
    const youngest = pods.reduce((a, b) => (b.createdUs > a.createdUs ? b : a));
    if (youngest.replicaSet === '') return [];
    const news = pods.filter(({ replicaSet }) => replicaSet === youngest.replicaSet);
    const olds = pods.filter(({ replicaSet }) => replicaSet !== youngest.replicaSet);
    const bornUs = Math.min(...news.map(({ createdUs }) => createdUs));
    return [{ youngest, news, olds, bornUs, changes: releasesAt(bornUs, youngest, changes) }];
  });
}

function releasesAt(bornUs: number, { services }: Pod, changes: readonly Change[]): readonly Change[] {
  const keys = new Set(services.map(familyKey));
  const near = changes.filter(
    (change) =>
      isRelease(change) &&
      keys.has(familyKey(change.service)) &&
      change.atUs >= bornUs - ROLLING_US &&
      change.atUs <= bornUs + LATE_REPORT_US,
  );
  return near.toSorted((a, b) => Math.abs(a.atUs - bornUs) - Math.abs(b.atUs - bornUs));
}
