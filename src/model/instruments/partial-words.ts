/**
 * Words by which stores and loaders say that they gave or took only a part, and call it a success.
 *
 *   {"took":382,"_shards":{"total":5,"successful":2,"failed":3}}      a search without three of five shards
 *   load job done: 41 rows, 9112 bad records skipped                  more rows refused than taken
 *
 * MySQL's `Records: 9 Skipped: 8` is no sign: it counts rows that are there already in the same number.
 */

/** `kept`: what was given or taken; not a number where nobody counts it. `tookMs`: how long the store worked on it; 0 where it does not say so. */
export type LostPart = Readonly<{ lost: number; kept: number; of: string; tookMs: number }>;

type Form = Readonly<{
  /** With the groups `lost`, and `kept` or `total`. */
  says: RegExp;
  of: string;
  /** One lost part is enough: a search without all shards gives another answer. Without this, more is lost than kept. */
  isAny?: true;
}>;

/** What rows are called. */
const ROWS = '(?:rows?|records?|documents?|docs|items?|lines?|entries|messages|events)';
/** Why a loader leaves a row out: its form is wrong. */
const BAD =
  '(?:bad|rejected|malformed|invalid|corrupt(?:ed)?|unparse?able|unreadable|broken|erroneous|failed|faulty|defective)';
const TAKEN = '(?:successfully )?(?:loaded|written|inserted|imported|copied|accepted|indexed|stored|ingested|ok)';

