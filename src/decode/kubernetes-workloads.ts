/** Owners that keep a number of pods: how many they want, and how many there are. */

import { numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { Pod, Rollout, Workload } from '#model/platform/platform.ts';
import type { JsonObject } from '#model/text/json-object.ts';

type Amount = Pick<Workload, 'wanted' | 'made'>;

/** As each kind counts its pods; a field that would be 0 may be left out of the answer. */
const AMOUNTS: Readonly<Record<string, (spec: JsonObject, status: JsonObject) => Amount>> = {
  // While a rollout stands still, the pods of the revision before are still there.
  Deployment: (spec, status) => ({
    wanted: replicasIn(spec),
    made: Math.min(numberIn(status, 'replicas'), numberIn(status, 'updatedReplicas')),
  }),
  StatefulSet: (spec, status) => ({ wanted: replicasIn(spec), made: numberIn(status, 'replicas') }),
  DaemonSet: (_, status) => ({
    wanted: numberIn(status, 'desiredNumberScheduled'),
    made: numberIn(status, 'currentNumberScheduled'),
  }),
};

/** The listed workloads; a missing Deployment is rebuilt from its ReplicaSets. One without a status is left out. */
export function workloadsOf(
  objects: readonly JsonObject[],
  rollouts: readonly Rollout[],
  pods: readonly Pod[],
): readonly Workload[] {
  const servicesOf = new Map(pods.map(({ namespace, owner, services }) => [`${namespace}/${owner.name}`, services]));
  const listed = objects.flatMap((object): Workload[] => {
    const [kind, status, metadata] = [textIn(object, 'kind'), objectIn(object, 'status'), objectIn(object, 'metadata')];
    const amount = Object.keys(status).length === 0 ? undefined : AMOUNTS[kind]?.(objectIn(object, 'spec'), status);
    if (amount === undefined) return [];
    const [namespace, name] = [textIn(metadata, 'namespace'), textIn(metadata, 'name')];
    const services = servicesOf.get(`${namespace}/${name}`) ?? [name];
    return [{ kind, namespace, name, services, ...amount, stopped: stoppedIn(status) }];
  });
  const known = new Set(listed.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
  const others = rollouts.filter(({ namespace, deployment }) => !known.has(`Deployment/${namespace}/${deployment}`));
  return [
    ...listed,
    ...others.map(({ namespace, deployment, services, wanted, made }) => {
      return { kind: 'Deployment', namespace, name: deployment, services, wanted, made, stopped: '' };
    }),
  ];
}

/** A Deployment whose rollout made no progress for `progressDeadlineSeconds`. A paused one says something else. */
function stoppedIn(status: JsonObject): string {
  const progress = objectsIn(status, 'conditions').find((one) => textIn(one, 'type') === 'Progressing');
  if (progress === undefined || textIn(progress, 'reason') !== 'ProgressDeadlineExceeded') return '';
  return textIn(progress, 'message') || 'ProgressDeadlineExceeded';
}

/** The default is one. */
export function replicasIn(spec: JsonObject): number {
  return 'replicas' in spec ? numberIn(spec, 'replicas') : 1;
}
