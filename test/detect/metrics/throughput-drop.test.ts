import { throughputDrop } from '#detect/metrics/throughput-drop.ts';
import { METRICS_WINDOW, series, testMetricDetector, wobble } from '#test/metrics.ts';

const SHOP = { service: 'checkout' };
const rate = (value: (minute: number) => number, more: { from?: number } = {}) =>
  series('requests_per_second', SHOP, value, more);
const from = (minute: number, before: number, after: number) => (at: number) =>
  (at < minute ? before : after) * (1 + 0.1 * wobble(at));
const DAY_MINUTES = 1_440;
/** Every day at half past two it falls to a third. */
const daily = (minute: number) => {
  const ofDay = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return (ofDay < 30 ? 13 : 40) * (1 + 0.05 * wobble(minute));
};

/** Its last offset, with so many messages a minute before and after 14:32. */
const topic = (name: string, before: number, after: number) =>
  series('kafka_topic_partition_current_offset', { job: 'kafka-exporter', topic: name, partition: '0' }, (minute) =>
    minute < 2 ? before * (minute + 60) : before * 62 + after * (minute - 2),
  );
const readers = (name: string, members: number) => [
  series('kafka_consumergroup_lag', { consumergroup: `${name}-group`, topic: name, partition: '0' }, () => 0),
  series('kafka_consumergroup_members', { consumergroup: `${name}-group` }, () => members),
];

const ACL = { dimension_WebACL: 'shop-edge', dimension_Rule: 'ALL' };
const firewall = (blocked: readonly [number, number], allowed: readonly [number, number]) => [
  series('aws_wafv2_blocked_requests_sum', ACL, from(3, ...blocked)),
  series('aws_wafv2_allowed_requests_sum', ACL, from(3, ...allowed)),
];

testMetricDetector(throughputDrop, {
  found: {
    'a firewall that blocks those who are missing behind it': {
      metrics: firewall([2, 100], [300, 200]),
      sightings: [
        {
          service: 'shop-edge',
          title:
            /^shop-edge: the firewall blocks 33 % of the requests since 14:33 UTC, 0\.7 % before; 36 % fewer come through$/,
        },
      ],
    },
    'a third of the lines, where no metric counts requests': {
      metrics: [series('service:log_lines', { ...SHOP, metric: 'log lines in Loki' }, from(3, 40, 12))],
      sightings: [
        {
          title: /^checkout: 11 log lines per second since 14:32 UTC, 40 are normal$/,
          explanation: /This is 29 % of the rate in the hour before and lasts for 12 min\./,
        },
      ],
    },
    'a third of the requests that a load balancer counts each minute': {
      metrics: [
        series(
          'aws_applicationelb_request_count_sum',
          { dimension_TargetGroup: 'targetgroup/checkout/5f0c2a9e1b7d4c36' },
          from(3, 2400, 720),
        ),
      ],
      sightings: [
        {
          service: 'checkout',
          title: /^checkout: 1[12] requests per second since 14:32 UTC, 40 are normal$/,
          facts: { isAsked: true },
        },
      ],
    },
    'a third of the requests': {
      metrics: [rate(from(3, 40, 12))],
      sightings: [
        {
          service: 'checkout',
          title: /^checkout: 11 requests per second since 14:32 UTC, 40 are normal$/,
        },
      ],
    },
    'a topic whose messages go to one that nobody reads': {
      metrics: [topic('orders', 90, 0), topic('orders.v2', 0, 90), ...readers('orders', 2)],
      sightings: [
        {
          service: 'orders',
          title:
            /^orders: no message since 14:3\d UTC, 1\.5 a second are normal; orders\.v2, which nobody reads, gets 1\.5 a second/,
        },
      ],
    },
    'none at all': {
      metrics: [rate(from(3, 40, 0))],
      sightings: [{ title: /^checkout: 0 requests per second since 14:32 UTC, 40 are normal$/ }],
    },
    'half an hour that other days do not have': {
      metrics: [rate((minute) => (minute >= 0 ? 13 : 40) * (1 + 0.05 * wobble(minute)), { from: -3 * DAY_MINUTES })],
      sightings: [{ title: /^checkout: 13 requests per second since 14:30 UTC, 41 are normal$/ }],
    },
    'counters of several instances and codes, added up': {
      metrics: ['a', 'b'].flatMap((pod) =>
        ['200', '404'].map((code) => {
          let sum = 0;
          return series('http_requests_total', { ...SHOP, pod, code }, (minute) => {
            sum += minute < 2 ? 600 : 200;
            return sum;
          });
        }),
      ),
      sightings: [{ title: /^checkout: 13 requests per second since 14:31 UTC, 40 are normal$/ }],
    },
  },
  clear: {
    'fewer lines of a service whose requests a metric counts': {
      metrics: [series('service:log_lines', SHOP, from(3, 40, 12)), rate(() => 40)],
    },
    'an even fall for an hour, as people go home': {
      metrics: [rate((minute) => 60 * Math.exp(-(minute + 90) / 50) * (1 + 0.03 * wobble(minute)), { from: -90 })],
    },
    'a topic whose readers have moved as well': {
      metrics: [topic('orders', 90, 0), topic('orders.v2', 0, 90), ...readers('orders', 0), ...readers('orders.v2', 2)],
    },
    'a topic that nobody reads any more': {
      metrics: [topic('orders', 90, 0), topic('orders.v2', 0, 90), ...readers('orders', 0)],
    },
    'a topic that rests, and no other one began': { metrics: [topic('orders', 90, 0), ...readers('orders', 2)] },
    'just more than half': { metrics: [rate((minute) => (minute < 3 ? 40 : 20.5))] },
    'four minutes': { metrics: [rate((minute) => (minute >= 3 && minute < 7 ? 5 : 40))] },
    'few requests': { metrics: [rate((minute) => (minute < 3 ? 0.09 : 0.01))] },
    'what falls so every day': { metrics: [rate(daily, { from: -3 * DAY_MINUTES })] },
    'what comes in waves': { metrics: [rate((minute) => (Math.abs(minute) % 20 < 8 ? 5 : 40))] },
    'more requests': { metrics: [rate(from(3, 40, 120))] },
    'a metric that ends': { metrics: [series('requests_per_second', SHOP, () => 40, { to: 2 })] },
    'two points before': { metrics: [rate(from(3, 40, 5), { from: -2 })] },
    'another number': { metrics: [series('container_memory_working_set_bytes', SHOP, from(3, 4e9, 1e9))] },
    'a time of which there is no before': {
      metrics: [rate(from(3, 40, 5))],
      window: { ...METRICS_WINDOW, fromUs: Number.NaN, toUs: Number.NaN },
    },
  },
});
