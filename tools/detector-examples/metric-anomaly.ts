import { METRICS_WINDOW, series, wobble } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const from = (begins: number, before: number, after: number) => (minute: number) =>
  Math.round((minute < begins ? before : after) * (1 + 0.05 * wobble(minute)));

export const example: DetectorExample = {
  shows:
    'The queue of orders held forty messages for an hour and holds eight hundred from 14:33. The queue of mail is as usual.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        series('request_queue_depth', { service: 'orders' }, from(3, 40, 800)),
        series('request_queue_depth', { service: 'mail' }, from(60, 12, 12)),
      ]),
    },
  ],
  excerpt: `                                       14:30  14:32  14:34  14:36  14:38
request_queue_depth{service="orders"}     39     41    806    790    823
request_queue_depth{service="mail"}       12     12     11     12     12`,
};
