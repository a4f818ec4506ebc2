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
