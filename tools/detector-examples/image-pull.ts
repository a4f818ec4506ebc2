import { event, listed, pod, replicaSet, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

const IMAGE = 'registry.example.com/payment:1.4.3';

export const example: DetectorExample = {
  shows:
    'A rollout names an image tag that nobody pushed. The pods of the previous revision continue; the new pod waits.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({
          phase: 'Pending',
          created: 300,
          containers: [
            { image: IMAGE, waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${IMAGE}"` } },
          ],
        }),
        pod({ name: 'payment-5c6f7d8b9-bbbbb', owner: 'payment-5c6f7d8b9', created: 90_000 }),
        event('Failed', `Failed to pull image "${IMAGE}": manifest unknown`, { first: 290, last: 30, count: 6 }),
        replicaSet(6, { name: 'payment-5c6f7d8b9', created: 90_000 }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 300, containers: [{ image: IMAGE }] }),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   Pending   payment: waiting: ImagePullBackOff
pod payment-5c6f7d8b9-bbbbb    Running   payment: running
14:25:10 … 14:29:30  Failed (6 times): Failed to pull image "${IMAGE}": manifest unknown`,
};
