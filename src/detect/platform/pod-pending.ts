/**
 * A pod does not start, because no node accepts it, its volume is missing, or the API server refuses to create it.
 *
 *   PodScheduled False  0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient memory
 *   ReplicaSet          Error creating: pods "payment-…" is forbidden: exceeded quota: compute, …
 */
import { defineDetector } from '#detect/detector.ts';
import { PENDING_CAUSES } from '#detect/signs/pending-causes.ts';
import { type PendingCause, quotaIn, type Refusal, refusalsIn } from '#detect/signs/unschedulable.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import {
  type Condition,
  conditionOf,
  eventsAbout,
  memoryText,
  type Platform,
  type PlatformEvent,
  type Pod,
  type Rollout,
  replicaSetName,
} from '#model/platform/platform.ts';
import {
  type Asked,
  byOwner,
  citedEvents,
  failingMounts,
  hasLasted,
  instantText,
  latestEvent,
  mayBeWithin,
  type OwnPod,
  podEvents,
  podsInQuestion,
  podsText,
  readyBeside,
  type SeenTime,
  seenTime,
  servicesInQuestion,
  shortened,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

export const podPending = defineDetector({
  id: 'pod-pending',
  title: 'Pod does not start',
  why: 'A rollout, a scale-out or the replacement of a lost pod is stuck. The running pods carry the load alone.',
  runbook: 'runbooks/pod-pending.md',
  clear: 'every pod got a node and its volumes',
  silent: [
    'It waits up to fifteen minutes while the cluster autoscaler adds a node.',
    'Image pulls and container starts are reported as Image cannot be pulled or Container does not stay up. It ignores pods and volumes that recovered since.',
    'It reads the reason from the scheduler’s message. For a custom scheduler it may report only that the pod waits.',
    'It looks only at pods of services that the alert or its requests name.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minSeconds: {
      default: 60,
      min: 0,
      unit: 's',
      means: 'How long the pod has been waiting',
      why: 'The scheduler decides within a second and tries again when a pod or a node changes. A rollout does not normally take a minute for that.',
    },
    minScalingMinutes: {
      default: 15,
      min: 0,
      unit: 'minutes',
      means: 'How long the pod has been waiting while the autoscaler adds a node',
      why: 'The cluster autoscaler allows a node fifteen minutes (max-node-provision-time).',
    },
  },

  detect(evidence, thresholds) {
    const time = seenTime(evidence);
    const pending = podsInQuestion(evidence).flatMap((own) => waitingOf(own, evidence.platform, { time, thresholds }));
    const byPods = byOwner(pending, ({ refusals: [first] }) => first?.cause ?? 'unknown');
    return [...byPods.map((own) => sightingOf(own, evidence.platform)), ...neverMade(evidence, { time, thresholds })];
  },

  say({ service, cause, named, words, pods, since, waitedMs, over, asks, most, others, scaling, serving }) {
    const { is, remedy, check } = PENDING_CAUSES[cause as PendingCause]({
      named: String(named),
      asks: String(asks),
      most: String(most),
    });
    const also = others === '' ? '' : ` Other nodes reject the pod for other reasons: ${others}.`;
    const autoscaler = scaling === '' ? '' : ` The autoscaler says: “${scaling}”.`;
    const lasting = Number(waitedMs) > 0 ? ` for ${durationText(Number(waitedMs) * 1000)}` : '';
    return {
      title: `Pods of ${service} cannot start: ${is}${over === '' ? '' : `; resolved at ${over}`}`,
      explanation: `Waiting${lasting}${since === '' ? '' : ` since ${since}`}: ${pods}. ${words === '' ? 'Nothing says why.' : `The message: “${words}”.`}${also}${autoscaler}${serving === '' ? '' : ` ${serving}`}`,
      remedy,
      check,
    };
  },
});

