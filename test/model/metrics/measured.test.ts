import { describe, expect, test } from 'vitest';
import { measured } from '#model/metrics/measured.ts';
import { mergedSeries, type Series } from '#model/metrics/series.ts';
import { series, seriesOf } from '#test/metrics.ts';

/** Minutes 0, 1, 2 … */
const points = (...values: number[]) => ({
  value: (minute: number) => values[minute],
  range: { from: 0, to: values.length },
});

function drawn(name: string, labels: Record<string, string>, ...values: number[]) {
  const { value, range } = points(...values);
  return series(name, labels, value, range);
}

function seen(...drawnSeries: readonly ReturnType<typeof series>[]) {
  return measured(mergedSeries(seriesOf(drawnSeries))).map(({ service, instance, concept, part, values }) =>
    [service, instance, concept, part, [...values].map((value) => Number(value.toPrecision(4)))].filter(
      (each) => each !== '',
    ),
  );
}

describe('series as what they mean', () => {
  test('a container is throttled in as many periods as are counted; its seconds are added up over all CPUs', () => {
    const labels = { pod: 'quotes-7d9c5f-x2x9k', container: 'quotes' };
    const counted = (name: string, ...values: number[]) => drawn(name, labels, ...values);
    const seconds = counted('container_cpu_cfs_throttled_seconds_total', 0, 102, 204);
    const throttled = (...all: readonly ReturnType<typeof series>[]) =>
      seen(...all).filter((one) => one.includes('cpu_throttled'));
    expect(throttled(seconds)).toEqual([['quotes', labels.pod, 'cpu_throttled', [1, 1]]]);
    const periods = counted('container_cpu_cfs_periods_total', 0, 600, 1200);
    const stopped = counted('container_cpu_cfs_throttled_periods_total', 0, 540, 1080);
    expect(throttled(seconds, periods, stopped)).toEqual([['quotes', labels.pod, 'cpu_throttled', [0.9, 0.9]]]);
  });

  test('the lag of a group of consumers is theirs, and not of the exporter that reads it', () => {
    const labels = { job: 'kafka-exporter', service: 'kafka-exporter', consumergroup: 'writer', topic: 'readings' };
    expect(seen(drawn('kafka_consumergroup_lag', labels, 10, 20))).toEqual([
      ['writer', 'queue_depth', 'readings', [10, 20]],
    ]);
  });

  test('a search engine goes by the name of its cluster, and a cluster of machines names nothing', () => {
    const labels = { cluster: 'catalogue', name: 'catalogue-2' };
    expect(seen(drawn('elasticsearch_process_cpu_percent', labels, 20, 90))[0]?.slice(0, 2)).toEqual([
      'catalogue',
      'catalogue-2',
    ]);
    expect(seen(drawn('redis_connected_clients', { cluster: 'prod-eu', addr: 'basket:6379' }, 1, 2))[0]?.[0]).toBe(
      'basket',
    );
  });

  test('a node of RabbitMQ is an instance of its broker', () => {
    const labels = { job: 'rabbitmq', rabbitmq_node: 'rabbit@mq-0' };
    expect(seen(drawn('rabbitmq_alarms_memory_used_watermark', labels, 0, 1))[0]?.slice(0, 2)).toEqual([
      'rabbitmq',
      'rabbit@mq-0',
    ]);
  });

  test('pods of a StatefulSet are one service, and servers with numbers in their names are not', () => {
    const pool = (instance: string) =>
      drawn('pgbouncer_pools_client_waiting_connections', { job: 'pgbouncer-exporter', instance }, 1, 2);
    const names = (...instances: readonly string[]) => seen(...instances.map(pool)).map(([service]) => service);
    expect(names('toll-pool-0:9127', 'toll-pool-1:9127')).toEqual(['toll-pool', 'toll-pool']);
    expect(names('toll-pool-1:9127', 'toll-pool-2:9127')).toEqual(['toll-pool-1', 'toll-pool-2']);
    expect(names('toll-pool-0')).toEqual(['toll-pool-0']);
  });

  test('a target group of a load balancer is the service behind it', () => {
    const labels = { dimension_TargetGroup: 'targetgroup/berths/5f0c2a9e1b7d4c36', name: 'arn:aws:berths' };
    expect(seen(drawn('aws_applicationelb_target_response_time_p95', labels, 0.1, 0.9))[0]?.[0]).toBe('berths');
  });

  test('a runtime stands still for all its collectors together, and not for what they do beside the program', () => {
    const pod = { pod: 'quotes-7d9c5f-x2x9k', application: 'quotes' };
    const spent = (gc: string, ...values: number[]) => drawn('jvm_gc_pause_seconds_sum', { ...pod, gc }, ...values);
    const shares = seen(
      spent('G1 Young Generation', 0, 12, 24),
      spent('G1 Old Generation', 0, 18, 36),
      spent('ZGC Cycles', 0, 50, 100),
    );
    expect(shares).toEqual([['quotes', pod.pod, 'gc_time', [0.5, 0.5]]]);
  });

  test('credits count as a share of the most that were kept', () => {
    const labels = { dimension_DBInstanceIdentifier: 'ferry-pg' };
    const of = (...values: number[]) =>
      seen(drawn('aws_rds_cpucredit_balance_average', labels, ...values)).filter((one) =>
        one.includes('credits_share'),
      );
    expect(of(144, 72, 0)).toEqual([['ferry-pg', 'ferry-pg', 'credits_share', [0, 0.5, 1]]]);
    expect(of(2, 1, 0)).toEqual([]);
  });

  test('a store that an exporter names by its address goes by its host', () => {
    const of = (instance: string) => seen(drawn('redis_connected_clients', { instance }, 1, 2))[0]?.[0];
    expect(['redis://basket-cache:6379', 'rediss://app:x@basket-cache:6380', 'basket-cache:9121'].map(of)).toEqual(
      Array(3).fill('basket-cache'),
    );
    expect(of('redis://10.0.0.7:6379')).toBe('10.0.0.7:6379');
  });

  test.each([
    [{ job: 'redis-exporter', instance: 'redis://basket-cache:6379' }, 'basket-cache'],
    [{ job: 'integrations/redis_exporter', instance: 'basket-cache:6379' }, 'basket-cache'],
    [{ service: 'pg-exporter', pod: 'pg-exporter-5f6585d649-fnmft', server: 'bills-pg:5432' }, 'bills-pg'],
    [{ job: 'redis_exporter_targets', instance: '10.0.0.3:9121', addr: '10.0.0.7:6379' }, '10.0.0.7:6379'],
    // Its own address says nothing of what it reads.
    [{ job: 'redis-exporter', instance: 'redis-exporter:9121' }, 'redis-exporter'],
    [{ job: 'redis-exporter', instance: '10.0.0.3:9121' }, 'redis-exporter'],
    [{ job: 'redis-exporter', instance: 'localhost:9121' }, 'redis-exporter'],
    // Who has a name of its own keeps it.
    [{ job: 'basket', instance: 'basket-7:9121' }, 'basket'],
    [{ job: 'redis-exporter', app: 'basket', instance: 'redis://basket-cache:6379' }, 'basket'],
  ])('what an exporter measures, and not the exporter: %j is %s', (labels, service) => {
    expect(seen(drawn('redis_connected_clients', labels, 1, 2))[0]?.[0]).toBe(service);
  });

  test('an exporter’s own process is the exporter’s', () => {
    const labels = { job: 'redis-exporter', instance: 'basket-cache:9121' };
    expect(seen(drawn('process_open_fds', labels, 1))[0]?.[0]).toBe('redis-exporter');
  });

  test('a server of a cloud goes by its own name', () => {
    const of = (name: string, labels: Record<string, string>) => seen(drawn(name, labels, 20, 90))[0]?.[0];
    expect(of('aws_rds_cpuutilization_average', { dimension_DBInstanceIdentifier: 'bills-1' })).toBe('bills-1');
    const azure = 'azure_microsoft_sql_servers_databases_dtu_consumption_percent_average_percent';
    expect(of(azure, { resourceName: 'bills-sql', resourceGroup: 'rg' })).toBe('bills-sql');
    const google = 'stackdriver_cloudsql_database_cloudsql_googleapis_com_database_cpu_utilization';
    expect(of(google, { database_id: 'acme-prod:bills-pg', project_id: 'acme-prod' })).toBe('bills-pg');
    expect(of('process_cpu_percent', { resource_name: 'GET /bills', pod: 'bills-7d9c5f-x2x9k' })).toBe('bills');
  });

  test('a queue without another label is its own service', () => {
    const labels = { queue: 'bills.due', vhost: '/' };
    expect(seen(drawn('rabbitmq_queue_messages_ready', labels, 3, 400))[0]?.[0]).toBe('bills.due');
  });

  test('a counter becomes its rate, and a restart is no drop', () => {
    expect(seen(drawn('http_requests_total', { service: 'shop' }, 600, 1_200, 1_800, 60, 120))).toEqual([
      ['shop', 'requests', [10, 10, 1, 1]],
    ]);
  });

  test('what is used is set against its limit, of the same container', () => {
    expect(
      seen(
        drawn('container_memory_rss_mb', { service: 'shop', pod: 'shop-a', container: 'app' }, 50, 75),
        drawn('container_memory_rss_mb', { service: 'shop', pod: 'shop-a', container: 'proxy' }, 50, 50),
        drawn('container_memory_limit_mb', { service: 'shop', pod: 'shop-a', container: 'app' }, 100, 100),
        drawn('container_memory_limit_mb', { service: 'shop', pod: 'shop-a', container: 'proxy' }, 200, 200),
      ).filter(([, , concept]) => concept === 'memory_share'),
    ).toEqual([
      ['shop', 'shop-a', 'memory_share', [0.5, 0.75]],
      ['shop', 'shop-a', 'memory_share', [0.25, 0.25]],
    ]);
  });

  test('a pool’s limit is not another kind of pool’s', () => {
    const shares = seen(
      drawn('hikaricp_connections_active', { service: 'shop', instance: 'a', pool: 'orders' }, 10),
      drawn('hikaricp_connections_max', { service: 'shop', instance: 'a', pool: 'orders' }, 20),
      drawn('tomcat_threads_config_max', { service: 'shop', instance: 'a' }, 200),
    ).filter((each) => each.includes('connections_share'));
    expect(shares).toEqual([['shop', 'a', 'connections_share', 'orders', [0.5]]]);
  });

  test('what is left becomes what is used', () => {
    expect(
      seen(
        drawn('node_memory_MemAvailable_bytes', { instance: 'n1:9100' }, 25),
        drawn('node_memory_MemTotal_bytes', { instance: 'n1:9100' }, 100),
      ),
    ).toContainEqual(['n1', 'n1:9100', 'memory_share', [0.75]]);
  });

  test('a machine’s processors are one number', () => {
    expect(
      seen(
        drawn('node_cpu_seconds_total', { node: 'n1', cpu: '0', mode: 'idle' }, 0, 60, 90),
        drawn('node_cpu_seconds_total', { node: 'n1', cpu: '1', mode: 'idle' }, 0, 30, 90),
      ),
    ).toEqual([['n1', 'n1', 'cpu_share', [0.25, 0.25]]]);
  });

  test('a machine that nobody names is nobody’s', () => {
    expect(seen(drawn('node_cpu_usage_percent', { service: 'shop', pod: 'shop-a' }, 99))).toEqual([]);
    expect(seen(drawn('node_cpu_usage_percent', { service: 'pool-3' }, 99))).toEqual([
      ['pool-3', 'pool-3', 'cpu_share', [0.99]],
    ]);
  });

  test.each([
    [{ pod: 'checkout-5f6585d649-fnmft', service: 'kubelet' }, 'checkout'],
    [{ pod: 'orders-db-0' }, 'orders-db'],
    [{ pod: 'agent-x7x2k', container: 'agent' }, 'agent'],
    [{ pod: 'checkout-worker-5f6585d649-fnmft' }, 'checkout-worker'],
    [{ pod: 'checkout-f2e4515e11-fnmft' }, 'checkout'],
    [{ pod: 'checkout-deadbeef-fnmft' }, 'checkout-deadbeef'],
  ])('Kubernetes’ exporters tell of the pod, and not of themselves: %j is %s', (labels, service) => {
    expect(seen(drawn('container_memory_working_set_bytes', { container: 'app', ...labels }, 1))[0]?.[0]).toBe(service);
  });

  test.each([
    [{ job: 'shop/cart', instance: '10.0.0.1:80' }, 'cart'],
    [{ service_name: 'cart', job: 'otel' }, 'cart'],
    [{ destination_workload: 'cart', service: 'mesh' }, 'cart'],
  ])('a service is named by %j: %s', (labels, service) => {
    expect(seen(drawn('process_open_fds', labels, 1))[0]?.[0]).toBe(service);
  });

  test('pieces of one series are one, and a point that came twice is one', () => {
    const [a, b] = [
      drawn('request_queue_depth', { service: 'shop' }, 1, 2),
      series('request_queue_depth', { service: 'shop' }, (minute) => minute + 1, { from: 1, to: 3 }),
    ];
    expect(seen(b, a)).toEqual([['shop', 'queue_depth', [1, 2, 3]]]);
  });

  test('what nobody knows a meaning of is left out', () => {
    expect(seen(drawn('go_info', { service: 'shop' }, 1), drawn('x_seconds_bucket', { le: '1' }, 1))).toEqual([]);
  });
});

