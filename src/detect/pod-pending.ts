/**
 * A pod is wanted and does not start, because no node takes it, its volume is not there, or it may not even be made.
 *
 *   PodScheduled False  0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient memory
 *   ReplicaSet          Error creating: pods "payment-…" is forbidden: exceeded quota: compute, …
 */
import { defineDetector } from '#detect/detector.ts';
import { counted } from '#model/count-text.ts';
import { USUAL_WHYS } from '#model/detector-traits.ts';
import { durationText } from '#model/duration.ts';
import type { EvidenceItem, Sighting } from '#model/finding.ts';
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
} from '#model/platform.ts';
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
} from '#model/platform-pods.ts';
import { type PendingCause, quotaIn, type Refusal, refusalsIn } from '#model/unschedulable.ts';

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
    const { is, remedy, check } = SAID[cause as PendingCause]({
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

type Measured = Readonly<Record<'named' | 'asks' | 'most', string>>;
type Said = Readonly<Record<'is' | 'remedy' | 'check', string>>;

/** `of cpu`: no node has enough left, or none is large enough at all. */
function short(of: string): (measured: Measured) => Said {
  return ({ asks, most }) => ({
    is:
      most === ''
        ? `no node has enough ${of} left${asks === '' ? '' : ` (each pod asks for ${asks})`}`
        : `no node is large enough: each pod asks for ${asks}, and the largest node has ${most}`,
    remedy:
      most === ''
        ? `Add a node, or take away what is not needed; then compare what pods ask for with what they use (kubectl top pods).`
        : `Ask for less, or add nodes that are large enough: waiting does not help.`,
    check: `A node has that much ${of} unreserved (kubectl describe nodes: Allocated resources).`,
  });
}

const SAID: Readonly<Record<PendingCause, (measured: Measured) => Said>> = {
  cpu: short('CPU'),
  memory: short('memory'),
  storage: short('ephemeral storage'),
  device: ({ named }) => ({
    is: `no node has ${named} left`,
    remedy: `Add a node that offers ${named}, free one, or see whether its device plugin runs.`,
    check: `A node has ${named} among its allocatable resources, and free.`,
  }),
  quota: ({ named }) => ({
    is: `the quota ${named} of the namespace is used up`,
    remedy:
      'Scale down what is not needed in the namespace, or have the quota raised; an old revision of a rollout counts, too.',
    check: 'The quota has room (kubectl describe resourcequota).',
  }),
  refused: () => ({
    is: 'the API server refuses to make its pods',
    remedy: 'Mend what the words name: a policy, an admission webhook, a limit range, a missing service account.',
    check: 'A pod of the same template can be made by hand in that namespace (kubectl create --dry-run=server).',
  }),
  'volume-missing': ({ named }) => ({
    is: `the volume claim ${named} does not exist`,
    remedy: 'Create the claim in the pod’s namespace, or correct its name in the manifest.',
    check: 'The claim is there (kubectl get pvc) under just this name.',
  }),
  'volume-unbound': ({ named }) => ({
    is: `a volume claim has no volume${named === '' ? '' : `: ${named}`}`,
    remedy:
      'Read the events of the claim (kubectl describe pvc): a storage class that does not exist, a provisioner that fails, no volume that fits.',
    check: 'The claim is Bound (kubectl get pvc).',
  }),
  'volume-elsewhere': () => ({
    is: 'its volume is where no node can take the pod',
    remedy:
      'Add a node in the volume’s zone, or move the data; a storage class with WaitForFirstConsumer keeps this from coming again.',
    check: 'A node of the volume’s zone has room for the pod.',
  }),
  'volume-mount': ({ named }) => ({
    is: `its volume ${named} cannot be attached or mounted`,
    remedy:
      'See whether another node still holds the volume (kubectl get volumeattachment), and whether its storage answers.',
    check: 'The volume is attached to just this node and mounts by hand.',
  }),
  'too-many-pods': () => ({
    is: 'the nodes have as many pods as they may',
    remedy: 'Add a node, or raise maxPods where addresses allow it; see what runs many small pods.',
    check: 'A node runs fewer pods than it may (kubectl describe nodes).',
  }),
  taint: ({ named }) => ({
    is: `nodes have a taint that the pod does not tolerate (${named})`,
    remedy: 'Give the pod the toleration, if it belongs there; else take the taint off or add nodes without it.',
    check: 'The pod tolerates that taint (kubectl get pod -o yaml: tolerations).',
  }),
  'node-trouble': ({ named }) => ({
    is: `nodes are not healthy (${named})`,
    remedy: 'Look at the nodes first (kubectl describe nodes): what they are short of, whether their kubelet answers.',
    check: 'All nodes are Ready and under no pressure.',
  }),
  cordoned: () => ({
    is: 'nodes are cordoned',
    remedy: 'See who drains the nodes and why; then kubectl uncordon, or add nodes.',
    check: 'No node says SchedulingDisabled (kubectl get nodes).',
  }),
  affinity: () => ({
    is: 'no node has the labels that it asks for',
    remedy:
      'Compare nodeSelector and affinity of the pod with the labels of the nodes (kubectl get nodes --show-labels).',
    check: 'A node has all of the labels.',
  }),
  'anti-affinity': () => ({
    is: 'it may not run beside the pods that are there already',
    remedy: 'Add a node, or make the anti-affinity a preference: with one pod a node, a rollout needs one node more.',
    check: 'A node runs none of the pods that it keeps away from.',
  }),
  spread: () => ({
    is: 'it may not run where there is room, or its pods would not be spread evenly',
    remedy: 'Add nodes in the zone that has fewest of its pods, or allow a larger maxSkew.',
    check: 'The zone with the fewest of its pods has room.',
  }),
  port: () => ({
    is: 'the port of the node that it wants is taken on each',
    remedy: 'Use a Service in place of hostPort, or add a node.',
    check: 'A node has no pod with this hostPort.',
  }),
  gated: () => ({
    is: 'it is held back by a scheduling gate',
    remedy: 'See who set the gate (spec.schedulingGates) and what it waits for.',
    check: 'The pod has no scheduling gate any more.',
  }),
  'no-nodes': () => ({
    is: 'the cluster has no node',
    remedy: 'See what became of the nodes: the autoscaler, the provider, an upgrade.',
    check: 'kubectl get nodes lists nodes that are Ready.',
  }),
  unknown: () => ({
    is: 'it is given no node, and nothing says why',
    remedy: 'See whether the scheduler runs, and whether the pod names one that does not (spec.schedulerName).',
    check: 'Other pods are scheduled at that time.',
  }),
};
