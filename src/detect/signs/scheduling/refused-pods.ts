/** Pods that the API server refuses to create: only events of their owner show them. */
import { quotaIn, type Refusal } from '#detect/signs/scheduling/unschedulable.ts';
import type { Job } from '#model/platform/cluster-objects.ts';
import {
  eventsAbout,
  type ObjectName,
  type Platform,
  type PlatformEvent,
  type Pod,
  type Rollout,
  replicaSetName,
} from '#model/platform/platform.ts';
import { type Asked, latest, mayBeWithin, type SeenTime, servicesInQuestion } from '#model/platform/platform-pods.ts';

export type RefusedPods = Readonly<{
  service: string;
  /** The Deployment, StatefulSet, DaemonSet or Job. */
  workload: ObjectName;
  refusal: Pick<Refusal, 'cause' | 'words' | 'named'>;
  sinceUs: number;
  /** When a later attempt succeeded, if that was after the time window; otherwise NaN. */
  overUs: number;
  events: readonly PlatformEvent[];
}>;

export function refusedPods(asked: Asked, minSeconds: number, time: SeenTime): RefusedPods[] {
  const serviceOf = servicesInQuestion(asked);
  return ownersOf(asked.platform).flatMap((owner): RefusedPods[] => {
    const { workload, made, wanted, lastMadeUs } = owner;
    const service = serviceOf({ services: owner.services, namespace: workload.namespace, name: '' });
    const events = failedCreates(asked.platform, owner.maker, time);
    const last = events.at(-1);
    if (service === undefined || last === undefined || hasMadeSince(asked.platform, owner.maker, last, time)) return [];
    const overUs = made >= wanted ? lastMadeUs : Number.NaN;
    if (overUs <= time.endUs) return [];
    const sinceUs = Math.min(...events.map(({ firstUs }) => firstUs));
    const isOver = time.endUs - last.lastUs > STILL_FAILING_US;
    if (isOver || !(time.endUs - sinceUs >= minSeconds * 1e6)) return [];
    const refusal = refusalOf(last.message);
    return [{ service, workload, refusal, sinceUs, overUs, events }];
  });
}

/** What makes pods, and has the events about it: the ReplicaSet of a Deployment, or the workload itself. */
type Owner = Readonly<{ workload: ObjectName; maker: Maker; services: readonly string[] }> &
  Pick<Rollout, 'made' | 'wanted' | 'lastMadeUs'>;
type Maker = ReturnType<typeof replicaSetName>;

function ownersOf({ rollouts, workloads, jobs, pods }: Platform): readonly Owner[] {
  const ofDeployments = rollouts.map((rollout): Owner => {
    const workload = { kind: 'Deployment', namespace: rollout.namespace, name: rollout.deployment };
    return { ...rollout, workload, maker: replicaSetName(rollout) };
  });
  const others = workloads
    .filter(({ kind, made, wanted }) => MAKES_PODS.has(kind) && made < wanted)
    .map(({ kind, namespace, name, ...own }): Owner => {
      const workload = { kind, namespace, name };
      return { ...own, workload, maker: { ...workload, uid: '', createdUs: Number.NaN }, lastMadeUs: Number.NaN };
    });
  const ofJobs = jobs.filter(mayMakePods).map((job) => ownerOfJob(job, pods));
  return [...ofDeployments, ...others, ...ofJobs];
}

/** A Job that has not ended and is not suspended (Kubernetes, Jobs: Job termination, Suspending a Job). */
function mayMakePods({ conditions, isSuspended }: Job): boolean {
  return !isSuspended && !conditions.some(({ type, status }) => JOB_ENDS.has(type) && status === 'True');
}

const JOB_ENDS: ReadonlySet<string> = new Set(['Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget']);

/** One pod that did not fail is enough: a Job works on with fewer pods than it may have at once. */
function ownerOfJob({ namespace, name, uid, createdUs, services }: Job, pods: readonly Pod[]): Owner {
  const workload = { kind: 'Job', namespace, name };
  const made = pods.filter(
    ({ owner, phase, ...pod }) =>
      pod.namespace === namespace && owner.kind === 'Job' && owner.name === name && phase !== 'Failed',
  );
  const lastMadeUs = latest(made.map((pod) => pod.createdUs));
  return { workload, maker: { ...workload, uid, createdUs }, services, made: made.length, wanted: 1, lastMadeUs };
}

const MAKES_PODS: ReadonlySet<string> = new Set(['StatefulSet', 'DaemonSet']);

function refusalOf(message: string): RefusedPods['refusal'] {
  const policy = POLICIES.find(([, words]) => words.test(message));
  if (policy !== undefined) return { cause: policy[0], words: message, named: policy[1].exec(message)?.[1] ?? '' };
  const [, account] = /service ?account "?([\w./-]+?)"?(?::| (?:was )?not found)/i.exec(message) ?? [];
  return (
    quotaIn(message) ??
    (account === undefined
      ? { cause: 'refused', words: message, named: '' }
      : { cause: 'account-missing', words: message, named: account })
  );
}

/** Messages of the admission plugins LimitRanger and ResourceQuota. */
const POLICIES = [
  ['limit-range', /((?:minimum|maximum) \S{1,40} usage per (?:Container|Pod) is [^,\s]{1,20})/i],
  ['limits-required', /failed quota: \S{1,80}: must specify ([\w.,/-]{1,200})/i],
] as const;

/** The longest pause before the controller tries again. */
const STILL_FAILING_US = 20 * 60e6;

function failedCreates(platform: Platform, maker: Maker, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, maker).filter(
    ({ reason, firstUs, lastUs }) => reason === 'FailedCreate' && mayBeWithin(firstUs, lastUs, time),
  );
}

/** A pod was created after that failure, so the others will follow. */
function hasMadeSince(platform: Platform, maker: Maker, { lastUs }: PlatformEvent, { endUs }: SeenTime): boolean {
  return eventsAbout(platform, maker).some(
    (event) => event.reason === 'SuccessfulCreate' && event.lastUs > lastUs && event.lastUs <= endUs,
  );
}
