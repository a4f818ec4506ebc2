/**
 * Which resource of a cloud a series describes: exporters of a cloud write the product into the metric's name, and the
 * resource into a label of the product's own.
 *
 *   stackdriver_cloud_run_revision_…{service_name="orders", revision_name="orders-00042-abc"}     orders
 *   stackdriver_redis_instance_…{instance_id="projects/p/locations/l/instances/orders-cache"}     orders-cache
 *   aws_rds_cpuutilization_average{dimension_DBInstanceIdentifier="orders-db"}                     orders-db
 */
import { plainName } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { labelIn } from '#model/metrics/series-labels.ts';

/**
 * The exporters of the clouds name the provider first, agents of Datadog too. Google's own store has the host of the
 * product in the name: `run_googleapis_com:request_count`. A team's own numbers have hosts of their own there.
 */
const OF_CLOUD =
  /^(?:aws|azure(?:_microsoft)?|gcp|stackdriver|amazonaws_com)_|(?<!(?:^|_)(?:prometheus|custom|external|workload))_googleapis_com[_:]/;

/**
 * Labels without `dimension_` and underscores, those of what runs or stores first, and parts of it last.
 * https://cloud.google.com/monitoring/api/resources, https://github.com/prometheus-community/yet-another-cloudwatch-exporter,
 * https://github.com/prometheus/cloudwatch_exporter, https://docs.datadoghq.com/integrations/amazon_rds/
 */
const RESOURCES = [
  ...['servicename', 'functionname', 'jobname', 'moduleid', 'resourcename'],
  ...['dbinstanceidentifier', 'dbinstance', 'dbclusteridentifier', 'databaseid', 'instanceid', 'clusterid'],
  ...['replicationgroupid', 'cacheclusterid', 'clusteridentifier', 'domainname', 'tablename', 'tableid'],
  ...['queuename', 'queueid', 'topicname', 'topicid', 'streamname', 'subscriptionid', 'statemachinearn', 'apiname'],
  ...['targetgroup', 'backendtargetname', 'backendservicename', 'backendname', 'urlmapname', 'forwardingrulename'],
  ...['loadbalancername', 'loadbalancer', 'natgatewayid', 'gatewayname', 'routerid', 'filesystemid', 'bucketname'],
  ...['broker', 'brokername', 'clustername', 'nodeid'],
];

function isOfCloud(metric: string): boolean {
  return OF_CLOUD.test(plainName(metric));
}

/** Numbers of pods: the labels of Kubernetes say whose they are. */
const OF_PODS = ['podname', 'pod', 'k8spodname', 'containername'];

/** Empty where the series is none of a cloud, or its labels name no resource. */
export function cloudResource({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
  if (!isOfCloud(name)) return '';
  const values = Object.fromEntries(Object.entries(labels).map(([label, value]) => [keyOf(label), value]));
  if (OF_PODS.some((label) => Object.hasOwn(values, label))) return '';
  return shortName(labelIn(values, RESOURCES));
}

function keyOf(label: string): string {
  return label
    .replace(/^dimension_/i, '')
    .replaceAll(/[_.-]/g, '')
    .toLowerCase();
}

/** `targetgroup/orders/3f1c…`, `app/orders/5d…`, `projects/p/instances/orders`, `project:orders`, `arn:…:orders` → `orders` */
function shortName(value: string): string {
  const [, balanced] = /^(?:targetgroup|app|net|gwy)\/([^/]{1,80})\//.exec(value) ?? [];
  return balanced ?? value.split(/[:/]/).at(-1) ?? '';
}
