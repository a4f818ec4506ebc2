/**
 * Where failures began. A failed span whose failed children explain it only passed the failure on; the origin is the
 * deepest one that nothing below explains.
 *
 *  [ POST /checkout ✗ 500                      ]   passed on
 *    [ charge the card                       ]     passed through: work inside a service, not marked as failed
 *      [ POST /predict ✗ 503 "out of memory" ]     ← origin
 *
 * Harmless failures are no origins: a call that succeeded when it was repeated, and one that its caller tolerated
 * (other detectors report these). A call that a circuit breaker refused is no origin if the earlier calls that really
 * failed are in the trace.
 * Where several different calls of one caller failed, texts and codes show which of them made it fail, see
 * `told-apart.ts`. Where they do not, each is an origin, and none is more certain than the others.
 */

import { firstPlace } from '#core/first-place.ts';
import { namesAttempt } from '#model/instruments/attempt-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { isConnectionUpkeep, saysBadConnection } from '#model/sql/connection-upkeep.ts';
import { saysDuplicate } from '#model/sql/duplicate-key.ts';
import { withoutComments } from '#model/sql/query-lexemes.ts';
import { queryTable } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { laterSiblings, wasAnsweredElsewhere } from '#model/trace/views/answered-elsewhere.ts';
import { callee, callNumbers } from '#model/trace/views/call-numbers.ts';
import { answersConflict, saysConflict } from '#model/trace/views/conflicts.ts';
import { answersQuestion } from '#model/trace/views/expected-answers.ts';
import {
  failureTexts,
  type LinesBySpan,
  saysCancelled,
  saysConditionUnmet,
  saysNothingThere,
  saysTimedOut,
} from '#model/trace/views/failure-text.ts';
import { isRefusedByGraphql } from '#model/trace/views/graphql-answers.ts';
import { passesContentionOn } from '#model/trace/views/lost-contention.ts';
import { lacksVerdict } from '#model/trace/views/lost-verdicts.ts';
import { asksForCloud, isBeacon, isOfManyWays, isOptional, sendsTelemetry } from '#model/trace/views/meant-failures.ts';
import { reachedOwnLimit } from '#model/trace/views/own-limits.ts';
import { endsAsMeant } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';
import { endsAtDeadline } from '#model/trace/views/stream-nature.ts';
import { type Apart, apart, tellsOf, throwsAgain, type Way } from '#model/trace/views/told-apart.ts';

export type ErrorOrigin = Readonly<{
  /**
   * The failed spans at the origin, all of one operation under one parent (attempts), the decisive (last) one first.
   */
  spans: readonly SpanIndex[];
  /** The topmost span that the failure reached. */
  symptom: SpanIndex;
  /** From the origin's parent up to the symptom. */
  path: readonly SpanIndex[];
  /** How many other origins may explain the symptom as well; 0 where the origin is certain. */
  rivals: number;
  /** Its caller failed too, but for another reason, as its texts show. */
  isBeside: boolean;
}>;

export const errorOrigins = view((trace): readonly ErrorOrigin[] => {
  if (failedSpans(trace).length === 0 || endsAsMeant(trace)) return [];
  const attempts = attemptsByCaller(trace);
  const failures: Failures = {
    trace,
    attempts,
    isForgiven: forgiveness(trace, attempts),
    passesThrough: new Uint8Array(trace.spanCount),
  };
  markWhatFailuresPassThrough(failures);
  const origins: ErrorOrigin[] = [];
  const told = new Set<SpanIndex>();
  let parted = 0;
  for (const span of failedSpans(trace)) {
    if (hasFailedParent(failures, span) || failures.isForgiven(span) || isAnswerTaken(trace, span)) continue;
    const ways = waysDown(failures, span).filter((way) => !told.has(way.at(-1) ?? span));
    if (wereRefused(trace, ways)) continue;
    if (ways.length > 1) parted += 1;
    const lines = parted > MOST_PARTED ? undefined : NO_LINES;
    for (const origin of originsBelow(failures, ways, lines)) addUntold(origin, origins, told);
  }
  return origins;
});

/** A GraphQL server refused the request, and answered so. */
function wereRefused(trace: Trace, ways: readonly Way[]): boolean {
  return ways.every(([symptom = trace.root, ...below]) => {
    return trace.httpStatus(symptom) < 500 && isRefusedByGraphql(trace, below.at(-1) ?? symptom);
  });
}

/** How many spans with several failed calls have their texts read; the root comes first. */
const MOST_PARTED = 50;

