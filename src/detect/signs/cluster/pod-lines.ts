/** Log lines of a pod. */
import { memoize } from '#core/memoize.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { OwnPod } from '#model/platform/platform-pods.ts';

const POD_LABELS = ['k8s_pod_name', 'k8s.pod.name', 'pod', 'pod_name'] as const;

/** Log lines of the pod, and lines of its service that name no pod. */
export function podLines({ pod, service }: OwnPod, logs: readonly LogLine[]): readonly LogLine[] {
  const { byPod, byService } = linesBy(logs);
  const named = byPod.get(pod.name) ?? [];
  const unnamed = byService.get(serviceKey(service)) ?? [];
  if (named.length === 0 || unnamed.length === 0) return [...named, ...unnamed].map(({ line }) => line);
  return [...named, ...unnamed].sort((a, b) => a.place - b.place).map(({ line }) => line);
}

/** Log lines of the pods of a job, whose names begin with its name, in the order of the log. */
export function jobLines(job: string, logs: readonly LogLine[]): readonly LogLine[] {
  return [...linesBy(logs).byPod]
    .filter(([pod]) => pod?.startsWith(`${job}-`) === true)
    .flatMap(([, lines]) => lines)
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

type PlacedLine = Readonly<{ line: LogLine; place: number }>;

/** Read once for all pods of a cluster. */
const linesBy = memoize((logs: readonly LogLine[]) => {
  const placed = logs.map((line, place): PlacedLine => ({ line, place }));
  const podOf = ({ line: { labels } }: PlacedLine) =>
    POD_LABELS.map((label) => labels[label]).find((name) => name !== undefined);
  const unnamed = placed.filter((one) => podOf(one) === undefined && one.line.service !== '');
  return {
    byPod: Map.groupBy(placed, podOf),
    byService: Map.groupBy(unnamed, ({ line }) => serviceKey(line.service)),
  };
});
