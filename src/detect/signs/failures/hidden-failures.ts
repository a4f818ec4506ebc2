/** Failed calls that their caller hid behind a successful answer. */

import { wasMendedLater, wasProcessedAgain } from '#detect/signs/attempts/later-attempts.ts';
import { answersNobody } from '#detect/signs/calls/unread-answers.ts';
import { thrownCalls } from '#detect/signs/failures/thrown-calls.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { type LogLine, NO_LINES } from '#model/logs/log-line.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import { isDuplicateCode, saysDuplicate } from '#model/sql/duplicate-key.ts';
import { queryTable } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { namesOnlyMethod, pathOf } from '#model/trace/views/answered-elsewhere.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { isCellular } from '#model/trace/views/device.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureMessage, failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { isOpenedConnection } from '#model/trace/views/stream-nature.ts';

/** The failed calls that one operation hid, and the runs of it that hid them. */
type Hidden = { entry: SpanIndex; entries: Set<SpanIndex>; calls: SpanIndex[] };

export function hiddenByOperation(trace: Trace, logs: readonly LogLine[] = []): ReadonlyMap<number, Hidden> {
  const byOperation = new Map<number, Hidden>();
  const operationNumber = callNumbers(trace);
  const gotItElsewhere = gotElsewhere(trace);
  // Attempts at one call count together. For a failure from further below, only the topmost failed call counts.
  const failed = errorOrigins(trace).map(({ spans, symptom, path }) => (path.length === 0 ? spans : [symptom]));
  for (const calls of [...failed, thrownCalls(trace)]) {
    for (const call of calls) {
      const entry = hidingEntry(trace, call, logs);
      if (
        entry === undefined ||
        gotItElsewhere(call) ||
        wasAskedOtherwise(trace, call) ||
        wasProcessedAgain(trace, entry) ||
        wasMendedLater(trace, call)
      )
        continue;
      const key = operationNumber(entry);
      const known = byOperation.get(key);
      if (known === undefined) byOperation.set(key, { entry, entries: new Set([entry]), calls: [call] });
      else {
        known.calls.push(call);
        known.entries.add(entry);
      }
    }
  }
  for (const { calls } of byOperation.values()) calls.sort((a, b) => a - b);
  return byOperation;
}

/** An extension of the browser did not send it: https://chromium.googlesource.com/chromium/src/+/main/net/base/net_error_list.h */
const BLOCKED_BY_USER = /\bERR_BLOCKED_BY_CLIENT\b/;

function wasBlockedByUser(trace: Trace, call: SpanIndex): boolean {
  return failureTexts(trace, call, NO_LINES).some(({ text }) => BLOCKED_BY_USER.test(text));
}

/** Work inside a service is seldom nested deeper. */
const MOST_LEVELS = 50;

/** The request whose answer hides the failed call. Undefined where nobody waited for the call or the failure was passed on. */
function hidingEntry(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): SpanIndex | undefined {
  if (answersNobody(trace, call, logs) || wasBlockedByUser(trace, call)) return undefined;
  const entry = entryAbove(trace, call);
  return entry === undefined || isOfUser(trace, entry, call) ? undefined : entry;
}

function entryAbove(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isAwaited(call) || trace.kind(caller) === 'producer') return undefined;
  if (trace.endUs(call) > trace.endUs(caller) && !isTimedOutRead(trace, call)) return undefined;
  let entry = caller;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    if (trace.failed(entry) || trace.httpStatus(entry) >= 400 || isUnknown(trace, entry)) return undefined;
    const above = trace.parent(entry);
    const kind = trace.kind(entry);
    // The answer opened the connection, before any message came.
    if (isOpenedConnection(trace, entry)) return undefined;
    if (above === undefined || kind === 'server' || kind === 'consumer') break;
    if (trace.service(above) !== trace.service(entry)) break;
    entry = above;
  }
  return entry;
}

/**
 * Names of a page that loads: OpenTelemetry, Sentry (`pageload`), Elastic APM (`page-load`, `route-change`), Splunk (`routeChange`).
 * https://www.npmjs.com/package/@opentelemetry/instrumentation-document-load
 */
const PAGE_LOAD = /^(?:document_?(?:Load|Fetch)|page[-_ ]?load|route[-_ ]?change)$/i;

