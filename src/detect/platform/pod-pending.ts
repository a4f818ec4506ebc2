/**
 * A pod does not start, because no node accepts it, its volume is missing, or the API server refuses to create it.
 *
 *   PodScheduled False  0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient memory
 *   ReplicaSet          Error creating: pods "payment-…" is forbidden: exceeded quota: compute, …
 */
import { defineDetector } from '#detect/detector.ts';
import { PENDING_CAUSES } from '#detect/signs/pending-causes.ts';
import { type PendingPod, pendingPod } from '#detect/signs/pending-pod.ts';
import { type RefusedPods, refusedPods } from '#detect/signs/refused-pods.ts';
import type { PendingCause, Refusal } from '#detect/signs/unschedulable.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { memoryText, type Platform, type Pod } from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  downFacts,
  instantText,
  podsInQuestion,
  seenTime,
  shortened,
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
    const pending = podsInQuestion(evidence).flatMap(
      (own) => pendingPod(own, evidence.platform, thresholds, time) ?? [],
    );
    const byPods = byOwner(pending, ({ refusals: [first] }) => first?.cause ?? 'unknown');
    const refused = refusedPods(evidence, thresholds.minSeconds, time);
    return [
      ...byPods.map((own) => ofPending(own, evidence.platform)),
      ...refused.map((one) => ofRefused(one, time.endUs)),
    ];
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

function ofPending(own: readonly [PendingPod, ...PendingPod[]], platform: Platform): Sighting {
  const [{ pod, service, refusals, words, scaling, evidence }] = own;
  const [first, ...others] = refusals;
  return {
    service,
    facts: {
      cause: first?.cause ?? 'unknown',
      named: first?.cause === 'volume-unbound' ? unboundClaims(platform, pod) : (first?.named ?? ''),
      words: shortened(words),
      ...downFacts(own, platform, Math.min(...own.map(({ sinceUs }) => sinceUs))),
      waitedMs: Math.round(Math.max(...own.map(({ waitedUs }) => waitedUs)) / 1000),
      over: '',
      ...sizes(first?.cause, pod, platform),
      others: others.map(refusalText).join(', '),
      scaling,
    },
    evidence,
  };
}

function ofRefused({ service, rollout, refusal, sinceUs, overUs, events }: RefusedPods, endUs: number): Sighting {
  return {
    service,
    facts: {
      cause: refusal.cause,
      named: refusal.named,
      words: shortened(refusal.words),
      pods: `pods of Deployment ${rollout.deployment} in ${rollout.namespace}`,
      since: instantText(sinceUs),
      sinceUs,
      waitedMs: Math.round((endUs - sinceUs) / 1000),
      over: instantText(overUs),
      asks: '',
      most: '',
      others: '',
      scaling: '',
      serving: '',
    },
    evidence: citedEvents(events),
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
