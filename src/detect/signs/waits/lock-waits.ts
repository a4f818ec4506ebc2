/**
 * Reads waits for a lock from spans, their events, their log lines and the database. Also finds what only suggests a wait:
 * a statement that takes a lock, or a key that is requested repeatedly.
 */

import { keyOf } from '#detect/signs/caches/cache-misses.ts';
import { lockAmountUs, type ServerLine } from '#detect/signs/waits/server-lock-lines.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import {
  isLockCode,
  LOCK_ACQUIRED,
  LOCK_CALLS,
  LOCK_DURATIONS,
  LOCK_EVENT_DURATIONS,
  LOCK_FAILED,
  LOCK_OPERATIONS,
  LOCK_WAIT_EVENTS,
  LOCK_WAITING,
  LOCKING_STATEMENTS,
  WAITS_FOR_NONE,
} from '#model/instruments/lock-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { lockEvidence, lockWaitOf } from '#model/sql/database-evidence.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import type { Attributes, SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { eventText, recordsException, spaced } from '#model/trace/event-text.ts';
import { waitInEvents } from '#model/trace/event-waits.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callGroups } from '#model/trace/views/call-groups.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { type Amount, longestAmount } from '#model/trace/wait-amounts.ts';

export type Wait = Readonly<{
  span: SpanIndex;
  waitUs: number;
  failed: boolean;
  /** The evidence names a lock. False where only the form of a statement, or polling, suggests one. */
  isNamed: boolean;
  /** The evidence, the strongest first. */
  items: readonly EvidenceItem[];
  /** Set for a polled lock: the pauses between the attempts. */
  pauses?: readonly Stretch[];
}>;

type Told = Readonly<{
  lines: readonly LogLine[];
  /** What the database's server says about this wait. */
  server: readonly ServerLine[];
  polled: Wait | undefined;
  databases: readonly DatabaseStatistics[];
  /** Lines of the span that made the call. */
  ofCaller?: readonly LogLine[];
}>;

/** The longest wait that the evidence names. Without any, what only suggests a lock counts. */
export function waitOf(
  trace: Trace,
  span: SpanIndex,
  { lines, server, polled, databases, ofCaller = [] }: Told,
): Wait | undefined {
  const failed = failedLock(trace, span, [...lines, ...server.map(({ line }) => line)]);
  const named = [
    ...recordedWaits(trace, span),
    ...eventWaits(trace, span),
    ...loggedWaits(trace, span, lines),
    ...serverWaits(trace, span, server),
    ...namedWait(trace, span),
    ...shownWait(trace, span, databases),
    ...shownAfterwards(trace, span, ofCaller),
  ].sort((a, b) => b.waitUs - a.waitUs);
  const locking = lockingStatement(trace, span);
  const suggested = [...(polled === undefined ? [] : [polled]), ...locking];
  const [strongest, ...weaker] = [...failed, ...(named.length > 0 ? named : suggested)];
  if (strongest === undefined) return undefined;
  return {
    ...strongest,
    waitUs: weaker.reduce((most, { waitUs }) => Math.max(most, waitUs), strongest.waitUs),
    // A line of the server fits by its time. A statement that takes a lock shows from the other side that it is this one.
    items: [strongest, ...weaker, ...(server.length > 0 && named.length > 0 ? locking : [])].flatMap(
      ({ items }) => items,
    ),
  };
}

export function withOuter(inner: Wait, outer: Wait): Wait {
  return {
    ...inner,
    failed: inner.failed || outer.failed,
    isNamed: inner.isNamed || outer.isNamed,
    items: [...inner.items, ...outer.items],
  };
}

/** Without any record: the lock that the same statement waits for now was already held when this one ran. */
function shownWait(trace: Trace, span: SpanIndex, databases: readonly DatabaseStatistics[]): Wait[] {
  if (databases.length === 0 || !trace.isDatabaseCall(span)) return [];
  const shown = lockWaitOf(databases, trace.queryShape(span), epochEndUs(trace, span));
  if (shown === undefined) return [];
  const waitUs = trace.durationOfUs(span);
  return [{ span, waitUs, failed: trace.failed(span), isNamed: true, items: [lockEvidence(shown)] }];
}

/** A session as the database's view of its sessions shows it: PostgreSQL's pg_stat_activity, SQL Server's requests, Oracle's V$SESSION. */
const BLOCKED_SESSION =
  /\bwait_event(?:_type)?["']?[=:] ?["']?(?:lock|transactionid|tuple|relation)\b|\bblocked by (?:pid|session|spid|transaction) ?\d|\bblocking_session(?:_id)?["']?[=:] ?\d/i;
