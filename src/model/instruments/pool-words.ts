/** Words for a wait for a connection: of a database, of a cache, or of an HTTP client's pool. */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign } from '#model/trace/wait-amounts.ts';

/** What the pool keeps connections to. Without it: a database. */
type PoolSign = Sign & Readonly<{ of?: 'calls' }>;

/** `ofQuery`: on other spans the name means a queue of work. */
type PoolDuration = DurationSign & PoolSign & Readonly<{ ofQuery?: true }>;

/** Names of spans that are only the wait. */
export const POOL_OPERATIONS = signList<PoolSign>(/connection|sql.conn|getconn|pool|datasource|hikari|check_?out/i, [
  {
    by: 'node-postgres, otelpgx, pgxpool, HikariCP',
    says: /(?:\b|_|pgx|sql|db|redis|connection)(?:pool|datasource|hikaricp?)[\w-]{0,40}[ ._:](?:connect|acquire|checkout|borrow|get[_ ]?connection|wait)\b/i,
    example: 'pg-pool.connect',
    source: 'https://github.com/open-telemetry/opentelemetry-js-contrib/tree/main/packages/instrumentation-pg',
  },
  {
    by: 'JDBC data sources',
    says: /\b(?:acquire|checkout|borrow|wait for|get)[ _.]?(?:db |database |pooled |a )?connection\b/i,
    example: 'HikariDataSource.getConnection',
    source: 'https://github.com/open-telemetry/opentelemetry-java-instrumentation/tree/main/instrumentation/jdbc',
  },
  {
    by: 'services',
    says: /\b(?:connection|sql[ ._]conn)[ ._](?:acquire|checkout|wait)\b/i,
    example: 'db.connection.acquire',
    source: CUSTOMARY,
  },
  {
    by: 'MongoDB drivers',
    says: /^mongo(?:db|ose)?[ ._:]check_?out$/i,
    example: 'mongodb.checkout',
    source:
      'https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md',
  },
  {
    by: 'Prisma',
    says: /\bprisma:engine:connection\b/i,
    example: 'prisma:engine:connection',
    source: 'https://www.prisma.io/docs/orm/prisma-client/observability-and-logging/opentelemetry-tracing',
  },
  {
    by: '.NET HttpClient',
    says: /\bwait_for_connection\b|\bHttp\.Connections\.WaitForConnection\b/i,
    example: 'HTTP wait_for_connection stock.internal:443',
    source: 'https://opentelemetry.io/docs/specs/semconv/dotnet/dotnet-network-traces/',
    of: 'calls',
  },
  {
    by: 'Go net/http/httptrace',
    says: /\bhttp\.getconn\b/i,
    example: 'http.getconn',
    source:
      'https://github.com/open-telemetry/opentelemetry-go-contrib/tree/main/instrumentation/net/http/httptrace/otelhttptrace',
    of: 'calls',
  },
]);

/** Attributes that measure the wait. The pattern's group captures the unit, unless the sign names it. */
export const POOL_DURATIONS = signList<PoolDuration>(/wait|acquire|pending|queue/i, [
  {
    by: 'HAProxy',
    says: /^haproxy\.(?:time_queue|queue_time|tw)(?:[._](ms|s))?$/i,
    unit: 'ms',
    of: 'calls',
    example: 'haproxy.time_queue_ms',
    source: 'https://docs.haproxy.org/3.2/configuration.html#8.4',
  },
  {
    by: 'pools',
    says: /(?:pool|connection|hikari(?:cp)?|dbcp2?|c3p0|pgbouncer)s?[._].{0,60}(?:wait|acquire|pending)[\w.]{0,40}?[._](ns|us|ms|s|seconds)$/i,
    example: 'hikaricp.connections.acquire_ms',
    source: 'https://github.com/brettwooldridge/HikariCP/wiki/Dropwizard-Metrics',
  },
  {
    by: 'OpenTelemetry',
    says: /^db\.client\.connection\.wait_time$/i,
    unit: 's',
    example: 'db.client.connection.wait_time',
    source: 'https://opentelemetry.io/docs/specs/semconv/database/database-metrics/',
  },
  {
    by: 'OpenTelemetry before 1.26',
    says: /^db\.client\.connections\.wait_time$/i,
    unit: 'ms',
    example: 'db.client.connections.wait_time',
    source: 'https://opentelemetry.io/docs/specs/semconv/database/database-metrics/',
  },
  {
    by: 'Go database/sql',
    says: /^db\.sql\.connection\.wait_duration$/i,
    unit: 'ms',
    example: 'db.sql.connection.wait_duration',
    source: 'https://github.com/XSAM/otelsql',
  },
  {
    by: 'Ecto',
    says: /^(?:db\.|ecto\.)?queue_time_(nanosecond|microsecond|millisecond|second|native|ns|us|ms|s)s?$/i,
    ofQuery: true,
    example: 'queue_time_microseconds',
    source: 'https://hexdocs.pm/opentelemetry_ecto/OpentelemetryEcto.html',
  },
  {
    by: 'Ecto telemetry',
    says: /^(?:db\.|ecto\.)?queue_time$/i,
    unit: 'native',
    ofQuery: true,
    example: 'ecto.queue_time',
    source: 'https://hexdocs.pm/ecto/Ecto.Repo.html#module-telemetry-events',
  },
]);

