/**
 * What a change does to a store, where the failure says that the store has reached just that: it runs on a smaller machine, or
 * it gets its rows in many small parts.
 *
 *   -  sku: S3                  The request limit for the database is 30 and has been reached
 *   +  sku: Basic               ◄── a smaller tier takes fewer requests at once
 */
import { limitsIn } from '#model/changes/changed-limits.ts';
import type { DiffLine } from '#model/changes/diff-lines.ts';
import { MUCH_MORE } from '#model/changes/effect.ts';
import type { Touched } from '#model/changes/said/values.ts';
import { smallerMachine } from '#model/changes/title-effects.ts';

/**
 * Limits that come with the size of a managed store, in lower case: Azure SQL 10928 and 10936, PostgreSQL and MySQL (the size
 * gives the number of connections), Cosmos DB (16500), DynamoDB, Redis, Snowflake, Spanner, MongoDB Atlas.
 * https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
 */
const SAYS_SIZE =
  /\bthe (?:request|session|worker|login)s? limit for the (?:database|elastic pool) is \d{1,9}\b|\b(?:database|elastic pool)\b.{0,60}\breached (?:its|the) (?:\w{1,20} )?(?:quota|limit)\b|\b(?:remaining connection slots|too many (?:clients already|connections))\b|\brequest rate is large\b|\brequest rate too large\b|\bprovisioned ?throughput ?exceeded\w{0,10}|\bmax number of clients reached\b|\bout of memory\b.{0,60}\b(?:redis|cache|cluster)\b|\boom command not allowed\b|\bresources? limits?\b.{0,60}\b(?:database|warehouse)\b/;
const OF_STORES =
  /(?<![a-z])(?:sql|db|dbs|databases?|rds|aurora|postgres\w{0,3}|pg|mysql|mariadb|mongo\w{0,2}|atlas|cosmos\w{0,3}|dynamo\w{0,2}|redis|valkey|cache|warehouses?|spanner|alloydb|elasticpools?)(?![a-z])/i;

/** `service`: whose change it is. Empty where no store becomes smaller, or the failure speaks of no limit of one. */
export function storeShrunk({ added, removed, all }: Touched, failure: string, service: string): string {
  if (!SAYS_SIZE.test(failure) || !OF_STORES.test(`${service}\n${all}`)) return '';
  const [smaller] = smallerMachine(removed, added);
  return smaller === undefined ? '' : `${smaller.text}, and the failure says that the store is full`;
}

/**
 * Too many small writes, in lower case: ClickHouse 252, Apache Druid, Pinot, Iceberg and Delta Lake (commits that collide),
 * BigQuery (table update quota), Snowflake (streams of small files), StarRocks and Doris (too many versions).
 * https://clickhouse.com/docs/knowledgebase/exception-too-many-parts, https://cloud.google.com/bigquery/quotas#standard_tables
 */
const SAYS_MANY_PARTS =
  /\btoo many parts\b|\btoo_many_parts\b|\btoo many (?:tablet )?versions\b|\b(?:table exceeded|exceeded rate limits:) .{0,60}\b(?:imports|table update operations)\b|\bexceeded (?:quota|rate limits).{0,60}\btable (?:update|modification)s?\b|\btoo many (?:small )?segments\b/;
/** How many rows one write has, or how long a writer gathers them. */
const GATHERS = /batch|flush|buffer|bulk|chunk|linger|max_?rows|interval|insert/i;

/** It writes fewer rows at once than before, by much. `lines`: of the diff. */
export function batchesShrunk(lines: readonly DiffLine[], failure: string): string {
  if (!SAYS_MANY_PARTS.test(failure)) return '';
  const less = limitsIn(lines).find(({ text, before, after }) => GATHERS.test(text) && before > after * MUCH_MORE);
  return less === undefined ? '' : `it gathers ${less.after} instead of ${less.before} for one write`;
}
