/**
 * The state of a Kubernetes cluster's pods, nodes and rollouts, as far as detectors read it. Times in microseconds
 * since the epoch, NaN where unknown; memory in bytes, CPU in cores.
 */
import { memoize } from '#core/memoize.ts';
import type { ClusterObjects } from '#model/platform/cluster-objects.ts';
import type { Condition, ObjectName } from '#model/platform/object-parts.ts';
import type { Address, ContainerPort, PlatformService, Probe } from '#model/platform/service-objects.ts';

export type { Condition, ObjectName } from '#model/platform/object-parts.ts';

export type Platform = Readonly<{
  /** When it was asked, by the cluster's clock; where nobody recorded that, the latest time in its answers. */
  takenUs: number;
  /** Whether the time of the answer was recorded. If not, a state may have lasted longer than its times show. */
  isTimeTold: boolean;
  pods: readonly Pod[];
  /** In order of their last occurrence. */
  events: readonly PlatformEvent[];
  nodes: readonly PlatformNode[];
  claims: readonly VolumeClaim[];
  /** By deployment, the oldest first. */
  rollouts: readonly Rollout[];
  workloads: readonly Workload[];
  /** The Service objects. Undefined where that list was not read. */
  services: readonly PlatformService[] | undefined;
}> &
  ClusterObjects;

/** Of objects that reused this name, only one has this identity; empty where unknown. */
export type KnownObject = ObjectName & Readonly<{ uid: string; createdUs: number }>;

export type Pod = Readonly<{
  namespace: string;
  name: string;
  uid: string;
  /** Possible names of its service, most certain first. */
  services: readonly string[];
  /** Its owner: the Deployment instead of its ReplicaSet; the pod itself where it has none. */
  owner: ObjectName;
  /** Only for a Deployment; otherwise empty. */
  replicaSet: string;
  labels: Readonly<Record<string, string>>;
  /** Which scheduler assigns its node; empty for the default one. */
  scheduler: string;
  node: string;
  phase: string;
  /** The reason of the whole pod: `Evicted`. */
  reason: string;
  message: string;
  createdUs: number;
  /** NaN where it is not being deleted. */
  deletedUs: number;
  /** Who has to agree before it may be deleted. */
  finalizers: readonly string[];
  conditions: readonly Condition[];
  containers: readonly Container[];
}>;

export type Container = Readonly<{
  name: string;
  image: string;
  isInit: boolean;
  isReady: boolean;
  restarts: number;
  state: ContainerState;
  /** How it ended before its last restart. */
  last: Terminated | undefined;
  limits: Resources;
  requests: Resources;
  ports: readonly ContainerPort[];
  probes: readonly Probe[];
  /** Addresses in its environment variables. */
  addresses: readonly Address[];
}>;

export type Resources = Readonly<{ cpu: number; memory: number }>;

export type ContainerState = Waiting | Running | Terminated;
export type Waiting = Readonly<{ is: 'waiting'; reason: string; message: string }>;
export type Running = Readonly<{ is: 'running'; startedUs: number }>;
export type Terminated = Readonly<{
  is: 'terminated';
  reason: string;
  message: string;
  exitCode: number;
  signal: number;
  startedUs: number;
  finishedUs: number;
}>;

export type PlatformEvent = Readonly<{
  about: ObjectName & Readonly<{ uid: string }>;
  /** The container of the event, where it names one. */
  container: string;
  reason: string;
  message: string;
  isWarning: boolean;
  count: number;
  firstUs: number;
  lastUs: number;
}>;

export type PlatformNode = Readonly<{
  name: string;
  conditions: readonly Condition[];
  /** The resources available to pods. */
  allocatable: Resources;
  /** In kubectl's form: `dedicated=gpu:NoSchedule`. */
  taints: readonly string[];
  isCordoned: boolean;
  /** Whether it runs the API server, the scheduler and the controllers. */
  isControlPlane: boolean;
  /** Of its well-known labels; empty where none names one. */
  zone: string;
}>;

export type VolumeClaim = Readonly<{
  namespace: string;
  name: string;
  uid: string;
  createdUs: number;
  phase: string;
  storageClass: string;
  /** The volume that it asks for by name; empty where any fits. */
  volume: string;
  accessModes: readonly string[];
  /** As written: `10Gi`. */
  size: string;
  /** The same in bytes. */
  bytes: number;
  /** Labels that its volume must have. */
  selector: Readonly<Record<string, string>>;
}>;

/** An object that keeps a number of pods running. */
export type Workload = ObjectName &
  Readonly<{
    /** The service names of its pods. */
    services: readonly string[];
    wanted: number;
    /** How many pods exist, ready or not. */
    made: number;
    /** What its controller says of a rollout that made no progress within its deadline; otherwise empty. */
    stopped: string;
  }>;

