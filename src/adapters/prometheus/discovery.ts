/**
 * Derives queries from the existing series: only series that exist, and only those with a meaning in
 * `model/metric-names.ts`.
 *
 *   series of the services ──► their pods, instances, nodes ──► series of those machines, and of databases
 *             └──────────────────────────┬────────────────────────────────┘
 *                        one query for each meaning, name and label that names the service
 */

import { type Meaning, meaningsOfName } from '#model/metrics/metric-names.ts';
import { serviceOfCluster } from '#model/metrics/series-labels.ts';
import { quoted } from '#model/text/query-string.ts';
import { expressions, hasLabelOf } from './promql.ts';

/** The labels of one series, including `__name__`. */
export type LabelSet = Readonly<Record<string, string>>;

/** Selectors of series: each text is a matcher of PromQL. Empty: all of them. */
type Scoped = Readonly<{ found: readonly LabelSet[]; matchers(labels: LabelSet): readonly string[] | undefined }>;

/**
 * Labels with a service's own name, the most reliable first; `job` may include a namespace, and all exporters have one.
 */
const SERVICE_LABELS = [
  'service_name',
  'service',
  'destination_workload',
  'destination_service_name',
  'app',
  'application',
  'app_kubernetes_io_name',
  'deployment',
  'exported_service',
  'envoy_cluster_name',
  'queue',
  'topic',
  'consumergroup',
  'container',
  'job',
] as const;

/**
 * Kubernetes writes pod ids without vowels, so that they form no words: `checkout-worker` is not a pod of `checkout`.
 */
const POD_ID = '[bcdf-hj-np-tv-xz0-9]';

/** Buckets outnumber everything else together; the last one shows that they exist. */
const NO_BUCKETS = 'le=~"|[+]Inf"';

/** Metric names whose service, or machine, is in other labels than the service's. */
const DATABASES =
  '__name__=~"pg_(stat_activity_count|stat_database_.+|settings_max_connections|replication_lag.*)|pgbouncer_(pools|databases)_.+|mysql_global_.+|mysql_slave_.+|redis_(connected_clients|blocked_clients|memory_(used|max)_bytes|config_max.+)|mongodb_(ss_)?connections"';
const MACHINES =
  '__name__=~"node_(cpu_seconds|context_switches)_total|node_memory_Mem(Available|Total)_bytes|node_filesystem_(avail|size)_bytes|node_disk_io_time_seconds_total|node_filefd_.+|node_pressure_io_waiting_seconds_total|node_nf_conntrack_entries.*|system_cpu_.+|system_memory_.+|system_disk_.+|system_filesystem_utilization.*|k8s_node_(cpu|memory)_.+|kube_node_status_allocatable"';
/** Queues of a service, incoming or outgoing: their name is its name, or contains it as a word. */
const QUEUES =
  '__name__=~"rabbitmq_queue_messages.*|kafka_consumer.*_lag.*|kminion_kafka_consumer_group_topic_lag|aws_sqs_approximate_.+|(jetstream|nats)_consumer_num_pending|pulsar_(subscription_back_log|msg_backlog)|.+_queue_(depth|length|size)|sidekiq_queue_.+|.+_oldest_message_age_seconds"';
/** If no service is named. */
const EVERY_SERVICE =
  '__name__=~"(rpc|http|grpc)_server_.+|http_request.+|istio_requests.+|envoy_cluster_upstream_rq.*|nginx_ingress_controller_request.+|messaging_process_.+|response_(latency_ms|total)_?.*|traces_.+|calls_total|duration_.+|container_(cpu|memory)_.+|kube_pod_container_(resource_limits|status_restarts_total)|process_.+|jvm_.+|db_client_.+|hikaricp_.+"';

/** Selectors for the series of the services, each a `match[]`. */
export function serviceSelectors(services: readonly string[]): readonly string[] {
  if (services.length === 0) return [`{${EVERY_SERVICE},${NO_BUCKETS}}`];
  return [...SERVICE_LABELS, 'pod' as const].map((label) => `{${serviceMatcher(label, services)},${NO_BUCKETS}}`);
}

