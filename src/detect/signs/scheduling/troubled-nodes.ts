/** Nodes that cannot run their pods: the kubelet is silent, its container runtime is gone, a resource is used up. */
import { brokenAgent } from '#detect/signs/cluster/network-agents.ts';
import { lacksNetwork } from '#detect/signs/scheduling/pending-pod.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import {
  type Container,
  conditionOf,
  type Platform,
  type PlatformEvent,
  type PlatformNode,
  type Pod,
} from '#model/platform/platform.ts';
import {
  type Asked,
  citedEvents,
  earliest,
  hasLasted,
  isAboutAll,
  isReady,
  mayBeWithin,
  type OwnPod,
  podEvents,
  type SeenTime,
  servicesInQuestion,
  stateItem,
} from '#model/platform/platform-pods.ts';

export type NodeCause =
  | 'shutdown'
  | 'kubelet'
  | 'runtime'
  | 'network'
  | 'memory'
  | 'disk'
  | 'processes'
  | 'filesystem'
  | 'reported'
  | 'unknown';

export type TroubledNode = Readonly<{
  node: string;
  cause: NodeCause;
  /** The container runtime that a message names, or the network plugin that does not run; otherwise empty. */
  named: string;
  words: string;
  sinceUs: number;
  /** Pods of the services in question that it keeps from serving. */
  pods: readonly OwnPod[];
  /** Whether it harms these pods alone. */
  harmsOnly?: boolean;
  /** Whether no pod in question runs on it. */
  isIdle?: boolean;
  evidence: readonly EvidenceItem[];
}>;

/** Whether the trouble of its node explains what is wrong with the pod. */
export function isOfNode(nodes: ReadonlyMap<string, TroubledNode>, pod: Pod): boolean {
  const node = nodes.get(pod.node);
  return node !== undefined && (node.harmsOnly !== true || node.pods.some((one) => one.pod === pod));
}

/** By name, those that keep pods in question from serving. */
export function troubledNodes(asked: Asked, minSeconds: number, time: SeenTime): ReadonlyMap<string, TroubledNode> {
  const { platform } = asked;
  const serviceOf = servicesInQuestion(asked);
  const own = platform.pods.flatMap((pod): OwnPod[] => {
    const service = isKeptFromServing(pod) ? serviceOf(pod) : undefined;
    return service === undefined ? [] : [{ pod, service }];
  });
  const byNode = Map.groupBy(own, ({ pod }) => pod.node);
  const nodes = platform.nodes.flatMap((node): TroubledNode[] => {
    const pods = byNode.get(node.name) ?? [];
    const [first] = pods;
    const trouble = first === undefined ? lastingTrouble(node, asked, time) : troubleOf(node, pods, platform, time);
    if (trouble === undefined || !hasLasted(trouble.sinceUs, minSeconds * 1e6, time)) return [];
    return [{ node: node.name, pods, ...trouble }];
  });
  return new Map(nodes.map((one) => [one.node, one]));
}

/** The kubelet keeps a pressure for this long after it ended (`evictionPressureTransitionPeriod`): a longer one lasts. */
const TRANSITION_US = 5 * 60e6;

/** No pod suffers yet. The node takes no new ones, and under pressure it evicts those that it has. */
function lastingTrouble(node: PlatformNode, asked: Asked, time: SeenTime): Trouble | undefined {
  const serviceOf = servicesInQuestion(asked);
  const hosts = asked.platform.pods.some(
    (pod) => pod.node === node.name && pod.owner.kind !== 'DaemonSet' && serviceOf(pod) !== undefined,
  );
  if (!hosts) return idleTrouble(node, asked, time);
  const events = nodeEvents(node, asked.platform, time);
  const trouble = isAboutAll(asked) ? lessening(node, events) : ofPressure(node, events, []);
  return trouble !== undefined && hasLasted(trouble.sinceUs, TRANSITION_US, time) ? trouble : undefined;
}

/**
 * A node without a pod in question matters where somebody asked about the whole cluster. Its pods are moved away after five
 * minutes (Kubernetes, Taint-based evictions: `tolerationSeconds`), so its trouble has lasted as long. Maintenance begins
 * with a cordon.
 */
function idleTrouble(node: PlatformNode, asked: Asked, time: SeenTime): Trouble | undefined {
  if (!isAboutAll(asked) || node.isCordoned || node.taints.some((taint) => LEAVES.test(taint))) return undefined;
  const events = nodeEvents(node, asked.platform, time);
  const trouble = ofRuntime(node, events, []) ?? ofReadiness(node, events, []) ?? lessening(node, events);
  return trouble !== undefined && time.endUs - trouble.sinceUs >= TRANSITION_US
    ? { ...trouble, isIdle: true }
    : undefined;
}

