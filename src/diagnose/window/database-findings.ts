/**
 * Findings from databases' own statistics that explain a problem in a window: they refuse connections, their sessions
 * wait for a lock that one of them holds, a statement takes much longer than before. The statistics describe the
 * present, so they say nothing about a window that ended long ago.
 */

import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Finding, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { shareText } from '#model/metrics/limited.ts';
import {
  countedText,
  type LockWait,
  lockEvidence,
  lockWaits,
  scanOf,
  sessionText,
  statementEvidence,
} from '#model/sql/database-evidence.ts';
import {
  type DatabaseConnections,
  type DatabaseSession,
  type DatabaseStatistics,
  type StatementStatistics,
  statementKey,
} from '#model/sql/database-statistics.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';

/** How long after the window they still count: the responder is awake by then, and most problems still go on. */
const STILL_US = 15 * 60 * 1_000_000;
/** As a share of the connection limit; metrics warn at the same share. */
const FULL_SHARE = 0.9;
/** Postgres's `deadlock_timeout`, from which on it logs a wait: shorter waits are normal. */
const LONG_WAIT_US = 1_000_000;
/** As for a slow query in a trace. */
const SLOW_US = 100_000;
/** Twice as slow may be chance for a few calls. */
const GROWN = 3;
const FEWEST_CALLS = 3;
/** How many items a finding shows. */
const SHOWN = 3;

/** These requests show which service sends which statement. */
export type DatabaseWindow = TimeWindow & Readonly<{ traces: readonly Trace[] }>;

export function databaseFindings(
  databases: readonly DatabaseStatistics[],
  window: DatabaseWindow,
  detectors: Detectors,
): readonly Finding[] {
  return databases
    .filter(({ takenUs }) => !(takenUs > window.toUs + STILL_US))
    .flatMap((database) => [...fullOf(database), ...heldLocks(database, window), ...grownStatements(database, window)])
    .map(({ sign, service, words, evidence }) => {
      const { id, runbook } = detectors.named(sign);
      return { detector: id, runbook, service, operation: '', spans: [], wastedUs: 0, facts: {}, ...words, evidence };
    });
}

type ToldSign = Readonly<{ sign: JudgedSign; service: string; words: Words; evidence: readonly EvidenceItem[] }>;

function told(sign: JudgedSign, service: string, words: Words, evidence: readonly EvidenceItem[]): ToldSign {
  return { sign, service, words, evidence };
}

function fullOf({ source, connections }: DatabaseStatistics): readonly ToldSign[] {
  if (connections === undefined) return [];
  const { used, limit, refusal } = connections;
  const share = refusal === '' ? used / limit : 1;
  if (!(share >= FULL_SHARE)) return [];
  const level =
    refusal === '' ? `${used} of ${limit} connections are in use (${shareText(share)})` : `it says “${refusal}”`;
  const most = mostHolding(connections);
  const held = most === undefined ? '' : heldText(most);
  return [
    told(
      'full-resource',
      source,
      {
        title: refusal === '' ? `${source}: ${level}` : `${source} refuses connections: “${refusal}”`,
        headline: {
          why: `the database ${inWords(source)} has ${refusal === '' ? 'hardly any connections left' : 'no connections left'}`,
        },
        explanation: `A client that needs another connection waits or fails.${held === '' ? '' : ` ${held}.`}`,
        remedy: `${freeing(source, most)}. Give each service a pool so small that all pools of all instances together stay below the limit.`,
        check: 'As many connections are in use in the baseline.',
      },
      [{ kind: 'metric', ref: source, text: `${source}: ${level}${held === '' ? '' : `. ${held}`}` }],
    ),
  ];
}

type Holder = Readonly<{ application: string; count: number; idle: number }>;

/** The application with most connections. */
function mostHolding({ holders }: DatabaseConnections): Holder | undefined {
  const all = [...Map.groupBy(holders, ({ application }) => application)].map(([application, own]) => ({
    application: application || 'a client without a name',
    count: sum(own),
    idle: sum(own.filter(({ state }) => state.startsWith('idle in transaction'))),
  }));
  return all.sort((a, b) => b.count - a.count || (a.application < b.application ? -1 : 1))[0];
}

/** A session that is idle in a transaction does nothing with its connection; any other may be at work. */
function freeing(source: string, most: Holder | undefined): string {
  if (most === undefined) return `Look at what holds the connections of ${source}`;
  return most.idle > 0
    ? `End the sessions of ${most.application} in ${source} that are idle in transaction`
    : `Look at what ${most.application} does with its ${most.count} connections to ${source}`;
}

/** `Most are held by reporting: 57, 40 of them idle in transaction` */
function heldText({ application, count, idle }: Holder): string {
  return `Most are held by ${application}: ${count}${idle === 0 ? '' : `, ${idle} of them idle in transaction`}`;
}