describe('one processor under the names of many instruments', () => {
  const SHARE = [0.41, 0.43, 0.97, 0.99];
  const from = (name: string, labels: Record<string, string>, scale = 1): Series => ({
    name,
    labels,
    atUs: Float64Array.from([0, 60e6, 120e6, 180e6]),
    values: Float64Array.from(SHARE, (value) => value * scale),
  });
  const pod = { service: 'routing', pod: 'routing-6d1e624ed-95c49' };

  test.each([
    ['pod_cpu_usage_percent', pod, 100],
    ['container_cpu_utilization', pod, 1],
    ['container_cpu_utilization', pod, 100],
    ['container.cpu.utilization', { 'service.name': 'routing', 'k8s.pod.name': pod.pod }, 1],
    ['CPUUtilization', { ServiceName: 'routing', PodName: pod.pod }, 100],
    ['pod_cpu_utilization_over_pod_limit', { service: 'routing', pod_name: pod.pod }, 100],
    ['process.cpu.usage', { service: 'routing', instance: pod.pod }, 1],
    ['docker.cpu.usage', { kube_deployment: 'routing', pod_name: pod.pod }, 100],
    ['cpu', pod, 100],
  ])('%s', (name, labels, scale) => {
    const [found] = measured([from(name, labels, scale)]);
    expect(found).toMatchObject({ concept: 'cpu_share', scope: 'instance', service: 'routing', instance: pod.pod });
    expect([...(found?.values ?? [])].map((value) => Number(value.toFixed(3)))).toEqual(SHARE);
  });

  test('a share that stays small is told by its name’s other series', () => {
    const idle = {
      ...from('CPUUtilization', { service: 'idle', pod: 'idle-0' }),
      values: Float64Array.from([1, 1, 1, 1]),
    };
    const found = measured([from('CPUUtilization', pod, 100), idle]).find(({ service }) => service === 'idle');
    expect([...(found?.values ?? [])]).toEqual([0.01, 0.01, 0.01, 0.01]);
  });

  test('cores stay cores: with a limit, and above one of them', () => {
    const limit = { ...from('k8s_container_cpu_limit', pod), values: Float64Array.from([2, 2, 2, 2]) };
    const of = (all: readonly Series[]) => measured(all).filter(({ concept }) => concept === 'cpu_share');
    expect(of([from('k8s_pod_cpu_utilization', pod), limit])[0]?.values[3]).toBeCloseTo(0.495);
    expect(of([from('k8s_pod_cpu_utilization', pod, 3)])).toEqual([]);
  });
});

