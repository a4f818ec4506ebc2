/**
 * One query for a list, then one more for each element of it.
 *
 *   [ GET /orders                                                        ]  order-service  ← the service to change
 *     [ SELECT … FROM orders ]                                                             the list: 1
 *                             [ SELECT … customers WHERE id = ? ][ … ][ … ][ … ][ … ]      its elements: N
 */
import { defineDetector } from '#detect/detector.ts';
import { frameworkOf, loadTogether, writeTogether } from '#detect/signs/orm-frameworks.ts';
import {
  listed,
  loopCost,
  loopFacts,
  loopsOf,
  namesOf,
  pausesIn,
  SAME_QUESTION_LIMITS,
  sameQuestions,
} from '#detect/signs/repeated-calls.ts';
import { isTruncated, queryLabel, queryTable } from '#model/sql/query-shape.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

export const nPlusOneQueries = defineDetector({
  id: 'n-plus-one-queries',
  title: 'N+1 queries',
  why: 'Each query is fast, but their round trips add up, and the load on the database grows with the length of every list.',
  runbook: 'runbooks/n-plus-one-queries.md',
  clear: 'no query was repeated often enough below one span',
  silent: [
    'Queries are of one kind where their text has one shape: without the text their names have to do, and a text that was cut is left alone.',
    'Redis, Valkey and Memcached are left alone: they are asked key by key by their nature.',
    'Queries that run side by side cost the request one round trip and are left alone.',
    'A few queries each below many callers are not added up; fewer than `minQueries` below one count only where they ask the very same and cost much.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why is each element read by itself?',
      lookAt: 'The code that loads the list: lazy loading, a missing join, a loop; and since which version.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  thresholds: {
    minQueries: {
      default: 5,
      min: 2,
      unit: 'queries',
      means: 'Sibling queries of one shape',
      why: 'Sentry and perf-sentinel start at 5: fewer are how hand-written code looks.',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Time that they hold of the critical path together',
      why: 'Sentry halved its limit of 100 ms to 50 ms in 2023 after looking at what it had missed.',
    },
    minShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'Sentry asks that 5 % of the time is spent in the pattern: fifty quick reads in a long job hurt nobody.',
    },
    ...SAME_QUESTION_LIMITS,
  },

  detect({ trace }, { minQueries, minTogetherMs, minShare, minRepeatsMs, minRepeatsShare }) {
    const least = Math.max(minTogetherMs * 1000, minShare * trace.durationOfUs(trace.root));
    const accepts: SpanTest = (query) => isRepeatable(trace, query);
    const isWrite: SpanTest = (query) => WRITES.test(trace.queryShape(query));
    const leastRepeats = Math.max(minRepeatsMs * 1000, minRepeatsShare * trace.durationOfUs(trace.root));
    const limits = { minCalls: minQueries, database: true, accepts };
    return [
      ...loopsOf(trace, { ...limits, leastUs: least }),
      ...sameQuestions(trace, {
        ...limits,
        leastUs: leastRepeats,
        accepts: (query) => accepts(query) && !isWrite(query),
      }),
    ].map((loop) => {
      const { caller, first } = loop;
      const shape = trace.queryShape(first) || trace.operation(first);
      const pauses = pausesIn(trace, loop);
      return {
        service: trace.service(first),
        operation: trace.operation(caller),
        ...listed(trace, loop.calls),
        wastedUs: loop.savedUs ?? loop.heldUs,
        pausesUs: lengthOf(pauses),
        explains: pauses,
        facts: {
          ...loopFacts(trace, loop, pauses),
          queries: loop.count,
          shape,
          what: namesOf(loop.kinds.map((kind) => tableOf(trace, kind))),
          label: queryLabel(shape) || trace.operation(first),
          list: loop.list === undefined ? '' : trace.queryShape(loop.list) || trace.operation(loop.list),
          framework: frameworkOf(trace, first),
        },
      };
    });
  },

  say(facts) {
    const { service, operation, queries, elements, callers, what, label, shape, same, list, sideBySide } = facts;
    const cost = loopCost(facts, 'queries');
    const source = list === '' ? '' : ` after ${list}`;
    const runs = Number(callers) > 1 ? `, in ${callers} runs of ${operation},` : '';
    if (same === true) {
      return {
        title: `${service}: the same query (${label}) runs ${queries} times in one request${runs === '' ? ';' : runs} together they ${cost}`,
        explanation: `${shape} is sent ${queries} times with the same values${source}, each time waiting for the answer.`,
        remedy: 'Read it once and keep the answer for the rest of the request.',
        check: 'The answers differ, because something is written in between.',
      };
    }
    const writes = WRITES.exec(String(shape))?.[0];
    return {
      title: `${service}: ${Number(queries) + (list === '' || Number(callers) > 1 ? 0 : 1)} queries to ${writes ?? 'load'} ${elements} ${what} one by one (N+1)${runs} ${cost}`,
      explanation: `${shape} is sent ${elements} times${source}, once for each element, ${sideBySide === true ? 'a few at a time' : 'and each waits for the one before'}.`,
      remedy: writes === undefined ? loadTogether(String(facts.framework)) : writeTogether(String(facts.framework)),
      check:
        writes === undefined
          ? `One query with all the ids takes as long as the ${queries} together, or the elements are not known beforehand.`
          : `One statement with all the rows takes as long as the ${queries} together, or each has to be known to be written before the next.`,
    };
  },
});

/** From the statement, or from a summary of it, `SELECT customers`. */
function tableOf(trace: Trace, query: SpanIndex): string {
  const summary = /^(?:SELECT|INSERT|UPDATE|DELETE) ([\w.]+)$/.exec(trace.operation(query))?.[1];
  return queryTable(trace.queryShape(query)) || summary || 'rows';
}

/** `values (?), (?)`: several rows in one statement. */
const MANY_ROWS = /^insert\b(?:(?!\bvalues\b).)*\bvalues\b.*\) ?, ?\(/;

/** The next rows of one list in its order, and not those that belong to an element. */
function isPage(shape: string): boolean {
  if (!/\border by\b/.test(shape) || !/\b(?:limit|fetch next|fetch first|top) ?\(?\?/.test(shape)) return false;
  return /\boffset \?|[<>]=? ?\?/.test(shape) && !/(?<![<>!])= ?\?|\bin ?\(\?/.test(shape);
}

/** Shapes are in lower case. */
const WRITES = /^(?:insert|update|delete)\b/;

/**
 * What opens a connection or a transaction is repeated by its nature; a statement that was cut may hide where two queries
 * differ; a key-value cache is asked key by key (that is another pattern); and a table that is read page by page, or
 * written many rows at a time, is handled together already.
 */
function isRepeatable(trace: Trace, span: SpanIndex): boolean {
  if (['redis', 'memcached', 'valkey'].includes(trace.databaseSystem(span))) return false;
  if (isTruncated(trace.text(span, 'db.query.text'))) return false;
  if (isPage(trace.queryShape(span)) || MANY_ROWS.test(trace.queryShape(span))) return false;
  return !/^(begin|start transaction|commit|rollback|savepoint|release|set|show|use|pragma|connect|ping|discard)\b/.test(
    trace.queryShape(span) || trace.operation(span).toLowerCase(),
  );
}
