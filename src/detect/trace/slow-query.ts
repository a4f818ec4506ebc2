/**
 * One database call holds the critical path.
 *
 *   [ GET /orders                                          ]  order-service   ← the service to change
 *     [ SELECT … FROM orders JOIN order_items … 2.28 s   ]    order-service   ← the proof
 *
 * Counts only the part of the critical path in the call and its descendants. A slow query off the critical path does not
 * delay the request.
 */

import { defineDetector } from '#detect/detector.ts';
import { fillsCache } from '#detect/signs/caches/cache-misses.ts';
import { worksOffBatch } from '#detect/signs/calls/batches.ts';
import { frameworkOf, readLess } from '#detect/signs/databases/orm-frameworks.ts';
import { ELSEWHERE, queryAdvice } from '#detect/signs/databases/query-advice.ts';
import { queryTest } from '#detect/signs/databases/query-test.ts';
import { type SaidStatement, saidStatements } from '#detect/signs/databases/statement-lines.ts';
import { statisticsOf, suspicionWith } from '#detect/signs/databases/statement-statistics.ts';
import { lackedServer } from '#detect/signs/failures/absent-servers.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import { wasLoopBlocked } from '#detect/signs/runtime/cpu-starvation.ts';
import { splitOf } from '#detect/signs/starts/split-calls.ts';
import type { Candidate, EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { querySuspicion, READS_ALL } from '#model/sql/query-plan.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { copiesRows, fetchesMany, RETURNED, WRITTEN } from '#model/sql/row-rate.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { type SaidUsual, saidUsual } from '#model/trace/views/said-usual.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const slowQuery = defineDetector({
  id: 'slow-query',
  title: 'Slow query',
  why: 'One slow statement delays the whole request and keeps a connection from other requests.',
  runbook: 'runbooks/slow-query.md',
  clear: 'no database call held the critical path long enough to matter',
  silent: [
    'It looks at spans that name a database. Without such a span, the line of the request that logs the statement with its duration has to show it.',
    'It ignores a slow query off the critical path, and a batch that takes a few milliseconds a row. Many quick queries are reported as N+1 queries.',
    'It ignores databases on a phone or in a browser, because nobody on call can change them.',
    'It ignores connecting, waiting for a connection, reads that wait for work (`BLPOP`, `LISTEN`), and answers delayed by a blocked event loop. A store without a server or enough replicas is no slow query.',
  ],
  role: 'mechanism',
  field: 'database',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does the statement take so long?',
      lookAt:
        'Its plan (EXPLAIN), the indexes of its tables and their last change, and the load of the database at that time.',
    },
    said: [
      {
        ask: 'Why does the database read so much for it?',
        lookAt:
          'Whether an index fits its conditions, when that index was created or dropped, and how many rows the table has now.',
      },
    ],
  },
  checkQueries: ['plan'],
  // The database's statistics may show that the statement is not the cause. A guess from the statement has no evidence.
  excusedBy: ['exported-rows', 'refill'],
  namesCause: ({ facts, evidence = [] }) =>
    !(Number(facts.ranUs) >= 0) && facts.mayWait !== true && evidence.length > 0,
  saidAs: /\bslow quer|\bmissing index\b|\bholds a connection for\b|\btable scan\b|\bseq scan\b/i,
  ticks: { 'slow-queries': 'Looked at the queries in the trace, not at the log of the database' },
  signs: ['slow-statement'],
  needs: ['trace'],
  uses: ['logs', 'databases'],
  thresholds: {
    minPathMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time of the call on the critical path',
      why: 'People do not notice less than 100 ms (Nielsen 1993). Coroot alerts on the same value for PostgreSQL.',
    },
    minShare: shareOfRequest({
      default: 0.1,
      why: 'Sentry uses 10 %, too. Less is within the noise of one request.',
    }),
  },

  detect({ trace, logs = [], databases = [] }, { minPathMs, minShare }) {
    const least = leastTimeUs(trace, minPathMs, minShare);
    const isQuery = queryTest(trace);
    const lines = linesBySpan(logs);
    const slow = spansWith(trace, { heldUs: least }).filter(
      (span) =>
        isQuery(span) &&
        pathBelowUs(trace, span) > 0 &&
        !worksOffBatch(trace, span) &&
        !wasLoopBlocked(trace, span, logs) &&
        !lackedServer(trace, span, lines) &&
        !wasUnanswered(trace, span) &&
        splitOf(trace, span, logs) === undefined &&
        !addsRows(trace, span) &&
        !waitsForFlush(trace, span),
    );
    const byQuery = Map.groupBy(
      slow,
      (span) => `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`,
    );
    const said = saidStatements(trace, logs, least).filter(({ span }) => !isQuery(span));
    const ofLines = Map.groupBy(said, ({ span, shape }) => `${span}\n${shape}`).values();
    const logged = [...ofLines].flatMap((all) => statementSighting(trace, all));
    const ofSpans = [...byQuery.values()].map((found): Sighting => {
      const spans = found.sort((a, b) => pathBelowUs(trace, b) - pathBelowUs(trace, a) || a - b);
      const slowest = spans[0] ?? trace.root;
      const statistics = statisticsOf(trace, slowest, databases);
      const suspect = suspicionWith(querySuspicion(trace, slowest, logs), statistics);
      const wastedUs = pathUs(trace, spans);
      const said = besideUsual(saidUsual(trace, slowest, logs, Math.max(wastedUs, trace.durationOfUs(slowest))));
      const evidence = [...suspect.evidence, ...(statistics?.evidence ?? []), ...said.evidence];
      const isOfRun = evidence.length === 0 && suspect.reason === '' && readsForRun(trace, slowest);
      const mayWait = evidence.length === 0 && suspect.reason === '' && writesRows(trace, slowest);
      return {
        ...((mayWait || isOfRun) && { inferred: true }),
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
          ...requestFacts(trace),
          suspicion: suspect.reason || said.reason,
          missing: suspect.index,
          readsAll: suspect.reason === READS_ALL || spans.every((span) => copiesRows(trace, span, RETURNED)),
          mayWait,
          ...(isOfRun && { isOfRun }),
          ranUs: statistics?.isFast ? statistics.answer.statement.maxUs : -1,
          accounted: said.isUsual && evidence.length === 0,
          saidSlower: said.reason !== '',
          ...(spans.length === 1 && fillsCache(trace, slowest) && { fillsCache: true }),
        },
        evidence,
      };
    });
    return [...ofSpans, ...logged];
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
    missing,
    ranUs,
    system,
    framework,
    mayWait,
    isOfRun,
  }) {
    const means = readLess(String(framework));
    if (Number(ranUs) >= 0) return lostBefore({ service, label, heldUs, rootUs, rootOperation, ranUs });
    const many = Number(queries) > 1 ? `${queries} runs of one query` : 'one query';
    return {
      title: `${rootOperation} waits ${durationText(Number(heldUs))} for ${many} of ${service}, ${label}${endedBadly === true ? ', which then fails' : ''}${reason === '' ? '' : `: ${reason}`}`,
      headline: {
        why: `${inWords(label)} in ${inWords(service)} ${mayWait === true ? 'is slow or waits for a lock' : `is a slow query${because(String(reason))}`}`,
      },
      explanation: `The whole request takes ${durationText(Number(rootUs))} and cannot end before this query: ${statement}.`,
      remedy: `${queryAdvice(String(system), { label: String(label), shape: String(statement), missing: String(missing) })}${means === '' ? '' : ` ${means}`}`,
      check: `${String(system) in ELSEWHERE ? 'The' : 'The plan shows an index scan with few rows, or the'} same statement is fast when nothing else runs. Then the database was busy or blocked, and the query is not the cause.`,
      ...(mayWait === true && { couldBe: candidatesOfWrite(String(label)) }),
      ...(isOfRun === true && { couldBe: candidatesOfRun(String(label)) }),
    };
  },
});

