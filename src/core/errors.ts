/**
 * Errors that Spanhound raises on purpose. `code` is for programs and dashboards and never changes meaning. `message`
 * is for the log. `advice` is the sentence that a person reads, so it says what to do. Any other error is a bug and is
 * reported as one.
 */
export abstract class SpanhoundError extends Error {
  abstract readonly code: `SH_${string}`;
  abstract readonly advice: string;
  /** Worth a retry without changes (timeouts, 429, 5xx). */
  readonly retryable: boolean = false;
}

/** The form in which an error crosses a thread, a process or the store, because classes do not. */
export type ErrorRecord = Readonly<{ code: string; message: string; advice: string }>;

export function errorRecord(error: unknown): ErrorRecord {
  if (error instanceof SpanhoundError) return { code: error.code, message: error.message, advice: error.advice };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'SH_BUG', message, advice: 'This is a bug in Spanhound. The log has the details.' };
}

/** An error that crossed a thread, as an Error again. */
export class RelayedError extends SpanhoundError {
  override readonly name = 'RelayedError';
  readonly code: `SH_${string}`;
  readonly advice: string;

  constructor(record: ErrorRecord) {
    super(record.message);
    this.code = record.code as `SH_${string}`;
    this.advice = record.advice;
  }
}

/** Why an analysis ended early: its own fault, or another analysis in the same thread. */
export type AnalysisEnd = 'too-long' | 'crashed' | 'interrupted';

const ANALYSIS_ENDS = {
  'too-long': {
    code: 'SH_ANALYSIS_TOO_LONG',
    advice:
      'The analysis reached its time limit. Ask for less (one trace or a shorter time window), or run `spanhound analyze`, which has no limit. The person who runs Spanhound can raise analysis.deadlineSeconds.',
  },
  crashed: {
    code: 'SH_WORKER',
    advice: 'Try again. If the same trace fails again, it is a bug in Spanhound.',
  },
  interrupted: {
    code: 'SH_ANALYSIS_INTERRUPTED',
    advice: 'Try again. Your request is not the cause.',
  },
} as const;

/** The thread of an analysis ended before the analysis did. */
export class AnalysisEndedError extends SpanhoundError {
  override readonly name = 'AnalysisEndedError';
  readonly code: (typeof ANALYSIS_ENDS)[AnalysisEnd]['code'];
  readonly advice: string;
  override readonly retryable: boolean;

  constructor(how: AnalysisEnd, why: string) {
    super(`the analysis stopped: ${why}`);
    this.code = ANALYSIS_ENDS[how].code;
    this.advice = ANALYSIS_ENDS[how].advice;
    this.retryable = how === 'interrupted';
  }
}

/** The settings that the advice about a backend's error names: `JAEGER_URL`, `JAEGER_TOKEN and JAEGER_TENANT`. */
export type SettingsToCheck = Readonly<{ address: string; credentials: string }>;

type CheckOptions = ErrorOptions & Readonly<{ check?: SettingsToCheck | undefined }>;

/** A backend answered with an error. */
export class BackendError extends SpanhoundError {
  override readonly name = 'BackendError';
  readonly code = 'SH_BACKEND';
  readonly advice: string;
  override readonly retryable: boolean;
  readonly backend: string;
  readonly status: number;
  /** The pause that the backend requested in Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(
    backend: string,
    status: number,
    request: string,
    {
      reason,
      retryAfterMs,
      check,
      ...options
    }: CheckOptions & { reason?: string; retryAfterMs?: number | undefined } = {},
  ) {
    super(`${backend} answered ${status} to ${request}${reason ? `: ${reason}` : ''}`, options);
    this.backend = backend;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.retryable = status === 429 || status >= 500;
    this.advice = adviceFor(backend, { status, reason, retryAfterMs, check });
  }
}

function adviceFor(
  backend: string,
  {
    status,
    reason,
    retryAfterMs = 0,
    check,
  }: Readonly<{
    status: number;
    reason: string | undefined;
    retryAfterMs: number | undefined;
    check: SettingsToCheck | undefined;
  }>,
): string {
  // Elasticsearch answers 200 when some shards failed, and when no index has the name.
  if (status < 300) return `The answer of ${backend} is not whole: ${reason}.`;
  const said = reason ? ` It said: ${reason}` : '';
  if (status === 401 || status === 403) {
    return `${backend} refused the request (HTTP ${status}). Check ${check?.credentials ?? 'its token and tenant in the configuration'}.${said}`;
  }
  if (status === 429 || status >= 500) {
    const minutes = Math.ceil(retryAfterMs / 60_000);
    const trouble = minutes > 1 && status === 429 ? 'takes no more requests now' : 'is having trouble';
    return `${backend} ${trouble} (HTTP ${status}). Try again in ${minutes > 1 ? `${minutes} minutes` : 'a minute'}.${said}`;
  }
  return `${backend} did not accept the request (HTTP ${status}). Check its address and version.${said}`;
}

/** No answer: refused, reset, unknown host, or timed out. */
export class UnreachableError extends SpanhoundError {
  override readonly name = 'UnreachableError';
  readonly code = 'SH_UNREACHABLE';
  readonly advice: string;
  /** What to do, for a place that has the message beside it. */
  readonly remedy: string;
  override readonly retryable = true;

