/** What the labels of a series say. */
import type { Series } from '#model/metrics/series.ts';

/** The value of the first of these labels that has one; empty where none has. */
export function labelIn(labels: Series['labels'], names: readonly string[]): string {
  return names.map((name) => labels[name] ?? '').find((value) => value !== '') ?? '';
}

/** The service of a cluster as Istio names it for Envoy: `outbound|8080||shop.default.svc.cluster.local` is `shop`. */
export function serviceOfCluster(name: string): string {
  return name.replace(/^.*\|/, '').replace(/\..*$/s, '');
}
