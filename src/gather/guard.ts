/**
 * Wraps a source with retries for transient failures, a circuit breaker, a budget of requests, and a limit of parallel
 * requests that includes reading their bodies. A guard has state: create one per source for the life of the process.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  halfJitterGenerator,
  handleWhen,
  type IRetryBackoffContext,
  retry,
  wrap,
} from 'cockatiel';
import { isOverdue, whyAborted } from '#core/deadline.ts';
import { BackendError, NotAskedError, UnreachableError } from '#core/errors.ts';
import { timed } from '#core/measures.ts';
import type { SpendRequest } from '#gather/request-budget.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  LogSource,
  MetricSource,
  OpenBody,
  PlatformSource,
  ServiceFactSource,
  TraceSource,
} from '#gather/sources.ts';

export type GuardOptions = Partial<{
  /** Retries after the first attempt. @default 2 */
  retries: number;
  /** The first pause between attempts, before jitter. @default 200 */
  pauseMs: number;
  /** The longest Retry-After that is waited for; a longer one would make the answer too late. @default 5000 */
  maxPauseMs: number;
  /** Consecutive failures that open the circuit breaker. @default 5 */
  failures: number;
  /** How long the circuit breaker stays open. @default 15000 */
  restMs: number;
  /** Parallel requests. @default 8 */
  atATime: number;
  /** Throws if the backend may not be asked any more. @default no limit */
  spend: SpendRequest;
}>;

export function guardTraceSource(source: TraceSource, options: GuardOptions = {}): TraceSource {
  const guard = openGuard(source.name, options);
  const { search, services } = source;
  return {
    ...source,
    openTrace: (traceId, signal) => guard(() => source.openTrace(traceId, signal), held, signal),
    ...(search && { search: (query, signal) => guard(() => search(query, signal), allHeld, signal) }),
    ...(services && { services: (signal) => guard(() => services(signal), notHeld, signal) }),
    ...guardedStatistics(source, options),
  };
}

export function guardLogSource(source: LogSource, options: GuardOptions = {}): LogSource {
  const guard = openGuard(source.name, options);
  return {
    ...source,
    openLogs: (query, signal, after) => guard(() => source.openLogs(query, signal, after), held, signal),
    ...guardedStatistics(source, options),
  };
}

export function guardMetricSource(source: MetricSource, options: GuardOptions = {}): MetricSource {
  const guard = openGuard(source.name, options);
  const { alertRules } = source;
  return {
    ...source,
    ...guardedMetrics(source, guard),
    ...(alertRules && { alertRules: (signal) => guard(() => alertRules(signal), notHeld, signal) }),
  };
}

/** Parallel queries over all data of a store. */
const COUNTS_AT_A_TIME = 4;

/** With their own guard: a store that is too busy for statistics can still return traces and lines. */
function guardedStatistics(
  { name, statistics }: Pick<TraceSource, 'name' | 'statistics'>,
  options: GuardOptions,
): Pick<TraceSource, 'statistics'> {
  if (statistics === undefined) return {};
  const guard = openGuard(name, { ...options, atATime: COUNTS_AT_A_TIME });
  const { percentile } = statistics;
  return {
    statistics: {
      ...statistics,
      ...guardedMetrics(statistics, guard),
      ...(percentile && { percentile: (query, signal) => guard(() => percentile(query, signal), notHeld, signal) }),
    },
  };
}

type Counting = Pick<MetricSource, 'findMetrics' | 'openMetrics'>;

function guardedMetrics({ findMetrics, openMetrics }: Counting, guard: Guard): Counting {
  return {
    findMetrics: (search, signal) => guard(() => findMetrics(search, signal), notHeld, signal),
    openMetrics: (query, signal) => guard(() => openMetrics(query, signal), held, signal),
  };
}

export function guardPlatformSource(source: PlatformSource, options: GuardOptions = {}): PlatformSource {
  const guard = openGuard(source.name, options);
  return { ...source, openPlatform: (query, signal) => guard(() => source.openPlatform(query, signal), held, signal) };
}

/** A database with a problem must not get more load from its diagnosis. */
const READINGS = { atATime: 2, retries: 0 };

export function guardDatabaseSource(source: DatabaseSource, options: GuardOptions = {}): DatabaseSource {
  const guard = openGuard(source.name, { ...READINGS, ...options });
  return {
    ...source,
    openStatistics: (query, signal) => guard(() => source.openStatistics(query, signal), held, signal),
  };
}

export function guardServiceFacts(source: ServiceFactSource, options: GuardOptions = {}): ServiceFactSource {
  const guard = openGuard(source.name, options);
  return { ...source, readFacts: (signal) => guard(() => source.readFacts(signal), notHeld, signal) };
}

