/**
 * Changes that cannot be why memory runs out.
 *
 *   it grew before     ▁▂▃▄▅▆▇█ killed     the change came long after the growth began
 *                            ↑ change
 *   pods               only those of the old version are killed, and those of the new one run on
 */
import { familyKey, isRelease, LATE_REPORT_US, ROLLING_US } from '#detect/signs/releases-seen.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { MINUTE_US } from '#model/metrics/minutes.ts';
import type { Container, Pod } from '#model/platform/platform.ts';

type Seen = Pick<Evidence, 'changes'> & Partial<Pick<Evidence, 'platform'>>;

/** The beginning of a slow growth is uncertain by some minutes. */
const UNCERTAIN_US = 15 * MINUTE_US;

/** `growsSinceUs`: when the memory began to grow; undefined where nothing shows a growth. */
export function sparedByMemory(seen: Seen, growsSinceUs: number | undefined): ReadonlySet<Change> {
  const late = growsSinceUs === undefined ? [] : seen.changes.filter(({ atUs }) => atUs > growsSinceUs + UNCERTAIN_US);
  return new Set([...late, ...ofPods(seen)]);
}

function ofPods({ platform, changes }: Seen): readonly Change[] {
  const owned = Map.groupBy(platform?.pods ?? [], ({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`);
  return [...owned.values()].flatMap((pods) => {
    const { replicaSet, services } = pods.reduce((a, b) => (b.createdUs > a.createdUs ? b : a));
    const [news, olds] = [
      pods.filter((pod) => pod.replicaSet === replicaSet),
      pods.filter((pod) => pod.replicaSet !== replicaSet),
    ];
    const bornUs = Math.min(...news.map(({ createdUs }) => createdUs));
    const isOnlyOld = olds.some(killedSince(bornUs)) && !news.some(({ containers }) => containers.some(didEnd));
    const keys = new Set(services.map(familyKey));
    return replicaSet === '' || !isOnlyOld
      ? []
      : changes.filter(
          (change) =>
            isRelease(change) &&
            keys.has(familyKey(change.service)) &&
            change.atUs >= bornUs - ROLLING_US &&
            change.atUs <= bornUs + LATE_REPORT_US,
        );
  });
}

function didEnd({ isInit, restarts, state }: Container): boolean {
  return !isInit && (restarts > 0 || state.is !== 'running');
}

/** Killed for want of memory. A crash of old pods may come from what the new version wrote. */
function killedSince(sinceUs: number): (pod: Pod) => boolean {
  return ({ containers }) =>
    containers.some(({ last, state }) =>
      [last, state].some(
        (end) => end !== undefined && 'finishedUs' in end && end.reason === 'OOMKilled' && end.finishedUs >= sinceUs,
      ),
    );
}
