/**
 * Builds, releases and runs that failed, as tools of CI and of data post them, and programs that the kernel killed. Runs of
 * tests fail all day, so only a job whose name says that it changes what runs, a stage of production, or a run of data is
 * an alert. What went well is none.
 */
import { workloadOf } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, type Posted } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { changesWhatRuns, subjectOfJob } from './jenkins-message.ts';
import { bare } from './message-subject.ts';
import { saidState } from './state-words.ts';

type Run = Readonly<{ title: string; service: string; state: AlertState; key: string; severity?: string }>;

/** Undefined where the message is about none of these. */
export function runIn(said: Said, message: Posted): Run | undefined {
  return (
    buildOfTeamCity(said, message) ??
    releaseOfAzure(said, message) ??
    pipelineOnBranch(said) ??
    runOfDagster(said) ??
    flowOfPrefect(said) ??
    alertOfKapacitor(said) ??
    killedProgram(said)
  );
}

/**
 * `Shop / Release #41 failed: Exit code 1`, with the branch below.
 * https://www.jetbrains.com/help/teamcity/notifications.html
 */
function buildOfTeamCity({ lines }: Said, message: Posted): Run | undefined {
  if (!/^teamcity/i.test(appName(message))) return undefined;
  const [first = '', ...below] = lines.map(({ text }) => bare(text));
  const [title = '', job = ''] =
    /^[^\p{L}\p{N}]{0,10}(\S.{0,200}?) #\d\S{0,20} (?:has |is )?(?:failed|failing)\b/u.exec(first) ?? [];
  const branch = below.map((line) => /^Branch: (\S{1,200})$/.exec(line)?.[1]).find((one) => one !== undefined);
  if (job === '' || !changesWhatRuns(job) || !RUNNING_BRANCH.test(branch ?? 'main')) return undefined;
  return { title: title.trim(), service: subjectOfJob(job), state: 'triggered', key: job };
}

const RUNNING_BRANCH = /^(?:refs\/heads\/)?(?:main|master|trunk|prod(?:uction)?|release\b.*|<default>)$/;

/**
 * `Deployment of release R-4 using pipeline deploy-shop to stage Production failed`
 * https://learn.microsoft.com/azure/devops/pipelines/integrations/slack
 */
function releaseOfAzure({ lines }: Said, message: Posted): Run | undefined {
  if (!/^azure\b/i.test(appName(message))) return undefined;
  const title = bare(lines[0]?.text ?? '');
  const [, pipeline = '', stage = ''] =
    /^Deployment of release \S.{0,80}? using pipeline (\S.{0,100}?) to stage (\S.{0,60}?) (?:has )?failed\b/i.exec(
      title,
    ) ?? [];
  if (!/(?<!\p{L})(?:prod(?:uction)?|live)(?!\p{L})/iu.test(stage) || /pre-?prod/i.test(stage)) return undefined;
  return { title, service: pipeline, state: 'triggered', key: `${pipeline}/${stage}` };
}

/**
 * `Pipeline #30 failed on branch main of acme/cart — step Deploy to production`: a run of the branch that runs, with the
 * step that changes what runs.
 * https://support.atlassian.com/bitbucket-cloud/docs/use-bitbucket-cloud-with-slack/
 */
function pipelineOnBranch({ lines }: Said): Run | undefined {
  const title = bare(lines[0]?.text ?? '');
  const [, branch = '', repository = ''] =
    /^[^\p{L}\p{N}]{0,10}(?:pipeline|build|workflow|deployment) #?\S{1,40} (?:has )?failed (?:on|for|in) (?:the )?(?:branch )?(\S{1,100}) (?:of|in|for) ([\w.-]{1,100}(?:\/[\w.-]{1,100}){0,2})/iu.exec(
      title,
    ) ?? [];
  const step = title.replace(repository, ' ');
  if (repository === '' || !RUNNING_BRANCH.test(branch) || !changesWhatRuns(step)) return undefined;
  const service = repository.split('/').at(-1) ?? repository;
  return { title, service, state: 'triggered', key: `${repository}/${branch}` };
}

