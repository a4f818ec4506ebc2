import { describe, expect, test } from 'vitest';
import { isOfStore, meaningOf, meaningsOfName, seriesName } from '#model/metrics/metric-names.ts';

function meant(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const { concept, scope, kind, scale } = meaningOf({ name, labels }) ?? {};
  return concept === undefined ? 'nothing' : `${scope} ${concept} ${kind} ${scale}`;
}

describe('what a series means', () => {
  test.each([
    // OpenTelemetry, span metrics, meshes, client libraries
    ['http_server_request_duration_seconds_count', {}, 'service latency histogram 1'],
    ['http_server_duration_milliseconds_bucket', {}, 'service latency histogram 0.001'],
    ['rpc_server_duration_milliseconds_count', {}, 'service latency histogram 0.001'],
    ['traces_spanmetrics_latency_count', { span_kind: 'SPAN_KIND_SERVER' }, 'service latency histogram 0.001'],
    ['traces_spanmetrics_latency_count', { span_kind: 'SPAN_KIND_CLIENT' }, 'nothing'],
    ['traces_span_metrics_duration_milliseconds_count', {}, 'service latency histogram 0.001'],
    ['istio_request_duration_milliseconds_count', { reporter: 'source' }, 'nothing'],
    ['http_server_requests_seconds_count', {}, 'service latency histogram 1'],
    ['http_requests_total', { code: '500' }, 'service requests counter 1'],
    ['response_total', { direction: 'inbound' }, 'service requests counter 1'],
    ['pod_client_latency_p99_seconds', {}, 'nothing'],
    ['api_latency_p99_ms', {}, 'service latency gauge 0.001'],
    ['api_error_rate_pct', {}, 'service error_share gauge 0.01'],
    ['azure_microsoft_app_containerapps_responsetime_average_milliseconds', {}, 'service latency gauge 0.001'],
    ['azure_microsoft_app_containerapps_requests_total_count', {}, `service requests gauge ${1 / 60}`],
    ['azure_microsoft_web_sites_http5xx_total_count', {}, `service errors gauge ${1 / 60}`],
    ['aws_applicationelb_httpcode_elb_5_xx_count_sum', {}, `service errors gauge ${1 / 60}`],
    ['aws_elb_httpcode_backend_5_xx_sum', {}, `service errors gauge ${1 / 60}`],
    ['aws_lambda_throttles_sum', {}, `service errors gauge ${1 / 60}`],
    ['rabbitmq_node_disk_free_alarm', {}, 'database disk_alarm gauge 1'],
    ['rabbitmq.node.mem_alarm', {}, 'database memory_alarm gauge 1'],
    ['etcd_mvcc_db_total_size_in_bytes', {}, 'database disk_used gauge 1'],
    ['opensearch_filesystem_data_available_bytes', {}, 'database disk_free gauge 1'],
    ['mongodb_ss_globalLock_currentQueue', { count_type: 'total' }, 'database lock_waits gauge 1'],
    ['mongodb_ss_globalLock_currentQueue', { count_type: 'readers' }, 'nothing'],
    ['requests_per_second', {}, 'service requests gauge 1'],
    ['messaging_process_duration_seconds_count', {}, 'service latency histogram 1'],
    ['envoy_cluster_upstream_rq_time_count', {}, 'service latency histogram 0.001'],
    ['envoy_cluster_upstream_rq', { envoy_response_code: '503' }, 'service requests counter 1'],
    ['nginx_ingress_controller_request_duration_seconds_count', {}, 'service latency histogram 1'],
    ['nginx_ingress_controller_requests', { status: '502' }, 'service requests counter 1'],
    ['traefik_service_requests_total', { code: '500' }, 'service requests counter 1'],
    ['flask_http_request_duration_seconds_count', {}, 'service latency histogram 1'],
    ['flask_http_request_total', { status: '500' }, 'service requests counter 1'],
    ['http_requests_received_total', { code: '500' }, 'service requests counter 1'],
    ['http_client_request_duration_seconds_count', {}, 'nothing'],
    ['http_client_requests_total', {}, 'nothing'],
    // Servers of the clouds
    ['aws_rds_cpuutilization_average', {}, 'instance cpu_share gauge 0.01'],
    ['aws_elasticache_engine_cpuutilization_maximum', {}, 'instance cpu_share gauge 0.01'],
    ['aws_es_cpuutilization_average', {}, 'instance cpu_share gauge 0.01'],
    ['aws_es_jvmmemory_pressure_maximum', {}, 'database memory_share gauge 0.01'],
    ['aws_kafka_kafka_data_logs_disk_used_average', {}, 'database disk_share gauge 0.01'],
    ['azure_microsoft_cache_redis_serverload_maximum_percent', {}, 'instance cpu_share gauge 0.01'],
    ['azure_microsoft_web_serverfarms_memorypercentage_average_percent', {}, 'instance memory_share gauge 0.01'],
    [
      'azure_microsoft_sql_servers_databases_dtu_consumption_percent_average_percent',
      {},
      'instance cpu_share gauge 0.01',
    ],
    ['azure_microsoft_sql_servers_databases_sessions_percent_average_percent', {}, 'nothing'],
    // Sessions that wait for a lock
    ['pg_stat_activity_count', { wait_event_type: 'Lock', state: 'active' }, 'database lock_waits gauge 1'],
    ['pg_stat_activity_count', { wait_event_type: 'Client', state: 'idle' }, 'database connections gauge 1'],
    ['pg_stat_activity_count', { state: 'active' }, 'database connections gauge 1'],
    [
      'mysql_info_schema_processlist_threads',
      { state: 'waiting for table metadata lock' },
      'database lock_waits gauge 1',
    ],
    ['mysql_info_schema_processlist_threads', { state: 'executing' }, 'nothing'],
    ['jvm_threads_states_threads', { state: 'blocked' }, 'instance lock_waits gauge 1'],
    ['jvm_threads_state', { state: 'BLOCKED' }, 'instance lock_waits gauge 1'],
    ['jvm.thread.count', { jvm_thread_state: 'blocked' }, 'instance lock_waits gauge 1'],
    ['jvm_threads_states_threads', { state: 'timed-waiting' }, 'nothing'],
    ['jvm_threads_state', {}, 'nothing'],
    ['jvm_thread_count', { jvm_thread_state: 'waiting' }, 'nothing'],
    ['jvm.threads.blocked.count', {}, 'instance lock_waits gauge 1'],
    ['sqlserver.processes.blocked', {}, 'database lock_waits gauge 1'],
    // OpenTelemetry's receivers: of each state a series, and cores that are called a utilization
    ['system_cpu_utilization_ratio', { state: 'idle' }, 'node cpu_share gauge 1'],
    ['system_cpu_utilization_ratio', { state: 'user' }, 'nothing'],
    ['system_cpu_time_seconds_total', { cpu_mode: 'iowait' }, 'node io_wait counter 1'],
    ['system_memory_utilization_ratio', { state: 'used' }, 'node memory_share gauge 1'],
    ['system_memory_utilization_ratio', { system_memory_state: 'free' }, 'nothing'],
    ['system_filesystem_utilization_ratio', { type: 'tmpfs' }, 'nothing'],
    ['system_filesystem_utilization_ratio', { type: 'ext4' }, 'node disk_share gauge 1'],
    ['k8s_pod_cpu_utilization_ratio', {}, 'instance cpu_used gauge 1'],
    ['k8s_pod_cpu_limit_utilization_ratio', {}, 'instance cpu_share gauge 1'],
    ['k8s_pod_memory_limit_utilization_ratio', {}, 'instance memory_share gauge 1'],
    ['k8s_node_cpu_utilization_ratio', {}, 'node cpu_used gauge 1'],
    ['k8s_node_memory_working_set_bytes', {}, 'node memory_used gauge 1'],
    ['kube_node_status_allocatable', { resource: 'cpu' }, 'node cpu_limit gauge 1'],
    ['kube_node_status_allocatable', { resource: 'pods' }, 'nothing'],
    ['k8s_volume_available_bytes', {}, 'instance disk_free gauge 1'],
    // Runtimes
    ['process_runtime_jvm_gc_duration_milliseconds_sum', {}, 'instance gc_time counter 0.001'],
    ['dotnet_gc_pause_time_seconds_total', {}, 'instance gc_time counter 1'],
    ['process_runtime_dotnet_gc_duration_nanoseconds_total', {}, 'instance gc_time counter 1e-9'],
    ['v8js_gc_duration_seconds_sum', {}, 'instance gc_time counter 1'],
    ['process_runtime_jvm_memory_usage_bytes', { type: 'heap' }, 'instance heap_used gauge 1'],
    ['process_runtime_jvm_memory_usage_bytes', { type: 'non_heap' }, 'nothing'],
    ['jvm_memory_bytes_max', { area: 'heap' }, 'instance heap_limit gauge 1'],
    ['process_unix_file_descriptor_count', {}, 'instance open_files gauge 1'],
    ['jvm_file_descriptor_limit', {}, 'instance open_files_limit gauge 1'],
    ['process_context_switches_total', {}, 'instance context_switches counter 1'],
    ['container_spec_memory_limit_bytes', { container: 'app' }, 'instance memory_limit gauge 1'],
    ['envoy_cluster_upstream_rq_pending_active', {}, 'service waiting gauge 1'],
    // Pods and processes
    ['container_cpu_usage_seconds_total', { container: 'app' }, 'instance cpu_used counter 1'],
    ['container_cpu_usage_seconds_total', { container: 'POD' }, 'nothing'],
    ['kube_pod_container_resource_limits', { resource: 'cpu' }, 'instance cpu_limit gauge 1'],
    ['kube_pod_container_resource_limits', { resource: 'memory' }, 'instance memory_limit gauge 1'],
    ['kube_pod_container_resource_limits', { resource: 'ephemeral_storage' }, 'nothing'],
    ['kube_pod_container_resource_requests', { resource: 'cpu' }, 'nothing'],
    ['pod_cpu_usage_percent', {}, 'instance cpu_share gauge 0.01'],
    ['pod_cpu_usage_millicores', {}, 'instance cpu_used gauge 0.001'],
    ['cpu_utilization', {}, 'instance cpu_share gauge 1'],
    ['pod_cpu_request_percent', {}, 'nothing'],
    ['container_cpu_cfs_throttled_periods_total', {}, 'instance cpu_throttled_periods counter 1'],
    ['pod_memory_usage_percent', {}, 'instance memory_share gauge 0.01'],
    ['pod_memory_usage_mib', {}, 'instance memory_used gauge 1048576'],
    ['container_memory_rss_mb', {}, 'instance memory_used gauge 1048576'],
    ['container_memory_limit_mb', {}, 'instance memory_limit gauge 1048576'],
    ['jvm_memory_used_bytes', { area: 'heap', id: 'G1 Old Gen' }, 'instance heap_used gauge 1'],
    ['jvm_memory_used_bytes', { jvm_memory_type: 'non_heap' }, 'nothing'],
    ['jvm_gc_duration_seconds_sum', {}, 'instance gc_time counter 1'],
    ['process_open_fds', {}, 'instance open_files gauge 1'],
    ['process_max_fds', {}, 'instance open_files_limit gauge 1'],
    ['hikaricp_connections_active', {}, 'instance connections gauge 1'],
    ['db_pool_connections_in_use', {}, 'instance connections gauge 1'],
    ['orders_connection_pool_max', {}, 'instance connections_limit gauge 1'],
    ['pg_pool_waiting_clients', {}, 'instance waiting gauge 1'],
    ['db_pool_size', {}, 'nothing'],
    ['thread_pool_active', {}, 'nothing'],
    ['pgxpool_acquired_conns', {}, 'instance connections gauge 1'],
    ['r2dbc_pool_max_allocated_connections', {}, 'instance connections_limit gauge 1'],
    ['mongodb_driver_pool_checkedout', {}, 'instance connections gauge 1'],
    ['db_client_connection_count', { db_client_connection_state: 'idle' }, 'nothing'],
    ['db_client_connections_usage', { state: 'used' }, 'instance connections gauge 1'],
    // Machines and databases
    ['node_cpu_seconds_total', { mode: 'iowait' }, 'node io_wait counter 1'],
    ['node_cpu_seconds_total', { mode: 'idle' }, 'node cpu_share idle 1'],
    ['node_cpu_seconds_total', { mode: 'user' }, 'nothing'],
    ['node_cpu_usage_percent', {}, 'node cpu_share gauge 0.01'],
    ['node_memory_usage_percent', {}, 'node memory_share gauge 0.01'],
    ['node_filesystem_avail_bytes', { fstype: 'ext4' }, 'node disk_free gauge 1'],
    ['node_filesystem_avail_bytes', { fstype: 'tmpfs' }, 'nothing'],
    ['pg_stat_activity_count', {}, 'database connections gauge 1'],
    ['mysql_global_variables_max_connections', {}, 'database connections_limit gauge 1'],
    ['node_nf_conntrack_entries_limit', {}, 'node connections_limit gauge 1'],
    ['node_pressure_io_waiting_seconds_total', {}, 'node io_wait counter 1'],
    ['redis_memory_used_bytes', {}, 'database memory_used gauge 1'],
    ['redis_memory_max_bytes', {}, 'database memory_limit gauge 1'],
    ['redis_blocked_clients', {}, 'database waiting gauge 1'],
    ['pgbouncer_pools_client_waiting_connections', {}, 'database waiting gauge 1'],
    ['mongodb_ss_connections', { conn_type: 'available' }, 'nothing'],
    ['mongodb_ss_connections', { conn_type: 'current' }, 'database connections gauge 1'],
    // Queues
    ['kafka_consumer_group_lag', {}, 'service queue_depth gauge 1'],
    ['aws_sqs_approximate_number_of_messages_visible_maximum', {}, 'service queue_depth gauge 1'],
    ['aws_kafka_sum_offset_lag_average', {}, 'service queue_depth gauge 1'],
    ['aws_kinesis_get_records_iterator_age_milliseconds_maximum', {}, 'service queue_age gauge 0.001'],
    ['azure_microsoft_servicebus_namespaces_activemessages_average_count', {}, 'service queue_depth gauge 1'],
    [
      'stackdriver_pubsub_subscription_pubsub_googleapis_com_subscription_num_undelivered_messages',
      {},
      'service queue_depth gauge 1',
    ],
    [
      'stackdriver_pubsub_subscription_pubsub_googleapis_com_subscription_oldest_unacked_message_age',
      {},
      'service queue_age gauge 1',
    ],
    ['aws_sqs_approximate_age_of_oldest_message_maximum', {}, 'service queue_age gauge 1'],
    ['pulsar_subscription_back_log', {}, 'service queue_depth gauge 1'],
    ['request_queue_depth', {}, 'service queue_depth gauge 1'],
    ['up', {}, 'nothing'],
    ['', {}, 'nothing'],
  ] as const)('%s %j: %s', (name, labels, meaning) => {
    expect(meant(name, labels)).toBe(meaning);
  });

  test('a series that a source has renamed means what its name says, and nothing else does', () => {
    const [cpu] = meaningsOfName('node_cpu_usage_percent');
    expect(cpu && meant(seriesName(cpu))).toBe('node cpu_share gauge 1');
    expect(meant('node:nothing')).toBe('nothing');
    expect(meant('nobody:cpu_share')).toBe('nothing');
    expect(meant('node:cpu_share:rate5m')).toBe('nothing');
    expect(meant('node:toString')).toBe('nothing');
  });

  test.each([
    ['pod:http_requests_success:ratio1m', { concept: 'error_share', isComplement: true }],
    ['job:grpc_errors:ratio_rate5m', { concept: 'error_share', isComplement: false }],
    ['pod:http_request_duration_milliseconds:p95_1m', { concept: 'latency', scale: 0.001 }],
    ['service:http_requests:rate5m', { concept: 'requests', kind: 'gauge' }],
  ])('the recording rule %s is read by its last two parts', (name, means) => {
    expect(meaningOf({ name, labels: {} })).toMatchObject(means);
  });

  test.each(['job:http_client_errors:ratio5m', 'job:http_requests_success:ratio3d', 'job:disk_used:ratio5m'])(
    'the recording rule %s says nothing of answers, or blurs them over days',
    (name) => {
      expect(meaningOf({ name, labels: {} })).toBeUndefined();
    },
  );

  test('a rate of successes is read as what fails', () => {
    expect(meaningOf({ name: 'api_success_rate_percent', labels: {} })).toMatchObject({
      concept: 'error_share',
      isComplement: true,
      scale: 0.01,
    });
  });
});

test('what stores of requests and lines count is told from what is measured', () => {
  const of = (metric?: string) => isOfStore({ labels: metric === undefined ? {} : { metric } });
  expect(['requests in Tempo', 'log lines in Loki', 'requests_in_tempo', undefined].map(of)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
