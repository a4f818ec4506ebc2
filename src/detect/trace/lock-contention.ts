/**
 * A call only waits until another transaction or thread releases a lock.
 *
 *   [ UPDATE inventory …                                ]  inventory   ← the service whose transaction must change
 *     · Waiting for lock behind 7 transactions
 *       ~~~~~~~~~~~~~~~~~ the wait ~~~~~~~~~~~~~
 *                                               · Acquired lock
 *
 * The longest wait that the span, its events or its log lines show counts. Where none of them shows one, a slow statement
 * that takes a lock was most likely waiting all the time, except with SKIP LOCKED or NOWAIT.
 */

import { defineDetector } from '#detect/detector.ts';
import { attemptThatSucceeded } from '#detect/signs/attempts/later-attempts.ts';
import { type LostRace, lostRaces } from '#detect/signs/failures/lost-races.ts';
import { leastTimeUs, requestFacts, SHARE_ABOVE_NOISE } from '#detect/signs/request-share.ts';
import { epochEndUs, polledLocks, type Wait, waitOf, withOuter } from '#detect/signs/waits/lock-waits.ts';
import { innermostWaits } from '#detect/signs/waits/nested-waits.ts';
import { serverLockLines } from '#detect/signs/waits/server-lock-lines.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { lockEvidence, lockWaitOf, sessionText } from '#model/sql/database-evidence.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { tookFreeRow } from '#model/trace/views/expected-answers.ts';
import { SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const lockContention = defineDetector({
  id: 'lock-contention',
  title: 'Lock contention',
  why: 'Requests queue behind one another. The wait grows with the load, and a faster query helps little.',
  runbook: 'runbooks/lock-contention.md',
  clear: 'no span, event or log line shows a wait for a lock',
  silent: [
    'An attribute, an event, a log line or a locking statement must show the wait. A plain `UPDATE` that waits without any of them is reported as Slow query.',
    'A log line must name the request or the span, or be the database’s own: a wait of the query’s length and time, or a deadlock of its statement. A deadlock counts only if no attempt succeeded within half a second.',
    'It sees a lock inside the process only if the code has a span or an event around it.',
    'The holder of the lock is another request in another trace. Only the [database itself](../databases.md) can name it, while the lock lasts.',
  ],
  role: 'mechanism',
  field: 'database',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Who held the lock, and why for so long?',
      lookAt: 'The transactions that were open at that time, and what they did between taking the lock and committing.',
    },
  },
  checkQueries: ['lock-waits', 'log'],
  // A statement that takes a lock does not say that it waited for one.
  namesCause: ({ facts }) => facts.isNamed === true,
  saidAs: /\bdeadlock|\block(?:s|ed)?\b/i,
  excusedBy: ['turn', 'attempt'],
  signs: ['lock-wait'],
  needs: ['trace'],
  uses: ['logs', 'databases'],
  thresholds: {
    minWaitMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Wait on the critical path',
      why: 'People do not notice less than 100 ms, and a free lock takes microseconds. A lock that made the call fail always counts.',
    },
    minShare: SHARE_ABOVE_NOISE,
  },

  detect({ trace, logs = [], databases = [] }, { minWaitMs, minShare }) {
    const least = leastTimeUs(trace, minWaitMs, minShare);
    const linesOfSpan = linesBySpan(logs);
    const spanless = Map.groupBy(
      logs.filter(({ spanId, traceId }) => spanId === '' && traceId !== ''),
      ({ service }) => service,
    );
    const polled = polledLocks(trace);
    const server = serverLockLines(trace, logs, least);
    const found: Wait[] = [];
    for (const span of withThese(spansWith(trace, { failed: true, heldUs: least }), polled.keys())) {
      const heldUs = Math.max(pathBelowUs(trace, span), polled.get(span)?.waitUs ?? 0);
      if (heldUs < least && !trace.failed(span)) continue;
      const wait = waitOf(trace, span, {
        lines: linesOfSpan.get(trace.spanId(span)) ?? [],
        server: server.get(span) ?? [],
        polled: polled.get(span),
        databases,
        ofCaller: [
          ...(linesOfSpan.get(trace.spanId(trace.parent(span) ?? span)) ?? []),
          ...(spanless.get(trace.service(span)) ?? []),
        ],
      });
      if (wait !== undefined && counts(trace, wait, { heldUs, least })) found.push(wait);
    }
    const byWaiter = Map.groupBy(
      innermostWaits(trace, found, withOuter),
      ({ span }) => `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`,
    );

    const waited = [...byWaiter.values()].map((waits): Sighting => {
      waits.sort((a, b) => b.waitUs - a.waitUs || a.span - b.span);
      const longest = waits[0] as Wait;
      const spans = waits.map(({ span }) => span);
      const waitUs = waits.reduce((sum, { waitUs: one }) => sum + one, 0);
      const shown = lockWaitOf(databases, trace.queryShape(longest.span), epochEndUs(trace, longest.span));
      return {
        service: trace.service(longest.span),
        operation: trace.operation(longest.span),
        spans,
        wastedUs: Math.min(waitUs, polled.has(longest.span) ? waitUs : pathUs(trace, spans)),
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
          ...requestFacts(trace),
        },
        evidence: [
          ...waits.flatMap(({ items }) => items),
          ...(shown === undefined ? [] : [lockEvidence(shown)]),
        ].filter(isFirstOfItsText()),
      };
    });
    return [...waited, ...lostRaces(trace).map((race) => sightingOfRace(trace, race))];
  },

  say(facts) {
    if (Number(facts.races) > 0) return wordsOfRace(facts);
    if (facts.failed === true && DEADLOCK.test(String(facts.said))) return wordsOfDeadlock(facts);
    const { service, label, statement, system, waitUs, said, holder, failed, rootUs, rootOperation } = facts;
    return {
      title:
        failed === true
          ? `${label} of ${service} failed after waiting ${durationText(Number(waitUs))} for a lock, in ${rootOperation}`
          : `${rootOperation} waits ${durationText(Number(waitUs))} for a lock: ${label} of ${service} needs it`,
      headline: {
        why: `${inWords(label)} in ${inWords(service)} ${failed === true ? 'waited in vain' : 'waits'} for a lock`,
      },
      explanation: `${statement} waited for a lock that was already taken${holder === '' ? '' : `. The database names the holder: ${holder}`}. The evidence: “${said}”. The whole request takes ${durationText(Number(rootUs))}.`,
      remedy: `${holder === '' ? `Find who holds the lock that ${label} waits for${HOLDERS[String(system)] ?? ''}` : `Find out what holds the lock of ${label} for so long: ${holder}`}. Let them release it earlier, and take locks in the same order everywhere.`,
      check:
        'The same call takes as long when nothing else writes to these rows, or the request itself holds the lock.',
    };
  },
});