function sum(holders: DatabaseConnections['holders']): number {
  return holders.reduce((total, { count }) => total + count, 0);
}

/** One finding for each session that others wait for. */
function heldLocks(database: DatabaseStatistics, window: DatabaseWindow): readonly ToldSign[] {
  const long = lockWaits(database).filter(({ waitedUs }) => waitedUs >= LONG_WAIT_US);
  return [...Map.groupBy(long, ({ holder }) => holder.id).values()].flatMap((waits) => {
    const [longest] = waits;
    return longest === undefined ? [] : [ofHolder(longest, waits, window)];
  });
}

function ofHolder(longest: LockWait, waits: readonly LockWait[], window: DatabaseWindow): ToldSign {
  const { database, waiting, holder, waitedUs } = longest;
  const label = queryLabel(waiting.statement) || waiting.statement;
  const holds = sessionText(holder, database.takenUs);
  const service = serviceOf(holder, window) ?? serviceOf(waiting, window) ?? database.source;
  const others =
    waits.length === 1
      ? ''
      : `, and so ${waits.length === 2 ? 'does' : 'do'} ${counted(waits.length - 1, 'other session')}`;
  return told(
    'lock-wait',
    service,
    {
      title: `${service}: ${label} waits ${durationText(waitedUs)} for a lock${others}; the lock is held by ${holds}`,
      headline: { why: `${inWords(label)} of ${inWords(service)} waits for a lock that another session holds` },
      explanation: `${database.source} itself reports which session blocks which. The waiting sessions continue only when that transaction ends.`,
      remedy: `Find out what session ${holder.id} does; ending it (${ending(database, holder)}) lets the others continue. Then make its transaction shorter: no remote call, no pause and no user input inside it.`,
      check: `The transaction of session ${holder.id} ends, and the same statements stay slow.`,
    },
    waits.slice(0, SHOWN).map(lockEvidence),
  );
}

function ending({ system }: DatabaseStatistics, { id }: DatabaseSession): string {
  return system === 'postgresql' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`;
}

/**
 * The application name of the session, where a service has this name; else the service whose requests send such
 * statements.
 */
function serviceOf({ application, statement }: DatabaseSession, { traces }: DatabaseWindow): string | undefined {
  if (application !== '' && traces.some(({ services }) => services.includes(application))) return application;
  return senderOf(statement, traces);
}

function senderOf(shape: string, traces: readonly Trace[]): string | undefined {
  const key = statementKey(shape);
  if (key === '') return undefined;
  for (const trace of traces) {
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (trace.isDatabaseCall(span) && statementKey(trace.queryShape(span)) === key) return trace.service(span);
    }
  }
  return undefined;
}

/** The statement that costs most now. */
function grownStatements(database: DatabaseStatistics, { traces }: DatabaseWindow): readonly ToldSign[] {
  const [most] = database.statements
    .filter(isGrown)
    .sort((a, b) => (b.recent?.totalUs ?? 0) - (a.recent?.totalUs ?? 0) || (a.shape < b.shape ? -1 : 1));
  if (most?.recent === undefined) return [];
  const { recent } = most;
  const before = { calls: most.calls - recent.calls, totalUs: most.totalUs - recent.totalUs, rows: 0 };
  const service = senderOf(most.shape, traces) ?? database.source;
  const scan = scanOf({ database, statement: most });
  const why = scan === undefined ? '' : `; ${scan.table} is scanned in full, ${countText(scan.rows)} rows`;
  const evidence = [statementEvidence({ database, statement: most }), ...(scan === undefined ? [] : [scan.item])];
  return [
    told(
      'slow-statement',
      service,
      {
        title: `${service}: ${queryLabel(most.shape) || most.shape} takes ${countedText(recent)} now, ${durationText(before.totalUs / before.calls)} before${why}`,
        headline: {
          why: `${inWords(queryLabel(most.shape) || most.shape)} of ${inWords(service)} takes longer than before`,
        },
        explanation: `${database.source} measured it over ${durationText(database.measuredUs)}: ${most.shape}.`,
        remedy: `Look at the plan of ${queryLabel(most.shape) || most.shape} with EXPLAIN, at how much data it reads, and at whether the statistics of the table are up to date (ANALYZE).`,
        check: 'It takes as long in the baseline, or it waits for a lock meanwhile.',
      },
      evidence,
    ),
  ];
}

/** A statement that waits for a lock is slow too: the finding about the lock covers it. */
function isGrown({ calls, totalUs, recent }: StatementStatistics): boolean {
  if (recent === undefined || recent.calls < FEWEST_CALLS || calls - recent.calls < FEWEST_CALLS) return false;
  const [now, before] = [recent.totalUs / recent.calls, (totalUs - recent.totalUs) / (calls - recent.calls)];
  return now >= SLOW_US && now >= GROWN * before;
}
