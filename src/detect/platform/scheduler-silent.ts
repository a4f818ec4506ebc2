/**
 * The scheduler does not act: pods get no node, and no condition or event says that it tried.
 *
 *   pod payment-7d4b9-aaaaa   Pending   no PodScheduled condition, no FailedScheduling event   ← nobody looked at it
 *   pod payment-7d4b9-bbbbb   Running   created earlier
 *
 * Or a CronJob that somebody asks about ran on schedule and runs no more, because nothing starts it or its last run hangs.
 */

import { defineDetector } from '#detect/detector.ts';
import { type MissedRuns, missedRuns } from '#detect/signs/cluster/missed-runs.ts';
import {
  DEFAULT_SCHEDULER,
  type SilentScheduler,
  silentSchedulers,
} from '#detect/signs/scheduling/silent-scheduler.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { Platform } from '#model/platform/platform.ts';
import { instantText, seenTime, stateItem } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const schedulerSilent = defineDetector({
  id: 'scheduler-silent',
  title: 'Scheduler does not act',
  why: 'No new pod starts anywhere in the cluster: no rollout, no scale-out, no replacement of a lost pod.',
  runbook: 'runbooks/scheduler-silent.md',
  clear: 'the scheduler looked at every pod',
  silent: [
    'A lost scheduler shows only when somebody creates a pod.',
    'A CronJob counts only if the question names it, its schedule is one of every day, and no change says that it shall rest.',
    'A run that hangs counts only if runs may not overlap, and the run before it ended before the next start.',
    'It needs the events: without them nobody can tell a refusal from silence. A younger pod with a node proves that the scheduler works. It ignores a pod with a scheduling gate.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'changes'],
  thresholds: {
    minMissedRuns: {
      default: 2,
      min: 1,
      unit: 'start times',
      means: 'Start times of a CronJob, since its last run, at which it did not run',
      why: 'One may be late, as its controller looks every ten seconds. Two in a row are no delay.',
    },
    minSeconds: {
      default: 60,
      min: 0,
      unit: 's',
      means: 'How long a pod has been waiting for its first attempt',
      why: 'The scheduler decides within a second. When its leader is lost, another one takes over after 15 s (leaseDuration).',
    },
  },

  detect(evidence, { minSeconds, minMissedRuns }) {
    const time = seenTime(evidence);
    return [
      ...silentSchedulers(evidence, minSeconds, time).map((one) => sightingOf(one, evidence.platform)),
      ...missedRuns(evidence, evidence.changes ?? [], minMissedRuns, time).map(missedSighting),
    ];
  },

  say({ service, scheduler, pods, since, isDefault, isSeen, missed, isSuspended, hanging, namespace }) {
    if (missed !== undefined) {
      if (hanging !== '') return hangingWords(String(service), String(hanging), String(namespace), { missed, since });
      const why = isSuspended === true ? 'it is suspended' : 'its controller does not start it';
      return {
        title: `CronJob ${service} has not run at ${missed} start times since ${since}: ${why}`,
        headline: { what: `The job ${inWords(String(service))} does not run`, why },
        explanation: `It ran on schedule before ${since}. Nothing fails and nobody gets an error: its work is not done.`,
        remedy:
          isSuspended === true
            ? `Set spec.suspend of the CronJob ${service} to false (kubectl -n ${namespace} patch cronjob ${service} -p '{"spec":{"suspend":false}}'). Then start the missed run by hand, if its work is needed.`
            : `Read the events of ${service} (kubectl -n ${namespace} describe cronjob ${service}) and the log of kube-controller-manager.`,
        check: 'Somebody suspended it on purpose, or another job does its work now.',
      };
    }
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

function hangingWords(
  service: string,
  hanging: string,
  namespace: string,
  { missed, since }: Readonly<Record<'missed' | 'since', Facts[string] | undefined>>,
): Words {
  return {
    title: `CronJob ${service} has not run at ${missed} start times since ${since}: its run ${hanging} does not end`,
    headline: { what: `The job ${inWords(service)} does not run`, why: 'its last run does not end' },
    explanation: `The run before it ended before the next start time. The CronJob allows one run at a time (concurrencyPolicy: Forbid), so it started none of the following ones, and nothing fails.`,
    remedy: `Find out what ${hanging} waits for (kubectl -n ${namespace} logs job/${hanging}), then delete it, so that the next run starts. Set spec.jobTemplate.spec.activeDeadlineSeconds, so that a run that hangs ends.`,
    check: `The run ${hanging} has more to do than usual, and it goes on.`,
  };
}

function missedSighting({ job, missed, sinceUs, hanging }: MissedRuns): Sighting {
  const { name, namespace, schedule, isSuspended, lastScheduleUs } = job;
  const state = `${isSuspended ? 'suspend: true, ' : ''}schedule ${schedule}, last run ${instantText(lastScheduleUs)}${hanging === '' ? '' : `, ${hanging} still runs`}`;
  return {
    service: name,
    facts: { missed, isSuspended, hanging, namespace, since: instantText(sinceUs), sinceUs },
    evidence: [{ kind: 'event', ref: `cronjob/${namespace}/${name}`, text: `CronJob ${name}: ${state}` }],
  };
}

/** More pods show nothing more. */
const CITED = 3;