function serviceMatcher(label: string, services: readonly string[]): string {
  const names = services.map(escapedForRegex).join('|');
  if (label === 'job') return `job=~${quoted(`(?:.+/)?(?:${names})`)}`;
  // A mesh writes `outbound|80||checkout.shop.svc.cluster.local`.
  if (label === 'envoy_cluster_name') return `${label}=~${quoted(`(?:.*[|])?(?:${names})(?:[.].*)?`)}`;
  if (label === 'pod')
    return `pod=~${quoted(`(?:${names})(?:-${POD_ID}{5,10})?-(?:${POD_ID}{5}|[0-9]{1,4})|(?:${names})`)}`;
  return `${label}=~${quoted(names)}`;
}

/** Selectors for the services' machines, and for databases; a kind that does not exist is not queried. */
export function neighbourSelectors(services: readonly string[], found: readonly LabelSet[]): readonly string[] {
  const hosts = machineNames(found);
  const machines =
    hosts.length === 0 ? [] : MACHINE_LABELS.map((label) => `{${MACHINES},${machineMatcher(label, hosts)}}`);
  const queues =
    services.length === 0 ? [] : QUEUE_LABELS.map((label) => `{${QUEUES},${queueMatcher(label, services)}}`);
  return [...machines, ...queues, `{${DATABASES}}`];
}

const QUEUE_LABELS = [
  'queue',
  'queue_name',
  'topic',
  'consumergroup',
  'consumer_group',
  'group',
  'subscription',
] as const;

/** `orders.checkout-dlq` belongs to `checkout`, and `checkouts` does not. */
function queueMatcher(label: string, services: readonly string[]): string {
  return `${label}=~${quoted(queuePattern(services))}`;
}

function queuePattern(services: readonly string[]): string {
  const names = services.map(escapedForRegex).join('|');
  return `(?:.*[^A-Za-z0-9])?(?:${names})(?:[^A-Za-z0-9].*)?`;
}

const MACHINE_LABELS = ['instance', 'node', 'nodename', 'host_name', 'k8s_node_name'] as const;
/** A service on more machines than this is queried without them. */
const MOST_MACHINES = 20;

function machineMatcher(label: string, hosts: readonly string[]): string {
  const names = hosts.map(escapedForRegex).join('|');
  return label === 'instance' ? `instance=~${quoted(`(?:${names})(?::[0-9]+)?`)}` : `${label}=~${quoted(names)}`;
}

/** The name of the machine in the service's series: its name, its address. */
function machineNames(found: readonly LabelSet[]): readonly string[] {
  const names = new Set<string>();
  for (const labels of found) {
    const own = labels.pod === undefined ? [(labels.instance ?? '').replace(/:\d+$/, '')] : [];
    for (const name of [labels.node, labels.host_ip, labels.host_name, labels.k8s_node_name, ...own]) {
      if (name !== undefined && name !== '') names.add(name);
    }
  }
  return [...names].sort().slice(0, MOST_MACHINES);
}

/** More queries are more than a person would read, and too slow. */
const MOST_QUESTIONS = 60;

/**
 * Expressions for everything known about these series, each once, the most important first. `rateSeconds` is the range
 * of a rate.
 */
export function expressionsFor(
  services: readonly string[],
  { own, others }: Readonly<{ own: readonly LabelSet[]; others: readonly LabelSet[] }>,
  rateSeconds: number,
): readonly string[] {
  const hosts = machineNames(own);
  const scopes: readonly Scoped[] = [
    { found: own, matchers: (labels) => serviceMatchers(labels, services) },
    { found: others, matchers: (labels) => neighbourMatchers(labels, services, hosts) },
  ];
  const asked = scopes.flatMap(({ found, matchers }) => questionsOf(found, matchers));
  const known = new Set<string>();
  return asked
    .toSorted((a, b) => orderOf(a.meaning) - orderOf(b.meaning) || a.meaning.rank - b.meaning.rank)
    .filter(({ exclusive }) => exclusive === '' || (!known.has(exclusive) && known.add(exclusive)))
    .flatMap((question) => expressions({ ...question, rateSeconds }))
    .filter((text, at, all) => all.indexOf(text) === at)
    .slice(0, MOST_QUESTIONS);
}

