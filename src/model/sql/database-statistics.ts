/**
 * A database's own statistics: what its statements cost, which session waits for which, how many connections are left.
 * Times in microseconds since the epoch, NaN where unknown; durations in microseconds; statements as shapes, without
 * literals.
 */
export type DatabaseStatistics = Readonly<{
  /** The name of its source: `postgres db1/shop`. */
  source: string;
  system: DatabaseSystem;
  /** Empty for a whole server. */
  database: string;
  /** The time of the last reading, by the database's clock. */
  takenUs: number;
  /** The time between the first reading and the last: counts in it are recent. 0 for one reading. */
  measuredUs: number;
  /** The time since which totals are counted. */
  sinceUs: number;
  connections: DatabaseConnections | undefined;
  /** The longest transactions first. */
  sessions: readonly DatabaseSession[];
  /** The most expensive statements since counting began first. One for each shape. */
  statements: readonly StatementStatistics[];
  /** The tables with the most sequentially read rows first. */
  tables: readonly TableStatistics[];
  totals: DatabaseTotals | undefined;
  /** Its replicas, or itself where it is a replica. */
  replicas: readonly Replica[];
}>;

export type DatabaseSystem = 'postgresql' | 'mysql' | 'mariadb';

export type DatabaseConnections = Readonly<{
  used: number;
  /** The connections that ordinary users may open. NaN where it refused connections. */
  limit: number;
  /** Its own words, where it refuses connections. */
  refusal: string;
  /** The holders of the connections, most first. */
  holders: readonly ConnectionHolder[];
}>;

export type ConnectionHolder = Readonly<{ application: string; state: string; count: number }>;

export type DatabaseSession = Readonly<{
  id: number;
  /** As it names itself; empty where it does not. */
  application: string;
  user: string;
  /** `active`, `idle in transaction`, … */
  state: string;
  /** Its current or last statement. */
  statement: string;
  /** The start of its state, of its transaction and of its statement. */
  stateUs: number;
  transactionUs: number;
  statementUs: number;
  /** The wait event, in the database's words; empty for none. */
  waitsFor: string;
  /** The start of its wait for a lock, and the locked table. */
  lockWaitUs: number;
  lockedTable: string;
  /** Sessions that have to release their lock first. */
  blockedBy: readonly number[];
}>;

/** Totals of one shape, over users and places in the code. */
export type Counted = Readonly<{ calls: number; totalUs: number; rows: number }>;

export type StatementStatistics = Counted &
  Readonly<{
    shape: string;
    /** NaN where it is not counted. */
    maxUs: number;
    /** Rows, blocks and bytes of all calls. */
    blocksRead: number;
    blocksHit: number;
    temporaryBlocks: number;
    rowsExamined: number;
    /** Calls without a usable index; NaN where the database does not count them. */
    withoutIndex: number;
    /** Between the readings; undefined where it was read once. */
    recent: Counted | undefined;
  }>;

export type TableStatistics = Readonly<{
  name: string;
  rows: number;
  deadRows: number;
  /** Full scans of the table, and the rows that they read. */
  scans: number;
  scannedRows: number;
  indexScans: number;
  /** NaN where it never was. */
  vacuumedUs: number;
}>;

export type DatabaseTotals = Readonly<{
  deadlocks: number;
  temporaryBytes: number;
  blocksRead: number;
  blocksHit: number;
  /** Deadlocks between the readings. */
  recentDeadlocks: number;
}>;

export type Replica = Readonly<{ name: string; state: string; lagUs: number; lagBytes: number }>;

/** A database's statistics about a statement that spans name. */
export type StatementAnswer = Readonly<{ database: DatabaseStatistics; statement: StatementStatistics }>;

/**
 * The databases' statistics about a statement, by its shape; of several databases, the one that ran it most often.
 * Undefined where none knows it.
 */
export function statementAnswer(databases: readonly DatabaseStatistics[], shape: string): StatementAnswer | undefined {
  if (shape === '') return undefined;
  const key = statementKey(shape);
  return databases
    .flatMap((database) => {
      const statement = byKey(database).get(key);
      return statement === undefined ? [] : [{ database, statement }];
    })
    .reduce<StatementAnswer | undefined>(
      (best, one) => (best === undefined || one.statement.calls > best.statement.calls ? one : best),
      undefined,
    );
}

/**
 * A key for a statement, because databases and drivers remove different literals: a database also replaces `true` and
 * `null`, and MySQL writes a list as `(...)`. MySQL and MariaDB count under one word what has several.
 */
export function statementKey(shape: string): string {
  return shape
    .replace(/\b(?:true|false|null)\b/g, '?')
    .replaceAll('(...)', '(?)')
    .replaceAll('<>', '!=')
    .replace(/\bsql_tsi_(?=[a-z])/g, '')
    .replace(/[a-z_]+[\d_a-z]*/g, (word) => SYNONYMS.get(word) ?? word)
    .replace(/;\s*$/, '');
}

/** Synonyms in SQL: MySQL and MariaDB read them as one word (`sql/lex.h` of both). Each maps to the word in the key. */
const SYNONYMS: ReadonlyMap<string, string> = new Map(
  [
    ['char', 'character'],
    ['curdate', 'current_date'],
    ['curtime', 'current_time'],
    ['database', 'schema'],
    ['databases', 'schemas'],
    ['dec', 'decimal'],
    ['distinct', 'distinctrow'],
    ['fields', 'columns'],
    ['float', 'float4'],
    ['double', 'float8'],
    ['tinyint', 'int1'],
    ['smallint', 'int2'],
    ['mediumint', 'int3', 'middleint'],
    ['int', 'integer', 'int4'],
    ['bigint', 'int8'],
    ['now', 'current_timestamp', 'localtime', 'localtimestamp'],
    ['regexp', 'rlike'],
    ['any', 'some'],
    ['std', 'stddev', 'stddev_pop'],
    ['substring', 'substr', 'mid'],
    ['user', 'session_user', 'system_user'],
    ['varchar', 'varcharacter'],
    ['variance', 'var_pop'],
  ].flatMap(([kept = '', ...others]) => others.map((other) => [other, kept] as const)),
);

function byKey({ statements }: DatabaseStatistics): ReadonlyMap<string, StatementStatistics> {
  let known = BY_KEY.get(statements);
  if (known === undefined) {
    known = new Map(statements.map((one) => [statementKey(one.shape), one]));
    BY_KEY.set(statements, known);
  }
  return known;
}

/** Each slow call of a trace looks this up. */
const BY_KEY = new WeakMap<readonly StatementStatistics[], ReadonlyMap<string, StatementStatistics>>();

/** The session at the end of the chain of locks, which waits for none itself; undefined where that is unknown. */
export function rootBlocker(
  { sessions }: Pick<DatabaseStatistics, 'sessions'>,
  waiting: DatabaseSession,
): DatabaseSession | undefined {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const passed = new Set([waiting.id]);
  let at = byId.get(waiting.blockedBy[0] ?? Number.NaN);
  while (at !== undefined && at.blockedBy.length > 0 && !passed.has(at.id)) {
    passed.add(at.id);
    at = byId.get(at.blockedBy[0] ?? Number.NaN) ?? at;
  }
  return at;
}
