/**
 * What a Kubernetes cluster says of its pods, nodes and rollouts, as far as detectors read it. Times in microseconds since
 * the epoch, NaN where nobody said; memory in bytes, CPU in cores.
 */
import { memoize } from '#core/memoize.ts';

export type Platform = Readonly<{
  /** When it was asked, by the cluster's clock; where nobody noted that, the latest time that it speaks of. */
  takenUs: number;
  /** Whether somebody noted when it was asked. If not, what holds may have held for longer than its times tell. */
  isTimeTold: boolean;
  pods: readonly Pod[];
  /** In order of the last time that they were seen. */
  events: readonly PlatformEvent[];
  nodes: readonly PlatformNode[];
  claims: readonly VolumeClaim[];
  /** By deployment, the oldest first. */
  rollouts: readonly Rollout[];
  workloads: readonly Workload[];
}>;

/** What an event or an owner is about. `namespace` is empty for nodes. */
export type ObjectName = Readonly<{ kind: string; namespace: string; name: string }>;

/** Of objects that had this name one after another, only one has the identity; empty where it was not said. */
export type KnownObject = ObjectName & Readonly<{ uid: string; createdUs: number }>;

export type Pod = Readonly<{
  namespace: string;
  name: string;
  uid: string;
  /** Names by which its service may be known, surest first. */
  services: readonly string[];
  /** What made it: the Deployment and not its ReplicaSet; the pod itself where nothing did. */
  owner: ObjectName;
  /** Of a Deployment; empty otherwise. */
  replicaSet: string;
  node: string;
  phase: string;
  /** Of the pod as a whole: `Evicted`. */
  reason: string;
  message: string;
  createdUs: number;
  /** NaN where nobody wants it gone. */
  deletedUs: number;
  conditions: readonly Condition[];
  containers: readonly Container[];
}>;

export type Condition = Readonly<{
  type: string;
  status: string;
  reason: string;
  message: string;
  sinceUs: number;
}>;

export type Container = Readonly<{
  name: string;
  image: string;
  isInit: boolean;
  isReady: boolean;
  restarts: number;
  state: ContainerState;
  /** How it ended before it was started again. */
  last: Terminated | undefined;
  limits: Resources;
  requests: Resources;
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
  /** Of the container that it is about, where it names one. */
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
  /** What pods may have of it. */
  allocatable: Resources;
  /** As they are written: `dedicated=gpu:NoSchedule`. */
  taints: readonly string[];
  isCordoned: boolean;
}>;

export type VolumeClaim = Readonly<{ namespace: string; name: string; phase: string; storageClass: string }>;

/** What keeps a number of pods. */
export type Workload = ObjectName &
  Readonly<{
    /** As its pods have them. */
    services: readonly string[];
    wanted: number;
    /** How many there are, ready or not. */
    made: number;
  }>;

/** One revision of a Deployment. */
export type Rollout = Readonly<{
  namespace: string;
  deployment: string;
  /** As its pods have them. */
  services: readonly string[];
  replicaSet: string;
  uid: string;
  /** How many pods it should have; 0 for a revision that was replaced. */
  wanted: number;
  /** How many it has, ready or not. */
  made: number;
  /** When its youngest pod was made; -Infinity where none is listed. */
  lastMadeUs: number;
  revision: number;
  createdUs: number;
  /** What whoever made it noted. */
  cause: string;
  containers: readonly TemplateContainer[];
  /** What else of the template differs from the revision before. */
  differences: readonly string[];
}>;

export type TemplateContainer = Readonly<{ name: string; image: string; limits: Resources; requests: Resources }>;

/** Those about one object, in their order; not those about one of the same name that is gone. */
export function eventsAbout(
  { events }: Pick<Platform, 'events'>,
  { kind, namespace, name, uid, createdUs }: KnownObject,
): readonly PlatformEvent[] {
  const named = byObject(events).get(`${kind}/${namespace}/${name}`) ?? [];
  return named.filter((event) =>
    uid === '' || event.about.uid === '' ? !(event.lastUs < createdUs - EARLIER_US) : event.about.uid === uid,
  );
}

/** kubectl tells ages in whole minutes from ten minutes on, and lists that were made from its texts do so, too. */
const EARLIER_US = 60e6;

/** A cluster has tens of thousands of events, and is asked for those of each pod. */
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

/** The revision that these pods run, and the one before it. */
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

/** By ReplicaSet, the first of each. */
const placesOf = memoize(
  (own: readonly Rollout[]) => new Map(own.map(({ replicaSet }, at) => [replicaSet, at] as const).toReversed()),
);

/** What the cluster says of the memory of a node. */
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

/** When the kernel ended something on a node for want of memory, in order. */
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

/** `512 MiB`, `1.5 GiB`, as limits are written. */
export function memoryText(bytes: number): string {
  const [unit, size] = MEMORY_UNITS.find(([, least]) => bytes >= least) ?? ['B', 1];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}

const MEMORY_UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;