/**
 * A page that loads, or a screen of a phone on a cellular line: it answers nobody, so its code hides nothing from a caller.
 * What its user misses is the failed call itself.
 */
function isOfUser(trace: Trace, entry: SpanIndex, call: SpanIndex): boolean {
  if (entry !== trace.root || trace.kind(entry) === 'server') return false;
  // The status of a page is that of its document: nothing in it speaks of the rest.
  return PAGE_LOAD.test(trace.operation(entry)) || (trace.httpStatus(entry) === 0 && isCellular(trace, call));
}

/** It stands for a root that never came: nobody knows how that ended. */
function isUnknown(trace: Trace, entry: SpanIndex): boolean {
  return entry === trace.root && trace.repairs.lostRoot > 0;
}

/** Reads serve the answer. If the answer came before the read timed out, it lacks the data. */
function isTimedOutRead(trace: Trace, call: SpanIndex): boolean {
  const method = trace.text(call, 'http.request.method') || trace.operation(call);
  return (
    /^(?:GET|HEAD)\b/i.test(method) && saysTimedOut(trace, call, failureMessage(trace, call, NO_LINES)?.text ?? '')
  );
}

/** Compares this many successful calls, the last ones first. */
const MOST_COMPARED = 50;

/** Whether the database refused a row because one with its key is there already. The caller may have counted on it. */
export function isDuplicate(trace: Trace, call: SpanIndex): boolean {
  if (!trace.isDatabaseCall(call)) return false;
  const code = trace.text(call, 'db.response.status_code');
  if (trace.failed(call) && isDuplicateCode(trace.databaseSystem(call), code)) return true;
  return failureTexts(trace, call, NO_LINES).some(({ text }) => saysDuplicate(text));
}

/**
 * The row was there already because the message or the request came before: the table is made to notice that, or a line
 * of the service says so.
 */
export function isKnownRepeat(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): boolean {
  if (NOTES_REPEATS.test(queryTable(trace.queryShape(call)) || trace.operation(call))) return true;
  if (wasRedelivered(trace, call)) return true;
  const service = trace.service(call);
  return logs.some((line) => line.service === service && isCertain(line) && SAYS_REPEAT.test(line.line));
}

/** Flags and counters of RabbitMQ, Kafka's retries, SQS, Pub/Sub, NATS and Service Bus. */
const REDELIVERED = /(?:^|[._])(?:is_?)?redeliver(?:ed|y)$/i;
const DELIVERIES = /(?:^|[._])(?:delivery_?(?:attempt|count)|approximate_?receive_?count|num_?delivered)$/i;

/** The broker delivered the message once more: its first delivery may have written the row. */
function wasRedelivered(trace: Trace, call: SpanIndex): boolean {
  let above = trace.parent(call);
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1, above = trace.parent(above)) {
    if (trace.kind(above) !== 'consumer') continue;
    return Object.entries(trace.attributes(above)).some(([name, value]) =>
      REDELIVERED.test(name) ? /^(?:true|1)$/i.test(String(value)) : DELIVERIES.test(name) && Number(value) > 1,
    );
  }
  return false;
}

/** `processed_events`, `idempotency_keys`, `inbox`: the patterns of the idempotent consumer (microservices.io) and of Stripe. */
const NOTES_REPEATS =
  /(?:^|[^a-z])(?:processed|handled|seen|consumed|received|dedup(?:e|lication)?|idempoten(?:t|cy|ce)|inbox)(?:$|[^a-z])/i;
const SAYS_REPEAT =
  /\balready (?:been )?(?:processed|handled|applied|seen|recorded|stored|saved|persisted|charged|delivered|known|booked|paid|registered|imported|inserted|signed(?: up)?|voted|subscribed|confirmed|claimed|redeemed|submitted|enrol?led)\b|\b(?:known|exists|duplicate|twice)\b.{0,60}\b(?:ack(?:ed|nowledg(?:ed|ing))?|nothing to do|no-?op)\b|\b(?:duplicate|repeated) (?:delivery|event|message|request|webhook|notification|submission|submit|order|payment)\b|\bidempoten(?:t|cy)\b.{0,40}\b(?:hit|replay|match|return|exist)|\bsame (?:idempotency )?(?:key|request|message|event|delivery)\b.{0,60}\b(?:as|again|before|earlier)\b|\b(?:same|first|earlier|previous|stored|original) (?:answer|response|result|reply)\b.{0,20}\b(?:again|returned|given|replayed|repeated|sent)\b|\b(?:stored|written|created|handled|made) by (?:the |an )?(?:first|earlier|previous|original) (?:delivery|request|attempt|message|try)\b/i;

