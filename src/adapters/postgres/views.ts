/** The queries for Postgres. Each reads a statistics view with a limit of rows, and no application data. */

/** The parts of a reading, besides its head. */
export const POSTGRES_VIEWS = ['statements', 'sessions', 'waits', 'holders', 'tables', 'totals', 'replicas'] as const;
export type PostgresView = (typeof POSTGRES_VIEWS)[number];

/** The part of the head that decides which queries are possible. */
export type PostgresHead = Readonly<{
  /** `server_version_num`: 150015 for 15.15 */
  number: number;
  /** Empty if the extension is missing. */
  extension: string;
  schema: string;
  isReplica: boolean;
}>;

/** Longer statements are truncated: their shapes are shorter, and an ORM writes megabytes. */
const LONGEST = 2_000;
const MOST_STATEMENTS = 1_000;
const MOST_SESSIONS = 500;
const MOST_TABLES = 200;
const MOST_REPLICAS = 50;

export const HEAD = `SELECT current_database() AS database, current_setting('server_version') AS version,
  current_setting('server_version_num')::int AS number, clock_timestamp() AS at, pg_is_in_recovery() AS replica,
  current_setting('max_connections')::int AS max_connections,
  current_setting('superuser_reserved_connections')::int AS reserved,
  (SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS used,
  pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS reads_all,
  (SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements') AS extension,
  (SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
    WHERE extname = 'pg_stat_statements') AS schema`;

/** Before version 1.8 of the extension (Postgres 13), planning and execution were one number. */
const FIRST_WITH_EXEC = 1.08;
/** From 1.9 on (Postgres 14) it reports when counting began. */
const FIRST_WITH_SINCE = 1.09;
/** From Postgres 14 on, a lock has the start of its wait. */
const FIRST_WITH_WAITSTART = 140_000;

/** Undefined if there is no query. */
export function questionFor(view: PostgresView, head: PostgresHead): string | undefined {
  return view === 'statements' ? statements(head) : VIEWS[view](head);
}

function statements({ extension, schema }: PostgresHead): string | undefined {
  if (extension === '') return undefined;
  const version = versionOf(extension);
  const [total, max] = version >= FIRST_WITH_EXEC ? ['total_exec_time', 'max_exec_time'] : ['total_time', 'max_time'];
  const where = `"${schema.replaceAll('"', '""')}"`;
  const since =
    version >= FIRST_WITH_SINCE ? `(SELECT stats_reset FROM ${where}.pg_stat_statements_info)` : 'NULL::timestamptz';
  return `SELECT queryid, left(query, ${LONGEST}) AS query, calls, ${total} AS total_ms, ${max} AS max_ms, rows,
    shared_blks_read AS blocks_read, shared_blks_hit AS blocks_hit, temp_blks_written AS temp_blocks, ${since} AS since
    FROM ${where}.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY ${total} DESC, queryid LIMIT ${MOST_STATEMENTS}`;
}

/** `1.10` → 1.1 would be less than `1.9`. */
function versionOf(extension: string): number {
  const [major = 0, minor = 0] = extension.split('.').map(Number);
  return major + minor / 100;
}

const VIEWS: Readonly<Record<Exclude<PostgresView, 'statements'>, (head: PostgresHead) => string>> = {
  sessions: () => `SELECT pid, usename AS user, application_name AS application, state, wait_event_type, wait_event,
    left(query, ${LONGEST}) AS query, xact_start, query_start, state_change,
    CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) END AS blocked_by
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
    ORDER BY xact_start NULLS LAST, pid LIMIT ${MOST_SESSIONS}`,
  waits: ({ number }) => `SELECT pid, locktype, relation::regclass::text AS relation,
    ${number >= FIRST_WITH_WAITSTART ? 'waitstart' : 'NULL::timestamptz AS waitstart'}
    FROM pg_locks WHERE NOT granted ORDER BY pid LIMIT ${MOST_SESSIONS}`,
  holders: () => `SELECT application_name AS application, coalesce(state, '') AS state, count(*) AS count
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50`,
  tables:
    () => `SELECT schemaname AS schema, relname AS name, n_live_tup AS rows, n_dead_tup AS dead, seq_scan AS scans,
    seq_tup_read AS scanned, coalesce(idx_scan, 0) AS index_scans, greatest(last_vacuum, last_autovacuum) AS vacuumed
    FROM pg_stat_user_tables ORDER BY greatest(seq_tup_read, n_dead_tup) DESC, relid LIMIT ${MOST_TABLES}`,
  totals: () => `SELECT deadlocks, temp_bytes, blks_read AS blocks_read, blks_hit AS blocks_hit, stats_reset AS since
    FROM pg_stat_database WHERE datname = current_database()`,
  replicas: ({ isReplica }) =>
    isReplica
      ? `SELECT 'itself' AS name, 'follows' AS state, NULL AS lag_bytes,
        CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
          ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END AS lag_seconds`
      : `SELECT application_name AS name, state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS lag_bytes,
        extract(epoch FROM replay_lag) AS lag_seconds
        FROM pg_stat_replication ORDER BY application_name, pid LIMIT ${MOST_REPLICAS}`,
};