/** Attributes of an event that mentions a connection already. */
export const POOL_EVENT_DURATIONS = signList<DurationSign>(/wait|acquire|elapsed|duration|took/i, [
  {
    by: 'services',
    says: /(?:wait|acquire|elapsed|duration|took)[\w.]{0,40}?(?:[._](ns|us|ms|s|seconds)|(ms|seconds))$/i,
    example: 'waited_ms',
    source: CUSTOMARY,
  },
]);

/** An event or a line that begins a wait. */
export const POOL_REQUESTED = signList(/connection/i, [
  {
    by: 'services',
    says: /\b(?:wait(?:s|ed|ing)?|queued?) for (?:a )?(?:free |database |db )?connection\b/i,
    example: 'waiting for a free connection',
    source: CUSTOMARY,
  },
  {
    by: 'MongoDB drivers',
    says: /\bconnection (?:wait|requested|queued)\b|\bconnection ?check ?out ?started\b|\bcheckout started for connection\b/i,
    example: 'Connection checkout started',
    source:
      'https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md',
  },
]);

/** An event or a line that ends a wait. */
export const POOL_ACQUIRED = signList(/connection/i, [
  {
    by: 'MongoDB drivers',
    says: /\bconnection (?:was )?(?:acquired|obtained|received)\b|\bconnection (?:was )?checked out\b|\bconnectioncheckedout\b/i,
    example: 'Connection checked out',
    source:
      'https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md',
  },
  {
    by: 'services',
    says: /\b(?:acquired|got|obtained) (?:a )?connection\b/i,
    example: 'acquired connection',
    source: CUSTOMARY,
  },
]);

/** Nothing failed, but a request has to wait for a connection. */
export const POOL_IS_SHORT = signList<PoolSign>(/connection|pool|socket/i, [
  {
    by: 'Node HTTP agents',
    says: /\bmaxSockets\b.{0,40}\breached\b|\bwaiting for a free socket\b/i,
    example: 'agent: maxSockets 50 reached for accounts, 214 requests queued, waiting for a free socket',
    source: 'https://nodejs.org/api/http.html#agentmaxsockets',
    of: 'calls',
  },
  {
    by: 'pools',
    says: /\bpool\b.{0,40}\b(?:at (?:its |the )?(?:limit|max(?:imum)?|capacity)|limit (?:is |was )?reached|saturated|has no (?:free|idle) connections?)\b/i,
    example: 'pool orders is at its limit (20), 14 requests pending',
    source: CUSTOMARY,
  },
  {
    by: 'pools',
    says: /\bno (?:free|idle) connections?\b/i,
    example: 'no idle connection, request queued',
    source: CUSTOMARY,
  },
  {
    by: 'services',
    says: /\bwait(?:s|ed|ing)?\b.{0,20}\bfor (?:a |an )?(?:free |idle |available )?(?:database |db |jdbc )?connection\b/i,
    example: 'request waited 2300 ms for a free database connection',
    source: CUSTOMARY,
  },
  {
    by: 'pools',
    says: /\brequests? (?:is |are )?queued for (?:a )?connection\b/i,
    example: '14 requests are queued for a connection',
    source: CUSTOMARY,
  },
  {
    by: 'sqlx',
    says: /\btime to acquire exceeded slow threshold\b/i,
    example: 'acquired connection, but time to acquire exceeded slow threshold aquired_after_secs=2.71',
    source: 'https://docs.rs/sqlx/latest/sqlx/pool/struct.PoolOptions.html#method.acquire_slow_threshold',
  },
]);

/** `reads` captures how many are in use, and of how many; without the latter the pool is full at that number. */
type PoolStats = Sign & Readonly<{ reads?: RegExp }>;

