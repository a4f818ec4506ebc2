/** Where each database shows why a statement is slow, and the index that it may need. */
import { indexFor } from '#model/sql/index-for.ts';

/** Databases without EXPLAIN: where to look instead, and the usual cause. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'aws.dynamodb':
    'A Scan reads the whole table: Query by key or through a secondary index. Otherwise look at consumed capacity and throttled requests.',
  cassandra: 'Look at it with TRACING ON: large partitions, tombstones, ALLOW FILTERING, or slow nodes.',
  elasticsearch:
    'Run it with "profile": true: leading wildcards, scripts and deep pages cost most. Look at the slow log and at the busiest shard.',
  opensearch:
    'Run it with "profile": true: leading wildcards, scripts and deep pages cost most. Look at the slow log and at the busiest shard.',
  memcached: 'Look at the size of the value, at evictions and at the network. Memcached itself computes nothing.',
  mongodb:
    'Look at explain("executionStats") of this query: a COLLSCAN, or many more documents examined than returned, means a missing index. Add one that fits the conditions and the sort order.',
  redis:
    'Look at SLOWLOG GET: a command over a large key (KEYS, HGETALL, SMEMBERS, LRANGE) blocks all other commands. Split the key or read a part of it.',
};

/** Databases that show the query plan with something other than EXPLAIN. */
const PLANS: Readonly<Record<string, string>> = {
  'microsoft.sql_server': 'the actual execution plan (SET STATISTICS XML ON)',
  'oracle.db': 'the plan that ran (DBMS_XPLAN.DISPLAY_CURSOR)',
};

export function lookAt(system: string, shape = ''): string {
  const elsewhere = ELSEWHERE[system];
  if (elsewhere !== undefined) return elsewhere;
  const database = system === 'other_sql' || system === '' ? 'the database' : system;
  const plan = PLANS[system] ?? `the plan of this statement with EXPLAIN on ${database}`;
  const index = indexFor(shape);
  return index === undefined
    ? `Look at ${plan}. Add the index that its conditions and its sort order need, or read less.`
    : `Look at ${plan}: if it reads the whole table, add an index on ${index}, or read less.`;
}
