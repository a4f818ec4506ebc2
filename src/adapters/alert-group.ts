/**
 * A group of alerts in the form of Alertmanager's webhook, which Grafana shares: one request per group, sent again while
 * any of its alerts fires. Spanhound answers the group.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
import { digestOf, firstOf, nameInTitle, serviceOf, workloadOf } from '#adapters/alert-fields.ts';
import { isTrialRule, TRIAL_WHY } from '#adapters/no-trouble.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert, AlertState, Delivery } from '#model/incident/alert.ts';
import { isExporter, serviceLabelOf } from '#model/incident/alert-service.ts';
import { isHeartbeat } from '#model/incident/heartbeat.ts';
import { objectiveLabels } from '#model/incident/slo-objective.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

export type Labelled = Readonly<Record<string, string>>;

export type GroupedAlert = Readonly<{
  status: 'firing' | 'resolved';
  labels: Labelled;
  annotations: Labelled;
  /** ISO 8601. */
  startsAt: string;
  endsAt?: string | null | undefined;
  url: string;
  links?: Labelled;
  fingerprint: string;
}>;

export type AlertGroup = Readonly<{
  source: string;
  groupKey: string;
  status: 'firing' | 'resolved';
  receiver: string;
  truncated: number;
  groupLabels: Labelled;
  commonLabels: Labelled;
  commonAnnotations: Labelled;
  url: string;
  alerts: readonly GroupedAlert[];
}>;

/** Why a heartbeat is not examined. */
export const HEARTBEAT_WHY = 'a heartbeat fires all the time, to show that alerting works: it is no trouble';

/** The group's answer, unless all of its alerts are heartbeats or tests. */
export function readGroup(group: AlertGroup): ReadDelivery {
  if (group.alerts.every(({ labels }) => isHeartbeat(labels))) return { kind: 'other', why: HEARTBEAT_WHY };
  if (group.alerts.every(({ labels }) => isTrialRule(labels))) return { kind: 'other', why: TRIAL_WHY };
  return { kind: 'delivery', delivery: deliveryOfGroup(group) };
}

function deliveryOfGroup(group: AlertGroup): Delivery {
  const members = group.alerts.map((alert) => memberOf(group.source, alert));
  return { id: deliveryId(group), subject: groupOf(group, members), members, truncated: group.truncated };
}

function memberOf(source: string, alert: GroupedAlert): Alert {
  const { labels, annotations, status, startsAt, endsAt, fingerprint, url, links } = alert;
  const atUs = Date.parse(startsAt) * 1_000;
  return {
    source,
    key: `${fingerprint}/${startsAt}`,
    title: titleOf(labels, annotations),
    service: watchedService(labels) || serviceOf(labels) || hostAlone(labels),
    severity: severityIn(labels),
    state: STATES[status],
    atUs,
    saidUs: status === 'resolved' && endsAt ? Math.max(atUs, Date.parse(endsAt) * 1_000) : atUs,
    url,
    traceId: traceIn(labels, annotations),
    labels: { ...labels, ...objectiveLabels(ruleAt(url), labels) },
    ...linksOf({ ...linksIn(annotations), ...links }),
  };
}

/** One alert for people: the common fields of its alerts, from the first of those that fire. */
function groupOf(group: AlertGroup, members: readonly Alert[]): Alert {
  const { source, groupKey, status, commonLabels, commonAnnotations, groupLabels, url } = group;
  const [only, ...others] = members;
  const labels = { ...groupLabels, ...commonLabels, ...commonObjective(members) };
  const firing = members.filter(({ state }) => state === 'triggered');
  const links = { ...linksIn(commonAnnotations), ...(others.length === 0 ? only?.links : {}) };
  return {
    source,
    key: groupKey,
    title:
      only !== undefined && others.length === 0
        ? only.title
        : `${titleOf(labels, commonAnnotations)} (${members.length} alerts${servicesIn(members)})`,
    service:
      watchedService(labels) ||
      (others.length === 0 ? only?.service : mostNamed(firing.length > 0 ? firing : members, labels)) ||
      serviceOf(labels),
    severity: severityIn(labels) || oneOf(members.map(({ severity }) => severity)),
    state: STATES[status],
    atUs: Math.min(...(firing.length > 0 ? firing : members).map(({ atUs }) => atUs)),
    // A firing group dates from its last start, a resolved group from its last end.
    saidUs: Math.max(...(firing.length > 0 ? firing : members).map(({ saidUs }) => saidUs)),
    url,
    traceId: traceIn(labels, commonAnnotations) || (members.find(({ traceId }) => traceId !== '')?.traceId ?? ''),
    labels,
    ...linksOf(links),
  };
}

/** Prometheus, Thanos and Mimir show the rule of an alert as a graph: `/graph?g0.expr=…`. */
function ruleAt(url: string): string {
  return URL.canParse(url) ? (new URL(url).searchParams.get('g0.expr') ?? '') : '';
}

