import { event, listed, node, pod, unschedulable, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

const said =
  '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory.';

export const example: DetectorExample = {
  shows: 'The deployment wants a third pod, but no node has the memory that it requests.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({
          phase: 'Pending',
          node: '',
          created: 480,
          conditions: [unschedulable(said, 480)],
          containers: [{ requests: { memory: '3Gi' } }],
        }),
        pod({ name: 'payment-7d4b9f6c8d-bbbbb', created: 90_000 }),
        pod({ name: 'payment-7d4b9f6c8d-ccccc', created: 90_000 }),
        event('FailedScheduling', said, { container: '', first: 480, last: 60, count: 2 }),
        node('node-1'),
        node('node-2'),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   Pending   requests: memory 3Gi
pod payment-7d4b9f6c8d-bbbbb   Running
14:22:00  FailedScheduling: ${said}`,
};
