/**
 * The queries for MySQL and MariaDB, with the column names of Postgres (`adapters/postgres/views.ts`). Times are
 * seconds since the epoch, so that the server's time zone does not matter.
 */

export const MYSQL_VIEWS = ['statements', 'sessions', 'waits', 'blockers', 'holders'] as const;
export type MysqlView = (typeof MYSQL_VIEWS)[number];

/** Longer statements are truncated: their shapes are shorter, and an ORM writes megabytes. */
const LONGEST = 2_000;
const MOST_STATEMENTS = 1_000;
const MOST_SESSIONS = 500;

/** The server's own threads need no connection. */
const OF_CLIENTS = "p.user NOT IN ('system user', 'event_scheduler')";

export const HEAD = `SELECT VERSION() AS version, UNIX_TIMESTAMP(NOW(6)) AS at, @@max_connections AS max_connections,
  0 AS reserved, @@performance_schema AS performance_schema,
  (SELECT COUNT(*) FROM information_schema.processlist p WHERE p.id <> CONNECTION_ID() AND ${OF_CLIENTS}) AS used`;

export const GRANTS = 'SHOW GRANTS FOR CURRENT_USER';

/** A picosecond is a millionth of a millionth of a second. */
const PS_PER_MS = '1e9';
const STATE = `CASE WHEN p.command = 'Sleep' AND x.trx_id IS NOT NULL THEN 'idle in transaction'
    WHEN p.command = 'Sleep' THEN 'idle' ELSE 'active' END`;
const SESSIONS = `information_schema.processlist p
    LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = p.id
    WHERE p.id <> CONNECTION_ID() AND ${OF_CLIENTS} AND p.command NOT LIKE 'Binlog Dump%'`;

export function questionFor(view: MysqlView, isMariadb: boolean): string {
  if (view === 'blockers') return isMariadb ? BLOCKERS_OF_MARIADB : BLOCKERS_OF_MYSQL;
  return VIEWS[view];
}

const VIEWS: Readonly<Record<Exclude<MysqlView, 'blockers'>, string>> = {
  statements: `SELECT LEFT(digest_text, ${LONGEST}) AS query, count_star AS calls,
    sum_timer_wait / ${PS_PER_MS} AS total_ms, max_timer_wait / ${PS_PER_MS} AS max_ms,
    sum_rows_sent + sum_rows_affected AS \`rows\`, sum_rows_examined AS examined, sum_no_index_used AS without_index,
    (SELECT UNIX_TIMESTAMP(MIN(first_seen)) FROM performance_schema.events_statements_summary_by_digest) AS since
    FROM performance_schema.events_statements_summary_by_digest
    WHERE digest_text IS NOT NULL
      AND COALESCE(schema_name, '') NOT IN ('performance_schema', 'information_schema', 'mysql', 'sys')
    ORDER BY sum_timer_wait DESC, digest LIMIT ${MOST_STATEMENTS}`,
  sessions: `SELECT p.id AS pid, p.user AS user, p.user AS application, ${STATE} AS state,
    CASE WHEN x.trx_wait_started IS NOT NULL OR p.state LIKE 'Waiting for % lock' THEN 'Lock' ELSE '' END AS wait_event_type,
    COALESCE(p.state, '') AS wait_event, LEFT(COALESCE(p.info, ''), ${LONGEST}) AS query,
    UNIX_TIMESTAMP(x.trx_started) AS xact_start, UNIX_TIMESTAMP() - p.time AS query_start,
    UNIX_TIMESTAMP() - p.time AS state_change
    FROM ${SESSIONS} ORDER BY x.trx_started IS NULL, x.trx_started, p.id LIMIT ${MOST_SESSIONS}`,
  waits: `SELECT trx_mysql_thread_id AS pid, '' AS relation, UNIX_TIMESTAMP(trx_wait_started) AS waitstart
    FROM information_schema.innodb_trx WHERE trx_wait_started IS NOT NULL
    ORDER BY trx_wait_started, trx_mysql_thread_id LIMIT ${MOST_SESSIONS}`,
  holders: `SELECT p.user AS application, ${STATE} AS state, COUNT(*) AS count
    FROM ${SESSIONS} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50`,
};

/** From 8.0 on. */
const BLOCKERS_OF_MYSQL = `SELECT r.processlist_id AS pid, b.processlist_id AS blocked_by
  FROM (SELECT requesting_thread_id AS waiting, blocking_thread_id AS holding FROM performance_schema.data_lock_waits
    UNION SELECT p.owner_thread_id, g.owner_thread_id FROM performance_schema.metadata_locks p
    JOIN performance_schema.metadata_locks g ON g.object_type = p.object_type AND g.object_schema = p.object_schema
      AND g.object_name = p.object_name AND g.owner_thread_id <> p.owner_thread_id
    WHERE p.lock_status = 'PENDING' AND g.lock_status = 'GRANTED' AND p.object_type = 'TABLE') w
  JOIN performance_schema.threads r ON r.thread_id = w.waiting
  JOIN performance_schema.threads b ON b.thread_id = w.holding
  ORDER BY 1, 2 LIMIT ${MOST_SESSIONS}`;

const BLOCKERS_OF_MARIADB = `SELECT DISTINCT r.trx_mysql_thread_id AS pid, b.trx_mysql_thread_id AS blocked_by
  FROM information_schema.innodb_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
  JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
  ORDER BY 1, 2 LIMIT ${MOST_SESSIONS}`;
