/**
 * What a field of a measurement means. Telegraf's own inputs and Micrometer have names of their own; everything that came
 * from Prometheus or OpenTelemetry has the names that `model/metrics/metric-names.ts` knows.
 *
 *  cpu                 usage_idle        ─► node:cpu_share, 1 − idle percent
 *  kubernetes_pod_container  cpu_usage_nanocores ─► instance:cpu_used
 *  prometheus          http_requests_total, or the measurement http_requests_total with the field counter
 *
 * https://docs.influxdata.com/telegraf/v1/plugins/
 */
import { type Concept, meaningsOfName, type Scope, seriesName } from '#model/metrics/metric-names.ts';

export type FieldMeaning = Readonly<{
  field: string;
  /** `node:cpu_share`, or a name as in Prometheus. */
  name: string;
  /** In InfluxQL, for one step. */
  expression: string;
}>;

type Kind = 'gauge' | 'counter' | 'counted';
type Row = readonly [
  concept: Concept,
  scope: Scope,
  more?: Readonly<{ kind?: Kind; per?: number; isComplement?: true }>,
];

const PERCENT = { per: 100 } as const;
const COUNTER = { kind: 'counter' } as const;

/** Telegraf's inputs cpu, mem, disk, diskio, kernel, docker, kubernetes, kube_inventory, procstat, …; Micrometer's timers. */
const OWN: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  cpu: {
    usage_idle: ['cpu_share', 'node', { ...PERCENT, isComplement: true }],
    usage_iowait: ['io_wait', 'node', PERCENT],
  },
  mem: { used_percent: ['memory_share', 'node', PERCENT] },
  disk: { used_percent: ['disk_share', 'node', PERCENT] },
  diskio: { io_time: ['disk_busy', 'node', { kind: 'counter', per: 1_000 }] },
  kernel: { context_switches: ['context_switches', 'node', COUNTER] },
  linux_sysctl_fs: { 'file-nr': ['open_files', 'node'], 'file-max': ['open_files_limit', 'node'] },
  docker_container_cpu: { usage_percent: ['cpu_used', 'instance', PERCENT] },
  docker_container_mem: { usage: ['memory_used', 'instance'], limit: ['memory_limit', 'instance'] },
  kubernetes_pod_container: {
    cpu_usage_nanocores: ['cpu_used', 'instance', { per: 1e9 }],
    memory_working_set_bytes: ['memory_used', 'instance'],
    resource_limits_millicpu_units: ['cpu_limit', 'instance', { per: 1_000 }],
    resource_limits_memory_bytes: ['memory_limit', 'instance'],
    restarts_total: ['restarts', 'instance', COUNTER],
  },
  procstat: {
    cpu_usage: ['cpu_used', 'instance', PERCENT],
    memory_rss: ['memory_used', 'instance'],
    num_fds: ['open_files', 'instance'],
    rlimit_num_fds_soft: ['open_files_limit', 'instance'],
  },
  postgresql: { numbackends: ['connections', 'database'], deadlocks: ['deadlocks', 'database', COUNTER] },
  pgbouncer_pools: { cl_waiting: ['waiting', 'database'], sv_active: ['connections', 'database'] },
  mysql: { threads_connected: ['connections', 'database'], slow_queries: ['slow_queries', 'database', COUNTER] },
  mysql_variables: { max_connections: ['connections_limit', 'database'] },
  redis: {
    clients: ['connections', 'database'],
    maxclients: ['connections_limit', 'database'],
    blocked_clients: ['waiting', 'database'],
    used_memory: ['memory_used', 'database'],
    keyspace_hits: ['cache_hits', 'database', COUNTER],
    keyspace_misses: ['cache_misses', 'database', COUNTER],
  },
  mongodb: { connections_current: ['connections', 'database'] },
  rabbitmq_queue: { messages: ['queue_depth', 'service'] },
  burrow_group: { lag: ['queue_depth', 'service'] },
  // https://docs.micrometer.io/micrometer/reference/implementations/influx.html : values of one step, in milliseconds.
  http_server_requests: {
    mean: ['latency', 'service', { per: 1_000 }],
    count: ['requests', 'service', { kind: 'counted' }],
  },
};

/** Measurements of one machine or database are read where they are, not by the service's name. */
export const MACHINES: readonly string[] = measurementsOf('node');
export const DATABASES: readonly string[] = measurementsOf('database');

function measurementsOf(scope: Scope): readonly string[] {
  return Object.entries(OWN).flatMap(([measurement, fields]) =>
    Object.values(fields).some(([, own]) => own === scope) ? [measurement] : [],
  );
}

/** Telegraf also reports each processor of a machine, and of a container. */
export function wholeOf(measurement: string): string {
  return measurement === 'cpu' || measurement === 'docker_container_cpu' ? `"cpu" = 'cpu-total'` : '';
}

/** Undefined if nothing is known about it. */
export function fieldMeaning(measurement: string, field: string, stepSeconds: number): FieldMeaning | undefined {
  const fields = Object.hasOwn(OWN, measurement) ? OWN[measurement] : undefined;
  const own = fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (own !== undefined) {
    const [concept, scope, more = {}] = own;
    return { field, name: seriesName({ scope, concept }), expression: expressionOf(field, more, stepSeconds) };
  }
  const name = fullName(measurement, field);
  const [meaning] = PLAIN.test(name) ? meaningsOfName(name) : [];
  // A running total: the reader computes its rate.
  return meaning && { field, name, expression: `${meaning.kind === 'gauge' ? 'mean' : 'max'}(${named(field)})` };
}

const PLAIN = /^[\w:./-]{1,200}$/;

/** Telegraf's input of Prometheus (`metric_version` 2 and 1), OpenTelemetry's schemas, Micrometer. */
function fullName(measurement: string, field: string): string {
  if (measurement === 'prometheus') return field;
  const name = ['value', 'gauge', 'counter'].includes(field) ? measurement : `${measurement}_${field}`;
  // Micrometer writes no unit.
  return name.replace(/^jvm_memory_(used|max)$/, 'jvm_memory_$1_bytes');
}

function expressionOf(
  field: string,
  { kind = 'gauge', per = 1, isComplement }: NonNullable<Row[2]>,
  stepSeconds: number,
): string {
  const raw = {
    gauge: `mean(${named(field)})`,
    counter: `non_negative_derivative(max(${named(field)}), 1s)`,
    counted: `sum(${named(field)}) / ${stepSeconds}`,
  }[kind];
  // InfluxQL reads `1e-9` as a duration.
  const scaled = per === 1 ? raw : `${raw} / ${per}`;
  return isComplement ? `1 - ${scaled}` : scaled;
}

/** Fields with other characters have no meaning here. */
function named(field: string): string {
  return `"${field}"`;
}
