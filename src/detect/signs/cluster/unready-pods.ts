/** Pods whose containers run and that are not ready, longer than their probes allow for a start. */
import { isAboutContainer } from '#detect/signs/containers/container-events.ts';
import { probeFailure } from '#detect/signs/containers/probe-failure.ts';
import { isOfNode, troubledNodes } from '#detect/signs/scheduling/troubled-nodes.ts';
import {
  type Container,
  conditionOf,
  type Platform,
  type PlatformEvent,
  type Pod,
  revisionsOf,
} from '#model/platform/platform.ts';
import {
  type Asked,
  hasLasted,
  isReady,
  latest,
  type OwnPod,
  podEvents,
  podsInQuestion,
  type SeenTime,
} from '#model/platform/platform-pods.ts';

export type UnreadyPod = OwnPod &
  Readonly<{
    container: string;
    /** `readiness`, `startup`, `readiness gate`, or `rollout` where only its Deployment says anything. */
    probe: string;
    because: string;
    words: string;
    sinceUs: number;
    events: readonly PlatformEvent[];
    /** The pod's state in words. */
    state: string;
  }>;

export function unreadyPods(asked: Asked, minSeconds: number, time: SeenTime): readonly UnreadyPod[] {
  const nodes = troubledNodes(asked, 0, time);
  return podsInQuestion(asked).flatMap((own): UnreadyPod[] => {
    const { pod } = own;
    const containers = pod.containers.filter(({ isInit }) => !isInit);
    const areRunning = containers.length > 0 && containers.every(({ state }) => state.is === 'running');
    if (pod.phase !== 'Running' || isReady(pod) || !areRunning || isOfNode(nodes, pod)) return [];
    const sinceUs = runningUnreadyUs(pod, containers);
    const allowed = Math.max(0, ...containers.map(startSeconds));
    const starts = Math.max(minSeconds, allowed);
    if (!hasLasted(sinceUs, starts * 1e6, time)) return [];
    const reason =
      reasonOf(pod, containers, podEvents(asked.platform, pod, time)) ?? reasonOfRollout(pod, asked.platform);
    return reason === undefined || isStarting(reason, containers, starts, time) ? [] : [{ ...own, sinceUs, ...reason }];
  });
}

/**
 * Nobody knows when the cluster answered. By the latest time in its answers the container was just made, or its startup
 * probe has failed less often than it may.
 */
function isStarting(
  { probe, container, events }: Pick<UnreadyPod, 'probe' | 'container' | 'events'>,
  containers: readonly Container[],
  startSeconds: number,
  { isEndTold, endUs }: SeenTime,
): boolean {
  const own = containers.find(({ name }) => name === container);
  if (isEndTold || own?.restarts !== 0) return false;
  if (probe === 'readiness' && own.state.is === 'running') return endUs - own.state.startedUs < startSeconds * 1e6;
  if (probe !== 'startup') return false;
  const allowed = own.probes.find(({ of }) => of === 'startup')?.failureThreshold ?? 0;
  const failed = events.reduce((sum, { count }) => sum + count, 0);
  return failed < allowed;
}

/** Since when it has been unready with all containers running. */
function runningUnreadyUs(pod: Pod, containers: readonly Container[]): number {
  const starts = containers.map(({ state }) => (state.is === 'running' ? state.startedUs : Number.NaN));
  return latest([conditionOf(pod, 'Ready')?.sinceUs, ...starts]);
}

/** How long the probes let a container take to become ready. */
function startSeconds({ probes }: Container): number {
  return probes
    .filter(({ of }) => of !== 'liveness')
    .reduce((sum, one) => {
      const tries = one.of === 'startup' ? one.failureThreshold : 1;
      return sum + one.delaySeconds + one.periodSeconds * tries;
    }, 0);
}

function reasonOf(
  pod: Pod,
  containers: readonly Container[],
  events: readonly PlatformEvent[],
): Pick<UnreadyPod, 'container' | 'probe' | 'because' | 'words' | 'events' | 'state'> | undefined {
  const unready = containers.filter(({ isReady: is }) => !is);
  for (const container of unready.length === 0 ? containers : unready) {
    const mine = events.filter((event) => isAboutContainer(event, container, pod));
    for (const probe of ['startup', 'readiness'] as const) {
      const failure = probeFailure(probe, container, mine);
      if (failure === undefined) continue;
      const failing = mine.filter(({ reason }) => reason === 'Unhealthy');
      return { container: container.name, probe, ...failure, events: failing, state: stateText(pod) };
    }
  }
  const { message: words = '', reason = '' } = conditionOf(pod, 'Ready') ?? {};
  if (reason === 'ReadinessGatesNotReady') {
    const because = 'a readiness gate of the pod is not met, which somebody outside of the pod decides';
    return { container: '', probe: 'readiness gate', because, words, events: [], state: stateText(pod) };
  }
  return undefined;
}

/** The controller gave up on the revision of this pod. Revisions before it run beside the new one. */
function reasonOfRollout(pod: Pod, platform: Platform): ReturnType<typeof reasonOf> {
  const { kind, namespace, name } = pod.owner;
  const { stopped: words = '' } =
    platform.workloads.find((one) => one.kind === kind && one.namespace === namespace && one.name === name) ?? {};
  const { now, before } = revisionsOf(platform, pod);
  const isNewest = !platform.rollouts.some(
    (one) => one.namespace === namespace && one.deployment === name && one.revision > (now?.revision ?? 0),
  );
  if (words === '' || kind !== 'Deployment' || before === undefined || !isNewest) return undefined;
  const because = 'no pod of the new version becomes ready in time';
  return { container: '', probe: 'rollout', because, words, events: [], state: stateText(pod) };
}

function stateText(pod: Pod): string {
  const ready = conditionOf(pod, 'Ready');
  return `${pod.phase}, Ready ${ready?.status ?? 'False'}${ready?.message ? `: ${ready.message}` : ''}`;
}
