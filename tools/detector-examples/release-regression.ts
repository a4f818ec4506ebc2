import { METRICS_WINDOW, series, wobble } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const OLD_PODS = ['checkout-68c9f7d6b8-4kq2m', 'checkout-68c9f7d6b8-x7fds', 'checkout-68c9f7d6b8-pl9wz'];
const NEW_POD = 'checkout-7f94b75d7c-q8n4t';
const NEW_FROM = 5;

const failing = (pod: string, share: (minute: number) => number | undefined) =>
  series('http_error_ratio', { service: 'checkout', pod }, share);

export const example: DetectorExample = {
  shows: 'Version 1.9.0 of checkout runs on one of four pods. It fails a third of its requests; the other pods answer.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        ...OLD_PODS.map((pod, at) => failing(pod, (minute) => 0.004 * Math.abs(wobble(minute + at)))),
        failing(NEW_POD, (minute) => (minute < NEW_FROM ? undefined : 0.33 + 0.05 * wobble(minute))),
      ]),
    },
    {
      kind: 'changes',
      text: JSON.stringify([
        { at: '2025-01-06T14:34:00Z', kind: 'deploy', service: 'checkout', id: '7f94b75d7c', text: 'checkout 1.9.0' },
        { at: '2025-01-06T14:36:00Z', kind: 'deploy', service: 'web', id: '5d9c7b6f48', text: 'Rounder buttons' },
      ]),
    },
  ],
  excerpt: `http_error_ratio of checkout    14:33   14:34   14:35   14:36   14:37
68c9f7d6b8-4kq2m                0.1 %   0.3 %   0.2 %   0.1 %   0.4 %
68c9f7d6b8-x7fds                0.3 %   0.2 %   0.1 %   0.4 %   0.2 %
68c9f7d6b8-pl9wz                0.2 %   0.1 %   0.4 %   0.2 %   0.3 %
7f94b75d7c-q8n4t                                 31 %    36 %    30 %`,
};