/**
 * What a warehouse writes for a statement that is over: Snowflake's QUERY_HISTORY, in milliseconds.
 * https://docs.snowflake.com/en/sql-reference/account-usage/query_history
 */
const BLOCKED_TIME = /\btransaction_blocked_time["']?\s?[:= ]\s?(\d{1,3}(?:[,_]\d{3}){1,3}|\d{1,10})(?![\d,])/i;
/** Whoever writes it looks at the database first. */
const LOOKED_WITHIN_US = 1_000_000;

/** The caller writes after a long statement for what its session had waited. Such a view has no time, so all of it counts. */
function shownAfterwards(trace: Trace, span: SpanIndex, ofCaller: readonly LogLine[]): Wait[] {
  if (!trace.isDatabaseCall(span)) return [];
  const caller = trace.parent(span) ?? span;
  const line = ofCaller.find((each) => {
    const atUs = epochUsOf(each) - trace.startEpochUs;
    const isSaid = BLOCKED_SESSION.test(each.line) || blockedUs(each) > 0;
    if (!isSaid || atUs < trace.endUs(span)) return false;
    const isLast = trace
      .children(caller)
      .every((other) => other === span || trace.endUs(other) <= trace.endUs(span) || trace.endUs(other) > atUs);
    return isLast && atUs <= trace.endUs(span) + LOOKED_WITHIN_US;
  });
  return line === undefined
    ? []
    : [named(span, blockedUs(line) || trace.durationOfUs(span), { kind: 'log', ref: line.timeNs, text: line.line })];
}

/** 0 where the line states none. */
function blockedUs({ line }: LogLine): number {
  const [, amount = '0'] = BLOCKED_TIME.exec(line) ?? [];
  return Number(amount.replaceAll(/[,_]/g, '')) * 1_000;
}

export function epochEndUs(trace: Trace, span: SpanIndex): number {
  return trace.startEpochUs + trace.endUs(span);
}

/** Clients poll locks in Redis: `SET lock:7 … NX` repeatedly. Keyed by the last attempt. */
export function polledLocks(trace: Trace): ReadonlyMap<SpanIndex, Wait> {
  const waits = new Map<SpanIndex, Wait>();
  for (const { caller, database, calls } of callGroups(trace)) {
    const [first = caller] = calls;
    if (isNamedWait(trace.operation(caller))) continue; // the whole wait has its own span
    if (!database || calls.length < LEAST_POLLS || !POLL.test(trace.text(first, 'db.query.text'))) continue;
    // Attempts at different keys are different locks.
    for (const ofKey of Map.groupBy(calls, (call) => keyOf(trace, call)).values()) addPoll(trace, caller, ofKey, waits);
  }
  return waits;
}

function addPoll(trace: Trace, caller: SpanIndex, calls: readonly SpanIndex[], waits: Map<SpanIndex, Wait>): void {
  const [first] = calls;
  const last = calls.at(-1);
  if (first === undefined || last === undefined || calls.length < LEAST_POLLS) return;
  const pauses = pathWithin(trace, trace.endUs(first), trace.startUs(last), (span) => span === caller);
  const waitUs = lengthOf(pauses);
  if (waitUs * 2 < trace.startUs(last) - trace.endUs(first)) return;
  const text = `${calls.length} times ${trace.operation(first)} with NX, one after another`;
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(first), text };
  waits.set(last, { span: last, waitUs, failed: false, isNamed: false, pauses, items: [item] });
}

/** Twice may be two locks. */
const LEAST_POLLS = 3;
const POLL = /^(?:setnx\b|set\b.*\bnx\b)/i;

/**
 * A lock that made the call fail. Frameworks often record the exception on the span of the request, as Rails does, and
 * some do not set the status: the wait is then that of the call below.
 */
