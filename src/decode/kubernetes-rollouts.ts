/** The revisions of Deployments, from their ReplicaSets, with the differences from the previous revision. */

import { instantIn, numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { orderedText, resourcesIn } from '#decode/kubernetes-values.ts';
import { replicasIn } from '#decode/kubernetes-workloads.ts';
import type { Pod, Rollout } from '#model/platform/platform.ts';
import type { JsonObject } from '#model/text/json-object.ts';

type Revision = Omit<Rollout, 'differences'> & Readonly<{ template: JsonObject }>;

export function rolloutsOf(replicaSets: readonly JsonObject[], pods: readonly Pod[]): readonly Rollout[] {
  const podOf = new Map(pods.map((pod) => [`${pod.namespace}/${pod.owner.name}`, pod]));
  const podsOf = Map.groupBy(pods, (pod) => `${pod.namespace}/${pod.replicaSet}`);
  const revisions = replicaSets.flatMap((replicaSet) => revisionOf(replicaSet, { podOf, podsOf }));
  const byDeployment = Map.groupBy(revisions, ({ namespace, deployment }) => `${namespace}/${deployment}`);
  return [...byDeployment.values()].flatMap((own) => {
    const inOrder = own.toSorted((a, b) => a.revision - b.revision || a.createdUs - b.createdUs);
    return inOrder.map(({ template, ...revision }, at) => {
      const before = inOrder[at - 1];
      return { ...revision, differences: before === undefined ? [] : differencesOf(before.template, template) };
    });
  });
}

type Known = Readonly<{
  /** By namespace and Deployment, one of its pods. */
  podOf: ReadonlyMap<string, Pod>;
  /** By namespace and ReplicaSet. */
  podsOf: ReadonlyMap<string, readonly Pod[]>;
}>;

function revisionOf(replicaSet: JsonObject, { podOf, podsOf }: Known): Revision[] {
  const metadata = objectIn(replicaSet, 'metadata');
  const owner = objectsIn(metadata, 'ownerReferences').find((one) => OWNERS.has(textIn(one, 'kind')));
  if (owner === undefined) return [];
  const [namespace, deployment] = [textIn(metadata, 'namespace'), textIn(owner, 'name')];
  const annotations = objectIn(metadata, 'annotations');
  const mine = podOf.get(`${namespace}/${deployment}`);
  const name = textIn(metadata, 'name');
  const [spec, status] = [objectIn(replicaSet, 'spec'), objectIn(replicaSet, 'status')];
  const template = objectIn(spec, 'template');
  const listed = (podsOf.get(`${namespace}/${name}`) ?? []).filter(({ deletedUs }) => !Number.isFinite(deletedUs));
  return [
    {
      namespace,
      deployment,
      services: mine?.services ?? [deployment],
      replicaSet: name,
      uid: textIn(metadata, 'uid'),
      wanted: replicasIn(spec),
      made: 'replicas' in status ? numberIn(status, 'replicas') : listed.length,
      // Pods come one after another: it is complete with the last one.
      lastMadeUs: listed.reduce(
        (last, { createdUs }) => (createdUs > last ? createdUs : last),
        Number.NEGATIVE_INFINITY,
      ),
      revision: numberIn(
        annotations,
        `${textIn(owner, 'kind') === 'Rollout' ? ARGO : 'deployment.kubernetes.io'}/revision`,
      ),
      createdUs: instantIn(metadata, 'creationTimestamp'),
      cause: textIn(annotations, 'kubernetes.io/change-cause'),
      containers: objectsIn(objectIn(template, 'spec'), 'containers').map((container) => ({
        name: textIn(container, 'name'),
        image: textIn(container, 'image'),
        limits: resourcesIn(objectIn(container, 'resources'), 'limits'),
        requests: resourcesIn(objectIn(container, 'resources'), 'requests'),
      })),
      template,
    },
  ];
}

/** Argo Rollouts makes ReplicaSets as a Deployment does. */
const OWNERS: ReadonlySet<string> = new Set(['Deployment', 'Rollout']);
const ARGO = 'rollout.argoproj.io';

/** `image of payment from …:1.4.1 to …:1.4.2`, `environment of payment: DB_HOST`: a sentence each, without values. */
function differencesOf(before: JsonObject, now: JsonObject): readonly string[] {
  const [old, young] = [objectIn(before, 'spec'), objectIn(now, 'spec')];
  const known = new Map(objectsIn(old, 'containers').map((container) => [textIn(container, 'name'), container]));
  const differences = objectsIn(young, 'containers').flatMap((container) => {
    const name = textIn(container, 'name');
    const earlier = known.get(name);
    known.delete(name);
    return earlier === undefined ? [`container ${name} is new`] : containerDifferences(name, earlier, container);
  });
  const gone = [...known.keys()].map((name) => `container ${name} is gone`);
  const isElse = orderedText(withoutContainers(old)) !== orderedText(withoutContainers(young));
  const restarted = textIn(objectIn(objectIn(now, 'metadata'), 'annotations'), RESTARTED);
  const wasRestarted =
    restarted !== '' && restarted !== textIn(objectIn(objectIn(before, 'metadata'), 'annotations'), RESTARTED);
  return [
    ...differences,
    ...gone,
    ...(isElse ? ['settings of the pod'] : []),
    ...(wasRestarted ? ['a restart that somebody requested'] : []),
  ];
}

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

function withoutContainers({ containers: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

const PARTS = [
  ['resources', 'resources'],
  ['command', 'command'],
  ['args', 'command'],
  ['livenessProbe', 'probes'],
  ['readinessProbe', 'probes'],
  ['startupProbe', 'probes'],
  ['ports', 'ports'],
  ['volumeMounts', 'mounts'],
  ['envFrom', 'environment'],
] as const;

function containerDifferences(name: string, before: JsonObject, now: JsonObject): readonly string[] {
  const images = [textIn(before, 'image'), textIn(now, 'image')];
  const variables = changedVariables(before, now);
  const parts = PARTS.filter(([part]) => orderedText(before[part]) !== orderedText(now[part])).map(([, said]) => said);
  return [
    ...(images[0] === images[1] ? [] : [`image of ${name} from ${images[0]} to ${images[1]}`]),
    ...(variables.length === 0 ? [] : [`environment of ${name}: ${variables.join(', ')}`]),
    ...[...new Set(parts)].map((part) => `${part} of ${name}`),
  ];
}

function changedVariables(before: JsonObject, now: JsonObject): readonly string[] {
  const texts = (container: JsonObject) =>
    new Map(objectsIn(container, 'env').map((variable) => [textIn(variable, 'name'), orderedText(variable)]));
  const [old, young] = [texts(before), texts(now)];
  return [...new Set([...old.keys(), ...young.keys()])].filter((name) => old.get(name) !== young.get(name)).sort();
}
