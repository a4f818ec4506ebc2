import { METRICS_WINDOW, series } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const LABELS = { service: 'orders', pod: 'orders-0', pool: 'main' };

export const example: DetectorExample = {
  shows:
    'The service orders uses thirty of a hundred connections. From 14:30 it takes four more each minute and returns none.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        series('hikaricp_connections_active', LABELS, (minute) => 30 + 4 * Math.max(0, minute)),
        series('hikaricp_connections_max', LABELS, () => 100),
      ]),
    },
  ],
  excerpt: `hikaricp_connections_active{pod="orders-0"}   14:29  14:31  14:35  14:39  14:43
                                                 30     34     50     66     82
hikaricp_connections_max{pod="orders-0"}        100    100    100    100    100`,
};
