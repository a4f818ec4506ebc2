/**
 * How runtimes, databases, servers and kernels report an exhausted resource. The lists hold messages of these programs;
 * prose that only mentions a resource does not match.
 */
import { KILLED_LINES } from '#model/instruments/kill-words.ts';
import { numbersEnded } from '#model/sql/ended-numbers.ts';
import { pairsIn, poolCount, saysPoolIsFull } from '#model/sql/pool-state.ts';

export type Resource =
  | 'memory'
  | 'open files'
  | 'disk space'
  | 'disk writes'
  | 'threads'
  | 'connections'
  | 'quota'
  | 'queue'
  | 'numbers';

/**
 * A limit that a line reports as reached; `used` and `size` are 0 where it has no numbers. `isKill`: the line says only
 * that the process was killed, as the kernel does when memory runs out.
 */
export type ReachedLimit = Readonly<{ resource: Resource; used: number; size: number; isKill?: true }>;

const FORMS: readonly Readonly<{ resource: Resource; forms: RegExp }>[] = [
  {
    resource: 'open files',
    forms: anyOf(
      'too many open files', // every libc; Go, Python, nginx, Ruby, Redis and Elasticsearch pass it on
      String.raw`\bE[MN]FILE\b`, // Node.js
      String.raw`\bOSError: \[Errno 24\]`, // Python
      'user limit on inotify (?:watches|instances)|system limit for number of file watchers', // Linux
      'file table overflow|file-max limit \\d+ reached', // POSIX; the kernel
    ),
  },
  {
    resource: 'threads',
    forms: anyOf(
      'unable to create (?:new )?native thread|failed to create a thread: retVal', // JVM
      "can't start new thread|cannot start new thread", // Python
      "can't create (?:a )?(?:new )?thread|pthread_create failed", // C, Ruby, MySQL
      'fork: (?:retry: )?resource temporarily unavailable|fork rejected by pids controller|\\bcannot fork\\b', // shells, the kernel
      'RejectedExecutionException', // JVM executors
      'all threads \\(\\d+\\) are currently busy', // Tomcat
      'thread ?pool (?:is )?(?:exhausted|starv\\w+)|not enough free threads in the threadpool', // Tomcat, .NET
      'server reached (?:pm\\.)?max_children|reached MaxRequestWorkers|worker_connections are not enough', // PHP-FPM, Apache, nginx
      'no (?:more )?(?:idle|free|available) workers|all workers (?:are )?busy', // uWSGI, Puma
      'Exceeded concurrency limit\\.|program exceeds \\d+-thread limit', // Uvicorn, Go
      '\\bbacklog"?[:=]\\s?[1-9]\\d{0,6}[,\\s][^\\n]{0,80}\\bpool_capacity"?[:=]\\s?0\\b', // Puma (docs/stats)
      'request was aborted because there was no available instance', // Cloud Run (docs/troubleshooting)
      'QueuedThreadPool.{0,200}(?:rejected|low on threads)|XNIO\\d+: .{0,80}task rejected', // Jetty, Undertow
    ),
  },
  {
    resource: 'memory',
    forms: anyOf(
      '(?<!(?:On|no |avoid |prevent ))\\bOutOfMemory(?:Error|Exception)\\b|GC overhead limit exceeded|^(?:Java heap space|Metaspace|Compressed class space)$', // JVM, .NET
      '\\bWARN\\b.{0,200}\\[gc\\]\\[[^\\]]{1,30}\\].{0,20}\\boverhead, spent \\[', // Elasticsearch, OpenSearch: it collects in half of the time (monitor.jvm.gc.overhead.warn)
      'heap out of memory|Reached heap limit|Array buffer allocation failed', // Node.js
      'runtime: out of memory|runtime: cannot allocate memory', // Go
      '\\bMemoryError\\b|\\bNoMemoryError\\b|\\bstd::bad_alloc\\b', // Python, Ruby, C++
      'Allowed memory size of \\d+ bytes exhausted|Out of memory \\((?:allocated|needed)', // PHP, MySQL
      'cannot allocate memory|failed to allocate memory|\\bENOMEM\\b', // every libc, Ruby
      '\\bOOM(?:Killed|Killing)\\b|invoked oom-killer|oom-kill:constraint|out of memory: kill(?:ed)? process|memory cgroup out of memory', // Kubernetes, the kernel
      "OOM command not allowed when used memory|used memory > 'maxmemory'", // Redis
      'out of shared memory|ERROR: +out of memory', // PostgreSQL
      'memory resource limit alarm set|vm_memory_high_watermark set', // RabbitMQ
      'MEMORY_LIMIT_EXCEEDED|Memory limit \\((?:total|for query|for user)\\) exceeded', // ClickHouse
      'insufficient system memory in resource pool|ORA-04031', // SQL Server, Oracle
      'SERVER_ERROR out of memory storing object', // Memcached
      '\\bngx_slab_alloc\\(\\) failed: no memory\\b|\\[lua\\][^\\n]{0,300}: no memory(?:,|$)', // nginx, OpenResty (ngx.shared.DICT)
      'circuit_breaking_exception|CircuitBreakingException.{0,80}too large|Data too large, data for', // Elasticsearch
      'low on resource: memory|\\bMemoryPressure\\b.{0,40}(?:true|evict)|exceed(?:s|ed) (?:the )?(?:container )?memory limit', // kubelet, YARN
      '\\bmemory resource limit alarm set\\b|\\bconnection[ .](?:is )?blocked\\b.{0,80}: low on memory', // RabbitMQ (docs/alarms, docs/connection-blocked)
      '\\busage manager memory limit\\b', // ActiveMQ (producer flow control)
      '\\bAMQ222183\\b|\\bblocking message production on address\\b', // Artemis (address-full-policy BLOCK, docs/flow-control)
      '\\bpreempted by \\S{1,40} mode because there is not enough KV cache space', // vLLM (docs/configuration/optimization, preemption)
      '\\bmemory limit of \\d+ (?:MiB|MB|GiB|M) exceeded with \\d+ \\w{1,3} used', // Cloud Run (docs/troubleshooting, docs/configuring/services/memory-limits)
    ),
  },
  {
    resource: 'disk space',
    forms: anyOf(
      'no space left on device|\\bENOSPC\\b', // every libc; PostgreSQL, Kafka and Docker pass it on
      '(?:disk|volume|filesystem|file system|partition|tablespace)(?: \\S{1,60})? is (?:almost )?full\\b|out of disk space|disk quota exceeded|\\bEDQUOT\\b',
      'not enough (?:free )?(?:disk )?space|there is not enough space on the disk|insufficient (?:free )?disk space', // .NET, MySQL, Kafka
      '(?:high|flood[ -]stage) disk watermark \\[.{1,60}exceeded|disk usage exceeded flood-stage watermark|read-only-allow-delete block|FORBIDDEN/12/index read-only', // Elasticsearch, OpenSearch
      'disk resource limit alarm set|free disk space is insufficient', // RabbitMQ
      'mvcc: database space exceeded|alarm:NOSPACE', // etcd
      'OutOfDiskSpace|Cannot reserve \\S{1,20} \\S{1,5}, not enough space|NOT_ENOUGH_SPACE', // MongoDB, ClickHouse
      'the transaction log for database .{1,80} is full|filegroup is full|ORA-0(?:0257|165[0-9]|19815)|unable to extend (?:table|index|temp segment)', // SQL Server, Oracle
      '\\bSQLCODE[=: ]{1,3}-(?:964|289)\\b|\\bSQL0(?:964C|289N)\\b', // Db2 (log files, table spaces)
      'minimum free drive threshold|XMinioStorageFull', // MinIO
      'insufficient storage resources available', // NATS JetStream
      '\\bDSQuotaExceededException\\b|\\bDiskOutOfSpaceException\\b', // HDFS
      'no (?:more |free )?inodes (?:left|available|free)|out of inodes', // people
      "the table '.{1,80}' is full", // MySQL
      'low on resource: (?:ephemeral-storage|imagefs|nodefs)|\\bDiskPressure\\b.{0,40}(?:true|evict)', // kubelet
      'free disk space is insufficient|\\bdisk resource limit alarm set\\b|\\bconnection[ .](?:is )?blocked\\b.{0,80}: low on disk', // RabbitMQ (docs/alarms, docs/connection-blocked)
      '\\ball ledger directories are non[ -]?writable\\b|\\bNoWritableLedgerDirException\\b', // BookKeeper (admin/bookies, read-only mode)
      '\\bpersistent store is full\\b|\\busage manager (?:temp(?:orary)? ?)?store is full', // ActiveMQ (producer flow control)
    ),
  },
  {
    resource: 'disk writes',
    forms: anyOf(
      '[:\\])] {0,2}read-only file ?system|\\bEROFS\\b', // every libc, as a reason: the kernel mounts a disk with errors read-only
      '\\bMISCONF (?:Redis|Valkey|Errors writing)', // Redis, Valkey
      'all log dirs in .{1,200} have failed|Stopping serving logs in dir', // Kafka
    ),
  },
  {
    resource: 'connections',
    forms: anyOf(
      'could not acquire (?:a )?connection|(?:acquire|checkout|get)\\w{0,40} connection.{0,60}\\bpool\\b.{0,60}\\b(?:after|within|timed? ?out)', // people
      '\\bpool\\b.{0,60}\\b(?:exhausted|starvation)|\\bno (?:free|idle|more) connections?\\b', // people
      'max(?:imum)? number of clients reached|max_user_connections|max_client_conn', // Redis, MySQL, PgBouncer
      '\\b(?:1040|08004)\\b.{0,20}too many connections', // MySQL
      'sorry, too many clients|connection limit exceeded for', // PostgreSQL
      'ORA-000(?:18|20)|ORA-125(?:16|19|20)', // Oracle
      '\\bthe (?:session|login)s? limit for the (?:database|elastic pool) is \\d{1,9} and has been reached', // Azure SQL (errors 10928 and 10936)
      'nf_conntrack: (?:nf_conntrack: )?table full|cannot assign requested address|\\bEADDRNOTAVAIL\\b', // the kernel: conntrack, local ports
      'connection limit (?:is )?(?:reached|exceeded)|too many open connections', // MongoDB, RabbitMQ
      '/-1/-1/\\+?\\d{1,9} 503 \\d{1,12} \\S{1,80} \\S{1,80} sQ[-A-Z]{2} ', // HAProxy: the time in the queue ended, https://docs.haproxy.org/3.2/configuration.html#8.5
    ),
  },
  {
    resource: 'queue',
    forms: anyOf(
      '\\bBufferExhaustedException\\b|failed to allocate memory within the configured max blocking time', // Kafka's producer
      '\\b(?:sending |send |task |work |event |message |job |export |request |accept |write )?(?:queue|buffer|backlog) (?:is |was )?(?:full|overflow(?:ed|n|ing)?)\\b(?! ?=)', // OpenTelemetry Collector, people; `Worker queue full = 3` is a counter of MySQL’s replica
      '\\b(?:request|command|send|event|message|task|job|write|out(?:going|bound)|bounded|mpsc) channel (?:is |was )?full\\b|\\bchannel (?:is )?full \\(capacity|\\bsending on a full channel\\b', // rumqttc, crossbeam, Tokio
      'possible SYN flooding on port|listen queue of a socket overflowed', // the kernel
      "\\bMQRC_Q_FULL\\b|\\breason(?: code)?:? '?2053\\b", // IBM MQ (API reason code 2053)
      'AWS\\.SimpleQueueService\\.OverLimit|\\(OverLimit\\) when calling|\\bmaximum number of inflight messages', // Amazon SQS (API ReceiveMessage) and its SDKs
      '\\bmaximum (?:messages|bytes)(?: per subject)? exceeded\\b', // NATS JetStream (server/errors.json)
      '\\bslow consumer(?: detected|, messages dropped)', // NATS (nats-server/slow_consumers)
    ),
  },
  {
    resource: 'quota',
    forms: anyOf(
      '(?:quota|allotment)(?: \\S{1,60})? (?:has been |was )?exceeded|exceed(?:ed|s|ing) (?:\\w{1,20} ){0,3}quota\\b', // clouds, Kubernetes, TiDB
      '\\bRESOURCE_?EXHAUSTED\\b|\\bResourceExhausted\\b', // gRPC
      '\\b(?:Throttling|LimitExceeded|ProvisionedThroughputExceeded|TooManyRequests)Exception\\b', // AWS
      '\\(SlowDown\\) when calling|\\bSlowDown: |\\bplease reduce your request rate\\b', // Amazon S3 (API ErrorResponses), MinIO, Ceph
      '\\bRequest rate is large\\b|\\bmore Request Units may be needed\\b|\\bTooManyRequests \\(429\\); Sub ?status: ?3\\d{3}\\b', // Azure Cosmos DB (conceptual-resilient-sdk-applications, 429) and its SDKs
      '\\b(?:userR|r)ateLimitExceeded\\b|\\bquotaExceeded\\b', // Google Cloud (APIs, JSON errors)
      '\\bes_rejected_execution_exception\\b|\\bOpenSearchRejectedExecutionException\\b', // Elasticsearch, OpenSearch (429)
      '\\bOverloadedException\\b', // Cassandra, ScyllaDB (native protocol, 0x1001)
      '\\bServerBusy(?:Exception)?\\b|\\bRequestFailedException: The server is busy\\b', // Azure Storage, Service Bus (storageservices/common-rest-api-error-codes)
      '\\bE?TMPFAIL\\b', // Couchbase (Handling Errors): no memory left for the bucket
      'insufficient (?:cpu|memory|pods|ephemeral-storage|nvidia\\.com/gpu)\\b', // Kubernetes' scheduler
      '\\brate[ _-]?limit(?: \\S{1,60})? (?:is |was |has been )?exceeded\\b|\\bexceeded (?:the |its |your )?rate[ _-]?limit', // APIs, gateways, people
    ),
  },
];