/** Attempts of one call that their caller tolerated are one origin, not one each. */
function addUntold(origin: ErrorOrigin, origins: ErrorOrigin[], told: Set<SpanIndex>): void {
  if (!origin.spans.some((each) => told.has(each))) origins.push(origin);
  for (const each of origin.spans) told.add(each);
}

/** The failures that explain the symptom, or may explain it, then the other failures. */
function originsBelow(failures: Failures, ways: readonly Way[], lines: LinesBySpan | undefined): ErrorOrigin[] {
  const { reached, beside, rivals } =
    refused(failures.trace, ways) ?? failedAfterwards(failures.trace, ways) ?? apart(failures.trace, ways, lines);
  return [
    ...reached.map((way) => originAt(failures, way, { rivals, isBeside: false })),
    ...beside.map((way) => originAt(failures, way, { rivals: 0, isBeside: true })),
  ];
}

/** A span that rejects the request in its own words did not fail because of the failures below it. */
function refused(trace: Trace, ways: readonly Way[]): Apart | undefined {
  const symptom = ways[0]?.[0];
  if (symptom === undefined || !saysClientError(trace, symptom) || ways.some(({ length }) => length < 2))
    return undefined;
  const below = ways.map((way) => way.slice(1));
  if (below.flat().some((span) => saysClientError(trace, span))) return undefined;
  const hasWords = failureTexts(trace, symptom, NO_LINES).length > 0;
  if (hasWords && below.some((way) => tellsOf(trace, symptom, way, NO_LINES))) return undefined;
  return hasWords
    ? { reached: [[symptom]], beside: below, rivals: 0 }
    : { reached: ways, beside: [], rivals: ways.length };
}

/**
 * A span went on after the one call below it had failed, and failed later with an exception of its own that does not
 * come from that call: it may have tolerated the call. Each is an origin, and none is certain.
 */
function failedAfterwards(trace: Trace, ways: readonly Way[]): Apart | undefined {
  const [[symptom, ...below] = []] = ways;
  const [call] = below;
  if (ways.length !== 1 || symptom === undefined || call === undefined) return undefined;
  if (failureTexts(trace, symptom, NO_LINES).length === 0) return undefined;
  const thrownUs = ownExceptionUs(trace, symptom);
  const wentOnUs = (thrownUs ?? 0) - trace.endUs(call);
  if (wentOnUs < WENT_ON * (trace.endUs(symptom) - trace.startUs(symptom))) return undefined;
  // Without words of its own the failed call may be the one that the exception is about.
  const hasWords = failureTexts(trace, below.at(-1) ?? call, NO_LINES).length > 0;
  if (!hasWords || tellsOf(trace, symptom, below, NO_LINES) || throwsAgain(trace, symptom, below)) return undefined;
  return { reached: [[symptom], ...ways], beside: [], rivals: 1 };
}

/** A failure that ends a request does so at once: what still takes a fifth of the time is other work. */
const WENT_ON = 0.2;

/** When the span's last exception was thrown; undefined without one, or without its time. */
function ownExceptionUs(trace: Trace, span: SpanIndex): number | undefined {
  if (!trace.hasEvents(span)) return undefined;
  return trace.events(span).findLast(({ name }) => name === 'exception')?.atUs;
}

function originAt(failures: Failures, way: Way, known: Pick<ErrorOrigin, 'rivals' | 'isBeside'>): ErrorOrigin {
  const [symptom = 0] = way;
  const path = way.slice(0, -1).toReversed();
  return { spans: withAttempts(failures, way.at(-1) ?? symptom), symptom, path, ...known };
}

/** For rival origins: what log lines say about which one it was. In their order, excluded ones last. */
export function decidedOrigins(trace: Trace, rivals: readonly ErrorOrigin[], lines: LinesBySpan): ErrorOrigin[] {
  const own = rivals.filter(({ path }) => path.length === 0);
  const below = rivals.filter(({ path }) => path.length > 0);
  if (own.length === 0 || below.length === 0) return toldByLines(trace, rivals, lines);
  // The symptom's lines name a failed call below: then its own exception only passed that failure on.
  const isNamed = ({ spans, symptom, path }: ErrorOrigin) =>
    tellsOf(trace, symptom, [...path.toReversed().slice(1), spans[0] ?? trace.root], lines);
  return below.some(isNamed) ? toldByLines(trace, below, lines) : [...rivals];
}

