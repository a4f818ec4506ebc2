/** Which tags name a service, its pods or its machine, and how a series' tags are labels. */
import type { ResultSeries } from './answers.ts';

/** Tags with a service's own name, the most reliable first. */
const SERVICE_TAGS = [
  ...['service_name', 'service.name', 'service', 'app', 'application', 'deployment', 'deployment_name'],
  ...['com.docker.compose.service', 'com.docker.swarm.service.name', 'container_name', 'container', 'job'],
  ...['queue', 'group', 'pattern', 'process_name'],
];
const POD_TAGS = ['pod_name', 'pod'];
export const NAMING_TAGS: readonly string[] = [...SERVICE_TAGS, ...POD_TAGS];
export const HOST_TAGS: readonly string[] = ['host', 'node_name'];

/** By measurement: the tag that names the service there, and its values. */
export type Naming = ReadonlyMap<string, Readonly<{ tag: string; values: readonly string[] }>>;

/** A service with more pods is queried without the rest of them. */
const MOST_VALUES = 50;

/** Without services, all that have such a tag. */
export function namingIn(series: readonly ResultSeries[], services: readonly string[]): Naming {
  return new Map(
    series.flatMap(({ name, values }) => {
      const tag = NAMING_TAGS.find((one) => values.some(([key, value]) => key === one && isOf(value, one, services)));
      if (tag === undefined) return [];
      const own = values.flatMap(([key, value]) => (key === tag && isOf(value, tag, services) ? [`${value}`] : []));
      return [[name, { tag, values: own.slice(0, MOST_VALUES) }] as const];
    }),
  );
}

function isOf(value: unknown, tag: string, services: readonly string[]): boolean {
  if (typeof value !== 'string' || value === '') return false;
  if (services.length === 0) return true;
  if (POD_TAGS.includes(tag)) return services.some((service) => isPodOf(value, service));
  return services.includes(tag === 'job' ? value.slice(value.lastIndexOf('/') + 1) : value);
}

/** `checkout-5f6585d649-fnmft` and `checkout-0`, and not `checkout-worker-0`. */
function isPodOf(pod: string, service: string): boolean {
  return pod === service || (pod.startsWith(`${service}-`) && POD_END.test(pod.slice(service.length)));
}

/** Kubernetes writes pod ids without vowels. */
const POD_END = /^(?:-[bcdf-hj-np-tv-xz0-9]{5,10})?-(?:[bcdf-hj-np-tv-xz0-9]{5}|\d{1,4})$/;

/** Machines by the tag that names them. */
export function hostLabels(series: readonly ResultSeries[], most: number): ReadonlyMap<string, readonly string[]> {
  const found = series.flatMap(({ values }) =>
    values.flatMap(([key, value]) => (typeof key === 'string' && typeof value === 'string' ? [{ key, value }] : [])),
  );
  const groups = [...Map.groupBy(found, ({ key }) => key)];
  return new Map(
    groups.map(([key, own]) => [key, [...new Set(own.map(({ value }) => value))].sort().slice(0, most)] as const),
  );
}

/** Telegraf's names of what other systems call otherwise. */
const LABELS: Readonly<Record<string, string>> = {
  host: 'host_name',
  node_name: 'node',
  'com.docker.compose.service': 'service',
  'com.docker.swarm.service.name': 'service',
  container_name: 'container',
  process_name: 'service',
  pattern: 'service',
  server: 'instance',
  path: 'mountpoint',
};

/** One series for each column after the time. Its name is the alias of the query: `node:cpu_share;usage_idle`. */
export function seriesOf({ name, tags, columns, values }: ResultSeries) {
  const labels = Object.entries(tags).map(([tag, text]) => [labelOf(tag, name), text] as const);
  return columns.slice(1).flatMap((column, at) => {
    const [series = '', field = ''] = column.split(';');
    const points = values.flatMap(([ms, ...row]) => {
      const number = row[at];
      return typeof ms === 'number' && typeof number === 'number' ? [[ms / 1_000, `${number}`] as const] : [];
    });
    // A name as in Prometheus says itself what it is.
    const metric = series.includes(':') ? { metric: `${name}.${field}` } : {};
    return points.length === 0
      ? []
      : [{ metric: { ...Object.fromEntries(labels), ...metric, __name__: series }, values: points }];
  });
}

/** `path` is a mount point only where disks are measured. */
function labelOf(tag: string, measurement: string): string {
  if (tag === 'path' && measurement !== 'disk') return tag;
  return LABELS[tag] ?? tag.replaceAll(/[^A-Za-z\d]+/g, '_');
}
