/**
 * Reads waits for a lock from spans, their events, their log lines and the database. Also finds what only suggests a wait:
 * a statement that takes a lock, or a key that is requested repeatedly.
 */

import { keyOf } from '#detect/signs/cache-misses.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { lockEvidence, lockWaitOf } from '#model/sql/database-evidence.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import { waitInEvents } from '#model/trace/event-waits.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callGroups } from '#model/trace/views/call-groups.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { type Amount, longestAmount, saidAmountUs } from '#model/trace/wait-amounts.ts';

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

/** How runtimes and databases log a wait for a lock that succeeded. */
const WAITING =
  /\b(?:wait(?:s|ed|ing)?|blocked)\b.{0,40}\b(?:\w*(?<!b|c|un|dead)locks?|mutex|latch|semaphore)\b|\block wait(?:s|ing)?\b|\bblocked by (?:pid|transaction|session|query)\b/i;
const ACQUIRED =
  /\b(?:acquired|got|obtained|granted|released)\b.{0,20}\b(?:\w*lock|mutex|latch|semaphore)\b|\block (?:acquired|obtained|granted)\b/i;
/**
 * Messages of a lock that made the call fail: MySQL 1205 and 1213, PostgreSQL 55P03, 40P01 and its lock_timeout, Oracle
 * ORA-00054 and ORA-00060, SQL Server 1205 and 1222, SQLite's busy, MongoDB's write conflict.
 */
const LOCK_FAILED =
  /lock wait timeout exceeded|deadlock (?:found|detected)|was deadlocked on lock|could not obtain lock|due to lock timeout|lock request time ?out|database is locked|ORA-000(?:54|60)\b|lock timeout|(?:failed|unable) to (?:acquire|obtain|get) (?:the |a )?lock|could not acquire (?:the |a )?lock|lock acquisition (?:failed|timed? ?out)|nowait is set|\bwrite ?conflict\b/i;
