/**
 * Whose numbers a series of an unknown name are: those of a server that services use (a store, a broker, the disk below
 * one), and which one of its kind. What answers requests, runs programs or passes requests on has names of its own.
 */
import { cloudResource } from '#model/metrics/cloud-labels.ts';
import { type Concept, meaningOf, plainName } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';

export type ServerSeries = Readonly<{
  series: Series;
  /** The kind of server: the scrape's job without `-exporter`, else the first word of the metric. */
  family: string;
  /** Which one of them; empty where the labels name none. */
  server: string;
  /** The job names only who measures, or a product of a cloud. */
  isOfExporter: boolean;
  /** A pod of a service: only the limits of its own pools count. */
  isOfService: boolean;
}>;

/** Runtimes, frameworks, orchestrators, meshes and balancers: they measure programs and their requests. */
const OF_PROGRAMS =
  /^(?:https?|grpc|rpc|jvm|process|go|nodejs|python|dotnet|aspnetcore|kestrel|system_runtime|php|phpfpm|frankenphp|puma|sidekiq|erlang|elixir|beam|phoenix|ecto|rails|ruby|symfony|laravel|django|flask|fastapi|starlette|gunicorn|uvicorn|celery|tomcat|jetty|netty|hikaricp|r2dbc|db_client|pgxpool|jdbc|jpa|hibernate|executor|logback|log4j\d?|application|spring|resilience4j|quarkus|container|kube|kubelet|k8s|machine|cadvisor|scrape|prometheus|alertmanager|apiserver|rest_client|workqueue|coredns|istio|pilot|envoy|linkerd|response|traefik|nginx|haproxy|kong|hubble|cilium|caddy|apisix|contour|aws_(?:applicationelb|networkelb|elb|lambda|apigateway|ecs|ec2|alb|nlb)|azure_microsoft_(?:app|web|network)|messages?_process\w*|traces?|otelcol|promhttp|calls|duration|latency|tokio|actix|runtime|v8js|ALERTS|GRAFANA_ALERTS|up)(?:_|$)/;
/**
 * Google runs programs, or passes requests on to them: Cloud Run, Functions, App Engine, balancers, Kubernetes. Names of
 * stackdriver_exporter, Google's own store, Datadog.
 */
const OF_GOOGLE_PROGRAMS =
  /(?:^|_)(?:run|cloudfunctions|appengine|loadbalancing|serviceruntime)_googleapis_com[_:]|(?:^|_)(?:kubernetes|istio)_io[_:]|^gcp_(?:run|cloudfunctions|gae|gke|loadbalancing)_/;
/**
 * What HAProxy itself holds back: requests that wait for a free slot of a server, and how many slots a server has.
 * https://docs.haproxy.org/3.2/management.html#9.1 (qcur, qtime, slim)
 */
const OF_WAITING_ROOMS = /^haproxy_(?:backend|server)_(?:current_queue|queue_time_average_seconds|limit_sessions)$/;
const OF_DISKS = /^node_disk_/;
/** A request that somebody answers. */
const OF_REQUESTS =
  /^(?:method|http_method|http_request_method|status|status_code|code|uri|path|route|http_route|handler)$/;
/** A Deployment's pod: stores run in StatefulSets, outside of the cluster, or at a provider. */
const OF_DEPLOYMENT = /-[bcdf-hj-np-tv-xz0-9]{5,10}-[bcdf-hj-np-tv-xz0-9]{5}$/;

const INSTANCES = [
  ...['exported_instance', 'broker', 'broker_name', 'server_name', 'server_id', 'member', 'node_name', 'pod'],
  ...['instance', 'node', 'server', 'addr', 'host', 'name', 'instance_id'],
  ...['database', 'cluster', 'cluster_name'],
];

/** What is known by its name has a finding of its own, but for these. */
const KEPT: ReadonlySet<Concept> = new Set([
  'latency',
  'errors',
  'disk_busy',
  'io_wait',
  'slow_queries',
  'deadlocks',
  'waiting',
]);

/**
 * Sessions of PostgreSQL that wait for the server's own structures, and not for a lock of another session.
 * https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE
 */
const OF_OWN_WAITS = /^(?:LWLock|BufferPin|Buffer)$/i;

/** Only those that describe servers. */
export function serverSeries(all: readonly Series[]): readonly ServerSeries[] {
  const answering = new Set(all.filter(isOfRequests).map(({ labels }) => jobOf(labels)));
  const workers = new Set(
    all.filter(({ name }) => /^(?:container|kube)_/.test(name)).map(({ labels }) => labels.node ?? ''),
  );
  const distributions = new Set(all.flatMap(({ name }) => (name.endsWith('_bucket') ? [baseOf(name)] : [])));
  const isPart = ({ name }: Series) => OF_CLOUD.test(name) && distributions.has(baseOf(name));
  const found = all.flatMap((series) => {
    if (isPart(series)) return [];
    const known = meaningOf(series)?.concept;
    const isOther = known !== undefined && !KEPT.has(known) && !OF_OWN_WAITS.test(series.labels.wait_event_type ?? '');
    return isOther ? [] : (ofDisk(series, workers) ?? ofPod(series) ?? ofServer(series, answering) ?? []);
  });
  const families = new Set(found.map(({ family }) => family));
  const up = all.flatMap((series) => {
    const family = familyOf(jobOf(series.labels), series.name);
    const isMeant = series.name === 'up' && families.has(family) && !EXPORTER.test(jobOf(series.labels));
    return isMeant ? [{ series, family, server: serverOf(series), isOfExporter: false, isOfService: false }] : [];
  });
  return [...found, ...up];
}