function failedLock(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait[] {
  const ref = trace.spanId(span);
  const failed = trace.failed(span);
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const said: EvidenceItem[] = [
    ...(failed
      ? [trace.statusText(span), trace.text(span, 'exception.message')].map(
          (text): EvidenceItem => ({ kind: 'span', ref, text }),
        )
      : []),
    ...events
      .filter((event) => failed || recordsException(event))
      .map((event): EvidenceItem => ({ kind: 'event', ref, text: textOf(event) })),
    ...(failed ? lines : []).map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  const items = [
    ...said.filter(({ text }) => LOCK_FAILED.test(text) || LOCK_FAILED.test(spaced(text))),
    ...(failed ? codeOfLock(trace, span) : []),
  ];
  const waiter = items.length === 0 ? undefined : waiterBelow(trace, span);
  return waiter === undefined
    ? []
    : [{ span: waiter, waitUs: trace.durationOfUs(waiter), failed: true, isNamed: true, items }];
}

function codeOfLock(trace: Trace, span: SpanIndex): EvidenceItem[] {
  const code = trace.text(span, 'db.response.status_code');
  if (code === '' || !trace.isDatabaseCall(span) || !isLockCode(trace.databaseSystem(span), code)) return [];
  return [{ kind: 'span', ref: trace.spanId(span), text: `db.response.status_code = ${code}, a lock` }];
}

function textOf(event: SpanEvent): string {
  const type = canonicalText(event.attributes, 'exception.type');
  return type === '' ? eventText(event) : `${eventText(event)} (${type})`;
}

/** The failed call, or else the database call that took most of the time; itself where there is none. */
function waiterBelow(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  let at = span;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const failed = trace.children(at).findLast((child) => trace.failed(child));
    // Its own words say why it failed, unless it is code of the same service that wrapped the exception.
    if (failed !== undefined && !isCode(trace, at, failed) && failureTexts(trace, failed, new Map()).length > 0)
      return undefined;
    const next = failed ?? longestChild(trace, at);
    if (next === undefined) return trace.isDatabaseCall(at) ? at : span;
    at = next;
  }
  return span;
}

const MOST_LEVELS = 10;

function isCode(trace: Trace, span: SpanIndex, child: SpanIndex): boolean {
  return trace.isOfOneService(span, child) && !trace.isCall(child) && !trace.isDatabaseCall(child);
}

/** With at least half of the time. */
function longestChild(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  let longest: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (trace.durationOfUs(child) > trace.durationOfUs(longest ?? child) || longest === undefined) longest = child;
  }
  return longest !== undefined && trace.durationOfUs(longest) * 2 >= trace.durationOfUs(span) ? longest : undefined;
}

/** A wait that the evidence names. */
function named(span: SpanIndex, waitUs: number, item: EvidenceItem): Wait {
  return { span, waitUs, failed: false, isNamed: true, items: [item] };
}

function recordedWaits(trace: Trace, span: SpanIndex): Wait[] {
  const told = [longestAmount(trace.attributesFor(span, LOCK_DURATIONS), LOCK_DURATIONS), waitEventIn(trace, span)];
  return told.flatMap((amount) => {
    if (amount === undefined) return [];
    const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: amount.text };
    return [named(span, Math.min(amount.us, trace.durationOfUs(span)), item)];
  });
}

/**
 * The database's wait event, on the span or on an event of it: `wait_event_type` of PostgreSQL, `LCK_M_X` of SQL Server,
 * `enq: TX` of Oracle.
 */
function waitEventIn(trace: Trace, span: SpanIndex): Amount | undefined {
  const ofSpan = waitEvent(trace.attributesFor(span, WAIT_NAME));
  if (ofSpan !== undefined) return { us: trace.durationOfUs(span), text: ofSpan };
  for (const { attributes } of trace.hasEvents(span) ? trace.events(span) : []) {
    const text = waitEvent(attributes);
    if (text === undefined) continue;
    return { us: longestAmount(attributes, LOCK_EVENT_DURATIONS)?.us ?? trace.durationOfUs(span), text };
  }
  return undefined;
}

const WAIT_NAME =
  /wait[._]?(?:event|type|class|reason|state|resource|for|on)|waiting_?(?:for|on)|(?:session|thread|processlist)[._]state$/i;

function waitEvent(attributes: Attributes): string | undefined {
  const told = Object.entries(attributes).find(
    ([name, value]) => WAIT_NAME.test(name) && LOCK_WAIT_EVENTS.test(String(value)),
  );
  return told === undefined ? undefined : `${told[0]} = ${told[1]}`;
}

function eventWaits(trace: Trace, span: SpanIndex): Wait[] {
  const told = waitInEvents(trace, span, {
    asks: LOCK_WAITING,
    has: LOCK_ACQUIRED,
    amounts: LOCK_EVENT_DURATIONS,
  });
  return told === undefined ? [] : [named(span, told.waitUs, told.item)];
}

