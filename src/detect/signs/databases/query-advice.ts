/** Where each database shows why a statement is slow, and the index that it may need. */
import { indexFor } from '#model/sql/index-for.ts';

/** Databases without EXPLAIN: where to look instead, and the usual cause. `what`: `SELECT orders`. */
export const ELSEWHERE: Readonly<Record<string, (what: string) => string>> = {
  'aws.dynamodb': (what) =>
    `If ${what} is a Scan, Query by key or through a secondary index: a Scan reads the whole table. Otherwise look at consumed capacity and throttled requests.`,
  cassandra: (what) => `Look at ${what} with TRACING ON: large partitions, tombstones, ALLOW FILTERING, or slow nodes.`,
  elasticsearch: profiled,
  opensearch: profiled,
  memcached: (what) =>
    `Look at the size of the value of ${what}, at evictions and at the network. Memcached itself computes nothing.`,
  mongodb: (what) =>
    `Look at explain("executionStats") of ${what}: a COLLSCAN, or many more documents examined than returned, means a missing index. Add one that fits the conditions and the sort order.`,
  redis: (what) =>
    `Look for ${what} in SLOWLOG GET: a command over a large key (KEYS, HGETALL, SMEMBERS, LRANGE) blocks all other commands. Split the key or read a part of it.`,
};

function profiled(what: string): string {
  return `Run ${what} with "profile": true: leading wildcards, scripts and deep pages cost most. Look at the slow log and at the busiest shard.`;
}

/** Databases that show the query plan with something other than EXPLAIN. */
const PLANS: Readonly<Record<string, (what: string) => string>> = {
  'microsoft.sql_server': (what) => `the actual execution plan of ${what} (SET STATISTICS XML ON)`,
  'oracle.db': (what) => `the plan that ran for ${what} (DBMS_XPLAN.DISPLAY_CURSOR)`,
};

type Query = Readonly<{
  /** `SELECT orders` */
  label: string;
  shape: string;
  /** What the plan or a line says that is missing: `users.email`; '' where nothing says it. */
  missing: string;
}>;

export function queryAdvice(system: string, { label, shape, missing }: Query): string {
  if (missing !== '')
    return `Add the index on ${missing} that ${label} lacks. Check with EXPLAIN that the plan then uses it.`;
  const elsewhere = ELSEWHERE[system];
  if (elsewhere !== undefined) return elsewhere(label);
  const database = system === 'other_sql' || system === '' ? 'the database' : system;
  const plan = PLANS[system]?.(label) ?? `the plan of ${label} with EXPLAIN on ${database}`;
  const index = indexFor(shape);
  return index === undefined
    ? `Look at ${plan}. Add the index that its conditions and its sort order need, or read less.`
    : `Look at ${plan}: if it reads the whole table, add an index on ${index}, or read less.`;
}
