/**
 * Words for a store of which too few members answered, or that had no leader. The statement is not slow: the store
 * waited for its own members and gave up.
 */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line. */
export const TOO_FEW_REPLICAS = signList(
  /replica|quorum|consistency|primary|leader|replication|responses|shard|clusterdown|majority|host/i,
  [
    {
      by: 'Cassandra, ScyllaDB (DataStax drivers)',
      says: /\btimeout during (?:\w+ )?(?:read|write) query at consistency\b|\bnot enough replicas available for query at consistency\b|\bcoordinator node timed out waiting for replica\b|\breceived only \d{1,4} responses?\b/i,
      example:
        'Cassandra timeout during read query at consistency LOCAL_QUORUM (2 responses were required but only 1 replica responded)',
      source: 'https://docs.datastax.com/en/developer/java-driver/4.17/manual/core/retries/',
    },
    {
      by: 'ScyllaDB (Rust driver)',
      says: /\bnot enough nodes (?:are alive to satisfy required consistency level|responded to the (?:read|write) request in time)\b/i,
      example: 'Not enough nodes responded to the write request in time to satisfy required consistency level',
      source: 'https://docs.rs/scylla/latest/scylla/errors/enum.DbError.html',
    },
    {
      by: 'Cassandra, ScyllaDB (no coordinator)',
      says: /\bAllNodesFailedException\b|\bNoNodeAvailableException\b|\bNoHostAvailable(?:Exception)?\b|\ball host\(s\) tried for query failed\b/i,
      example: 'All host(s) tried for query failed (tried: db-1/10.0.0.7:9042)',
      source: 'https://docs.datastax.com/en/developer/java-driver/3.11/manual/retries/',
    },
    {
      by: 'MongoDB',
      says: /\bwaiting for replication timed out\b|\bWriteConcernFailed\b|\b(?:NotWritablePrimary|PrimarySteppedDown|NotPrimaryNoSecondaryOk)\b|\bnot (?:master|primary)\b|\bno primary (?:available|found|server)\b/i,
      example: 'waiting for replication timed out',
      source: 'https://www.mongodb.com/docs/manual/reference/write-concern/#wtimeout',
    },
    {
      by: 'Redis',
      says: /\bNOREPLICAS\b|\bCLUSTERDOWN\b|\bMASTERDOWN\b/i,
      example: 'NOREPLICAS Not enough good replicas to write.',
      source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/',
    },
    {
      by: 'Kafka',
      says: /\bNotEnoughReplicas(?:AfterAppend)?(?:Exception)?\b|\bNOT_ENOUGH_REPLICAS\b|\bfewer in-sync replicas\b/i,
      example: 'org.apache.kafka.common.errors.NotEnoughReplicasException',
      source: 'https://kafka.apache.org/protocol.html#protocol_error_codes',
    },
    {
      by: 'Elasticsearch, OpenSearch',
      says: /\bUnavailableShardsException\b|\bNoShardAvailableActionException\b|\bprimary shard is not active\b|\bnot enough active (?:shard )?copies\b/i,
      example: 'UnavailableShardsException: [orders][0] primary shard is not active Timeout: [1m]',
      source: 'https://www.elastic.co/docs/reference/elasticsearch/rest-apis/reading-and-writing-documents',
    },
    {
      by: 'CockroachDB, etcd, TiKV, Consul',
      says: /\blost quorum\b|\breplica unavailable\b|\betcdserver: (?:no leader|leader changed|request timed out)|\bno cluster leader\b|\bregion is unavailable\b/i,
      example: 'etcdserver: no leader',
      source: 'https://etcd.io/docs/v3.5/op-guide/failures/',
    },
  ],
);

/**
 * A message, an exception, an event or a line: the server, or its database, takes no statement from anybody. It starts, ends,
 * moves to another machine, or is offline.
 */
