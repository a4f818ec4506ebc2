/**
 * A call does nothing but wait until somebody else lets go of a lock.
 *
 *   [ UPDATE inventory …                                ]  inventory   ← the service whose transaction must change
 *     · Waiting for lock behind 7 transactions
 *       ~~~~~~~~~~~~~~~~~ the wait ~~~~~~~~~~~~~
 *                                               · Acquired lock
 *
 * The wait is taken from what the span, its events or its log lines say; a locking statement that is slow counts as a
 * wait as a whole, for nothing else explains why a read of few rows takes long.
 */
import { defineDetector } from '#detect/detector.ts';
import { lockEvidence, lockWaitOf, sessionText } from '#model/database-evidence.ts';
import type { DatabaseStatistics } from '#model/database-statistics.ts';
import { durationText } from '#model/duration.ts';
import type { EvidenceItem, Stretch } from '#model/finding.ts';
import { type LogLine, linesBySpan } from '#model/log-line.ts';
import { lengthOf, pathWithin } from '#model/path-within.ts';
import { queryLabel } from '#model/query-shape.ts';
import type { Attributes, SpanIndex, Trace } from '#model/trace.ts';

export const lockContention = defineDetector({
  id: 'lock-contention',
  title: 'Lock contention',
  why: 'Requests queue behind one another, so that the wait grows with the load and a faster query helps little.',
  runbook: 'runbooks/lock-contention.md',
  clear: 'no span, event or log line speaks of a wait for a lock',
  silent: [
    'The wait has to be named, by an attribute, an event, a line, or a statement that takes a lock: a plain `UPDATE` that waits in silence is a slow query.',
    'Lines of the log count only where they name the span that waits.',
    'A lock inside the process is seen only where somebody put a span or an event around it.',
    'Who holds the lock is another request, in another trace: only the [database itself](../databases.md) names it, while it lasts.',
  ],
  needs: ['trace'],
  uses: ['logs', 'databases'],
  thresholds: {
    minWaitMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Wait on the critical path',
      why: 'Below a tenth of a second a person notices nothing; uncontended locks are taken in microseconds. A lock that failed the call counts however short.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same wait as a share of the whole request',
      why: 'As for slow queries: less is lost in the noise of one request.',
    },
  },

  detect({ trace, logs = [], databases = [] }, { minWaitMs, minShare }) {
    const least = Math.max(minWaitMs * 1000, minShare * trace.durationOfUs(trace.root));
    const linesOfSpan = linesBySpan(logs);
    const polled = polledLocks(trace);
    const byWaiter = new Map<string, Wait[]>();
    for (const span of withThese(trace.spansWith({ failed: true, heldUs: least }), polled.keys())) {
      const heldUs = Math.max(trace.pathBelowUs(span), polled.get(span)?.waitUs ?? 0);
      if (heldUs < least && !trace.failed(span)) continue;
      const wait =
        polled.get(span) ??
        waitOf(trace, span, linesOfSpan.get(trace.spanId(span)) ?? []) ??
        shownWait(trace, span, databases);
      if (wait === undefined || (Math.min(wait.waitUs, heldUs) < least && !wait.failed)) continue;
      const waiter = `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`;
      const waits = byWaiter.get(waiter);
      if (waits === undefined) byWaiter.set(waiter, [wait]);
      else waits.push(wait);
    }

    return [...byWaiter.values()].map((waits) => {
      waits.sort((a, b) => b.waitUs - a.waitUs || a.span - b.span);
      const longest = waits[0] as Wait;
      const spans = waits.map(({ span }) => span);
      const waitUs = waits.reduce((sum, { waitUs: one }) => sum + one, 0);
      const shown = lockWaitOf(databases, trace.queryShape(longest.span), epochEndUs(trace, longest.span));
      return {
        service: trace.service(longest.span),
        operation: trace.operation(longest.span),
        spans,
        wastedUs: Math.min(waitUs, polled.has(longest.span) ? waitUs : trace.pathUs(spans)),
        ...(longest.pauses && { explains: longest.pauses }),
        facts: {
          statement: (longest.pauses ? '' : trace.queryShape(longest.span)) || trace.operation(longest.span),
          label: queryLabel(trace.queryShape(longest.span)) || trace.operation(longest.span),
          system: trace.databaseSystem(longest.span),
          waitUs,
          calls: waits.length,
          said: longest.item.text,
          holder: shown === undefined ? '' : sessionText(shown.holder, shown.database.takenUs),
          failed: waits.some(({ failed }) => failed),
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
        },
        evidence: [...waits.map(({ item }) => item), ...(shown === undefined ? [] : [lockEvidence(shown)])].filter(
          isFirstOfItsText,
        ),
      };
    });
  },

  say({ service, label, statement, system, waitUs, said, holder, failed, rootUs, rootOperation }) {
    return {
      title:
        failed === true
          ? `${service}: ${label} waited ${durationText(Number(waitUs))} for a lock and failed, in ${rootOperation}`
          : `${service}: ${label} waits ${durationText(Number(waitUs))} for a lock, of the ${durationText(Number(rootUs))} of ${rootOperation}`,
      explanation: `Before ${statement} could run, somebody else held what it needs${holder === '' ? '' : `: ${holder}, as the database shows`}. The evidence: “${said}”.`,
      remedy: `Find who holds the lock${HOLDERS[String(system)] ?? ''}, let go of it earlier, and take locks in one order everywhere.${
        DEADLOCK.test(String(said)) ? ' One side of a deadlock can simply be tried again.' : ''
      }`,
      check:
        'The same call takes as long when nothing else writes to these rows, or the holder of the lock is the request itself.',
    };
  },
});

