import { memoryLeak } from '#detect/metrics/memory-leak.ts';
import { METRICS_WINDOW, series, testMetricDetector, wobble } from '#test/metrics.ts';

const POD = { service: 'report', pod: 'report-7d9c5b8f6d-q2x4z' };
const used = (value: (minute: number) => number | undefined) => series('container_memory_rss_mb', POD, value);
const limit = (mb: number) => series('container_memory_limit_mb', POD, () => mb);
const cpu = (percent: number) => series('pod_cpu_usage_percent', POD, () => percent);
/** Of 1,048,576 bytes; the guide's megabytes are of a million. */
const MIB_PER_HOUR = 100 / 1.048576;
const restarts = (count: (minute: number) => number) =>
  series('kube_pod_container_status_restarts_total', { ...POD, container: 'report' }, count);
const grows = (mibPerHour: number) => (minute: number) => 400 + (mibPerHour / 60) * (minute + 60) + wobble(minute);

/** Two more pods of the same service. */
const others = (value: (minute: number) => number) =>
  ['b8k2m', 'r4t7w'].map((end) =>
    series(
      'container_memory_rss_mb',
      { ...POD, pod: `report-7d9c5b8f6d-${end}` },
      (minute) => value(minute) + wobble(minute),
    ),
  );

const deploy = (service: string) =>
  ({
    atUs: METRICS_WINDOW.fromUs - 70 * 60e6,
    kind: 'deploy',
    service,
    id: 'v42',
    text: '',
    url: '',
    files: [],
    diff: '',
  }) as const;

