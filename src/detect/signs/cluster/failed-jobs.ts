/** Jobs whose latest run failed for good, and CronJobs that cannot start one. */
import { jobLines } from '#detect/signs/cluster/pod-lines.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Job } from '#model/platform/cluster-objects.ts';
import {
  type Condition,
  type Container,
  eventsAbout,
  type Platform,
  type PlatformEvent,
  type Pod,
} from '#model/platform/platform.ts';
import { type Asked, mayBeWithin, type SeenTime, servicesInQuestion } from '#model/platform/platform-pods.ts';

export type FailedJob = Readonly<{
  kind: 'Job' | 'CronJob';
  namespace: string;
  name: string;
  service: string;
  because: string;
  message: string;
  sinceUs: number;
  events: readonly PlatformEvent[];
}>;

/** Whose job it is, is known by its labels, or by the lines of its pods. */
export function failedJobs(
  asked: Asked & Partial<Pick<Evidence, 'logs'>>,
  maxHours: number,
  time: SeenTime,
): readonly FailedJob[] {
  const serviceOf = servicesInQuestion(asked);
  const { jobs } = asked.platform;
  const failed = jobs.flatMap((job): readonly FailedJob[] => {
    const condition = conditionIn(job, 'Failed');
    if (condition === undefined || isSuperseded(job, jobs, time)) return [];
    const ofServices = (services: readonly string[]) => serviceOf({ name: '', namespace: job.namespace, services });
    const service =
      ofServices(job.services) ?? ofServices(jobLines(job.name, asked.logs ?? []).map((line) => line.service));
    if (service === undefined) return [];
    const { sinceUs, message } = condition;
    const isOld = job.cronJob === '' && time.endUs - sinceUs > maxHours * 3600e6;
    const isWithin = job.cronJob === '' ? mayBeWithin(sinceUs, sinceUs, time) : !(sinceUs > time.endUs);
    if (isOld || !isWithin) return [];
    const { namespace, name, uid, createdUs } = job;
    const events = eventsAbout(asked.platform, { kind: 'Job', namespace, name, uid, createdUs });
    const because = becauseOf(condition, job);
    return [{ kind: 'Job', namespace, name, service, because, message, sinceUs, events: events.filter(isWarning) }];
  });
  return [...failed, ...notStarted(asked, serviceOf, time)];
}

function isWarning({ isWarning: is }: PlatformEvent): boolean {
  return is;
}

function conditionIn({ conditions }: Job, wanted: string): Condition | undefined {
  return conditions.find(({ type, status }) => type === wanted && status === 'True');
}

/** A later run of the same CronJob or application that ended, well or not, or still runs without a failure. */
function isSuperseded(job: Job, jobs: readonly Job[], { endUs }: SeenTime): boolean {
  const isSame = ({ namespace, cronJob, services, name }: Job) =>
    namespace === job.namespace &&
    name !== job.name &&
    (job.cronJob === '' ? services.length > 1 && services[0] === job.services[0] : cronJob === job.cronJob);
  return jobs.some(
    (other) =>
      isSame(other) &&
      other.createdUs > job.createdUs &&
      !(other.createdUs > endUs) &&
      (conditionIn(other, 'Failed') !== undefined || conditionIn(other, 'Complete') !== undefined),
  );
}

/** The reasons of the Job controller (Kubernetes, Jobs: Pod backoff failure policy, Job termination). */
function becauseOf({ reason, message }: Condition, { failed }: Job): string {
  const times = failed > 0 ? `${failed} of its pods failed` : 'its pods failed';
  if (reason === 'BackoffLimitExceeded') return `${times}, as often as its backoffLimit allows`;
  if (reason === 'DeadlineExceeded') return 'it ran longer than its deadline (activeDeadlineSeconds)';
  if (reason === 'PodFailurePolicy') return 'its pod failure policy ends it at the first such failure';
  return message === '' ? times : message;
}

/** Event reasons of the CronJob controller. */
const NOT_STARTED: ReadonlyMap<string, string> = new Map([
  ['FailedNeedsStart', 'it missed too many start times'],
  ['TooManyMissedTimes', 'it missed too many start times'],
  ['MissSchedule', 'it missed its start time'],
  ['FailedCreate', 'the API server refuses the Job'],
  ['UnparseableSchedule', 'its schedule cannot be read'],
  ['InvalidSchedule', 'its schedule cannot be read'],
  ['UnknownTimeZone', 'its time zone is unknown'],
]);

function notStarted(
  { platform }: Asked,
  serviceOf: ReturnType<typeof servicesInQuestion>,
  time: SeenTime,
): readonly FailedJob[] {
  return platform.cronJobs.flatMap(({ namespace, name, isSuspended, lastScheduleUs }): readonly FailedJob[] => {
    const service = serviceOf({ name: '', namespace, services: [name] });
    const about = { kind: 'CronJob', namespace, name, uid: '', createdUs: Number.NaN };
    const events = eventsAbout(platform, about).filter(
      ({ reason, firstUs, lastUs }) => NOT_STARTED.has(reason) && mayBeWithin(firstUs, lastUs, time),
    );
    const last = events.at(-1);
    // A start after the event: it works again.
    if (service === undefined || isSuspended || last === undefined || lastScheduleUs > last.lastUs) return [];
    const because = NOT_STARTED.get(last.reason) ?? '';
    const sinceUs = Math.min(...events.map(({ firstUs }) => firstUs));
    return [{ kind: 'CronJob', namespace, name, service, because, message: last.message, sinceUs, events }];
  });
}

/** The last pod of the Job, and the container that failed in it: an init container counts as well. */
export function podOf(
  { kind, namespace, name }: FailedJob,
  { pods }: Platform,
): Readonly<{ pod: Pod; container: Container }> | undefined {
  const own = pods
    .filter(
      (pod) => kind === 'Job' && pod.namespace === namespace && pod.owner.kind === 'Job' && pod.owner.name === name,
    )
    .sort((a, b) => b.createdUs - a.createdUs || (a.name < b.name ? -1 : 1));
  return own.flatMap((pod) => {
    const container = pod.containers.find(
      ({ state, last }) => hasFailed(state) || (last !== undefined && hasFailed(last)),
    );
    return container === undefined ? [] : [{ pod, container }];
  })[0];
}

function hasFailed(state: Container['state']): boolean {
  return state.is === 'terminated' && state.exitCode !== 0;
}
