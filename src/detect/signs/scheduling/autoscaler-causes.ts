/** Words for why an autoscaler adds no pods: what is wrong, what to do, and what would disprove it. */
import type { CauseWords } from '#detect/signs/cause-words.ts';

export type AutoscalerCause = 'at-most' | 'no-metric' | 'no-target';

/** `why`: the same in a clause without numbers. */
type Words = CauseWords & Readonly<{ why: string }>;

function reading(name: string) {
  return {
    remedy: `Look at what the message of ${name} names: metrics-server or the adapter of the metric, the resource requests of the containers, the name of the target.`,
    check: `kubectl describe hpa ${name} shows a value for each metric.`,
  };
}

export const AUTOSCALER_CAUSES: Readonly<
  Record<AutoscalerCause, (of: Readonly<Record<'name' | 'most' | 'metric', string>>) => Words>
> = {
  'at-most': ({ name, most, metric }) => ({
    is: `its autoscaler has reached its maximum of ${most} pods, and ${metric}`,
    why: 'its autoscaler has reached its maximum',
    remedy: `Raise maxReplicas of ${name} above ${most} if the nodes, the database and the quota allow more pods. Otherwise reduce the load, or make each pod do more.`,
    check: 'The metric is near its target at the present number of pods.',
  }),
  'no-metric': ({ name }) => ({
    is: 'its autoscaler cannot read its metrics',
    why: 'its autoscaler cannot read its metrics',
    ...reading(name),
  }),
  'no-target': ({ name }) => ({
    is: 'its autoscaler does not find what it should scale',
    why: 'its autoscaler does not find its target',
    ...reading(name),
  }),
};
