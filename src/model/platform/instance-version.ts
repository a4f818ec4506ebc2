/**
 * Which version of its service an instance runs, by the labels of a series, a line or a span's resource.
 *
 *   pod-template-hash, or the pod's name    checkout-7c5f94b75d-8gnvt     the most exact: a setting has one, too
 *   version, service.version, image tag     v2, 1.14.0, sha-7c41e0b
 *   track, or the end of a name             canary, checkout-primary      Argo Rollouts, Flagger
 */

export type InstanceVersion = Readonly<{
  /** The pod or process; empty where only versions are counted. */
  instance: string;
  /** The most exact name of its version. */
  version: string;
  /** All names of its version, the most exact first. */
  names: readonly string[];
  /** The machine below; empty where no label names it. */
  node: string;
}>;

type Labels = Readonly<Record<string, unknown>>;

/** Undefined where no label names a version. */
export function versionOf(labels: Labels, service: string): InstanceVersion | undefined {
  const plain = plainLabels(labels);
  const first = (is: RegExp) => plain.find(([name, value]) => value !== '' && is.test(name))?.[1] ?? '';
  const pod = first(OF_PODS);
  const host = first(OF_HOSTS);
  const instance = pod || (hashOf(host) === '' ? first(OF_INSTANCES) : host);
  const workload = workloadOf(instance);
  const names = [
    first(OF_HASHES),
    hashOf(`${first(OF_REPLICA_SETS)}-aaaaa`),
    hashOf(instance),
    ...plain.flatMap(([name, value]) => (OF_VERSIONS.test(name) ? [value] : [])),
    ...plain.flatMap(([name, value]) => (OF_IMAGES.test(name) ? [tagOf(value)] : [])),
    ...plain.flatMap(([name, value]) => (OF_TRACKS.test(name) && TRACK.test(value) ? [value] : [])),
    endOf(workload),
    endOf(service),
  ].filter((name) => name !== '' && !/^(?:latest|unknown|none)$/i.test(name));
  const [version] = names;
  return version === undefined ? undefined : { instance, version, names: [...new Set(names)], node: first(OF_NODES) };
}

/** `checkout-canary`, `checkout-primary` and `checkout-v2` are deployments of `checkout`. */
export function familyOf(service: string): string {
  return service.replace(END, '');
}

/** Whether a label says which instance, version or machine it is about, and not what it measures. */
export function isOfInstance(label: string): boolean {
  const name = plainName(label);
  return (
    OF_ONE.test(name) || [OF_PODS, OF_HOSTS, OF_INSTANCES, OF_NODES].some((is) => is.test(name)) || isOfVersion(name)
  );
}

function isOfVersion(name: string): boolean {
  return [OF_HASHES, OF_REPLICA_SETS, OF_VERSIONS, OF_IMAGES, OF_TRACKS].some((is) => is.test(name));
}

/** Names with the same meaning: `k8s.pod.name`, `kubernetes_pod_name`, `label_pod_template_hash`. */
function plainLabels(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(labels).map(([name, value]) => [
    plainName(name),
    // The tags of an image are a list.
    String(Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).replace(/^\["?|"?\]$/g, ''),
  ]);
}

function plainName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .replace(/^(?:resource(?:attributes?)?|kubernetes|k8s|labels?)+/, '');
}

const OF_HASHES = /(?:podtemplatehash|templatehash|controllerrevisionhash)$/;
const OF_REPLICA_SETS = /^replicaset(?:name)?$/;
const OF_PODS = /^pod(?:name)?$/;
const OF_HOSTS = /^(?:hostname|host)$/;
const OF_INSTANCES = /^(?:serviceinstanceid|instanceid|instance)$/;
const OF_NODES = /^node(?:name)?$/;
/**
 * Not the version of the caller, of a library or of a kernel. `revision_name`: Cloud Run and Azure Container Apps,
 * `serving.knative.dev/revision`: Knative, `version_id`: App Engine, `function_version`: AWS Lambda.
 */
const OF_VERSIONS =
  /^(?:(?:destination|service|app|application|deployment|workload|release|image|container|build|git|pod|dd|function|servingknativedev)*(?:canonical)?(?:version(?:id)?|revision(?:names?)?|imagetags?|sha|commit)|release|build(?:id)?|appkubernetesioversion)$/;
const OF_IMAGES = /^(?:container)?image(?:name|ref)?$/;
const OF_TRACKS = /^(?:deployment)?(?:track|role|variant|color|slot)$/;
const TRACK = /^(?:canary|stable|primary|baseline|preview|active|blue|green)$/i;
/** What else differs between two pods of one service. */
const OF_ONE =
  /^(?:containerid|id|uid|poduid|podip|hostip|ip|workload|destinationworkload|deployment|deploymentname|name|container|containername)$/;

/** The hash of a ReplicaSet's template in the name of its pod; empty where the name has another form. */
function hashOf(pod: string): string {
  return OF_REPLICA.exec(pod)?.[1] ?? '';
}

/** Kubernetes writes hashes without vowels; other tools write hexadecimal ones. The minutes since 1970 name a CronJob’s run. */
const OF_REPLICA =
  /-(?!(?:2[6-9]|3[0-3])\d{6}-)([bcdf-hj-np-tv-z0-9]{6,10}|(?=[a-z]{0,9}\d)[a-z0-9]{4,10})-[a-z0-9]{4,5}$/;

function workloadOf(pod: string): string {
  return pod.replace(OF_REPLICA, '');
}

const END = /[-_](?:(v\d{1,4}(?:[.-]\d{1,4}){0,2})|(canary|stable|primary|baseline|preview|blue|green))$/i;

function endOf(name: string): string {
  const found = END.exec(name);
  return found?.[1] ?? found?.[2] ?? '';
}

/** The tag of an image: `registry/checkout:1.14.0` → `1.14.0`. */
function tagOf(image: string): string {
  return /:([\w][\w.-]{0,127})$/.exec(image.replace(/@sha256:[0-9a-f]+$/, ''))?.[1] ?? '';
}
