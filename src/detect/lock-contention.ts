/**
 * A call does nothing but wait until somebody else lets go of a lock.
 *
 *   [ UPDATE inventory …                                ]  inventory   ← the service whose transaction must change
 *     · Waiting for lock behind 7 transactions
 *       ~~~~~~~~~~~~~~~~~ the wait ~~~~~~~~~~~~~
 *                                               · Acquired lock
 *
 * The wait is taken from all that the span, its events and its log lines say: the longest that they tell counts. Where
 * nobody says anything, a locking statement that is slow is likely one as a whole; one that waits for no lock (SKIP
 * LOCKED, NOWAIT) is not.
 */
import { defineDetector } from '#detect/detector.ts';
import { keyOf } from '#model/cache-misses.ts';
import { lockEvidence, lockWaitOf, sessionText } from '#model/database-evidence.ts';
import type { DatabaseStatistics } from '#model/database-statistics.ts';
import { durationText } from '#model/duration.ts';
import { eventText, spaced } from '#model/event-text.ts';
import { waitInEvents } from '#model/event-waits.ts';
import type { EvidenceItem, Stretch } from '#model/finding.ts';
import { epochUsOf, type LogLine, linesBySpan } from '#model/log-line.ts';
import { innermostWaits } from '#model/nested-waits.ts';
import { lengthOf, pathWithin } from '#model/path-within.ts';
import { queryLabel } from '#model/query-shape.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';
import { type Amount, longestAmount, saidAmountUs } from '#model/wait-amounts.ts';

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
  role: 'mechanism',
  field: 'database',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Who held the lock, and why for so long?',
      lookAt: 'The transactions that were open at that time, and what they did between taking the lock and their end.',
    },
  },
  checkQueries: ['lock-waits', 'log'],
  // A statement that takes a lock does not say that it waited for one.
  namesCause: ({ facts }) => facts.isNamed === true,
  saidAs: /\bdeadlock|\block(?:s|ed)?\b/i,
  signs: ['lock-wait'],
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
    const found: Wait[] = [];
    for (const span of withThese(trace.spansWith({ failed: true, heldUs: least }), polled.keys())) {
      const heldUs = Math.max(trace.pathBelowUs(span), polled.get(span)?.waitUs ?? 0);
      if (heldUs < least && !trace.failed(span)) continue;
      const wait = waitOf(trace, span, {
        lines: linesOfSpan.get(trace.spanId(span)) ?? [],
        polled: polled.get(span),
        databases,
      });
      if (wait !== undefined && (Math.min(wait.waitUs, heldUs) >= least || wait.failed)) found.push(wait);
    }
    const byWaiter = Map.groupBy(
      innermostWaits(trace, found, withOuter),
      ({ span }) => `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`,
    );

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
          said: longest.items[0]?.text ?? '',
          isNamed: shown !== undefined || waits.some(({ isNamed }) => isNamed),
          holder: shown === undefined ? '' : sessionText(shown.holder, shown.database.takenUs),
          failed: waits.some(({ failed }) => failed),
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
        },
        evidence: [
          ...waits.flatMap(({ items }) => items),
          ...(shown === undefined ? [] : [lockEvidence(shown)]),
        ].filter(isFirstOfItsText()),
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
  /** Somebody says that it is a lock: not where the form of a statement, or asking again and again, suggests it. */
  isNamed: boolean;
  /** What shows it, the strongest first. */
  items: readonly EvidenceItem[];
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
/** They take what is free, or fail at once. */
const WAITS_FOR_NONE = /\b(?:skip locked|nowait)\b/i;
/**
 * Spans that are nothing but the wait. Each character can be read in one way only, or a name of underscores would take
 * minutes: separators are taken all together, and an underscore belongs to the word.
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

/** As long as the longest that somebody says; what only suggests a lock counts where nobody says anything. */
function waitOf(trace: Trace, span: SpanIndex, { lines, polled, databases }: Told): Wait | undefined {
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

function withOuter(inner: Wait, outer: Wait): Wait {
  return {
    ...inner,
    failed: inner.failed || outer.failed,
    isNamed: inner.isNamed || outer.isNamed,
    items: [...inner.items, ...outer.items],
  };
}

/** In silence: what the same statement waits for now was held when this one ran. */
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

function epochEndUs(trace: Trace, span: SpanIndex): number {
  return trace.startEpochUs + trace.endUs(span);
}

function isFirstOfItsText(): (item: EvidenceItem) => boolean {
  const known = new Set<string>();
  return ({ text }) => !known.has(text) && known.add(text) !== undefined;
}

/** Locks in Redis are asked for until one is given: `SET lock:7 … NX` again and again, by the last time that it was asked for. */
function polledLocks(trace: Trace): ReadonlyMap<SpanIndex, Wait> {
  const waits = new Map<SpanIndex, Wait>();
  for (const { caller, database, calls } of trace.callGroups) {
    const [first = caller] = calls;
    if (LOCK_SPAN.test(trace.operation(caller))) continue; // the wait as a whole has a span of its own
    if (!database || calls.length < LEAST_POLLS || !POLL.test(trace.text(first, 'db.query.text'))) continue;
    // Of different keys each is asked for once.
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

/** Somebody says in words that it waited. */
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

/** What the database was doing when it was looked at: `wait_event_type` of PostgreSQL, `LCK_M_X` of SQL Server, `enq: TX` of Oracle. */
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

/** One for each line that tells of a wait, up to the next that has the lock. */
function loggedWaits(trace: Trace, span: SpanIndex, lines: readonly LogLine[]): Wait[] {
  const waits: Wait[] = [];
  let untilUs = trace.endUs(span);
  for (const line of lines.toReversed()) {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    const isOver = ACQUIRED.test(line.line) || /\block wait of\b/i.test(line.line);
    // Some tell of a wait when it has lasted a while, or is over: `still waiting for ShareLock … after 1000.123 ms`.
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

/** A span that is nothing but the wait. */
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
