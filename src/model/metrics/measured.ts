/**
 * Series by their meaning: counters become rates, units become those of the concept, usage is divided by its limit.
 * Detectors read this instead of metric names.
 *
 *  container_cpu_usage_seconds_total ─► cpu_used, cores ─┐
 *  kube_pod_container_resource_limits ─► cpu_limit ──────┴─► cpu_share of 1
 */

import { firstPlace } from '#core/first-place.ts';
import { withoutDeltas } from '#model/metrics/cloud-deltas.ts';
import { cloudResource } from '#model/metrics/cloud-labels.ts';
import { histogramAnswers } from '#model/metrics/histograms.ts';
import { type Concept, type Meaning, meaningOf, plainName, type Scope } from '#model/metrics/metric-names.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { labelIn, serviceOfCluster } from '#model/metrics/series-labels.ts';
import { placeInLabels } from '#model/platform/place-labels.ts';
import { compareTexts } from '#model/text/compare-texts.ts';

export type Measured = Readonly<{
  concept: Concept;
  scope: Scope;
  /** Empty where the labels name none. */
  service: string;
  /** The pod, process, node or server. */
  instance: string;
  /** Its part: a pool, a mount point, a queue, an operation. Empty for the whole. */
  part: string;
  /** The metric's name in its store. */
  metric: string;
  labels: Readonly<Record<string, string>>;
  /** Microseconds since the epoch, ascending. */
  atUs: Float64Array;
  values: Float64Array;
}>;

/** In order of service, instance, concept and part. Series without a known meaning are left out. */
export function measured(series: readonly Series[]): readonly Measured[] {
  const known = MEASURED.get(series) ?? measuredAnew(series);
  MEASURED.set(series, known);
  return known;
}

/** Several detectors read the same. */
const MEASURED = new WeakMap<readonly Series[], readonly Measured[]>();

function measuredAnew(raw: readonly Series[]): readonly Measured[] {
  const series = withoutDeltas(raw);
  const areShares = percentagesAreShares(series);
  const read = withTraefikNames([...series, ...histogramAnswers(series)]);
  const plain = withoutPageCache(inItsRange(withSets(read.flatMap((one) => plainOf(one, areShares)))));
  const averages = [...Map.groupBy(plain, (one) => (one.isOfMany ? keyOf(one) : one)).values()].map(averaged);
  const whole = collecting(averages);
  const credits = whole.flatMap(creditsUsed);
  return byPeriods([...whole, ...credits, ...SHARES.flatMap((share) => sharesOf(whole, share))]).sort(
    (a, b) =>
      compareTexts(a.service, b.service) ||
      compareTexts(a.instance, b.instance) ||
      compareTexts(a.concept, b.concept) ||
      compareTexts(a.part, b.part) ||
      compareTexts(a.metric, b.metric),
  );
}

/** Traefik names a service of Kubernetes `<namespace>-<service>-<port>@kubernetes`, and `…@kubernetescrd` for its own kinds. */
const OF_TRAEFIK = /^(.+)-[^-@]+@kubernetes(?:crd|gateway)?$/;

/** The namespace may have several parts: those that all names share. */
function withTraefikNames(all: readonly Series[]): readonly Series[] {
  const names = new Set(all.flatMap(({ labels }) => OF_TRAEFIK.exec(labels.service ?? '')?.[1] ?? []));
  if (names.size === 0) return all;
  const parts = [...names].map((name) => name.split('-'));
  const shared = (at: number) => parts.every((one) => one.length > at + 1 && one[at] === parts[0]?.[at]);
  let dropped = 1;
  while (names.size > 1 && shared(dropped)) dropped += 1;
  return all.map((one) => {
    const name = OF_TRAEFIK.exec(one.labels.service ?? '')?.[1]?.split('-') ?? [];
    return name.length <= dropped ? one : { ...one, labels: { ...one.labels, service: name.slice(dropped).join('-') } };
  });
}

type Plain = Measured & Readonly<{ isOfMany: boolean }>;

