import { METRICS_WINDOW, series, wobble } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

/** As a counter, a point a minute. */
function counted(code: string, perMinute: (minute: number) => number) {
  let sum = 0;
  return series('http_requests_total', { service: 'checkout', code }, (minute) => {
    sum += Math.round(perMinute(minute) * (1 + 0.1 * wobble(minute)));
    return sum;
  });
}

export const example: DetectorExample = {
  shows: 'From 14:33 two of three orders no longer arrive. Those that arrive are answered as before.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        counted('201', (minute) => (minute < 3 ? 24 : 8)),
        counted('409', (minute) => (minute < 3 ? 3 : 1)),
      ]),
    },
  ],
  excerpt: `requests a minute                               14:30  14:32  14:34  14:36  14:38
http_requests_total{service="checkout",code="201"}   24     25      8      8      7
http_requests_total{service="checkout",code="409"}    3      3      1      1      1`,
};
