import { describe, expect, test } from 'vitest';
import { resourceSaturation } from '#detect/metrics/resource-saturation.ts';
import { runDetector } from '#detect/run.ts';
import { type DrawnSeries, METRICS_WINDOW, series, seriesOf, testMetricDetector, wobble } from '#test/metrics.ts';

const POD = { service: 'checkout', pod: 'checkout-5f6585d649-fnmft' };
const cpu = (value: (minute: number) => number | undefined, labels: Record<string, string> = POD) =>
  series('pod_cpu_usage_percent', labels, value);
const from = (before: number, after: number) => (minute: number) => (minute < 2 ? before : after);
const MIB = 1024 ** 2;
const BROKER = { job: 'parcels-mq', instance: 'parcels-mq-2:15692' };
const VOLUME = { dimension_DBInstanceIdentifier: 'ferry-pg' };
const STORE = { job: 'mongodb-exporter', instance: 'berths-mongo:9216' };

testMetricDetector(resourceSaturation, {
  clear: {
    'a busy CPU below the warning': { metrics: [cpu(from(20, 69))] },
    'one that was as busy before': { metrics: [cpu((minute) => 96 + wobble(minute))] },
    'one that used up less than three tenths of what it had left': { metrics: [cpu(from(62, 73))] },
    'a single point': { metrics: [cpu((minute) => (minute === 5 ? 99 : 20))] },
    'the time before, however busy': { metrics: [cpu((minute) => (minute < -5 && minute > -20 ? 99 : 20))] },
    'memory below four fifths': { metrics: [series('pod_memory_usage_percent', POD, from(50, 79))] },
    'use without a limit': { metrics: [series('container_memory_rss_mb', POD, from(100, 900))] },
    'a limit of another service': {
      metrics: [
        series('container_memory_rss_mb', { service: 'cart' }, from(100, 500)),
        series('container_memory_limit_mb', { service: 'checkout' }, () => 512),
      ],
    },
    'requests for resources, which limit nothing': {
      metrics: [series('pod_cpu_request_percent', POD, from(20, 300))],
    },
    'a pool that is mostly busy': {
      metrics: [
        series('hikaricp_connections_active', { ...POD, pool: 'orders' }, from(4, 17)),
        series('hikaricp_connections_max', { ...POD, pool: 'orders' }, () => 20),
      ],
    },
    'an alarm that is off': { metrics: [series('rabbitmq_alarms_memory_used_watermark', BROKER, () => 0)] },
    'an alarm that was on all the time': {
      metrics: [series('rabbitmq_alarms_free_disk_space_watermark', BROKER, () => 1)],
    },
    'burst credits that a night’s job uses, with half of them left': {
      metrics: [series('aws_rds_burst_balance_average', VOLUME, from(100, 50))],
    },
    'a balance that always is zero, as of a machine that earns none': {
      metrics: [series('aws_rds_cpucredit_balance_average', VOLUME, () => 0)],
    },
    'a cache of a store that fills up to its target': {
      metrics: [
        series('mongodb_ss_wt_cache_bytes_currently_in_the_cache', STORE, from(2e9, 6.4e9)),
        series('mongodb_ss_wt_cache_maximum_bytes_configured', STORE, () => 8e9),
      ],
    },
    'a runtime that collects a little more under load': {
      metrics: [series('jvm_gc_overhead', POD, from(0.01, 0.08))],
    },
    'nothing that is known': { metrics: [series('go_info', POD, () => 1)] },
  },
  found: {
    'a CPU that comes near its limit': {
      metrics: [cpu(from(35, 74))],
      sightings: [
        {
          service: 'checkout',
          title: 'checkout: CPU at 74 % of its limit since 14:32 UTC, 35 % before (checkout-5f6585d649-fnmft)',
          facts: { critical: false },
        },
      ],
    },
    'threads of a server, which are no connections': {
      metrics: [series('jetty_threads_busy', POD, from(4, 16)), series('jetty_threads_config_max', POD, () => 16)],
      sightings: [{ title: /^checkout: threads at 100 % of their limit/ }],
    },
    'connections of MySQL, which calls them threads': {
      metrics: [
        series('mysql_global_status_threads_connected', { service: 'orders-db' }, from(40, 500)),
        series('mysql_global_variables_max_connections', { service: 'orders-db' }, () => 500),
      ],
      sightings: [{ title: /connections at 100 % of their limit/ }],
    },
    'one that is at it': {
      metrics: [cpu(from(35, 97))],
      sightings: [{ title: /CPU at 97 %/, facts: { critical: true }, explanation: /waits or fails/ }],
    },
    'one pod of three, told with how many there are': {
      metrics: ['a', 'b', 'c'].map((id) =>
        cpu(from(30, id === 'b' ? 99 : 31), { service: 'checkout', pod: `checkout-${id}` }),
      ),
      sightings: [{ title: /\(checkout-b\)/, explanation: /1 of 3 instances are/ }],
    },
    'use and limit that come from two exporters, as a share': {
      metrics: [
        series('container_cpu_usage_seconds_total', { ...POD, container: 'app', namespace: 'shop' }, (minute) =>
          minute < 0 ? 30 * (minute + 60) : 1_800 + 115 * minute,
        ),
        series(
          'kube_pod_container_resource_limits',
          { pod: POD.pod, container: 'app', resource: 'cpu', service: 'kube-state-metrics' },
          () => 2,
        ),
      ],
      sightings: [{ service: 'checkout', title: /CPU at 96 % of its limit/ }],
    },
    'memory against its limit, in whatever units': {
      metrics: [
        series('container_memory_rss_mb', { service: 'checkout' }, from(200, 511)),
        series('container_memory_limit_bytes', { service: 'checkout' }, () => 512 * MIB),
      ],
      sightings: [{ title: /^checkout: memory at 100 % of its limit/, facts: { critical: true } }],
    },
    'open files': {
      metrics: [
        series('process_open_fds', { job: 'shop/checkout', instance: '10.0.0.7:8080' }, from(120, 1_000)),
        series('process_max_fds', { job: 'shop/checkout', instance: '10.0.0.7:8080' }, () => 1_024),
      ],
      sightings: [{ service: 'checkout', title: /open files at 98 % of their limit/ }],
    },
    'a pool without a connection left': {
      metrics: [
        series('hikaricp_connections_active', { ...POD, pool: 'orders' }, from(4, 20)),
        series('hikaricp_connections_max', { ...POD, pool: 'orders' }, () => 20),
        series('tomcat_threads_config_max', POD, () => 200),
      ],
      sightings: [{ title: /connections at 100 % of their limit/, facts: { critical: true } }],
    },
    'a database’s connections': {
      metrics: [
        series('pg_stat_activity_count', { job: 'orders-db', instance: 'db:9187' }, from(20, 99)),
        series('pg_settings_max_connections', { job: 'orders-db', instance: 'db:9187' }, () => 100),
      ],
      sightings: [{ service: 'orders-db', title: /connections at 99 %/ }],
    },
    'a disk that fills up': {
      metrics: [
        series('node_filesystem_avail_bytes', { node: 'n1', mountpoint: '/' }, from(60e9, 2e9)),
        series('node_filesystem_size_bytes', { node: 'n1', mountpoint: '/' }, () => 100e9),
      ],
      sightings: [{ service: 'n1', title: /^n1: disk at 98 % full/ }],
    },
    'a machine that waits for its disks, over all its CPUs': {
      metrics: ['0', '1'].map((cpu) =>
        series('node_cpu_seconds_total', { node: 'n1', cpu, mode: 'iowait' }, (minute) =>
          minute < 0 ? minute + 60 : 60 + 30 * minute,
        ),
      ),
      sightings: [{ title: /n1: CPU at 50 % of its time waiting for the disk/ }],
    },
    'throttling, and that the machine changes between tasks': {
      metrics: [
        series('container_cpu_cfs_throttled_periods_total', POD, (minute) => (minute < 0 ? 0 : 300 * minute)),
        series('container_cpu_cfs_periods_total', POD, (minute) => 600 * (minute + 60)),
        series('process_context_switches_total', POD, (minute) => (minute < 0 ? minute + 60 : 60 + 4 * minute)),
      ],
      sightings: [{ title: /50 % of its time throttled by its limit/, explanation: /4 times as often/ }],
    },
    'an alarm of a broker, which takes no messages then': {
      metrics: [
        series('rabbitmq_alarms_free_disk_space_watermark', BROKER, from(0, 1)),
        series('rabbitmq_alarms_free_disk_space_watermark', { ...BROKER, instance: 'parcels-mq-0:15692' }, () => 0),
      ],
      sightings: [
        {
          service: 'parcels-mq',
          title: 'parcels-mq: disk alarm is on since 14:32 UTC (parcels-mq-2:15692)',
          explanation: /blocks every connection that publishes/,
          facts: { critical: true, isAlarm: true, resource: 'disk' },
        },
      ],
    },
    'the alarm of one server, where the job names only the product': {
      metrics: [series('rabbitmq_alarms_free_disk_space_watermark', { ...BROKER, job: 'rabbitmq' }, from(0, 1))],
      sightings: [{ service: 'parcels-mq-2', title: /^parcels-mq-2: disk alarm is on/ }],
    },
    'the same as older exporters count it': {
      metrics: [series('rabbitmq_node_mem_alarm', BROKER, from(0, 1))],
      sightings: [{ title: /^parcels-mq: memory alarm is on since 14:32 UTC/ }],
    },
    'a broker whose store is full': {
      metrics: [series('aws_amazonmq_store_percent_usage_average', { service: 'tolls-mq' }, from(30, 100))],
      sightings: [{ service: 'tolls-mq', title: /^tolls-mq: disk at 100 % full/ }],
    },
    'a volume that used up its burst credits': {
      metrics: [
        series('aws_rds_burst_balance_average', VOLUME, (minute) => Math.max(0, Math.min(100, 20 - 4 * minute))),
      ],
      sightings: [
        {
          service: 'ferry-pg',
          title: /^ferry-pg: burst credits at 100 % of them used up since 14:3\d UTC/,
          explanation: /only at its base rate/,
        },
      ],
    },
    'a machine that used up its credits for the processor': {
      metrics: [series('aws_rds_cpucredit_balance_average', VOLUME, (minute) => (minute < 3 ? 288 : 0))],
      sightings: [{ service: 'ferry-pg', title: /^ferry-pg: burst credits at 100 % of them used up since 14:33 UTC/ }],
    },
    'a cache of a store that is too small for its data': {
      metrics: [
        series('mongodb_ss_wt_cache_bytes_currently_in_the_cache', STORE, from(9e9, 0.51e9)),
        series('mongodb_ss_wt_cache_maximum_bytes_configured', STORE, from(12e9, 0.52e9)),
      ],
      sightings: [
        { service: 'berths-mongo', title: /^berths-mongo: cache at 98 % full/, explanation: /threads of clients/ },
      ],
    },
    'a runtime that only collects garbage': {
      metrics: [
        series('jvm_gc_pause_seconds_sum', { ...POD, action: 'end of major GC' }, (minute) =>
          minute < 2 ? 0.1 * (minute + 60) : 6.2 + 36 * (minute - 2),
        ),
      ],
      sightings: [
        { service: 'checkout', title: /^checkout: garbage collection at 60 % of the time/, explanation: /stand still/ },
      ],
    },
    'a managed cache whose memory is full': {
      metrics: [
        series(
          'azure_microsoft_cache_redis_usedmemorypercentage_maximum_percent',
          { resourceName: 'fares-redis' },
          from(60, 100),
        ),
      ],
      sightings: [{ service: 'fares-redis', title: /^fares-redis: memory at 100 % of its limit/ }],
    },
    'a time of which nobody said when it began': {
      metrics: [cpu(from(35, 97))],
      window: { service: '', fromUs: Number.NaN, toUs: Number.NaN },
      sightings: [{ title: /at 97 % of its limit since 14:32 UTC \(/ }],
    },
  },
});

describe('a profile of the service', () => {
  const profile = {
    ...{ service: 'checkout', kind: 'cpu', source: 'Pyroscope', total: 2 },
    ...{ fromUs: METRICS_WINDOW.fromUs, toUs: METRICS_WINDOW.toUs },
    functions: [
      { name: 'encoding/json.Marshal', cores: 1.5 },
      { name: 'runtime.mallocgc', cores: 0.04 },
    ],
  };
  const textsOf = (metrics: readonly DrawnSeries[], service = 'checkout') => {
    const profiles = [{ ...profile, service }];
    const outcome = runDetector(resourceSaturation, { window: METRICS_WINDOW, metrics: seriesOf(metrics), profiles });
    if (outcome.kind !== 'found') throw new Error(outcome.kind);
    return outcome.findings.flatMap(({ evidence = [] }) => evidence.map(({ text }) => text));
  };

  test('says what uses a full CPU, without the noise of its sampling', () => {
    expect(textsOf([cpu(from(35, 97))]).at(-1)).toBe(
      'cpu profile of checkout, 14:30 to 14:45 UTC, 2.00 cores: 75 % encoding/json.Marshal',
    );
  });

  test('says nothing of another service, or of a memory', () => {
    expect(textsOf([cpu(from(35, 97))], 'cart')).toHaveLength(1);
    expect(textsOf([series('pod_memory_usage_percent', POD, from(50, 99))])).toHaveLength(1);
  });
});
