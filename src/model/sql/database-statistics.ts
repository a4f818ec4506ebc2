/**
 * What a database says of itself: what its statements take, who waits for whom, how many connections are left. Times in
 * microseconds since the epoch, NaN where nobody said; durations in microseconds; statements as shapes, without literals.
 */
export type DatabaseStatistics = Readonly<{
  /** As whoever asked calls it: `postgres db1/shop`. */
  source: string;
  system: DatabaseSystem;
  /** Empty where it is all of a server. */
  database: string;
  /** When it was read last, by the database's clock. */
  takenUs: number;
  /** Between the first reading and the last: what is counted over it is news. 0 where it was read once. */
  measuredUs: number;
  /** Since when totals are counted. */
  sinceUs: number;
  connections: DatabaseConnections | undefined;
  /** Those whose transaction lasts longest first. */
  sessions: readonly DatabaseSession[];
  /** Those that took most time since they are counted first. One for each shape. */
  statements: readonly StatementStatistics[];
  /** Those of which most was read row by row first. */
  tables: readonly TableStatistics[];
  totals: DatabaseTotals | undefined;
  /** What follows it, or itself where it follows another one. */
  replicas: readonly Replica[];
}>;

export type DatabaseSystem = 'postgresql' | 'mysql' | 'mariadb';

export type DatabaseConnections = Readonly<{
  used: number;
  /** Those that anybody may open. NaN where it refused to say, for it lets nobody in. */
  limit: number;
  /** Its own words, where it lets nobody in. */
  refusal: string;
  /** Of whom they are, most first. */
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
  /** What it does, or did last. */
  statement: string;
  /** Since when it is in this state; since when its transaction and its statement last. */
  stateUs: number;
  transactionUs: number;
  statementUs: number;
  /** What it waits for, in the database's words; empty where it does not. */
  waitsFor: string;
  /** Since when it waits for a lock, and the table of it. */
  lockWaitUs: number;
  lockedTable: string;
  /** Sessions that have to let go first. */
  blockedBy: readonly number[];
}>;

/** Totals of one shape: over users, and over places in the code. */
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
    /** Calls for which no index could be used; NaN where the database does not count them. */
    withoutIndex: number;
    /** Between the readings; undefined where it was read once. */
    recent: Counted | undefined;
  }>;

export type TableStatistics = Readonly<{
  name: string;
  rows: number;
  deadRows: number;
  /** Reads of the whole of it, and the rows that they read. */
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

/** Of what was asked about: what a database says of a statement that spans name. */
export type StatementAnswer = Readonly<{ database: DatabaseStatistics; statement: StatementStatistics }>;

/**
 * What databases say of a statement, by its shape; of several, the one that ran it most often. Undefined where none of
 * them knows it.
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
 * What stands for a statement where databases and drivers take out different literals: `true` and `null` are some to a
 * database, and MySQL writes a list of them as `(...)`.
 */
export function statementKey(shape: string): string {
  return shape
    .replace(/\b(?:true|false|null)\b/g, '?')
    .replaceAll('(...)', '(?)')
    .replace(/;\s*$/, '');
}

function byKey({ statements }: DatabaseStatistics): ReadonlyMap<string, StatementStatistics> {
  let known = BY_KEY.get(statements);
  if (known === undefined) {
    known = new Map(statements.map((one) => [statementKey(one.shape), one]));
    BY_KEY.set(statements, known);
  }
  return known;
}

/** Each slow call of a trace asks. */
const BY_KEY = new WeakMap<readonly StatementStatistics[], ReadonlyMap<string, StatementStatistics>>();

/** Who has to let go so that this one goes on, and waits for nobody itself; undefined where that is not known. */
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
