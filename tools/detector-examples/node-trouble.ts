import { ago, listed, node, pod, ready, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'The kubelet of one node is silent, so all services on it are not ready.',
  window: { ...WINDOW, service: '' },
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({ conditions: [ready(290, 'False')], containers: [{ ready: true }] }),
        pod({
          name: 'cart-1-aaaaa',
          owner: 'cart-1',
          labels: { app: 'cart' },
          conditions: [ready(290, 'False')],
          containers: [{ ready: true }],
        }),
        node('node-1', {
          conditions: [
            {
              type: 'Ready',
              status: 'Unknown',
              reason: 'NodeStatusUnknown',
              message: 'Kubelet stopped posting node status.',
              lastTransitionTime: ago(300),
            },
          ],
        }),
      ]),
    },
  ],
  excerpt: `node node-1                    Ready Unknown   Kubelet stopped posting node status.
pod cart-1-aaaaa               Running, not ready   on node-1
pod payment-7d4b9f6c8d-aaaaa   Running, not ready   on node-1`,
};
