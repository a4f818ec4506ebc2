import { event, listed, replicaSet, service, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'Somebody scaled a Deployment down to zero, and callers still need it.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        replicaSet(3, { replicas: 0, made: 0 }),
        service('payment'),
        event('ScalingReplicaSet', 'Scaled down replica set payment-3 to 0 from 2', {
          about: ['Deployment', 'payment'],
          first: 300,
          last: 300,
          type: 'Normal',
        }),
      ]),
    },
  ],
  excerpt: `deployment payment   0 of 0 replicas
service payment      leads to no pod
14:25:00  ScalingReplicaSet: Scaled down replica set payment-3 to 0 from 2`,
};
