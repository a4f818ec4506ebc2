/**
 * Pods that have a node, and that the kubelet there rejects. A ReplicaSet makes the next one at once, and the kubelet rejects
 * that, too (Kubernetes, pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/cm/admission).
 */
import { goesOn } from '#detect/signs/cluster/evicted-pods.ts';
import type { PendingPod } from '#detect/signs/scheduling/pending-pod.ts';
import type { PendingCause } from '#detect/signs/scheduling/unschedulable.ts';
import { eventsAbout, type Pod, podName } from '#model/platform/platform.ts';
import {
  type Asked,
  byOwner,
  citedEvents,
  earliest,
  latest,
  podsInQuestion,
  type SeenTime,
  stateItem,
} from '#model/platform/platform-pods.ts';

type RejectedPod = PendingPod & Readonly<{ lastUs: number }>;

/** One finding for each owner and reason. A pod of the same owner that came later and was not rejected ends it. */
export function rejectedPods(asked: Asked, time: SeenTime): readonly PendingPod[] {
  const rejected = podsInQuestion(asked).flatMap(({ pod, service }): RejectedPod[] => {
    const cause = pod.phase === 'Failed' ? causeOf(pod) : undefined;
    if (cause === undefined) return [];
    const events = eventsAbout(asked.platform, podName(pod)).filter(({ reason }) => reason === pod.reason);
    const sinceUs = earliest([pod.createdUs, ...events.map(({ firstUs }) => firstUs)]);
    const lastUs = latest([pod.createdUs, ...events.map(({ lastUs: us }) => us)]);
    if (!(lastUs >= time.fromUs && sinceUs <= time.endUs)) return [];
    const refusals = [{ cause, nodes: 0, words: pod.message, named: pod.reason }] as const;
    const state = stateItem(pod, `${pod.name} on ${pod.node}: ${pod.reason}: ${pod.message}`);
    const evidence = [state, ...citedEvents(events)];
    const waitedUs = time.isEndTold ? time.endUs - sinceUs : 0;
    return [{ pod, service, refusals, words: pod.message, sinceUs, lastUs, waitedUs, scaling: '', evidence }];
  });
  return byOwner(rejected, ({ pod }) => pod.reason)
    .filter(
      (own) =>
        own.length >= leastOf(own[0].pod) &&
        goesOn(
          own.map(({ lastUs }) => lastUs),
          time,
        ),
    )
    .filter((own) => !isReplaced(own, asked.platform.pods))
    .flat();
}

/** Reasons of the kubelet. It rejects pods at a shutdown of the node and under pressure as well: that is the node's trouble. */
const REASONS: readonly (readonly [PendingCause, RegExp])[] = [
  ['rejected-room', /^OutOf\S/],
  ['rejected-device', /^UnexpectedAdmissionError$/],
  ['rejected-topology', /^(?:TopologyAffinity|SMTAlignment)Error$/],
  ['rejected-setting', /^(?:SysctlForbidden|AppArmor|ProcMount|PodOS\w+|Pod\w*Unsupported)$/],
  ['rejected', /^(?:NodeAffinity|NodeName|NodePorts|TaintToleration|InvalidNodeInfo)$/],
];

function causeOf({ reason }: Pod): PendingCause | undefined {
  return REASONS.find(([, words]) => words.test(reason))?.[0];
}

/** ReplicaSets and Jobs leave the rejected pods in the list; other controllers delete them and use the name again. */
function leastOf({ owner }: Pod): number {
  return owner.kind === 'Deployment' || owner.kind === 'ReplicaSet' || owner.kind === 'Job' ? 2 : 1;
}

function isReplaced(own: readonly [RejectedPod, ...RejectedPod[]], pods: readonly Pod[]): boolean {
  const [{ pod: first }] = own;
  const lastUs = Math.max(...own.map(({ pod }) => pod.createdUs));
  return pods.some(
    ({ owner, namespace, phase, createdUs }) =>
      owner.kind === first.owner.kind &&
      owner.name === first.owner.name &&
      namespace === first.namespace &&
      phase !== 'Failed' &&
      createdUs >= lastUs,
  );
}
