/** What a failed span says about its failure: in its exception, a logged error, its status, its log lines. */

import type { EvidenceItem } from '#model/finding/finding.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Log lines by the span that they name. */
export type LinesBySpan = Readonly<{ get(spanId: string): readonly LogLine[] | undefined }>;

/** The most specific first. Statuses that only mean "failed" are left out; empty where nothing is said. */
export function failureTexts(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem[] {
  const ref = trace.spanId(span);
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const said: EvidenceItem[] = [
    ...events.map((event): EvidenceItem => ({ kind: 'event', ref, text: exceptionIn(event) })),
    { kind: 'span', ref, text: trace.text(span, 'exception.message') },
    ...events
      .filter(({ attributes }) => typeof attributes.error === 'string' || attributes.level === 'error')
      .map(
        (event): EvidenceItem => ({
          kind: 'event',
          ref,
          text: `${event.attributes.error ?? event.attributes.message ?? event.name}`,
        }),
      ),
    { kind: 'span', ref, text: trace.statusText(span) },
    { kind: 'span', ref, text: responseFlags(trace, span) },
    ...(lines.get(ref) ?? [])
      .filter((line) => ['error', 'fatal', 'critical'].includes(line.level))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  return said
    .map((item) => ({ ...item, text: firstLine(item.text) }))
    .filter(({ text }) => text !== '' && !(MAY_SAY_NOTHING.test(text) && SAYS_NOTHING.test(text)));
}

/** Envoy's response flags in words: `response_flags = UF: upstream connection failure`. */
function responseFlags(trace: Trace, span: SpanIndex): string {
  const flags = trace.text(span, 'envoy.response_flags');
  const known = flags
    .split(',')
    .map((flag) => FLAGS[flag.trim()])
    .filter((words) => words !== undefined);
  return known.length === 0 ? '' : `response_flags = ${flags}: ${known.join(', ')}`;
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags */
const FLAGS: Readonly<Record<string, string>> = {
  UH: 'no healthy upstream',
  UF: 'upstream connection failure',
  UO: 'upstream overflow, a circuit breaker is open',
  UT: 'upstream request timeout',
  UC: 'upstream connection termination',
  UR: 'upstream remote reset',
  URX: 'upstream retry limit exceeded',
  LR: 'connection local reset',
  LH: 'local service failed its health check',
  NR: 'no route configured',
  NC: 'upstream cluster not found',
  DC: 'downstream connection termination',
  DT: 'request timed out (max duration)',
  SI: 'stream idle timeout',
  UMSDR: 'upstream stream timed out (max duration)',
  RL: 'rate limited',
  RLSE: 'error in the rate limit service',
  UAEX: 'denied by the external authorization service',
  OM: 'overload manager terminated the request',
  DF: 'DNS resolution failed',
  UPE: 'upstream protocol error',
  DPE: 'downstream protocol error',
  FI: 'fault injected',
  DI: 'delay injected',
};

/** The most specific of them. */
export function failureMessage(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem | undefined {
  return failureTexts(trace, span, lines)[0];
}

/** `503 Service Unavailable`, `RPC status UNAVAILABLE`; empty where no code was recorded. */
export function failureStatus(trace: Trace, span: SpanIndex): string {
  const status = trace.httpStatus(span);
  if (status >= 400) return `${status}${PHRASES[status] === undefined ? '' : ` ${PHRASES[status]}`}`;
  const rpc = trace.text(span, 'rpc.status_code');
  return rpc === '' || rpc === 'OK' ? '' : `RPC status ${rpc}`;
}

/**
 * `timeout`: no response in time. `overload`: no capacity, or not reachable. `own`: anything else, a bug or bad data.
 */
export type FailureReason = 'timeout' | 'overload' | 'own';

/**
 * From all texts of the span: `fetch failed` beside `the operation timed out` is a timeout. A lack of capacity says
 * more than a timeout, and words say more than codes.
 */
export function failureReason(trace: Trace, span: SpanIndex, said: readonly EvidenceItem[]): FailureReason {
  if (said.some(({ text }) => OVERLOAD.test(text) && !TIMED_OUT.test(text))) return 'overload';
  if (said.some(({ text }) => TIMED_OUT.test(text)) || saysTimedOut(trace, span, '')) return 'timeout';
  const status = trace.httpStatus(span);
  return status === 429 || status === 503 ? 'overload' : 'own';
}

/** 408 is the response of a server that waited for its client. */
export function saysTimedOut(trace: Trace, span: SpanIndex, text: string): boolean {
  return trace.httpStatus(span) === 504 || trace.hasMark(span, MARK.timedOut) || TIMED_OUT.test(text);
}

/** The caller no longer wanted the response. .NET also calls a timeout a cancelled request. */
export function saysCancelled(text: string): boolean {
  return CANCELLED.test(text) && !TIMED_OUT.test(text);
}

/** The asked store answered that there is nothing, which its client library reports as an error. */
export function saysNothingThere(text: string): boolean {
  return NOTHING_THERE.test(text);
}

/**
 * A circuit breaker in the caller let nothing through. Bulkheads and rate limiters also permit no further calls, but do
 * not count.
 */
export function saysCircuitOpen(text: string): boolean {
  return CIRCUIT_OPEN.test(text);
}

/** Includes timeouts of a lock or a statement: there the database gave up. */
const TIMED_OUT =
  /(?:^|[^a-z])time[ds]?[-_ ]?out(?:s|error|exception)?(?![a-z])|(?:read|write|connect|connection|socket|request|response|wait|lock|query|call|pool|gateway)time[d]?out|deadline|\be(?:socket)?timedout\b/i;
const OVERLOAD =
  /too many (?:requests|connections)|rate.?limit|overload|throttl|resource.?exhausted|pool (?:is |was )?exhausted|service unavailable|unavailable|try again later|connection (?:was )?(?:refused|reset)|econnre(?:fused|set)|upstream connection (?:failure|termination)|upstream remote reset|broken pipe|no healthy upstream|queue (?:is )?full|server busy/i;
const CANCELLED =
  /\bcancel(?:l?ed|lation)(?:error|exception)?\b|\baborted by (?:the )?(?:client|caller|user)\b|aborterror|clientabort|request_?aborted|(?:client|downstream|peer) (?:has )?(?:closed|disconnect|left|went away)|downstream_remote_disconnect/i;
/** go-redis, database/sql, GORM, the MongoDB drivers, sqlx, JPA and Spring, SQLAlchemy, Django, ActiveRecord, Ecto, NATS. */
const NOTHING_THERE =
  /^redis: nil$|\bno rows in result set\b|\brecord not found\b|\bno documents? in result|\brownotfound\b|\bno rows returned by a query\b|\bno ?result ?found\b|emptyresultdataaccess|\bdoesnotexist\b|matching query does not exist|couldn't find \w+ with|\bexpected at least one result\b|\bnats: no messages\b|\bcache(?: key)? miss\b/i;

/** A prefilter for the pattern below: it compiles in a tenth of the time, and a meaningful text rarely passes it. */
const MAY_SAY_NOTHING = /error|fail|[1-5]\d\d$|unavailable$|gateway|bad request$|not found$|too many requests$/i;
/** `Internal Server Error`, `503 Service Unavailable`, `Request failed with status code 500`: no more than the status says. */
const SAYS_NOTHING =
  /^(?:an )?(?:unknown |unexpected )?(?:internal )?(?:server )?(?:error|failure|failed)(?: occurred)?\.?$|^(?:http |status |error )*(?:request failed with )?(?:http )?(?:status )?(?:code )?(?:[1-5]\d\d[ :-]*)?(?:[1-5]\d\d|service unavailable|bad gateway|gateway time-?out|internal server error|bad request|not found|too many requests)$/i;

/** Longer messages are truncated; their source has the whole text. */
const LONGEST_MESSAGE = 160;

function firstLine(text: string): string {
  return cutFirstLine(text, LONGEST_MESSAGE);
}

/** OpenTracing calls such an event `error`; only there do its names (`message`, `error.object`) mean an exception. */
function exceptionIn({ name, attributes }: SpanEvent): string {
  const message =
    name === 'exception' || name === 'error'
      ? canonicalText(attributes, 'exception.message')
      : String(attributes['exception.message'] ?? '');
  return withItsKind(message.trim(), canonicalText(attributes, 'exception.type'));
}

/** `KeyError: 'region'`: one word says nothing without the kind of exception. */
function withItsKind(message: string, type: string): string {
  const kind = type.split(/[.:\\]/).at(-1) ?? '';
  if (message === '' || /\s/.test(message) || /^(?:error|exception|runtimeerror|runtimeexception)?$/i.test(kind))
    return message;
  return message.toLowerCase().includes(kind.toLowerCase()) ? message : `${kind}: ${message}`;
}

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