/** The alerts of one objective differ in how fast they burn its budget. */
function commonObjective(members: readonly Alert[]): Labelled {
  const [first, ...others] = members.map(({ labels: { slo_objective, slo_period } }) => ({
    ...(slo_objective !== undefined && slo_period !== undefined && { slo_objective, slo_period }),
  }));
  return others.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? (first ?? {}) : {};
}

/**
 * The service that most alerts of a group name; if two are named equally often, the first. If the common labels name a
 * service, it counts only if all alerts have the same one: empty otherwise.
 */
function mostNamed(members: readonly Alert[], common: Labelled): string {
  const label = serviceLabelOf(common);
  const isCommon = label !== undefined && !isExporter(common[label] ?? '');
  if (isCommon) return oneOf(members.map(({ service }) => service));
  const named = members.map(({ service, labels }) => service || (labels[serviceLabelOf(labels) ?? ''] ?? ''));
  const counts = Map.groupBy(
    named.filter((name) => name !== ''),
    (name) => name,
  );
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}

/**
 * The host that Telegraf writes to each of its metrics, where no label and no rule names a service. An address names nothing.
 * https://docs.influxdata.com/telegraf/v1/configuration/#agent-settings
 */
function hostAlone(labels: Labelled): string {
  const { host = '' } = labels;
  return serviceLabelOf(labels) === undefined && /^[a-z][\w.-]{1,200}$/i.test(host) ? host : '';
}

/** The label `severity`, else one of the sender itself (Chronosphere's is `chronosphere_severity`), else a priority. */
function severityIn(labels: Labelled): string {
  const own = Object.keys(labels).find((name) => name.endsWith('_severity'));
  const translated = Object.keys(labels).find((name) => GRADE.test(name.normalize('NFD').replaceAll(/\p{M}/gu, '')));
  return labels.severity ?? labels[own ?? ''] ?? labels[translated ?? ''] ?? '';
}

/** What teams call the label in their languages, without accents. */
const GRADE =
  /^(?:severity|severidade?|gravedad|gravidade|gravit[ea]|schweregrad|ernst|priority|prio|priorite|prioritat|prioritaet|prioridade?|priorita|prioriteit|priorytet)$/i;

/** Labels with the name of a workload, the most telling first. */
const WORKLOADS = [
  'app',
  'application',
  'deployment',
  'statefulset',
  'daemonset',
  'workload',
  'cronjob',
  'job_name',
  'container',
] as const;

/**
 * Metrics of an exporter carry its own service beside the workload that they are about. Empty where only the exporter is
 * named, as in the common labels of a group: then its alerts name the workloads.
 * https://github.com/kubernetes/kube-state-metrics/blob/main/docs/README.md
 */
function watchedService(labels: Labelled): string {
  const service = serviceOf(labels);
  if (service !== '' && !isExporter(service)) return service;
  if (service === '')
    return (
      probedTarget(labels) ||
      (namesOnlyExporter(labels) ? measured(labels) : workloadBehind(labels) || namedByRule(labels))
    );
  const named = [...WORKLOADS.map((name) => labels[name] ?? ''), workloadOf(labels.pod ?? '')];
  return named.find((name) => name !== '' && !isExporter(name)) ?? (probedTarget(labels) || measured(labels));
}

/** What people and charts call the container of any workload, and the proxies beside it. */
const ANY_CONTAINER =
  /^(?:app|application|main|container|default|server|service|web|api|backend|worker|istio-proxy|linkerd-proxy|envoy|cloud-sql-proxy|vault-agent)$/i;

/** The workload of the pod, where the only other name is that of a container that says nothing. */
function workloadBehind(labels: Labelled): string {
  const { container = '', pod = '' } = labels;
  if (serviceLabelOf(labels) !== 'container' || !ANY_CONTAINER.test(container)) return '';
  const workload = workloadOf(pod);
  return workload === pod ? pod.replace(POD_ENDING, '') : workload;
}

/** What a stateful set (`-0`) and a generator of short hashes (`-6b9f-x2k`) put behind the name of the workload. */
const POD_ENDING = /-(?:\d{1,4}|(?=[a-z]{0,9}\d)[a-z0-9]{4,10}-(?=[a-z]{0,4}\d)[a-z0-9]{3,5})$/;

/** `: checkout, cart` where the alerts are of several services; empty otherwise. */
function servicesIn(members: readonly Alert[]): string {
  const named = members.map(({ service, labels }) => service || (labels[serviceLabelOf(labels) ?? ''] ?? ''));
  const services = [...new Set(named)].filter((name) => name !== '' && !isExporter(name));
  if (services.length < 2) return '';
  const more = services.length > MOST_SERVICES ? ' and others' : '';
  return `: ${services.slice(0, MOST_SERVICES).join(', ')}${more}`;
}

/** A title is one line. */
const MOST_SERVICES = 3;

/** No label names another service than the exporter. */
function namesOnlyExporter(labels: Labelled): boolean {
  return isExporter(labels[serviceLabelOf(labels) ?? ''] ?? '');
}

/**
 * Labels with the object that an exporter measures: of Kafka, RabbitMQ, a queue of a cloud, kube-state-metrics, KEDA.
 * https://github.com/danielqsj/kafka_exporter#metrics
 * https://github.com/redpanda-data/kminion/blob/master/docs/metrics.md
 * https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 * https://keda.sh/docs/latest/integrations/prometheus/
 */
