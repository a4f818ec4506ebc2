/**
 * One database call holds the critical path.
 *
 *   [ GET /orders                                          ]  order-service   ← the service to change
 *     [ SELECT … FROM orders JOIN order_items … 2.28 s   ]    order-service   ← the proof
 *
 * What is measured is the part of the critical path that runs in the call and below it: a slow query beside a slower
 * one costs nobody anything.
 */
import { defineDetector } from '#detect/detector.ts';
import { runsOnDevice } from '#detect/signs/device.ts';
import { frameworkOf, readLess } from '#detect/signs/orm-frameworks.ts';
import type { EvidenceItem, Facts, Words } from '#model/finding/finding.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { scanOf, statementEvidence } from '#model/sql/database-evidence.ts';
import { type DatabaseStatistics, type StatementAnswer, statementAnswer } from '#model/sql/database-statistics.ts';
import { type QuerySuspicion, querySuspicion } from '#model/sql/query-plan.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const slowQuery = defineDetector({
  id: 'slow-query',
  title: 'Slow query',
  why: 'One statement holds up the whole request, and every connection that waits for it is missing elsewhere.',
  runbook: 'runbooks/slow-query.md',
  clear: 'no database call held the critical path long enough to matter',
  silent: [
    'Only calls that name a database are queries: a driver without instrumentation leaves a gap.',
    'A slow query beside something slower costs nobody anything; many quick ones are left to `n-plus-one-queries`.',
    'A database on a phone or in a browser is no server’s, and has no one who is on call for it.',
    'Connecting, waiting for a connection, and reads that wait for work (`BLPOP`, `LISTEN`) are no queries.',
  ],
  role: 'mechanism',
  field: 'database',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does the statement take so long?',
      lookAt:
        'Its plan (EXPLAIN), the indexes of its tables and when they last changed, what else the database did then.',
    },
    said: [
      {
        ask: 'Why does the database have to read so much for it?',
        lookAt:
          'Whether an index that fits its conditions is there, when it was made or dropped, and how many rows there are now.',
      },
    ],
  },
  checkQueries: ['plan'],
  // What the database counts may say that the statement is not why. A guess from the statement cites nothing.
  namesCause: ({ facts, evidence = [] }) => !(Number(facts.ranUs) >= 0) && evidence.length > 0,
  saidAs: /\bslow quer|\bmissing index\b|\bholds one for\b|\btable scan\b|\bseq scan\b/i,
  ticks: { 'slow-queries': 'Looked at the queries in the trace, not at the log of the database' },
  signs: ['slow-statement'],
  needs: ['trace'],
  uses: ['logs', 'databases'],
  thresholds: {
    minPathMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time that the call holds of the critical path',
      why: 'Below a tenth of a second a person notices nothing (Nielsen 1993); Coroot alerts on the same figure for PostgreSQL.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'Sentry asks for a tenth before it calls time worth saving; less is lost in the noise of one request.',
    },
  },

  detect({ trace, logs = [], databases = [] }, { minPathMs, minShare }) {
    const least = Math.max(minPathMs * 1000, minShare * trace.durationOfUs(trace.root));
    const isNoQuery = trace.operationTest((name) => isConnectionWait(name) || CONNECTING.test(name));
    const isWaiting = trace.queryShapeTest((shape) => BLOCKING.test(shape));
    const isNamedWaiting = trace.operationTest((name) => BLOCKING.test(name.toLowerCase()));
    const byQuery = new Map<string, SpanIndex[]>();
    for (const span of spansWith(trace, { heldUs: least })) {
      if (!trace.isDatabaseCall(span) || isNoQuery(span) || isWaiting(span) || isNamedWaiting(span)) continue;
      if (pathBelowUs(trace, span) === 0 || runsOnDevice(trace.resource(span))) continue;
      const query = `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`;
      const spans = byQuery.get(query);
      if (spans === undefined) byQuery.set(query, [span]);
      else spans.push(span);
    }

    return [...byQuery.values()].map((found) => {
      const spans = found.sort((a, b) => pathBelowUs(trace, b) - pathBelowUs(trace, a) || a - b);
      const slowest = spans[0] ?? trace.root;
      const told = toldByDatabases(trace, slowest, databases);
      const suspect = suspicionWith(querySuspicion(trace, slowest, logs), told);
      const wastedUs = pathUs(trace, spans);
      return {
        service: trace.service(slowest),
        operation: trace.operation(slowest),
        spans,
        wastedUs,
        facts: {
          system: trace.databaseSystem(slowest),
          framework: frameworkOf(trace, slowest),
          statement: trace.queryShape(slowest) || trace.operation(slowest),
          label: queryLabel(trace.queryShape(slowest)) || trace.operation(slowest),
          queries: spans.length,
          endedBadly: trace.failed(slowest),
          heldUs: wastedUs,
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
          suspicion: suspect.reason,
          ranUs: told?.isFast ? told.answer.statement.maxUs : -1,
        },
        evidence: [...suspect.evidence, ...(told?.evidence ?? [])],
      };
    });
  },

  say({
    service,
    statement,
    label,
    queries,
    endedBadly,
    heldUs,
    rootUs,
    rootOperation,
    suspicion: reason,
    ranUs,
    system,
    framework,
  }) {
    const means = readLess(String(framework));
    if (Number(ranUs) >= 0) return lostBefore({ service, label, heldUs, rootUs, rootOperation, ranUs });
    const many = Number(queries) > 1 ? `${queries} runs of one query (${label}) hold` : `one query (${label}) holds`;
    return {
      title: `${service}: ${many} ${durationText(Number(heldUs))} of the ${durationText(Number(rootUs))} of ${rootOperation}${endedBadly === true ? ' and then fails' : ''}${reason === '' ? '' : `; ${reason}`}`,
      explanation: `The request waits for it and cannot end sooner: ${statement}.`,
      remedy: `${lookAt(String(system))}${means === '' ? '' : ` ${means}`}`,
      check: `${String(system) in ELSEWHERE ? 'The' : 'The plan shows an index scan with few rows, or the'} same statement is fast when nothing else runs: then the database was busy or blocked, and the query is the victim.`,
    };
  },
});