function toldByLines(trace: Trace, rivals: readonly ErrorOrigin[], lines: LinesBySpan): ErrorOrigin[] {
  const wayOf = new Map(rivals.map((origin) => [origin.spans[0] ?? trace.root, origin]));
  const ways = [...wayOf].map(([at, { path }]): Way => [...path.toReversed(), at]);
  const told = apart(trace, ways, lines);
  const originOf = (way: Way) => wayOf.get(way.at(-1) ?? trace.root) ?? [];
  return [
    ...told.reached.flatMap(originOf).map((origin) => ({ ...origin, rivals: told.rivals })),
    ...told.beside.flatMap((way) => {
      const path = way.slice(0, -1).toReversed();
      return [originOf(way)]
        .flat()
        .map((origin) => ({ ...origin, symptom: way[0] ?? trace.root, path, rivals: 0, isBeside: true }));
    }),
  ];
}

type Failures = Readonly<{
  trace: Trace;
  attempts: AttemptsByCaller;
  /** It affected nobody: it is an expected response, or a later attempt succeeded. */
  isForgiven(span: SpanIndex): boolean;
  /** 1 where a failure went through a span that is not marked as failed. */
  passesThrough: Uint8Array;
}>;

/** The attempts of one caller at one call: failed and successful ones, both in order of start. */
type Attempts = Readonly<{ failed: readonly SpanIndex[]; succeeded: readonly SpanIndex[] }>;
type AttemptsByCaller = (caller: SpanIndex, call: SpanIndex) => Attempts;

/** Computed once per caller, so that a thousand failed siblings stay linear. */
function attemptsByCaller(trace: Trace): AttemptsByCaller {
  const callNumber = callNumbers(trace);
  const known = new Map<SpanIndex, ReadonlyMap<number, Attempts>>();
  return (caller, call) => {
    if (trace.childCount(caller) <= FEW) return attemptsAmong(trace, caller, call);
    let byCall = known.get(caller);
    if (byCall === undefined) {
      byCall = attemptsOf(trace, caller, callNumber);
      known.set(caller, byCall);
    }
    return byCall.get(callNumber(call)) ?? { failed: [call], succeeded: [] };
  };
}

/** Up to this many children are compared with the call one by one, without a table. */
const FEW = 16;

function attemptsAmong(trace: Trace, caller: SpanIndex, call: SpanIndex): Attempts {
  const failed: SpanIndex[] = [];
  const succeeded: SpanIndex[] = [];
  const operation = trace.operation(call);
  for (const child of trace.children(caller)) {
    if (trace.operation(child) !== operation || !asksTheSame(trace, child, call)) continue;
    (trace.failed(child) ? failed : succeeded).push(child);
  }
  return { failed, succeeded };
}

/** For calls with the same name. A call that never arrived does not always name its callee. */
function asksTheSame(trace: Trace, a: SpanIndex, b: SpanIndex): boolean {
  if (!trace.isOfOneService(a, b) || trace.queryShape(a) !== trace.queryShape(b)) return false;
  const one = callee(trace, a);
  const other = callee(trace, b);
  return one === other || one === '' || other === '';
}

function attemptsOf(
  trace: Trace,
  caller: SpanIndex,
  callNumber: (span: SpanIndex) => number,
): ReadonlyMap<number, Attempts> {
  const byCall = new Map<number, { failed: SpanIndex[]; succeeded: SpanIndex[] }>();
  const children = trace.children(caller);
  for (const child of children) {
    if (!trace.failed(child)) continue;
    const attempts = byCall.get(callNumber(child));
    if (attempts === undefined) byCall.set(callNumber(child), { failed: [child], succeeded: [] });
    else attempts.failed.push(child);
  }
  for (const child of children) {
    if (!trace.failed(child)) byCall.get(callNumber(child))?.succeeded.push(child);
  }
  return byCall;
}

/**
 * Work inside a service is often not marked when a call below it fails, and what wraps a call neither: where the span
 * above is marked again, the failure went through. An answer of its own (2xx) ends a failure.
 */
function markWhatFailuresPassThrough(failures: Failures): void {
  const { trace, passesThrough } = failures;
  const known = new Uint8Array(trace.spanCount);
  const way: SpanIndex[] = [];
  for (const span of failedSpans(trace)) {
    if (!isKnownAbove(trace, span) || failures.isForgiven(span)) continue;
    way.length = 0;
    let above = trace.parent(span);
    while (
      above !== undefined &&
      !trace.failed(above) &&
      known[above] === 0 &&
      saysNothingOfItself(trace, above, span)
    ) {
      way.push(above);
      above = trace.parent(above);
    }
    const reaches = above !== undefined && (trace.failed(above) || passesThrough[above] === 1);
    for (const each of way) {
      known[each] = 1;
      passesThrough[each] = reaches ? 1 : 0;
    }
  }
}

