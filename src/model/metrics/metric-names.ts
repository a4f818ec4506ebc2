/**
 * The meaning of a metric series, by its name and labels: the one table from which sources build queries and detectors
 * read. Each concept has one name here, for all exporters; its values have one unit.
 *
 *  container_memory_working_set_bytes ┐
 *  k8s_pod_memory_working_set_bytes   ├─► memory_used, bytes
 *  pod_memory_usage_mib               ┘   (times 1,048,576)
 */
import type { Series } from '#model/metrics/series.ts';

/** Every concept with its unit. A share is out of 1. */
const UNITS = {
  requests: 'per second',
  error_share: 'share',
  errors: 'per second',
  latency: 'seconds',
  spans: 'count',
  log_lines: 'per second',
  log_errors: 'per second',
  cpu_used: 'cores',
  cpu_limit: 'cores',
  cpu_share: 'share',
  cpu_throttled: 'share',
  cpu_throttled_periods: 'per second',
  cpu_periods: 'per second',
  context_switches: 'per second',
  io_wait: 'share',
  memory_used: 'bytes',
  memory_limit: 'bytes',
  memory_share: 'share',
  memory_free: 'bytes',
  heap_used: 'bytes',
  heap_limit: 'bytes',
  gc_time: 'share',
  disk_free: 'bytes',
  disk_used: 'bytes',
  disk_size: 'bytes',
  disk_share: 'share',
  disk_busy: 'share',
  credits_left: 'count',
  credits_share: 'share',
  disk_alarm: 'share',
  memory_alarm: 'share',
  store_cache_used: 'bytes',
  store_cache_limit: 'bytes',
  store_cache_share: 'share',
  open_files: 'count',
  open_files_limit: 'count',
  open_files_share: 'share',
  connections: 'count',
  connections_limit: 'count',
  connections_share: 'share',
  waiting: 'count',
  queue_depth: 'count',
  queue_age: 'seconds',
  restarts: 'per second',
  oom_kills: 'per second',
  deadlocks: 'per second',
  lock_waits: 'count',
  slow_queries: 'per second',
  replication_lag: 'seconds',
  cache_hits: 'per second',
  cache_misses: 'per second',
  alerts: 'count',
} as const;

export type Concept = keyof typeof UNITS;

/** What no user feels by itself: a processor, a memory. */
export function isOfResources(concept: string): boolean {
  return /^(?:cpu|memory|heap|io_wait|context_switches)/.test(concept);
}

/** What the number describes: a service as a whole, one of its instances, the node below, a database server. */
export type Scope = 'service' | 'instance' | 'node' | 'database';

/**
 * How to read the raw numbers. For a `counter` the rate counts; `idle` is a counter of unused time; a `histogram` has
 * `_bucket`, `_sum` and `_count`, and its name here has no suffix.
 */
export type MetricKind = 'gauge' | 'counter' | 'idle' | 'histogram';

export type Meaning = Readonly<{
  concept: Concept;
  scope: Scope;
  kind: MetricKind;
  /** Multiplies the value, or its rate, into the concept's unit. */
  scale: number;
  /** The value is the rest up to 1: a success rate. */
  isComplement: boolean;
  /** Labels that must have one of these values, where the name alone is ambiguous. */
  where: Readonly<Record<string, string>>;
  /** Without these labels the name means something else. */
  needsLabels?: true;
  /** Of several names for one concept the lowest rank is the most reliable. */
  rank: number;
}>;

type Row = readonly [
  name: RegExp,
  concept: Concept,
  scope: Scope,
  more?: Readonly<{
    kind?: MetricKind;
    scale?: number;
    where?: Readonly<Record<string, string>>;
    isComplement?: true;
    needsLabels?: true;
  }>,
];

/**
 * The first matching row counts: exporters' own names before common name patterns. Values of `where` are regular
 * expressions of RE2.
 */
