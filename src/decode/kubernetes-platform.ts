/** Combines the objects of a cluster: pods with their owners, events, nodes, rollouts. */

import { instantIn, numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { askedUs, type KubernetesList, objectsOf } from '#decode/kubernetes-lists.ts';
import { clusterObjectsOf } from '#decode/kubernetes-objects.ts';
import { rolloutsOf } from '#decode/kubernetes-rollouts.ts';
import { addressesOf, portsOf, probesOf, serviceOf } from '#decode/kubernetes-services.ts';
import {
  conditionsIn,
  namedBy,
  namesIn,
  ownerOf,
  quantityIn,
  resourcesIn,
  selects,
  textsIn,
} from '#decode/kubernetes-values.ts';
import { workloadsOf } from '#decode/kubernetes-workloads.ts';
import type {
  Container,
  ContainerState,
  ObjectName,
  Platform,
  PlatformEvent,
  PlatformNode,
  Pod,
  Terminated,
} from '#model/platform/platform.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export function platformOf(lists: readonly KubernetesList[]): Platform {
  const objects = objectsOf(lists);
  const byKind = Map.groupBy(objects, (object) => textIn(object, 'kind'));
  const of = (kind: string) => distinct(byKind.get(kind) ?? []);
  const owners = ownersOf(of('ReplicaSet'));
  const services = servicesBySelector(of('Service'));
  const pods = of('Pod').map((pod) => podOf(pod, owners, services));
  const events = of('Event')
    .map(eventOf)
    .sort((a, b) => a.lastUs - b.lastUs || compareTexts(a.message, b.message));
  const nodes = of('Node').map(nodeOf);
  const claims = of('PersistentVolumeClaim').map((claim) => ({
    ...namedBy(claim),
    uid: textIn(objectIn(claim, 'metadata'), 'uid'),
    createdUs: instantIn(objectIn(claim, 'metadata'), 'creationTimestamp'),
    phase: textIn(objectIn(claim, 'status'), 'phase'),
    storageClass: textIn(objectIn(claim, 'spec'), 'storageClassName'),
    volume: textIn(objectIn(claim, 'spec'), 'volumeName'),
    accessModes: namesIn(objectIn(claim, 'spec'), 'accessModes'),
    size: textIn(objectIn(objectIn(objectIn(claim, 'spec'), 'resources'), 'requests'), 'storage'),
    bytes: quantityIn(objectIn(objectIn(objectIn(claim, 'spec'), 'resources'), 'requests'), 'storage'),
    selector: textsIn(objectIn(objectIn(claim, 'spec'), 'selector'), 'matchLabels'),
  }));
  const rollouts = rolloutsOf(of('ReplicaSet'), pods);
  const workloads = workloadsOf([...of('Deployment'), ...of('StatefulSet'), ...of('DaemonSet')], rollouts, pods);
  const listKinds = new Set(lists.map((list) => textIn(list, 'kind')));
  const wasListed = (kind: string) => byKind.has(kind) || listKinds.has(`${kind}List`);
  const objectsOfServices = wasListed('Service') ? of('Service').map(serviceOf) : undefined;
  return {
    ...takenAt(objects),
    pods,
    events,
    nodes,
    claims,
    rollouts,
    workloads,
    services: objectsOfServices,
    ...clusterObjectsOf(of, wasListed),
  };
}

/** NaN where it contains no time. */
function takenAt(objects: readonly JsonObject[]): Pick<Platform, 'takenUs' | 'isTimeTold'> {
  const asked = askedUs(objects);
  if (asked.length > 0) return { takenUs: asked.reduce((first, us) => Math.min(first, us)), isTimeTold: true };
  const latest = objects.find((object) => textIn(object, 'kind') === 'Latest') ?? {};
  return { takenUs: instantIn(latest, 'at'), isTimeTold: false };
}

/** Pages and repeated requests may contain an object twice: the newest counts. In order of their names. */
function distinct(objects: readonly JsonObject[]): readonly JsonObject[] {
  const known = new Map<string, JsonObject>();
  for (const object of objects) {
    const { namespace, name } = namedBy(object);
    known.set(`${namespace}/${name}`, object);
  }
  return [...known].sort(([a], [b]) => compareTexts(a, b)).map(([, object]) => object);
}

/** The owner of each ReplicaSet. */
function ownersOf(replicaSets: readonly JsonObject[]): ReadonlyMap<string, ObjectName> {
  return new Map(
    replicaSets.flatMap((replicaSet) => {
      const { namespace, name } = namedBy(replicaSet);
      const owner = ownerOf(replicaSet);
      return owner === undefined ? [] : [[`${namespace}/${name}`, owner] as const];
    }),
  );
}

