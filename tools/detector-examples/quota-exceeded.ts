import { event, listed, replicaSet, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

const said =
  'Error creating: pods "payment-7-" is forbidden: exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10';

export const example: DetectorExample = {
  shows: 'A scale-out needs more CPU than the quota of the namespace leaves.',
  window: { ...WINDOW, service: '' },
  bodies: [
    {
      kind: 'platform',
      text: listed([
        replicaSet(7, { name: 'payment-7', replicas: 1, made: 0 }),
        event('FailedCreate', said, { about: ['ReplicaSet', 'payment-7'], first: 400, last: 20, count: 12 }),
      ]),
    },
  ],
  excerpt: `replicaset payment-7   1 wanted, 0 there
14:23:20 … 14:29:40  FailedCreate (12 times):
  ${said}`,
};
