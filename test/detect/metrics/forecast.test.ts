import { forecast } from '#detect/metrics/forecast.ts';
import { METRICS_WINDOW, series, testMetricDetector, wobble } from '#test/metrics.ts';

const POD = { service: 'checkout', pod: 'checkout-0' };
const DAY_MINUTES = 1_440;
const memory = (value: (minute: number) => number, range?: { from: number; every: number }) =>
  series('pod_memory_usage_percent', POD, value, range);
/** At 14:45, and by how much a minute. */
const towards = (atEnd: number, aMinute: number) => (minute: number) =>
  minute < -5 ? atEnd - 20 * aMinute : atEnd - aMinute * (15 - minute) + wobble(minute) / 4;

testMetricDetector(forecast, {
  clear: {
    'what is full only after a quarter of an hour': { metrics: [memory(towards(70, 2))] },
    'what goes up and down': { metrics: [memory((minute) => 80 + 15 * wobble(minute))] },
    'what rose and stays there': { metrics: [memory((minute) => Math.min(90, 40 + 5 * Math.max(0, minute)))] },
    'what is full already': { metrics: [memory((minute) => Math.min(100, 60 + 5 * Math.max(0, minute)))] },
    'what falls': { metrics: [memory(towards(70, -3))] },
    'what rises after the window': {
      metrics: [memory((minute) => (minute < 5 ? 50 : 50 + 4 * minute))],
      window: { ...METRICS_WINDOW, toUs: METRICS_WINDOW.fromUs + 300e6 },
    },
    'time spent waiting, which fills nothing': {
      metrics: [series('iowait_ratio', { node: 'n1' }, (minute) => (minute < 0 ? 0.1 : 0.1 + 0.05 * minute))],
    },
    'what rises every day at that time and stops': {
      metrics: [
        memory(
          (minute) => {
            const ofDay = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
            const rise = ofDay > 720 ? 0 : Math.min(ofDay, 17) * 2.2;
            return 50 + rise + wobble(minute) / 4;
          },
          { from: -2 * DAY_MINUTES - 60, every: 1 },
        ),
      ],
    },
  },
  found: {
    'memory on its way to the limit': {
      metrics: [memory(towards(85, 2))],
      sightings: [
        {
          service: 'checkout',
          title: /^checkout: memory will reach its limit in about 9 min, at 14:52 UTC \(checkout-0\)$/,
          explanation: /It is at 83 % of the limit now and rises by 2 % a minute in a straight line\./,
        },
      ],
    },
    'when the rise began': {
      metrics: [memory(towards(85, 2))],
      sightings: [{ facts: { sinceUs: METRICS_WINDOW.fromUs - 5 * 60e6 } }],
    },
    'that of a new pod, since its start': {
      metrics: [memory((minute) => 20 + 5 * (minute - 1), { from: 1, every: 1 })],
      sightings: [{ facts: { sinceUs: METRICS_WINDOW.fromUs + 60e6 } }],
    },
    'a disk, and a pool, the sooner first': {
      metrics: [
        series('node_filesystem_avail_bytes', { node: 'n1', mountpoint: '/' }, (minute) => 100e9 - 80e9 - 1e9 * minute),
        series('node_filesystem_size_bytes', { node: 'n1', mountpoint: '/' }, () => 100e9),
        series('hikaricp_connections_active', { ...POD, pool: 'orders' }, (minute) => 30 + 4 * Math.max(0, minute)),
        series('hikaricp_connections_max', { ...POD, pool: 'orders' }, () => 100),
      ],
      sightings: [{ title: /^checkout: connections/ }, { title: /^n1: disk/ }],
    },
  },
});