const ROWS: readonly Row[] = [
  // Alerts that Prometheus evaluates: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
  [/^ALERTS$/, 'alerts', 'service', { where: { alertstate: 'firing' }, needsLabels: true }],
  // Alerts that Grafana evaluates and writes to Prometheus. Those without data, and whose query fails, are `firing`, too.
  // https://grafana.com/docs/grafana/latest/alerting/set-up/configure-alert-state-history/
  [
    /^GRAFANA_ALERTS$/,
    'alerts',
    'service',
    { where: { alertstate: 'firing', grafana_alertstate: '[Aa]lerting|[Rr]ecovering' }, needsLabels: true },
  ],
  // Requests, errors, durations: OpenTelemetry, span metrics, service meshes, client libraries.
  [/^http_server_request_duration_seconds$/, 'latency', 'service', { kind: 'histogram' }],
  [/^http_server_duration_milliseconds$/, 'latency', 'service', { kind: 'histogram' }],
  [/^rpc_server_(?:call_)?duration_(?:milliseconds|seconds)$/, 'latency', 'service', { kind: 'histogram' }],
  [/^grpc_server_handling_seconds$/, 'latency', 'service', { kind: 'histogram' }],
  [
    /^(?:traces_span_?metrics_)?(?:latency|duration(?:_milliseconds|_seconds)?)$/,
    'latency',
    'service',
    { kind: 'histogram', where: { span_kind: 'SPAN_KIND_SERVER|SPAN_KIND_CONSUMER' } },
  ],
  [
    /^istio_request_duration_milliseconds$/,
    'latency',
    'service',
    { kind: 'histogram', where: { reporter: 'destination' } },
  ],
  [/^response_latency_ms$/, 'latency', 'service', { kind: 'histogram', where: { direction: 'inbound' } }],
  [/^messaging_process_duration_seconds$/, 'latency', 'service', { kind: 'histogram' }],
  // How long consumers work on a message: MassTransit, Spring for Kafka and RabbitMQ, message-queue-toolkit.
  [
    /^(?:\w{1,60}_)?messages?_process(?:ing)?_(?:time|duration)_(?:seconds|milliseconds|ms)$|^masstransit_consume_duration_seconds$|^spring_(?:kafka|rabbitmq)_listener_seconds$/,
    'latency',
    'service',
    { kind: 'histogram' },
  ],
  [/^envoy_cluster_upstream_rq_time$/, 'latency', 'service', { kind: 'histogram', scale: 1e-3 }],
  [
    /^(?:nginx_ingress_controller|traefik_service)_request_duration_seconds$/,
    'latency',
    'service',
    { kind: 'histogram' },
  ],
  [
    /^(?!.*client)(?:\w+_)?http_(?:server_)?requests?(?:_duration|_latency)?_seconds$/,
    'latency',
    'service',
    { kind: 'histogram' },
  ],
  // Google Cloud: https://cloud.google.com/monitoring/api/metrics_gcp. All but functions count milliseconds.
  [
    /(?:^|_)(?:run_googleapis_com[_:]request_latencies|appengine_googleapis_com[_:]http_server_response_latencies|loadbalancing_googleapis_com[_:]https?_(?:\w{1,40}_)?(?:total|backend)_latencies)$/,
    'latency',
    'service',
    { kind: 'histogram', scale: 1e-3 },
  ],
  [
    /(?:^|_)cloudfunctions_googleapis_com[_:]function_execution_times$/,
    'latency',
    'service',
    { kind: 'histogram', scale: 1e-9 },
  ],
  [
    /(?:^|_)(?:run_googleapis_com[_:]request_count|appengine_googleapis_com[_:]http_server_response_count|loadbalancing_googleapis_com[_:]https?_(?:\w{1,40}_)?request_count)$/,
    'requests',
    'service',
    { kind: 'counter' },
  ],
  // AWS Lambda and API Gateway, as YACE writes them: a value for each minute, durations in milliseconds.
  [/^aws_(?:lambda_duration|apigateway_latency)_(?:average|p\d{2,3})$/, 'latency', 'service', { scale: 1e-3 }],
  [/^aws_(?:lambda_invocations|apigateway_count)_sum$/, 'requests', 'service', { scale: 1 / 60 }],
  [/^aws_(?:lambda_(?:errors|throttles)|apigateway_5_?xx_?error)_sum$/, 'errors', 'service', { scale: 1 / 60 }],
  // App Service and Container Apps: https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index
  [/^azure_microsoft_(?:app_containerapps|web_sites)_requests_total_count$/, 'requests', 'service', { scale: 1 / 60 }],
  [/^azure_microsoft_web_sites_http5xx_total_count$/, 'errors', 'service', { scale: 1 / 60 }],
  [/^(?!.*client).*(?:latency|duration)_p\d{2,3}(?:_(?:seconds|milliseconds|ms|us))?$/, 'latency', 'service'],
  [/^istio_requests_total$/, 'requests', 'service', { kind: 'counter', where: { reporter: 'destination' } }],
  [/^response_total$/, 'requests', 'service', { kind: 'counter', where: { direction: 'inbound' } }],
  [/^grpc_server_handled_total$/, 'requests', 'service', { kind: 'counter' }],
  [
    /^(?:traces_span_?metrics_)?calls_total$/,
    'requests',
    'service',
    { kind: 'counter', where: { span_kind: 'SPAN_KIND_SERVER|SPAN_KIND_CONSUMER' } },
  ],
  [/^(?!.*client)(?:\w+_)?http_(?:server_)?requests?(?:_received)?_total$/, 'requests', 'service', { kind: 'counter' }],
  [/^envoy_cluster_upstream_rq$/, 'requests', 'service', { kind: 'counter' }],
  [/^nginx_ingress_controller_requests$|^traefik_service_requests_total$/, 'requests', 'service', { kind: 'counter' }],
  // CloudWatch, as YACE writes it: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
  [/^aws_(?:applicationelb_target_response_time|elb_latency)_(?:average|p\d{2,3})$/, 'latency', 'service'],
  // It counts the requests of a minute.
  [/^aws_(?:application)?elb_request_count_sum$/, 'requests', 'service', { scale: 1 / 60 }],
  // What the balancer answers itself, as no target does, and what targets answer.
  [
    /^aws_(?:application)?elb_httpcode_(?:elb|target|backend)_5_?xx(?:_count)?_sum$/,
    'errors',
    'service',
    { scale: 1 / 60 },
  ],
  [/(?:^|_)requests?_per_(?:sec|second)$/, 'requests', 'service'],
  [/(?:^|_)(?:success_rate|availability)_(?:percent|pct|ratio)$/, 'error_share', 'service', { isComplement: true }],
  [/(?:^|_)(?:5xx|errors?)(?:_rate)?(?:_5xx)?_(?:percent|pct|ratio)$/, 'error_share', 'service'],

  // Recording rules, as `level:metric:operations`: https://prometheus.io/docs/practices/rules/. Longer times blur an onset.
  [
    /^\w{1,40}:(?!\w{0,80}client)\w{0,80}(?:success(?:es|ful)?|availability):ratio_?(?:rate_?)?(?:[1-5]m|\d{2}s)$/,
    'error_share',
    'service',
    { isComplement: true },
  ],
  [
    /^\w{1,40}:(?!\w{0,80}client)\w{0,80}(?:errors?|failures?|failed|5xx)(?:_per_requests?)?:ratio_?(?:rate_?)?(?:[1-5]m|\d{2}s)$/,
    'error_share',
    'service',
  ],
  [
    /^\w{1,40}:(?!\w{0,80}client)\w{0,80}(?:duration|latency)_(?:seconds|milliseconds):p\d{2,3}_?(?:[1-5]m|\d{2}s)$/,
    'latency',
    'service',
  ],
  [/^\w{1,40}:(?:\w{1,60}_)?http_(?:server_)?requests?:rate_?(?:[1-5]m|\d{2}s)$/, 'requests', 'service'],
  [/(?:^|_)errors?_rate$/, 'error_share', 'service'],
  [/(?:^|_)(?:5xx|errors?)_per_(?:sec|second)$/, 'errors', 'service'],
  [/(?:^|_)(?:5xx|errors?|failures?)_total$/, 'errors', 'service', { kind: 'counter' }],

  // Pools and limits of connections, before all other names with "connection".
  [/^hikaricp_connections_active$/, 'connections', 'instance'],
  [/^hikaricp_connections_max$/, 'connections_limit', 'instance'],
  [/^hikaricp_connections_pending$/, 'waiting', 'instance'],
  [
    /^db_client_connections?_(?:count|usage)$/,
    'connections',
    'instance',
    { where: { '(?:db_client_connection_)?state': 'used' } },
  ],
  [/^db_client_connections?_max$/, 'connections_limit', 'instance'],
  [/^db_client_connections?_pending_requests$/, 'waiting', 'instance'],
  [/^go_sql_(?:stats_connections_)?in_use(?:_connections)?$/, 'connections', 'instance'],
  [/^go_sql_(?:stats_connections_)?max_open(?:_connections)?$/, 'connections_limit', 'instance'],
  [/^r2dbc_pool_acquired_connections$/, 'connections', 'instance'],
  [/^r2dbc_pool_max_allocated_connections$/, 'connections_limit', 'instance'],
  [/^r2dbc_pool_pending_connections$/, 'waiting', 'instance'],
  [/^jdbc_connections_active$/, 'connections', 'instance'],
  [/^jdbc_connections_max$/, 'connections_limit', 'instance'],
  [/(?:^|_)pgxpool_acquired_conn(?:ection)?s$/, 'connections', 'instance'],
  [/(?:^|_)pgxpool_max_conn(?:ection)?s$/, 'connections_limit', 'instance'],
  [/^mongodb_driver_pool_checkedout$/, 'connections', 'instance'],
  [/^mongodb_driver_pool_waitqueuesize$/, 'waiting', 'instance'],
  // Names that services give to the gauges of their own pools. "size" may be the present size or the limit.
  [
    /^(?:\w+_)?(?:connection|conn|db|database|sql\w{0,20}|pg|postgres\w{0,20}|mysql|redis)_?pool_(?:connections?_)?(?:in_use|active|used|busy|acquired|checked_?out)(?:_connections?)?$/,
    'connections',
    'instance',
  ],
  [
    /^(?:\w+_)?(?:connection|conn|db|database|sql\w{0,20}|pg|postgres\w{0,20}|mysql|redis)_?pool_(?:connections?_)?(?:max|limit|capacity|max_size|size_max)(?:_connections?)?$/,
    'connections_limit',
    'instance',
  ],
  [
    /^(?:\w+_)?(?:connection|conn|db|database|sql\w{0,20}|pg|postgres\w{0,20}|mysql|redis)_?pool_(?:connections?_)?(?:waiting|pending|waiters|wait_queue|queued)(?:_(?:requests?|connections?|clients?))?$/,
    'waiting',
    'instance',
  ],
  [/^envoy_cluster_upstream_rq_pending_active$/, 'waiting', 'service'],
  [/^tomcat_threads_busy(?:_threads)?$/, 'connections', 'instance'],
  [/^tomcat_threads_config_max(?:_threads)?$/, 'connections_limit', 'instance'],
  [/^pg_stat_activity_count$/, 'lock_waits', 'database', { where: { wait_event_type: '[Ll]ock' }, needsLabels: true }],
  [
    /^mysql_info_schema_(?:processlist_)?threads$/,
    'lock_waits',
    'database',
    {
      // Galera: all statements of a cluster wait while it changes a table.
      where: { state: '[Ww]aiting[ _](?:for[ _][\\w ]{0,40}lock|to[ _]execute[ _]in[ _]isolation)' },
      needsLabels: true,
    },
  ],
  // Threads that wait for a monitor, which another one holds: Micrometer, Prometheus' client_java, OpenTelemetry, Dropwizard.
  [
    /^jvm_threads_states?(?:_threads)?$/,
    'lock_waits',
    'instance',
    { where: { state: '[Bb]locked|BLOCKED' }, needsLabels: true },
  ],
  [
    /^jvm_thread_count$/,
    'lock_waits',
    'instance',
    { where: { '(?:jvm_thread_)?state': 'blocked' }, needsLabels: true },
  ],
  [/^jvm_threads?_blocked(?:_count)?$/, 'lock_waits', 'instance'],
  // Micrometer's names of Jetty's pool: https://docs.micrometer.io/micrometer/reference/reference/jetty.html
  [/^jetty_threads_busy(?:_threads)?$/, 'connections', 'instance'],
  [/^jetty_threads_config_max(?:_threads)?$/, 'connections_limit', 'instance'],
  // https://frankenphp.dev/docs/metrics/
  [/^frankenphp_busy_threads$/, 'connections', 'instance'],
  [/^frankenphp_total_threads$/, 'connections_limit', 'instance'],
  // Requests before the first thread takes them: hipages/php-fpm_exporter, yabeda-puma-plugin, FrankenPHP, Micrometer.
  // .NET's pool of threads: OpenTelemetry, prometheus-net, System.Runtime's event counters.
  [
    /^(?:process_runtime_)?dotnet_thread_?pool_queue_length$|^system_runtime_threadpool_queue_length$/,
    'waiting',
    'instance',
  ],
  [/^phpfpm_listen_queue$|^puma_backlog$|^frankenphp_queue_depth$|^jetty_threads_jobs$/, 'waiting', 'instance'],
  [/^pg_stat_activity_count$/, 'connections', 'database'],
  [/^pg_stat_database_numbackends$/, 'connections', 'database'],
  [/^pg_settings_max_connections$/, 'connections_limit', 'database'],
  [/^mysql_global_status_threads_connected$/, 'connections', 'database'],
  [/^mysql_global_variables_max_connections$/, 'connections_limit', 'database'],
  [/^redis_connected_clients$/, 'connections', 'database'],
  [/^redis_config_maxclients$/, 'connections_limit', 'database'],
  [/^redis_memory_used_bytes$/, 'memory_used', 'database'],
  [/^redis_(?:memory_max|config_maxmemory)_bytes$|^redis_config_maxmemory$/, 'memory_limit', 'database'],
  [/^redis_blocked_clients$|^pgbouncer_pools_client_waiting_connections$/, 'waiting', 'database'],
  [/^pgbouncer_pools_server_active_connections$/, 'connections', 'database'],
  [/^pgbouncer_databases_pool_size$/, 'connections_limit', 'database'],
  [/^mongodb_(?:ss_)?connections$/, 'connections', 'database', { where: { 'conn_type|state': 'current' } }],
  // Operations that wait for a lock: https://www.mongodb.com/docs/manual/reference/command/serverStatus/#globallock
  [
    /^mongodb_ss_globalLock_currentQueue$/,
    'lock_waits',
    'database',
    { where: { count_type: 'total' }, needsLabels: true },
  ],
  [/^pg_stat_database_deadlocks(?:_total)?$/, 'deadlocks', 'database', { kind: 'counter' }],
  [/^mysql_global_status_slow_queries$/, 'slow_queries', 'database', { kind: 'counter' }],
  [
    /^mysql_(?:global_status_)?innodb_row_lock_current_waits$|^sqlserver_(?:processes|stats_procs)_blocked$|^postgresql_waiting_queries$|^(?:aws_rds_)?blocked_transactions(?:_average)?$/,
    'lock_waits',
    'database',
  ],
  // What a store keeps of its data in memory: WiredTiger, as mongodb_exporter of Percona writes it.
  [/^mongodb_(?:ss_)?wt_cache_bytes_currently_in_the_cache$/, 'store_cache_used', 'database'],
  [/^mongodb_(?:ss_)?wt_cache_maximum_bytes_configured$/, 'store_cache_limit', 'database'],
  // 1 while the alarm is on: https://github.com/rabbitmq/rabbitmq-server/blob/main/deps/rabbitmq_prometheus/metrics.md
  // Before, as rabbitmq_exporter and Datadog count them.
  [/^rabbitmq_alarms_free_disk_space_watermark$|^rabbitmq_node_disk(?:_free)?_alarm$/, 'disk_alarm', 'database'],
  [/^rabbitmq_alarms_memory_used_watermark$|^rabbitmq_node_mem_alarm$/, 'memory_alarm', 'database'],
  [/^rabbitmq_process_resident_memory_bytes$/, 'memory_used', 'database'],
  [/^rabbitmq_resident_memory_limit_bytes$/, 'memory_limit', 'database'],
  [/^(?:elasticsearch|opensearch)_filesystem_data_available_bytes$/, 'disk_free', 'database'],
  [/^(?:elasticsearch|opensearch)_filesystem_data_size_bytes$/, 'disk_size', 'database'],
  // https://etcd.io/docs/latest/op-guide/maintenance/#space-quota
  [/^etcd_(?:mvcc|debugging_mvcc)_db_total_size_in_bytes$/, 'disk_used', 'database'],
  [/^etcd_server_quota_backend_bytes$/, 'disk_size', 'database'],
  // A broker that is full blocks its producers: ActiveMQ and Artemis by JMX, Amazon MQ.
  [
    /^(?:org_apache_activemq_\w{1,40}_|activemq_|aws_amazonmq_)(?:broker_)?store_?percent_?usage(?:_average|_maximum)?$/i,
    'disk_share',
    'database',
    { scale: 0.01 },
  ],
  [
    /^(?:org_apache_activemq_\w{1,40}_|activemq_)(?:broker_)?memory_?percent_?usage$/i,
    'memory_share',
    'database',
    { scale: 0.01 },
  ],
  // Azure Monitor, as Grafana Agent and Alloy write it: https://learn.microsoft.com/en-us/azure/redis/monitor-cache-reference
  [
    /^azure_microsoft_cache_redis\w{0,20}_usedmemorypercentage_(?:average|maximum)_percent$/,
    'memory_share',
    'database',
    { scale: 0.01 },
  ],
  [
    /^azure_microsoft_(?:sql|dbfor\w{1,20})_\w{1,60}_storage_percent_(?:average|maximum)_percent$/,
    'disk_share',
    'database',
    { scale: 0.01 },
  ],
  [
    /^azure_microsoft_(?:app|web)_\w{1,40}_(?:average)?(?:http)?responsetime_average_(?:milliseconds|seconds)$/,
    'latency',
    'service',
  ],
  // How busy the one thread of Redis is, and plans of App Service.
  [
    /^azure_microsoft_(?:cache_redis\w{0,20}_(?:all)?serverload|web_serverfarms_cpupercentage)_(?:average|maximum)_percent$/,
    'cpu_share',
    'instance',
    { scale: 0.01 },
  ],
  [
    /^azure_microsoft_web_serverfarms_memorypercentage_(?:average|maximum)_percent$/,
    'memory_share',
    'instance',
    { scale: 0.01 },
  ],
  [/^azure_microsoft_cache_redis\w{0,20}_cachehits_total_count$/, 'cache_hits', 'database'],
  [/^azure_microsoft_cache_redis\w{0,20}_cachemisses_total_count$/, 'cache_misses', 'database'],
  [
    /^(?:aws_(?:elasticache|memorydb)_)?database_(?:capacity|memory)_usage_percentage(?:_average|_maximum)?$/,
    'memory_share',
    'database',
    { scale: 0.01 },
  ],
  // Lookups that a cache answers: exporters of Redis, Memcached and Varnish, Amazon ElastiCache, Micrometer.
  [
    /^redis_keyspace_hits(?:_total)?$|^varnish_main_cache_hit(?:_total)?$|^(?:aws_elasticache_)?cache_hits(?:_total)?$/,
    'cache_hits',
    'database',
    { kind: 'counter' },
  ],
  [
    /^redis_keyspace_misses(?:_total)?$|^varnish_main_cache_miss(?:_total)?$|^(?:aws_elasticache_)?cache_misses(?:_total)?$/,
    'cache_misses',
    'database',
    { kind: 'counter' },
  ],
  [
    /^memcached_commands_total$/,
    'cache_hits',
    'database',
    { kind: 'counter', where: { command: 'get', status: 'hit' }, needsLabels: true },
  ],
  [
    /^memcached_commands_total$/,
    'cache_misses',
    'database',
    { kind: 'counter', where: { command: 'get', status: 'miss' }, needsLabels: true },
  ],
  [/^cache_gets_total$/, 'cache_hits', 'instance', { kind: 'counter', where: { result: 'hit' }, needsLabels: true }],
  [/^cache_gets_total$/, 'cache_misses', 'instance', { kind: 'counter', where: { result: 'miss' }, needsLabels: true }],
  [/^pg_replication_lag(?:_seconds)?$|^mysql_slave_status_seconds_behind_master$/, 'replication_lag', 'database'],

  // Nodes: node exporter, OpenTelemetry's host metrics.
  [/^node_cpu_seconds_total$/, 'io_wait', 'node', { kind: 'counter', where: { mode: 'iowait' } }],
  [/^node_cpu_seconds_total$/, 'cpu_share', 'node', { kind: 'idle', where: { mode: 'idle' } }],
  [
    /^system_cpu_time_seconds_total$/,
    'io_wait',
    'node',
    { kind: 'counter', where: { 'state|cpu_mode': 'wait|iowait' } },
  ],
  [/^system_cpu_time_seconds_total$/, 'cpu_share', 'node', { kind: 'idle', where: { 'state|cpu_mode': 'idle' } }],
  // One series for each state: everything but idle is in use.
  [
    /^system_cpu_utilization(?:_ratio)?$/,
    'cpu_share',
    'node',
    { where: { 'state|cpu_mode': 'idle' }, isComplement: true },
  ],
  [
    /^system_memory_utilization(?:_ratio)?$/,
    'memory_share',
    'node',
    { where: { 'state|system_memory_state': 'used' } },
  ],
  [
    /^system_filesystem_utilization(?:_ratio)?$/,
    'disk_share',
    'node',
    { where: { 'type|system_filesystem_type': '[^t].*|t[^m].*' } },
  ],
  // The kubelet calls the number of cores in use a utilization.
  [/^k8s_node_cpu_(?:usage|utilization)(?:_ratio)?$/, 'cpu_used', 'node'],
  [/^k8s_node_memory_(?:working_set|usage)_bytes$/, 'memory_used', 'node'],
  [/^k8s_node_memory_available_bytes$/, 'memory_free', 'node'],
  [/^kube_node_status_allocatable$/, 'cpu_limit', 'node', { where: { resource: 'cpu' } }],
  [/^kube_node_status_allocatable$/, 'memory_limit', 'node', { where: { resource: 'memory' } }],
  [/^node_pressure_io_waiting_seconds_total$/, 'io_wait', 'node', { kind: 'counter' }],
  [/^node_nf_conntrack_entries$/, 'connections', 'node'],
  [/^node_nf_conntrack_entries_limit$/, 'connections_limit', 'node'],
  [
    /^(?:node_context_switches|system_context_switches|system_cpu_context_switches)_total$/,
    'context_switches',
    'node',
    { kind: 'counter' },
  ],
  [/^node_memory_MemAvailable_bytes$/, 'memory_free', 'node'],
  [/^node_memory_MemTotal_bytes$/, 'memory_limit', 'node'],
  [/^node_filesystem_avail_bytes$/, 'disk_free', 'node', { where: { fstype: '[^t].*|t[^m].*' } }],
  [/^node_filesystem_size_bytes$/, 'disk_size', 'node', { where: { fstype: '[^t].*|t[^m].*' } }],
  [/^(?:kubelet_volume_stats|k8s_volume)_available_bytes$/, 'disk_free', 'instance'],
  [/^(?:kubelet_volume_stats|k8s_volume)_capacity_bytes$/, 'disk_size', 'instance'],
  [/^(?:node|system)_disk_io_time_seconds_total$/, 'disk_busy', 'node', { kind: 'counter' }],
  [/^node_filefd_allocated$/, 'open_files', 'node'],
  [/^node_filefd_maximum$/, 'open_files_limit', 'node'],
  [/(?:^|_)(?:io_?wait)(?:_(?:percent|pct|ratio|share))?$/, 'io_wait', 'node'],
  [
    /(?:^|_)(?:disk|filesystem)_(?:usage_|used_)?(?:utili[sz]ation(?:_ratio)?|percent|pct|ratio)$/,
    'disk_share',
    'node',
  ],
  [
    /^(?:node|system|host|k8s_node)_(?:\w{1,60}_)?cpu_(?:\w{1,60}_)?(?:utili[sz]ation(?:_ratio)?|percent|pct|ratio)$|^(?:node|system|host)_cpu_(?:usage|utili[sz]ation)$/,
    'cpu_share',
    'node',
  ],
  [
    /^(?:node|system|host|k8s_node)_memory_(?:\w+_)?(?:utili[sz]ation(?:_ratio)?|percent|pct|ratio)$/,
    'memory_share',
    'node',
  ],

  // Credits that a volume has left to be faster than its base: gp2, st1 and sc1 volumes, and instances that burst.
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
  [
    /^(?:aws_(?:rds|docdb|neptune|ebs|ec2)_)?(?:burst_?balance|ebs_?(?:io|byte)_?balance(?:_percent)?)_?(?:average|minimum)?$/,
    'credits_share',
    'database',
    { scale: 0.01, isComplement: true },
  ],
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
  [
    /^(?:aws_(?:rds|docdb|ec2|elasticache)_)?cpu_?credit_?balance_?(?:average|minimum)?$|^(?:aws_efs_)?burst_?credit_?balance_?(?:average|minimum)?$|^azure_microsoft_\w{1,60}_cpu_?credits_?remaining_(?:average|minimum)_count$/,
    'credits_left',
    'database',
  ],
  // Servers of the clouds: YACE and the exporter of CloudWatch; Azure counts processor, reads and writes together as DTUs.
  [
    /^aws_(?:rds|elasticache|docdb|neptune|memorydb|redshift|es|ecs|opensearchservice)_(?:engine_)?cpu_?utilization(?:_(?:average|maximum))?$/,
    'cpu_share',
    'instance',
    { scale: 0.01 },
  ],
  [/(?:^|_)bigtable_googleapis_com[_:]cluster_cpu_load(?:_hottest_node)?$/, 'cpu_share', 'instance'],
  [/^aws_ecs_memory_?utilization(?:_(?:average|maximum))?$/, 'memory_share', 'instance', { scale: 0.01 }],
  // Amazon OpenSearch counts the heap, Amazon MSK the volume of a broker's logs.
  [/^aws_es_jvm_?memory_?pressure_(?:average|maximum)$/, 'memory_share', 'database', { scale: 0.01 }],
  [/^aws_kafka_(?:kafka_)?data_logs_disk_used_(?:average|maximum)$/, 'disk_share', 'database', { scale: 0.01 }],
  [
    /^azure_microsoft_sql_\w{1,60}_dtu_consumption_percent(?:_average|_maximum)?(?:_percent)?$|^azure_dtu_consumption_percent_(?:average|maximum)$/,
    'cpu_share',
    'instance',
    { scale: 0.01 },
  ],

  // CPU of instances.
  [/^container_cpu_cfs_throttled_periods_total$/, 'cpu_throttled_periods', 'instance', { kind: 'counter' }],
  [/^container_cpu_cfs_periods_total$/, 'cpu_periods', 'instance', { kind: 'counter' }],
  [/(?:^|_)cpu_(?:cfs_)?throttled_seconds_total$/, 'cpu_throttled', 'instance', { kind: 'counter' }],
  [/(?:^|_)cpu_throttl\w{0,40}_(?:percent|pct|ratio)$/, 'cpu_throttled', 'instance'],
  [
    /^container_cpu_usage_seconds_total$/,
    'cpu_used',
    'instance',
    { kind: 'counter', where: { container: '[^P].*|P[^O].*' } },
  ],
  [/^(?:k8s_pod|container|process)_cpu(?:_time|_user)?_seconds_total$/, 'cpu_used', 'instance', { kind: 'counter' }],
  [/^(?:k8s_pod|container)_cpu_utilization(?:_ratio)?$/, 'cpu_used', 'instance'],
  [/^k8s_container_cpu_limit$/, 'cpu_limit', 'instance'],
  [/^kube_pod_container_resource_limits$/, 'cpu_limit', 'instance', { where: { resource: 'cpu' } }],
  [/^kube_pod_container_resource_limits$/, 'memory_limit', 'instance', { where: { resource: 'memory' } }],
  [/(?:^|_)cpu_limit(?:_cores|_millicores)?$|^kube_pod_container_resource_limits_cpu_cores$/, 'cpu_limit', 'instance'],
  [/(?:^|_)cpu_usage(?:_cores|_millicores)?$/, 'cpu_used', 'instance'],
  [
    /^(?!.*(?:request|node|throttl)).*(?:^|_)cpu_(?:\w{1,60}_)?(?:utili[sz]ation(?:_ratio)?|percent|pct|ratio)$/,
    'cpu_share',
    'instance',
  ],
  [/(?:^|_)context_switches_total$/, 'context_switches', 'instance', { kind: 'counter' }],
  // Datadog counts billionths of a core, CloudWatch a share of the pod's limit.
  [/^kubernetes_cpu_usage_total$|^container_cpu_usage$/, 'cpu_used', 'instance', { scale: 1e-9 }],
  [/^(?:kubernetes_cpu_limits|container_cpu_limit)$/, 'cpu_limit', 'instance'],
  [/(?:^|_)cpu_utili[sz]ation_over_\w{1,40}_limit$/, 'cpu_share', 'instance'],
  [/(?:^|_)memory_utili[sz]ation_over_\w{1,40}_limit$/, 'memory_share', 'instance'],
  [/^(?:(?:pod|container|service|process|instance|app)_)?cpu(?:_(?:busy|used|active))?$/, 'cpu_share', 'instance'],

  // Memory, garbage, files, queues.
  [/^jvm_memory_used_bytes$/, 'heap_used', 'instance', { where: { 'area|jvm_memory_type': 'heap' } }],
  [/^jvm_memory_(?:max|limit)_bytes$/, 'heap_limit', 'instance', { where: { 'area|jvm_memory_type': 'heap' } }],
  [
    /^(?:process_runtime_)?jvm_memory_(?:bytes_used|usage_bytes)$/,
    'heap_used',
    'instance',
    { where: { 'area|type|pool': 'heap' } },
  ],
  [
    /^(?:process_runtime_)?jvm_memory_(?:bytes_max|limit_bytes)$/,
    'heap_limit',
    'instance',
    { where: { 'area|type|pool': 'heap' } },
  ],
  [
    /^v8js_memory_heap_used_bytes$|^dotnet_gc_last_collection_heap_size_bytes$|^nodejs_heap_size_used_bytes$|^go_memstats_heap_inuse_bytes$|(?:^|_)heap_(?:inuse|used)(?:_bytes|_mb|_mib)?$/,
    'heap_used',
    'instance',
  ],
  [
    /^(?:jvm_gc_pause|jvm_gc_duration|jvm_gc_collection|go_gc_duration|nodejs_gc_duration)_seconds_sum$/,
    'gc_time',
    'instance',
    { kind: 'counter' },
  ],
  // Micrometer's JvmHeapPressureMetrics: a share in spite of its name.
  [/^jvm_gc_overhead(?:_percent)?$/, 'gc_time', 'instance', { scale: 1 }],
  [
    /^(?:process_runtime_)?(?:jvm|v8js)_gc_duration_(?:seconds|milliseconds)_sum$|^dotnet_gc_pause_time_seconds_total$|^process_runtime_dotnet_gc_duration_nanoseconds_total$/,
    'gc_time',
    'instance',
    { kind: 'counter' },
  ],
  [/^container_memory_working_set_bytes$/, 'memory_used', 'instance', { where: { container: '[^P].*|P[^O].*' } }],
  [/^container_spec_memory_limit_bytes$/, 'memory_limit', 'instance', { where: { container: '[^P].*|P[^O].*' } }],
  [
    /^kube_pod_container_resource_limits_memory_bytes$|(?:^|_)memory_limit(?:_bytes|_mb|_mib|_gb|_gib)?$/,
    'memory_limit',
    'instance',
  ],
  [
    /^(?!.*(?:request|node)).*(?:^|_)memory_(?:\w{1,60}_)?(?:utili[sz]ation(?:_ratio)?|percent|pct|ratio)$/,
    'memory_share',
    'instance',
  ],
  [
    /^(?!.*node).*(?:^|_)memory_(?:usage|rss|working_set|used|resident)(?:_bytes|_mb|_mib|_gb|_gib)?$/,
    'memory_used',
    'instance',
  ],
  [/^process_resident_memory_bytes$/, 'memory_used', 'instance'],
  [/^kubernetes_memory_limits$/, 'memory_limit', 'instance'],
  [/^database_connections$/, 'connections', 'database'],
  [
    /^process_(?:files_)?open_(?:fds|files|file_descriptors?(?:_count)?)$|^(?:process_unix|jvm)_file_descriptor_count$|^container_file_descriptors$/,
    'open_files',
    'instance',
  ],
  [/^process_(?:files_)?max_(?:fds|files)$|^jvm_file_descriptor_limit$/, 'open_files_limit', 'instance'],
  [
    /^rabbitmq_queue_messages(?:_ready)?$|^kafka_consumer_?(?:group_?)?lag(?:_sum|_max)?$|^burrow_kafka_(?:consumer|topic)_partition_(?:lag|current_lag)$|^kminion_kafka_consumer_group_topic_lag$|^kafka_consumer_\w*records_lag(?:_max)?$|(?:^|_)queue_(?:depth|length|size)$|^approximate_number_of_messages_visible$|^executor_queued_tasks$|^aws_sqs_approximate_number_of_messages_visible_\w+$|^(?:jetstream|nats)_consumer_num_pending$|^pulsar_(?:subscription_back_log|msg_backlog)$|^rocketmq_group_diff$|^redpanda_kafka_consumer_group_lag_(?:sum|max)$|(?:^|_)pubsub_googleapis_com[_:]subscription_num_undelivered_messages$|^aws_kafka_(?:sum|max)_offset_lag_(?:average|maximum)$|^azure_microsoft_servicebus_namespaces_activemessages_(?:average|maximum)_count$/,
    'queue_depth',
    'service',
  ],
  [
    /(?:^|_)oldest_message_age_seconds$|^approximate_age_of_oldest_message$|^aws_sqs_approximate_age_of_oldest_message_\w+$|^sidekiq_queue_latency_seconds$|(?:^|_)pubsub_googleapis_com[_:]subscription_oldest_unacked_message_age$/,
    'queue_age',
    'service',
  ],
  // How old the last record is that a reader of a stream got: Amazon Kinesis, and functions that read one.
  [
    /^aws_(?:kinesis_get_records_iterator_age_milliseconds|lambda_iterator_age)_maximum$/,
    'queue_age',
    'service',
    { scale: 1e-3 },
  ],
  [/^kube_pod_container_status_restarts_total$/, 'restarts', 'instance', { kind: 'counter' }],
  [/(?:^|_)oom_(?:events|kill(?:s|ed)?)_total$/, 'oom_kills', 'instance', { kind: 'counter' }],
];