/** Runs of one statement that only lines show. A line of the client counts a wait for a lock as time of the statement. */
function statementSighting(trace: Trace, said: readonly SaidStatement[]): Sighting[] {
  const [first] = said;
  if (first === undefined) return [];
  const { span, shape, label } = first;
  const heldUs = said.reduce((sum, { us }) => sum + us, 0);
  const mayWait = WRITES.test(shape);
  return [
    {
      ...(mayWait && { inferred: true }),
      service: trace.service(span),
      operation: trace.operation(span),
      spans: [span],
      wastedUs: heldUs,
      facts: {
        system: '',
        framework: frameworkOf(trace, span),
        statement: shape || 'a statement that its log does not quote',
        label: label || 'a statement in its log',
        queries: said.length,
        endedBadly: false,
        heldUs,
        ...requestFacts(trace),
        suspicion: '',
        missing: '',
        readsAll: false,
        mayWait,
        ranUs: -1,
      },
      evidence: said.slice(0, MOST_CITED).map(({ item }) => item),
    },
  ];
}

/** What the words about the usual time show: a run like any other, or one that took far longer. */
function besideUsual(
  said: SaidUsual | undefined,
): Readonly<{ isUsual: boolean; reason: string; evidence: EvidenceItem[] }> {
  if (said === undefined) return { isUsual: false, reason: '', evidence: [] };
  if (said.is === 'as usual') return { isUsual: true, reason: '', evidence: [] };
  return { isUsual: false, reason: `it usually takes ${durationText(said.usualUs)}`, evidence: [said.item] };
}

/** More lines of one statement say the same. */
const MOST_CITED = 3;

/** New rows are in nobody's way. Many that are changed or deleted are locked for as long as that takes. */
const ADDS = /^\W*(?:insert|copy|load|bulk)\b/i;