function anyOf(...forms: readonly string[]): RegExp {
  return new RegExp(forms.join('|'), 'i');
}

/** Every form contains one of these words; most lines contain none. */
const WORTH_READING =
  /memory|oom|alloc|enomem|files?\b|EROFS|MISCONF|AOF|log dirs?|inodes|NOSPACE|watermark|read-only|concurrency|rejected|extend|storage|emfile|enfile|errno|inotify|overflow|thread|fork|Rejected|max_|MaxRequest|worker|space|enospc|edquot|disk|full|watermark|pressure|resource|pool|connection|clients|ORA-|SQLCODE|conntrack|address|eaddr|queue|buffer|channel|flooding|quota|exhaust|exceed|too large|throttl|insufficient|137\b|kill| sQ[-A-Z]{2} |inflight|OverLimit|rate[ _-]?limit|MQRC|2053|overhead, spent|KV cache|available instance|slow ?down|request rate|request units|server ?(?:is )?busy|tmpfail|sub ?status|limitexceeded|quotaexceeded|overloaded|duplicate entry|already exists|auto-?increment|of sequence|IDENTITY|out of range/i;

/**
 * A setting, a plan, a help text or a statistic mentions the resource but does not lack it. Options of the JVM stand in
 * every start line: `-XX:+ExitOnOutOfMemoryError`. The kernel ends its report of a kill with the score: `oom_score_adj:986`.
 */