/**
 * Whether something else gave the answer later: the store behind a cache, the same operation of another callee, or
 * the row that was there already.
 */
export function gotElsewhere(trace: Trace): (call: SpanIndex) => boolean {
  const isCache = trace.databaseTest((system) => CACHE_SYSTEMS.has(system));
  const known = new Map<SpanIndex, readonly SpanIndex[]>();
  return (call) => {
    const caller = trace.parent(call);
    if (caller === undefined || trace.childCount(caller) === 1) return false;
    const good = known.get(caller) ?? goodCalls(trace, caller);
    known.set(caller, good);
    const endUs = trace.endUs(call);
    const isShort = asksForWhole(trace, call);
    return good.some((other) => {
      if (trace.startUs(other) < endUs) return lostHedge(trace, call, other);
      if (isShort && isOfOneStore(trace, call, other)) return true;
      if (isCache(call)) return !isCache(other);
      if (isDuplicate(trace, call)) return isAboutSameTable(trace, call, other);
      return !trace.isDatabaseCall(call) && isSameCallElsewhere(trace, call, other);
    });
  };
}

/** RFC 9110: the resource is there, and the callee does not offer this method, this form or this encoding of it. */
const ASK_OTHERWISE: ReadonlySet<number> = new Set([405, 406, 415, 501]);

/** The callee does not know the method, and the caller then got the same resource by another one: a GET after a HEAD. */
export function wasAskedOtherwise(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || !ASK_OTHERWISE.has(trace.httpStatus(call))) return false;
  const path = pathOf(trace, call);
  return goodCalls(trace, caller).some((other) => {
    if (trace.startUs(other) < trace.endUs(call) || trace.httpStatus(other) >= 400) return false;
    return trace.peer(other) === trace.peer(call) && path !== '' && path === pathOf(trace, other);
  });
}

const CANCELLED = /cancel|abort/i;
/** The winner's answer ends the other call at once. */
const CANCELLED_WITHIN_US = 20_000;

/** Whether it lost against another call of its caller. */
export function lostAnyHedge(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isCall(call)) return false;
  return goodCalls(trace, caller).some((other) => lostHedge(trace, call, other));
}

/** The caller sent the same call twice, to one host or two, took the first answer, and cancelled this one. */
function lostHedge(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  if (trace.operation(call) !== trace.operation(other)) return false;
  if (trace.peer(call) !== trace.peer(other) && !isSamePath(trace, call, other)) return false;
  const isAtOnce = Math.abs(trace.endUs(call) - trace.endUs(other)) <= CANCELLED_WITHIN_US;
  if (!isAtOnce || trace.isDatabaseCall(call)) return false;
  const said = failureTexts(trace, call, NO_LINES).map(({ text }) => text);
  return [trace.text(call, 'error.type'), ...said].some((text) => CANCELLED.test(text));
}

/** A gateway asks a second language model where the first one is overloaded. The span's name holds the model. */
export function wasAskedOfOtherModel(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  const task = trace.text(call, 'gen_ai.operation.name');
  if (caller === undefined || task === '') return false;
  return goodCalls(trace, caller).some(
    (other) => trace.startUs(other) >= trace.endUs(call) && trace.text(other, 'gen_ai.operation.name') === task,
  );
}

/** So many others have to answer: two or three calls at once may be parts of one page. */
const FEWEST_OTHERS = 3;

/**
 * Whether the caller asked several others for the same thing at the same time, and they answered: bidders of an auction,
 * carriers for a quote. It may leave out the late ones. Shards of a search look the same, and there a part is missing.
 */
export function isOneOfMany(trace: Trace, call: SpanIndex): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || trace.isDatabaseCall(call)) return false;
  const others = goodCalls(trace, caller).filter((other) => isAskedBeside(trace, call, other));
  return new Set(others.map((other) => trace.peer(other))).size >= FEWEST_OTHERS;
}