/** One call does the work of many: it is slow for one element only. */
function addsRows(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span)) return false;
  return ADDS.test(trace.queryShape(span) || trace.operation(span)) && copiesRows(trace, span, WRITTEN);
}

/** ClickHouse collects small inserts of all clients and writes them together; the insert waits for that, as it is set. */
const COLLECTED = /\b(?:wait_for_)?async_insert\s*=\s*1\b/i;
/** `async_insert_busy_timeout_max_ms` is 200 ms by default, and often set to a second. */
const LONGEST_FLUSH_US = 1_000_000;

function waitsForFlush(trace: Trace, span: SpanIndex): boolean {
  return trace.durationOfUs(span) <= LONGEST_FLUSH_US && COLLECTED.test(trace.text(span, 'db.query.text'));
}

/** Statements that wait where another transaction holds their rows, or for the disk and the replicas. */
const WRITES = /^(?:with\b.{0,400}\b)?(?:insert|update|delete|merge|replace|upsert|commit)\b/;

/** Elasticsearch, OpenSearch, MongoDB, DynamoDB: one call writes many elements, and records seldom say how many. */
const WRITES_MANY = /(?:^|[\s./_:])(?:bulk(?:_?write)?|insert_?many|batch_?write\w{0,10})\b/i;

function writesRows(trace: Trace, span: SpanIndex): boolean {
  const names = [trace.operation(span), trace.text(span, 'db.operation.name')];
  if (names.some((name) => WRITES_MANY.test(name))) return true;
  return WRITES.test(trace.queryShape(span) || trace.operation(span).toLowerCase());
}

const ACCEPTED = 202;

/** The request only starts a run (202, RFC 9110), whose read returns thousands of rows, each quicker than a round trip. */
function readsForRun(trace: Trace, span: SpanIndex): boolean {
  const isAccepted = trace.httpStatus(trace.root) === ACCEPTED && !trace.failed(trace.root);
  return isAccepted && fetchesMany(trace, span);
}

function candidatesOfRun(label: string): Candidate[] {
  return [
    { what: 'the rows that the run needs, at the usual pace', shownBy: 'other runs read as many rows in this time' },
    { what: `${label} itself: it looks through many more rows`, shownBy: 'its plan (EXPLAIN) reads far more rows' },
  ];
}

/** The span of a write is as long where it waits as where it works. */
function candidatesOfWrite(label: string): Candidate[] {
  return [
    {
      what: `${label} itself: it looks through many rows, changes many, or fires a trigger`,
      shownBy: 'its plan (EXPLAIN) reads or changes many rows',
    },
    {
      what: 'a lock that another transaction held',
      shownBy: 'the database’s report on lock waits names the statement at that time',
      names: ['lock-contention'],
    },
    { what: 'a slow commit: the disk, or a replica that has to confirm', shownBy: 'other writes were slow then, too' },
  ];
}

/**
 * Commands whose time does not depend on the data: Redis documents them as O(1), memcached has no others. One that
 * fails after a while got no answer: the client's limit came, or no server could be reached.
 * https://redis.io/docs/latest/commands/get/
 */
const OF_ONE_KEY =
  /^(?:(?:redis|valkey|memcached?)[ ._:/-])?(?:gets?|set(?:ex|nx)?|psetex|getex|getset|hget|hset|hexists|sismember|zscore|exists|incr(?:by)?|decr(?:by)?|p?expire|p?ttl|touch)\b/i;
const KEY_STORES: ReadonlySet<string> = new Set(['redis', 'valkey', 'memcached']);

function wasUnanswered(trace: Trace, span: SpanIndex): boolean {
  if (!trace.failed(span) || !KEY_STORES.has(trace.databaseSystem(span))) return false;
  return OF_ONE_KEY.test(trace.queryShape(span) || trace.operation(span));
}

/** A suspicion is a noun (`a full scan`) or a clause (`it reads the whole table: no WHERE, no LIMIT`). */
function because(reason: string): string {
  if (reason === '') return '';
  const [first = ''] = reason.split(/[:;(]/);
  if (/ (?:can|is|may|uses) /.test(first)) return `: ${first.trim()}`;
  return first.startsWith('it ') ? ` and ${first.slice('it '.length)}` : ` with ${first.trim()}`;
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
    title: `${rootOperation} waits ${durationText(Number(heldUs))} for ${label} of ${service}, but the database runs it in ${most} or less`,
    names: ['pool-exhaustion'],
    headline: { why: `${inWords(service)} loses time before its query reaches the database` },
    explanation: `The whole request takes ${durationText(Number(rootUs))}. The database’s statistics show that this statement never took longer than ${most}. The rest of the time was lost before the database: in the connection pool, the network or the driver.`,
    remedy: `Look at the connection pool of ${service}: its size, waiting requests, and who holds connections for long. Then look at the network between ${service} and the database. The statement itself needs no change.`,
    check:
      'The statement was cancelled or failed, which the database does not count. Or it ran on another server than the one that Spanhound asked.',
  };
}