/** `orders-cache-0`, the first pod of the set `orders-cache`. */
const OF_SET = /^(.+)-\d{1,2}$/;

/**
 * A pod of a StatefulSet has the name of the set and its number, from 0 on, and Prometheus asks the exporter in the pod by
 * that name: `orders-cache-0:9121`. The set is the service.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 */
function withSets(all: readonly Plain[]): readonly Plain[] {
  const isOfExporter = ({ service, labels: { instance = '' } }: Plain) =>
    instance !== service && withoutPort(instance) === service;
  const names = new Set(all.filter(isOfExporter).map(({ service }) => service));
  const setOf = (one: Plain) => {
    const set = isOfExporter(one) ? OF_SET.exec(one.service)?.[1] : undefined;
    return set !== undefined && names.has(`${set}-0`) ? set : one.service;
  };
  return all.map((one) => ({ ...one, service: setOf(one) }));
}

/** cAdvisor: usage holds the page cache, which the kernel frees when memory is needed; the working set does not. */
const WITH_CACHE = /memory_(?:usage|max_usage)(?:_bytes)?$/;
const WITHOUT_CACHE = /memory_(?:working_set|rss)(?:_bytes)?$/;

/** Where both are known, only what cannot be freed says how much memory is used. */
function withoutPageCache(all: readonly Plain[]): readonly Plain[] {
  const place = ({ service, instance }: Plain) => `${service}\n${instance}`;
  const isOf = ({ concept, metric }: Plain, name: RegExp) => concept === 'memory_used' && name.test(plainName(metric));
  const exact = new Set(all.filter((one) => isOf(one, WITHOUT_CACHE)).map(place));
  return all.filter((one) => !isOf(one, WITH_CACHE) || !exact.has(place(one)));
}

/** The kernel adds up for how long each CPU stood, so the seconds may be more than have passed (cgroup v1, cpu.stat). */
const THROTTLED_SECONDS = /throttled_seconds_total$/;

/** Where the periods are known, they say how often a limit stopped a container. Seconds are at most all of the time. */
function byPeriods(all: readonly Measured[]): Measured[] {
  const place = ({ service, instance }: Measured) => `${service}\n${instance}`;
  const throttled = all.filter(({ concept }) => concept === 'cpu_throttled');
  const counted = new Set(throttled.filter(({ metric }) => !THROTTLED_SECONDS.test(metric)).map(place));
  return all.flatMap((one) => {
    if (one.concept !== 'cpu_throttled' || !THROTTLED_SECONDS.test(one.metric)) return [one];
    return counted.has(place(one)) ? [] : [{ ...one, values: one.values.map((value) => Math.min(1, value)) }];
  });
}

/** Labels with names as in Prometheus: `k8s.pod.name`, `PodName` → `k8s_pod_name`, `pod_name`. */
function plainLabels(labels: Series['labels']): Series['labels'] {
  const names = Object.keys(labels);
  if (names.every((name) => /^[a-z\d_]+$/.test(name))) return labels;
  return { ...Object.fromEntries(names.map((name) => [plainName(name), labels[name] ?? ''])), ...labels };
}

/** A share is at most 1. A CPU may burst over its limit for a moment, but not to five times as much. */
const MOST_OF_SHARE = 5;
const MOST_PERCENT = 1_000;
/** Cores: on a share of a limit, rounding adds a little. */
const WHOLE = 1.05;

/**
 * Names often leave out the unit, so the values of all series of one name tell it: a share above 5 is in percent. A
 * number of cores whose limit nobody knows, and which is never above 1 or never above 100, is a share of the limit.
 */