const SUFFIXES = /_(?:bucket|sum|count)$/;

/** All meanings of a name, one per row: a name may stand for several concepts, distinguished by labels. */
export function meaningsOfName(name: string): readonly Meaning[] {
  const told = toldMeaning(name);
  if (told !== undefined) return [told];
  const found = rowsOf(name);
  const [first] = found;
  if (first === undefined) return [];
  // Further rows count only where the first one names the distinguishing label.
  const rows = first[3]?.where === undefined ? [first] : found.filter((row) => row[0].source === first[0].source);
  return rows.map((row) => meaningOfRow(row, plainName(name)));
}

/** By the name itself, else by its form in Prometheus. */
function rowsOf(name: string): readonly Row[] {
  for (const form of new Set([name, plainName(name)])) {
    const base = form.replace(SUFFIXES, '');
    const found = ROWS.filter(([pattern, , , more]) => pattern.test(more?.kind === 'histogram' ? base : form));
    if (found.length > 0) return found;
  }
  return [];
}

/** `container.cpu.usage`, `CPUUtilization`, `process/cpu-usage` → `container_cpu_usage`, `cpu_utilization`, … */
export function plainName(name: string): string {
  return name
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .replaceAll(/[^A-Za-z\d_:]+/g, '_')
    .toLowerCase();
}

