import { ago, ended, listed, pod, replicaSet, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

const container = { limits: { memory: '256Mi' } };

export const example: DetectorExample = {
  shows: 'A new revision halves the memory limit. After twenty minutes of traffic the container is killed.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({
          created: 1300,
          containers: [
            {
              ...container,
              restarts: 1,
              running: { startedAt: ago(90) },
              last: ended('OOMKilled', 137, { from: 1295, to: 95 }),
            },
          ],
        }),
        replicaSet(6, { created: 90_000, containers: [{ limits: { memory: '512Mi' } }] }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 1300, containers: [container] }),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   payment: running   last: OOMKilled, exit code 137   restarts: 1
revision 7   limits: memory 256Mi
revision 6   limits: memory 512Mi`,
};
