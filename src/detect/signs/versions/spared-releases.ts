/**
 * Changes that cannot be why memory runs out.
 *
 *   it grew before     ▁▂▃▄▅▆▇█ killed     the change came long after the growth began
 *                            ↑ change
 *   pods               only those of the old version are killed, and those of the new one run on
 */

import { OOM } from '#detect/signs/containers/oom-kill.ts';
import { isLongAfter } from '#detect/signs/runtime/memory-growth.ts';
import { podReleases } from '#detect/signs/versions/pod-releases.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Container, Pod } from '#model/platform/platform.ts';

type Seen = Pick<Evidence, 'changes'> & Partial<Pick<Evidence, 'platform'>>;

/** `growsSinceUs`: when the memory began to grow; undefined where nothing shows a growth. */
export function sparedByMemory(seen: Seen, growsSinceUs: number | undefined): ReadonlySet<Change> {
  const late = growsSinceUs === undefined ? [] : seen.changes.filter((change) => isLongAfter(change, growsSinceUs));
  return new Set([...late, ...ofPods(seen)]);
}

function ofPods({ platform, changes }: Seen): readonly Change[] {
  return podReleases(platform?.pods ?? [], changes).flatMap((release) => {
    const { news, olds, bornUs } = release;
    const isOnlyOld = olds.some(killedSince(bornUs)) && !news.some(({ containers }) => containers.some(didEnd));
    return isOnlyOld ? release.changes : [];
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
        (end) => end !== undefined && 'finishedUs' in end && end.reason === OOM && end.finishedUs >= sinceUs,
      ),
    );
}
