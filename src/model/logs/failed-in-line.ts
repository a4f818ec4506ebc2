/**
 * Lines without a span id in which a process reports that it gave up: a full pool, a time limit, a job. Such a line
 * speaks of the failed span of its service that ended at that moment, after the wait that the line states.
 *
 *   CouponService.redeem ✗  [==============================]   30.05 s
 *   the pool's line                                        ·    request timed out after 30000ms
 */
import { JOBS_GIVEN_UP } from '#model/instruments/job-words.ts';
import { TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import { POOL_IS_FULL, POOLER_LINES } from '#model/instruments/pool-words.ts';
import { saysCannotBegin } from '#model/instruments/process-lines.ts';
import { FAILURE_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';
import { usPerUnit } from '#model/trace/wait-amounts.ts';

/** A process reports the failure, and its framework ends the request. A tenth of a second is what people do not notice. */
const APART_US = 100_000;
/** Timers and the way back make a wait a little longer than its limit. */
const LONGER_BY = 0.05;
/** Shorter waits are too frequent for a time to tell them apart. */
const LEAST_US = 1_000_000;

/** The line with the id of its span, where it fits exactly one; otherwise as it is. */
export function withFailedSpan<Line extends LogLine>(trace: Trace, line: Line): Line {
  if (line.spanId !== '' || line.traceId !== '') return line;
  const isOfStart = saysCannotBegin(line.line);
  const isLimit = isOfStart || TIME_LIMIT_LINES.test(line.line) || JOBS_GIVEN_UP.test(line.line);
  if (!isLimit && !POOL_IS_FULL.test(line.line)) return line;
  const waits = waitsIn(line.line);
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const failures = isOfPooler(line.line)
    ? [...longFailures(trace).values()].flat().filter((span) => trace.isDatabaseCall(span))
    : ((isOfStart ? allFailures(trace) : longFailures(trace)).get(line.service) ?? []);
  const fitting = failures.filter((span) => {
    const us = trace.durationOfUs(span);
    if (Math.abs(trace.endUs(span) - atUs) > APART_US || (isOfStart && hasCalled(trace, span))) return false;
    if (waits.length === 0 && !isLimit && !isOfPooler(line.line)) return isOnlyWait(trace, span, line);
    return waits.length === 0 || waits.some((wait) => Math.abs(us - wait) <= Math.max(APART_US, LONGER_BY * wait));
  });
  const [inner] = fitting.filter((span) => !fitting.some((other) => trace.parent(other) === span));
  if (inner === undefined || !fitting.every((span) => isAtOrAbove(trace, span, inner))) return line;
  // What runs the code writes such lines at any level, or without one.
  return { ...line, spanId: comparableId(trace.spanId(inner)), level: isLimit ? 'error' : line.level || 'error' };
}

/** What called somebody had begun. Its platform alone may record its start below it. */
function hasCalled(trace: Trace, span: SpanIndex): boolean {
  return trace.children(span).some((child) => ['client', 'producer'].includes(trace.kind(child)));
}

/** sqlx, r2d2 and others report a dry pool without their limit. It fits a span that did nothing else for most of its time. */
function isOnlyWait(trace: Trace, span: SpanIndex, line: LogLine): boolean {
  const busyUs = trace.children(span).reduce((sum, child) => sum + trace.durationOfUs(child), 0);
  return FAILURE_LEVELS.has(line.level) && busyUs <= MOST_BUSY * trace.durationOfUs(span);
}

const MOST_BUSY = 0.1;

/** A pooler between a service and its database ends the service's call; its line stands under its own name. */
export function isOfPooler(line: string): boolean {
  return POOLER_LINES.test(line);
}

type Failures = ReadonlyMap<string, readonly SpanIndex[]>;

const allFailures = view((trace): Failures => byService(trace, failedSpans(trace)));

const longFailures = view(
  (trace): Failures =>
    byService(
      trace,
      failedSpans(trace).filter((span) => trace.durationOfUs(span) >= LEAST_US),
    ),
);

/** Where many failed, a time does not tell them apart. */
function byService(trace: Trace, failed: readonly SpanIndex[]): Failures {
  return failed.length > MOST_FAILURES ? new Map() : Map.groupBy(failed, (span) => trace.service(span));
}

const MOST_FAILURES = 100;

function isAtOrAbove(trace: Trace, span: SpanIndex, inner: SpanIndex): boolean {
  return span === inner || trace.isUnder(inner, span);
}

const AMOUNT = /\b(\d{1,9}(?:\.\d{1,6})?) ?(ms|milliseconds?|s|secs?|seconds?)\b/gi;
/** SQLAlchemy: `QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00`. */
const SECONDS = /\btimeout (\d{1,9}(?:\.\d{1,6})?)(?! ?[a-z\d.])/gi;
/** .NET writes a time span so. */
const TIME_SPAN = /\b(\d\d):(\d\d):(\d\d)\b(?![.,]?\d*Z)/g;
/** Celery's hard limit, in seconds. */
const CELERY = /\bTimeLimitExceeded\((\d{1,9}(?:\.\d{1,6})?)/;
/** The last argument of a call between processes of Erlang, in milliseconds. */
const PROCESS_CALL = /, (\d{3,9})\)\s{0,20}\*\* \(EXIT\) time out\b/;
const SECONDS_OF = [3600, 60, 1] as const;

/** The limits and waits that a line states, in microseconds; those under a second are left out. */
export function waitsIn(line: string): number[] {
  const amounts = [...line.matchAll(AMOUNT)].map(([, amount, unit = '']) => Number(amount) * (usPerUnit(unit) ?? 0));
  const seconds = [...line.matchAll(SECONDS)].map(([, amount]) => Number(amount));
  const spans = /\btimeout value of\b/i.test(line)
    ? [...line.matchAll(TIME_SPAN)].map(([, ...parts]) =>
        SECONDS_OF.reduce((sum, unit, at) => sum + unit * Number(parts[at]), 0),
      )
    : [];
  const celery = Number(CELERY.exec(line)?.[1] ?? 0);
  const call = Number(PROCESS_CALL.exec(line)?.[1] ?? 0) / 1000;
  const inSeconds = [...seconds, ...spans, celery, call].map((amount) => amount * 1_000_000);
  return [...amounts, ...inSeconds].filter((us) => us >= LEAST_US);
}
