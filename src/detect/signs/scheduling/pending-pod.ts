/** A pod that waits for a node or for its volumes: since when, and why. */
import { isAboutMissingObject, missingObject } from '#detect/signs/cluster/missing-object.ts';
import { type Refusal, refusalsIn } from '#detect/signs/scheduling/unschedulable.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { type Condition, conditionOf, type Platform, type PlatformEvent, type Pod } from '#model/platform/platform.ts';
import {
  citedEvents,
  earliest,
  failingMounts,
  hasLasted,
  isSaidOnce,
  type OwnPod,
  podEvents,
  type SeenTime,
  shortened,
  stateItem,
} from '#model/platform/platform-pods.ts';

export type PendingLimits = Readonly<Record<'minSeconds' | 'minScalingMinutes', number>>;

export type PendingPod = OwnPod &
  Readonly<{
    refusals: readonly Refusal[];
    words: string;
    sinceUs: number;
    waitedUs: number;
    scaling: string;
    evidence: readonly EvidenceItem[];
  }>;

/** Undefined where the pod has started, or has not waited long enough. */
export function pendingPod(
  own: OwnPod,
  platform: Platform,
  limits: PendingLimits,
  time: SeenTime,
): PendingPod | undefined {
  const { pod } = own;
  if (pod.phase !== 'Pending') return undefined;
  const events = podEvents(platform, pod, time);
  const scheduled = conditionOf(pod, 'PodScheduled');
  const isPlaced = scheduled?.status === 'True' || (pod.node !== '' && !isRefused(scheduled));
  const stuck = isPlaced
    ? (ofVolumes(failingMounts(pod, events, time)) ?? ofOwnership(pod, events, time) ?? ofSandbox(events, time))
    : ofScheduler(pod, scheduled?.message ?? '', events);
  if (stuck === undefined) return undefined;
  const sinceUs = stuck.sinceUs ?? (scheduled?.status === 'False' ? scheduled.sinceUs : pod.createdUs);
  if (!hasWaited(sinceUs, { isRefused: isRefused(scheduled), isScaling: isScalingUp(events) }, limits, time))
    return undefined;
  const waitedUs = time.isEndTold ? time.endUs - sinceUs : 0;
  const scaling = events.filter(isScaleUpRefused).at(-1)?.message ?? '';
  const state = stateItem(pod, `${pod.name}: ${pod.phase}: ${stuck.words === '' ? 'no reason given' : stuck.words}`);
  const evidence = [state, ...citedEvents(stuck.events)];
  return { ...own, ...stuck, sinceUs, waitedUs, scaling: shortened(scaling), evidence };
}

/** The pod itself reports a refusal. A pod that waits without a reason, or for a node to come, may just be new. */
function hasWaited(
  sinceUs: number,
  { isRefused, isScaling }: Readonly<{ isRefused: boolean; isScaling: boolean }>,
  { minScalingMinutes, minSeconds }: PendingLimits,
  time: SeenTime,
): boolean {
  const leastUs = isScaling ? minScalingMinutes * 60e6 : minSeconds * 1e6;
  return isRefused && !isScaling ? hasLasted(sinceUs, leastUs, time) : time.endUs - sinceUs >= leastUs;
}

/** Refused by the scheduler, or held by a scheduling gate. */
function isRefused(scheduled: Condition | undefined): boolean {
  return scheduled?.status === 'False' && scheduled.message !== '';
}

/** Event reasons of the cluster autoscaler and of Karpenter. */
const SCALES_UP: ReadonlySet<string> = new Set(['TriggeredScaleUp', 'Nominated']);
/**
 * The cluster autoscaler's word for a group that gets no machine: the cloud has none left, or a quota is used up
 * (orchestrator.go, `FailedScaleUp`), and for one that may not grow.
 */
const REFUSES: ReadonlySet<string> = new Set(['FailedScaleUp', 'NotTriggerScaleUp']);
/** What Karpenter reports of a pod for which it can create no machine. The scheduler's own messages begin with numbers. */
const OF_KARPENTER = /^Failed to schedule pod, |\ball available instance types exceed limits\b|\bInsufficientCapacity/i;

/** A node is on its way: the autoscaler asked for one, and did not report since then that none comes. */
function isScalingUp(events: readonly PlatformEvent[]): boolean {
  const lastOf = (own: readonly PlatformEvent[]) => Math.max(...own.map(({ lastUs }) => lastUs));
  const asked = events.filter(({ reason }) => SCALES_UP.has(reason));
  return asked.length > 0 && !(lastOf(events.filter(isScaleUpRefused)) > lastOf(asked));
}

function isScaleUpRefused({ reason, message }: PlatformEvent): boolean {
  return REFUSES.has(reason) || (reason === 'FailedScheduling' && OF_KARPENTER.test(message));
}

type Stuck = Readonly<{
  refusals: readonly Refusal[];
  words: string;
  events: readonly PlatformEvent[];
  sinceUs?: number;
}>;