/**
 * The blocks of Dagster's sensors: a job that failed, and an asset that is late or on time again.
 * https://github.com/dagster-io/dagster/blob/master/python_modules/libraries/dagster-slack/dagster_slack/sensors.py
 */
function runOfDagster({ lines }: Said): Run | undefined {
  for (const title of lines.slice(0, 3).map(({ text }) => bare(text))) {
    const [, job = ''] = /^Job "([^"]{1,200})" failed\. \W{0,4}[0-9a-f]{8}\W{0,4}$/.exec(title) ?? [];
    if (job !== '') return { title: `Job ${job} failed`, service: job, state: 'triggered', key: `job/${job}` };
    const [, asset = '', late] =
      /^Asset "([^"]{1,200})" is now (?:on time|([\d.]{1,12}) minutes late)/.exec(title) ?? [];
    if (asset !== '')
      return { title, service: asset, state: late === undefined ? 'resolved' : 'triggered', key: `asset/${asset}` };
  }
  return undefined;
}

/**
 * ``Flow run load/brave-fox entered state `Failed` at …``: a run has a name of its own, so the flow is the key.
 * https://docs.prefect.io/v3/concepts/automations
 */
function flowOfPrefect({ lines }: Said): Run | undefined {
  for (const line of lines.slice(0, 3).map(({ text }) => bare(text))) {
    const [title = '', flow = ''] =
      /^Flow run ([^/\n]{1,200})\/\S{1,200} (?:entered|observed in) (?:state|a) (?:Failed|Crashed|TimedOut)\b/.exec(
        line,
      ) ?? [];
    if (flow !== '') return { title, service: flow, state: 'triggered', key: `flow/${flow}` };
  }
  return undefined;
}

/**
 * `cpu_alert:host=web-1 is CRITICAL`: the id of an alert of Kapacitor is the name of its measurement and its group.
 * https://docs.influxdata.com/kapacitor/v1/reference/nodes/alert_node/
 */
function alertOfKapacitor({ lines, fallback }: Said): Run | undefined {
  const title = bare(lines[0]?.text ?? fallback);
  const [, name = '', group = '', level = ''] =
    /^([\w.-]{1,100}):((?:[\w.-]{1,60}=[^\s,]{1,200},?){1,8}) is (CRITICAL|WARNING|OK)(?!\w)/.exec(title) ?? [];
  const tags = new Map(group.split(',').map((tag) => tag.split('=', 2) as [string, string]));
  const service = ['service', 'app', 'host'].map((tag) => tags.get(tag)).find((value) => value !== undefined);
  const state = saidState(level)?.state;
  if (name === '' || state === undefined) return undefined;
  const severity = state === 'resolved' ? '' : level.toLowerCase();
  return { title, service: service ?? name, state, key: `${name}:${group}`, severity };
}

/**
 * `OOMKilled: deployment/cart (pod cart-1) restarted 6x`: a container that used more memory than its limit, by the name of
 * its object.
 * https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/
 */
function killedProgram({ lines }: Said): Run | undefined {
  const title = bare(lines[0]?.text ?? '');
  const isKill = /(?<!\p{L})OOM[- ]?Kill(?:ed)?(?!\p{L})/iu.test(title);
  if (!isKill || NO_KILL.test(title)) return undefined;
  const [, kind = '', mark = '', object = ''] = OBJECT.exec(title) ?? [];
  // Behind a space, only an identifier of several parts is a name.
  if (object === '' || (mark === '' && !object.includes('-'))) return undefined;
  const service = /^pod$/i.test(kind) ? workloadOf(object) : object;
  return { title, service, state: 'triggered', key: `${service}/oom-killed` };
}

/** `deployment/cart`, `pod: cart-1`, `container "cart"`, `container cart-web` */
const OBJECT =
  /(?<![\w-])(deployment|statefulset|daemonset|cronjob|job|pod|container)s?(?:(\/|: ?| ?["'])| )([a-z0-9][a-z0-9-]{1,100})(?![\w-])/i;

/** What people and reports say about such kills. */
const NO_KILL =
  /\b(?:digest|report|summary|weekly|daily|monthly|docs?|runbook|guide|article|fix(?:ed|es)?|resolved|recovered|no longer|merged|ticket|why|how|never|not|no|0)\b|\?\s{0,3}$/i;
