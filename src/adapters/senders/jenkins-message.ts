/**
 * The result of a run of Jenkins, as its Slack plugin posts it: the job, the number of the run, the result and how long
 * it took. Runs of tests fail all day, so only a job whose name says that it changes or saves what runs is an alert.
 * https://github.com/jenkinsci/slack-plugin/blob/master/src/main/java/jenkins/plugins/slack/ActiveNotifier.java
 *
 *   cart-deploy - #41 Failure after 3 min 2 sec (Open)
 */

import type { Said } from '#adapters/message-text.ts';
import { appName, microseconds, type Posted } from '#adapters/posted-message.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';

const RESULT =
  /^(?<job>[\w.» /-]{1,200}?) - #\d{1,10}\S{0,40} (?<result>Failure|Still Failing|Unstable|Still Unstable|Regression|Back to normal) after \d/i;

/** Whether a job with this name changes or saves what runs. */
export function changesWhatRuns(job: string): boolean {
  return RUNS.test(job.slice(0, 200));
}

const RUNS =
  /(?:^|[^a-z])(?:deploy(?:ment|s)?|release|rollout|promote|publish|migrat(?:e|ion)s?|backup|restore|prod|production)(?:$|[^a-z])/i;

const STATES: Readonly<Record<string, AlertState>> = { 'back to normal': 'resolved' };

/**
 * What a job is about: it stands in a folder, and a branch in its project. A name that only says what is done or which
 * branch it is names nothing.
 * https://www.jenkins.io/doc/book/pipeline/multibranch/
 */
export function subjectOfJob(job: string): string {
  const parts = job.split(/[»/]/).map((part) => part.trim());
  return parts.findLast((part) => part !== '' && !ONLY_DONE.test(part)) ?? parts.at(-1) ?? job;
}

const ONLY_DONE =
  /^(?:(?:deploy(?:ment)?|release|rollout|promote|publish|migrat(?:e|ions?)|backup|restore|build|pipeline|ci|cd)(?:[-_ ](?:to[-_ ])?(?:prod(?:uction)?|live|staging|all|main|master))?|main|master|trunk|develop|prod(?:uction)?|live)$/i;

/** Undefined where the message is another one. */
export function jenkinsResult(message: Posted, { lines }: Said): Omit<Alert, 'saidUs'> | undefined {
  if (!/^jenkins/i.test(appName(message))) return undefined;
  for (const { text, links } of lines.slice(0, 3)) {
    const { job = '', result = '' } = RESULT.exec(text.slice(0, 400))?.groups ?? {};
    if (job === '' || !changesWhatRuns(job)) continue;
    const name = job.trim();
    return {
      source: 'jenkins',
      key: name,
      title: `${name}: ${result}`,
      service: subjectOfJob(name),
      severity: '',
      state: STATES[result.toLowerCase()] ?? 'triggered',
      atUs: microseconds(message.ts),
      url: links[0]?.url ?? '',
      traceId: '',
      labels: {},
    };
  }
  return undefined;
}