  constructor(backend: string, why: string, { check, ...options }: CheckOptions = {}) {
    super(`${backend} did not answer: ${why}`, options);
    const address = check?.address ?? 'its address in the configuration';
    this.advice = `${backend} did not answer (${why}). Check that it is up and that ${address} is right.`;
    this.remedy = `Check that ${backend} is up and that ${address} is right.`;
  }
}

/** The circuit breaker of a backend is open: its last requests failed, so it was not asked again. */
export class NotAskedError extends SpanhoundError {
  override readonly name = 'NotAskedError';
  readonly code = 'SH_UNREACHABLE';
  /** That of the last failure, which says what is wrong with the backend. */
  readonly advice: string;
  override readonly retryable = true;

  constructor(backend: string, restMs: number, last: SpanhoundError, options?: ErrorOptions) {
    super(
      `${backend} was not asked: its circuit breaker stays open for ${restMs / 1000} s after repeated failures, the last one: ${last.message}`,
      options,
    );
    this.advice = last.advice;
  }
}

/** The address is not that of a backend: a wrong base path leads to the page of a UI. */
export class NotABackendError extends SpanhoundError {
  override readonly name = 'NotABackendError';
  readonly code = 'SH_NOT_A_BACKEND';
  readonly advice: string;

  constructor(backend: string, path: string, check?: SettingsToCheck) {
    super(`${backend} answered ${path}, but not with an API response`);
    this.advice = `The address of ${backend} leads to a web page, not to its API. Check the base path in ${check?.address ?? 'the configuration'}.`;
  }
}

/** The response is larger than the configured limit; the part before the limit may have been used. */
export class TooLargeError extends SpanhoundError {
  override readonly name = 'TooLargeError';
  readonly code = 'SH_TOO_LARGE';
  readonly advice: string;

  constructor(source: string, capBytes: number) {
    super(`${source} sent more than ${capBytes} bytes`);
    this.advice = `The response from ${source} is larger than the limit of ${Math.round(capBytes / 1e6)} MB. Raise gather.maxBytes in the configuration to read all of it.`;
  }
}

/** A store has more lines with one timestamp than it returns at once. The remaining ones cannot be requested. */
export class TooManyLinesError extends SpanhoundError {
  override readonly name = 'TooManyLinesError';
  readonly code = 'SH_TOO_MANY_LINES';
  readonly advice = 'Write the logs with timestamps in milliseconds or finer.';

  constructor(source: string) {
    super(`${source} has more lines with the same timestamp than it returns at once`);
  }
}

/** No source that answered has the trace, or has it any longer. */
export class TraceNotFoundError extends SpanhoundError {
  override readonly name = 'TraceNotFoundError';
  readonly code = 'SH_TRACE_NOT_FOUND';
  readonly advice: string;
  /** Earlier days of the logs were not searched, and can be. */
  readonly isMoreToSearch: boolean;
  /** The id has no mistake, so the trace may still arrive. The advice then says to try again. */
  readonly mayArrive: boolean;