/** Statements that take a lock before they read. A slow one was waiting. */
const LOCKING_STATEMENT =
  /\bfor (?:no key )?update\b|\bfor (?:key )?share\b|\block table|\block in share mode\b|\bpg_advisory_(?:xact_)?lock\b|\bget_lock ?\(|\bwith ?\([^)]{0,80}\b(?:updlock|xlock|tablockx|holdlock)\b/i;
/** Such statements take what is free, or fail at once. */
const WAITS_FOR_NONE = /\b(?:skip locked|nowait)\b/i;
/**
 * Spans that are only the wait. Each character may match in one way only; otherwise a name of underscores would take
 * minutes. So separators match as one run, and an underscore belongs to the word.
 */
const LOCK_SPAN =
  /^(?=.{1,120}$)(?:acquire|wait(?:ing)?(?: for)?|obtain|take|enter)?[ ._:-]*(?![ ._:-])(?:\w+\.){0,3}(?:[\w-]+[ .:-])?(?:(?!(?:un|b|c|dead)lock)\w*lock|\w*mutex|(?:\w*_)?(?:semaphore\w*|latch))(?:[ ._:-](?:acquire|wait(?:async)?|lock|enter|try_?lock))?$/i;
/** `db.lock.wait_ms`, `lock_wait_time_us`, `lockWaitMs`, `mutex.wait.seconds`: the unit is the name's last word. */
const WAIT_ATTRIBUTE =
  /(?:lock|mutex|latch).{0,60}wait[\w.]{0,40}?(?:[._](ns|us|ms|milliseconds|s|seconds)|(ms|milliseconds|seconds))$/i;

type Told = Readonly<{
  lines: readonly LogLine[];
  polled: Wait | undefined;
  databases: readonly DatabaseStatistics[];
}>;

/** The longest wait that the evidence names. Without any, what only suggests a lock counts. */
export function waitOf(trace: Trace, span: SpanIndex, { lines, polled, databases }: Told): Wait | undefined {
  const failed = failedLock(trace, span, lines);
  const named = [
    ...recordedWaits(trace, span),
    ...eventWaits(trace, span),
    ...loggedWaits(trace, span, lines),
    ...namedWait(trace, span),
  ].sort((a, b) => b.waitUs - a.waitUs);
  const suggested = polled ?? lockingStatement(trace, span) ?? shownWait(trace, span, databases);
  const [longest] = named;
  const strongest = failed ?? longest ?? suggested;
  if (strongest === undefined) return undefined;
  const waitUs = Math.max(strongest.waitUs, longest?.waitUs ?? 0);
  return {
    ...strongest,
    waitUs,
    items: [...(failed?.items ?? []), ...(named.length > 0 ? named : [suggested]).flatMap((one) => one?.items ?? [])],
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
function shownWait(trace: Trace, span: SpanIndex, databases: readonly DatabaseStatistics[]): Wait | undefined {
  if (databases.length === 0 || !trace.isDatabaseCall(span)) return undefined;
  const shown = lockWaitOf(databases, trace.queryShape(span), epochEndUs(trace, span));
  return (
    shown && {
      span,
      waitUs: trace.durationOfUs(span),
      failed: trace.failed(span),
      isNamed: true,
      items: [lockEvidence(shown)],
    }
  );
}

export function epochEndUs(trace: Trace, span: SpanIndex): number {
  return trace.startEpochUs + trace.endUs(span);
}

/** Clients poll locks in Redis: `SET lock:7 … NX` repeatedly. Keyed by the last attempt. */
export function polledLocks(trace: Trace): ReadonlyMap<SpanIndex, Wait> {
  const waits = new Map<SpanIndex, Wait>();
  for (const { caller, database, calls } of callGroups(trace)) {
    const [first = caller] = calls;
    if (LOCK_SPAN.test(trace.operation(caller))) continue; // the whole wait has its own span
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

function failedLock(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait | undefined {
  if (!trace.failed(span) || [...trace.children(span)].some((child) => trace.failed(child))) return undefined;
  const ref = trace.spanId(span);
  const said: EvidenceItem[] = [
    { kind: 'span', ref, text: trace.statusText(span) },
    { kind: 'span', ref, text: trace.text(span, 'exception.message') },
    ...trace.events(span).map((event): EvidenceItem => ({ kind: 'event', ref, text: eventText(event) })),
    ...lines.map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  const items = said.filter(({ text }) => LOCK_FAILED.test(spaced(text)));
  return items.length === 0
    ? undefined
    : { span, waitUs: trace.durationOfUs(span), failed: true, isNamed: true, items };
}

/** A wait that the evidence names. */
function named(span: SpanIndex, waitUs: number, item: EvidenceItem): Wait {
  return { span, waitUs, failed: false, isNamed: true, items: [item] };
}

function recordedWaits(trace: Trace, span: SpanIndex): Wait[] {
  const told = [longestAmount(trace.attributes(span), WAIT_ATTRIBUTE), waitEventIn(trace, span)];
  return told.flatMap((amount) => {
    if (amount === undefined) return [];
    const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: amount.text };
    return [named(span, Math.min(amount.us, trace.durationOfUs(span)), item)];
  });
}

/** The database's wait event: `wait_event_type` of PostgreSQL, `LCK_M_X` of SQL Server, `enq: TX` of Oracle. */
function waitEventIn(trace: Trace, span: SpanIndex): Amount | undefined {
  const told = Object.entries(trace.attributes(span)).find(
    ([name, value]) => /wait_?(?:event|type)/i.test(name) && LOCK_WAIT.test(String(value)),
  );
  return told === undefined ? undefined : { us: trace.durationOfUs(span), text: `${told[0]} = ${told[1]}` };
}

const LOCK_WAIT = /^(?:lock|transactionid|tuple|LCK_\w+|enq: T[XM]\b.*)$/i;

function eventWaits(trace: Trace, span: SpanIndex): Wait[] {
  const told = waitInEvents(trace, span, { asks: WAITING, has: ACQUIRED, amounts: WAIT_ATTRIBUTE });
  return told === undefined ? [] : [named(span, told.waitUs, told.item)];
}

/** One wait for each log line that shows one, up to the line that has the lock. */
function loggedWaits(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait[] {
  const waits: Wait[] = [];
  let untilUs = trace.endUs(span);
  for (const line of lines.toReversed()) {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    const isOver = ACQUIRED.test(line.line) || /\block wait of\b/i.test(line.line);
    // Some databases log a wait only later or when it is over: `still waiting for ShareLock … after 1000.123 ms`.
    const beforeUs = saidAmountUs(line.line);
    if (WAITING.test(line.line) || (isOver && beforeUs > 0)) {
      const afterUs = isOver ? 0 : Math.max(0, Math.round(untilUs - atUs));
      const waitUs = Math.min(afterUs + beforeUs, trace.durationOfUs(span));
      waits.push(named(span, waitUs, { kind: 'log', ref: line.timeNs, text: line.line }));
    }
    if (ACQUIRED.test(line.line)) untilUs = atUs;
  }
  return waits.reverse();
}

/** A span that is only the wait. */
function namedWait(trace: Trace, span: SpanIndex): Wait[] {
  const name = trace.operation(span);
  if (trace.isDatabaseCall(span) || !LOCK_SPAN.test(name)) return [];
  return [named(span, trace.durationOfUs(span), { kind: 'span', ref: trace.spanId(span), text: name })];
}

function lockingStatement(trace: Trace, span: SpanIndex): Wait | undefined {
  const statement = trace.isDatabaseCall(span) ? trace.text(span, 'db.query.text') : '';
  if (!LOCKING_STATEMENT.test(statement) || WAITS_FOR_NONE.test(statement)) return undefined;
  const text = trace.queryShape(span) || trace.operation(span); // the shape: values of rows are nobody's business
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text };
  return { span, waitUs: trace.durationOfUs(span), failed: false, isNamed: false, items: [item] };
}