testMetricDetector(memoryLeak, {
  clear: {
    'growth below the guide’s rule': { metrics: [used(grows(MIB_PER_HOUR - 6)), cpu(90)] },
    'growth while the CPU has little to do': { metrics: [used(grows(MIB_PER_HOUR + 60)), cpu(79)] },
    'growth after a deploy, where nobody knows the limit': {
      metrics: [used(grows(MIB_PER_HOUR + 60)), cpu(90)],
      more: { changes: [deploy('report')] },
    },
    'growth whose limit is far away': { metrics: [used(grows(60)), limit(1_300)] },
    'the memory of one instance, while the others with the same code stay as they are': {
      metrics: [used(grows(120)), limit(1_000), ...others(() => 410)],
    },
    'the teeth of a collector': {
      metrics: [used((minute) => 300 + 500 * (((minute + 60) % 8) / 8)), cpu(95), limit(900)],
    },
    'a cache that warms up': {
      metrics: [used((minute) => 200 + 800 * (1 - Math.exp(-(minute + 60) / 15))), cpu(95), limit(1_100)],
    },
    'a process that fills its memory in its first minutes, and has a little more at the end': {
      metrics: [
        used((minute) => {
          const age = minute + 25;
          return age < 0
            ? undefined
            : 380 + Math.min(150, 30 * age) + (age > 26 ? 4 * (age - 26) : 0) + 3 * wobble(minute);
        }),
        limit(900),
      ],
    },
    'a step, as after a deploy': { metrics: [used((minute) => (minute < -20 ? 300 : 700)), cpu(95), limit(800)] },
    'growth after the window': {
      metrics: [
        series('container_memory_rss_mb', POD, (minute) => (minute < 15 ? 300 : 300 + 20 * (minute - 15)), { to: 75 }),
        limit(1_600),
      ],
    },
    'a quarter of an hour': {
      metrics: [
        series('container_memory_rss_mb', POD, (minute) => 400 + 10 * minute, { from: 0 }),
        limit(600),
        cpu(95),
      ],
    },
    'memory that a job fills and releases, without a restart': {
      metrics: [used((minute) => (minute < 0 ? 150 : 150 + 28 * (minute % 12))), limit(512), restarts(() => 0)],
    },
    'a restart with room left': {
      metrics: [
        used((minute) => (minute < 0 || minute >= 12 ? 100 : 100 + 15 * minute)),
        limit(512),
        restarts((minute) => Number(minute >= 12)),
      ],
    },
    'memory of the machine': {
      metrics: [series('node_memory_used_bytes', { node: 'n1' }, (minute) => 1e9 + 1e7 * (minute + 60))],
    },
  },
  found: {
    'growth of all instances': {
      metrics: [used(grows(120)), limit(1_000), ...others(grows(90))],
      sightings: [{ service: 'report' }],
    },
    'growth of one instance that nearly reached its limit': {
      metrics: [used(grows(120)), limit(540), ...others(() => 410)],
      sightings: [{ service: 'report' }],
    },
    'growth of one of two instances': {
      metrics: [used(grows(120)), limit(1_000), ...others(() => 410).slice(0, 1)],
      sightings: [{ service: 'report' }],
    },
    'growth above the guide’s rule, with a busy CPU': {
      metrics: [used(grows(MIB_PER_HOUR + 10)), cpu(85)],
      sightings: [
        {
          service: 'report',
          title: /^report: memory grows by 11\d MB an hour since 13:30 UTC \(report-7d9c5b8f6d-q2x4z\)$/,
          explanation: /After each garbage collection the memory in use is higher than before\./,
        },
      ],
    },
    'the same while another service was deployed': {
      metrics: [used(grows(MIB_PER_HOUR + 60)), cpu(90)],
      more: { changes: [deploy('cart')] },
      sightings: [{ explanation: /^(?!.*deployed)/ }],
    },
    'growth towards a limit after a deploy, which is named': {
      metrics: [used(grows(120)), limit(1_000)],
      more: { changes: [deploy('report')] },
      sightings: [{ explanation: /deployed shortly before \(v42 at 13:20 UTC\)/ }],
    },
    'growth towards a limit that began long before a deploy': {
      metrics: [used(grows(120)), limit(1_000)],
      more: { changes: [{ ...deploy('report'), atUs: METRICS_WINDOW.toUs - 10 * 60e6 }] },
      sightings: [{ explanation: /^(?!.*deployed)/ }],
    },
    'growth with its time to the limit': {
      metrics: [used(grows(120)), limit(1_000)],
      sightings: [{ title: /its limit is reached in 3 h 4\d min/, explanation: /5\d % of its limit/ }],
    },
    'a floor that rises under the teeth of a collector': {
      metrics: [used((minute) => 300 + 3 * (minute + 60) + 200 * (((minute + 60) % 5) / 5)), limit(1_000)],
      sightings: [{ title: /grows by 18\d MB an hour/ }],
    },
    'a climb that ended in a kill': {
      metrics: [
        used((minute) => (minute < 5 ? 120 + 6 * (minute + 60) : 120)),
        series('container_memory_limit_mb', POD, () => 512),
      ],
      sightings: [{ title: /it reached its limit at 14:34 UTC/ }],
    },
    'a quarter of an hour that a restart at the limit ends': {
      metrics: [
        used((minute) => (minute < 0 || minute >= 12 ? 100 : 100 + 34 * minute)),
        limit(512),
        restarts((minute) => Number(minute >= 12)),
      ],
      sightings: [
        {
          service: 'report',
          title: /^report: memory grows by .* since 14:\d\d UTC; it reached its limit at 14:41 UTC/,
        },
      ],
    },
    'the heap of a JVM': {
      metrics: [
        series('jvm_memory_used_bytes', { ...POD, area: 'heap' }, (minute) => 3e8 + 4e6 * (minute + 60)),
        series('jvm_memory_max_bytes', { ...POD, area: 'heap' }, () => 1e9),
      ],
      sightings: [{ title: /grows by 240 MB an hour/ }],
    },
    'of several instances the one that grows most': {
      metrics: ['a', 'b'].flatMap((id) => [
        series('container_memory_rss_mb', { service: 'report', pod: `report-${id}` }, (minute) =>
          id === 'a' ? 400 + wobble(minute) : grows(200)(minute),
        ),
        series('container_memory_limit_mb', { service: 'report', pod: `report-${id}` }, () => 1_000),
      ]),
      sightings: [{ title: /\(report-b\)/ }],
    },
  },
});
