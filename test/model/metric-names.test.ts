import { describe, expect, test } from 'vitest';
import { meaningOf, meaningsOfName, seriesName } from '#model/metric-names.ts';

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
    ['requests_per_second', {}, 'service requests gauge 1'],
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

  test('a rate of successes is read as what fails', () => {
    expect(meaningOf({ name: 'api_success_rate_percent', labels: {} })).toMatchObject({
      concept: 'error_share',
      isComplement: true,
      scale: 0.01,
    });
  });
});
