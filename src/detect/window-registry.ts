import { cacheStampede } from '#detect/cache-stampede.ts';
import { cascadingFailure } from '#detect/cascading-failure.ts';
import { crashLoop } from '#detect/crash-loop.ts';
import type { Detector } from '#detect/detector.ts';
import { errorRate } from '#detect/error-rate.ts';
import { forecast } from '#detect/forecast.ts';
import { imagePull } from '#detect/image-pull.ts';
import { latency } from '#detect/latency.ts';
import { memoryLeak } from '#detect/memory-leak.ts';
import { metricAnomaly } from '#detect/metric-anomaly.ts';
import { oomKilled } from '#detect/oom-killed.ts';
import { partialOutage } from '#detect/partial-outage.ts';
import { podPending } from '#detect/pod-pending.ts';
import { queueBacklog } from '#detect/queue-backlog.ts';
import { resourceSaturation } from '#detect/resource-saturation.ts';
import { suspectChange } from '#detect/suspect-change.ts';
import { throughputDrop } from '#detect/throughput-drop.ts';

/** Of a time: many requests, metrics, the platform, changes. In order of id. */
export const windowDetectors: readonly Detector[] = [
  cacheStampede,
  cascadingFailure,
  crashLoop,
  errorRate,
  forecast,
  imagePull,
  latency,
  memoryLeak,
  metricAnomaly,
  oomKilled,
  partialOutage,
  podPending,
  queueBacklog,
  resourceSaturation,
  suspectChange,
  throughputDrop,
];