/** What a pool's monitor writes from time to time: no connection is idle, and somebody waits for one. */
export const POOL_STATS = signList<PoolStats>(/wait|pending|overflow|acquire/i, [
  {
    by: 'HikariCP',
    says: /(?:\bstats \(|\bpool\b.{0,40}\b)total=\d{1,6}, active=\d{1,6}, idle=0, waiting=[1-9]/i,
    reads: /\btotal=(?<size>\d{1,6}), active=(?<inUse>\d{1,6}),/i,
    example: 'HikariPool-1 - Before cleanup stats (total=10, active=10, idle=0, waiting=14)',
    source: 'https://github.com/brettwooldridge/HikariCP',
  },
  {
    by: 'HikariCP',
    says: /\bstats \(total=\d{1,6}\/\d{1,6}, idle=0\/\d{1,6}, active=\d{1,6}, waiting=[1-9]/i,
    reads: /\btotal=\d{1,6}\/(?<size>\d{1,6}), idle=0\/\d{1,6}, active=(?<inUse>\d{1,6}),/i,
    example: 'HikariPool-1 - Pool stats (total=10/10, idle=0/10, active=10, waiting=14)',
    source: 'https://github.com/brettwooldridge/HikariCP',
  },
  {
    by: 'Go database/sql',
    says: /\bmax_?open_?conn(?:ection)?s["']?[:=] ?[1-9].{0,60}\bidle["']?[:=] ?0\b.{0,5}\bwait_?count["']?[:=] ?[1-9]/i,
    reads: /\bmax_?open_?conn(?:ection)?s["']?[:=] ?(?<size>\d{1,6})\b.{0,60}\bin_?use["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example:
      'sql.DBStats{MaxOpenConnections:10 OpenConnections:10 InUse:10 Idle:0 WaitCount:8112 WaitDuration:311m12s}',
    source: 'https://pkg.go.dev/database/sql#DBStats',
  },
  {
    // The default `max_overflow` is 10; the line does not say when nobody may open a further one.
    by: 'SQLAlchemy',
    says: /\bConnections in pool: 0 {1,3}Current Overflow: [1-9]\d{1,4} {1,3}Current Checked out connections: \d/i,
    reads: /\bCurrent Checked out connections: (?<inUse>\d{1,6})/i,
    example: 'Pool size: 5  Connections in pool: 0 Current Overflow: 10 Current Checked out connections: 15',
    source: 'https://docs.sqlalchemy.org/en/20/core/pooling.html#sqlalchemy.pool.QueuePool.__init__',
  },
  {
    // `empty_acquire_count`: acquires that had to wait, because the pool was empty.
    by: 'pgxpool',
    says: /\bacquired_?conns["']?[:=] ?[1-9].{0,60}\bidle_?conns["']?[:=] ?0\b.{0,60}\bmax_?conns["']?[:=] ?[1-9].{0,120}\bempty_?acquire_?count["']?[:=] ?[1-9]/i,
    reads: /\bacquired_?conns["']?[:=] ?(?<inUse>\d{1,6})\b.{0,120}\bmax_?conns["']?[:=] ?(?<size>\d{1,6})\b/i,
    example: 'pgx pool AcquiredConns:12 IdleConns:0 MaxConns:12 EmptyAcquireCount:713',
    source: 'https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#Stat',
  },
  {
    by: 'pgxpool (errors of services)',
    says: /\bpgx ?pool\b.{0,20}\bacquired["']?[:=] ?[1-9]\d{0,5}\b.{0,20}\bidle["']?[:=] ?0\b/i,
    reads: /\bacquired["']?[:=] ?(?<inUse>\d{1,6})\b.{0,8}\bmax["']?[:=] ?(?<size>\d{1,6})\b/i,
    example: 'begin tx: context deadline exceeded (pgxpool: acquired=24 max=24 idle=0 emptyAcquireCount=8123)',
    source: 'https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#Stat',
  },
  {
    by: 'pools (errors of services)',
    says: /\bpool\b.{0,20}\bmax["']?[:=] ?[1-9]\d{0,5}\b.{0,4}\bacquired["']?[:=] ?[1-9]\d{0,5}\b.{0,20}\bidle["']?[:=] ?0\b/i,
    reads: /\bmax["']?[:=] ?(?<size>\d{1,6})\b.{0,4}\bacquired["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'begin tx: context deadline exceeded (pool: max=24 acquired=24 idle=0)',
    source: CUSTOMARY,
  },
  {
    by: 'psycopg',
    says: /\bpool_available["']?[:=] ?0\b.{0,40}\brequests_waiting["']?[:=] ?[1-9]/i,
    reads: /\bpool_max["']?[:=] ?(?<size>\d{1,6})\b.{0,20}\bpool_size["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: "{'pool_min': 4, 'pool_max': 10, 'pool_size': 10, 'pool_available': 0, 'requests_waiting': 14}",
    source: 'https://www.psycopg.org/psycopg3/docs/advanced/pool.html#pool-stats',
  },
  {
    by: 'node-postgres',
    says: /\bidleCount["']?[:=] ?0\b.{0,40}\bwaitingCount["']?[:=] ?[1-9]/i,
    reads: /\btotalCount["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'pg pool { totalCount: 20, idleCount: 0, waitingCount: 14 }',
    source: 'https://node-postgres.com/apis/pool#properties',
  },
  {
    by: 'Knex (tarn)',
    says: /\bnumFree["']?[:=] ?0\b.{0,80}\bnumPendingAcquires["']?[:=] ?[1-9]|\bnumPendingAcquires["']?[:=] ?[1-9].{0,80}\bnumFree["']?[:=] ?0\b/i,
    reads: /\bnumUsed["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'knex pool { numUsed: 10, numFree: 0, numPendingAcquires: 14, numPendingCreates: 0 }',
    source: 'https://github.com/Vincit/tarn.js',
  },
  {
    by: 'c3p0',
    says: /\bnumThreadsAwaitingCheckoutDefaultUser -> [1-9]/i,
    reads: /\bmaxPoolSize -> (?<inUse>\d{1,6})\b/i,
    example: 'maxPoolSize -> 15, minPoolSize -> 3, numHelperThreads -> 3, numThreadsAwaitingCheckoutDefaultUser -> 14',
    source: 'https://www.mchange.com/projects/c3p0/',
  },
  {
    by: 'c3p0',
    says: /\bnumIdleConnections["']? ?[:=] ?0\b.{0,80}\bnumThreadsAwaitingCheckout(?:DefaultUser)?["']? ?[:=] ?[1-9]/i,
    reads: /\bnumBusyConnections["']? ?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'numBusyConnections = 15, numIdleConnections = 0, numConnections = 15, numThreadsAwaitingCheckout = 14',
    source: 'https://www.mchange.com/projects/c3p0/',
  },
  {
    by: 'DBCP',
    says: /\bnumIdle["']? ?[:=] ?0\b.{0,60}\bnumWaiters["']? ?[:=] ?[1-9]/i,
    reads: /\bnumActive["']? ?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'BasicDataSource numActive=8, numIdle=0, numWaiters=14',
    source:
      'https://commons.apache.org/proper/commons-pool/apidocs/org/apache/commons/pool2/impl/GenericObjectPoolMXBean.html',
  },
  {
    by: 'deadpool',
    says: /\bmax_size: \d{1,6}, size: \d{1,6}, available: 0, waiting: [1-9]/i,
    reads: /\bmax_size: (?<size>\d{1,6}), size: (?<inUse>\d{1,6}),/i,
    example: 'Status { max_size: 16, size: 16, available: 0, waiting: 14 }',
    source: 'https://docs.rs/deadpool/latest/deadpool/struct.Status.html',
  },
  {
    // Time that clients waited, in a second: from 1 s on, one of them waits at any time.
    by: 'PgBouncer',
    says: /\bxacts\/s, .{0,200}\bwait [1-9]\d{6,9} us\b/i,
    example:
      'stats: 84 xacts/s, 91 queries/s, in 8120 B/s, out 16240 B/s, xact 98000 us, query 41000 us, wait 14500000 us',
    source: 'https://www.pgbouncer.org/usage.html#show-stats',
  },
  {
    by: 'PgBouncer',
    says: /\bcl_waiting["']?[:=] ?[1-9].{0,200}\bsv_idle["']?[:=] ?0\b/i,
    reads: /\bsv_active["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'database=shop cl_active=20 cl_waiting=14 sv_active=20 sv_idle=0 maxwait=3',
    source: 'https://www.pgbouncer.org/usage.html#show-pools',
  },
  {
    by: 'pools',
    says: /(?:\b(?:connections?|conn|db|database|sql|jdbc|pg|postgres|mysql|redis|mongo)[-_ .]?pool\b|(?<!(?:threads?|workers?|executor)[-_ ]?)\bpool (?:stats|status|state)\b).{0,80}\b(?:idle|free|available)["']?[:=] ?0\b.{0,40}\b(?:waiting|waiters|pending|queued)["']?[:=] ?[1-9]/i,
    reads: /\b(?:active|in_?use|used|busy|total|size)["']?[:=] ?(?<inUse>\d{1,6})\b/i,
    example: 'db pool stats active=20 idle=0 pending=14',
    source: CUSTOMARY,
  },
]);

/** Lines of every query: only the number shows a wait. */
export const POOL_LINES = signList<AmountSign>(/queue=|quired_after|wait millis|QueuePool/i, [
  {
    by: 'Ecto',
    says: /\bQUERY (?:OK|ERROR)\b.{0,200}\bqueue=[\d.]/i,
    reads: /\bqueue=(?<amount>[\d.]+)(?<unit>ms|µs|us|s)\b/i,
    example: 'QUERY OK source="orders" db=0.9ms queue=2711.5ms idle=12.0ms',
    source: 'https://hexdocs.pm/ecto/Ecto.Repo.html#module-telemetry-events',
  },
  {
    by: 'sqlx',
    says: /\bac?quired_after_secs["']?[=:]/i,
    reads: /\bac?quired_after_secs["']?[=:] ?(?<amount>[\d.]+)/i,
    unit: 's',
    example: 'acquired connection, but time to acquire exceeded slow threshold aquired_after_secs=2.71',
    source: 'https://docs.rs/sqlx/latest/sqlx/pool/struct.PoolOptions.html#method.acquire_slow_threshold',
  },
  {
    by: 'Druid',
    says: /\bwait millis \d/i,
    reads: /\bwait millis (?<amount>\d+)/i,
    example: 'GetConnectionTimeoutException: wait millis 5001, active 20, maxActive 20, creating 0',
    source: 'https://github.com/alibaba/druid/wiki/FAQ',
  },
]);

/** Lines of a pooler between a service and its database, which gave a client no connection in time. */
export const POOLER_LINES = signList<PoolSign>(/query_wait_timeout|max_client_conn|hostgroup|database connection/i, [
  {
    by: 'PgBouncer',
    says: /\bno more connections allowed \(max_client_conn\)|\bquery_wait_timeout\b(?! ?[=:] ?\d)/i,
    example: 'C-0x55: shop/orders@10.0.0.7:41822 pooler error: query_wait_timeout',
    source: 'https://www.pgbouncer.org/config.html#query_wait_timeout',
  },
  {
    by: 'ProxySQL',
    says: /\bMax connect timeout reached while reaching hostgroup \d/i,
    example: 'ERROR 9001 (HY000): Max connect timeout reached while reaching hostgroup 1 after 10000ms',
    source: 'https://proxysql.com/documentation/error-codes',
  },
  {
    by: 'RDS Proxy',
    says: /\btimed-out waiting to acquire (?:a )?database connection\b/i,
    example: 'Timed-out waiting to acquire database connection',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html',
  },
]);

/** There was no connection left. */
export const POOL_IS_FULL = signList<PoolSign>(
  /connect|pool|resource|clients|idle|acquire|acquisition|NJS-040|DPY-4005|query_wait_timeout|waited|queue|checkout|slot|bb8|hostgroup/i,
  [
    {
      by: 'Npgsql, pools',
      says: /(?<!\bthread[ -]?)(?:connection )?\bpool (?:is |was |has been )?exhausted|connection pool has been exhausted/i,
      example:
        "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' (currently 15 seconds)",
      source: 'https://www.npgsql.org/doc/connection-string-parameters.html#pooling',
    },
    {
      by: 'Knex',
      says: /the pool is (?:probably )?full/i,
      example:
        'Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?',
      source: 'https://knexjs.org/guide/#pool',
    },
    {
      by: 'pools',
      says: /(?:unable|failed) to (?:acquire|get|obtain) (?:a )?connection from (?:the )?pool/i,
      example: 'Failed to acquire a connection from the pool',
      source: CUSTOMARY,
    },
    {
      by: 'pools',
      says: /\btime(?:d )?[- ]?out (?:while )?(?:waiting for|acquiring|getting|obtaining) (?:an? |the )?(?:(?:free|idle|available|pooled) )(?:database |db )?connection\b|(?<!\b(?:threads?|workers?)[- ]?)\bpool (?:acquire |acquisition |wait |checkout )?time(?:d )?[- ]?out\b/i,
      example: 'timed out waiting for a free connection',
      source: CUSTOMARY,
    },
    {
      by: 'MongoDB Java driver',
      says: /\bMongoWaitQueueFullException\b|\btoo many threads are already waiting for a connection\b/i,
      example: 'MongoWaitQueueFullException: Too many threads are already waiting for a connection.',
      source: 'https://mongodb.github.io/mongo-java-driver/',
    },
    {
      by: 'Hibernate',
      says: /\bunable to acquire jdbc connection\b/i,
      example: 'org.hibernate.exception.GenericJDBCException: Unable to acquire JDBC Connection',
      source: 'https://docs.jboss.org/hibernate/orm/6.6/userguide/html_single/Hibernate_User_Guide.html',
    },
    {
      by: 'ActiveRecord',
      says: /could not (?:acquire|get|obtain) (?:a )?(?:database )?connection/i,
      example:
        'could not obtain a connection from the pool within 5.000 seconds (waited 5.003 seconds); all pooled connections were in use',
      source: 'https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/ConnectionPool.html',
    },
    {
      by: 'SqlClient, ActiveRecord',
      says: /all pooled connections were in use/i,
      example: 'This may have occurred because all pooled connections were in use and max pool size was reached.',
      source: 'https://learn.microsoft.com/dotnet/framework/data/adonet/sql-server-connection-pooling',
    },
    {
      by: 'ActiveRecord',
      says: /\bActiveRecord::ConnectionTimeoutError\b/i,
      example: 'ActiveRecord::ConnectionTimeoutError',
      source: 'https://api.rubyonrails.org/classes/ActiveRecord/ConnectionTimeoutError.html',
    },
    {
      by: 'connection_pool (Ruby)',
      says: /\bConnectionPool::TimeoutError\b|\bwaited [\d.]{1,9} sec, 0\/\d{1,6} available/i,
      example: 'Waited 5 sec, 0/5 available',
      source: 'https://github.com/mperham/connection_pool',
    },
    {
      by: 'Sequel',
      says: /\bSequel::PoolTimeout\b/i,
      example: 'Sequel::PoolTimeout: timeout: 5.0, elapsed: 5.01',
      source: 'https://sequel.jeremyevans.net/rdoc/files/doc/opening_databases_rdoc.html',
    },
    {
      by: 'Jedis',
      says: /could not get a resource (?:from|since) the pool/i,
      example: 'Could not get a resource from the pool',
      source: 'https://github.com/redis/jedis/wiki/FAQ',
    },
    {
      by: 'Commons Pool, DBCP, Apache HttpClient',
      says: /timeout waiting for (?:idle object|(?:a )?connection from (?:the )?pool)/i,
      example: 'Cannot get a connection, pool error Timeout waiting for idle object',
      source: 'https://commons.apache.org/proper/commons-dbcp/configuration.html',
    },
    {
      by: 'Apache HttpClient',
      says: /\bConnection(?:Pool|Request)Timeout(?:Exception)?\b/i,
      example: 'org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool',
      source:
        'https://hc.apache.org/httpcomponents-client-4.5.x/current/httpclient/apidocs/org/apache/http/conn/ConnectionPoolTimeoutException.html',
      of: 'calls',
    },
    {
      by: 'AWS SDK for Java',
      says: /\bacquire operation took longer than the configured maximum time/i,
      example: 'Unable to execute HTTP request: Acquire operation took longer than the configured maximum time.',
      source: 'https://github.com/aws/aws-sdk-java-v2/blob/master/docs/BestPractices.md',
      of: 'calls',
    },
    {
      by: 'Reactor Netty',
      says: /\bpool#acquire\(duration\) has been pending|\bpending acquire queue has reached its maximum size/i,
      example: 'Pool#acquire(Duration) has been pending for more than the configured timeout of 45000ms',
      source: 'https://projectreactor.io/docs/netty/release/reference/http-client.html',
      of: 'calls',
    },
    {
      by: 'Finch',
      says: /\bunable to provide a connection within the timeout\b/i,
      example: 'Finch was unable to provide a connection within the timeout due to excess queuing for connections.',
      source: 'https://hexdocs.pm/finch/Finch.html',
      of: 'calls',
    },
    {
      by: 'httpx',
      says: /\bhttpx\.PoolTimeout\b|\bhttpcore\.PoolTimeout\b/i,
      example: 'httpx.PoolTimeout',
      source: 'https://www.python-httpx.org/advanced/timeouts/',
      of: 'calls',
    },
    {
      by: 'HikariCP',
      says: /connection is not available, request timed out/i,
      example:
        'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=23)',
      source: 'https://github.com/brettwooldridge/HikariCP',
    },
    {
      by: 'Tomcat JDBC',
      says: /\bpool empty\. unable to fetch a connection\b/i,
      example:
        '[http-nio-8080-exec-5] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:100; busy:100; idle:0; lastwait:30000].',
      source: 'https://tomcat.apache.org/tomcat-9.0-doc/jdbc-pool.html',
    },
    {
      by: 'c3p0',
      says: /\ban attempt by a client to checkout a connection has timed out/i,
      example: 'An attempt by a client to checkout a Connection has timed out.',
      source: 'https://www.mchange.com/projects/c3p0/#checkoutTimeout',
    },
    {
      by: 'Druid',
      says: /\bGetConnectionTimeoutException\b/i,
      example: 'com.alibaba.druid.pool.GetConnectionTimeoutException: wait millis 5001, active 20, maxActive 20',
      source: 'https://github.com/alibaba/druid/wiki/FAQ',
    },
    {
      by: 'Agroal (Quarkus, WildFly)',
      says: /\bacquisition timeout while waiting for new connection|\bsorry, acquisition timeout!/i,
      example: 'java.sql.SQLException: Sorry, acquisition timeout!',
      source: 'https://github.com/quarkusio/quarkus/pull/41090',
    },
    {
      by: 'IronJacamar (WildFly)',
      says: /\bno managed connections available within configured blocking timeout/i,
      example: 'IJ000655: No managed connections available within configured blocking timeout (30000 [ms])',
      source: 'https://www.ironjacamar.org/doc/userguide/1.2/en-US/html_single/',
    },
    {
      by: 'Prisma',
      says: /timed out fetching a new connection from the connection pool/i,
      example:
        'Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 10, connection limit: 5)',
      source: 'https://www.prisma.io/docs/orm/reference/error-reference#p2024',
    },
    {
      by: 'SQLAlchemy',
      says: /queuepool limit of size \d+/i,
      example: 'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
      source: 'https://docs.sqlalchemy.org/en/20/errors.html#error-3o7r',
    },
    {
      by: 'psycopg',
      says: /\bcouldn't get a connection after [\d.]{1,12} sec/i,
      example: "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec",
      source: 'https://www.psycopg.org/psycopg3/docs/advanced/pool.html',
    },
    {
      by: 'generic-pool',
      says: /resourcerequest timed out/i,
      example: 'ResourceRequest timed out',
      source: 'https://github.com/coopernurse/node-pool',
    },
    {
      by: 'sqlx',
      says: /pool timed out while waiting/i,
      example: 'pool timed out while waiting for an open connection',
      source: 'https://docs.rs/sqlx/latest/sqlx/enum.Error.html#variant.PoolTimedOut',
    },
    {
      by: 'node-postgres',
      says: /timeout (?:exceeded )?when trying to connect/i,
      example: 'timeout exceeded when trying to connect',
      source: 'https://node-postgres.com/apis/pool',
    },
    {
      by: 'MongoDB drivers',
      says: /timed out (?:after \d+ ?ms )?while (?:waiting for|checking out) a connection/i,
      example: 'Timed out while checking out a connection from connection pool',
      source:
        'https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md',
    },
    {
      by: 'MongoDB Java driver',
      says: /\btimeout waiting for a pooled item\b|\bWaitQueueTimeout(?:Error|Exception)?\b/i,
      example: 'Timeout waiting for a pooled item after 120000 MILLISECONDS',
      source: 'https://www.mongodb.com/docs/manual/administration/connection-pool-overview/',
    },
    {
      by: 'SqlClient',
      says: /timeout period elapsed prior to obtaining a connection from the pool/i,
      example: 'Timeout expired. The timeout period elapsed prior to obtaining a connection from the pool.',
      source: 'https://learn.microsoft.com/dotnet/framework/data/adonet/sql-server-connection-pooling',
    },
    {
      by: 'R2DBC, Sequelize',
      says: /connection acquisition timed out|connectionacquiretimeout/i,
      example: 'SequelizeConnectionAcquireTimeoutError',
      source: 'https://sequelize.org/docs/v6/other-topics/connection-pool/',
    },
    {
      by: 'DBConnection (Ecto)',
      says: /\bconnection not available and request was dropped from queue\b/i,
      example:
        'connection not available and request was dropped from queue after 2345ms. This means requests are coming in and your connection pool cannot serve them fast enough.',
      source: 'https://hexdocs.pm/db_connection/DBConnection.html#start_link/2-queue-config',
    },
    {
      by: 'DataStax drivers',
      says: /\bpool is busy \(no available connection\b|\bBusyPoolException\b/i,
      example: 'Pool is busy (no available connection and the queue has reached its max size 256)',
      source: 'https://docs.datastax.com/en/developer/java-driver/3.11/manual/pooling/',
    },
    {
      by: 'MongoDB drivers',
      says: /\bwait queue timeout elapsed without a connection becoming available/i,
      example:
        'Checkout failed for connection to db-1:27017. Reason: Wait queue timeout elapsed without a connection becoming available.',
      source:
        'https://github.com/mongodb/specifications/blob/master/source/connection-monitoring-and-pooling/connection-monitoring-and-pooling.md',
    },
    {
      by: 'mysql2, mysqljs',
      says: /^(?:Error: )?(?:queue limit reached|no connections available)\.?$/i,
      example: 'Queue limit reached.',
      source: 'https://github.com/mysqljs/mysql#pool-options',
    },
    {
      by: 'MySqlConnector',
      says: /\ball pooled connections are in use/i,
      example: 'Connect Timeout expired. All pooled connections are in use.',
      source: 'https://mysqlconnector.net/troubleshooting/connection-reuse/',
    },
    {
      by: 'Oracle UCP',
      says: /\ball connections in the universal connection pool are in use/i,
      example: 'UCP-45064: All connections in the Universal Connection Pool are in use',
      source: 'https://docs.oracle.com/en/database/oracle/oracle-database/21/jjucp/error-codes-reference.html',
    },
    {
      by: 'WebLogic',
      says: /\bPoolLimitSQLException\b|\bNo resources currently available in pool\b/i,
      example: 'weblogic.jdbc.extensions.PoolLimitSQLException: No resources currently available in pool orders',
      source: 'https://docs.oracle.com/en/middleware/standalone/weblogic-server/14.1.1.0/jdbca/troubleshooting.html',
    },
    {
      by: 'WebSphere, Liberty',
      says: /\bJ2CA(?:1010E|0045E)\b|\bConnectionWaitTimeoutException\b/i,
      example:
        'J2CA0045E: Connection not available while invoking method createOrWaitForConnection for resource jdbc/ORDERS',
      source: 'https://www.ibm.com/docs/en/was/9.0.5?topic=pools-connection-pool-settings',
    },
    {
      by: 'GlassFish, Payara',
      says: /\bIn-use connections equal max-pool-size and expired max-wait-time\b/i,
      example: 'In-use connections equal max-pool-size and expired max-wait-time. Cannot allocate more connections.',
      source:
        'https://docs.payara.fish/community/docs/documentation/payara-server/jdbc/advanced-connection-pool-properties.html',
    },
    {
      by: 'Vert.x',
      says: /\bConnectionPoolTooBusyException\b|\bconnection pool reached max wait queue size/i,
      example: 'Connection pool reached max wait queue size of 100',
      source: 'https://vertx.io/docs/vertx-core/java/#_connection_pool',
      of: 'calls',
    },
    {
      by: 'fasthttp',
      says: /\bno free connections available to host\b/i,
      example: 'no free connections available to host',
      source: 'https://pkg.go.dev/github.com/valyala/fasthttp#pkg-variables',
      of: 'calls',
    },
    {
      by: 'hackney',
      says: /(?:^|[:"\s])checkout_timeout\b/i,
      example: '{:error, :checkout_timeout}',
      source: 'https://github.com/benoitc/hackney#use-the-default-pool',
      of: 'calls',
    },
    {
      by: 'deadpool, r2d2, bb8',
      says: /\btimeout occurred while waiting for a slot to become available|\btimed out waiting for connection\b|\btimed out in bb8\b/i,
      example: 'Timeout occurred while waiting for a slot to become available',
      source: 'https://docs.rs/deadpool/latest/deadpool/managed/enum.PoolError.html',
    },
    {
      by: 'Hyperdrive',
      says: /\bwaiting for an open slot in the pool\b/i,
      example: 'Timed out while waiting for an open slot in the pool.',
      source: 'https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/',
    },
    {
      by: 'Hasql',
      says: /\bAcquisitionTimeout(?:UsageError)?\b/i,
      example: 'AcquisitionTimeoutUsageError',
      source: 'https://hackage.haskell.org/package/hasql-pool/docs/Hasql-Pool.html',
    },
    {
      by: 'node-oracledb',
      says: /\bNJS-040\b/i,
      example: 'NJS-040: connection request timeout. Request exceeded queueTimeout of 60000',
      source: 'https://node-oracledb.readthedocs.io/en/latest/user_guide/connection_handling.html',
    },
    {
      by: 'python-oracledb',
      says: /\bDPY-4005\b/i,
      example: 'DPY-4005: timed out waiting for the connection pool to return a connection',
      source: 'https://python-oracledb.readthedocs.io/en/latest/user_guide/troubleshooting.html',
    },
    ...POOLER_LINES.signs,
    {
      by: 'pools',
      says: /no available connections?/i,
      example: 'No available connection in the pool',
      source: CUSTOMARY,
    },
    {
      by: 'redis-py',
      says: /^(?:ConnectionError: )?no connection available\.?$/i,
      example: 'No connection available.',
      source: 'https://redis.readthedocs.io/en/stable/connections.html',
    },
    {
      by: 'StackExchange.Redis',
      says: /no connection is available to service this operation/i,
      example: 'No connection is available to service this operation: GET session:7',
      source: 'https://stackexchange.github.io/StackExchange.Redis/Timeouts',
    },
    {
      by: 'go-redis',
      says: /connection pool (?:is full(?!, discarding)|timeout)/i,
      example: 'redis: connection pool timeout',
      source: 'https://redis.uptrace.dev/guide/go-redis-debugging.html',
    },
    {
      by: 'PostgreSQL, MySQL',
      says: /too many clients already|remaining connection slots are reserved|too many connections\b/i,
      example: 'FATAL: sorry, too many clients already',
      source: 'https://www.postgresql.org/docs/current/runtime-config-connection.html',
    },
  ],
);