/** The cluster autoscaler, Karpenter, a cloud or a person takes the node away. */
const LEAVES =
  /^(?:ToBeDeletedByClusterAutoscaler|karpenter\.sh\/disrupt|node\.cloudprovider\.kubernetes\.io\/shutdown|node\.kubernetes\.io\/out-of-service)/;

/** A pod that its node evicted counts, one that ended with its node, and one that a lost node cannot end. */
function isKeptFromServing(pod: Pod): boolean {
  const { node, phase, owner, reason } = pod;
  if (node === '' || owner.kind === 'DaemonSet' || phase === 'Succeeded') return false;
  return phase === 'Failed' ? reason === 'Evicted' || isShutDown(pod) : !isReady(pod);
}

/**
 * The kubelet ended it because its machine shuts down: a cloud took it back, or somebody turned it off.
 * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/
 */
function isShutDown({ phase, reason, message }: Pod): boolean {
  return phase === 'Failed' && ENDS_WITH_NODE.has(reason) && /\bnode shutdown\b/i.test(message);
}

const ENDS_WITH_NODE: ReadonlySet<string> = new Set(['Terminated', 'NodeShutdown', 'Shutdown']);

type Trouble = Omit<TroubledNode, 'node' | 'pods'> & Partial<Pick<TroubledNode, 'pods'>>;

function troubleOf(
  node: PlatformNode,
  pods: readonly OwnPod[],
  platform: Platform,
  time: SeenTime,
): Trouble | undefined {
  const ofNode = nodeEvents(node, platform, time);
  const ofPods = pods.flatMap(({ pod }) => podEvents(platform, pod, time)).filter(({ isWarning }) => isWarning);
  const agent = brokenAgent(platform, node.name);
  const ended = pods.filter(({ pod }) => isShutDown(pod));
  if (ended.length === pods.length) return ofShutdown(node, ofNode, pods, time);
  return (
    ofRuntime(node, ofNode, ofPods) ??
    withAgent(ofReadiness(node, ofNode, ofPods), agent) ??
    ofPressure(node, ofNode, ofPods) ??
    ofFileSystem(node, ofNode, pods, (pod) => podEvents(platform, pod, time)) ??
    (agent === undefined ? undefined : ofAgent(agent, pods, platform, time))
  );
}

/**
 * All of its pods that do not serve ended with the node, and it is not back. A node that somebody emptied before, or that is
 * taken away on purpose, is none; nor is one that was gone long before the time in question.
 */
function ofShutdown(
  node: PlatformNode,
  ofNode: readonly PlatformEvent[],
  pods: readonly OwnPod[],
  { fromUs }: SeenTime,
): Trouble | undefined {
  const ready = conditionOf(node, 'Ready');
  const isMeant = node.isCordoned || node.taints.some((taint) => LEAVES.test(taint));
  if (ready === undefined || !isNot(ready.status) || isMeant || ready.sinceUs < fromUs) return undefined;
  const words = pods[0]?.pod.message ?? '';
  const states = pods
    .slice(0, CITED_PODS)
    .map(({ pod }) => stateItem(pod, `${pod.name}: ${pod.phase}, ${pod.reason}: ${pod.message}`));
  const evidence = [...cited(node, ofNode, SHUTS_DOWN), ...states];
  return { cause: 'shutdown', named: '', words, sinceUs: ready.sinceUs, evidence };
}

/** More pods show nothing more. */
const CITED_PODS = 3;
/** What clouds and their handlers write before they take a machine away: Karpenter, AWS' node termination handler, GKE, AKS. */
const SHUTS_DOWN = /\bspot\b|\bpre-?empt|\binterrupt|\bterminat|\bshut(?:ting)? ?down\b|\brebalance\b/i;

function withAgent(trouble: Trouble | undefined, agent: Pod | undefined): Trouble | undefined {
  return trouble?.cause === 'network' && agent !== undefined ? { ...trouble, named: agent.owner.name } : trouble;
}