describe('raw histograms, as a scrape writes them', () => {
  const labels = { service: 'shop', http_route: '/pay', status: '200' };
  const bucket = (le: string, status: string, ...values: number[]) =>
    drawn('http_request_duration_seconds_bucket', { ...labels, status, le }, ...values);

  test('buckets give the 95th percentile of each step, over all outcomes', () => {
    // 100 requests in the first step: 90 below 0.1 s, 10 more below 0.5 s; rank 95 lies in the middle of the second bucket.
    expect(
      seen(
        bucket('0.1', '200', 0, 90, 90),
        bucket('0.5', '200', 0, 95, 95),
        bucket('+Inf', '200', 0, 95, 95),
        bucket('0.1', '500', 0, 0, 0),
        bucket('0.5', '500', 0, 5, 5),
        bucket('+Inf', '500', 0, 5, 5),
      ),
    ).toEqual([['shop', 'latency', '/pay', [0.3]]]);
  });

  test('beyond the last bound nobody knows more than that bound', () => {
    expect(seen(bucket('0.1', '200', 0, 1), bucket('2.5', '200', 0, 1), bucket('+Inf', '200', 0, 10))).toEqual([
      ['shop', 'latency', '/pay', [2.5]],
    ]);
  });

  test('without the bucket of all, no quantile is told', () => {
    expect(seen(bucket('0.1', '200', 0, 9), bucket('0.5', '200', 0, 10))).toEqual([]);
  });

  test('without buckets, the mean, and the count is the rate of requests by outcome', () => {
    const name = 'http_server_requests_seconds';
    expect(
      seen(
        drawn(`${name}_sum`, { service: 'shop', status: '200' }, 10, 70, 70),
        drawn(`${name}_count`, { service: 'shop', status: '200' }, 100, 220, 220),
        drawn(`${name}_sum`, { service: 'shop', status: '500' }, 0, 12, 12),
        drawn(`${name}_count`, { service: 'shop', status: '500' }, 0, 24, 24),
      ),
    ).toEqual([
      ['shop', 'latency', [0.5]],
      ['shop', 'requests', [2, 0]],
      ['shop', 'requests', [0.4, 0]],
    ]);
  });

  test('a process that began again counts from 0', () => {
    expect(
      seen(
        drawn('http_server_requests_seconds_sum', { service: 'shop' }, 100, 160, 6),
        drawn('http_server_requests_seconds_count', { service: 'shop' }, 500, 620, 12),
      ),
    ).toEqual([
      ['shop', 'latency', [0.5, 0.5]],
      ['shop', 'requests', [2, 0.2]],
    ]);
  });

  test('milliseconds become seconds', () => {
    const mesh = { destination_workload: 'shop', reporter: 'destination', response_code: '200' };
    expect(
      seen(
        drawn('istio_request_duration_milliseconds_bucket', { ...mesh, le: '100' }, 0, 10),
        drawn('istio_request_duration_milliseconds_bucket', { ...mesh, le: '+Inf' }, 0, 10),
      ),
    ).toEqual([['shop', 'latency', [0.095]]]);
  });

  test('of the quantiles that a process computed, the nearest to the 95th', () => {
    const quantile = (text: string, value: number) =>
      drawn('http_request_duration_seconds', { service: 'shop', quantile: text }, value);
    expect(seen(quantile('0.5', 0.1), quantile('0.9', 0.4), quantile('0.99', 2))).toEqual([['shop', 'latency', [2]]]);
  });
});
