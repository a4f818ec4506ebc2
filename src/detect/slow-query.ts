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
import { durationText } from '#model/duration.ts';
import type { EvidenceItem } from '#model/finding.ts';
import type { LogLine } from '#model/log-line.ts';
import { queryLabel } from '#model/query-shape.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';

export const slowQuery = defineDetector({
  id: 'slow-query',
  title: 'Slow query',
  why: 'One statement holds up the whole request, and every connection that waits for it is missing elsewhere.',
  runbook: 'runbooks/slow-query.md',
  clear: 'no database call held the critical path long enough to matter',
  needs: ['trace'],
  uses: ['logs'],
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

  detect({ trace, logs = [] }, { minPathMs, minShare }) {
    const least = Math.max(minPathMs * 1000, minShare * trace.durationOfUs(trace.root));
    const byQuery = new Map<string, SpanIndex[]>();
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!trace.isDatabaseCall(span)) continue;
      const heldUs = trace.pathUs([span]);
      if (heldUs < least || heldUs === 0) continue;
      const query = `${trace.service(span)}\n${trace.queryShape(span) || trace.operation(span)}`;
      const spans = byQuery.get(query);
      if (spans === undefined) byQuery.set(query, [span]);
      else spans.push(span);
    }

    return [...byQuery.values()].map((found) => {
      const spans = found.sort((a, b) => trace.pathUs([b]) - trace.pathUs([a]) || a - b);
      const slowest = spans[0] ?? trace.root;
      const statement = trace.text(slowest, 'db.query.text');
      const plan = planEvidence(trace, slowest, logs);
      const wastedUs = trace.pathUs(spans);
      return {
        service: trace.service(slowest),
        operation: trace.operation(slowest),
        spans,
        wastedUs,
        facts: {
          system: trace.databaseSystem(slowest),
          statement: trace.queryShape(slowest) || trace.operation(slowest),
          label: queryLabel(trace.queryShape(slowest)) || trace.operation(slowest),
          queries: spans.length,
          heldUs: wastedUs,
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
          suspicion: plan?.suspicion ?? suspicion(statement),
        },
        evidence: plan === undefined ? [] : [plan.item],
      };
    });
  },

  say({ service, statement, label, queries, heldUs, rootUs, rootOperation, suspicion: reason, system }) {
    const many = Number(queries) > 1 ? `${queries} runs of one query (${label}) hold` : `one query (${label}) holds`;
    return {
      title: `${service}: ${many} ${durationText(Number(heldUs))} of the ${durationText(Number(rootUs))} of ${rootOperation}${reason === '' ? '' : `; ${reason}`}`,
      explanation: `The critical path runs through ${statement} for ${durationText(Number(heldUs))}: the request cannot end sooner than this query does.`,
      remedy: `Look at the plan of this statement with EXPLAIN on ${databaseName(String(system))}: add the index that its conditions and its sort order need, or read less.`,
      check:
        'EXPLAIN shows an index scan with few rows, or the same statement is fast when nothing else runs: then the database was busy or blocked, and the query is the victim.',
    };
  },
});

/** What the statement itself gives away. A hint, worded as one. */
function suspicion(statement: string): string {
  const sql = statement.toLowerCase();
  if (!sql.trimStart().startsWith('select')) return '';
  const joins = sql.split(/\bjoin\b/).length - 1;
  if (!/\b(where|limit|fetch first|top)\b/.test(sql)) return 'it reads the whole table: no WHERE, no LIMIT';
  if (/\blike\s+'%/.test(sql)) return 'LIKE with a leading wildcard can use no index';
  if (joins > 0) return `${joins === 1 ? 'a join' : `${joins} joins`}, maybe without an index`;
  return '';
}

const PLAN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bseq(?:uential)? scan\b|\bfull (?:table )?scan\b|\btable scan\b|\bCOLLSCAN\b/i, 'a full scan'],
  [
    /\bmissing index\b|\bno index used\b|\bnot using (?:an )?index(?:es)?\b|\bwithout (?:an )?index\b/i,
    'a missing index',
  ],
];

/** A plan or a log line that names the reason beats a guess from the statement. */
function planEvidence(
  trace: Trace,
  span: SpanIndex,
  logs: readonly LogLine[],
): { suspicion: string; item: EvidenceItem } | undefined {
  const spanId = trace.spanId(span);
  const texts: EvidenceItem[] = [
    ...['db.query.plan', 'db.plan', 'db.execution_plan'].map(
      (name): EvidenceItem => ({ kind: 'span', ref: spanId, text: trace.text(span, name) }),
    ),
    ...trace.events(span).map(
      (event): EvidenceItem => ({
        kind: 'event',
        ref: spanId,
        text: `${event.name} ${Object.values(event.attributes).join(' ')}`,
      }),
    ),
    ...logs
      .filter((line) => line.spanId === spanId || (line.spanId === '' && line.service === trace.service(span)))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  for (const item of texts) {
    const [, reason] = PLAN_WORDS.find(([words]) => words.test(item.text)) ?? [];
    if (reason !== undefined) return { suspicion: reason, item };
  }
  return undefined;
}

function databaseName(system: string): string {
  return system === 'other_sql' || system === '' ? 'the database' : system;
}