/** The kubelet is ready, and new pods on the node get no network: its plugin's pod does not run. */
function ofAgent(agent: Pod, pods: readonly OwnPod[], platform: Platform, time: SeenTime): Trouble | undefined {
  const cut = pods.flatMap((own) => {
    const events = own.pod.phase === 'Pending' ? podEvents(platform, own.pod, time).filter(lacksNetwork) : [];
    return events.length === 0 ? [] : [{ own, events }];
  });
  const events = cut.flatMap((one) => one.events);
  const words = events.at(-1)?.message;
  if (words === undefined) return undefined;
  const { status = 'unknown', message = '' } = conditionOf(agent, 'Ready') ?? {};
  const state = stateItem(
    agent,
    `${agent.name}: ${agent.phase}, Ready ${status}${message === '' ? '' : `: ${message}`}`,
  );
  return {
    cause: 'network',
    named: agent.owner.name,
    words,
    sinceUs: earliest(events.map(({ firstUs }) => firstUs)),
    pods: cut.map(({ own }) => own),
    harmsOnly: true,
    evidence: [state, ...citedEvents(events)],
  };
}

function nodeEvents({ name }: PlatformNode, { events }: Platform, time: SeenTime): readonly PlatformEvent[] {
  return events.filter(
    ({ about, firstUs, lastUs, isWarning }) =>
      isWarning && about.kind === 'Node' && about.name === name && mayBeWithin(firstUs, lastUs, time),
  );
}

type Told = (
  node: PlatformNode,
  ofNode: readonly PlatformEvent[],
  ofPods: readonly PlatformEvent[],
) => Trouble | undefined;

const ofRuntime: Told = (node, ofNode, ofPods) => {
  const ready = conditionOf(node, 'Ready');
  const texts = [ready?.message ?? '', ...[...ofPods, ...ofNode].map(({ message }) => message)];
  const told = texts.filter((text) => RUNTIME_GONE.test(text));
  // A message with the name of the runtime says more.
  const words = told.find((text) => runtimeIn(text) !== '') ?? told[0];
  const failed = ofPods.filter(isOfSandbox);
  const isDown = isNot(ready?.status);
  if (words === undefined || !(isDown || failed.some(({ message }) => RUNTIME_GONE.test(message)))) return undefined;
  const sinceUs = earliest([isDown ? ready?.sinceUs : undefined, ...failed.map(({ firstUs }) => firstUs)]);
  const evidence = cited(node, [...ofNode, ...ofPods], RUNTIME_GONE);
  return { cause: 'runtime', named: runtimeIn(words), words, sinceUs, evidence };
};

const ofReadiness: Told = (node, ofNode, ofPods) => {
  const ready = conditionOf(node, 'Ready');
  if (ready === undefined || !isNot(ready.status)) return undefined;
  const { message: words, sinceUs, status } = ready;
  const silent = status === 'Unknown' ? 'kubelet' : 'unknown';
  const evidence = cited(node, [...ofNode, ...ofPods], /not ready|stopped posting/i);
  return { cause: NETWORK_GONE.test(words) ? 'network' : silent, named: '', words, sinceUs, evidence };
};

const ofPressure: Told = (node, ofNode, ofPods) => {
  for (const [type, cause] of PRESSURES) {
    const { status, message: words = '', sinceUs = Number.NaN } = conditionOf(node, type) ?? {};
    const evidence = cited(node, [...ofNode, ...ofPods], /evict|pressure/i);
    if (status === 'True') return { cause, named: '', words, sinceUs, evidence };
  }
  return undefined;
};

/** What makes a node worse while it stays ready. */
function lessening(node: PlatformNode, ofNode: readonly PlatformEvent[]): Trouble | undefined {
  return ofPressure(node, ofNode, []) ?? ofReport(node, ofNode);
}

/** A lasting problem that a monitor on the node reports as a condition, as node-problem-detector does. */
function ofReport(node: PlatformNode, ofNode: readonly PlatformEvent[]): Trouble | undefined {
  const condition = node.conditions.find(({ type, status }) => status === 'True' && REPORTED.test(type));
  if (condition === undefined) return undefined;
  const { type, reason, message, sinceUs } = condition;
  const words = message === '' ? reason : message;
  const said = ofNode.filter((event) => event.reason === reason || event.message.includes(type));
  return {
    cause: 'reported',
    named: type,
    words,
    sinceUs,
    evidence: [itemOf(node, type, words), ...citedEvents(said)],
  };
}

/**
 * Types of conditions that are true while something is wrong: node-problem-detector's own (config/*.json), those of AKS
 * (FilesystemCorruptionProblem, ContainerRuntimeProblem, FrequentUnregisterNetDevice) and of Huawei's CCE
 * (ConntrackFullProblem, NTPProblem, DiskReadonly, DiskHung). A planned event of the cloud (VMEventScheduled) is none.
 */
