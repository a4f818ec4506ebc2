/** What the labels of a series say. */
import type { Series } from '#model/metrics/series.ts';

/** The value of the first of these labels that has one; empty where none has. */
export function labelIn(labels: Series['labels'], names: readonly string[]): string {
  return names.map((name) => labels[name] ?? '').find((value) => value !== '') ?? '';
}

const PODS = ['pod', 'k8s_pod_name', 'k8s.pod.name', 'pod_name'];

/** The pod that the series is of; empty where no label names one. */
export function podIn(labels: Series['labels']): string {
  return labelIn(labels, PODS);
}

/** The service of a cluster as Istio names it for Envoy: `outbound|8080||shop.default.svc.cluster.local` is `shop`. */
export function serviceOfCluster(name: string): string {
  return name.replace(/^.*\|/, '').replace(/\..*$/s, '');
}