  /** `source`: where there is no such trace; empty if only logs were searched. */
  constructor(traceId: string, source: string, searched: Searched = {}) {
    const { unanswered = [], logsOf = 'none', form = '', isMoreToSearch = false } = searched;
    super(whereSearched(traceId, source, logsOf));
    this.isMoreToSearch = isMoreToSearch;
    this.mayArrive = form === '';
    const elsewhere = unanswered.length > 0 ? ` It may be in a source that failed: ${listed(unanswered)}.` : '';
    this.advice = `${form || MAY_BE_MISSING}${elsewhere}`;
  }
}

const MAY_BE_MISSING =
  'Check the id for a typing mistake. It may be sampled out, past retention, or still arriving. Try again in a minute if it is new.';

function whereSearched(traceId: string, source: string, logsOf: SearchedLogs): string {
  const inLogs = `nothing in the last ${logsOf === 'week' ? 'week' : 'day'}’s logs mentions`;
  if (source === '') return `${inLogs} \`${traceId}\``;
  const inTraces = `no trace \`${traceId}\` in ${source}`;
  return logsOf !== 'none' ? `${inTraces}, and ${inLogs} it` : inTraces;
}

/** The time before now in whose logs the id was searched. */
export type SearchedLogs = 'none' | 'day' | 'week';

type Searched = Readonly<{
  unanswered?: readonly SpanhoundError[];
  /** Its log lines were searched too, and there are none. */
  logsOf?: SearchedLogs;
  isMoreToSearch?: boolean;
  /** What is wrong with the id itself. */
  form?: string;
}>;

/** No incident has this name. */
export class IncidentNotFoundError extends SpanhoundError {
  override readonly name = 'IncidentNotFoundError';
  readonly code = 'SH_INCIDENT_NOT_FOUND';
  readonly advice = '`spanhound incidents` lists the declared incidents.';

  constructor(incident: string) {
    super(`there is no ${incident}`);
  }
}

/** Every source failed, so nothing is known about the trace. */
export class NoSourceAnsweredError extends SpanhoundError {
  override readonly name = 'NoSourceAnsweredError';
  readonly code = 'SH_NO_SOURCE_ANSWERED';
  readonly advice: string;
  override readonly retryable = true;

  constructor(failures: readonly SpanhoundError[]) {
    super(`no source answered: ${listed(failures)}`);
    // The message has the reasons already.
    const advices = failures.map((failure) => (failure instanceof UnreachableError ? failure.remedy : failure.advice));
    this.advice = [...new Set(advices)].join(' ');
  }
}

function listed(failures: readonly SpanhoundError[]): string {
  return failures.map(({ message }) => message).join('; ');
}

/** The input is not a known trace or log format. */
export class UnreadableInputError extends SpanhoundError {
  override readonly name = 'UnreadableInputError';
  readonly code = 'SH_UNREADABLE';
  readonly advice: string;

  constructor(what: string, advice: string, options?: ErrorOptions) {
    super(what, options);
    this.advice = advice;
  }
}

/** The configuration is invalid; the message lists every mistake. */
export class ConfigError extends SpanhoundError {
  override readonly name = 'ConfigError';
  readonly code = 'SH_CONFIG';
  readonly advice = 'Correct the settings named above and start again.';
}

/** The command line or the chat command was used incorrectly. */
export class UsageError extends SpanhoundError {
  override readonly name = 'UsageError';
  readonly code = 'SH_USAGE';
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** What a list of the configuration would have to contain. */
export type Missing = Readonly<{ setting: string; values: readonly string[] }>;

/** The configuration does not allow this. It must name everything that goes beyond reading. */
export class NotAllowedError extends SpanhoundError {
  override readonly name = 'NotAllowedError';
  readonly code = 'SH_NOT_ALLOWED';
  readonly advice: string;
  /** All settings together, so that nobody meets them one after the other. */
  readonly missing: readonly Missing[];

  constructor(message: string, missing: readonly Missing[], condition = '') {
    super(`${message}: the configuration does not allow it`);
    this.missing = missing;
    const additions = missing.map(({ setting, values }) => `${values.join(' and ')} to ${setting}`).join(', and ');
    this.advice = `The person who runs Spanhound can allow it in the configuration file: add ${additions}.${condition && ` ${condition}`}`;
  }
}