type Looking = Readonly<{
  time: SeenTime;
  thresholds: Readonly<Record<'minSeconds' | 'minScalingMinutes', number>>;
}>;

type Waiting = OwnPod &
  Readonly<{
    refusals: readonly Refusal[];
    words: string;
    sinceUs: number;
    waitedUs: number;
    scaling: string;
    evidence: readonly EvidenceItem[];
  }>;

function waitingOf(own: OwnPod, platform: Platform, { time, thresholds }: Looking): Waiting[] {
  const { pod } = own;
  if (pod.phase !== 'Pending') return [];
  const events = podEvents(platform, pod, time);
  const scheduled = conditionOf(pod, 'PodScheduled');
  const stuck =
    scheduled?.status === 'True' || pod.node !== ''
      ? ofVolumes(failingMounts(pod, events, time))
      : ofScheduler(pod, scheduled?.message ?? '', events);
  if (stuck === undefined) return [];
  const sinceUs = stuck.sinceUs ?? (scheduled?.status === 'False' ? scheduled.sinceUs : pod.createdUs);
  const scalesUp = events.some(({ reason }) => SCALES_UP.has(reason));
  const leastUs = scalesUp ? thresholds.minScalingMinutes * 60e6 : thresholds.minSeconds * 1e6;
  // The pod itself reports a refusal. A pod that waits without a reason may just be new.
  const isLasting = isRefused(scheduled) ? hasLasted(sinceUs, leastUs, time) : time.endUs - sinceUs >= leastUs;
  if (!isLasting) return [];
  const waitedUs = time.isEndTold ? time.endUs - sinceUs : 0;
  const scaling = latestEvent(events, 'NotTriggerScaleUp')?.message ?? '';
  const state = stateItem(pod, `${pod.name}: ${pod.phase}: ${stuck.words === '' ? 'no reason given' : stuck.words}`);
  const evidence = [state, ...citedEvents(stuck.events)];
  return [{ ...own, ...stuck, sinceUs, waitedUs, scaling: shortened(scaling), evidence }];
}

/** Refused by the scheduler, or held by a scheduling gate. */
function isRefused(scheduled: Condition | undefined): boolean {
  return scheduled?.status === 'False' && scheduled.message !== '';
}

/** Event reasons of the cluster autoscaler and of Karpenter. */
const SCALES_UP: ReadonlySet<string> = new Set(['TriggeredScaleUp', 'Nominated']);

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

