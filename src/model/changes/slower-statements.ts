/** Changes by which an index that is there no longer serves a statement. */
import { type Effect, effect, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';

/**
 * A search by a regular expression that no `^` anchors. MongoDB: only a prefix expression uses the index well, and a
 * case-insensitive one does not use it well (docs.mongodb.com, $regex). MySQL's and PostgreSQL's operators read each row.
 */
const UNANCHORED =
  /\$regex["']?\s{0,3}[:=](?!\s{0,3}["'`/]\^)|\bnew RegExp\((?!\s{0,3}["'`]\^)|\bre\.compile\((?!\s{0,3}r?["']\^).{0,200}IGNORECASE|\b(?:REGEXP|RLIKE|SIMILAR\s{1,3}TO)\s{1,3}|\s!?~\*?\s{1,3}(?:["']|\$\d)/g;
/** What asks a database. */
const ASKS =
  /\$regex|\b(?:find\w{0,12}|where|aggregate|count\w{0,12}|query|filter|match|select|distinct)\b|\b(?:AND|OR|WHERE)\b/i;
/**
 * MongoDB's option of an expression, as its shell and its drivers write it: Spring Data and the Java driver, Node.js,
 * PyMongo, Go, .NET; and Django. Even an expression with a fixed beginning then uses no index well.
 * https://www.mongodb.com/docs/manual/reference/operator/query/regex/#index-use
 */
const ANY_CASE =
  /\$options["']?\s{0,3}[:=]\s{0,3}["'`]\w{0,4}i|\bILIKE\b|\.regex\([^\n]{0,200},\s{0,3}["'`]\w{0,4}i\w{0,4}["'`]|\bPattern\.compile\([^\n]{0,200}\bCASE_INSENSITIVE|\b(?:new RegExp|BsonRegularExpression|BSONRegExp)\([^\n]{0,200},\s{0,3}["'`]\w{0,4}i|\bre\.compile\([^\n]{0,200}\bre\.I(?:GNORECASE)?\b|\bRegex\{[^\n]{0,200}\bOptions:\s{0,3}["'`]\w{0,4}i|__iregex\b/g;

/**
 * The character set or the collation of a table or a column: MySQL compares a column with one of another set only after
 * it converts it, and then uses no index (dev.mysql.com, “Column Character Set Conversion”, “How MySQL Uses Indexes”).
 */
const CHARACTERS =
  /\b(?:CONVERT\s{1,4}TO\s{1,4}CHARACTER\s{1,4}SET|CHARACTER\s{1,4}SET|CHARSET|COLLATE|collation\b|charset\b)\s{0,3}[:=]{0,2}>?\s{0,3}["'`]?([\w-]{3,40})/gi;
const OF_SCHEMA =
  /\b(?:ALTER|CREATE|MODIFY|CHANGE|CONVERT|change_column\w{0,12}|alter_column|execute|AlterField|modify_column)\b/i;
/** A column that is compared with one of another type needs a conversion, too. */
const OTHER_TYPE =
  /\bALTER\s{1,8}COLUMN\s{1,8}["`]?\w{1,80}["`]?\s{1,8}(?:SET\s{1,8}DATA\s{1,8})?TYPE\b|\bMODIFY\s{1,8}(?:COLUMN\s{1,8})?["`]?\w{1,80}["`]?\s{1,8}\w{3,20}|\bchange_column\b(?!_)|\balter_column\b.{0,200}\btype_\s{0,2}=/i;

/**
 * What a store sorts its rows by, which is its only index: MergeTree of ClickHouse, keys of Cassandra and ScyllaDB,
 * Redshift, BigQuery and Snowflake.
 */
const SORTED_BY =
  /(?:\bMergeTree\b[^\n]{0,200}?\bORDER\s{1,4}BY|^\W{0,4}ORDER\s{1,4}BY(?=\s{0,3}\()|\bMODIFY\s{1,4}ORDER\s{1,4}BY|\bSORTKEY|\bCLUSTER(?:ED)?\s{1,4}BY|\bPRIMARY\s{1,4}KEY(?=\s{0,3}\(\())\s{0,3}\({0,2}\s{0,3}([\w.]{1,60})/gim;

/** A statement by the old first column reads all rows. */
function sortedOtherwise({ added, removed }: Sides): string {
  const first = (text: string) => Array.from(text.matchAll(SORTED_BY), ([, column = '']) => column.toLowerCase());
  const [before, now] = [first(removed)[0] ?? '', first(added)[0] ?? ''];
  return before === '' || now === '' || before === now ? '' : `it sorts the rows by ${now} instead of ${before}`;
}

/**
 * Related rows come with each row, whether anybody reads them or not: JPA and Hibernate, SQLAlchemy, Entity Framework,
 * Sequelize, TypeORM.
 */
const ALWAYS_EAGER =
  /\bFetchType\.EAGER\b|\blazy\s{0,3}=\s{0,3}["']?(?:False\b|false\b|joined|subquery|selectin)|\.AutoInclude\(|\beager\s{0,3}:\s{0,3}true\b|\bfetch\s{0,3}=\s{0,3}["']join["']/g;

/**
 * A command that looks at each key or row of a store, however few it wants: KEYS with a pattern in the clients of Redis
 * and Valkey, which lets nobody else in meanwhile; scans of DynamoDB; ALLOW FILTERING of Cassandra and ScyllaDB.
 * https://redis.io/docs/latest/commands/keys/
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-query-scan.html
 */
const WHOLE_STORE =
  /(?:\.|->)(?:get_?)?keys(?:_?async)?\(\s{0,3}(?:ctx,\s{0,3}|context\.\w{2,20}\(\),\s{0,3}|\w{1,20}\s{0,2}[:=]\s{0,2})?[$@fbru]{0,2}["'`][^"'`\n]{0,200}\*|["'`]KEYS["'`]\s{0,2}[,)]|["'`]KEYS\s[^"'`\n]{0,200}\*|\bdelete_matched\(|\bALLOW\s{1,3}FILTERING\b|\bnew\s{1,3}ScanCommand\(|\.scan\(\s{0,3}TableName\b|\bdynamodb\.\w{0,10}[sS]can\w{0,10}\(/gi;

/**
 * The part of a store in which a query looks: Cosmos DB (.NET, Java, Node.js, Python), Azure Tables, DynamoDB, Elasticsearch's
 * routing, BigQuery's partitions, Spring Data. Without it the store asks each part.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-query-container
 */
const OF_ONE_PART =
  /\bpartition_?key["']?\s{0,3}(?:=(?!=)|:|,)|\b(?:set|with)PartitionKey\(|\bPartitionKey\s{1,3}eq\b|\bKeyConditionExpression\b|[.?&]routing(?:\(|=)|["']?\brouting["']?\s{0,3}[:=]|\b_PARTITION(?:TIME|DATE)\b/i;
const OF_ALL_PARTS =
  /\bcross_?partition_?query\w{0,10}["']?(?:\(|\s{0,3}[:=]\s{0,3})(?:true|1)\b|\bMaxConcurrency\s{0,3}=|\bmax(?:DegreeOfParallelism|_degree_of_parallelism)\b|\bFilterExpression\b/i;

/**
 *   -  new QueryRequestOptions { PartitionKey = new(tenant) }
 *   +  new QueryRequestOptions { }                                each part of the store is asked
 */
function asksAllParts({ added, removed }: Sides): boolean {
  if (OF_ONE_PART.test(added)) return false;
  return OF_ONE_PART.test(removed) ? OF_ALL_PARTS.test(added) || ASKS_STORE.test(added) : false;
}

const ASKS_STORE = /\b\w{0,20}(?:query|search|scan|select|filter)\w{0,20}\b/i;

/**
 * The rows that an offset skips are read as well: PostgreSQL's manual, “LIMIT and OFFSET”. SQL, Django and Rails, JPA,
 * Prisma, Entity Framework, MongoDB.
 */
const SKIPS =
  /\bOFFSET\s{1,3}(?:[$:?@%#{]|\d{3})|\.(?:offset|skip|Skip|setFirstResult|set_offset)\(\s{0,3}(?!0\s{0,3}\))|\bskip\s{0,2}:\s{0,2}(?!0\b)[\w$(]/g;

/**
 * What the planner of a database may not use, or no longer learns: PostgreSQL, MySQL, SQL Server, Oracle.
 * https://www.postgresql.org/docs/current/runtime-config-query.html
 */
const BLINDS_PLANNER =
  /\benable_(?:indexscan|indexonlyscan|bitmapscan|hashjoin|nestloop|mergejoin|memoize)["']?\s{0,3}[:=]?\s{0,3}(?:to\s)?["']?(?:off|false|0)\b|\bautovacuum["']?\s{0,3}[:=]\s{0,3}["']?(?:off|false|0)\b|\bautovacuum_enabled\s{0,3}=\s{0,3}(?:off|false)|\bAUTO_(?:UPDATE|CREATE)_STATISTICS\s{1,4}OFF\b|\bindex_merge=off\b|\bSET_TABLE_PREFS\b.{0,80}\bSTALE_PERCENT\b|\bALTER\s{1,4}INDEX\s{1,4}\S{1,80}\s{1,4}(?:INVISIBLE|DISABLE|UNUSABLE)\b/gi;

/**
 * Code that the database runs with each row that is written: PostgreSQL, Oracle, MySQL and SQLite name the table after
 * the event, SQL Server before it; a rule of PostgreSQL does the same.
 * https://www.postgresql.org/docs/current/sql-createtrigger.html, https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
 */
const TRIGGER =
  /\bCREATE\s{1,8}(?:OR\s{1,8}(?:REPLACE|ALTER)\s{1,8})?(?:DEFINER\s?=\s?\S{1,80}\s{1,8})?(?:CONSTRAINT\s{1,8})?(?:TRIGGER|RULE)\s[^;]{1,200}?\bON\s{1,8}(?:(?:INSERT|UPDATE)\s{1,8}TO\s{1,8})?["`[]?([\w.]{1,80})/i;

/** Each written row of the table costs more: only statements of this table wait for it. */
function withTrigger({ added, removed }: Sides): Effect[] {
  const [, table = ''] = TRIGGER.exec(added) ?? [];
  const isNew = table !== '' && TRIGGER.exec(removed)?.[1] !== table;
  const text = `it adds a trigger to ${table}, which runs with each row that is written there`;
  return effect('unindexed-statement', isNew ? text : '').map((one) => ({ ...one, table }));
}

export function slowerStatements({ added, removed }: Sides): Effect[] {
  const [asks, asked] = [asking(added), asking(removed)];
  const isOfAnyCase = moreIn(asks, asked, ANY_CASE).length > 0;
  const isOpen = moreIn(asks, asked, UNANCHORED).length > 0;
  const characters = OF_SCHEMA.test(added) ? moreIn(added, removed, CHARACTERS).length > 0 : false;
  const isEager = moreIn(added, removed, ALWAYS_EAGER).length > 0;
  const isOfAll = moreIn(added, removed, WHOLE_STORE).length > 0;
  const isSkipping = moreIn(added, removed, SKIPS).length > 0;
  const isBlind = moreIn(added, removed, BLINDS_PLANNER).length > 0;
  return [
    ...withTrigger({ added, removed }),
    ...effect('unindexed-statement', isBlind ? 'the planner of the database may use or learn less' : ''),
    ...effect('unindexed-statement', isSkipping ? 'it skips rows by an offset, and the database reads them all' : ''),
    ...effect('unindexed-statement', isOfAll ? 'it looks at each key or row of the store for a few of them' : ''),
    ...effect(
      'unindexed-statement',
      asksAllParts({ added, removed }) ? 'its query names no partition, and the store asks all of them' : '',
    ),
    ...effect('index-gone', sortedOtherwise({ added, removed })),
    ...effect('unlimited-statement', isEager ? 'it loads related rows with each row' : ''),
    ...effect(
      'unindexed-statement',
      isOfAnyCase ? 'it searches for text in any case, which no plain index serves' : '',
    ),
    ...effect(
      'unindexed-statement',
      isOpen ? 'it searches by a pattern without a fixed beginning, which no plain index serves' : '',
    ),
    ...effect(
      'index-gone',
      characters ? 'it changes the character set or the collation, so a join with other columns uses no index' : '',
    ),
    ...effect(
      'unindexed-statement',
      OTHER_TYPE.test(added) && !OTHER_TYPE.test(removed)
        ? 'it changes the type of a column, and a comparison with another type uses no index'
        : '',
      WEAK,
    ),
  ];
}

function asking(text: string): string {
  return text
    .split('\n')
    .filter((line) => ASKS.test(line))
    .join('\n');
}

/** What a database makes of many rows before it answers: SQL, ClickHouse, TimescaleDB, MongoDB's pipelines, ORMs. */
const GROUPS =
  /\bGROUP\s{1,8}BY\b|\bSELECT\s{1,8}(?:[\w., ]{1,200},\s{0,3})?(?:COUNT|SUM|AVG|MIN|MAX|uniq\w{0,12})\s{0,2}\(|\btime_bucket\s{0,2}\(|\$group\b|\.(?:group_by|groupBy|annotate)\(|\bGroupBy\(/i;
/** It stops after some rows. */
const STOPS = /\bLIMIT\s{1,8}\S|\bFETCH\s{1,8}FIRST\b|\bTOP\s{0,3}\(?\d|\.(?:limit|take|first)\b|\bDISTINCT\b/i;
/** A range of time, or any other bound of a condition. */
const BOUNDED = /\b(?:WHERE|AND)\b[^;]{0,200}?(?:>=?|\bBETWEEN\b)/i;
const READS_TABLE = /\bSELECT\b[^;"'`]{0,600}?\bFROM\s{1,8}["`]?(?:\w{1,60}\.)?([a-z_]\w{2,60})/gi;
/** Names of tables that hold sums of another one's rows. */
const ROLLUP =
  /_(?:hourly|daily|weekly|monthly|by_(?:hour|day|week|month)|per_(?:hour|day|week|month)|rollups?|agg(?:regate)?s?|aggregated|summar(?:y|ies)|totals|mv|1[hdm])$/i;

/**
 * A statement that reads each row of a table, where one read sums of it:
 *
 *   -  SELECT day, count() FROM visits WHERE … GROUP BY day        -  FROM visits_daily
 *   +  SELECT gate, at FROM visits WHERE …                         +  FROM visits
 */
export function rawRows({ added, removed }: Sides): Effect[] {
  const [now, before] = [tablesRead(added), tablesRead(removed)];
  const isGrouped = GROUPS.test(removed) && !GROUPS.test(added) && !STOPS.test(added);
  const ungrouped = [...now].find((table) => before.has(table));
  if (isGrouped && ungrouped !== undefined)
    return effect('unlimited-statement', `it reads each row of ${ungrouped}, where the database grouped them`);
  const rollup = [...before].find(
    (table) => ROLLUP.test(table) && !now.has(table) && now.has(table.replace(ROLLUP, '')),
  );
  if (rollup !== undefined)
    return effect('unlimited-statement', `it reads ${rollup.replace(ROLLUP, '')} instead of ${rollup}`);
  const isUnbounded = BOUNDED.test(removed) && !BOUNDED.test(added) && !STOPS.test(added);
  return effect(
    'unlimited-statement',
    isUnbounded && ungrouped !== undefined ? `its statement on ${ungrouped} has no bound any more` : '',
    WEAK,
  );
}

/** A record by its key: DynamoDB, Aerospike, Redis, MongoDB, JPA, ActiveRecord, Entity Framework, Prisma. */
const BY_KEY =
  /\.(?:get|Get|getItem|GetItem|get_item|findById|FindById|find_by_id|FindAsync|findByPk|findUnique|HGET|hget|getReferenceById)(?:Async)?\(/;
/** A search over all of them: the same stores. */
const SEARCHES =
  /\.(?:scan|Scan|ScanAll|scan_iter|query|Query|keys|KEYS|hgetall|HGetAll|findAll|FindAll|find_all|ToListAsync)(?:Async)?\(|\bnew ?Statement\(|\bNewStatement\(|\bScanCommand\b|\bScanRequest\b/;

/**
 *   -  return s.client.Get(nil, key)
 *   +  return first(s.client.Query(nil, stmt), …)       each record is read to find one
 */
export function searchedByKey({ added, removed }: Sides): Effect[] {
  const isOther = BY_KEY.test(removed) && !BY_KEY.test(added) && SEARCHES.test(added) && !SEARCHES.test(removed);
  return effect('unindexed-statement', isOther ? 'it searches for a record that it read by its key' : '');
}

/**
 * A search whose name is its condition: Spring Data, Micronaut Data and Quarkus (`findByRef`), Rails (`find_by_ref`), GORM
 * of Grails, Laravel (`whereRef`), Doctrine (`findOneByRef`).
 * https://docs.spring.io/spring-data/jpa/reference/repositories/query-methods-details.html
 */
const DERIVED =
  /\b(?:find|get|read|query|search|stream|count|exists|delete|remove)(?:All|First|Top\d{0,3}|One|Distinct)?By([A-Z]\w{2,80})\s{0,2}\(|\bfind_(?:all_)?by_(\w{3,60})[!?]?\s{0,2}\(|(?:->|::)where([A-Z]\w{2,60})\s{0,2}\(/g;
/** Each table has an index of its key. */
const OF_KEY = /^(?:id|uuid|pk|key|primary_?key)s?(?:in|and|or|$)|^ids?(?=[A-Z]|$)/i;
/** The change brings an index. */
const BRINGS_INDEX =
  /\bcreate\s{1,8}(?:unique\s{1,8})?index\b|@(?:Compound)?Index(?:ed|es)?\b|\b(?:add|create|ensure)_?index\b|\bunique\s{0,3}[:=]\s{0,3}true|\bdb_index\b/i;

/** A new query by a column, where the change shows no index on that column. */
export function derivedQueries({ added, removed }: Sides): Effect[] {
  if (BRINGS_INDEX.test(added)) return [];
  const columns = (text: string) =>
    Array.from(text.matchAll(DERIVED), ([, ...names]) => names.find((one) => one !== undefined) ?? '').filter(
      (name) => name !== '' && !OF_KEY.test(name),
    );
  const before = new Set(columns(removed));
  const column = columns(added).find((name) => !before.has(name));
  return effect(
    'unindexed-statement',
    column === undefined ? '' : `it searches by ${column}, and nothing says that an index serves it`,
    WEAK,
  );
}

/** Two patterns of Cypher that share no name before the condition, and SQL's own words: each row of the one with each of the other. */
const CROSS =
  /\bMATCH\s{1,4}\((\w{1,30})[^)]{0,80}\)\s{0,3},\s{0,3}\((?!\1\b)\w{1,30}[^)]{0,80}\)\s{1,4}(?:WHERE|RETURN|WITH)\b|\bCROSS\s{1,4}JOIN\b/gi;

export function crossedRows({ added, removed }: Sides): Effect[] {
  const isNew = moreIn(added, removed, CROSS).length > 0;
  return effect('unlimited-statement', isNew ? 'its query goes through each pair of rows' : '');
}

function tablesRead(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(READS_TABLE), ([, name = '']) => name.toLowerCase()));
}
