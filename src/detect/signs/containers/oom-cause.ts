/** Why a container exceeded its memory, by its limits, its revision, the growth of its memory and how long it ran. */
import type { Growth } from '#detect/signs/containers/container-memory.ts';
import { nodeMemory, type Platform, revisionsOf, type Terminated } from '#model/platform/platform.ts';
import type { OwnContainer } from '#model/platform/platform-pods.ts';
import { latestUntil } from '#model/stats/sorted-times.ts';

export type OomCause =
  | 'node'
  | 'no-limit'
  | 'limit-lowered'
  | 'leak'
  | 'jump'
  | 'new-image'
  | 'at-start'
  | 'after-a-while'
  | 'unknown';

/** One hour before the kill: an older rollout is an unlikely cause. */
const NEW_FOR_US = 3.6e9;

export type OomKill = OwnContainer & Readonly<{ end: Terminated; growth: Growth | undefined }>;

/** `maxStartUs`: a container that is killed sooner did not complete its start. */
export function oomCause({ pod, container, end, growth }: OomKill, platform: Platform, maxStartUs: number): OomCause {
  const limit = container.limits.memory;
  if (!Number.isFinite(limit)) return isNodeShort(platform, pod.node, end) ? 'node' : 'no-limit';
  const { now, before } = revisionsOf(platform, pod);
  const earlier = before?.containers.find(({ name }) => name === container.name);
  if (earlier !== undefined && !(earlier.limits.memory <= limit)) return 'limit-lowered';
  if (growth !== undefined) return growth.isSteady && growth.toBytes > growth.fromBytes ? 'leak' : 'jump';
  const ranUs = end.finishedUs - end.startedUs;
  const isNew = earlier !== undefined && earlier.image !== container.image;
  if (isNew && now !== undefined && end.finishedUs - now.createdUs <= NEW_FOR_US) return 'new-image';
  if (!Number.isFinite(ranUs)) return 'unknown';
  return ranUs <= maxStartUs ? 'at-start' : 'after-a-while';
}

/** The kernel or the kubelet reports that the node itself ran out of memory. */
function isNodeShort(platform: Platform, name: string, { finishedUs }: Terminated): boolean {
  const { pressures, ranOutUs } = nodeMemory(platform, name);
  const isUnderPressure = pressures.some(({ sinceUs }) => !(sinceUs > finishedUs + NEW_FOR_US));
  const last = latestUntil(ranOutUs, finishedUs + NEW_FOR_US);
  return isUnderPressure || (last !== undefined && last >= finishedUs - NEW_FOR_US);
}
