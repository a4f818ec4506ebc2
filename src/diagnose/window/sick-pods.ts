/**
 * What pods show of the nodes they run on, where requests do not say it: how long each pod takes by its own metrics, and
 * how many of its lines complain.
 *
 *   node-1   boxes-a 240 ms   api-a 250 ms     ──► both services are slow on node-1
 *   node-2   boxes-b  25 ms   api-b  24 ms
 */

import type { Counted } from '#diagnose/window/counted.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { instanceNamed } from '#model/logs/line-instance.ts';
import { ERROR, logLevel, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { levelBefore, windowValues } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import { labelIn, podIn } from '#model/metrics/series-labels.ts';
import type { Platform } from '#model/platform/platform.ts';
import { medianOf } from '#model/stats/robust.ts';

/** By node and service: how many of how many are sick. */
export type OnNodes = ReadonlyMap<string, ReadonlyMap<string, Counted>>;

/** By the pod's name: as the cluster lists it, else as labels of metrics or lines say it, such as those of cAdvisor. */
export function nodesOfPods(
  series: readonly Series[],
  platform: Platform | undefined,
  logs: readonly LogLine[] = [],
): ReadonlyMap<string, string> {
  const labelled = [...logs, ...series].flatMap(({ labels }) => {
    const [pod, node] = [podIn(labels), labelIn(labels, NODES)];
    return pod === '' || node === '' ? [] : [[pod, node] as const];
  });
  const listed = (platform?.pods ?? [])
    .filter(({ node }) => node !== '')
    .map(({ name, node }) => [name, node] as const);
  return new Map([...labelled, ...listed]);
}

const NODES = ['node', 'k8s_node_name', 'k8s.node.name', 'node_name'];

/** The end of the window shows what lasts. */
const LAST_POINTS = 5;
/** Fewer points are a request or two. */
const FEWEST_POINTS = 3;
/**
 * Two bounds of a histogram that stand side by side differ by at most this factor (DefBuckets of client_golang): a smaller
 * rise may be one bucket.
 */
const TIMES_USUAL = 2.5;
/** In seconds: up to a tenth of a second an answer feels immediate (Nielsen, Response Times). */
const FELT = 0.1;

type Timed = Readonly<{ service: string; pod: string; node: string; now: number; usual: number }>;

/**
 * Pods that take much longer than before, and than the pods of the same service on other nodes; by node and service. What
 * is slow on all nodes has it from a callee, and says nothing of any node. A new pod has no usual time, so a release makes
 * no node sick.
 */
export function slowPods(series: readonly Series[], nodes: ReadonlyMap<string, string>, window: TimeWindow): OnNodes {
  const alike = Map.groupBy(timedPods(series, nodes, window), ({ like }) => like);
  const telling = [...alike.values()].flatMap((own) =>
    own.flatMap((one) => {
      if (one.now <= TIMES_USUAL * one.usual) return [{ ...one, isSlow: false }];
      return isSlowAmong(one, own) ? [{ ...one, isSlow: true }] : [];
    }),
  );
  const onNodes = new Map<string, Map<string, [number, number]>>();
  for (const own of Map.groupBy(telling, ({ pod }) => pod).values()) {
    const [first] = own;
    const slow = own.filter(({ isSlow }) => isSlow).length;
    if (first !== undefined) add(onNodes, first, [Number(2 * slow >= own.length), 1]);
  }
  return onNodes;
}

/** `like`: the same service, metric and operation. */
function timedPods(
  series: readonly Series[],
  nodes: ReadonlyMap<string, string>,
  window: TimeWindow,
): readonly (Timed & Readonly<{ like: string }>)[] {
  const isTimed = ({ concept, scope, service }: Measured) =>
    concept === 'latency' && scope === 'service' && service !== '';
  return measured(series)
    .filter(isTimed)
    .flatMap((one) => {
      const { service, instance: pod, metric, part } = one;
      const [node, usual] = [nodes.get(pod), levelBefore(one, window)];
      const values = windowValues(one, window).slice(-LAST_POINTS);
      if (node === undefined || usual === undefined || values.length < FEWEST_POINTS) return [];
      return [{ service, pod, node, now: medianOf(values), usual, like: [service, metric, part].join('\n') }];
    });
}

function isSlowAmong({ node, now, usual }: Timed, alike: readonly Timed[]): boolean {
  const elsewhere = alike.filter((other) => other.node !== node).map((other) => other.now);
  if (elsewhere.length === 0) return false;
  const most = Math.max(usual, medianOf(elsewhere));
  return now > TIMES_USUAL * most && now - most >= FELT;
}

/** Lines of errors among all lines of each service; by the node of the pod that wrote them. */
export function failingLines(logs: readonly LogLine[], nodes: ReadonlyMap<string, string>): OnNodes {
  const onNodes = new Map<string, Map<string, [number, number]>>();
  for (const line of logs) {
    const node = nodes.get(instanceNamed(line));
    if (node === undefined || line.service === '') continue;
    const isFailing = severityOf(logLevel(line.level)) >= ERROR;
    add(onNodes, { node, service: line.service }, [Number(isFailing), 1]);
  }
  return onNodes;
}

function add(
  onNodes: Map<string, Map<string, [number, number]>>,
  { node, service }: Pick<Timed, 'node' | 'service'>,
  [times, of]: Counted,
): void {
  const services = onNodes.get(node) ?? new Map<string, [number, number]>();
  onNodes.set(node, services);
  const counted = services.get(service) ?? [0, 0];
  services.set(service, [counted[0] + times, counted[1] + of]);
}