/** `…_latencies_bucket`, `…_latencies_sum`, `…_latencies_count`: one distribution, whose parts grow for ever. */
function baseOf(name: string): string {
  return name.replace(/_(?:bucket|sum|count)$/, '');
}

/** `workers`: nodes on which pods of all kinds run. */
function ofDisk(series: Series, workers: ReadonlySet<string>): ServerSeries | undefined {
  const server = serverOf(series);
  const isMeant = OF_DISKS.test(series.name) && server !== '' && !workers.has(server);
  return isMeant ? { series, family: DISKS, server, isOfExporter: true, isOfService: false } : undefined;
}

function isOfPrograms(series: Series): boolean {
  const name = plainName(series.name);
  if (OF_WAITING_ROOMS.test(name)) return false;
  const isKnown = OF_PROGRAMS.test(name) || OF_GOOGLE_PROGRAMS.test(name);
  return isKnown || /^node_/.test(name) || name.endsWith('_bucket') || isOfRequests(series);
}

function ofPod(series: Series): ServerSeries | undefined {
  const { labels } = series;
  const server = labels.pod ?? labels.k8s_pod_name ?? '';
  if (isOfPrograms(series) || !OF_DEPLOYMENT.test(server)) return undefined;
  return { series, family: server.replace(OF_DEPLOYMENT, ''), server, isOfExporter: false, isOfService: true };
}

/** `answering`: jobs that answer requests, and so are services. */
function ofServer(series: Series, answering: ReadonlySet<string>): ServerSeries | undefined {
  const { name, labels } = series;
  const job = jobOf(labels);
  const pod = labels.pod ?? labels.k8s_pod_name ?? '';
  if (isOfPrograms(series) || OF_DEPLOYMENT.test(pod) || (job !== '' && answering.has(job))) return undefined;
  const isOfExporter = EXPORTER.test(job) || OF_CLOUD.test(name);
  return { series, family: familyOf(job, name), server: serverOf(series), isOfExporter, isOfService: false };
}

/** The family of disks whose server has no other numbers. */
export const DISKS = 'disk';

function isOfRequests({ labels }: Series): boolean {
  return Object.keys(labels).filter((label) => OF_REQUESTS.test(label)).length >= 2;
}

function jobOf({ job = '', service = '', app = '' }: Series['labels']): string {
  return (job || service || app).replace(/^.*\//, '');
}

const EXPORTER = /[-_.]?exporters?$/i;
/** Exporters of the clouds name the provider first. */
export const OF_CLOUD = /^(?:aws|azure(?:_microsoft)?|gcp|stackdriver)_/;
/** Jobs that measure many kinds. */
const OF_ALL = /^(?:yace|cloudwatch|node|prometheus|kubernetes-pods|pods?)$/i;

function familyOf(job: string, name: string): string {
  const plain = job.replace(EXPORTER, '');
  const [first = name] = name.replace(OF_CLOUD, '').split('_', 1);
  return plain === '' || OF_ALL.test(plain) ? first : plain;
}

/** `dimension_TableName`, `resourceName`: what a cloud's metric describes. */
function serverOf(series: Series): string {
  const { labels } = series;
  const ofAzure = labels.resourceName ?? (labels.resource_group === undefined ? '' : (labels.resource_name ?? ''));
  if (ofAzure !== '') return ofAzure;
  const dimension = Object.keys(labels).find((label) => /^dimension_/i.test(label) && !/operation$/i.test(label));
  const managed = dimension === undefined ? cloudResource(series) : '';
  if (managed !== '') return managed;
  const label = dimension ?? INSTANCES.find((one) => (labels[one] ?? '') !== '');
  // aerospike_exporter names the server as the service.
  const ofService = /:\d{2,5}$/.test(labels.service ?? '') ? labels.service : '';
  const own = hostOf(ofService || labels[label ?? '']);
  return peerOf(own, labels) ?? own;
}

function hostOf(text = ''): string {
  return text.replace(/^https?:\/\//, '').replace(/(?<=[a-z][\w.-]{0,80}):\d{2,5}$/i, '');
}

/** Whom it follows: mysqld_exporter's `master_host`, PostgreSQL's `sender_host`. */
const OF_SOURCE = /master|source|primary|leader|sender|upstream|from/i;
/** A member of a numbered set. */
const OF_SET = /^(?<set>[a-z][\w.-]{0,80}?[-_]?)\d{1,4}(?:\.[a-z][\w.-]{0,100})?$/i;

/**
 * A server also tells of the others of its set, and then a label of any name holds the other one: mongodb_exporter's
 * `member_idx` and `name`, redis_exporter's `slave_ip`, PostgreSQL's `application_name`, etcd's `To`.
 *
 *   mongodb_members_state{instance="store-0:9216", member_idx="store-2:27017"}      tells of store-2
 */
function peerOf(own: string, labels: Series['labels']): string | undefined {
  const set = OF_SET.exec(own)?.groups?.set;
  if (set === undefined) return undefined;
  return Object.entries(labels)
    .flatMap(([label, text]) => (OF_SOURCE.test(label) ? [] : [hostOf(text)]))
    .find((host) => host !== own && OF_SET.exec(host)?.groups?.set === set);
}
