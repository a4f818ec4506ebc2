/** What a failed span says about its failure: in its exception, a logged error, its status, its log lines. */

import type { EvidenceItem } from '#model/finding/finding.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import { saysTimeLimit } from '#model/instruments/kill-words.ts';
import { wordedAsFailure } from '#model/logs/log-failure.ts';
import { FAILURE_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { recordedFlags, TERMINATION } from '#model/trace/views/recorded-flags.ts';

/** Log lines by the span that they name. */
export type LinesBySpan = Readonly<{ get(spanId: string): readonly LogLine[] | undefined }>;

/** The most specific first. Statuses that only mean "failed" are left out; empty where nothing is said. */
export function failureTexts(trace: Trace, span: SpanIndex, lines: LinesBySpan): readonly EvidenceItem[] {
  const read = textsRead(trace);
  const bySpan = read.get(lines) ?? new Map<SpanIndex, readonly EvidenceItem[]>();
  const known = bySpan.get(span);
  if (known !== undefined) return known;
  const texts = readTexts(trace, span, lines);
  if (bySpan.size >= MOST_REMEMBERED) bySpan.clear();
  read.set(lines, bySpan.set(span, texts));
  return texts;
}

/** Many detectors ask for the texts of the same few spans, some without the lines. */
const textsRead = view(() => new Map<LinesBySpan, Map<SpanIndex, readonly EvidenceItem[]>>());
/** A trace of a million failed spans does not keep the texts of all. */
const MOST_REMEMBERED = 1000;

function readTexts(trace: Trace, span: SpanIndex, lines: LinesBySpan): readonly EvidenceItem[] {
  const ref = trace.spanId(span);
  const said: EvidenceItem[] = [];
  const add = (kind: EvidenceItem['kind'], text: string, of = ref) => {
    const line = text === '' ? '' : firstLine(text);
    if (line !== '' && !(MAY_SAY_NOTHING.test(line) && SAYS_NOTHING.test(line)))
      said.push({ kind, ref: of, text: line });
  };
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  for (const event of events) add('event', exceptionIn(event));
  add('span', trace.text(span, 'exception.message'));
  for (const { name, attributes } of events) {
    if (typeof attributes.error !== 'string' && attributes.level !== 'error') continue;
    add('event', `${attributes.error ?? attributes.message ?? name}`);
  }
  add('span', trace.statusText(span));
  add('span', responseFlags(trace, span));
  for (const line of failingLines(lines.get(ref) ?? NONE, said.length > 0)) add('log', logMessage(line), line.timeNs);
  return said;
}

/** Services that go on log what failed as a warning, which counts only where nothing else is said. */
function failingLines(lines: readonly LogLine[], isSaid: boolean): readonly LogLine[] {
  const errors = lines.filter(({ level }) => FAILURE_LEVELS.has(level));
  if (isSaid || errors.length > 0) return errors;
  return lines.filter(({ level, line }) => level === 'warn' && wordedAsFailure(line));
}

const NONE: readonly LogLine[] = [];

/**
 * A proxy's flags in words: `response_flags = UF: upstream connection failure` of Envoy, `termination_state = SC--: the
 * server refused the connection` of HAProxy.
 */
function responseFlags(trace: Trace, span: SpanIndex): string {
  const known = recordedFlags(trace, span).map(({ says }) => says);
  if (known.length === 0) return '';
  const flags = trace.text(span, 'envoy.response_flags');
  const said = flags === '' ? `termination_state = ${trace.text(span, TERMINATION)}` : `response_flags = ${flags}`;
  return `${said}: ${known.join(', ')}`;
}

/** The most specific of them. */
export function failureMessage(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem | undefined {
  return failureTexts(trace, span, lines)[0];
}

/** `503 Service Unavailable`, `RPC status UNAVAILABLE`; empty where no code was recorded. */
export function failureStatus(trace: Trace, span: SpanIndex): string {
  const status = answerStatus(trace, span);
  if (status >= 400) return `${status}${PHRASES[status] === undefined ? '' : ` ${PHRASES[status]}`}`;
  const rpc = trace.text(span, 'rpc.status_code');
  return rpc === '' || rpc === 'OK' ? '' : `RPC status ${rpc}`;
}

const TOO_MANY = 429;

/**
 * The status of HTTP. Azure Cosmos DB answers with one, which its spans record as that of a database. Spans of models have
 * only `error.type`, which is the status where the answer has one (OpenTelemetry's conventions for generative AI).
 */
function answerStatus(trace: Trace, span: SpanIndex): number {
  const status = trace.httpStatus(span);
  if (status !== 0) return status;
  const known = trace.isDatabaseCall(span) ? 'db.response.status_code' : 'error.type';
  return trace.text(span, known) === String(TOO_MANY) ? TOO_MANY : 0;
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
  if (said.some(({ text }) => OVERLOAD.test(text) && !isTimeout(text))) return 'overload';
  if (said.some(({ text }) => isTimeout(text)) || saysTimedOut(trace, span, '')) return 'timeout';
  const status = answerStatus(trace, span);
  // The callee's own words, not those of a proxy or a client.
  if (status === 503 && trace.kind(span) === 'server' && said.some(({ text }) => text !== '')) return 'own';
  return status === TOO_MANY || status === 503 ? 'overload' : 'own';
}

/**
 * 408 is the response of a server that waited for its client; with 524, Cloudflare says that the origin took too long.
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-524/
 */
export function saysTimedOut(trace: Trace, span: SpanIndex, text: string): boolean {
  return (
    GAVE_UP.has(trace.httpStatus(span)) || trace.hasMark(span, MARK.timedOut) || isTimeout(text) || saysTimeLimit(text)
  );
}

const GAVE_UP: ReadonlySet<number> = new Set([504, 524]);

/**
 * The caller no longer wanted the response. .NET also calls a timeout a cancelled request. A transaction is cancelled by
 * its database, an order by its customer.
 */
export function saysCancelled(text: string): boolean {
  return CANCELLED.test(text) && !OTHERS_CANCELLED.test(text) && !isTimeout(text);
}

/** The MongoDB drivers quote the failure of their monitor, for which they close all connections of the pool. */
function isTimeout(text: string): boolean {
  return TIMED_OUT.test(text.replace(OF_ANOTHER, ''));
}

const OF_ANOTHER = /\bbecause another operation failed with\b.*$/is;

/** The asked store answered that there is nothing, which its client library reports as an error. */
export function saysNothingThere(text: string): boolean {
  return NOTHING_THERE.test(text);
}

/** A write that was to happen only if something holds, and it did not hold: another writer was first. */
export function saysConditionUnmet(text: string): boolean {
  return CONDITION_UNMET.test(text);
}

/**
 * A circuit breaker in the caller let nothing through. Bulkheads and rate limiters also permit no further calls, but do
 * not count.
 */
export function saysCircuitOpen(text: string): boolean {
  return CIRCUIT_OPEN.test(text);
}

/**
 * Includes timeouts of a lock or a statement, where the database gave up (MySQL 3024, MariaDB 1969, MongoDB 50), and limits
 * of what runs the code: Celery, Dramatiq, Ruby's Timeout, PHP. Field buses and SNMP say that no response came: pymodbus,
 * net-snmp, BACnet.
 */
const TIMED_OUT =
  /(?<!\bCPU )time ?limit ?(?:\(\d{1,6}s?\) ?)?(?:was |has been )?exceeded|\bexecution expired\b|\bmaximum execution time of \d{1,9} seconds? exceeded\b|\bexecution time exceeded\b|\bmax_statement_time exceeded\b|\bexceeded (?:the |its )?time limit\b|\bmaxtimemsexpired\b|(?:^|[^a-z])time[ds]?[-_ ]?out(?:s|error|exception)?(?![a-z])|(?:read|write|connect|connection|socket|request|response|wait|lock|query|call|pool|gateway)time[d]?out|deadline|\be(?:socket)?timedout\b|\bno (?:response|reply) (?:was |has been )?(?:received|within)\b|\bno (?:response|reply) from \S{1,120} (?:within|after|in) \d|\b(?:did not|didn't|does not) (?:respond|reply|answer) (?:within|in time|after)\b/i;
const OVERLOAD =
  /too many (?:requests|connections)|rate.?limit|overload|throttl|resource.?exhausted|pool (?:is |was )?exhausted|service unavailable|unavailable|try again later|connection (?:was )?(?:refused|reset)|econnre(?:fused|set)|upstream connection (?:failure|termination)|upstream remote reset|broken pipe|no healthy upstream|queue (?:is )?full|server busy/i;
const CANCELLED =
  /(?:\b|_)cancel(?:l?ed|lation)(?:error|exception)?\b|\baborted by (?:the )?(?:client|caller|user)\b|aborterror|clientabort|request_?aborted|(?:client|downstream|peer) (?:has )?(?:closed|disconnect|left|went away)|downstream_remote_disconnect|\b(?:user|client|browser) aborted (?:a|the|this) (?:request|call|fetch)\b|\boperation was aborted\b|\bfetch is aborted\b|\bsignal is aborted\b/i;
const OTHERS_CANCELLED =
  /\b(?:transaction|order|booking|reservation|subscription|payment|shipment|appointment|flight)s? (?:is |was |were |has been |already |got )?cancel/i;
/** go-redis, database/sql, GORM, the MongoDB drivers, sqlx, JPA and Spring, SQLAlchemy, Django, ActiveRecord, Ecto, NATS. */
const NOTHING_THERE =
  /^redis: nil$|\bno rows in result set\b|\brecord not found\b|\bno documents? in result|\brownotfound\b|\bno rows returned by a query\b|\bno ?result ?found\b|emptyresultdataaccess|\bincorrect result size: expected 1, actual 0\b|\bdoesnotexist\b|matching query does not exist|couldn't find \w+ with|\bexpected at least one result\b|\bnats: no messages\b|\bcache(?: key)? miss\b/i;

/** DynamoDB, S3, Cosmos DB, JetStream, Kubernetes. AMQP closes a channel with 406, which no condition of the caller explains. */
const CONDITION_UNMET =
  /\bconditional ?(?:check|request) ?failed|(?<!\b406\W{1,3})\bprecondition ?failed\b(?!\W{1,3}406\b)|\bwrong last (?:msg )?sequence\b|\bthe object has been modified\b/i;

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
  524: 'A Timeout Occurred',
};
