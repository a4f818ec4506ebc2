/** Whose the numbers of a cloud are, as each exporter labels them. */
import { expect, test } from 'vitest';
import { cloudResource } from '#model/metrics/cloud-labels.ts';
import { measured } from '#model/metrics/measured.ts';
import { meaningOf } from '#model/metrics/metric-names.ts';
import { series, seriesOf } from '#test/metrics.ts';

test.each<[string, string, Record<string, string>, string]>([
  [
    'a service of Cloud Run',
    'stackdriver_cloud_run_revision_run_googleapis_com_request_count',
    { location: 'l', service_name: 'barns', revision_name: 'barns-00004-xyz', configuration_name: 'barns' },
    'barns',
  ],
  ['Google’s own store', 'run_googleapis_com:request_count', { service_name: 'barns' }, 'barns'],
  ['Datadog', 'gcp.run.request_count', { service_name: 'barns' }, 'barns'],
  [
    'a cache with its whole path',
    'stackdriver_redis_instance_redis_googleapis_com_clients_connected',
    { instance_id: 'projects/p/locations/l/instances/barn-cache', node_id: 'node-0' },
    'barn-cache',
  ],
  [
    'a database of Cloud SQL',
    'stackdriver_cloudsql_database_cloudsql_googleapis_com_database_cpu_utilization',
    { database_id: 'p:barn-db' },
    'barn-db',
  ],
  ['a topic', 'stackdriver_pubsub_topic_pubsub_googleapis_com_topic_send_request_count', { topic_id: 'hay' }, 'hay'],
  ['YACE', 'aws_rds_cpuutilization_average', { dimension_DBInstanceIdentifier: 'barn-db', account_id: '1' }, 'barn-db'],
  ['the exporter of CloudWatch', 'aws_rds_cpuutilization_average', { dbinstance_identifier: 'barn-db' }, 'barn-db'],
  [
    'a target group',
    'aws_applicationelb_request_count_sum',
    { dimension_TargetGroup: 'targetgroup/barns/3f1c', dimension_LoadBalancer: 'app/farm/9a' },
    'barns',
  ],
  ['a function', 'aws_lambda_errors_sum', { dimension_FunctionName: 'milk', dimension_Resource: 'milk:live' }, 'milk'],
  ['Azure', 'azure_microsoft_sql_servers_databases_dtu_consumption_percent', { resource_name: 'barn-db' }, 'barn-db'],
])('%s', (_, name, labels, resource) => {
  expect(cloudResource({ name, labels })).toBe(resource);
});

test.each<[string, string, Record<string, string>]>([
  [
    'a pod of a cluster',
    'stackdriver_k8s_container_x_googleapis_com_uptime',
    { cluster_name: 'c', pod_name: 'barns-0' },
  ],
  ['a number of the team', 'prometheus_googleapis_com:cows_gauge', { service_name: 'barns' }],
  ['a store of its own', 'redis_connected_clients', { instance_id: 'barn-cache' }],
])('no resource of a cloud: %s', (_, name, labels) => {
  expect(cloudResource({ name, labels })).toBe('');
});

test('the exporter’s own names do not stand for the database that it measures', () => {
  const labels = { job: 'stackdriver-exporter', instance: '10.0.0.4:9255', instance_id: 'barn-spanner' };
  const name = 'stackdriver_spanner_instance_spanner_googleapis_com_instance_cpu_utilization';
  const [found] = measured(seriesOf([series(name, labels, () => 0.4)]));
  expect(found).toMatchObject({ service: 'barn-spanner', concept: 'cpu_share' });
});

test('answers of Cloud Run and of functions are timed in their own units', () => {
  const latency = (name: string) => meaningOf({ name, labels: {} });
  expect(latency('run_googleapis_com:request_latencies_bucket')).toMatchObject({ concept: 'latency', scale: 1e-3 });
  expect(latency('aws_lambda_duration_p95')).toMatchObject({ concept: 'latency', scale: 1e-3 });
});
