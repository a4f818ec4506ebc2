import { ago, listed, NO_WINDOW, pod, ready } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'An autoscaler has reached its maximum, and the CPU is far above its target.',
  window: NO_WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({ conditions: [ready(900)], containers: [{ ready: true }] }),
        {
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'payment', namespace: 'shop' },
          spec: {
            scaleTargetRef: { kind: 'Deployment', name: 'payment' },
            maxReplicas: 10,
            metrics: [
              { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
            ],
          },
          status: {
            currentReplicas: 10,
            desiredReplicas: 10,
            currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 140 } } }],
            conditions: [
              { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', lastTransitionTime: ago(900) },
            ],
          },
        },
      ]),
    },
  ],
  excerpt: `hpa payment   cpu 140 % of 80 %
hpa payment   10 of at most 10 pods, 10 desired
hpa payment   ScalingLimited True: TooManyReplicas, since 14:15:00`,
};
