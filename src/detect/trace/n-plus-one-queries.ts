/**
 * One query for a list, then one more query for each element of it.
 *
 *   [ GET /orders                                                        ]  order-service  ← the service to change
 *     [ SELECT … FROM orders ]                                                             the list: 1
 *                             [ SELECT … customers WHERE id = ? ][ … ][ … ][ … ][ … ]      its elements: N
 */

import { defineDetector } from '#detect/detector.ts';
import { areBatches, arePages } from '#detect/signs/calls/batches.ts';
import {
  type Loop,
  loopSighting,
  loopWords,
  namesOf,
  repeatedCalls,
  SAME_QUESTION_LIMITS,
} from '#detect/signs/calls/repeated-calls.ts';
import { frameworkOf, loadTogether, writeTogether } from '#detect/signs/databases/orm-frameworks.ts';
import { shareOfRequest } from '#detect/signs/request-share.ts';
import type { Facts } from '#model/finding/finding.ts';
import { isTruncated, KEY_VALUE_SYSTEMS, queryLabel, queryTable } from '#model/sql/query-shape.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export const nPlusOneQueries = defineDetector({
  id: 'n-plus-one-queries',
  title: 'N+1 queries',
  why: 'Each query is fast, but the round trips add up, and the load on the database grows with every list.',
  runbook: 'runbooks/n-plus-one-queries.md',
  clear: 'no query was repeated often enough below one span',
  silent: [
    'It groups queries by the shape of their text, or by span name where there is no text. It ignores truncated query texts.',
    'In Redis, Valkey and Memcached it counts only reads of `minKeys` keys or more, because clients normally read them key by key.',
    'It ignores batches (many rows, pages, bulk writes, cursors), and queries that run in parallel: they cost the request one round trip.',
    'It does not add up queries of different callers. Fewer than `minQueries` of one caller count only where they are identical and slow. A loop that ten healthy requests have too is unsure.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does the code read each element with its own query?',
      lookAt:
        'The code that loads the list (lazy loading, a missing join, a loop), and the version that introduced it.',
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
      why: 'Sentry and perf-sentinel start at 5, too. Fewer are normal in hand-written code.',
    },
    minKeys: {
      default: 20,
      min: 2,
      unit: 'reads',
      means: 'Sibling reads of keys in Redis, Valkey or Memcached',
      why: 'The same as for Fan-out: clients read a few keys one by one. From twenty on, one command for all of them saves round trips (Redis’ documentation of pipelining).',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Total time of these queries on the critical path',
      why: 'Sentry lowered its limit from 100 ms to 50 ms in 2023, because it had missed too much.',
    },
    minWritesMs: {
      default: 100,
      min: 0,
      unit: 'ms',
      means: 'The same for writes of rows',
      why: 'A client that sends several items asked for these writes, and people do not notice less than 100 ms (Nielsen).',
    },
    minShare: shareOfRequest({
      default: 0.05,
      why: 'Sentry uses 5 %, too. Fifty quick reads in a long job do no harm.',
    }),
    ...SAME_QUESTION_LIMITS,
  },

  detect({ trace }, { minQueries, minKeys, minWritesMs, ...thresholds }) {
    const accepts: SpanTest = (query) => isRepeatable(trace, query);
    const isWrite: SpanTest = (query) => WRITES.test(trace.queryShape(query));
    const acceptsSame: SpanTest = (query) => accepts(query) && !isWrite(query);
    const limits = { minCalls: minQueries, database: true, accepts, acceptsSame };
    const ofKeys = keyLoops(trace, minKeys, thresholds);
    const loops = [...repeatedCalls(trace, limits, thresholds), ...ofKeys].filter(
      ({ calls, first, heldUs }) => !areBatches(trace, calls) && !(isWrite(first) && heldUs < minWritesMs * MS_US),
    );
    return loops.map((loop) => {
      const { first } = loop;
      const shape = trace.queryShape(first) || trace.operation(first);
      return loopSighting(trace, loop, {
        service: trace.service(first),
        facts: {
          queries: loop.count,
          pages: arePages(trace, loop.calls),
          shape,
          what: ofKeys.includes(loop) ? 'keys' : namesOf(loop.kinds.map((kind) => tableOf(trace, kind))),
          store: ofKeys.includes(loop) ? trace.databaseSystem(first) : '',
          label: queryLabel(shape) || trace.operation(first),
          list: loop.list === undefined ? '' : trace.queryShape(loop.list) || trace.operation(loop.list),
          framework: frameworkOf(trace, first),
        },
      });
    });
  },

  say(facts) {
    const { service, queries, elements, what, label, shape, same, store } = facts;
    const { cost, parts, where, pace, total } = loopWords(facts, 'queries', queries);
    if (same === true) {
      return {
        title: `${service} sends the same query ${queries} times in one request (${label}): ${cost}`,
        headline: { why: `${inWords(service)} sends the same query again and again` },
        explanation: `${shape || label} is sent ${queries} times with the same values${where}. ${parts}`,
        remedy: `Read ${label} once in ${service} and keep the answer for the rest of the request.`,
        check: 'The answers differ, because something is written between the queries.',
      };
    }
    const writes = WRITES.exec(String(shape))?.[0];
    return {
      title: `${service} ${writes ?? 'load'}s ${elements} ${rowsOf(what)} one by one with ${total} queries (N+1): ${cost}`,
      headline: { why: `${inWords(service)} ${writes ?? 'load'}s ${rowsOf(what)} one by one` },
      explanation: `${shape} is sent ${elements} times${where}, once for each element, ${pace}. ${parts}`,
      remedy:
        store !== ''
          ? `Read the ${elements} keys of ${service} together: one command for many keys (MGET, HMGET, get_multi), or one pipeline.`
          : writes === undefined
            ? loadTogether(`the ${rowsOf(what)}`, String(facts.framework))
            : writeTogether(`the ${rowsOf(what)}`, String(facts.framework)),
      check:
        writes === undefined
          ? `One query with all the ${store === '' ? 'ids' : 'keys'} takes as long as the ${queries} queries, or the code does not know them in advance.`
          : `One statement with all the rows takes as long as the ${queries} queries, or each row must be written before the next.`,
    };
  },
});

