/**
 * The scheduler does not act: pods get no node, and no condition or event says that it tried.
 *
 *   pod payment-7d4b9-aaaaa   Pending   no PodScheduled condition, no FailedScheduling event   ← nobody looked at it
 *   pod payment-7d4b9-bbbbb   Running   created earlier
 */

import { defineDetector } from '#detect/detector.ts';
import { DEFAULT_SCHEDULER, type SilentScheduler, silentSchedulers } from '#detect/signs/silent-scheduler.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Platform } from '#model/platform/platform.ts';
import { instantText, seenTime, stateItem } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';

export const schedulerSilent = defineDetector({
  id: 'scheduler-silent',
  title: 'Scheduler does not act',
  why: 'No new pod starts anywhere in the cluster: no rollout, no scale-out, no replacement of a lost pod.',
  runbook: 'runbooks/scheduler-silent.md',
  clear: 'the scheduler looked at every pod',
  silent: [
    'A lost scheduler shows only when somebody creates a pod.',
    'A younger pod with a node proves that the scheduler works. It ignores a pod with a scheduling gate.',
    'It needs the events: without them nobody can tell a refusal from silence.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minSeconds: {
      default: 60,
      min: 0,
      unit: 's',
      means: 'How long a pod has been waiting for its first attempt',
      why: 'The scheduler decides within a second. When its leader is lost, another one takes over after 15 s (leaseDuration).',
    },
  },

  detect(evidence, { minSeconds }) {
    return silentSchedulers(evidence, minSeconds, seenTime(evidence)).map((one) => sightingOf(one, evidence.platform));
  },

  say({ service, scheduler, pods, since, isDefault, isSeen }) {
    return {
      title: `The scheduler ${scheduler} does not act: ${counted(Number(pods), 'pod')} ${Number(pods) === 1 ? 'has' : 'have'} no node, and it has not tried`,
      headline: { what: 'New pods do not start', why: `the scheduler ${scheduler} does not act` },
      explanation: `Waiting since ${since}, without the condition PodScheduled and without an event of the scheduler.${isDefault === true || isSeen === true ? '' : ` No listed pod looks like ${scheduler}.`} A scheduler that works assigns a node or says why not, within a second.`,
      remedy:
        isDefault === true
          ? 'Look at the pods of kube-scheduler and their log (kubectl -n kube-system get pods -l component=kube-scheduler). Usual reasons: a wrong manifest, an expired certificate, a lost lease.'
          : `Look at the pods of ${scheduler}. If nobody runs a scheduler with this name, correct spec.schedulerName${isSeen === true ? '' : ` of ${service}`}.`,
      check: 'The lease of the scheduler is renewed every few seconds (kubectl -n kube-system get lease).',
    };
  },
});

/**
 * What the finding blames. A silent default scheduler: the node of the control plane, if there is only one. Another
 * scheduler: itself, or the workload that names it if no listed pod runs that scheduler.
 */
function sightingOf({ scheduler, pods, sinceUs, isSeen }: SilentScheduler, { nodes }: Platform): Sighting {
  const [one, ...others] = nodes.filter(({ isControlPlane }) => isControlPlane);
  const isDefault = scheduler === DEFAULT_SCHEDULER;
  const onlyNode = one !== undefined && others.length === 0 ? one.name : scheduler;
  return {
    service: isDefault ? onlyNode : isSeen ? scheduler : pods[0].service,
    facts: { scheduler, isDefault, isSeen, pods: pods.length, since: instantText(sinceUs), sinceUs },
    evidence: pods
      .slice(0, CITED)
      .map(({ pod }) => stateItem(pod, `${pod.name}: ${pod.phase}, no node, no word of the scheduler`)),
  };
}

/** More pods show nothing more. */
const CITED = 3;