function podOf(pod: JsonObject, owners: ReadonlyMap<string, ObjectName>, services: LeadingTo): Pod {
  const { namespace, name } = namedBy(pod);
  const metadata = objectIn(pod, 'metadata');
  const [spec, status] = [objectIn(pod, 'spec'), objectIn(pod, 'status')];
  const direct = ownOwner(pod) ?? { kind: 'Pod', namespace, name };
  const replicaSet = direct.kind === 'ReplicaSet' ? direct.name : '';
  const owner = owners.get(`${namespace}/${replicaSet}`) ?? (replicaSet === '' ? direct : deploymentNamed(direct));
  return {
    namespace,
    name,
    uid: textIn(metadata, 'uid'),
    services: serviceNames(pod, owner, services),
    owner,
    replicaSet,
    labels: textsIn(metadata, 'labels'),
    scheduler: textIn(spec, 'schedulerName').replace(/^default-scheduler$/, ''),
    node: textIn(spec, 'nodeName'),
    phase: textIn(status, 'phase'),
    reason: textIn(status, 'reason'),
    message: textIn(status, 'message'),
    createdUs: instantIn(metadata, 'creationTimestamp'),
    deletedUs: instantIn(metadata, 'deletionTimestamp'),
    finalizers: namesIn(metadata, 'finalizers'),
    conditions: conditionsIn(status),
    containers: [...containersOf(spec, status, true), ...containersOf(spec, status, false)],
  };
}

/**
 * A static pod is made by its node, which is not what it serves: its name ends with the node's.
 *
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
function ownOwner(pod: JsonObject): ObjectName | undefined {
  const owner = ownerOf(pod);
  if (owner?.kind !== 'Node') return owner;
  const { namespace, name } = namedBy(pod);
  const isOfNode = name.endsWith(`-${owner.name}`);
  return { kind: 'Pod', namespace, name: isOfNode ? name.slice(0, -owner.name.length - 1) : name };
}

/** The Services that lead to a pod with such labels, in order of their names. */
type LeadingTo = (namespace: string, labels: Readonly<Record<string, string>>) => readonly JsonObject[];

/** With more Services, nobody knows which one is meant. */
const MOST_LEADING = 20;

/** Each Service stands under the rarest pair of its selector, so that a pod is compared with few of them. */
function servicesBySelector(services: readonly JsonObject[]): LeadingTo {
  const selecting = services.flatMap((service, place) => {
    const selector = objectIn(objectIn(service, 'spec'), 'selector');
    const pairs = Object.entries(selector).map(([name, value]) => pairKey(namedBy(service).namespace, name, value));
    return pairs.length === 0 ? [] : [{ service, place, selector, pairs }];
  });
  const counts = new Map<string, number>();
  for (const { pairs } of selecting) for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  const rarest = (pairs: readonly string[]) =>
    pairs.reduce((a, b) => ((counts.get(b) ?? 0) < (counts.get(a) ?? 0) ? b : a));
  const byPair = Map.groupBy(selecting, ({ pairs }) => rarest(pairs));
  return (namespace, labels) =>
    Object.entries(labels)
      .flatMap(([name, value]) => byPair.get(pairKey(namespace, name, value)) ?? [])
      .filter(({ selector }) => selects(selector, labels))
      .sort((a, b) => a.place - b.place)
      .slice(0, MOST_LEADING)
      .map(({ service }) => service);
}

function pairKey(namespace: string, name: string, value: unknown): string {
  return JSON.stringify([namespace, name, value]);
}

/** Where the ReplicaSet itself was not to be had, its name is the Deployment's with a hash. */
function deploymentNamed({ namespace, name }: ObjectName): ObjectName {
  return { kind: 'Deployment', namespace, name: name.replace(/-[a-z0-9]{1,10}$/, '') };
}

/**
 * As OpenTelemetry's operator finds the name, then by the labels that charts set, the Services that lead to it, and what
 * made it (https://opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes/).
 */
function serviceNames(pod: JsonObject, owner: ObjectName, services: LeadingTo): readonly string[] {
  const metadata = objectIn(pod, 'metadata');
  const labels = textsIn(metadata, 'labels');
  const leading = services(namedBy(pod).namespace, labels);
  const names = [
    ...variables(pod, 'OTEL_SERVICE_NAME'),
    textIn(objectIn(metadata, 'annotations'), 'resource.opentelemetry.io/service.name'),
    ...variables(pod, 'OTEL_RESOURCE_ATTRIBUTES').map((all) => /(?:^|,)service\.name=([^,]+)/.exec(all)?.[1] ?? ''),
    labels['app.kubernetes.io/name'] ?? '',
    labels.app ?? '',
    labels['k8s-app'] ?? '',
    ...leading.map((service) => namedBy(service).name),
    owner.name,
  ];
  return [...new Set(names.filter((name) => name !== ''))];
}

function variables(pod: JsonObject, wanted: string): readonly string[] {
  return objectsIn(objectIn(pod, 'spec'), 'containers')
    .flatMap((container) => objectsIn(container, 'env'))
    .filter((variable) => textIn(variable, 'name') === wanted)
    .map((variable) => textIn(variable, 'value'));
}