/** In order, each once. */
function withThese(spans: readonly SpanIndex[], others: Iterable<SpanIndex>): readonly SpanIndex[] {
  const all = [...others];
  return all.length === 0 ? spans : [...new Set([...spans, ...all])].sort((a, b) => a - b);
}

/** Where each database tells who holds a lock. */
const HOLDERS: Readonly<Record<string, string>> = {
  mysql: ' (sys.innodb_lock_waits, or SHOW ENGINE INNODB STATUS)',
  mariadb: ' (SHOW ENGINE INNODB STATUS)',
  postgresql: ' (pg_stat_activity with pg_blocking_pids)',
  'microsoft.sql_server': ' (sys.dm_tran_locks, blocking_session_id in sys.dm_exec_requests)',
  'oracle.db': ' (blocking_session in v$session)',
  redis: ' (the value of its key, where it says so; PTTL tells when it ends)',
};

const DEADLOCK = /deadlock/i;

type Wait = Readonly<{
  span: SpanIndex;
  waitUs: number;
  failed: boolean;
  item: EvidenceItem;
  /** Of a lock that is asked for again and again: the pauses between. */
  pauses?: readonly Stretch[];
}>;

/** Words by which runtimes and databases speak of a wait for a lock that ended well. */
const WAITING =
  /\b(?:wait(?:s|ed|ing)?|blocked)\b.{0,40}\b(?:\w*(?<!b|c|un|dead)locks?|mutex|latch|semaphore)\b|\block wait(?:s|ing)?\b|\bblocked by (?:pid|transaction|session|query)\b/i;
const ACQUIRED =
  /\b(?:acquired|got|obtained|granted|released)\b.{0,20}\b(?:\w*lock|mutex|latch|semaphore)\b|\block (?:acquired|obtained|granted)\b/i;
/**
 * Words of a lock that failed the call: MySQL 1205 and 1213, PostgreSQL 55P03, 40P01 and its lock_timeout, Oracle
 * ORA-00054 and ORA-00060, SQL Server 1205 and 1222, SQLite's busy, MongoDB's write conflict.
 */
const LOCK_FAILED =
  /lock wait timeout exceeded|deadlock (?:found|detected)|was deadlocked on lock|could not obtain lock|due to lock timeout|lock request time ?out|database is locked|ORA-000(?:54|60)\b|lock timeout|(?:failed|unable) to (?:acquire|obtain|get) (?:the |a )?lock|could not acquire (?:the |a )?lock|lock acquisition (?:failed|timed? ?out)|nowait is set|\bwrite ?conflict\b/i;
