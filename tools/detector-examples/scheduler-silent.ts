import { event, listed, pod, ready, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'A new pod waits, and the scheduler has not looked at it.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({ phase: 'Pending', node: '', created: 240 }),
        pod({
          name: 'payment-7d4b9f6c8d-bbbbb',
          created: 90_000,
          conditions: [ready(89_000)],
          containers: [{ ready: true }],
        }),
        event('Started', 'Started container payment', {
          about: ['Pod', 'payment-7d4b9f6c8d-bbbbb'],
          type: 'Normal',
          first: 3000,
          last: 3000,
        }),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   Pending since 14:26:00, no condition PodScheduled, no event
pod payment-7d4b9f6c8d-bbbbb   Running
13:40:00  Started: Started container payment (the last event of a pod)`,
};