type Question = Readonly<{
  meaning: Meaning;
  name: string;
  /** Over all its series together. */
  labels: ReadonlySet<string>;
  series: readonly LabelSet[];
  matchers: readonly string[];
  /** If two expressions give the same number, uses the first. Empty if both add something. */
  exclusive: string;
}>;

function questionsOf(found: readonly LabelSet[], matchers: Scoped['matchers']): readonly Question[] {
  const byName = Map.groupBy(found, ({ __name__: name = '' }) => name);
  return [...byName].flatMap(([name, series]) => {
    const meanings = meaningsOfName(name).filter(({ kind }) => kind !== 'histogram' || name.endsWith('_count'));
    if (meanings.length === 0) return [];
    const byMatcher = Map.groupBy(series, (labels) => (matchers(labels) ?? ['nobody’s']).join());
    const [most] = [...byMatcher.values()].sort((a, b) => b.length - a.length);
    const chosen = matchers(most?.[0] ?? {});
    if (most === undefined || chosen === undefined) return [];
    const labels = new Set(most.flatMap((one) => Object.keys(one)));
    return meanings
      .filter(({ where }) => Object.entries(where).every(([label, value]) => hasLabelOf(most, label, value)))
      .map((meaning) => ({
        meaning,
        name,
        labels,
        series: most,
        matchers: chosen,
        exclusive: exclusiveOf(meaning, chosen),
      }));
  });
}

/** Several systems count requests, pools, queues and alerts, and each sees others; CPU usage is one number. */
function exclusiveOf({ concept, scope }: Meaning, matchers: readonly string[]): string {
  return SEVERAL.has(concept) ? '' : `${scope} ${concept} ${matchers.join()}`;
}

const SEVERAL: ReadonlySet<Meaning['concept']> = new Set([
  'alerts',
  'requests',
  'latency',
  'error_share',
  'queue_depth',
  'connections',
  'connections_limit',
  'waiting',
]);

const FIRST: readonly Meaning['scope'][] = ['service', 'instance', 'database', 'node'];

function orderOf({ scope }: Meaning): number {
  return FIRST.indexOf(scope);
}

function serviceMatchers(labels: LabelSet, services: readonly string[]): readonly string[] | undefined {
  if (services.length === 0) return [];
  const label = [...SERVICE_LABELS, 'pod' as const].find((label) => isServiceIn(labels[label], label, services));
  return label && [serviceMatcher(label, services)];
}

function isServiceIn(value: string | undefined, label: string, services: readonly string[]): boolean {
  if (value === undefined) return false;
  if (label === 'envoy_cluster_name') return services.includes(serviceOfCluster(value));
  if (label === 'pod') return services.some((service) => value === service || value.startsWith(`${service}-`));
  return services.includes(label === 'job' ? value.slice(value.lastIndexOf('/') + 1) : value);
}

function neighbourMatchers(
  labels: LabelSet,
  services: readonly string[],
  hosts: readonly string[],
): readonly string[] | undefined {
  const queue = services.length === 0 ? undefined : queueLabel(labels, services);
  if (queue !== undefined) return [queueMatcher(queue, services)];
  const label = MACHINE_LABELS.find((label) => hosts.includes((labels[label] ?? '').replace(/:\d+$/, '')));
  if (label !== undefined) return [machineMatcher(label, hosts)];
  return /^(?:pg|pgbouncer|mysql|redis|mongodb)_/.test(labels.__name__ ?? '') ? [] : undefined;
}

function queueLabel(labels: LabelSet, services: readonly string[]): string | undefined {
  const pattern = new RegExp(`^(?:${queuePattern(services)})$`);
  return QUEUE_LABELS.find((label) => pattern.test(labels[label] ?? ''));
}

function escapedForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