/** The processing of a message, or work after the caller has ended, no longer concerns the caller. */
function isKnownAbove(trace: Trace, span: SpanIndex): boolean {
  const caller = trace.parent(span);
  return caller !== undefined && trace.isAwaited(span) && trace.endUs(span) <= trace.endUs(caller);
}

function saysNothingOfItself(trace: Trace, span: SpanIndex, failed: SpanIndex): boolean {
  const kind = trace.kind(span);
  if (kind === 'server')
    return gaveUpOnCall(trace, span) || isSilentFunction(trace, span, failed) || passesAnswerOn(trace, span, failed);
  return (kind === 'internal' || kind === 'unspecified' || kind === 'client') && trace.httpStatus(span) === 0;
}

/**
 * A gateway gave its caller the refusal that it got itself. By the conventions a server is not marked as failed for it,
 * and a caller that fails on it is.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
 */
function passesAnswerOn(trace: Trace, span: SpanIndex, failed: SpanIndex): boolean {
  const status = trace.httpStatus(span);
  return status >= 400 && status < 500 && trace.kind(failed) === 'client' && trace.httpStatus(failed) === status;
}

/** OpenTelemetry's conventions for functions; the mark of a cold start alone is also set by others. */
const OF_FUNCTION = /^faas\.(?:trigger|execution|invocation_id)$/;
/** An error needs a tenth of a second to leave the function at most. */
const LEAVES_WITHIN_US = 100_000;

/**
 * A function whose span has neither a status nor an answer, and that ended with the failed call: its runtime turns what
 * it throws into an error of the platform.
 */
function isSilentFunction(trace: Trace, span: SpanIndex, failed: SpanIndex): boolean {
  if (trace.httpStatus(span) !== 0 || trace.endUs(span) - trace.endUs(failed) > LEAVES_WITHIN_US) return false;
  return trace.hasAttribute(span, OF_FUNCTION);
}

/**
 * An RPC server that answers `ABORTED` or `RESOURCE_EXHAUSTED` is not marked as failed, by the conventions. Its caller got
 * no result all the same.
 * https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function gaveUpOnCall(trace: Trace, span: SpanIndex): boolean {
  const status = trace.text(span, 'rpc.status_code');
  return (
    trace.kind(span) === 'server' &&
    status !== '' &&
    status !== 'OK' &&
    !trace.hasMark(span, MARK.clientError | MARK.cancelled | MARK.expectedAnswer)
  );
}

function hasFailedParent({ trace, passesThrough }: Failures, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent !== undefined && (trace.failed(parent) || passesThrough[parent] === 1);
}

/**
 * 404 is the response "there is none", 409 and 412 are those to "only if", and a call that its caller cancelled (a
 * hedged request that lost) has not failed, nor has a stream that reached its deadline. A caller that fails because of these is the origin itself.
 */
function isExpected(trace: Trace, span: SpanIndex): boolean {
  if (isOfProxyFault(trace, span) || passesContentionOn(trace, span)) return false;
  const status = trace.httpStatus(span);
  if (status === NOT_THERE && asksModel(trace, span)) return false;
  if (ANSWERS.has(status) || trace.hasMark(span, MARK.expectedAnswer)) return true;
  if (trace.hasMark(span, MARK.cancelled)) return !reachedOwnLimit(trace, span);
  return endsAtDeadline(trace, span);
}

const NOT_THERE = 404;

/**
 * A provider of models has no other reason for a 404 than that the caller names a model or a deployment which it does not
 * have. Gateways on the way pass the answer on.
 */
function asksModel(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; level <= MOST_PROXIES && at !== undefined; level += 1) {
    if (trace.kind(at) === 'client' && trace.text(at, 'gen_ai.request.model') !== '') return true;
    at = trace.children(at).find((below) => trace.httpStatus(below) === NOT_THERE);
  }
  return false;
}

/** A proxy on the way failed by itself, so that the caller got this answer. */
function isOfProxyFault(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; level <= MOST_PROXIES && at !== undefined; level += 1) {
    if (trace.hasMark(at, MARK.proxyFault)) return true;
    const below: SpanIndex | undefined = trace.kind(at) === 'client' ? trace.firstChild(at) : undefined;
    at = below !== undefined && trace.httpStatus(below) === trace.httpStatus(span) ? below : undefined;
  }
  return false;
}

