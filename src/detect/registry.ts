import { bottleneck } from '#detect/bottleneck.ts';
import { cacheMissCascade } from '#detect/cache-miss-cascade.ts';
import { consumerLag } from '#detect/consumer-lag.ts';
import type { Detector } from '#detect/detector.ts';
import { errorOrigin } from '#detect/error-origin.ts';
import { fanOut } from '#detect/fan-out.ts';
import { lockContention } from '#detect/lock-contention.ts';
import { nPlusOneCalls } from '#detect/n-plus-one-calls.ts';
import { nPlusOneQueries } from '#detect/n-plus-one-queries.ts';
import { poolExhaustion } from '#detect/pool-exhaustion.ts';
import { sequentialCalls } from '#detect/sequential-calls.ts';
import { slowQuery } from '#detect/slow-query.ts';

/** In order of id. A test says when a file of this folder is missing here. */
export const detectors: readonly Detector[] = [
  bottleneck,
  cacheMissCascade,
  consumerLag,
  errorOrigin,
  fanOut,
  lockContention,
  nPlusOneCalls,
  nPlusOneQueries,
  poolExhaustion,
  sequentialCalls,
  slowQuery,
];
