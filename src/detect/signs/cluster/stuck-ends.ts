/**
 * Pods of a StatefulSet that do not end. Their names are fixed, so the controller makes the next pod only after the last one
 * is gone (Kubernetes, StatefulSets: Pod identity; Finalizers). A Deployment replaces its pods at once.
 */
import type { PendingPod } from '#detect/signs/scheduling/pending-pod.ts';
import type { Asked } from '#model/platform/platform-pods.ts';
import { citedEvents, podEvents, type SeenTime, servicesInQuestion, stateItem } from '#model/platform/platform-pods.ts';

/** The deletion's timestamp is the end of its grace period (Kubernetes, Pod lifecycle: Termination of Pods). */
export function stuckEnds(asked: Asked, minSeconds: number, time: SeenTime): readonly PendingPod[] {
  const serviceOf = servicesInQuestion(asked);
  return asked.platform.pods.flatMap((pod): PendingPod[] => {
    const { owner, deletedUs: sinceUs, finalizers, name } = pod;
    const waitedUs = time.endUs - sinceUs;
    const service = owner.kind === 'StatefulSet' && waitedUs >= minSeconds * 1e6 ? serviceOf(pod) : undefined;
    if (service === undefined) return [];
    const events = podEvents(asked.platform, pod, time).filter(({ isWarning }) => isWarning);
    const words = events.at(-1)?.message ?? '';
    const held = finalizers.length === 0 ? '' : `, finalizers: ${finalizers.join(', ')}`;
    const state = stateItem(pod, `${name}: being deleted${held}`);
    const evidence = [state, ...citedEvents(events)];
    const refusals = [{ cause: 'not-ended', nodes: 0, words, named: finalizers.join(', ') }] as const;
    return [{ pod, service, refusals, words, sinceUs, waitedUs: time.isEndTold ? waitedUs : 0, scaling: '', evidence }];
  });
}