type Told = Readonly<{
  answer: StatementAnswer;
  /** It never took that long to run, by the database's own account: the time was lost on the way. */
  isFast: boolean;
  evidence: readonly EvidenceItem[];
}>;

/** Of what the call took, what running it has to have taken at least to be the reason. */
const RUN_SHARE = 0.5;

/** Undefined where no database knows the statement, or where what it counts is not about this call. */
function toldByDatabases(trace: Trace, span: SpanIndex, databases: readonly DatabaseStatistics[]): Told | undefined {
  const answer = statementAnswer(databases, trace.queryShape(span));
  if (answer === undefined) return undefined;
  const { database, statement } = answer;
  const tookUs = trace.durationOfUs(span) * RUN_SHARE;
  const evidence = [statementEvidence(answer)];
  if (statement.maxUs >= tookUs) {
    // Slow now and then: this call may be one of those, or not.
    if (statement.totalUs < tookUs * statement.calls) return undefined;
    const scan = scanOf(answer);
    return { answer, isFast: false, evidence: scan ? [...evidence, scan.item] : evidence };
  }
  // A call that failed is not counted; nor is one that ended before it began to count, or after it was asked.
  const [fromUs, toUs] = [trace.startEpochUs + trace.startUs(span), trace.startEpochUs + trace.endUs(span)];
  const isCounted = database.sinceUs <= fromUs && toUs <= database.takenUs && !trace.failed(span);
  return isCounted ? { answer, isFast: true, evidence } : undefined;
}

/** Where neither a plan nor a line says why, what the database counts may. */
function suspicionWith(suspect: QuerySuspicion, told: Told | undefined): QuerySuspicion {
  if (told === undefined || told.isFast || suspect.evidence.length > 0) return suspect;
  const scan = scanOf(told.answer);
  return scan === undefined ? suspect : { reason: `a full scan of ${scan.table}`, evidence: [] };
}

function lostBefore({
  service,
  label,
  heldUs,
  rootUs,
  rootOperation,
  ranUs,
}: Readonly<Record<string, Facts[string] | undefined>>): Words {
  const most = durationText(Number(ranUs));
  return {
    title: `${service}: ${label} holds ${durationText(Number(heldUs))} of the ${durationText(Number(rootUs))} of ${rootOperation}, and the database never ran it longer than ${most}: the time is lost before it`,
    explanation: `By the database’s own count every call of this statement took ${most} or less. What is left is waited for on the way: for a connection of the pool, for the network, for the driver.`,
    remedy: `Look at the pool of ${service} (its size, how many wait, who keeps connections for long) and at the network between it and the database; the statement itself needs no change.`,
    check:
      'The statement was cancelled or failed, which the database does not count; or it ran on another server than the one that was asked.',
  };
}

/** Opening a connection is slow for other reasons than a query. */
const CONNECTING = /^(?:[\w-]+[ ._:])?(?:connect|ping)$/i;

/** Reads that wait until there is something to do: Redis’ lists and streams, channels, `WAITFOR` of SQL Server, `pg_sleep`. */
const BLOCKING =
  /^(?:b[lr]pop|brpoplpush|bl?mpop|blmove|bzm?pop(?:min|max)?|p?subscribe|ssubscribe|monitor|listen|waitfor|wait)\b|^xread(?:group)?\b.*\bblock\b|\bpg_sleep\b/;

/** Databases that have no EXPLAIN: what tells there, and what it mostly is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'aws.dynamodb':
    'A Scan reads the whole table: Query by key or through a secondary index. Otherwise look at consumed capacity and throttled requests.',
  cassandra: 'Look at it with TRACING ON: large partitions, tombstones, ALLOW FILTERING, or nodes that answer late.',
  elasticsearch:
    'Run it with "profile": true: wildcards at the start of a term, scripts and deep pages cost most. Look at the slow log and at the busiest shard.',
  opensearch:
    'Run it with "profile": true: wildcards at the start of a term, scripts and deep pages cost most. Look at the slow log and at the busiest shard.',
  memcached: 'Look at the size of the value, at evictions and at the network: memcached itself computes nothing.',
  mongodb:
    'Look at explain("executionStats") of this query: a COLLSCAN, or many more documents examined than returned, wants an index that fits conditions and sort order.',
  redis:
    'Look at SLOWLOG GET: a command over a large key (KEYS, HGETALL, SMEMBERS, LRANGE) stops all others meanwhile. Split the key or read a part of it.',
};

/** Where the plan is shown by another word. */
const PLANS: Readonly<Record<string, string>> = {
  'microsoft.sql_server': 'the actual execution plan (SET STATISTICS XML ON)',
  'oracle.db': 'the plan that ran (DBMS_XPLAN.DISPLAY_CURSOR)',
};

function lookAt(system: string): string {
  const database = system === 'other_sql' || system === '' ? 'the database' : system;
  return (
    ELSEWHERE[system] ??
    `Look at ${PLANS[system] ?? `the plan of this statement with EXPLAIN on ${database}`}: add the index that its conditions and its sort order need, or read less.`
  );
}