/** The caller's sidecar, a gateway and the callee's sidecar, with two spans each. */
const MOST_PROXIES = 6;

function isIdleFetch(trace: Trace, span: SpanIndex, text: string): boolean {
  return trace.hasMark(span, MARK.receives) && saysTimedOut(trace, span, text);
}

/** A job whose object is gone does nothing, and nobody reads its failure as an answer. */
function isJob(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'consumer' && !trace.hasMark(span, MARK.receives);
}

const [FORGIVEN, SUFFERED] = [1, 2];

/**
 * A client error (a wrong password, a form with a mistake) that the caller took as an answer: the callee itself did not
 * fail on it, or the caller gave its own client the like. Only of calls whose caller did not fail.
 */
function isAnswerTaken(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) !== 'client' || isOfProxyFault(trace, span)) return false;
  let callee = trace.httpStatus(span) === 0 || saysClientError(trace, span) ? trace.firstChild(span) : undefined;
  // A proxy's call in between counts as failed, as every client's call with such an answer does.
  for (let level = 0; level < MOST_LEVELS && callee !== undefined && saysClientError(trace, callee); level += 1) {
    if (!trace.failed(callee)) return true;
    callee = trace.firstChild(callee);
  }
  if (!saysClientError(trace, span)) return false;
  let above = trace.parent(span);
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1) {
    if (trace.httpStatus(above) !== 0) return saysClientError(trace, above);
    above = trace.parent(above);
  }
  return false;
}

/**
 * The request was refused for its content (a wrong password, no such page), which is a response and no failure. A
 * timeout or a rate limit says something about the callee, not about the request.
 */
export function saysClientError(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasMark(span, MARK.proxyFault)) return false;
  const status = trace.httpStatus(span);
  if (status < 300 && trace.failed(span) && isRefusedByGraphql(trace, span)) return true;
  if (status === 0) return trace.hasMark(span, MARK.clientError) && !refusedTheAnswer(trace, span);
  if (status < 400 || status >= 500 || status === 408 || status === 429) return false;
  return !lacksVerdict(trace, span);
}

/**
 * The callee answered well, and the library of the caller did not take the answer: tonic has OUT_OF_RANGE for one that is
 * larger than its limit. The request was right, for the caller's own client, too.
 * https://docs.rs/tonic/latest/tonic/client/struct.Grpc.html#method.max_decoding_message_size
 */
function refusedTheAnswer(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) !== 'client') return trace.children(span).some((call) => isOwnRefusal(trace, call));
  return isOwnRefusal(trace, span);
}

function isOwnRefusal(trace: Trace, call: SpanIndex): boolean {
  const answer = trace.kind(call) === 'client' && trace.failed(call) ? trace.firstChild(call) : undefined;
  return (
    answer !== undefined &&
    trace.kind(answer) === 'server' &&
    !trace.failed(answer) &&
    trace.text(answer, 'rpc.status_code') === 'OK' &&
    trace.hasMark(call, MARK.clientError)
  );
}

/** Work between a call and the answer of its service is seldom deeper. */
const MOST_LEVELS = 20;

const ANSWERS: ReadonlySet<number> = new Set([404, 409, 410, 412, 499]);

/** How many later calls are compared with a failed one by their addresses: an attempt follows soon. */
const COMPARED = 8;
/** So many spans of a trace are read for it; of the rest the name has to do. */
const READ_AT_MOST = 400;

