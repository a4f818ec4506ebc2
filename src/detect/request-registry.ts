import { bottleneck } from '#detect/bottleneck.ts';
import { brokenTrace } from '#detect/broken-trace.ts';
import { bruteForce } from '#detect/brute-force.ts';
import { cacheMissCascade } from '#detect/cache-miss-cascade.ts';
import { circuitOpen } from '#detect/circuit-open.ts';
import { clockSkew } from '#detect/clock-skew.ts';
import { coldStart } from '#detect/cold-start.ts';
import { consumerLag } from '#detect/consumer-lag.ts';
import { dataCorruption } from '#detect/data-corruption.ts';
import type { Detector } from '#detect/detector.ts';
import { errorBurst } from '#detect/error-burst.ts';
import { errorOrigin } from '#detect/error-origin.ts';
import { fanOut } from '#detect/fan-out.ts';
import { gcPause } from '#detect/gc-pause.ts';
import { lockContention } from '#detect/lock-contention.ts';
import { missingService } from '#detect/missing-service.ts';
import { nPlusOneCalls } from '#detect/n-plus-one-calls.ts';
import { nPlusOneQueries } from '#detect/n-plus-one-queries.ts';
import { newError } from '#detect/new-error.ts';
import { poisonMessage } from '#detect/poison-message.ts';
import { poolExhaustion } from '#detect/pool-exhaustion.ts';
import { resourceExhausted } from '#detect/resource-exhausted.ts';
import { retryStorm } from '#detect/retry-storm.ts';
import { secretExposure } from '#detect/secret-exposure.ts';
import { sequentialCalls } from '#detect/sequential-calls.ts';
import { shrunkResponse } from '#detect/shrunk-response.ts';
import { slowQuery } from '#detect/slow-query.ts';
import { slowerThanBaseline } from '#detect/slower-than-baseline.ts';
import { spanCountAnomaly } from '#detect/span-count-anomaly.ts';
import { sqlInjection } from '#detect/sql-injection.ts';
import { swallowedError } from '#detect/swallowed-error.ts';
import { timeoutCascade } from '#detect/timeout-cascade.ts';
import { unexplainedGap } from '#detect/unexplained-gap.ts';

/** Of one request: its trace, or lines of a log. In order of id; a test says when a file of this folder is in no registry. */
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