/** Of those asked, so many answered: the answer is whole without the late ones. */
const MOST_ANSWERED = 0.75;
/** A call ends soon after the limit that its caller gave it. */
const NEAR_LIMIT = 0.1;
/** The limit stands at the call, at the span around the calls, or at the request. */
const LIMIT_LEVELS = 4;
/** Limits of a collection: OpenRTB's `tmax`, `collect.timeout_ms`, `budget_ms`. In milliseconds. */
const COLLECTS_FOR = /(?:^|[._])(?:tmax|time_?out|deadline|budget|wait|max_?wait)(?:[._-]?ms)?$/i;

/**
 * Whether it was asked beside many others, did not answer within the limit on record, and most others did: an auction, a
 * search over suppliers. The caller takes what comes in time.
 */
export function cameTooLate(trace: Trace, call: SpanIndex, entry: SpanIndex): boolean {
  const caller = trace.parent(call);
  if (caller === undefined || trace.isDatabaseCall(call) || trace.httpStatus(call) !== 0) return false;
  const ms = trace.durationOfUs(call) / 1000;
  let above: SpanIndex | undefined = call;
  let isAtLimit = false;
  for (let level = 0; level < LIMIT_LEVELS && above !== undefined && !isAtLimit; level += 1) {
    const span: SpanIndex = above;
    isAtLimit = Object.keys(trace.attributes(span)).some((name) => {
      const limit = COLLECTS_FOR.test(name) ? (trace.number(span, name) ?? 0) : 0;
      return limit > 0 && Math.abs(ms - limit) <= NEAR_LIMIT * limit;
    });
    if (span === entry) break;
    above = trace.parent(span);
  }
  if (!isAtLimit) return false;
  const beside = [...trace.children(caller).subarray(0, MOST_COMPARED)].filter(
    (other) => other !== call && isAskedBeside(trace, call, other),
  );
  const answered = beside.filter((other) => !trace.failed(other));
  return answered.length >= FEWEST_OTHERS && answered.length >= MOST_ANSWERED * (beside.length + 1);
}

function isAskedBeside(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const isAtOnce = trace.startUs(other) < trace.endUs(call) && trace.startUs(call) < trace.endUs(other);
  const operation = trace.operation(call);
  if (!isAtOnce || operation !== trace.operation(other) || trace.peer(call) === trace.peer(other)) return false;
  const path = pathOf(trace, call);
  return !namesOnlyMethod(operation) || (path !== '' && path === pathOf(trace, other));
}

/**
 * The store does not know the short form of a call, or another node has the key: each client sends it again in whole.
 *
 *  Redis NOSCRIPT, MOVED, ASK   https://redis.io/docs/latest/develop/programmability/eval-intro/
 *  CQL Unprepared (0x2500)      https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec
 */
const ASKS_FOR_WHOLE =
  /\bNOSCRIPT\b|\b(?:MOVED|ASK) \d{1,5} |\bunprepared\b|\bprepared query with ID \S{1,64} not found\b/i;

function asksForWhole(trace: Trace, call: SpanIndex): boolean {
  return failureTexts(trace, call, NO_LINES).some(({ text }) => ASKS_FOR_WHOLE.test(text));
}

function isOfOneStore(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  return trace.isDatabaseCall(other) && trace.databaseSystem(call) === trace.databaseSystem(other);
}

function isAboutSameTable(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const table = queryTable(trace.queryShape(call));
  return table !== '' && table === queryTable(trace.queryShape(other));
}

/** The last calls of the caller that succeeded. */
function goodCalls(trace: Trace, caller: SpanIndex): SpanIndex[] {
  const children = trace.children(caller);
  const good: SpanIndex[] = [];
  for (let at = children.length - 1; at >= 0 && good.length < MOST_COMPARED; at -= 1) {
    const child = children[at] ?? caller;
    if (!trace.failed(child) && (trace.isCall(child) || trace.isDatabaseCall(child))) good.push(child);
  }
  return good;
}

function isSameCallElsewhere(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const operation = trace.operation(call);
  if (operation !== trace.operation(other) || trace.peer(call) === trace.peer(other)) return false;
  return !namesOnlyMethod(operation) || isSamePath(trace, call, other);
}

/** Another host, asked for the same thing: the path has more than one part, or a value. */
function isSamePath(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  const path = pathOf(trace, call);
  return /^\/[^/]+\/[^/]/.test(path) && path === pathOf(trace, other);
}
