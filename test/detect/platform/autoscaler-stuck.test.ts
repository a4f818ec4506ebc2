import { autoscalerStuck } from '#detect/platform/autoscaler-stuck.ts';
import { ago, testPlatformDetector } from '#test/platform.ts';

type Drawn = Readonly<{ current?: number; desired?: number; cpu?: number; conditions?: readonly object[] }>;

function autoscaler({ current = 10, desired = 10, cpu, conditions = [] }: Drawn = {}) {
  const resource = (key: string, value: object) => [{ type: 'Resource', resource: { name: 'cpu', [key]: value } }];
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'payment', namespace: 'shop' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'payment' },
      maxReplicas: 10,
      metrics: resource('target', { type: 'Utilization', averageUtilization: 80 }),
    },
    status: {
      currentReplicas: current,
      desiredReplicas: desired,
      conditions,
      ...(cpu !== undefined && { currentMetrics: resource('current', { averageUtilization: cpu }) }),
    },
  };
}

function condition(type: string, status: string, reason: string, since = 900) {
  return { type, status, reason, message: `the reason is ${reason}`, lastTransitionTime: ago(since) };
}

const LIMITED = condition('ScalingLimited', 'True', 'TooManyReplicas');

testPlatformDetector(autoscalerStuck, {
  clear: {
    'the maximum, with a metric near its target': { objects: [autoscaler({ cpu: 86, conditions: [LIMITED] })] },
    'a high metric while pods may be added': { objects: [autoscaler({ current: 6, desired: 8, cpu: 140 })] },
    'the maximum, and nobody knows the metric': { objects: [autoscaler({ conditions: [LIMITED] })] },
    'metrics that a new pod does not have yet': {
      objects: [autoscaler({ conditions: [condition('ScalingActive', 'False', 'FailedGetResourceMetric', 200)] })],
    },
    'a target at zero': {
      objects: [autoscaler({ current: 0, conditions: [condition('ScalingActive', 'False', 'ScalingDisabled')] })],
    },
  },
  found: {
    'the maximum, with a metric far above its target': {
      objects: [autoscaler({ cpu: 140, conditions: [LIMITED] })],
      sightings: [
        {
          service: 'payment',
          title:
            /^payment cannot scale out: its autoscaler has reached its maximum of 10 pods, and cpu is at 140 for a target of 80$/,
          facts: { ready: 10 },
        },
      ],
    },
    'a metric that cannot be read': {
      objects: [
        autoscaler({ current: 2, conditions: [condition('ScalingActive', 'False', 'FailedGetResourceMetric')] }),
      ],
      sightings: [{ title: /cannot read its metrics$/, explanation: /the reason is FailedGetResourceMetric/ }],
    },
    'a target that does not exist': {
      objects: [autoscaler({ current: 0, conditions: [condition('AbleToScale', 'False', 'FailedGetScale')] })],
      sightings: [{ title: /does not find what it should scale$/ }],
    },
  },
});
