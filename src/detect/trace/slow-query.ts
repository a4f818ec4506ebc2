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
import { frameworkOf, readLess } from '#detect/signs/orm-frameworks.ts';
import { ELSEWHERE, lookAt } from '#detect/signs/query-advice.ts';
import { queryTest } from '#detect/signs/query-test.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import { statisticsOf, suspicionWith } from '#detect/signs/statement-statistics.ts';
import type { Facts, Words } from '#model/finding/finding.ts';
import { querySuspicion } from '#model/sql/query-plan.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const slowQuery = defineDetector({
  id: 'slow-query',
  title: 'Slow query',
  why: 'One slow statement delays the whole request and keeps a connection from other requests.',
  runbook: 'runbooks/slow-query.md',
  clear: 'no database call held the critical path long enough to matter',
  silent: [
    'It looks only at spans that name a database. A driver without instrumentation leaves a gap.',
    'It ignores a slow query off the critical path. Many quick queries are reported as N+1 queries.',
    'It ignores databases on a phone or in a browser, because nobody on call can change them.',
    'It ignores connecting, waiting for a connection, and reads that wait for work (`BLPOP`, `LISTEN`).',
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
  namesCause: ({ facts, evidence = [] }) => !(Number(facts.ranUs) >= 0) && evidence.length > 0,
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
    const slow = spansWith(trace, { heldUs: least }).filter((span) => isQuery(span) && pathBelowUs(trace, span) > 0);
    const byQuery = Map.groupBy(
      slow,
      (span) => `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`,
    );
    return [...byQuery.values()].map((found) => {
      const spans = found.sort((a, b) => pathBelowUs(trace, b) - pathBelowUs(trace, a) || a - b);
      const slowest = spans[0] ?? trace.root;
      const statistics = statisticsOf(trace, slowest, databases);
      const suspect = suspicionWith(querySuspicion(trace, slowest, logs), statistics);
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
          ...requestFacts(trace),
          suspicion: suspect.reason,
          ranUs: statistics?.isFast ? statistics.answer.statement.maxUs : -1,
        },
        evidence: [...suspect.evidence, ...(statistics?.evidence ?? [])],
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
    const many = Number(queries) > 1 ? `${queries} runs of one query` : 'one query';
    return {
      title: `${rootOperation} waits ${durationText(Number(heldUs))} for ${many} of ${service}, ${label}${endedBadly === true ? ', which then fails' : ''}${reason === '' ? '' : `: ${reason}`}`,
      explanation: `The whole request takes ${durationText(Number(rootUs))} and cannot end before this query: ${statement}.`,
      remedy: `${lookAt(String(system))}${means === '' ? '' : ` ${means}`}`,
      check: `${String(system) in ELSEWHERE ? 'The' : 'The plan shows an index scan with few rows, or the'} same statement is fast when nothing else runs. Then the database was busy or blocked, and the query is not the cause.`,
    };
  },
});

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
    explanation: `The whole request takes ${durationText(Number(rootUs))}. The database’s statistics show that this statement never took longer than ${most}. The rest of the time was lost before the database: in the connection pool, the network or the driver.`,
    remedy: `Look at the connection pool of ${service}: its size, waiting requests, and who holds connections for long. Then look at the network between ${service} and the database. The statement itself needs no change.`,
    check:
      'The statement was cancelled or failed, which the database does not count. Or it ran on another server than the one that Spanhound asked.',
  };
}
