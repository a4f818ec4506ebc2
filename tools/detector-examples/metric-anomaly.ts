import { METRICS_WINDOW, series, wobble } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const from = (begins: number, before: number, after: number) => (minute: number) =>
  Math.round((minute < begins ? before : after) * (1 + 0.05 * wobble(minute)));

export const example: DetectorExample = {
  shows:
    'The queue of orders grows from 14:33 on, and three minutes later messages of mail, which gets its work from there, get old. Both leave what was usual; the queue left first.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        series('request_queue_depth', { service: 'orders' }, from(3, 40, 800)),
        series('queue_oldest_message_age_seconds', { service: 'mail' }, from(6, 2, 90)),
      ]),
    },
  ],
  excerpt: `                                                 14:30  14:32  14:34  14:36  14:38
request_queue_depth{service="orders"}               39     41    806    790    823
queue_oldest_message_age_seconds{service="mail"}     2      2      2     89     91`,
};