/** The name under which a source returns a queried series, in the unit of the concept: `node:cpu_share`. */
export function seriesName({ scope, concept }: Pick<Meaning, 'scope' | 'concept'>): string {
  return `${scope}:${concept}`;
}

/** Counted by a store of requests or lines over its content: `requests in Tempo`, `log lines in Datadog`. */
export function isOfStore({ labels }: Pick<Series, 'labels'>): boolean {
  return / in (?:Tempo|Datadog|Loki)$/.test(labels.metric ?? '');
}

function toldMeaning(name: string): Meaning | undefined {
  const [scope = '', concept = '', ...rest] = name.split(':');
  if (!isScope(scope) || !isConcept(concept) || rest.length > 0) return undefined;
  return { concept, scope, kind: 'gauge', scale: 1, isComplement: false, where: {}, rank: 0 };
}

function isScope(text: string): text is Scope {
  return text === 'service' || text === 'instance' || text === 'node' || text === 'database';
}

function isConcept(text: string): text is Concept {
  return Object.hasOwn(UNITS, text);
}

function meaningOfRow(row: Row, name: string): Meaning {
  const [, concept, scope, more = {}] = row;
  const { kind = 'gauge', scale = scaleOf(name, concept), where = {}, isComplement = false } = more;
  const needsLabels = more.needsLabels && { needsLabels: true as const };
  return { concept, scope, kind, scale, where, isComplement, rank: ROWS.indexOf(row), ...needsLabels };
}

