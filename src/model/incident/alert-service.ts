/** Finds the service of an alert among the services that send traces. */
import type { Alert } from '#model/incident/alert.ts';

/**
 * Labels in which alert rules name the service, most reliable first: a job or a container may stand for a whole host.
 */
const LABELS = [
  'service',
  'service_name',
  'service.name',
  'app',
  'app_kubernetes_io_name',
  'application',
  'deployment',
  'k8s_deployment_name',
  'statefulset',
  'daemonset',
  'workload',
  'container',
  'job',
];

/**
 * Those who measure others: exporters, as Prometheus' guide calls them, kube-state-metrics, the kubelet with its cAdvisor,
 * the prober, and the controllers of certificates and of KEDA's scaling. Rules of kube-prometheus keep the exporter's `service`, `job` and
 * `container` beside the workload.
 * https://prometheus.io/docs/instrumenting/exporters/
 * https://github.com/prometheus-operator/kube-prometheus/blob/main/manifests/kubernetesControlPlane-prometheusRule.yaml
 * https://cert-manager.io/docs/devops-tips/prometheus-metrics/
 * https://keda.sh/docs/latest/integrations/prometheus/
 */
const EXPORTER =
  /(?:^|[-_.])(?:exporter|kube-state-metrics|kubelet|cadvisor|blackbox|cert-manager(?:-controller)?|keda-operator)$/i;

/** Whether the name is that of an exporter, which says who measured and not what is broken. */
export function isExporter(name: string): boolean {
  return EXPORTER.test(name.trim());
}

/**
 * The service by its exact name, then by a variant of its name (`Payment Service`, `payment_svc`), then by a name that
 * the catalogue knows for it, then by its name as a word of the title. Undefined where none matches.
 */
export function serviceOfAlert(
  alert: Pick<Alert, 'title' | 'service' | 'labels'> & Readonly<{ otherNames?: readonly string[] }>,
  known: readonly string[],
): string | undefined {
  return (
    namedAmong(namesInAlert(alert), known) ??
    (alert.otherNames && namedAmong(alert.otherNames, known)) ??
    wordIn(alert.title, known)
  );
}

/** The names that an alert gives for its service, most reliable first; exporters only where nothing else is named. */
export function namesInAlert({ service, labels }: Pick<Alert, 'service' | 'labels'>): readonly string[] {
  const names = [service, ...labelNames(labels).map((label) => labels[label] ?? '')].filter((name) => name !== '');
  const watched = names.filter((name) => !isExporter(name));
  return watched.length > 0 ? watched : names;
}

function namedAmong(names: readonly string[], known: readonly string[]): string | undefined {
  for (const same of [(name: string) => name, nameLetters, withoutKind]) {
    for (const name of names) {
      const found = known.filter((service) => same(service) === same(name) && same(name) !== '').sort();
      if (found[0] !== undefined) return found[0];
    }
  }
  return undefined;
}

/** Whether two alerts may be about one service: a name of both fits, or one of them names none. */
export function mayBeOneService(
  one: Pick<Alert, 'service' | 'labels'>,
  other: Pick<Alert, 'service' | 'labels'>,
): boolean {
  const [names, others] = [namesInAlert(one), namesInAlert(other)];
  if (names.length === 0 || others.length === 0) return true;
  return names.some((name) => others.some((second) => isSameService(name, second)));
}

/** The most reliable of the labels that may name the service; one with an exporter only where no other names one. */
export function serviceLabelOf(labels: Alert['labels']): string | undefined {
  const named = labelNames(labels).filter((label) => (labels[label] ?? '') !== '');
  return named.find((label) => !isExporter(labels[label] ?? '')) ?? named[0];
}

/** A sender's own label, such as `chronosphere_service`, says more than a workload does. */
function labelNames(labels: Alert['labels']): readonly string[] {
  return [
    ...LABELS.slice(0, WORKLOADS),
    ...Object.keys(labels).filter((name) => OWN.test(name)),
    ...LABELS.slice(WORKLOADS),
  ];
}

const WORKLOADS = LABELS.indexOf('deployment');
const OWN = /^[a-z]\w{0,40}[._](?:service|service_name)$/i;

/** Whether two names mean one service, at most with different spelling. */
export function isSameService(a: string, b: string): boolean {
  return nameLetters(a) !== '' && serviceKey(a) === serviceKey(b);
}

/** The same key for all names of one service, so that names need no pairwise comparison. */
export const serviceKey = withoutKind;

/** Without case, spaces and punctuation. */
export function nameLetters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** `payments-service`, `payments-svc` and `payments` are one where only one of them sends traces. */
function withoutKind(name: string): string {
  return nameLetters(name).replace(/(?:service|svc)$/, '');
}

/** The longest matching name: `payment-gateway` is not `payment`. */
function wordIn(title: string, known: readonly string[]): string | undefined {
  const byLength = known.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return byLength.find((service) => {
    const parts = service.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    if (parts.length === 0) return false;
    return new RegExp(`(?<![\\p{L}\\p{N}_-])${parts.join('[\\s._/-]?')}(?![\\p{L}\\p{N}_-])`, 'iu').test(title);
  });
}