function inItsRange(all: readonly Plain[]): readonly Plain[] {
  const limited = new Set(all.flatMap(({ concept, scope }) => (concept === 'cpu_limit' ? [scope] : [])));
  return [...Map.groupBy(all, ({ metric, concept }) => `${metric}\n${concept}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { concept, scope, metric } = first;
    const most = own.reduce((high, { values }) => values.reduce((max, value) => Math.max(max, value), high), 0);
    if (concept.endsWith('_share') && most > MOST_OF_SHARE && most <= MOST_PERCENT)
      return own.map((one) => ({ ...one, values: one.values.map((value) => value / 100) }));
    const mayBeShare = concept === 'cpu_used' && OF_SHARES.test(plainName(metric)) && !limited.has(scope);
    if (!mayBeShare || most > 100 * WHOLE || (most > WHOLE && most <= MOST_OF_SHARE)) return own;
    const scale = most > WHOLE ? 0.01 : 1;
    return own.map((one) => ({
      ...one,
      concept: 'cpu_share' as const,
      values: one.values.map((value) => value * scale),
    }));
  });
}

/** A counter of seconds is no share, and names with a unit of cores say it. */
const OF_SHARES = /(?:^|_)cpu_(?:usage|utili[sz]ation)(?:_ratio)?$/;

const OF_PERCENT = /_(?:percent|pct)$/;
/** A little above 1 by rounding, and far below what a busy system has in percent. */
const MOST_SHARE = 1.5;

/**
 * Whether this store writes shares of 1 under names that end in `_percent`. Success rates show it: no system that people
 * use answers less than one request in a hundred.
 */
function percentagesAreShares(series: readonly Series[]): boolean {
  let most = 0;
  for (const one of series) {
    if (!OF_PERCENT.test(one.name) || meaningOf(one)?.isComplement !== true) continue;
    for (const value of one.values) most = Math.max(most, value);
  }
  return most > 0 && most <= 1;
}

function plainOf(raw: Series, areShares: boolean): readonly Plain[] {
  const one = { ...raw, labels: plainLabels(raw.labels) };
  const told = meaningOf(one);
  const isShare = areShares && OF_PERCENT.test(one.name) && one.values.every((value) => value <= MOST_SHARE);
  const meaning = told && isShare ? { ...told, scale: 1 } : told;
  if (meaning === undefined || meaning.kind === 'histogram') return [];
  const { concept, scope } = meaning;
  const metric = one.labels.metric ?? one.name;
  const { atUs, values } = inUnits(one, meaning);
  const instance = instanceOf(one.labels, scope, metric);
  // A node without a name could be any.
  if (values.length === 0 || (scope === 'node' && instance === '')) return [];
  const named = { service: serviceOf(one.labels, metric, scope), instance };
  const part = labelIn(one.labels, PARTS);
  // The exporter numbers a node's CPUs; processes that wait for one are not numbered.
  const isOfMany = scope === 'node' && one.labels.cpu !== undefined;
  return [{ concept, scope, ...named, part, metric, labels: one.labels, atUs, values, isOfMany }];
}

function inUnits({ atUs, values }: Series, { kind, scale, isComplement }: Meaning): Pick<Series, 'atUs' | 'values'> {
  const raw = kind === 'gauge' ? { atUs, values } : rates({ atUs, values });
  const complements = isComplement || kind === 'idle';
  return { atUs: raw.atUs, values: raw.values.map((value) => (complements ? 1 - value * scale : value * scale)) };
}

/** The mean of values measured at the same times. */
function averaged([first, ...more]: readonly Plain[]): Measured {
  if (first === undefined) throw new Error('a group has at least one series');
  const { isOfMany: _, ...one } = first;
  if (more.length === 0) return one;
  const sums = sumsAt([first, ...more]);
  const atUs = Float64Array.from(sums.keys()).sort();
  return { ...one, atUs, values: atUs.map((us) => (sums.get(us)?.sum ?? 0) / (sums.get(us)?.count ?? 1)) };
}

/** By the time, in microseconds since the epoch. */
function sumsAt(
  all: readonly Pick<Measured, 'atUs' | 'values'>[],
): ReadonlyMap<number, { sum: number; count: number }> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { atUs, values } of all) {
    for (const [at, us] of atUs.entries()) {
      const { sum, count } = sums.get(us) ?? { sum: 0, count: 0 };
      sums.set(us, { sum: sum + (values[at] ?? 0), count: count + 1 });
    }
  }
  return sums;
}

/** ZGC and Shenandoah name two beans: work beside the program in `Cycles`, and what stops it in `Pauses`. */
const BESIDE = /\bcycles?\b/i;

/** A runtime has a series for each collector and each cause; together they say how long it stands still. */
function collecting(all: readonly Measured[]): readonly Measured[] {
  const stops = ({ concept, labels }: Measured) =>
    concept !== 'gc_time' || !BESIDE.test(`${labels.gc ?? ''} ${labels.jvm_gc_name ?? ''} ${labels.action ?? ''}`);
  const groups = Map.groupBy(all.filter(stops), (one) =>
    one.concept === 'gc_time' && one.instance !== '' ? `${one.service}\n${keyOf(one)}` : one,
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length === 1) return own;
    const sums = sumsAt(own);
    const atUs = Float64Array.from(sums.keys()).sort();
    return [{ ...first, atUs, values: atUs.map((us) => sums.get(us)?.sum ?? 0) }];
  });
}

/** Which usage belongs to which limit: the first existing limit counts. `free` is the rest of it. */
const SHARES: readonly Readonly<{ used: Concept; of: Concept; share: Concept; isFree?: true }>[] = [
  { used: 'cpu_used', of: 'cpu_limit', share: 'cpu_share' },
  { used: 'cpu_throttled_periods', of: 'cpu_periods', share: 'cpu_throttled' },
  { used: 'memory_used', of: 'memory_limit', share: 'memory_share' },
  { used: 'memory_free', of: 'memory_limit', share: 'memory_share', isFree: true },
  { used: 'disk_free', of: 'disk_size', share: 'disk_share', isFree: true },
  { used: 'store_cache_used', of: 'store_cache_limit', share: 'store_cache_share' },
  { used: 'disk_used', of: 'disk_size', share: 'disk_share' },
  { used: 'open_files', of: 'open_files_limit', share: 'open_files_share' },
  { used: 'connections', of: 'connections_limit', share: 'connections_share' },
];

function sharesOf(all: readonly Measured[], { used, of, share, isFree }: (typeof SHARES)[number]): Measured[] {
  const limits = new Map<string, Measured>();
  for (const one of all)
    if (one.concept === of) for (const key of limitKeys(one)) limits.set(key, limits.get(key) ?? one);
  return all.flatMap((one) => {
    if (one.concept !== used) return [];
    const limit = limitKeys(one).flatMap((key) => limits.get(key) ?? [])[0];
    if (limit === undefined) return [];
    const values = one.values.map((value, at) => {
      const most = valueAt(limit, one.atUs[at] ?? 0);
      const part = most > 0 ? value / most : Number.NaN;
      return isFree ? 1 - part : part;
    });
    if (values.some(Number.isNaN)) return [];
    return [{ ...one, concept: share, values }];
  });
}

/** So few are earned and spent in minutes: no balance is kept. */
const FEWEST_CREDITS = 5;

/** How many may be kept depends on the size of the machine: the most that were kept stand for all. */
function creditsUsed(one: Measured): Measured[] {
  if (one.concept !== 'credits_left') return [];
  const most = one.values.reduce((high, value) => Math.max(high, value), 0);
  if (most < FEWEST_CREDITS) return [];
  return [{ ...one, concept: 'credits_share', values: one.values.map((value) => 1 - value / most) }];
}

/** The nearest first: the limit of the same container and part, of the instance, of the service. */
function limitKeys({
  scope,
  service,
  instance,
  part,
  metric,
  labels: { container = '' },
}: Measured): readonly string[] {
  const family = FAMILIES.exec(metric)?.[0] ?? '';
  const near = `${scope}\n${family}\n${instance === '' ? service : instance}`;
  return [`${near}\n${container}\n${part}`, `${near}\n${container}`, near];
}

/** Pools of several kinds in one process have their own limits. */
const FAMILIES = /^(?:hikaricp|db_client|go_sql|tomcat|jetty|frankenphp|pg|pgbouncer|mysql|redis)_/;

/** The last value until then; the first one before there was any. */
function valueAt({ atUs, values }: Pick<Series, 'atUs' | 'values'>, us: number): number {
  const next = firstPlace(atUs.length, (at) => (atUs[at] ?? 0) > us);
  return values[Math.max(0, next - 1)] ?? Number.NaN;
}

const PARTS = [
  'alertname',
  ...['pool', 'pool_name', 'db_client_connection_pool_name', 'mountpoint', 'persistentvolumeclaim', 'device', 'queue'],
  ...[
    'queue_name',
    // Amazon SQS, as yet-another-cloudwatch-exporter writes it.
    'dimension_queue_name',
    'topic',
    'subscription',
    'http_route',
    'route',
    'uri',
    'handler',
    'span_name',
    'rpc_method',
    'grpc_method',
    'operation',
    'path',
    // NATS.
    'subject',
    'stream_name',
  ],
];

/**
 * Where the scrape names the exporter, the label for the described service becomes `exported_service`. Micrometer's
 * common tag in Spring Boot is `application`.
 */
const SERVICES = [
  ...['service_name', 'destination_workload', 'exported_service', 'service', 'app', 'application', 'deployment'],
  ...['kube_deployment', 'kube_service', 'k8s_deployment_name', 'deployment_name'],
];

/** Kubernetes' own exporters name themselves as the service; the pod names the described workload. */
const ABOUT_OTHERS = /^(?:container|kube|kubelet)_/;

/** What consumers lag behind by: an exporter reads it from the brokers, and the group's name is the consumer's. */
const OF_GROUPS = /consumer.{0,200}(?:lag|pending)|group_(?:diff|lag)/i;
const GROUPS = [
  'consumergroup',
  'consumer_group',
  'group',
  'group_id',
  'consumer_group_id',
  'consumer_name',
  'durable',
];

function serviceOf(labels: Series['labels'], metric: string, scope: Scope): string {
  const pod = labels.pod ?? labels.k8s_pod_name ?? labels.pod_name ?? '';
  const workload = workloadOf(pod);
  if (scope === 'node' && /^(?:node|system|k8s_node|kube_node)_/.test(metric))
    return withoutPort(instanceOf(labels, scope, metric));
  const named = SERVICES.map((label) => labels[label] ?? '').find((name) => name !== '');
  const isOthers = ABOUT_OTHERS.test(metric) && workload !== '' && !pod.startsWith(`${named}-`);
  if (isOthers) return workload;
  const described = describedBy(labels, metric);
  if (described !== '') return described;
  const job = (labels.job ?? '').replace(/^.*\//, '');
  const placed = workload || labels.container || placeInLabels(labels);
  const place = named ?? (placed || job || serverOf(labels, metric, scope));
  const target = EXPORTER.test(place) && !OF_PROCESS.test(metric) ? targetOf(labels) : '';
  // A broker's own metrics may have no label but the queue.
  return target || place || (labels.queue ?? labels.queue_name ?? labels.dimension_queue_name ?? '');
}

/** The group of consumers, the cluster of a proxy, or the resource of a cloud, whoever measured it. */
function describedBy(labels: Series['labels'], metric: string): string {
  const ofProxy = groupOf(labels, metric) || serviceOfCluster(labels.envoy_cluster_name ?? '');
  return ofProxy || cloudResource({ name: metric, labels });
}

function groupOf(labels: Series['labels'], metric: string): string {
  if (!OF_GROUPS.test(metric)) return '';
  return labelIn(labels, GROUPS);
}

/** Who measured, and not what is broken. */
const EXPORTER = /(?:^|[-_.])exporters?(?:[-_.]|$)/i;
/** The exporter's own process: Prometheus' client libraries write these for any program. */
const OF_PROCESS = /^(?:process|go|promhttp|python|jvm)_/;

/**
 * What an exporter measures: postgres_exporter and pgexporter label it `server`, redis_exporter `addr`, and where one
 * exporter reads many, `instance` or `target` has the address that Prometheus asked it for.
 * https://prometheus.io/docs/guides/multi-target-exporter/
 * https://github.com/oliver006/redis_exporter#prometheus-configuration-to-scrape-multiple-redis-hosts
 * https://github.com/pgexporter/pgexporter/blob/main/doc/manual/en/06-prometheus.md
 */
const TARGETS = ['server', 'target', 'addr', 'instance'];

/** Empty where the labels have only the address at which the exporter itself is asked. */
function targetOf(labels: Series['labels']): string {
  return TARGETS.map((label) => targetHost(labels[label] ?? '', label)).find((name) => name !== '') ?? '';
}

function targetHost(address: string, label: string): string {
  const host = withoutPort(address);
  const [first = ''] = host.split('.', 1);
  const isOwn = label === 'instance' && /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/.test(address);
  const isName = /^[\w-][\w.-]{0,200}(?::\d{1,5})?$/.test(host) && !/^localhost(?::|$)/i.test(host);
  return isName && !isOwn && !EXPORTER.test(first) && !/^127\./.test(host) ? host : '';
}

function serverOf(labels: Series['labels'], metric: string, scope: Scope): string {
  const searched = OF_SEARCH.test(metric) ? labels.cluster : undefined;
  return searched ?? withoutPort(instanceOf(labels, scope, metric));
}

/** elasticsearch_exporter labels each number with the `cluster` of the search engine, and the node as `name`. */
const OF_SEARCH = /^(?:elasticsearch|opensearch)_/;

/** `orders-cache:9121` is scraped at its exporter's port. Of one address there may be several. */
function withoutPort(instance: string): string {
  const host = instance.replace(/^[a-z][a-z\d+.-]{1,20}:\/\/(?:[^@/]{0,200}@)?/i, '');
  return /^\d{1,3}(?:\.\d{1,3}){3}:/.test(host) ? host : host.replace(/(?<=[a-z][\w.-]{0,200}):\d{2,5}$/i, '');
}

function instanceOf(labels: Series['labels'], scope: Scope, metric: string): string {
  const order = scope === 'node' ? OF_MACHINES : OF_INSTANCES;
  const name = labelIn(labels, order) || ofCloud(labels, metric);
  // Without a pod, any name means the node.
  return name ?? (scope === 'node' && labels.pod === undefined ? (labels.service ?? '') : '');
}

const OF_MACHINES = ['node', 'nodename', 'host_name', 'k8s_node_name', 'instance'];
/** The last ones are the dimension of Amazon RDS, as exporters of CloudWatch write it. */
const OF_INSTANCES = [
  'pod',
  'k8s_pod_name',
  'pod_name',
  'service_instance_id',
  'instance',
  // redis_exporter, for a server among several.
  'addr',
  // RabbitMQ, where a query joins its `rabbitmq_identity_info`.
  'rabbitmq_node',
  'host_name',
  'dbinstance_identifier',
  'dbinstanceidentifier',
  'db_instance_identifier',
  'dimension_dbinstanceidentifier',
  'dimension_dbinstance_identifier',
  'dimension_db_instance_identifier',
  'dbinstance',
];

/** The name of a managed server, as exporters of the clouds label it, and of the node of a search engine. */
function ofCloud(labels: Series['labels'], metric: string): string | undefined {
  const name = OF_SEARCH.test(metric) ? labels.name : cloudResource({ name: metric, labels });
  return name === undefined || name === '' ? undefined : name;
}

/** `checkout-5f6585d649-fnmft`, `checkout-f2e4515e11-fnmft` with a hexadecimal hash, and `checkout-0` → `checkout` */
function workloadOf(pod: string): string {
  return pod.replace(
    /(?:-(?:[bcdf-hj-np-tv-xz0-9]{5,10}|(?=[a-f]*\d)[0-9a-f]{8,10}))?-(?:[bcdf-hj-np-tv-xz0-9]{5}|\d{1,4})$/,
    '',
  );
}

function keyOf({ concept, scope, instance, metric }: Measured): string {
  return [concept, scope, instance, metric].join('\n');
}
