import { metricAnomaly } from '#detect/metrics/metric-anomaly.ts';
import { METRICS_WINDOW, series, testMetricDetector, wobble } from '#test/metrics.ts';

const SHOP = { service: 'checkout' };
const DAY_MINUTES = 1_440;
const latency = (value: (minute: number) => number, labels: Record<string, string> = SHOP) =>
  series('http_server_duration_p95_ms', labels, value);
const from = (minute: number, before: number, after: number) => (at: number) =>
  (at < minute ? before : after) * (1 + 0.05 * wobble(at));
/** A hundred at half past two of each day, for half an hour. */
const daily = (minute: number) => {
  const ofDay = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return (ofDay < 30 ? 400 : 100) * (1 + 0.05 * wobble(minute));
};

testMetricDetector(metricAnomaly, {
  clear: {
    'more lines, and no more errors among them': {
      metrics: [series('service:log_lines', SHOP, from(3, 10, 90)), series('service:log_errors', SHOP, () => 0.2)],
    },
    'an error a minute more': { metrics: [series('service:log_errors', SHOP, from(3, 0, 0.05))] },
    'what varies as before': { metrics: [latency((minute) => 100 + 30 * wobble(minute))] },
    'less than half as much again': { metrics: [latency(from(3, 100, 140))] },
    'what is within two deviations of a number that jumps about': {
      metrics: [latency((minute) => (minute < 3 ? 100 + 60 * wobble(minute) : 165))],
    },
    'two points': { metrics: [latency((minute) => (minute === 3 || minute === 4 ? 900 : 100 + wobble(minute)))] },
    'jumps like those of the hour before': {
      metrics: [latency((minute) => (Math.abs(minute) % 20 < 3 ? 900 : 100 + wobble(minute)))],
    },
    'what got better': { metrics: [latency(from(3, 400, 100))] },
    'a busy minute of an idle CPU': { metrics: [series('cpu_utilization', SHOP, from(3, 0.01, 0.09))] },
    'one failing request in a hundred': { metrics: [series('http_5xx_ratio', SHOP, from(3, 0.001, 0.019))] },
    'a limit that was raised': { metrics: [series('container_memory_limit_mb', SHOP, from(3, 100, 900))] },
    'a time of which there is no before': {
      metrics: [latency(from(3, 100, 900))],
      window: { service: '', fromUs: Number.NaN, toUs: Number.NaN },
    },
    'requests that begin to fail, as many as before': {
      metrics: [
        series('service:requests', { ...SHOP, status: '200' }, from(3, 50, 40)),
        series('service:requests', { ...SHOP, status: '500' }, from(3, 0, 10)),
      ],
    },
    'a heartbeat of alerting': {
      metrics: [
        series('service:alerts', { ...SHOP, alertname: 'Watchdog' }, () => 1),
        series('service:alerts', { ...SHOP, alertname: 'Always', severity: 'none' }, () => 1),
      ],
    },
    'an alert of before the time window, and one that is only pending': {
      metrics: [
        series('service:alerts', { ...SHOP, alertname: 'OrdersWait' }, (minute) => (minute < -3 ? 1 : undefined)),
        series('ALERTS', { ...SHOP, alertname: 'SlowPay', alertstate: 'pending' }, (minute) =>
          minute > 3 ? 1 : undefined,
        ),
      ],
    },
    'a rule of Grafana that has no data': {
      metrics: [
        series(
          'GRAFANA_ALERTS',
          { ...SHOP, alertname: 'QueueAge', alertstate: 'firing', grafana_alertstate: 'nodata' },
          (minute) => (minute > 3 ? 1 : undefined),
        ),
      ],
    },
    'four points before': { metrics: [series('http_server_duration_p95_ms', SHOP, from(3, 100, 900), { from: -4 })] },
    'a peak that other days have, too': {
      metrics: [series('http_server_duration_p95_ms', SHOP, daily, { from: -3 * DAY_MINUTES })],
    },
  },
  found: {
    'errors that nobody logged before': {
      metrics: [series('service:log_errors', SHOP, from(3, 0, 2))],
      sightings: [
        {
          service: 'checkout',
          title: /^checkout: errors logged a second is 1\.95 since 14:33 UTC, 0 is normal$/,
        },
      ],
    },
    'more requests, also where each status is counted by itself': {
      metrics: [
        series('service:requests', { ...SHOP, status: '200' }, from(3, 50, 250)),
        series('service:requests', { ...SHOP, status: '500' }, from(3, 1, 50)),
      ],
      sightings: [
        { service: 'checkout', title: /^checkout: requests a second is 2\d\d since 14:33 UTC, 5\d.* is normal$/ },
      ],
    },
    'an alert that fires since a minute of the window, on two instances': {
      metrics: [
        series('service:alerts', { ...SHOP, alertname: 'OrdersWait', pod: 'a' }, (minute) =>
          minute >= 5 ? 1 : undefined,
        ),
        series('service:alerts', { ...SHOP, alertname: 'OrdersWait', pod: 'b' }, (minute) =>
          minute >= 4 ? 1 : undefined,
        ),
      ],
      sightings: [{ service: 'checkout', title: 'checkout: the alert OrdersWait fires since 14:34 UTC' }],
    },
    'Prometheus and Grafana report one alert; another is silenced, and a third has one silenced instance': {
      metrics: [
        series('ALERTS', { ...SHOP, alertname: 'OrdersWait', alertstate: 'firing' }, (minute) =>
          minute >= 5 && minute < 8 ? 1 : undefined,
        ),
        series(
          'service:alerts',
          { service: 'checkout-service', alertname: 'Orders wait', silenced: 'false', metric: 'Grafana' },
          (minute) => (minute >= 4 ? 1 : undefined),
        ),
        series('service:alerts', { ...SHOP, alertname: 'SlowPay', silenced: 'true' }, (minute) =>
          minute >= 6 ? 1 : undefined,
        ),
        series('ALERTS', { ...SHOP, alertname: 'SlowPay', alertstate: 'firing' }, (minute) =>
          minute >= 6 ? 1 : undefined,
        ),
        series('service:alerts', { ...SHOP, alertname: 'QueueAge', silenced: 'true', pod: 'a' }, (minute) =>
          minute >= 3 ? 1 : undefined,
        ),
        series('service:alerts', { ...SHOP, alertname: 'QueueAge', silenced: 'false', pod: 'b' }, (minute) =>
          minute >= 3 ? 1 : undefined,
        ),
      ],
      sightings: [
        { service: 'checkout-service', title: 'checkout-service: the alert “Orders wait” fires since 14:34 UTC' },
        { service: 'checkout', title: 'checkout: the alert QueueAge fires since 14:33 UTC' },
        { service: 'checkout', title: 'checkout: the alert SlowPay fires since 14:36 UTC (silenced)' },
      ],
    },
    'an alert that fires for long, and one that ended': {
      metrics: [
        series('ALERTS', { ...SHOP, alertname: 'OrdersWait', alertstate: 'firing' }, () => 1),
        series('service:alerts', { ...SHOP, alertname: 'SlowPay' }, (minute) =>
          minute > 0 && minute < 5 ? 1 : undefined,
        ),
      ],
      sightings: [
        { service: 'checkout', title: 'checkout: the alert SlowPay fired from 14:31 UTC to 14:34 UTC' },
        { service: 'checkout', title: 'checkout: the alert OrdersWait fires since before 13:30 UTC' },
      ],
    },
    'response times that left their way': {
      metrics: [latency(from(3, 100, 400))],
      sightings: [
        {
          service: 'checkout',
          title: /^checkout: response time is 390 ms since 14:33 UTC, 100 ms is normal$/,
          explanation: /in the hour before/,
        },
      ],
    },
    'more than a daily peak': {
      metrics: [
        series('http_server_duration_p95_ms', SHOP, (minute) => daily(minute) * (minute >= 2 ? 3 : 1), {
          from: -3 * DAY_MINUTES,
        }),
      ],
      sightings: [
        {
          title: /^checkout: response time is 1\.2 s since 14:32 UTC, 390 ms is normal$/,
          explanation: /It was 390 ms at the same time of earlier days\./,
        },
      ],
    },
    'requests that stay away': {
      metrics: [series('requests_per_second', SHOP, from(2, 50, 10))],
      sightings: [{ title: /^checkout: requests a second is 9\.75 since 14:32 UTC, 49\.8 is normal$/ }],
    },
    'requests that fail': {
      metrics: [series('http_5xx_ratio', SHOP, from(2, 0.001, 0.2))],
      sightings: [{ title: /^checkout: share of failing requests is 20 % since 14:32 UTC, 0\.1 % is normal$/ }],
    },
    'what began first before what it moves with, and says so': {
      metrics: [
        latency(from(6, 100, 900)),
        series('request_queue_depth', { service: 'orders' }, from(3, 4, 80)),
        series('cpu_utilization', { service: 'mail' }, from(9, 0.1, 0.6)),
      ],
      sightings: [
        {
          service: 'orders',
          explanation:
            /moves with the response time of checkout \(r [01]\.\d\d\), 3 min ahead of it: it may be the cause/,
        },
        { service: 'checkout', explanation: /^(?!.*moves)/ },
        { service: 'mail', explanation: /It was 10 % in the hour before\./ },
      ],
    },
    'the strongest of one service, with how many more': {
      metrics: [latency(from(3, 100, 900)), series('cpu_utilization', SHOP, from(3, 0.1, 0.7))],
      window: METRICS_WINDOW,
      sightings: [{ explanation: /1 more of its metrics/ }],
    },
  },
});
