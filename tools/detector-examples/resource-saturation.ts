import { METRICS_WINDOW, series } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const POOL = { service: 'orders', pod: 'orders-0', pool: 'main' };

export const example: DetectorExample = {
  shows:
    'The service orders uses four of its twenty database connections. At 14:32 all twenty are in use and stay so: requests wait for one.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        series('hikaricp_connections_active', POOL, (minute) => (minute < 2 ? 4 : 20)),
        series('hikaricp_connections_max', POOL, () => 20),
      ]),
    },
  ],
  excerpt: `                                            14:29  14:31  14:33  14:35  14:37
hikaricp_connections_active{pool="main"}        4      4     20     20     20
hikaricp_connections_max{pool="main"}          20     20     20     20     20`,
};