const MS_US = 1000;

/** Commands that read what one key holds. */
const KEY_READ =
  /^(?:(?:redis|valkey|memcached?)[ ._:/-]+)?(?:get|gets|hget|hgetall|hmget|json\.get|smembers|exists)\b/i;

/** Loops of one caller over keys. A cache in front of a store is read key by key, too: see Cache miss cascade. */
function keyLoops(trace: Trace, minKeys: number, thresholds: Parameters<typeof repeatedCalls>[2]): Loop[] {
  const accepts: SpanTest = (read) =>
    KEY_VALUE_SYSTEMS.has(trace.databaseSystem(read)) && KEY_READ.test(trace.queryShape(read) || trace.operation(read));
  return repeatedCalls(trace, { minCalls: minKeys, database: true, accepts, acceptsSame: () => false }, thresholds);
}

/** From the statement, or from a summary such as `SELECT customers`. */
function tableOf(trace: Trace, query: SpanIndex): string {
  const summary = /^(?:SELECT|INSERT|UPDATE|DELETE) ([\w.]+)$/.exec(trace.operation(query))?.[1];
  return queryTable(trace.queryShape(query)) || summary || 'rows';
}

/** `values (?), (?)`: several rows in one statement. */
const MANY_ROWS = /^insert\b(?:(?!\bvalues\b).)*\bvalues\b.*\) ?, ?\(/;

/** Reads the next page of one list, not the rows of one element. */
function isPage(shape: string): boolean {
  if (!/\border by\b/.test(shape) || !/\b(?:limit|fetch next|fetch first|top) ?\(?\?/.test(shape)) return false;
  return /\boffset \?|[<>]=? ?\?/.test(shape) && !/(?<![<>!])= ?\?|\bin ?\(\?/.test(shape);
}

/** Shapes are in lower case. */
const WRITES = /^(?:insert|update|delete)\b/;

/**
 * Excludes statements that open a connection or a transaction (they repeat normally), truncated statements (the rest may
 * differ), key-value caches (another pattern), and tables that are read by page or written many rows at a time.
 */
function isRepeatable(trace: Trace, span: SpanIndex): boolean {
  if (KEY_VALUE_SYSTEMS.has(trace.databaseSystem(span))) return false;
  if (isTruncated(trace.text(span, 'db.query.text'))) return false;
  if (isPage(trace.queryShape(span)) || MANY_ROWS.test(trace.queryShape(span))) return false;
  return !/^(begin|start transaction|commit|rollback|savepoint|release|set|show|use|pragma|connect|ping|discard)\b/.test(
    trace.queryShape(span) || trace.operation(span).toLowerCase(),
  );
}

/** Tables are often named by one row: `rows of author`, but `authors`. */
function rowsOf(tables: Facts[string] = ''): string {
  const names = String(tables).split(/, | and /);
  return names.every((name) => /[^s]s$/i.test(name)) ? String(tables) : `rows of ${tables}`;
}
