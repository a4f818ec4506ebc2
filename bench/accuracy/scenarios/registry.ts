import type { Family } from '../label.ts';
import { bottleneck } from './bottleneck.ts';
import { brokenTrace } from './broken-trace.ts';
import { cacheMissCascade } from './cache-miss-cascade.ts';
import { circuitOpen } from './circuit-open.ts';
import { clockSkew } from './clock-skew.ts';
import { coldStart } from './cold-start.ts';
import { consumerLag } from './consumer-lag.ts';
import { errorOrigin } from './error-origin.ts';
import { fanOut } from './fan-out.ts';
import { gcPause } from './gc-pause.ts';
import { lockContention } from './lock-contention.ts';
import { nPlusOneCalls } from './n-plus-one-calls.ts';
import { nPlusOneQueries } from './n-plus-one-queries.ts';
import { poisonMessage } from './poison-message.ts';
import { poolExhaustion } from './pool-exhaustion.ts';
import { retryStorm } from './retry-storm.ts';
import { sequentialCalls } from './sequential-calls.ts';
import { slowQuery } from './slow-query.ts';
import { swallowedError } from './swallowed-error.ts';
import { timeoutCascade } from './timeout-cascade.ts';
import { unexplainedGap } from './unexplained-gap.ts';

/** In the contract's order. */
export const families: readonly Family[] = [
  slowQuery,
  nPlusOneQueries,
  nPlusOneCalls,
  sequentialCalls,
  fanOut,
  lockContention,
  poolExhaustion,
  cacheMissCascade,
  consumerLag,
  coldStart,
  gcPause,
  unexplainedGap,
  bottleneck,
  errorOrigin,
  swallowedError,
  timeoutCascade,
  retryStorm,
  circuitOpen,
  poisonMessage,
  clockSkew,
  brokenTrace,
];