export const STORE_AWAY = signList(/database|server|service|wsrep|connection|shutdown|ORA-|loading/i, [
  {
    by: 'Azure SQL Database, SQL Server',
    says: /\bdatabase ['"][^'"\n]{1,128}['"] on server ['"][^'"\n]{1,128}['"] is not currently available\b|\bthe service has encountered an error processing your request\b|\bthe service is currently busy\b|\bcannot open database ['"][^'"\n]{1,128}['"]? .{0,60}\b(?:offline|recover|restor)|\bdatabase ['"][^'"\n]{1,128}['"] cannot be opened because it is (?:offline|in)\b|\bunable to access availability database\b/i,
    example: "Database 'orders' on server 'shop' is not currently available. Please retry the connection later.",
    source: 'https://learn.microsoft.com/en-us/azure/azure-sql/database/troubleshoot-common-errors-issues',
  },
  {
    by: 'PostgreSQL',
    says: /\bthe database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections|not accepting connections)\b|\bterminating connection due to administrator command\b|\bterminating connection because of crash of another server process\b/i,
    example: 'FATAL: the database system is starting up',
    source: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
  },
  {
    by: 'MySQL, MariaDB, Galera',
    says: /\bserver shutdown in progress\b|\bwsrep has not yet prepared node\b|\bserver is currently in offline mode\b/i,
    example: 'WSREP has not yet prepared node for application use',
    source: 'https://mariadb.com/docs/galera-cluster',
  },
  {
    by: 'Oracle',
    says: /\bORA-(?:01033|01034|01089|01090|12514|12528)\b/i,
    example: 'ORA-01033: ORACLE initialization or shutdown in progress',
    source: 'https://docs.oracle.com/en/error-help/db/ora-01033/',
  },
  {
    by: 'MongoDB',
    says: /\b(?:interruptedAtShutdown|shutdownInProgress)\b|\bserver selection timed out after \d{1,9} ?ms\b|\bthe server is in quiesce mode\b/i,
    example: 'Server selection timed out after 30000 ms',
    source: 'https://www.mongodb.com/docs/manual/reference/error-codes/',
  },
  {
    by: 'Redis',
    says: /\bLOADING Redis is loading the dataset in memory\b/i,
    example: 'LOADING Redis is loading the dataset in memory',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  },
]);

/** A message, an exception or a line: what was read is older than what was written. */
export const REPLICA_BEHIND = signList(/lag|behind|stale|snapshot/i, [
  {
    by: 'PostgreSQL (replay_lag of pg_stat_replication)',
    says: /\b(?:replay|write|flush|replication|replica)[ _-]?lag\b["']?(?: of| is|:|=|[ (])\s{0,2}[1-9]/i,
    example: 'order 7 is not found on the replica (replay lag 12 s)',
    source: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW',
  },
  {
    by: 'MySQL, MariaDB',
    says: /\bSeconds_Behind_(?:Source|Master)["']?\s{0,2}[:=]\s{0,2}[1-9]/i,
    example: 'Seconds_Behind_Source: 12',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/show-replica-status.html',
  },
  {
    by: 'Amazon Aurora, Amazon RDS',
    says: /\b(?:AuroraReplicaLag|ReplicaLag)(?:Maximum)?["']?\s{0,2}[:=]\s{0,2}[1-9]/i,
    example: 'AuroraReplicaLag=12000',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html',
  },
  {
    by: 'MongoDB (rs.printSecondaryReplicationInfo)',
    says: /\b[1-9]\d{0,8} secs? \([\d.]{1,12} hrs?\) behind the (?:primary|freshest member)\b/i,
    example: '12 secs (0 hrs) behind the primary',
    source: 'https://www.mongodb.com/docs/manual/tutorial/troubleshoot-replica-sets/#check-the-replication-lag',
  },
  {
    by: 'services',
    says: /\b(?:replica|standby|secondary|follower)\b.{0,40}\b(?:is|was|are) (?:\d[\d.]{0,9} ?m?s(?:ec\w{0,6})? )?(?:behind|stale|lagging)\b/i,
    example: 'the replica is 12 s behind',
    source: CUSTOMARY,
  },
]);