function sightingOfRace(trace: Trace, { caller, attempts, items }: LostRace): Sighting {
  const [first = caller] = attempts;
  const last = attempts.at(-1) ?? caller;
  return {
    service: trace.service(first),
    operation: trace.operation(first),
    spans: attempts,
    wastedUs: pathUs(trace, attempts),
    facts: {
      races: attempts.length,
      lastedUs: trace.endUs(last) - trace.startUs(first),
      said: items[0]?.text ?? '',
      isNamed: true,
      failed: true,
      reachedRoot: reachesRoot(trace, caller),
      ...requestFacts(trace),
    },
    evidence: items.filter(isFirstOfItsText()),
  };
}

/** Every span from there up failed, or answered with an error. */
function reachesRoot(trace: Trace, from: SpanIndex): boolean {
  for (let at: SpanIndex | undefined = from; at !== undefined; at = trace.parent(at))
    if (!trace.failed(at) && trace.httpStatus(at) < 400) return false;
  return true;
}

function wordsOfRace({ service, operation, races, lastedUs, said, rootOperation }: Facts): Words {
  return {
    title: `${operation} of ${service} lost the row to other writers in ${races} attempts within ${durationText(Number(lastedUs))}, in ${rootOperation}`,
    headline: { why: `other writers changed the row before each of ${races} attempts of ${inWords(service)}` },
    explanation: `Each attempt read the row, and another transaction changed it before the write. The evidence: “${said}”. After ${races} attempts nobody tried again.`,
    remedy: `Find out who else writes the row that ${operation} of ${service} writes. Let the code lock the row while it changes it (SELECT … FOR UPDATE), spread the writes over several rows, or wait a random time between attempts.`,
    check: 'Nobody else wrote this row at that time. Then the code compares a version that it read too early.',
  };
}