function forgiveness(trace: Trace, attempts: AttemptsByCaller): (span: SpanIndex) => boolean {
  const known = new Uint8Array(trace.spanCount);
  const lastSuccessUs = lastSuccesses(trace);
  let read = 0;
  const wasAnswer = (span: SpanIndex) => {
    read += 1;
    return (
      read <= READ_AT_MOST &&
      (saysConditionUnmet(trace.text(span, 'error.type')) ||
        failureTexts(trace, span, NO_LINES).some(
          ({ text }, _, all) =>
            (saysCancelled(text) && !all.some((other) => saysTimedOut(trace, span, other.text))) ||
            (saysNothingThere(text) && !isJob(trace, span)) ||
            saysConditionUnmet(text) ||
            isIdleFetch(trace, span, text),
        ))
    );
  };
  const address = (span: SpanIndex) => {
    read += 1;
    return read > READ_AT_MOST ? '' : addressOf(trace, span);
  };
  const url = (span: SpanIndex) => {
    read += 1;
    return read > READ_AT_MOST ? '' : trace.text(span, 'url.full').replace(/[?#].*$/s, '');
  };
  /** The same address and path are the same call, whoever answered as far as spans tell. */
  const wasAnsweredThere = (span: SpanIndex, caller: SpanIndex) => {
    if (read >= READ_AT_MOST || trace.childCount(caller) > FEW) return false;
    const later = laterOfOneName(trace, caller, span);
    const asked = later.length === 0 ? '' : url(span);
    return asked !== '' && later.some((other) => url(other) === asked);
  };
  /** A later attempt at the same call succeeded. A call for another thing is no attempt at this one. */
  const wasRepaired = (span: SpanIndex, caller: SpanIndex) => {
    if (lastSuccessUs(caller) < trace.endUs(span)) return false;
    const { succeeded } = attempts(caller, span);
    const first = firstFrom(trace, succeeded, trace.endUs(span));
    if (first === succeeded.length) return wasAnsweredThere(span, caller);
    const asked = address(span);
    if (asked === '') return true;
    return succeeded.slice(first, first + COMPARED).some((later) => {
      const other = address(later);
      return other === '' || other === asked;
    });
  };
  /** Another target, host or provider gave the answer. */
  const wasRedirected = (span: SpanIndex, caller: SpanIndex) => {
    if (lastSuccessUs(caller) < trace.startUs(span) && !namesAttempt(trace.operation(caller))) return false;
    read += 1;
    return read <= READ_AT_MOST && wasAnsweredElsewhere(trace, span);
  };
  /** The pool dropped a bad connection by itself, and another one served the caller. */
  const wasReplaced = (span: SpanIndex, caller: SpanIndex) => {
    if (lastSuccessUs(caller) < trace.endUs(span) || read >= READ_AT_MOST) return false;
    if (!trace.isDatabaseCall(span)) return isInPool(trace, span, caller);
    read += 1;
    const isOfPool =
      isConnectionUpkeep(trace.operation(span)) ||
      failureTexts(trace, span, NO_LINES).some(({ text }) => saysBadConnection(text));
    return isOfPool && isServedLater(trace, caller, span);
  };
  /** A repeated request: the row was there, and the answer came from it. */
  const wasThere = (span: SpanIndex, caller: SpanIndex) => {
    if (!trace.isDatabaseCall(span) || read >= READ_AT_MOST) return false;
    read += 1;
    if (!failureTexts(trace, span, NO_LINES).some(({ text }) => saysDuplicate(text))) return false;
    return !failedAbove(trace, span) && (isReplay(trace, span) || isReadLater(trace, caller, span));
  };
  /** The request says so itself: somebody else was first, and its client has to read again or choose another key. */
  const wasConflict = (span: SpanIndex) => {
    if (read >= READ_AT_MOST || !answersConflict(trace, span)) return false;
    read += 1;
    return saysConflict(trace, span);
  };
  const wasMeant = (span: SpanIndex) => {
    read += 1;
    if (read > READ_AT_MOST) return false;
    if (isOptional(trace, span) || isOfManyWays(trace, span)) return true;
    const isBeside = sendsTelemetry(trace, span) || isBeacon(trace, span) || asksForCloud(trace, span);
    return (isBeside || answersQuestion(trace, span)) && !failedAbove(trace, span);
  };
  return (span) => {
    const caller = trace.parent(span);
    if (caller === undefined) return false;
    if (known[span] === 0) {
      const wasGood =
        isExpected(trace, span) ||
        wasRepaired(span, caller) ||
        wasReplaced(span, caller) ||
        wasAnswer(span) ||
        wasThere(span, caller) ||
        wasConflict(span) ||
        wasMeant(span) ||
        wasRedirected(span, caller);
      known[span] = wasGood ? FORGIVEN : SUFFERED;
    }
    return known[span] === FORGIVEN;
  };
}

/** Some span above failed, or answered with an error. */
function failedAbove(trace: Trace, span: SpanIndex): boolean {
  for (let above = trace.parent(span); above !== undefined; above = trace.parent(above))
    if (trace.failed(above) || trace.httpStatus(above) >= 400) return true;
  return false;
}

/** Stripe's header and the IETF's draft for it, and the names that services give to the same fact. */
const REPLAYED = /\bidempot\w{0,20}[._-](?:replay(?:ed)?|hit|repeat(?:ed)?|duplicate)$|\bdeduplicated$/i;

function isReplay(trace: Trace, span: SpanIndex): boolean {
  for (let above = trace.parent(span); above !== undefined; above = trace.parent(above)) {
    const isSaid = Object.entries(trace.attributesFor(above, REPLAYED)).some(
      ([name, value]) => REPLAYED.test(name) && /^(?:true|1|hit)$/i.test(String(value)),
    );
    if (isSaid) return true;
  }
  return false;
}

/** A pool tests a connection before it lends it, and opens another one. */
function isInPool(trace: Trace, span: SpanIndex, caller: SpanIndex): boolean {
  if (!trace.isInternal(span) || trace.failed(caller) || !isConnectionUpkeep(trace.operation(span))) return false;
  return laterSiblings(trace, span).some((other) => !trace.failed(other) && trace.startUs(other) >= trace.endUs(span));
}

/** The caller read from the same table afterwards. */
function isReadLater(trace: Trace, caller: SpanIndex, span: SpanIndex): boolean {
  const table = tableOf(trace, span);
  if (table === '') return false;
  return trace.children(caller).some((other) => {
    if (trace.failed(other) || !trace.isDatabaseCall(other) || trace.startUs(other) < trace.endUs(span)) return false;
    return tableOf(trace, other) === table && GETS_IT.test(trace.queryShape(other) || trace.operation(other));
  });
}

/** What gets or changes the row that is there: SQL's select and update, MongoDB's finds. */
const GETS_IT = /^\W{0,2}(?:select|update|find\w*|get\w*)\b/i;

function tableOf(trace: Trace, span: SpanIndex): string {
  return queryTable(trace.queryShape(span)) || trace.text(span, 'db.collection.name');
}

/** By the same database. */
function isServedLater(trace: Trace, caller: SpanIndex, span: SpanIndex): boolean {
  const system = trace.databaseSystem(span);
  return trace.children(caller).some((other) => {
    const isServed = trace.isDatabaseCall(other) && !trace.failed(other) && trace.databaseSystem(other) === system;
    return isServed && trace.startUs(other) >= trace.endUs(span) && !isConnectionUpkeep(trace.operation(other));
  });
}

/** When the last of a caller's calls that succeeded began: most that fail have none after them. */
function lastSuccesses(trace: Trace): (caller: SpanIndex) => number {
  const known = new Map<SpanIndex, number>();
  return (caller) => {
    const found = known.get(caller);
    if (found !== undefined) return found;
    let lastUs = Number.NEGATIVE_INFINITY;
    for (const child of trace.children(caller)) {
      if (!trace.failed(child) && trace.startUs(child) > lastUs) lastUs = trace.startUs(child);
    }
    known.set(caller, lastUs);
    return lastUs;
  };
}

/** Later successful calls with the same name. */
function laterOfOneName(trace: Trace, caller: SpanIndex, span: SpanIndex): SpanIndex[] {
  const later: SpanIndex[] = [];
  const endUs = trace.endUs(span);
  for (const child of trace.children(caller)) {
    if (trace.failed(child) || trace.startUs(child) < endUs) continue;
    if (trace.operation(child) === trace.operation(span)) later.push(child);
  }
  return later;
}

/** The first of the spans, which come in order of start, that began then or later. */
function firstFrom(trace: Trace, spans: readonly SpanIndex[], fromUs: number): number {
  return firstPlace(spans.length, (at) => trace.startUs(spans[at] ?? 0) >= fromUs);
}

/** A mapper's span around its query, an attempt's around its call. */
const MOST_WRAPPERS = 3;

/**
 * What distinguishes a call from the next of its kind: the path, or the statement with its values; for a wrapper, those
 * of its call. Empty where nothing does.
 */
export function addressOf(trace: Trace, span: SpanIndex): string {
  let call = span;
  for (let wrapper = 0; wrapper < MOST_WRAPPERS && trace.isInternal(call) && !trace.isDatabaseCall(call); wrapper += 1)
    call = trace.firstChild(call) ?? call;
  return addressOfCall(trace, call);
}

/** The version of the row that an optimistic lock expects. A retry reads the row again, so it expects a later version. */
const VERSION =
  /((?<![\w.])["'`]?(?:_{0,2}v|_?rev|revision|(?:lock_?|row_?)?version|etag)["'`]?\s{0,3}[:=]\s{0,3})(?:"[^"]{0,80}"|'[^']{0,80}'|\d{1,20})/gi;

function addressOfCall(trace: Trace, span: SpanIndex): string {
  if (trace.isDatabaseCall(span)) return withoutComments(trace.text(span, 'db.query.text')).replace(VERSION, '$1?');
  const path = trace.text(span, 'url.path');
  if (path !== '') return path;
  // A request to another instance is still the same request.
  return trace
    .text(span, 'url.full')
    .replace(/^\w+:\/\/[^/?#]*/, '')
    .replace(/[?#].*$/s, '');
}

/** More possible causes of one failure help nobody. */
const MOST_WAYS = 12;

/** Follows the failure down into every failed child, latest end first; into the last attempt of repeated calls. */
function waysDown(failures: Failures, symptom: SpanIndex): Way[] {
  const ways: Way[] = [];
  const open: SpanIndex[][] = [[symptom]];
  for (let way = open.pop(); way !== undefined && ways.length < MOST_WAYS; way = open.pop()) {
    for (;;) {
      const [next, ...others] = decisiveFailures(failures, way.at(-1) ?? symptom);
      if (next === undefined) break;
      const left = MOST_WAYS - ways.length - open.length - 1;
      for (const other of others.slice(0, Math.max(0, left)).reverse()) open.push([...way, other]);
      way.push(next);
    }
    ways.push(way);
  }
  return ways;
}

function withAttempts({ trace, attempts }: Failures, at: SpanIndex): readonly SpanIndex[] {
  const caller = trace.parent(at);
  const all = caller === undefined ? [at] : attempts(caller, at).failed;
  return [at, ...all.filter((attempt) => attempt !== at)];
}

/** One span per failed call, latest end first; without any, the spans that a failure passed through. */
function decisiveFailures(failures: Failures, span: SpanIndex): SpanIndex[] {
  const { trace, attempts, isForgiven, passesThrough } = failures;
  const alike = lastOfEachCall(trace, span);
  let through: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (passesThrough[child] === 1) through = later(trace, child, through);
    if (trace.failed(child) && !isForgiven(child)) alike.add(child);
  }
  const failed = alike.last();
  if (failed.length === 0) return through === undefined ? [] : [through];
  const known = failed.length === 1 ? failed : failed.filter((child) => isKnownAbove(trace, child));
  return (known.length > 0 ? known : failed.slice(0, 1)).map((child) =>
    canBeRefusal(trace, child) ? beforeRefusals(trace, child, attempts(span, child).failed) : child,
  );
}

/** The attempts of one call count once. A few children are compared with each other, without a table. */
function lastOfEachCall(trace: Trace, caller: SpanIndex) {
  const callNumber = trace.childCount(caller) <= FEW ? undefined : callNumbers(trace);
  const last = new Map<number, SpanIndex>();
  const keyOf = (call: SpanIndex) => {
    const isLike = ([, other]: readonly [number, SpanIndex]) =>
      trace.operation(other) === trace.operation(call) && asksTheSame(trace, other, call);
    return callNumber?.(call) ?? [...last].find(isLike)?.[0] ?? call;
  };
  return {
    add(call: SpanIndex) {
      const key = keyOf(call);
      last.set(key, later(trace, call, last.get(key)));
    },
    last: () => [...last.values()].sort((a, b) => trace.endUs(b) - trace.endUs(a) || b - a),
  };
}

function later(trace: Trace, span: SpanIndex, than: SpanIndex | undefined): SpanIndex {
  return than === undefined || trace.endUs(span) >= trace.endUs(than) ? span : than;
}

/** A call that left its caller took this many times as long as a refusal. */
const LEFT_ITS_CALLER = 10;
/** A refusal takes microseconds; this is its duration in a slow runtime. */
const LONGEST_REFUSAL_US = 10_000;

function canBeRefusal(trace: Trace, span: SpanIndex): boolean {
  return trace.durationOfUs(span) <= LONGEST_REFUSAL_US && trace.childCount(span) === 0;
}

/** A circuit breaker refuses at once, without a call. The last attempt that reached the callee shows the reason. */
function beforeRefusals(trace: Trace, decisive: SpanIndex, attempts: readonly SpanIndex[]): SpanIndex {
  const tookUs = trace.durationOfUs(decisive);
  if (attempts.length < 2) return decisive;
  const asked = attempts.findLast(
    (attempt) => trace.childCount(attempt) > 0 || trace.durationOfUs(attempt) > LEFT_ITS_CALLER * Math.max(tookUs, 1),
  );
  return asked ?? decisive;
}