function containersOf(spec: JsonObject, status: JsonObject, isInit: boolean): readonly Container[] {
  const statuses = new Map(
    // The first of a name counts, as everywhere.
    objectsIn(status, isInit ? 'initContainerStatuses' : 'containerStatuses')
      .toReversed()
      .map((one) => [textIn(one, 'name'), one]),
  );
  return objectsIn(spec, isInit ? 'initContainers' : 'containers').map((container) => {
    const name = textIn(container, 'name');
    const said = statuses.get(name) ?? {};
    const resources = objectIn(container, 'resources');
    const last = objectIn(objectIn(said, 'lastState'), 'terminated');
    return {
      name,
      image: textIn(container, 'image'),
      isInit,
      isReady: said.ready === true,
      restarts: numberIn(said, 'restartCount'),
      state: stateIn(objectIn(said, 'state')),
      last: Object.keys(last).length === 0 ? undefined : terminated(last),
      limits: resourcesIn(resources, 'limits'),
      requests: resourcesIn(resources, 'requests'),
      ports: portsOf(container),
      probes: probesOf(container),
      addresses: addressesOf(container),
    };
  });
}

/** Before the kubelet says anything, a container waits. */
function stateIn(state: JsonObject): ContainerState {
  if (isObject(state.running)) return { is: 'running', startedUs: instantIn(state.running, 'startedAt') };
  if (isObject(state.terminated)) return terminated(state.terminated);
  const waiting = objectIn(state, 'waiting');
  return { is: 'waiting', reason: textIn(waiting, 'reason'), message: textIn(waiting, 'message') };
}

function terminated(state: JsonObject): Terminated {
  return {
    is: 'terminated',
    reason: textIn(state, 'reason'),
    message: textIn(state, 'message').trim(),
    exitCode: numberIn(state, 'exitCode'),
    signal: numberIn(state, 'signal'),
    startedUs: instantIn(state, 'startedAt'),
    finishedUs: instantIn(state, 'finishedAt'),
  };
}

/** For both APIs: `core/v1` counts, `events.k8s.io/v1` may have a series, or neither. */
function eventOf(event: JsonObject): PlatformEvent {
  const about = { ...objectIn(event, 'involvedObject'), ...objectIn(event, 'regarding') };
  const series = objectIn(event, 'series');
  const seen = [
    instantIn(event, 'firstTimestamp'),
    instantIn(event, 'deprecatedFirstTimestamp'),
    instantIn(event, 'eventTime'),
    instantIn(event, 'lastTimestamp'),
    instantIn(event, 'deprecatedLastTimestamp'),
    instantIn(series, 'lastObservedTime'),
  ].filter(Number.isFinite);
  const madeUs = instantIn(objectIn(event, 'metadata'), 'creationTimestamp');
  const counts = [numberIn(event, 'count'), numberIn(event, 'deprecatedCount'), numberIn(series, 'count'), 1];
  return {
    about: {
      kind: textIn(about, 'kind'),
      namespace: textIn(about, 'namespace'),
      name: textIn(about, 'name'),
      uid: textIn(about, 'uid'),
    },
    container: /^spec\.(?:init|ephemeral)?[cC]ontainers\{(.+)\}$/.exec(textIn(about, 'fieldPath'))?.[1] ?? '',
    reason: textIn(event, 'reason'),
    message: (textIn(event, 'message') || textIn(event, 'note')).trim(),
    isWarning: textIn(event, 'type') === 'Warning',
    count: Math.max(...counts),
    firstUs: seen.length > 0 ? Math.min(...seen) : madeUs,
    lastUs: seen.length > 0 ? Math.max(...seen) : madeUs,
  };
}

function nodeOf(node: JsonObject): PlatformNode {
  const [spec, status] = [objectIn(node, 'spec'), objectIn(node, 'status')];
  const labels = textsIn(objectIn(node, 'metadata'), 'labels');
  return {
    name: namedBy(node).name,
    conditions: conditionsIn(status),
    allocatable: resourcesIn(status, 'allocatable'),
    taints: objectsIn(spec, 'taints').map(taintText),
    isCordoned: spec.unschedulable === true,
    isControlPlane: isControlPlane(labels),
    // The second form was replaced in Kubernetes 1.17.
    zone: labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '',
  };
}

/** As kubeadm and most installers label it; `kubernetes.io/role` is the older form. */
function isControlPlane(labels: Readonly<Record<string, string>>): boolean {
  return (
    'node-role.kubernetes.io/control-plane' in labels ||
    'node-role.kubernetes.io/master' in labels ||
    /^(?:master|control-?plane)$/.test(labels['kubernetes.io/role'] ?? '')
  );
}

function taintText(taint: JsonObject): string {
  const value = textIn(taint, 'value');
  return `${textIn(taint, 'key')}${value === '' ? '' : `=${value}`}:${textIn(taint, 'effect')}`;
}