/**
 * A lock that made the call fail counts, however short the wait. Where a later attempt succeeded, that is what the
 * database asks for after a deadlock, and only the time until then counts.
 */
function counts(trace: Trace, wait: Wait, { heldUs, least }: Readonly<{ heldUs: number; least: number }>): boolean {
  if (wait.failed && tookFreeRow(trace, wait.span)) return false;
  const mended = wait.failed ? attemptThatSucceeded(trace, wait.span) : undefined;
  if (mended === undefined) return wait.failed || Math.min(wait.waitUs, heldUs) >= least;
  const lostUs = trace.startUs(mended) - trace.startUs(wait.span);
  return lostUs >= Math.max(least, SATISFIES_US);
}

/** Both lists in order, without duplicates. */
function withThese(spans: readonly SpanIndex[], others: Iterable<SpanIndex>): readonly SpanIndex[] {
  const all = [...others];
  return all.length === 0 ? spans : [...new Set([...spans, ...all])].sort((a, b) => a - b);
}

/** Where each database shows the holder of a lock. */
const HOLDERS: Readonly<Record<string, string>> = {
  mysql: ' (sys.innodb_lock_waits, or SHOW ENGINE INNODB STATUS)',
  mariadb: ' (SHOW ENGINE INNODB STATUS)',
  postgresql: ' (pg_stat_activity with pg_blocking_pids)',
  'microsoft.sql_server': ' (sys.dm_tran_locks, blocking_session_id in sys.dm_exec_requests)',
  'oracle.db': ' (blocking_session in v$session)',
  redis: ' (the value of the lock’s key may name the holder; PTTL shows when it expires)',
};

const DEADLOCK = /deadlock|\b40P01\b/i;

/** Where each database keeps the two statements of a deadlock that is over. */
const DEADLOCKS: Readonly<Record<string, string>> = {
  mysql: 'SHOW ENGINE INNODB STATUS (LATEST DETECTED DEADLOCK; innodb_print_all_deadlocks logs each)',
  mariadb: 'SHOW ENGINE INNODB STATUS (LATEST DETECTED DEADLOCK; innodb_print_all_deadlocks logs each)',
  postgresql: 'the DETAIL of this error in the log of PostgreSQL (log_lock_waits adds the waits before)',
  'microsoft.sql_server': 'the deadlock graph in the session system_health (xml_deadlock_report)',
  'oracle.db': 'the trace file that the alert log names (ORA-00060)',
};

/** The database has ended the deadlock: views of its locks show nothing of it afterwards. */
function wordsOfDeadlock({ service, label, statement, system, waitUs, said, rootOperation }: Facts): Words {
  const record = DEADLOCKS[String(system)] ?? 'the log of the database at that time';
  return {
    title: `The database chose ${label} of ${service} as the victim of a deadlock after ${durationText(Number(waitUs))}, in ${rootOperation}`,
    headline: { why: `the database chose ${inWords(label)} in ${inWords(service)} as the victim of a deadlock` },
    explanation: `Two transactions each waited for a lock of the other, so the database ended one of them: ${statement}. The evidence: “${said}”. Both locks are free since then.`,
    remedy: `Read ${record}: it names both statements. Let both transactions take their locks in the same order. Let ${service} run the transaction again that the database ended.`,
    check: `${record.charAt(0).toUpperCase()}${record.slice(1)} names no statement of ${service} at that time.`,
  };
}

function isFirstOfItsText(): (item: EvidenceItem) => boolean {
  const known = new Set<string>();
  return ({ text }) => !known.has(text) && known.add(text) !== undefined;
}
