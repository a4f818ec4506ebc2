/**
 * Which instance wrote a log line: a pod, a service instance, a container or a host. Stores name it in labels, services
 * in the fields of a JSON line.
 */
import type { LogLine } from '#model/logs/log-line.ts';
import { fieldsIn } from '#model/logs/log-text.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';

/** Attributes of a resource, and their names in lines without separators: `k8s_pod_name`, `kubernetes.pod_name`, `pod`. */
const NAMES: Readonly<Record<string, ReadonlySet<string>>> = {
  'k8s.pod.name': new Set(['k8spodname', 'kubernetespodname', 'podname', 'pod', 'replicaname', 'containergroupname']),
  'service.instance.id': new Set(['serviceinstanceid', 'instanceid', 'instance']),
  'container.id': new Set(['containerid', 'kubernetescontainerid', 'kubernetesdockerid', 'dockercontainerid']),
  'host.name': new Set(['hostname', 'host', 'hosthostname']),
};
const HOST = 'host.name';

/** How exporters begin the names of a resource's attributes. */
const PREFIX = /^resource(?:attributes?)?/;

type Named = Readonly<Record<string, string>>;

/**
 * Whether the line names another instance than the resource, by the same attribute. False where either of them names
 * none: the line may then be of any instance.
 */
export function isOfOtherInstance(line: LogLine, resource: Attributes): boolean {
  const own = instanceOf(resource);
  if (Object.keys(own).length === 0) return false;
  const named = instanceIn(line);
  const both = Object.keys(named).filter((attribute) => own[attribute] !== undefined);
  const narrow = both.filter((attribute) => attribute !== HOST && areOfOneForm(own[attribute], named[attribute]));
  if (narrow.length > 0) return !narrow.every((attribute) => areOne(own[attribute], named[attribute]));
  const host = named[HOST];
  if (host === undefined || own[HOST] === undefined || !areOfOneForm(own[HOST], host)) return false;
  // In a pod, the host of a line is the pod or its node.
  const hosts = [own[HOST], own['k8s.pod.name'], canonicalText(resource, 'k8s.node.name')];
  return !hosts.some((one) => one !== undefined && areOne(one, host));
}

/** Whether both name the same instance, a host aside: it runs many. */
export function isOfThisInstance(line: LogLine, resource: Attributes): boolean {
  const [own, named] = [instanceOf(resource), instanceIn(line)];
  return Object.keys(own).some((attribute) => attribute !== HOST && areOne(own[attribute], named[attribute]));
}

/** The instance that the line names, a host aside; empty where it names none. */
export function instanceNamed(line: LogLine): string {
  return Object.entries(instanceIn(line)).find(([attribute]) => attribute !== HOST)?.[1] ?? '';
}

const ofResources = new WeakMap<Attributes, Named>();

function instanceOf(resource: Attributes): Named {
  const known = ofResources.get(resource);
  if (known !== undefined) return known;
  const named: Record<string, string> = {};
  for (const attribute of Object.keys(NAMES)) {
    const name = plain(canonicalText(resource, attribute));
    if (name !== '') named[attribute] = name;
  }
  ofResources.set(resource, named);
  return named;
}

const ofLines = new WeakMap<LogLine, Named>();

function instanceIn(line: LogLine): Named {
  const known = ofLines.get(line);
  if (known !== undefined) return known;
  const named: Record<string, string> = {};
  for (const [path, value] of [...Object.entries(line.labels), ...fieldsIn(line.line)]) {
    const attribute = attributeOf(path);
    // The store's label comes first: it is the collector's.
    if (attribute !== undefined && value !== '') named[attribute] ??= plain(value);
  }
  ofLines.set(line, named);
  return named;
}

function attributeOf(path: string): string | undefined {
  if (path.length > LONGEST_NAME) return undefined;
  const name = path
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .replace(PREFIX, '');
  return Object.keys(NAMES).find((attribute) => NAMES[attribute]?.has(name) === true);
}

const LONGEST_NAME = 60;

/** Prometheus writes an instance with its port. */
function plain(name: string): string {
  return name.toLowerCase().replace(/:\d{1,5}$/, '');
}

/** A short name and a full one: `web-1` and `web-1.shop.internal`, or a container id and its first 12 digits. */
function areOne(one = '', other = ''): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short === long || long.startsWith(`${short}.`) || (SHORT_ID.test(short) && long.startsWith(short));
}

/** Docker writes the first 12 digits of a container's id. */
const SHORT_ID = /^[\da-f]{12}$/;

/** A UUID and an address may name the same instance, and so may a pod and its node. */
function areOfOneForm(one = '', other = ''): boolean {
  return FORMS.findIndex((form) => form.test(one)) === FORMS.findIndex((form) => form.test(other));
}

const FORMS = [
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/,
  /^\d{1,3}(?:\.\d{1,3}){3}$/,
  /^[\da-f]{12}$|^[\da-f]{64}$/,
  // Kubernetes makes a pod's suffix of five letters and digits without vowels.
  /^[a-z][a-z\d.-]{0,200}-[bcdfghjklmnpqrstvwxz2456789]{4,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
];