/** The pod has a node and waits for its volumes. Missing ConfigMaps and Secrets are reported by `crash-loop`. */
function ofVolumes(failing: readonly PlatformEvent[]): Stuck | undefined {
  const failed = failing.filter(({ message }) => !/\b(?:config ?map|secret)\b/i.test(message));
  const last = failed.at(-1);
  if (last === undefined) return undefined;
  const [, named = ''] = /volumes?(?:=\[|\s")([\w.-]+)/i.exec(last.message) ?? [];
  const refusal: Refusal = { cause: 'volume-mount', nodes: 0, words: last.message, named };
  const sinceUs = Math.min(...failed.map(({ firstUs }) => firstUs));
  return { refusals: [refusal], words: last.message, events: failed, sinceUs };
}

function sightingOf(own: readonly [Waiting, ...Waiting[]], platform: Platform): Sighting {
  const [{ pod, service, refusals, words, scaling, evidence }] = own;
  const [first, ...others] = refusals;
  const sinceUs = Math.min(...own.map((one) => one.sinceUs));
  return {
    service,
    facts: {
      cause: first?.cause ?? 'unknown',
      named: first?.cause === 'volume-unbound' ? unboundClaims(platform, pod) : (first?.named ?? ''),
      words: shortened(words),
      pods: podsText(own, platform),
      ...readyBeside(own, platform),
      since: instantText(sinceUs),
      sinceUs,
      waitedMs: Math.round(Math.max(...own.map(({ waitedUs }) => waitedUs)) / 1000),
      over: '',
      ...sizes(first?.cause, pod, platform),
      others: others.map(refusalText).join(', '),
      scaling,
    },
    evidence,
  };
}

function unboundClaims({ claims }: Platform, { namespace }: Pod): string {
  const unbound = claims.filter((claim) => claim.namespace === namespace && claim.phase === 'Pending');
  return unbound.map(({ name, storageClass }) => `${name} (storage class ${storageClass || 'none'})`).join(', ');
}

function refusalText({ nodes, words }: Refusal): string {
  return nodes === 0 ? words : `${counted(nodes, 'node')}: ${words}`;
}

/** The pod's request for the scarce resource, and the most that any node can allocate to all its pods. */
function sizes(
  cause: PendingCause | undefined,
  pod: Pod,
  { nodes }: Platform,
): Readonly<{ asks: string; most: string }> {
  if (cause !== 'cpu' && cause !== 'memory') return { asks: '', most: '' };
  const text = (amount: number) => (cause === 'cpu' ? `${Number(amount.toPrecision(3))} CPU` : memoryText(amount));
  const ofLong = pod.containers.filter(({ isInit }) => !isInit);
  const amounts = ofLong.map(({ requests }) => requests[cause]).filter(Number.isFinite);
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  const largest = nodes.map(({ allocatable }) => allocatable[cause]).filter(Number.isFinite);
  return {
    asks: sum > 0 ? text(sum) : '',
    most: sum > 0 && largest.length > 0 && Math.max(...largest) < sum ? text(Math.max(...largest)) : '',
  };
}

/** Pods that the API server refused to create: only events of their owner show them. */
function neverMade(asked: Asked, { time, thresholds }: Looking): Sighting[] {
  const serviceOf = servicesInQuestion(asked);
  return asked.platform.rollouts.flatMap((rollout): Sighting[] => {
    const service = serviceOf({ ...rollout, name: '' });
    const failed = failedCreates(asked.platform, rollout, time);
    const last = failed.at(-1);
    if (service === undefined || last === undefined || hasMadeSince(asked.platform, rollout, last, time)) return [];
    const overUs = rollout.made >= rollout.wanted ? rollout.lastMadeUs : Number.NaN;
    if (overUs <= time.endUs) return [];
    const sinceUs = Math.min(...failed.map(({ firstUs }) => firstUs));
    const isOver = time.endUs - last.lastUs > STILL_FAILING_US;
    if (isOver || !(time.endUs - sinceUs >= thresholds.minSeconds * 1e6)) return [];
    const refusal = quotaIn(last.message) ?? { cause: 'refused', words: last.message, named: '' };
    return [
      {
        service,
        facts: {
          cause: refusal.cause,
          named: refusal.named,
          words: shortened(refusal.words),
          pods: `pods of Deployment ${rollout.deployment} in ${rollout.namespace}`,
          since: instantText(sinceUs),
          sinceUs,
          waitedMs: Math.round((time.endUs - sinceUs) / 1000),
          over: instantText(overUs),
          asks: '',
          most: '',
          others: '',
          scaling: '',
          serving: '',
        },
        evidence: citedEvents(failed),
      },
    ];
  });
}

/** The longest pause before the controller tries again. */
const STILL_FAILING_US = 20 * 60e6;

function failedCreates(platform: Platform, rollout: Rollout, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, replicaSetName(rollout)).filter(
    ({ reason, firstUs, lastUs }) => reason === 'FailedCreate' && mayBeWithin(firstUs, lastUs, time),
  );
}

/** A pod was created after that failure, so the others will follow. */
function hasMadeSince(platform: Platform, rollout: Rollout, { lastUs }: PlatformEvent, { endUs }: SeenTime): boolean {
  return eventsAbout(platform, replicaSetName(rollout)).some(
    (event) => event.reason === 'SuccessfulCreate' && event.lastUs > lastUs && event.lastUs <= endUs,
  );
}