/** Elasticsearch and OpenSearch: https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html */
const SHARDS =
  /"_shards"\s{0,2}:\s{0,2}\{\s{0,4}"total"\s{0,2}:\s{0,2}(?<total>\d{1,6})[^{}[\]]{0,120}"failed"\s{0,2}:\s{0,2}(?<lost>[1-9]\d{0,5})\b/;

const FORMS: readonly Form[] = [
  { says: SHARDS, of: 'shards', isAny: true },
  {
    // Clients and dashboards of the same: Kibana's `3 of 5 shards failed`.
    says: /\b(?<lost>[1-9]\d{0,5}) (?:of|out of) (?<total>\d{1,6}) shards (?:have |has |had )?failed\b/i,
    of: 'shards',
    isAny: true,
  },
  {
    // Clients of the bulk API, and people: `9112 of 9153 documents were not indexed`.
    says: /\b(?<lost>[1-9]\d{0,11}) (?:of|out of) (?<total>\d{1,12}) (?:documents|docs|actions|items) (?:were |was |could )?(?:not (?:be )?indexed|failed|rejected)\b/i,
    of: 'documents',
  },
  {
    // BigQuery (`max_bad_records`), Spark (`badRecordsPath`), people: `41 rows, 9112 bad records skipped`.
    says: new RegExp(
      String.raw`\b(?<kept>\d{1,12}) ${ROWS}(?: ${TAKEN})?,? (?:and |but |with |; ?)?(?<lost>[1-9]\d{0,11}) (?:${ROWS} )?${BAD}\b`,
      'i',
    ),
    of: 'rows',
  },
  {
    says: new RegExp(
      String.raw`\b${TAKEN}[ :=]{1,3}(?<kept>\d{1,12})\b[^\d\n]{1,12}\b${BAD}[ :=]{1,3}(?<lost>[1-9]\d{0,11})\b`,
      'i',
    ),
    of: 'rows',
  },
  {
    // What AWS hands back from a batch (DynamoDB, Kinesis, Firehose, EventBridge), where the program says it lets it go.
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    says: /\b(?:Unprocessed(?:Items|Keys)|Failed(?:Record|Entry|Put)Count)\b[^\d\n]{0,60}(?<lost>[1-9]\d{0,8})\b[^\w\n]{0,20}(?:\w{2,8} )?(?:ignored|dropped|discarded|skipped|lost)\b/i,
    of: 'items',
    isAny: true,
  },
  {
    // Snowflake's COPY INTO: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#output
    says: /\brows_parsed\W{1,6}(?<total>\d{1,12})\b.{0,60}\brows_loaded\W{1,6}(?<kept>\d{1,12})\b.{0,80}\berrors_seen\W{1,6}(?<lost>[1-9]\d{0,11})\b/i,
    of: 'rows',
  },
  {
    // Oracle's SQL*Loader: https://docs.oracle.com/en/database/oracle/oracle-database/19/sutil/
    says: /\b(?<kept>\d{1,12}) rows? successfully loaded\b.{0,20}\b(?<lost>[1-9]\d{0,11}) rows? not loaded due to data errors\b/is,
    of: 'rows',
  },
  {
    // Amazon Redshift (`MAXERROR`): https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
    says: /\b(?<kept>\d{1,12}) record\(s\) loaded successfully\b.{0,80}\b(?<lost>[1-9]\d{0,11}) record\(s\) could not be loaded\b/is,
    of: 'records',
  },
  {
    // PostgreSQL 17 (`ON_ERROR ignore`): https://www.postgresql.org/docs/17/sql-copy.html
    says: /\b(?<lost>[1-9]\d{0,11}) rows? (?:was|were) skipped due to data type incompatibility\b.{0,80}\bCOPY (?<kept>\d{1,12})\b/is,
    of: 'rows',
  },
  {
    // Azure Data Factory's fault tolerance: https://learn.microsoft.com/azure/data-factory/copy-activity-fault-tolerance
    says: /"rowsCopied"\s{0,2}:\s{0,2}(?<kept>\d{1,12})\b.{0,80}"rowsSkipped"\s{0,2}:\s{0,2}(?<lost>[1-9]\d{0,11})\b/i,
    of: 'rows',
  },
  {
    // Expectations of Delta Live Tables: https://docs.databricks.com/aws/en/dlt/expectations
    says: /"passed_records"\s{0,2}:\s{0,2}(?<kept>\d{1,12})\b.{0,20}"failed_records"\s{0,2}:\s{0,2}(?<lost>[1-9]\d{0,11})\b/i,
    of: 'records',
  },
];

const MAY = /shards|rows|records?\b|documents|docs|actions|items|lines|entries|messages|events|rejected|bad|failed/i;
/** How long a search took, as the store says. */
const TOOK = /"took"\s{0,2}:\s{0,2}(\d{1,9})\b/;
/** It is known and meant, or nothing is missing. */
const MEANT =
  /\b(?:duplicat\w{1,4}|already|unchanged|up to date|filtered|dry[- ]?run|test (?:run|load|file|data)|sample|expected|as (?:agreed|planned|usual|always)|on purpose|by design|known|quarantin\w{1,4}|kept aside|sent back|returned to|for review|retry(?:ing)?|retried|again|header lines?|comments?)\b/i;
const LONGEST_READ = 2_000;

/** Undefined where nothing of weight is lost. `text`: one line, or an answer of a store. */
export function lostPart(text: string): LostPart | undefined {
  const read = unescaped(text);
  if (!MAY.test(read) || MEANT.test(read)) return undefined;
  for (const { says, of, isAny = false } of FORMS) {
    const { lost, kept, total } = says.exec(read)?.groups ?? {};
    if (lost === undefined) continue;
    const part = { lost: Number(lost), kept: Number(kept ?? Number(total) - Number(lost)) };
    if (isAny || outweighs(part)) return { ...part, of, tookMs: Number(TOOK.exec(read)?.[1] ?? 0) };
  }
  return undefined;
}

/** The answer of a search, as the store gave it, lacks shards. A client logs it without an id of the request. */
export function isAnswerWithoutShards(line: string): boolean {
  return line.includes('_shards') && SHARDS.test(unescaped(line));
}

/** A log may hold the answer as a string in its own JSON. */
function unescaped(text: string): string {
  return text.slice(0, LONGEST_READ).replaceAll('\\"', '"');
}

/** Attributes that count what was refused: `bigquery.bad_records`, `load.rejectedRows`. The words before name the work. */
export const LOST_COUNTS =
  /^(?<of>.{0,60}?)(?:bad|rejected|malformed|invalid|corrupt|failed|error)[._-]?(?:rows?|records?|documents?|docs|items?|lines?|messages|events)(?:[._-]?count)?$/i;
const KEPT_NAME =
  /^(?<of>.{0,60}?)(?:output|loaded|written|inserted|imported|copied|accepted|indexed|stored|ingested|passed|good|valid)[._-]?(?:rows?|records?|documents?|docs|items?|lines?|messages|events)(?:[._-]?count)?$/i;

/** The same by two attributes of one span that count it. */
export function lostPartIn(attributes: Readonly<Record<string, unknown>>): (LostPart & { text: string }) | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const prefix = LOST_COUNTS.exec(name)?.groups?.of;
    if (prefix === undefined) continue;
    const other = Object.keys(attributes).find((key) => KEPT_NAME.exec(key)?.groups?.of === prefix);
    if (other === undefined) continue;
    const part = { lost: Number(value), kept: Number(attributes[other]) };
    if (outweighs(part)) return { ...part, of: 'rows', tookMs: 0, text: `${name} ${part.lost}, ${other} ${part.kept}` };
  }
  return undefined;
}

function outweighs({ lost, kept }: Pick<LostPart, 'lost' | 'kept'>): boolean {
  return lost > 0 && kept >= 0 && lost > kept;
}