const REPORTED =
  /^(?:Frequent[A-Z]\w*|KernelDeadlock|ReadonlyFilesystem|XfsShutdown|Corrupt[A-Z]\w*|Disk(?:Readonly|Hung)|(?:Kubelet|ContainerRuntime)Unhealthy|\w+Problem)$/;

/**
 * The kernel made a file system of the node read-only, or shut it down (node-problem-detector, kernel monitor). The kubelet
 * stays ready, so only pods that say the same are its effects.
 */
function ofFileSystem(
  node: PlatformNode,
  ofNode: readonly PlatformEvent[],
  pods: readonly OwnPod[],
  eventsOf: (pod: Pod) => readonly PlatformEvent[],
): Trouble | undefined {
  const condition = node.conditions.find(({ type, status }) => FILE_SYSTEM.has(type) && status === 'True');
  const refusals = (pod: Pod) => eventsOf(pod).filter(saysReadOnly);
  const harmed = pods.filter(({ pod }) => pod.containers.some(cannotWrite) || refusals(pod).length > 0);
  if (condition === undefined || harmed.length === 0) return undefined;
  const { type, message: words, sinceUs } = condition;
  const said = [
    ...ofNode.filter(({ message }) => READ_ONLY.test(message)),
    ...harmed.flatMap(({ pod }) => refusals(pod)),
  ];
  const evidence = [itemOf(node, type, words), ...citedEvents(said)];
  return { cause: 'filesystem', named: '', words, sinceUs, pods: harmed, harmsOnly: true, evidence };
}

/** A condition that is true. */
function itemOf({ name }: PlatformNode, type: string, words: string): EvidenceItem {
  return { kind: 'event', ref: `node/${name}`, text: `${name}: ${type} True: ${words}` };
}

const FILE_SYSTEM: ReadonlySet<string> = new Set(['ReadonlyFilesystem', 'XfsShutdown']);

/** Linux' texts for EROFS and EIO. */
const READ_ONLY = /read-?only file ?system|\bEROFS\b|input\/output error|\bEIO\b/i;

/** The kubelet could not make the pod's sandbox, its folders or a container. */
function saysReadOnly({ isWarning, message }: PlatformEvent): boolean {
  return isWarning && READ_ONLY.test(message);
}

function cannotWrite({ state, last }: Container): boolean {
  return READ_ONLY.test(last?.message ?? '') || (state.is !== 'running' && READ_ONLY.test(state.message));
}

function cited(node: PlatformNode, events: readonly PlatformEvent[], of: RegExp): readonly EvidenceItem[] {
  const { status = 'unknown', reason = '', message = '' } = conditionOf(node, 'Ready') ?? {};
  const text = [`${node.name}: Ready ${status}`, reason, message].filter((part) => part !== '').join(', ');
  return [
    { kind: 'event', ref: `node/${node.name}`, text },
    ...citedEvents(events.filter(({ message: said }) => of.test(said))),
  ];
}

function isNot(status: string | undefined): boolean {
  return status === 'False' || status === 'Unknown';
}

function isOfSandbox({ reason }: PlatformEvent): boolean {
  return reason === 'FailedCreatePodSandBox' || reason === 'FailedKillPod' || reason === 'FailedSync';
}

/** Conditions of a node that are true while something is wrong (Kubernetes, Node status). */
const PRESSURES = [
  ['MemoryPressure', 'memory'],
  ['DiskPressure', 'disk'],
  ['PIDPressure', 'processes'],
  ['NetworkUnavailable', 'network'],
] as const;

/** The kubelet cannot reach the runtime through its socket, or the runtime does not answer its status call. */
const RUNTIME_GONE =
  /(?:containerd|crio|cri-dockerd|dockershim|docker)\.sock\b.{0,80}(?:no such file|connection refused|timed? ?out|deadline)|container ?runtime (?:is |status check |may )?(?:down|not respond|unhealthy|failed|not ready)|rpc error: code = Unavailable desc = .{0,60}\bunix\b|PLEG is not healthy/i;

const NETWORK_GONE = /network ?(?:plugin )?(?:is )?not ready|cni (?:plugin|config)/i;

function runtimeIn(text: string): string {
  return /\b(containerd|cri-?o|cri-dockerd|docker)\b/i.exec(text)?.[1] ?? '';
}
