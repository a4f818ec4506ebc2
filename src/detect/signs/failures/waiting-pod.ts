/**
 * Whose pod the scheduler cannot place. It writes that under its own name, and the event names the pod.
 *
 *   kube-scheduler   FailedScheduling Pod report-2963-x8k2p: 0/6 nodes are available: 6 Insufficient memory
 *   cron-report      [ cronjob report ], k8s.job.name = report-2963      the pod is one of this job
 *
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';

const CANNOT_PLACE = /\bFailedScheduling\b|\bnodes are available: /;
/** The object of an event in JSON, and as kubectl and klog write it: `pod/NAME`, `pod="NAMESPACE/NAME"`. */
const POD =
  /"kind"\s?:\s?"Pod"[^{}]{0,200}?"name"\s?:\s?"([a-z\d][a-z\d.-]{2,252})"|\bpods?\/([a-z\d][a-z\d.-]{2,252})|\bpod="(?:[a-z\d-]{1,63}\/)?([a-z\d][a-z\d.-]{2,252})"/i;
/** By OpenTelemetry's conventions for Kubernetes: the pod, and what made it. */
const OWNERS = /^k8s\.(?:pod|job|cronjob|deployment|statefulset|daemonset|replicaset)\.name$/;

/** The service of the request whose pod waits for a node; undefined where the line names no pod of the request. */
export function waitingPods(trace: Trace | undefined): (line: LogLine | undefined) => string | undefined {
  return (line) => {
    if (line === undefined || trace === undefined || !CANNOT_PLACE.test(line.line)) return undefined;
    const pod = POD.exec(line.line.slice(0, LONGEST_READ))?.slice(1).find(Boolean) ?? '';
    if (pod === '') return undefined;
    for (let span = 0; span < Math.min(trace.spanCount, MOST_SPANS); span += 1) {
      const names = [...Object.values(trace.attributesFor(span, OWNERS)).map(String), trace.service(span)];
      if (names.some((name) => name !== '' && (pod === name || pod.startsWith(`${name}-`)))) return trace.service(span);
    }
    return undefined;
  };
}

const LONGEST_READ = 4_000;
const MOST_SPANS = 1_000;
