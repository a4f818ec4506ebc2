/**
 * What kind of request a trace is, and whether somebody waits for its end. Where nobody does, its length is no fault:
 *
 *   stream      server-sent events, WebSocket, gRPC stream, watch      open for as long as somebody listens
 *   long-poll   waits for news, and answers "none" at its time limit   the wait is the purpose
 *   tokens      a language model's answer                              as long as its text
 *   transfer    an upload, a download                                  as long as its bytes
 *   job         cron, batch, message consumer, reconcile loop          a schedule or a queue waits, no person
 *   unasked     work that no recorded caller asked for                 who waits is unknown
 *   cancelled   its client left                                        nobody waits any more; a stream ends so
 *   request     all others                                             somebody waits
 *
 * Only what is recorded decides: attributes, statuses, commands, repeated events; names only where the field has a fixed
 * word for it.
 */

import { NO_LINES } from '#model/logs/log-line.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { failureTexts, saysCancelled, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { isUnasked, jobWords } from '#model/trace/views/job-nature.ts';
import { entryChain } from '#model/trace/views/request-spans.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';
import { endsAtDeadline, streamOf } from '#model/trace/views/stream-nature.ts';
import { isModelAnswer } from '#model/trace/views/token-nature.ts';
import { inParts, transferOf } from '#model/trace/views/transfer-nature.ts';
import { waitOf } from '#model/trace/views/wait-nature.ts';

export type RequestNature = Readonly<{
  kind: 'stream' | 'long-poll' | 'tokens' | 'transfer' | 'job' | 'unasked' | 'cancelled' | 'request';
  /** With its article: `an event stream`. */
  words: string;
}>;

export const requestNature = view((trace): RequestNature => {
  if (trace.spanCount === 0) return REQUEST;
  if (isCancelled(trace)) return natureOf('stream', streamOf(trace, entryChain(trace))) ?? CANCELLED;
  if (isEmptyReceipt(trace)) return { kind: 'long-poll', words: 'a worker that waits for messages' };
  if (endsAtDeadline(trace, trace.root)) return { kind: 'stream', words: 'a gRPC stream' };
  if (trace.failed(trace.root) && trace.httpStatus(trace.root) !== SWITCHED)
    return natureOf('job', jobWords(trace)) ?? REQUEST;
  if (trace.repairs.lostRoot > 0) return UNASKED;
  const chain = entryChain(trace);
  return (
    natureOf('stream', streamOf(trace, chain)) ??
    natureOf('long-poll', waitOf(trace, chain)) ??
    natureOf('transfer', inParts(trace)) ??
    natureOf('job', jobWords(trace)) ??
    natureOf('tokens', isModelAnswer(trace) ? 'an answer of a language model' : undefined) ??
    natureOf('transfer', transferOf(trace, chain)) ??
    (isUnasked(trace) ? unasked(trace) : REQUEST)
  );
});

function natureOf(kind: RequestNature['kind'], words: string | undefined): RequestNature | undefined {
  return words === undefined ? undefined : { kind, words };
}

/** nginx's `proxy_read_timeout` and the idle timeout of AWS's load balancers are a minute: few people can wait for longer. */
export const LONGEST_AWAITED_US = 60_000_000;

/** What takes longer than anybody waits for an answer is a job, whatever its name. */
function unasked(trace: Trace): RequestNature {
  return trace.durationOfUs(trace.root) > LONGEST_AWAITED_US ? LONG_WORK : UNASKED;
}

const REQUEST: RequestNature = { kind: 'request', words: 'a request' };
const CANCELLED: RequestNature = { kind: 'cancelled', words: 'a request that its client cancelled' };
const LONG_WORK: RequestNature = { kind: 'job', words: 'long work that no recorded request asked for' };
const UNASKED: RequestNature = { kind: 'unasked', words: 'work that no recorded request asked for' };

/** Up to half a second users count as satisfied (Apdex, the usual target time T). */
export const SATISFIES_US = 500_000;
/** Up to a second the user's flow of thought stays uninterrupted (Nielsen, response times: the three limits). */
export const KEEPS_THOUGHT_US = 1_000_000;
/** Up to ten seconds people keep their attention on what they wait for (Nielsen, response times: the three limits). */
export const KEEPS_ATTENTION_US = 10_000_000;

/** Kinds whose length is no fault, however little of it spans cover. */
const UNJUDGED: ReadonlySet<RequestNature['kind']> = new Set(['stream', 'long-poll', 'tokens', 'transfer', 'job']);

export function isLengthJudged(trace: Trace): boolean {
  return !UNJUDGED.has(requestNature(trace).kind);
}

/** An opened WebSocket stays open for as long as both ends want, even where it breaks in the end. */
const SWITCHED = 101;

/** nginx's status for a client that closed the connection. */
const CLIENT_CLOSED = 499;

/** Whether the root's failure is how such a request ends: its client left, a stream reached its deadline, no message came. */
export function endsAsMeant(trace: Trace): boolean {
  return isCancelled(trace) || endsAtDeadline(trace, trace.root) || isEmptyReceipt(trace) || wasPutOff(trace);
}

/** A consumer asked for messages, and none came within its time limit (NATS, Service Bus). */
function isEmptyReceipt(trace: Trace): boolean {
  const { root } = trace;
  if (!trace.failed(root) || !trace.hasMark(root, MARK.receives) || trace.childCount(root) > 0) return false;
  return failureTexts(trace, root, NO_LINES).some(({ text }) => saysTimedOut(trace, root, text));
}

/**
 * What job systems raise where a job is to run later: Sidekiq's limiters, Celery, Airflow's sensors and deferred tasks,
 * BullMQ's delays and rate limits, Temporal's runs that continue as new ones.
 */
const PUT_OFF =
  /\bSidekiq::Limiter::OverLimit\b|\bcelery\.exceptions\.Retry\b|\bAirflowRescheduleException\b|\bTaskDeferred\b|\b(?:Delayed|RateLimit|WaitingChildren)Error: bullmq:|\bbullmq:(?:movedToDelayed|movedToWaitingChildren|rateLimitExceeded)\b|\bContinueAsNew(?:Error|Exception)?\b/;

function wasPutOff(trace: Trace): boolean {
  const { root } = trace;
  if (!trace.failed(root) || trace.kind(root) === 'server' || trace.kind(root) === 'client') return false;
  if (failedSpans(trace).some((span) => span !== root && !trace.isInternal(span))) return false;
  const texts = [
    trace.text(root, 'error.type'),
    trace.text(root, 'exception.type'),
    ...failureTexts(trace, root, NO_LINES).map(({ text }) => text),
    ...(trace.hasEvents(root) ? trace.events(root) : []).map(({ attributes }) =>
      canonicalText(attributes, 'exception.type'),
    ),
  ];
  return texts.some((text) => PUT_OFF.test(text));
}

/** By its status, its error type, Envoy's flag, or its own words. */
function isCancelled(trace: Trace): boolean {
  const { root } = trace;
  if (trace.httpStatus(root) === CLIENT_CLOSED || trace.hasMark(root, MARK.cancelled)) return true;
  return trace.failed(root) && failureTexts(trace, root, NO_LINES).some(({ text }) => saysCancelled(text));
}
