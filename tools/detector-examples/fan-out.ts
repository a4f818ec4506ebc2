import { request } from '#test/scenarios.ts';
import { server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'One request calls inventory-service sixty times, ten calls at a time. One row of the picture stands for all calls.',
  roots: [
    server('catalog', 'GET /catalog', { ms: 1100 }, [
      ...times(60, (i) =>
        request('catalog', 'inventory-service', 'GET', '/stock/{id}', {
          at: 20 + Math.floor(i / 10) * 170 + (i % 10) * 4,
          ms: 120 + ((i * 7) % 5) * 4,
        }),
      ),
    ]),
  ],
};