/** Both query the same system. */
export function guardChangeSource<Source extends ChangeSource & Partial<DiffSource>>(
  source: Source,
  options: GuardOptions = {},
): Source {
  const guard = openGuard(source.name, options);
  const { readDiff } = source;
  return {
    ...source,
    findChanges: (query, signal) => guard(() => source.findChanges(query, signal), notHeld, signal),
    ...(readDiff && { readDiff: (commit, signal) => guard(() => readDiff(commit, signal), notHeld, signal) }),
  };
}

/** During an incident many people ask at once; requests beyond this limit would miss their deadline anyway. */
const MAX_WAITING = 100;

type Guard = <T>(open: () => Promise<T>, hold: Hold<T>, signal: AbortSignal) => Promise<T>;

/** The answer for the caller, which signals when its bodies have been read. */
type Hold<T> = (answer: T, read: () => void) => T;

function openGuard(name: string, options: GuardOptions): Guard {
  const { retries = 2, pauseMs = 200, maxPauseMs = 5000, failures = 5, restMs = 15_000, atATime = 8 } = options;
  const slots = bulkhead(atATime, MAX_WAITING);
  const policy = wrap(
    retry(handleWhen(mayPass(maxPauseMs)), { maxAttempts: retries, backoff: pauses(pauseMs, maxPauseMs) }),
    circuitBreaker(handleWhen(isDown), { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failures) }),
  );

  let lastFailure: UnreachableError | BackendError | undefined;
  const note = (error: unknown): never => {
    if (isDown(error)) lastFailure = error;
    throw error;
  };

  return async <T>(open: () => Promise<T>, hold: Hold<T>, signal: AbortSignal) => {
    const answer = Promise.withResolvers<T>();
    const onAbort = () => answer.reject(new UnreachableError(name, whyAborted(signal)));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    slots
      .execute(async () => {
        const ask = () => {
          options.spend?.(name);
          return timed('backend', name, open).catch(blame(signal)).catch(note);
        };
        const answered = await policy.execute(ask, signal);
        const read = Promise.withResolvers<void>();
        // A body that nobody reads ends with the signal, and frees its slot.
        signal.addEventListener('abort', () => read.resolve(), { once: true });
        answer.resolve(hold(answered, read.resolve));
        await read.promise;
      }, signal)
      .catch((error) => answer.reject(explained(name, error, { restMs, lastFailure })));
    return answer.promise.finally(() => signal.removeEventListener('abort', onAbort));
  };
}

/** A cancelled source has not failed: another one had the trace first. */
function blame(signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    throw signal.aborted && !isOverdue(signal) ? signal.reason : error;
  };
}

/** Timeouts, 429 and 5xx, unless the backend asks for a longer wait than is left. */
function mayPass(maxPauseMs: number): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof BackendError) return error.retryable && (error.retryAfterMs ?? 0) <= maxPauseMs;
    return error instanceof UnreachableError;
  };
}

/** A backend that answers 429 is up. */
function isDown(error: unknown): error is UnreachableError | BackendError {
  return error instanceof UnreachableError || (error instanceof BackendError && error.status >= 500);
}

/** At least the pause that the backend requested. Jitter spreads clients that failed together. */
function pauses(firstMs: number, maxMs: number): DelegateBackoff<IRetryBackoffContext<unknown>> {
  const shape = { generator: halfJitterGenerator, initialDelay: firstMs, maxDelay: maxMs, exponent: 2 };
  return new DelegateBackoff(({ attempt, result }) => {
    const [jitter] = halfJitterGenerator(attempt - 1, shape);
    const asked = 'error' in result && result.error instanceof BackendError ? result.error.retryAfterMs : undefined;
    return Math.max(jitter, asked ?? 0);
  });
}

function held(body: OpenBody, read: () => void): OpenBody {
  return { ...body, chunks: untilRead(body.chunks, read) };
}

function allHeld(bodies: readonly OpenBody[], read: () => void): readonly OpenBody[] {
  let left = bodies.length;
  if (left === 0) read();
  return bodies.map((body) =>
    held(body, () => {
      left -= 1;
      if (left === 0) read();
    }),
  );
}

function notHeld<T>(answer: T, read: () => void): T {
  read();
  return answer;
}

async function* untilRead(chunks: AsyncIterable<Uint8Array>, done: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    done();
  }
}

type OpenBreaker = Readonly<{ restMs: number; lastFailure: UnreachableError | BackendError | undefined }>;

function explained(name: string, error: unknown, { restMs, lastFailure }: OpenBreaker): unknown {
  if (error instanceof BrokenCircuitError && lastFailure !== undefined) {
    return new NotAskedError(name, restMs, lastFailure, { cause: error });
  }
  if (error instanceof BulkheadRejectedError) {
    return new UnreachableError(name, 'too many requests are waiting for it', { cause: error });
  }
  return error;
}