function ofScheduler(pod: Pod, message: string, events: readonly PlatformEvent[]): Stuck {
  const failed = events.filter(({ reason }) => reason === 'FailedScheduling');
  const words = message || (failed.at(-1)?.message ?? '');
  const isGated = conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated';
  const gated: Refusal = { cause: 'gated', nodes: 0, words, named: '' };
  return { refusals: isGated ? [gated] : refusalsIn(words), words, events: failed };
}

/** The pod has a node, and the node cannot create its sandbox. */
function ofSandbox(events: readonly PlatformEvent[], { endUs }: SeenTime): Stuck | undefined {
  const failed = events.filter(({ reason }) => reason === 'FailedCreatePodSandBox');
  const last = failed.at(-1);
  const isOver = events.some(({ reason, lastUs }) => AFTER_SANDBOX.has(reason) && lastUs > (last?.lastUs ?? 0));
  if (last === undefined || isOver || endUs - last.lastUs > STILL_FAILING_US) return undefined;
  const cause = SANDBOX_CAUSES.find(([, words]) => words.test(last.message))?.[0] ?? 'sandbox';
  const refusal: Refusal = { cause, nodes: 0, words: last.message, named: '' };
  const sinceUs = Math.min(...failed.map(({ firstUs }) => firstUs));
  return { refusals: [refusal], words: last.message, events: failed, sinceUs };
}

/** Events of a pod that has its sandbox. */
const AFTER_SANDBOX: ReadonlySet<string> = new Set(['Pulling', 'Pulled', 'Created', 'Started']);

/** The kubelet tries again every few seconds, and its recorder lets one of many equal events through in five minutes. */
const STILL_FAILING_US = 10 * 60e6;

/** The sandbox lacks only its network. */
export function lacksNetwork({ reason, message }: PlatformEvent): boolean {
  return (
    reason === 'FailedCreatePodSandBox' &&
    SANDBOX_CAUSES.find(([, words]) => words.test(message))?.[0] === 'sandbox-network'
  );
}

/** Messages of runc, containerd and CNI plugins. */
const SANDBOX_CAUSES = [
  ['sandbox-memory', /OOM-killed|memory limit too low|cannot allocate memory/i],
  [
    'sandbox-network',
    /network for sandbox|\bcni\b|failed to (?:set ?up|assign|allocate) .{0,60}(?:network|IP)|no IP addresses/i,
  ],
] as const;

/** The pod has a node and waits for its volumes: an object that one shows as files is missing, or it cannot be mounted. */
function ofVolumes(failing: readonly PlatformEvent[]): Stuck | undefined {
  const missing = failing.filter(({ message }) => isAboutMissingObject(message));
  const failed = missing.length > 0 ? missing : failing.filter(isOfStorage);
  const last = failed.findLast(isSaidOnce) ?? failed.at(-1);
  if (last === undefined) return undefined;
  const refusal = missing.length > 0 ? ofMissing(last) : ofMount(last);
  return {
    refusals: [refusal],
    words: last.message,
    events: failed,
    sinceUs: earliest(failed.map(({ firstUs }) => firstUs)),
  };
}

/** While the kubelet fetches them for the first time, it complains for seconds (`failed to sync configmap cache`). */
const OF_OBJECTS = /\b(?:config ?map|secret)\b/i;

/** A driver of the storage answered, and not the kubelet (Container Storage Interface, gRPC). */
const OF_DRIVER = /\brpc error: code = /;

function isOfStorage({ message }: PlatformEvent): boolean {
  return OF_DRIVER.test(message) || !OF_OBJECTS.test(message);
}

/** The kubelet reports it every minute or two until it is done (Kubernetes, pkg/volume/volume_linux.go). */
function ofOwnership(pod: Pod, events: readonly PlatformEvent[], { endUs }: SeenTime): Stuck | undefined {
  const said = events.filter(({ reason }) => reason === 'VolumePermissionChangeInProgress');
  const last = said.at(-1);
  const isOver = pod.containers.some(({ state }) => state.is !== 'waiting');
  if (last === undefined || isOver || endUs - last.lastUs > STILL_FAILING_US) return undefined;
  const refusal: Refusal = { cause: 'volume-owner', nodes: 0, words: last.message, named: '' };
  const sinceUs = Math.min(...said.map(({ firstUs }) => firstUs));
  return { refusals: [refusal], words: last.message, events: said, sinceUs };
}

function ofMissing({ message }: PlatformEvent): Refusal {
  return { cause: 'object-missing', nodes: 0, words: message, named: missingObject(message) };
}

function ofMount(event: PlatformEvent): Refusal {
  const { message } = event;
  const [, named = ''] = /volumes?(?:=\[|\s")([\w.-]+)/i.exec(message) ?? [];
  return { cause: isSaidOnce(event) ? 'volume-attached' : 'volume-mount', nodes: 0, words: message, named };
}