/** Statements that take a lock before they read: a slow one is waiting. */
const LOCKING_STATEMENT =
  /\bfor (?:no key )?update\b|\bfor (?:key )?share\b|\block table|\block in share mode\b|\bpg_advisory_(?:xact_)?lock\b|\bget_lock ?\(|\bwith ?\([^)]{0,80}\b(?:updlock|xlock|tablockx|holdlock)\b/i;
/**
 * Spans that are nothing but the wait. Each character can be read in one way only, or a name of underscores would take
 * minutes: separators are taken all together, and an underscore belongs to the word.
 */
const LOCK_SPAN =
  /^(?:acquire|wait(?:ing)?(?: for)?|obtain|take|enter)?[ ._:-]*(?![ ._:-])(?:\w+\.){0,3}(?:[\w-]+[ .:-])?(?:(?!(?:un|b|c|dead)lock)\w*lock|\w*mutex|(?:\w*_)?(?:semaphore\w*|latch))(?:[ ._:-](?:acquire|wait(?:async)?|lock|enter|try_?lock))?$/i;
/** `db.lock.wait_ms`, `lock_wait_time_us`, `mutex.wait.seconds`: the unit is the name's last word. */
const WAIT_ATTRIBUTE = /lock.*wait.*?(?:_|\.)?(ns|us|ms|s|seconds|milliseconds)?$/i;

const US_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  ms: 1000,
  milliseconds: 1000,
  s: 1_000_000,
  seconds: 1_000_000,
};

function waitOf(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait | undefined {
  return (
    failedLock(trace, span, lines) ??
    recordedWait(trace, span) ??
    eventWait(trace, span) ??
    loggedWait(trace, span, lines) ??
    lockingCall(trace, span)
  );
}

/** In silence: what the same statement waits for now was held when this one ran. */
function shownWait(trace: Trace, span: SpanIndex, databases: readonly DatabaseStatistics[]): Wait | undefined {
  if (databases.length === 0 || !trace.isDatabaseCall(span)) return undefined;
  const shown = lockWaitOf(databases, trace.queryShape(span), epochEndUs(trace, span));
  return shown && { span, waitUs: trace.durationOfUs(span), failed: trace.failed(span), item: lockEvidence(shown) };
}

function epochEndUs(trace: Trace, span: SpanIndex): number {
  return trace.startEpochUs + trace.endUs(span);
}

function isFirstOfItsText({ text }: EvidenceItem, at: number, all: readonly EvidenceItem[]): boolean {
  return all.findIndex((other) => other.text === text) === at;
}

/** Locks in Redis are asked for until one is given: `SET lock:7 … NX` again and again, by the last time that it was asked for. */
function polledLocks(trace: Trace): ReadonlyMap<SpanIndex, Wait> {
  const waits = new Map<SpanIndex, Wait>();
  for (const { caller, database, calls } of trace.callGroups) {
    const first = calls[0] ?? caller;
    if (LOCK_SPAN.test(trace.operation(caller))) continue; // the wait as a whole has a span of its own
    if (!database || calls.length < LEAST_POLLS || !POLL.test(trace.text(first, 'db.query.text'))) continue;
    const last = calls.at(-1) ?? first;
    const pauses = pathWithin(trace, trace.endUs(first), trace.startUs(last), (span) => span === caller);
    const waitUs = lengthOf(pauses);
    if (waitUs * 2 < trace.startUs(last) - trace.endUs(first)) continue;
    const text = `${calls.length} times ${trace.operation(first)} with NX, one after another`;
    waits.set(last, {
      span: last,
      waitUs,
      failed: false,
      pauses,
      item: { kind: 'span', ref: trace.spanId(first), text },
    });
  }
  return waits;
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
  const item = said.find(({ text }) => LOCK_FAILED.test(text));
  return item === undefined ? undefined : { span, waitUs: trace.durationOfUs(span), failed: true, item };
}

function recordedWait(trace: Trace, span: SpanIndex): Wait | undefined {
  const told = amountIn(trace.attributes(span)) ?? waitEventIn(trace, span);
  if (told === undefined) return undefined;
  const waitUs = Math.min(told.us, trace.durationOfUs(span));
  return { span, waitUs, failed: false, item: { kind: 'span', ref: trace.spanId(span), text: told.text } };
}

function amountIn(attributes: Attributes): Readonly<{ us: number; text: string }> | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const unit = WAIT_ATTRIBUTE.exec(name)?.[1]?.toLowerCase();
    const amount = Number(value);
    if (unit === undefined || !(amount > 0)) continue;
    return { us: Math.round(amount * (US_PER_UNIT[unit] ?? 1000)), text: `${name} = ${value}` };
  }
  return undefined;
}

