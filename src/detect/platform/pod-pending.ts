/**
 * A pod is wanted and does not start, because no node takes it, its volume is not there, or it may not even be made.
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
  why: 'A rollout, a scale-out or the replacement of a lost pod stands still, and what runs carries the load alone.',
  runbook: 'runbooks/pod-pending.md',
  clear: 'every pod that was wanted was given a node and its volumes',
  silent: [
    'While the cluster’s autoscaler makes a node, for up to fifteen minutes, waiting is what is meant.',
    'What pulls an image or cannot make its container is told as image-pull or crash-loop. Pods that could not be made and were made since are history, and so is a volume that could be mounted after all.',
    'Why is read from the words of the scheduler; a scheduler of your own may have others, and then only the waiting is told.',
    'Only pods of services that the alert or its requests name are looked at.',
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
      why: 'The scheduler decides within a second, and tries again at once when a pod or a node changes; a minute is no rollout’s ordinary pace.',
    },
    minScalingMinutes: {
      default: 15,
      min: 0,
      unit: 'minutes',
      means: 'How long it has been waiting while the autoscaler makes a node',
      why: 'The cluster autoscaler gives a node fifteen minutes to come (max-node-provision-time).',
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
    const also = others === '' ? '' : ` Other nodes refuse for other reasons: ${others}.`;
    const autoscaler = scaling === '' ? '' : ` The autoscaler says: “${scaling}”.`;
    const lasting = Number(waitedMs) > 0 ? ` for ${durationText(Number(waitedMs) * 1000)}` : '';
    return {
      title: `${service}: ${is}; ${pods} waiting${lasting}${since === '' ? '' : `, since ${since}`}${over === '' ? '' : `; that is over since ${over}`}`,
      explanation: `${words === '' ? 'Nothing says why' : `It is said in so many words: “${words}”`}.${also}${autoscaler}${serving === '' ? '' : ` ${serving}`}`,
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
  // A refusal is told by the pod itself; that a pod waits and nobody says why may be how every pod begins.
  const isLasting = isRefused(scheduled) ? hasLasted(sinceUs, leastUs, time) : time.endUs - sinceUs >= leastUs;
  if (!isLasting) return [];
  const waitedUs = time.isEndTold ? time.endUs - sinceUs : 0;
  const scaling = latestEvent(events, 'NotTriggerScaleUp')?.message ?? '';
  const state = stateItem(pod, `${pod.name}: ${pod.phase}: ${stuck.words === '' ? 'no reason given' : stuck.words}`);
  const evidence = [state, ...citedEvents(stuck.events)];
  return [{ ...own, ...stuck, sinceUs, waitedUs, scaling: shortened(scaling), evidence }];
}

/** By the scheduler, or by a gate. */
function isRefused(scheduled: Condition | undefined): boolean {
  return scheduled?.status === 'False' && scheduled.message !== '';
}

/** The cluster autoscaler's word, and Karpenter's. */
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

/** It has a node, and waits there for its volumes. Config maps and secrets are mounted, too: those are `crash-loop`'s. */
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
    operation: '',
    spans: [],
    wastedUs: 0,
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

/** What the pod asks for of what is short, and the most that a node has to give to all its pods together. */
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

/** Pods that the API server did not let come into being: of them only their owner tells. */
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
        operation: '',
        spans: [],
        wastedUs: 0,
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

/** The controller tries again after at most this long. */
const STILL_FAILING_US = 20 * 60e6;

function failedCreates(platform: Platform, rollout: Rollout, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, replicaSetName(rollout)).filter(
    ({ reason, firstUs, lastUs }) => reason === 'FailedCreate' && mayBeWithin(firstUs, lastUs, time),
  );
}

/** A pod was let in after that: what is missing then is on its way. */
function hasMadeSince(platform: Platform, rollout: Rollout, { lastUs }: PlatformEvent, { endUs }: SeenTime): boolean {
  return eventsAbout(platform, replicaSetName(rollout)).some(
    (event) => event.reason === 'SuccessfulCreate' && event.lastUs > lastUs && event.lastUs <= endUs,
  );
}
