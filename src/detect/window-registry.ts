import { suspectChange } from '#detect/changes/suspect-change.ts';
import type { Detector } from '#detect/detector.ts';
import { forecast } from '#detect/metrics/forecast.ts';
import { memoryLeak } from '#detect/metrics/memory-leak.ts';
import { metricAnomaly } from '#detect/metrics/metric-anomaly.ts';
import { resourceSaturation } from '#detect/metrics/resource-saturation.ts';
import { throughputDrop } from '#detect/metrics/throughput-drop.ts';
import { autoscalerStuck } from '#detect/platform/autoscaler-stuck.ts';
import { certificateExpired } from '#detect/platform/certificate-expired.ts';
import { crashLoop } from '#detect/platform/crash-loop.ts';
import { imagePull } from '#detect/platform/image-pull.ts';
import { jobFailed } from '#detect/platform/job-failed.ts';
import { nodeTrouble } from '#detect/platform/node-trouble.ts';
import { notReady } from '#detect/platform/not-ready.ts';
import { oomKilled } from '#detect/platform/oom-killed.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import { quotaExceeded } from '#detect/platform/quota-exceeded.ts';
import { schedulerSilent } from '#detect/platform/scheduler-silent.ts';
import { serviceWithoutEndpoints } from '#detect/platform/service-without-endpoints.ts';
import { workloadScaledToZero } from '#detect/platform/workload-scaled-to-zero.ts';
import { cacheStampede } from '#detect/window/cache-stampede.ts';
import { cascadingFailure } from '#detect/window/cascading-failure.ts';
import { errorRate } from '#detect/window/error-rate.ts';
import { latency } from '#detect/window/latency.ts';
import { partialOutage } from '#detect/window/partial-outage.ts';
import { queueBacklog } from '#detect/window/queue-backlog.ts';
import { releaseRegression } from '#detect/window/release-regression.ts';

/** Detectors that examine a time window: many requests, metrics, the platform, changes. Sorted by id. */
export const windowDetectors: readonly Detector[] = [
  autoscalerStuck,
  cacheStampede,
  cascadingFailure,
  certificateExpired,
  crashLoop,
  errorRate,
  forecast,
  imagePull,
  jobFailed,
  latency,
  memoryLeak,
  metricAnomaly,
  nodeTrouble,
  notReady,
  oomKilled,
  partialOutage,
  podPending,
  queueBacklog,
  quotaExceeded,
  releaseRegression,
  resourceSaturation,
  schedulerSilent,
  serviceWithoutEndpoints,
  suspectChange,
  throughputDrop,
  workloadScaledToZero,
];
