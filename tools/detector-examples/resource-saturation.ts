import { METRICS_WINDOW, series } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const pod = (id: string, value: (minute: number) => number) =>
  series('pod_cpu_usage_percent', { service: 'checkout', pod: `checkout-${id}` }, value);

export const example: DetectorExample = {
  shows:
    'Two pods of checkout use a third of their processors. At 14:32 one of them begins to use all of its own; the other goes on as before.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([pod('0', (minute) => (minute < 2 ? 34 : 98)), pod('1', (minute) => 33 + (minute % 3))]),
    },
  ],
  excerpt: `pod_cpu_usage_percent{service="checkout"}   14:29  14:31  14:33  14:35  14:37
  pod="checkout-0"                             34     34     98     98     98
  pod="checkout-1"                             32     34     33     35     34`,
};
