/** Pods that the kubelet evicts repeatedly, because they use more disk than they may. */
import {
  conditionOf,
  eventsAbout,
  type Platform,
  type PlatformEvent,
  type Pod,
  podName,
} from '#model/platform/platform.ts';
import {
  type Asked,
  byOwner,
  latest,
  type OwnPod,
  podsInQuestion,
  type SeenTime,
} from '#model/platform/platform-pods.ts';

export type EvictedPod = OwnPod &
  Readonly<{
    /** What exceeds which limit, in words. */
    exceeded: string;
    words: string;
    evictedUs: number;
    events: readonly PlatformEvent[];
  }>;

/** By owner and limit, those that go on. A pod that its node evicts for want of a resource is reported as the node's trouble. */
export function evictedPods(
  asked: Asked,
  least: number,
  time: SeenTime,
): readonly (readonly [EvictedPod, ...EvictedPod[]])[] {
  const evicted = podsInQuestion(asked).flatMap((own): EvictedPod[] => {
    const { phase, reason, message } = own.pod;
    const exceeded = phase === 'Failed' && reason === 'Evicted' ? ownLimitIn(message) : '';
    if (exceeded === '') return [];
    const events = evictionsOf(own.pod, asked.platform);
    const evictedUs = whenEvicted(own.pod, events);
    return evictedUs >= time.fromUs && evictedUs <= time.endUs
      ? [{ ...own, exceeded, words: message, evictedUs, events }]
      : [];
  });
  return byOwner(evicted, ({ exceeded }) => exceeded).filter(
    (own) =>
      own.length >= least &&
      goesOn(
        own.map(({ evictedUs }) => evictedUs),
        time,
      ),
  );
}

/** The kubelet's messages about limits of the pod itself (Kubernetes, pkg/kubelet/eviction/helpers.go). */
const OWN_LIMITS: readonly (readonly [RegExp, (name: string, limit: string) => string])[] = [
  [
    /EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/i,
    (name, limit) => `the volume ${name} exceeds its limit of ${limit}`,
  ],
  [
    /Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"/i,
    (name, limit) => `container ${name} exceeds its limit of ephemeral storage, ${limit}`,
  ],
  [
    /(Pod) ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?(?:\s|$)/i,
    (_, limit) => `the pod exceeds its limit of ephemeral storage, ${limit}`,
  ],
];

function ownLimitIn(message: string): string {
  for (const [words, say] of OWN_LIMITS) {
    const [said, name = '', limit = ''] = words.exec(message) ?? [];
    if (said !== undefined) return say(name, limit);
  }
  return '';
}

function evictionsOf(pod: Pod, platform: Platform): readonly PlatformEvent[] {
  return eventsAbout(platform, podName(pod)).filter(({ reason }) => reason === 'Evicted');
}

/** The kubelet marks the pod (`DisruptionTarget` since Kubernetes 1.26). */
function whenEvicted(pod: Pod, events: readonly PlatformEvent[]): number {
  const conditions = ['DisruptionTarget', 'Ready'].map((type) => conditionOf(pod, type)?.sinceUs);
  return latest([...conditions, ...events.map(({ lastUs }) => lastUs)]);
}

/** The next one is due no later than twice the longest pause so far. After that, somebody has mended it. */
export function goesOn(ended: readonly number[], { endUs }: SeenTime): boolean {
  const times = ended.toSorted((a, b) => a - b);
  const longestUs = Math.max(LEAST_PAUSE_US, ...times.slice(1).map((us, place) => us - (times[place] ?? us)));
  return endUs - (times.at(-1) ?? Number.NaN) <= 2 * longestUs;
}

/** Pods of one rollout may be evicted together: then the pause until the next ones is unknown. */
const LEAST_PAUSE_US = 5 * 60e6;