/** The meaning of one series; undefined where its name or its labels are unknown. */
export function meaningOf({ name, labels }: Pick<Series, 'name' | 'labels'>): Meaning | undefined {
  let known = KNOWN.get(name);
  if (known === undefined) {
    known = meaningsOfName(name);
    if (KNOWN.size < MOST_KNOWN) KNOWN.set(name, known);
  }
  return known.find(({ where, needsLabels = false }) =>
    Object.entries(where).every(([label, value]) => hasLabel(labels, label, value, needsLabels)),
  );
}

/** Names come from outside: this many different ones are remembered. */
const MOST_KNOWN = 2_000;
const KNOWN = new Map<string, readonly Meaning[]>();

/** A missing label is no contradiction: a case may hold a queried series without its query. */
function hasLabel(labels: Readonly<Record<string, string>>, label: string, value: string, isNeeded: boolean): boolean {
  const names = Object.keys(labels).filter((name) => anchored(label).test(name));
  return (names.length === 0 && !isNeeded) || names.some((name) => anchored(value).test(labels[name] ?? ''));
}

const ANCHORED = new Map<string, RegExp>();

/** Called only with patterns of this file. */
function anchored(pattern: string): RegExp {
  const known = ANCHORED.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  ANCHORED.set(pattern, known);
  return known;
}

const SCALES: readonly (readonly [RegExp, number])[] = [
  [/_(?:milliseconds|ms|millicores)(?:[_:]|$)/, 1e-3],
  [/_(?:microseconds|us)(?:_|$)/, 1e-6],
  [/_nanoseconds(?:_|$)/, 1e-9],
  [/_(?:percent|pct)$/, 0.01],
  [/_(?:kb|kib)$/, 1024],
  [/_(?:mb|mib)$/, 1024 ** 2],
  [/_(?:gb|gib)$/, 1024 ** 3],
];

function scaleOf(name: string, concept: Concept): number {
  // Span metrics without a unit in their name count milliseconds.
  if (concept === 'latency' && /(?:^|_)(?:latency|duration)(?:_bucket|_sum|_count)?$/.test(name)) return 1e-3;
  return SCALES.find(([unit]) => unit.test(name))?.[1] ?? 1;
}