/** One revision of a Deployment. */
export type Rollout = Readonly<{
  namespace: string;
  deployment: string;
  /** The service names of its pods. */
  services: readonly string[];
  replicaSet: string;
  uid: string;
  /** How many pods it should have; 0 for a replaced revision. */
  wanted: number;
  /** How many pods it has, ready or not. */
  made: number;
  /** When its youngest pod was created; -Infinity where none is listed. */
  lastMadeUs: number;
  revision: number;
  createdUs: number;
  /** The change cause that its author recorded. */
  cause: string;
  containers: readonly TemplateContainer[];
  /** Other differences of the template from the previous revision. */
  differences: readonly string[];
}>;

export type TemplateContainer = Readonly<{ name: string; image: string; limits: Resources; requests: Resources }>;

/** Events about one object, in order, without those about an earlier object of the same name. */
export function eventsAbout(
  { events }: Pick<Platform, 'events'>,
  { kind, namespace, name, uid, createdUs }: KnownObject,
): readonly PlatformEvent[] {
  const named = byObject(events).get(`${kind}/${namespace}/${name}`) ?? [];
  return named.filter((event) =>
    uid === '' || event.about.uid === '' ? !(event.lastUs < createdUs - EARLIER_US) : event.about.uid === uid,
  );
}

/** kubectl prints ages above ten minutes in whole minutes, and so do lists made from its output. */
const EARLIER_US = 60e6;

/** A cluster has tens of thousands of events, and every pod looks its own up. */
const byObject = memoize((events: readonly PlatformEvent[]) =>
  Map.groupBy(events, ({ about }) => `${about.kind}/${about.namespace}/${about.name}`),
);

export function podName({ namespace, name, uid, createdUs }: Pick<Pod, keyof KnownObject & keyof Pod>): KnownObject {
  return { kind: 'Pod', namespace, name, uid, createdUs };
}

export function replicaSetName({ namespace, replicaSet, uid, createdUs }: Rollout): KnownObject {
  return { kind: 'ReplicaSet', namespace, name: replicaSet, uid, createdUs };
}

export function conditionOf({ conditions }: Pick<Pod, 'conditions'>, wanted: string): Condition | undefined {
  return conditions.find(({ type }) => type === wanted);
}

/** The revision that these pods run, and the previous one. */
export function revisionsOf(
  { rollouts }: Pick<Platform, 'rollouts'>,
  { namespace, owner, replicaSet }: Pick<Pod, 'namespace' | 'owner' | 'replicaSet'>,
): Readonly<{ now: Rollout | undefined; before: Rollout | undefined }> {
  const own = byDeployment(rollouts).get(`${namespace}/${owner.name}`) ?? NO_ROLLOUTS;
  const at = placesOf(own).get(replicaSet) ?? -1;
  return { now: own[at], before: at > 0 ? own[at - 1] : undefined };
}

const NO_ROLLOUTS: readonly Rollout[] = [];

const byDeployment = memoize((rollouts: readonly Rollout[]) =>
  Map.groupBy(rollouts, ({ namespace, deployment }) => `${namespace}/${deployment}`),
);

/** By ReplicaSet, the first entry of each. */
const placesOf = memoize(
  (own: readonly Rollout[]) => new Map(own.map(({ replicaSet }, at) => [replicaSet, at] as const).toReversed()),
);

/** The memory of a node, according to the cluster. */
export function nodeMemory(
  { nodes, events }: Pick<Platform, 'nodes' | 'events'>,
  name: string,
): Readonly<{ pressures: readonly Condition[]; ranOutUs: readonly number[] }> {
  const conditions = nodesByName(nodes).get(name)?.conditions ?? [];
  return {
    pressures: conditions.filter(({ type, status }) => type === 'MemoryPressure' && status === 'True'),
    ranOutUs: oomsByNode(events).get(name) ?? [],
  };
}

const nodesByName = memoize(
  (nodes: readonly PlatformNode[]) => new Map(nodes.map((node) => [node.name, node] as const).toReversed()),
);

/** When the kernel killed something on a node for lack of memory, in order. */
const oomsByNode = memoize((events: readonly PlatformEvent[]) => {
  const byNode = new Map<string, number[]>();
  for (const { about, reason, lastUs } of events) {
    if (about.kind !== 'Node' || reason !== 'SystemOOM' || !Number.isFinite(lastUs)) continue;
    const known = byNode.get(about.name);
    if (known === undefined) byNode.set(about.name, [lastUs]);
    else known.push(lastUs);
  }
  for (const times of byNode.values()) times.sort((a, b) => a - b);
  return byNode;
});
