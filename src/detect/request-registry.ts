import type { Detector } from '#detect/detector.ts';
import { bruteForce } from '#detect/logs/brute-force.ts';
import { dataCorruption } from '#detect/logs/data-corruption.ts';
import { errorBurst } from '#detect/logs/error-burst.ts';
import { newError } from '#detect/logs/new-error.ts';
import { resourceExhausted } from '#detect/logs/resource-exhausted.ts';
import { secretExposure } from '#detect/logs/secret-exposure.ts';
import { sqlInjection } from '#detect/logs/sql-injection.ts';
import { bottleneck } from '#detect/trace/bottleneck.ts';
import { brokenTrace } from '#detect/trace/broken-trace.ts';
import { cacheMissCascade } from '#detect/trace/cache-miss-cascade.ts';
import { circuitOpen } from '#detect/trace/circuit-open.ts';
import { clockSkew } from '#detect/trace/clock-skew.ts';
import { coldStart } from '#detect/trace/cold-start.ts';
import { consumerLag } from '#detect/trace/consumer-lag.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { fanOut } from '#detect/trace/fan-out.ts';
import { gcPause } from '#detect/trace/gc-pause.ts';
import { lockContention } from '#detect/trace/lock-contention.ts';
import { missingService } from '#detect/trace/missing-service.ts';
import { nPlusOneCalls } from '#detect/trace/n-plus-one-calls.ts';
import { nPlusOneQueries } from '#detect/trace/n-plus-one-queries.ts';
import { poisonMessage } from '#detect/trace/poison-message.ts';
import { poolExhaustion } from '#detect/trace/pool-exhaustion.ts';
import { retryStorm } from '#detect/trace/retry-storm.ts';
import { sequentialCalls } from '#detect/trace/sequential-calls.ts';
import { shrunkResponse } from '#detect/trace/shrunk-response.ts';
import { slowQuery } from '#detect/trace/slow-query.ts';
import { slowerThanBaseline } from '#detect/trace/slower-than-baseline.ts';
import { spanCountAnomaly } from '#detect/trace/span-count-anomaly.ts';
import { swallowedError } from '#detect/trace/swallowed-error.ts';
import { timeoutCascade } from '#detect/trace/timeout-cascade.ts';
import { unexplainedGap } from '#detect/trace/unexplained-gap.ts';

/** Detectors that examine one request: its trace, or log lines. Sorted by id; a test finds files that are in no registry. */
export const requestDetectors: readonly Detector[] = [
  bottleneck,
  brokenTrace,
  bruteForce,
  cacheMissCascade,
  circuitOpen,
  clockSkew,
  coldStart,
  consumerLag,
  dataCorruption,
  errorBurst,
  errorOrigin,
  fanOut,
  gcPause,
  lockContention,
  missingService,
  nPlusOneCalls,
  nPlusOneQueries,
  newError,
  poisonMessage,
  poolExhaustion,
  resourceExhausted,
  retryStorm,
  secretExposure,
  sequentialCalls,
  shrunkResponse,
  slowQuery,
  slowerThanBaseline,
  spanCountAnomaly,
  sqlInjection,
  swallowedError,
  timeoutCascade,
  unexplainedGap,
];
