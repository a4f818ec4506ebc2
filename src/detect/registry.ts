import { bottleneck } from '#detect/bottleneck.ts';
import { brokenTrace } from '#detect/broken-trace.ts';
import { bruteForce } from '#detect/brute-force.ts';
import { cacheMissCascade } from '#detect/cache-miss-cascade.ts';
import { cacheStampede } from '#detect/cache-stampede.ts';
import { cascadingFailure } from '#detect/cascading-failure.ts';
import { circuitOpen } from '#detect/circuit-open.ts';
import { clockSkew } from '#detect/clock-skew.ts';
import { coldStart } from '#detect/cold-start.ts';
import { consumerLag } from '#detect/consumer-lag.ts';
import { crashLoop } from '#detect/crash-loop.ts';
import { dataCorruption } from '#detect/data-corruption.ts';
import type { Detector } from '#detect/detector.ts';
import { errorBurst } from '#detect/error-burst.ts';
import { errorOrigin } from '#detect/error-origin.ts';
import { errorRate } from '#detect/error-rate.ts';
import { fanOut } from '#detect/fan-out.ts';
import { forecast } from '#detect/forecast.ts';
import { gcPause } from '#detect/gc-pause.ts';
import { imagePull } from '#detect/image-pull.ts';
import { latency } from '#detect/latency.ts';
import { lockContention } from '#detect/lock-contention.ts';
import { memoryLeak } from '#detect/memory-leak.ts';
import { metricAnomaly } from '#detect/metric-anomaly.ts';
import { missingService } from '#detect/missing-service.ts';
import { nPlusOneCalls } from '#detect/n-plus-one-calls.ts';
import { nPlusOneQueries } from '#detect/n-plus-one-queries.ts';
import { newError } from '#detect/new-error.ts';
import { oomKilled } from '#detect/oom-killed.ts';
import { partialOutage } from '#detect/partial-outage.ts';
import { podPending } from '#detect/pod-pending.ts';
import { poisonMessage } from '#detect/poison-message.ts';
import { poolExhaustion } from '#detect/pool-exhaustion.ts';
import { queueBacklog } from '#detect/queue-backlog.ts';
import { resourceExhausted } from '#detect/resource-exhausted.ts';
import { resourceSaturation } from '#detect/resource-saturation.ts';
import { retryStorm } from '#detect/retry-storm.ts';
import { secretExposure } from '#detect/secret-exposure.ts';
import { sequentialCalls } from '#detect/sequential-calls.ts';
import { shrunkResponse } from '#detect/shrunk-response.ts';
import { slowQuery } from '#detect/slow-query.ts';
import { slowerThanBaseline } from '#detect/slower-than-baseline.ts';
import { spanCountAnomaly } from '#detect/span-count-anomaly.ts';
import { sqlInjection } from '#detect/sql-injection.ts';
import { suspectChange } from '#detect/suspect-change.ts';
import { swallowedError } from '#detect/swallowed-error.ts';
import { throughputDrop } from '#detect/throughput-drop.ts';
import { timeoutCascade } from '#detect/timeout-cascade.ts';
import { unexplainedGap } from '#detect/unexplained-gap.ts';

/** In order of id. A test says when a file of this folder is missing here. */
export const detectors: readonly Detector[] = [
  bottleneck,
  brokenTrace,
  bruteForce,
  cacheMissCascade,
  cacheStampede,
  cascadingFailure,
  circuitOpen,
  clockSkew,
  coldStart,
  consumerLag,
  crashLoop,
  dataCorruption,
  errorBurst,
  errorOrigin,
  errorRate,
  fanOut,
  forecast,
  gcPause,
  imagePull,
  latency,
  lockContention,
  memoryLeak,
  metricAnomaly,
  missingService,
  nPlusOneCalls,
  nPlusOneQueries,
  newError,
  oomKilled,
  partialOutage,
  podPending,
  poisonMessage,
  poolExhaustion,
  queueBacklog,
  resourceExhausted,
  resourceSaturation,
  retryStorm,
  secretExposure,
  sequentialCalls,
  shrunkResponse,
  slowQuery,
  slowerThanBaseline,
  spanCountAnomaly,
  sqlInjection,
  suspectChange,
  swallowedError,
  throughputDrop,
  timeoutCascade,
  unexplainedGap,
];
