/**
 * A pod does not start: no node accepts it, its node rejects it, its volume or an object of that is missing, its init
 * container does not end, the API server refuses to create it, or the pod of a StatefulSet before it does not end.
 *
 *   PodScheduled False  0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient memory
 *   ReplicaSet          Error creating: pods "payment-…" is forbidden: error looking up service account shop/payment
 */

import { defineDetector } from '#detect/detector.ts';
import { endlessInits } from '#detect/signs/cluster/endless-inits.ts';
import { rejectedPods } from '#detect/signs/cluster/rejected-pods.ts';
import { stuckEnds } from '#detect/signs/cluster/stuck-ends.ts';
import { PENDING_CAUSES } from '#detect/signs/scheduling/pending-causes.ts';
import { type PendingPod, pendingPod } from '#detect/signs/scheduling/pending-pod.ts';
import { refusingQuota, unreadQuotas } from '#detect/signs/scheduling/refused-objects.ts';
import { type RefusedPods, refusedPods } from '#detect/signs/scheduling/refused-pods.ts';
import { silentSchedulers } from '#detect/signs/scheduling/silent-scheduler.ts';
import { isOfNode, troubledNodes } from '#detect/signs/scheduling/troubled-nodes.ts';
import { claimEvents, unboundClaims } from '#detect/signs/scheduling/unbound-claims.ts';
import type { PendingCause, Refusal } from '#detect/signs/scheduling/unschedulable.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
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
import { inWords, withOneNumber, withoutBrackets } from '#model/text/in-words.ts';
import { memoryText } from '#model/text/size-text.ts';

export const podPending = defineDetector({
  id: 'pod-pending',
  title: 'Pod does not start',
  why: 'A rollout, a scale-out or the replacement of a lost pod is stuck. The running pods carry the load alone.',
  runbook: 'runbooks/pod-pending.md',
  clear: 'every pod got a node and its volumes',
  silent: [
    'It waits up to fifteen minutes while the cluster autoscaler adds a node. An init container counts only where its own log lines report failed tries.',
    'It ignores image pulls, container starts, and pods or volumes that recovered since. Other detectors report used-up quotas, troubled nodes and a silent scheduler.',
    'It reads the reason from the scheduler’s message. For a custom scheduler it may report only that the pod waits.',
    'It looks only at pods of services that the alert or its requests name.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  signs: ['never-made'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
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
    const nodes = troubledNodes(evidence, 0, time);
    const unseen = new Set(
      silentSchedulers(evidence, thresholds.minSeconds, time).flatMap(({ pods }) => pods.map(({ pod }) => pod)),
    );
    const pending = podsInQuestion(evidence)
      .filter(({ pod }) => !isOfNode(nodes, pod) && !unseen.has(pod))
      .flatMap((own) => pendingPod(own, evidence.platform, thresholds, time) ?? [])
      .filter(({ refusals }) => nodes.size === 0 || refusals.every(({ cause }) => cause !== 'node-trouble'))
      .filter((one) => !isRefused(one, evidence.platform));
    const stuck = [
      ...stuckEnds(evidence, thresholds.minSeconds, time),
      ...rejectedPods(evidence, time),
      ...endlessInits(evidence, thresholds.minSeconds, time),
    ].filter(({ pod }) => !isOfNode(nodes, pod));
    const byPods = byOwner([...pending, ...stuck], ({ refusals: [first] }) => first?.cause ?? 'unknown');
    const refused = refusedPods(evidence, thresholds.minSeconds, time).filter(
      ({ refusal }) => refusal.cause !== 'quota',
    );
    return [
      ...byPods.map((own) => ofPending(own, evidence.platform)),
      ...refused.map((one) => ofRefused(one, time.endUs)),
    ];
  },

  say({ service, cause, named, words, pods, since, waitedMs, over, asks, most, others, scaling, serving, unread }) {
    const { is, remedy, check } = PENDING_CAUSES[cause as Exclude<PendingCause, 'quota'>]({
      who: String(service),
      named: String(named),
      asks: String(asks),
      most: String(most),
    });
    const also = others === '' ? '' : ` Other nodes reject the pod for other reasons: ${others}.`;
    const autoscaler = scaling === '' ? '' : ` The autoscaler says: “${scaling}”.`;
    const fit = /no persistent volumes available/.test(String(words)) ? ` ${FITS}` : '';
    const lasting = Number(waitedMs) > 0 ? ` for ${durationText(Number(waitedMs) * 1000)}` : '';
    return {
      title: `Pods of ${service} cannot start: ${is}${over === '' ? '' : `; resolved at ${over}`}`,
      headline: {
        what: `Pods of ${inWords(service)} ${over === '' ? 'cannot' : 'could not'} start`,
        why: withOneNumber(withoutBrackets(is)),
      },
      explanation: `Waiting${lasting}${since === '' ? '' : ` since ${since}`}: ${pods}.${messageText(String(words), String(named))}${fit}${also}${autoscaler}${unread === '' ? '' : ` A quota may have refused it: ${unread} would show that.`}${serving === '' ? '' : ` ${serving}`}`,
      remedy,
      check,
    };
  },
});

/** Without a message, a name in the title may say why. */
function messageText(words: string, named: string): string {
  if (words !== '') return ` The message: “${words}”.`;
  return named === '' ? ' Nothing says why.' : '';
}

/** What the message about an unbound claim leaves out (Kubernetes, Persistent Volumes: Binding). */
const FITS =
  'A free volume must match the claim in size, access mode, selector and storage class, and must not be bound to another claim.';

/** The claim is missing, because a quota of the namespace refuses it: reported there. */
function isRefused({ pod, refusals: [first] }: PendingPod, platform: Platform): boolean {
  return (
    first?.cause === 'volume-missing' && refusingQuota(platform, pod.namespace, 'PersistentVolumeClaim') !== undefined
  );
}

function ofPending(own: readonly [PendingPod, ...PendingPod[]], platform: Platform): Sighting {
  const [{ pod, service, refusals, words, scaling, evidence }] = own;
  const [first, ...others] = refusals;
  const ofClaims = first?.cause === 'volume-unbound' ? claimEvents(platform, pod) : [];
  const said = ofClaims.at(-1)?.message ?? '';
  return {
    service,
    facts: {
      cause: first?.cause ?? 'unknown',
      named: first?.cause === 'volume-unbound' ? unboundClaims(platform, pod) : (first?.named ?? ''),
      words: shortened(said === '' ? words : said),
      ...downFacts(own, platform, Math.min(...own.map(({ sinceUs }) => sinceUs))),
      missing: own.length,
      waitedMs: Math.round(Math.max(...own.map(({ waitedUs }) => waitedUs)) / 1000),
      over: '',
      ...sizes(first?.cause, pod, platform),
      others: others.map(refusalText).join(', '),
      scaling,
      unread: first?.cause === 'volume-missing' ? unreadQuotas(platform) : '',
    },
    evidence: [...evidence, ...citedEvents(ofClaims)],
  };
}

function ofRefused({ service, workload, refusal, sinceUs, overUs, events }: RefusedPods, endUs: number): Sighting {
  return {
    service,
    facts: {
      cause: refusal.cause,
      named: refusal.named,
      words: shortened(refusal.words),
      pods: `pods of ${workload.kind} ${workload.name} in ${workload.namespace}`,
      since: instantText(sinceUs),
      sinceUs,
      missing: 0,
      waitedMs: Math.round((endUs - sinceUs) / 1000),
      over: instantText(overUs),
      asks: '',
      most: '',
      others: '',
      scaling: '',
      serving: '',
      unread: '',
    },
    evidence: citedEvents(events),
  };
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
