/** Pods that no scheduler has looked at. */
import { conditionOf, type Pod } from '#model/platform/platform.ts';
import { type Asked, type OwnPod, podEvents, podsInQuestion, type SeenTime } from '#model/platform/platform-pods.ts';

export type SilentScheduler = Readonly<{
  /** The scheduler that these pods name. */
  scheduler: string;
  pods: readonly [OwnPod, ...OwnPod[]];
  sinceUs: number;
  /** Whether the lists have a pod that may be this scheduler. */
  isSeen: boolean;
}>;

export const DEFAULT_SCHEDULER = 'kube-scheduler';

/**
 * Each scheduler that has left a pod alone for this long and assigned no younger one. It marks every pod that it has
 * looked at with the condition PodScheduled and reports a refusal as an event.
 */
export function silentSchedulers(asked: Asked, minSeconds: number, time: SeenTime): readonly SilentScheduler[] {
  const { platform } = asked;
  // Lists without events and conditions do not show what a scheduler did.
  if (platform.events.length === 0 || !platform.pods.some(({ conditions }) => conditions.length > 0)) return [];
  const untouched = podsInQuestion(asked).filter(
    ({ pod }) => isUntouched(pod) && podEvents(platform, pod, time).every(({ reason }) => !OF_SCHEDULERS.has(reason)),
  );
  return [...Map.groupBy(untouched, ({ pod }) => pod.scheduler)].flatMap(([scheduler, own]): SilentScheduler[] => {
    const assignedUs = platform.pods
      .filter((pod) => pod.scheduler === scheduler && pod.node !== '' && pod.owner.kind !== 'DaemonSet')
      .reduce((last, { createdUs }) => (createdUs > last ? createdUs : last), Number.NEGATIVE_INFINITY);
    const [first, ...others] = own.filter(
      ({ pod }) => pod.createdUs >= assignedUs && time.endUs - pod.createdUs >= minSeconds * 1e6,
    );
    if (first === undefined) return [];
    const pods = [first, ...others] as const;
    const sinceUs = Math.min(...pods.map(({ pod }) => pod.createdUs));
    const name = scheduler || DEFAULT_SCHEDULER;
    return [{ scheduler: name, pods, sinceUs, isSeen: platform.pods.some((pod) => mayBe(pod, name)) }];
  });
}

/** A scheduler runs as a pod, named after it or with the name as a label. */
function mayBe({ name, owner, labels, scheduler }: Pod, wanted: string): boolean {
  return scheduler !== wanted && [name, owner.name, ...Object.values(labels)].some((text) => text.includes(wanted));
}

function isUntouched(pod: Pod): boolean {
  return pod.phase === 'Pending' && pod.node === '' && conditionOf(pod, 'PodScheduled') === undefined;
}

/** Reasons of events that a scheduler or an autoscaler writes. */
const OF_SCHEDULERS: ReadonlySet<string> = new Set([
  'FailedScheduling',
  'Scheduled',
  'Preempted',
  'NotTriggerScaleUp',
  'TriggeredScaleUp',
  'Nominated',
]);