const ONLY_SPEAKS_OF_IT =
  /-XX:\S{0,40}OutOfMemoryError|(?<!\b(?:killed process|invoked oom-killer)\b.{0,400})oom_score|\b(?:will|would|may|might|could|should|to) (?:avoid|prevent|handle|become|be )\b|\b(?:no|without|never|not)\b.{0,12}\bout of memory|\b(?:recovered|recovering) from\b|\bif .{0,60}(?:out of memory|too many open files|no space left)/i;

/** A server says what it does now that the limit is reached: `flood stage disk watermark [95%] exceeded, all indices will be marked read-only`. */
const FOLLOWS =
  /\bwatermark \[[^\]]{1,20}\] exceeded\b|\b(?:publishers|connections|writes|clients) will be (?:blocked|rejected|refused)\b/i;

/** The limit that a line reports as reached; undefined where there is none. */
export function reachedLimit(line: string): ReachedLimit | undefined {
  const start = line.slice(0, LONGEST_READ);
  if (!WORTH_READING.test(start) || (ONLY_SPEAKS_OF_IT.test(start) && !FOLLOWS.test(start))) return undefined;
  const counted = countedIn(start);
  const form = FORMS.find(
    ({ resource, forms }) => forms.test(start) || (resource === 'connections' && saysPoolIsFull(start)),
  );
  if (form === undefined && numbersEnded(start) !== undefined) return { resource: 'numbers', used: 0, size: 0 };
  if (form !== undefined) return { resource: form.resource, used: counted?.used ?? 0, size: counted?.size ?? 0 };
  if (counted === undefined && KILLED_LINES.test(start)) return { resource: 'memory', used: 0, size: 0, isKill: true };
  return counted === undefined ? undefined : { resource: 'connections', ...counted };
}

/** A stack trace after it adds only the place. */
const LONGEST_READ = 4_000;

/**
 * `100/100 connections`, `active=256 max_size=256`, `"active_connections": 21, "database_pool_size": 20`: all allowed
 * ones are in use.
 */
function countedIn(line: string): Readonly<{ used: number; size: number }> | undefined {
  if (!/pool|connection/i.test(line)) return undefined;
  const [, used = '', size = ''] =
    /\b(\d{1,7}) ?(?:\/|of|out of) ?(\d{1,7})(?= (?:active |database |db |pool(?:ed)? )*(?:connections?|in use))/i.exec(
      line,
    ) ?? [];
  if (used !== '') return full(Number(used), Number(size));
  const pairs = pairsIn(line);
  const count = poolCount(pairs);
  if (count !== undefined) return { used: count.inUse, size: count.size };
  return full(pairs.active ?? pairs.in_use ?? 0, pairs.max_size ?? pairs.max ?? pairs.total ?? 0);
}

function full(used: number, size: number): Readonly<{ used: number; size: number }> | undefined {
  return size > 0 && used >= size ? { used, size } : undefined;
}