/** What the database was doing when it was looked at: `wait_event_type` of PostgreSQL, `LCK_M_X` of SQL Server, `enq: TX` of Oracle. */
function waitEventIn(trace: Trace, span: SpanIndex): Readonly<{ us: number; text: string }> | undefined {
  const told = Object.entries(trace.attributes(span)).find(
    ([name, value]) => /wait_?(?:event|type)/i.test(name) && LOCK_WAIT.test(String(value)),
  );
  return told === undefined ? undefined : { us: trace.durationOfUs(span), text: `${told[0]} = ${told[1]}` };
}

const LOCK_WAIT = /^(?:lock|transactionid|tuple|LCK_\w+|enq: T[XM]\b.*)$/i;

/** From the event that speaks of the wait to the one that ends it, or to the end of the span. */
function eventWait(trace: Trace, span: SpanIndex): Wait | undefined {
  if (!trace.hasEvents(span)) return undefined;
  const events = trace.events(span);
  const at = events.findIndex((event) => WAITING.test(eventText(event)));
  const waiting = events[at];
  if (waiting === undefined) return undefined;
  const told = amountIn(waiting.attributes);
  if (told !== undefined) {
    const text = `${eventText(waiting)} ${told.text}`;
    return { span, waitUs: told.us, failed: false, item: { kind: 'event', ref: trace.spanId(span), text } };
  }
  const acquired = events.slice(at + 1).find((event) => ACQUIRED.test(eventText(event)));
  const untilUs = acquired?.atUs ?? trace.endUs(span);
  const item: EvidenceItem = { kind: 'event', ref: trace.spanId(span), text: eventText(waiting) };
  return { span, waitUs: Math.max(0, Math.round(untilUs - waiting.atUs)), failed: false, item };
}

function loggedWait(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait | undefined {
  const at = lines.findIndex(({ line }) => WAITING.test(line) || (ACQUIRED.test(line) && TOLD.test(line)));
  const waiting = lines[at];
  if (waiting === undefined) return undefined;
  const acquired = lines.slice(at + 1).find(({ line }) => ACQUIRED.test(line));
  const fromUs = microseconds(waiting, trace);
  const isOver = ACQUIRED.test(waiting.line) || /\block wait of\b/i.test(waiting.line);
  const untilUs = acquired === undefined ? trace.endUs(span) : microseconds(acquired, trace);
  // Some tell of a wait when it has lasted a while, or is over: `still waiting for ShareLock … after 1000.123 ms`.
  const before = TOLD.exec(waiting.line);
  const beforeUs = before === null ? 0 : Number(before[1]) * (US_PER_UNIT[before[2] ?? 'ms'] ?? 1000);
  const afterUs = isOver ? 0 : Math.max(0, Math.round(untilUs - fromUs));
  const waitUs = Math.min(afterUs + Math.round(beforeUs), trace.durationOfUs(span));
  return { span, waitUs, failed: false, item: { kind: 'log', ref: waiting.timeNs, text: waiting.line } };
}

const TOLD = /\b(?:after|for|of|wait(?:ed|ing)?)(?: waiting)?:? ([\d.]+) ?(ms|s|seconds)\b/i;

function lockingCall(trace: Trace, span: SpanIndex): Wait | undefined {
  const statement = trace.text(span, 'db.query.text');
  const locking = trace.isDatabaseCall(span)
    ? LOCKING_STATEMENT.test(statement)
    : LOCK_SPAN.test(trace.operation(span));
  if (!locking) return undefined;
  const text = trace.queryShape(span) || trace.operation(span); // the shape: values of rows are nobody's business
  return {
    span,
    waitUs: trace.durationOfUs(span),
    failed: false,
    item: { kind: 'span', ref: trace.spanId(span), text },
  };
}

/** An OpenTracing log has its text among the fields, an OpenTelemetry event in its name. */
function eventText({
  name,
  attributes,
}: Readonly<{ name: string; attributes: Readonly<Record<string, unknown>> }>): string {
  const texts = ['exception.message', 'message', 'error', 'error.message'].map((key) => attributes[key]);
  // `lock.wait` and `lock_acquired` are words, too.
  const spoken = name.replace(/[._]/g, ' ');
  return [spoken, ...texts.filter((text) => typeof text === 'string' && text !== name)].join(' ').trim();
}

/** Microseconds from the trace's start. */
function microseconds(line: LogLine, trace: Trace): number {
  return Number(BigInt(line.timeNs) / 1000n) - trace.startEpochUs;
}
