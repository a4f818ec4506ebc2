/**
 * A HorizontalPodAutoscaler cannot do its work: it has reached its maximum while the load asks for more, or it cannot read
 * its metric or its target.
 *
 *   cart   cpu 140 % of 80 %   replicas 10 of at most 10    ScalingLimited: TooManyReplicas
 *   web    cpu <unknown>       replicas 2                   ScalingActive False: FailedGetResourceMetric
 */

import { defineDetector } from '#detect/detector.ts';
import { AUTOSCALER_CAUSES, type AutoscalerCause } from '#detect/signs/scheduling/autoscaler-causes.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Autoscaler, ScaledMetric } from '#model/platform/cluster-objects.ts';
import type { Condition } from '#model/platform/platform.ts';
import {
  hasLasted,
  instantText,
  type SeenTime,
  seenTime,
  servicesInQuestion,
  shortened,
} from '#model/platform/platform-pods.ts';
import { inWords } from '#model/text/in-words.ts';

export const autoscalerStuck = defineDetector({
  id: 'autoscaler-stuck',
  title: 'Autoscaler cannot scale',
  why: 'The load grows, and the number of pods does not.',
  runbook: 'runbooks/autoscaler-stuck.md',
  clear: 'every autoscaler reads its metrics and has pods left to add',
  silent: [
    'An autoscaler at its maximum whose metric is near its target does what it should.',
    'A target at zero replicas switches the autoscaler off on purpose.',
    'For a few minutes after a start, a new pod has no metrics.',
    'It knows only the autoscalers of Kubernetes itself. KEDA creates one of them; Knative does not.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['pod'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minMinutes: {
      default: 5,
      min: 0,
      unit: 'minutes',
      means: 'How long the autoscaler cannot read its metric or its target',
      why: 'It ignores the CPU of a pod in the first five minutes (horizontal-pod-autoscaler-cpu-initialization-period).',
    },
    minOver: {
      default: 0.1,
      min: 0,
      unit: 'share',
      means: 'How far the metric is above its target, while no pod may be added',
      why: 'Below a tenth the autoscaler does not act (horizontal-pod-autoscaler-tolerance).',
    },
  },

  detect(evidence, { minMinutes, minOver }) {
    const time = seenTime(evidence);
    const serviceOf = servicesInQuestion(evidence);
    return evidence.platform.autoscalers.flatMap((one) => {
      const { namespace, target, name } = one;
      const service = serviceOf({ name: '', namespace, services: [target.name, name] });
      return service === undefined ? [] : (sightingOf(one, service, { minMinutes, minOver, time }) ?? []);
    });
  },

  say({ service, name, namespace, cause, most, metric, words, since }) {
    const { is, why, remedy, check } = AUTOSCALER_CAUSES[cause as AutoscalerCause]({
      name: String(name),
      most: String(most),
      metric: String(metric),
    });
    return {
      title: `${service} cannot scale out: ${is}`,
      headline: { what: `${inWords(String(service))} cannot scale out`, why },
      explanation: `HorizontalPodAutoscaler ${name} in ${namespace}${since === '' ? '' : `, since ${since}`}.${words === '' ? '' : ` It says: “${words}”.`}`,
      remedy,
      check,
    };
  },
});

type Limits = Readonly<{ minMinutes: number; minOver: number; time: SeenTime }>;

function sightingOf(one: Autoscaler, service: string, { minMinutes, minOver, time }: Limits): Sighting | undefined {
  const failing = failingOf(one);
  if (failing !== undefined && hasLasted(failing.condition.sinceUs, minMinutes * 60e6, time))
    return told(one, service, failing.cause, failing.condition, '');
  const limited = one.conditions.find(
    ({ type, status, reason }) => type === 'ScalingLimited' && status === 'True' && reason === 'TooManyReplicas',
  );
  const over = one.metrics.find(({ current, target }) => target > 0 && current > target * (1 + minOver));
  if (over === undefined || one.current < one.most || one.most === 0) return undefined;
  // Without that condition, the desired number still has to be the maximum.
  if (limited === undefined && one.desired < one.most) return undefined;
  return told(one, service, 'at-most', limited, metricText(over));
}

function failingOf({ conditions }: Autoscaler): Readonly<{ cause: AutoscalerCause; condition: Condition }> | undefined {
  for (const condition of conditions) {
    const { type, status, reason } = condition;
    if (status !== 'False') continue;
    if (type === 'AbleToScale' && reason.startsWith('FailedGet')) return { cause: 'no-target', condition };
    if (type === 'ScalingActive' && reason !== 'ScalingDisabled') return { cause: 'no-metric', condition };
  }
  return undefined;
}

function metricText({ name, current, target }: ScaledMetric): string {
  return `${name} is at ${Number(current.toPrecision(3))} for a target of ${Number(target.toPrecision(3))}`;
}

function told(
  one: Autoscaler,
  service: string,
  cause: AutoscalerCause,
  condition: Condition | undefined,
  metric: string,
): Sighting {
  const { namespace, name, most, current } = one;
  const sinceUs = condition?.sinceUs ?? Number.NaN;
  const state = condition === undefined ? '' : `: ${condition.type} ${condition.status}, ${condition.reason}`;
  return {
    service,
    facts: {
      name,
      namespace,
      cause,
      most,
      metric,
      words: shortened(condition?.message ?? ''),
      since: instantText(sinceUs),
      ...(Number.isFinite(sinceUs) && { sinceUs }),
      // Its pods run: it works with too little capacity.
      ready: Math.max(1, current),
    },
    evidence: [
      {
        kind: 'event',
        ref: `horizontalpodautoscaler/${namespace}/${name}`,
        text: `${name}: ${current} of at most ${most} pods${metric === '' ? '' : `, ${metric}`}${state}`,
      },
    ],
  };
}
