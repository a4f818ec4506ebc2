/**
 * A Job failed and will not try again, or a CronJob cannot start its Job.
 *
 *   Job report-29      Failed: BackoffLimitExceeded    7 of its pods failed
 *   pod report-29-x    terminated: exit code 1         “connect ECONNREFUSED db:5432”   ← why
 *   Job report-28      Complete                                                        ← an older success is no comfort
 */

import { defineDetector } from '#detect/detector.ts';
import type { CauseWords } from '#detect/signs/cause-words.ts';
import { type FailedJob, failedJobs, podOf } from '#detect/signs/cluster/failed-jobs.ts';
import { jobLines, podLines } from '#detect/signs/cluster/pod-lines.ts';
import { crashCause } from '#detect/signs/containers/crash-cause.ts';
import { CRASH_CAUSES } from '#detect/signs/containers/crash-causes.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { ERROR, logLevel, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { Platform } from '#model/platform/platform.ts';
import {
  citedEvents,
  instantText,
  podEvents,
  type SeenTime,
  seenTime,
  shortened,
} from '#model/platform/platform-pods.ts';
import { inWords, withOneNumber, withoutBrackets } from '#model/text/in-words.ts';

export const jobFailed = defineDetector({
  id: 'job-failed',
  title: 'Job failed',
  why: 'A migration, a report or a cleanup did not happen, and nothing tries it again.',
  runbook: 'runbooks/job-failed.md',
  clear: 'the latest run of every job succeeded or is still trying',
  silent: [
    'A Job that still tries is no finding: a container that ends repeatedly is reported there.',
    'A later run of the same CronJob, or of the same application, that succeeded makes the failure history.',
    'The reason comes from its last pod. With a deadline, or after a cleanup, that pod is deleted, and only its log says why.',
    'A suspended CronJob is switched off on purpose.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    maxHours: {
      default: 24,
      min: 1,
      unit: 'h',
      means: 'How long ago a Job without a CronJob failed',
      why: 'Failed Jobs stay listed until somebody deletes them (ttlSecondsAfterFinished is not set by default). Most are repeated within a day.',
    },
  },

  detect(evidence, { maxHours }) {
    const time = seenTime(evidence);
    return failedJobs(evidence, maxHours, time).map((one) => sightingOf(one, evidence, time));
  },

  say({ kind, name, namespace, because, is, words, remedy, check, since }) {
    const said = words === '' ? '' : `: “${words}”`;
    const why = is === '' ? because : `${because}: ${is}`;
    const failed = kind === 'CronJob' ? 'cannot start a Job' : 'failed';
    return {
      title: `${kind} ${name} ${failed}: ${why}${said}`,
      headline: {
        what: `${kind} ${inWords(String(name))} ${failed}`,
        why: withOneNumber(withoutBrackets(String(is === '' ? because : is))),
      },
      explanation: `${kind} ${name} in ${namespace} ${failed}${since === '' ? '' : ` at ${since}`}. Kubernetes does not try this run again.`,
      remedy: `${remedy} Then run it again (kubectl -n ${namespace} create job --from, or apply it under a new name).`,
      check: String(check),
    };
  },
});

type Around = Readonly<{ platform: Platform }> & Partial<Pick<Evidence, 'logs'>>;

function sightingOf(one: FailedJob, { platform, logs = [] }: Around, time: SeenTime): Sighting {
  const { kind, namespace, name, service, because, message, sinceUs, events } = one;
  const own = podOf(one, platform);
  const ended = own?.container.state.is === 'terminated' ? own.container.state : own?.container.last;
  const ofPod = own === undefined ? [] : podEvents(platform, own.pod, time);
  const crash =
    own === undefined ? undefined : crashCause(own.container, ended, ofPod, podLines({ pod: own.pod, service }, logs));
  const known = crash === undefined || crash.cause === 'unknown' || crash.cause === 'ended' ? undefined : crash;
  const { is, remedy, check } = known === undefined ? unknown(one) : CRASH_CAUSES[known.cause](known.named, name);
  return {
    service,
    facts: {
      kind,
      name,
      namespace,
      because,
      is: is.replace(/ repeatedly\b/, ''),
      words: shortened(known?.words ?? (kind === 'CronJob' ? message : lastComplaint(name, logs)), LONGEST_WORDS),
      remedy,
      check,
      code: ended?.exitCode ?? -1,
      since: instantText(sinceUs),
      sinceUs,
      // Requests do not wait for it.
      isBeside: true,
    },
    evidence: [
      {
        kind: 'event',
        ref: `${kind.toLowerCase()}/${namespace}/${name}`,
        text: shortened(`${name}: ${because}${message === '' ? '' : `: ${message}`}`),
      },
      ...(own === undefined || ended === undefined
        ? []
        : [
            {
              kind: 'event',
              ref: `pod/${namespace}/${own.pod.name}`,
              text: `${own.pod.name}: ${own.container.name}: ${ended.reason}, exit code ${ended.exitCode}`,
            } as const,
          ]),
      ...citedEvents(events),
    ],
  };
}

const LONGEST_WORDS = 160;

/** What the last of its pods complained of; empty where no pod did. */
function lastComplaint(job: string, logs: readonly LogLine[]): string {
  const last = jobLines(job, logs).findLast(({ level }) => severityOf(logLevel(level)) >= ERROR);
  return last === undefined ? '' : logMessage(last);
}

function unknown({ kind, namespace, name }: FailedJob): CauseWords {
  return {
    is: '',
    remedy:
      kind === 'CronJob'
        ? `Read the events of ${name} (kubectl -n ${namespace} describe cronjob ${name}).`
        : `Read the log of its last pod (kubectl -n ${namespace} logs job/${name}) and its events (kubectl describe job).`,
    check: 'A later run of the same job succeeded.',
  };
}