const OBJECTS = [
  'consumergroup',
  'consumer_group',
  'group_id',
  'connector',
  'queue',
  'queue_name',
  'topic',
  'topic_name',
  'horizontalpodautoscaler',
  'scaledObject',
  'scaledobject',
  'scaledJob',
  'cronjob',
  'job_name',
] as const;

/**
 * The object of a metric whose labels are named like those of the exporter itself: Prometheus writes `exported_` before
 * them, and the object of a controller is its label `name`. Else the host from which the exporter measures.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export function measured(labels: Labelled): string {
  const { exported_namespace = '', exported_service, exported_container, exported_job, name } = labels;
  const objects = [
    exported_service,
    exported_container,
    workloadOf(labels.exported_pod ?? ''),
    exported_job,
    exported_namespace === '' ? '' : name,
    ...OBJECTS.map((object) => labels[object]),
    workloadOf(labels.pod ?? ''),
    hostOf(labels.instance ?? ''),
    labels.datname,
  ];
  return firstOf(...objects.filter((object) => !isExporter(object ?? '')));
}

/** `db-1.internal:9100` without its port; empty for an address, and for the exporter beside what it measures. */
function hostOf(instance: string): string {
  const host = /^([a-z][a-z0-9.-]{1,200}):\d{1,5}$/i.exec(instance)?.[1] ?? '';
  const [machine = ''] = host.split('.', 1);
  return /^localhost$/i.test(host) || isExporter(workloadOf(machine)) ? '' : host;
}

/**
 * The service in the name of a Grafana rule, where no label has it. A name of one word is the rule's own. Where Grafana
 * cannot read the data, the rule's name is a label.
 * https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
 */
function namedByRule(labels: Labelled): string {
  if (serviceLabelOf(labels) !== undefined) return '';
  const rule = labels.rulename ?? labels.alertname ?? '';
  return /\s/.test(rule) ? nameInTitle(rule) : '';
}

/**
 * What a probe calls from outside. Its job is the prober's; the target is the instance.
 * https://github.com/prometheus/blackbox_exporter#prometheus-configuration
 */
function probedTarget(labels: Labelled): string {
  const { instance = '', target = '', job = '' } = labels;
  const named = serviceLabelOf(labels);
  if (named !== undefined && named !== 'job' && !isExporter(labels[named] ?? '')) return '';
  const probed = firstOf(target, instance);
  const url = /^https?:\/\//.test(probed) ? URL.parse(probed) : null;
  if (url !== null) return url.hostname;
  return /blackbox|\bprobes?\b|prober|uptime[-_]check/i.test(job) ? probed : '';
}

const STATES: Readonly<Record<GroupedAlert['status'], AlertState>> = { firing: 'triggered', resolved: 'resolved' };

/** Names an alert where its sender does not: an alert is its labels, in any order. */
export function fingerprintOf(labels: Labelled): string {
  return digestOf([Object.entries(labels).sort()]).slice(0, 16);
}

/** The same alerts in the same states are the same delivery, however often the group is sent. */
function deliveryId({ groupKey, receiver, alerts, truncated }: AlertGroup): string {
  const states = alerts.map(({ fingerprint, startsAt, status }) => `${fingerprint} ${startsAt} ${status}`).sort();
  return digestOf([groupKey, receiver, truncated, states]);
}

function titleOf(labels: Labelled, annotations: Labelled): string {
  const name = labels.alertname ?? '';
  const said = (annotations.summary ?? annotations.title ?? '').trim();
  return [name, said].filter((part) => part !== '').join(': ') || 'an alert without a name';
}

/** Annotations that rules use for addresses. */
const LINK_NAMES: Readonly<Record<string, string>> = {
  runbook_url: 'runbook',
  runbook: 'runbook',
  dashboard_url: 'dashboard',
  dashboard: 'dashboard',
};

function linksIn(annotations: Labelled): Record<string, string> {
  const links: Record<string, string> = {};
  for (const [name, title] of Object.entries(LINK_NAMES)) {
    const address = annotations[name] ?? '';
    if (/^https?:\/\//.test(address)) links[title] ??= address;
  }
  return links;
}

function linksOf(links: Labelled): Pick<Alert, 'links'> {
  return Object.keys(links).length === 0 ? {} : { links };
}

/** The value of all that have one; empty if they differ. */
function oneOf(values: readonly string[]): string {
  const said = [...new Set(values.filter((value) => value !== ''))];
  return said.length === 1 ? (said[0] ?? '') : '';
}

function traceIn(...texts: readonly Labelled[]): string {
  const lines = texts.flatMap((text) =>
    Object.entries(text).map(
      ([name, value]) => `${IS_TRACE.test(name) ? 'trace_id' : name}: ${value.replaceAll('\n', ' ')}`,
    ),
  );
  return namedTraceId(lines.join('\n')) ?? '';
}

/** Label names that rules use for an example trace. */
const IS_TRACE = /^(?:exemplar|trace)$/i;