/** One wait for each log line that shows one, up to the line that has the lock. */
function loggedWaits(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait[] {
  const waits: Wait[] = [];
  let untilUs = trace.endUs(span);
  for (const line of lines.toReversed()) {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    const isOver = LOCK_ACQUIRED.test(line.line) || /\block wait of\b/i.test(line.line);
    // Some databases log a wait only later or when it is over: `still waiting for ShareLock … after 1000.123 ms`.
    const beforeUs = lockAmountUs(line.line);
    if (LOCK_WAITING.test(line.line) || (isOver && beforeUs > 0)) {
      const afterUs = isOver ? 0 : Math.max(0, Math.round(untilUs - atUs));
      const waitUs = Math.min(afterUs + beforeUs, trace.durationOfUs(span));
      waits.push(named(span, waitUs, { kind: 'log', ref: line.timeNs, text: line.line }));
    }
    if (LOCK_ACQUIRED.test(line.line)) untilUs = atUs;
  }
  return waits.reverse();
}

function serverWaits(trace: Trace, span: SpanIndex, server: readonly ServerLine[]): Wait[] {
  const unsure = new Set(server.flatMap(({ line, isUnsure }) => (isUnsure ? [line.timeNs] : [])));
  const lines = server.map(({ line }) => line);
  return loggedWaits(trace, span, lines).map((wait) => {
    return { ...wait, items: wait.items.map((item) => (unsure.has(item.ref) ? { ...item, unsure: true } : item)) };
  });
}

function isNamedWait(operation: string): boolean {
  return LOCK_OPERATIONS.test(operation) || LOCK_CALLS.test(operation);
}

/** A span that is only the wait. */
function namedWait(trace: Trace, span: SpanIndex): Wait[] {
  const name = trace.operation(span);
  const missed = missedLock(trace, span);
  if (missed !== undefined) return [named(span, trace.durationOfUs(span), missed)];
  const isNamed = LOCK_CALLS.test(name) || (!trace.isDatabaseCall(span) && LOCK_OPERATIONS.test(name));
  if (!isNamed && !isOfNamedLock(trace, span)) return [];
  return [named(span, trace.durationOfUs(span), { kind: 'span', ref: trace.spanId(span), text: name })];
}

/** `lock cron:settle` with the attribute `lock.name`, which polls its store: nothing below it is the work of the holder. */
function isOfNamedLock(trace: Trace, span: SpanIndex): boolean {
  const name = trace.operation(span);
  if (trace.isDatabaseCall(span) || !TAKES_LOCK.test(spaced(name))) return false;
  if (!trace.hasAttribute(span, NAMES_LOCK)) return false;
  const busyUs = trace.children(span).reduce((sum, child) => sum + trace.durationOfUs(child), 0);
  return 2 * busyUs < trace.durationOfUs(span);
}

/** Not where the lock is held: `with lock`, `unlock`, `release lock`, `renew lock`. */
const TAKES_LOCK =
  /^(?!.{0,60}\b(?:with|using|un_?lock|releas\w*|renew\w*|extend\w*|refresh\w*|hold\w*|critical)\b).{0,60}\b(?:acquire|obtain|take|try ?)?(?:lock|mutex|lease|leader)\b/i;
const NAMES_LOCK = /(?:^|[._])(?:lock|mutex|lease)[._](?:name|key|id|resource|acquired|obtained|owner|holder)$/i;

/** A span that waits and records a lock that it did not get: `lock.acquired = false`. */
function missedLock(trace: Trace, span: SpanIndex): EvidenceItem | undefined {
  if (trace.isDatabaseCall(span) || !/\bwait/i.test(spaced(trace.operation(span)))) return undefined;
  const told = Object.entries(trace.attributesFor(span, MISSED)).find(
    ([name, value]) => MISSED.test(name) && (value === false || value === 'false'),
  );
  if (told === undefined) return undefined;
  return { kind: 'span', ref: trace.spanId(span), text: `${trace.operation(span)}: ${told[0]} = ${told[1]}` };
}

const MISSED = /(?:^|[._])(?:lock|mutex|lease)[._](?:acquired|obtained|held|owned|granted)$/i;

function lockingStatement(trace: Trace, span: SpanIndex): Wait[] {
  const statement = trace.isDatabaseCall(span) ? trace.text(span, 'db.query.text') : '';
  if (!LOCKING_STATEMENTS.test(statement) || WAITS_FOR_NONE.test(statement)) return [];
  const text = trace.queryShape(span) || trace.operation(span); // the shape: values of rows are nobody's business
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text };
  return [{ span, waitUs: trace.durationOfUs(span), failed: false, isNamed: false, items: [item] }];
}
