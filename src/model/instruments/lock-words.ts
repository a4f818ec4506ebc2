/** Words for a wait for a lock: of rows, of a mutex, of a distributed lock. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign } from '#model/trace/wait-amounts.ts';

/** Names of spans that are only the wait. Each character may match in one way only: separators match as one run, and an underscore belongs to the word. */
export const LOCK_OPERATIONS = signList(/lock|mutex|semaphore|latch|monitor/i, [
  {
    by: 'services',
    says: /^(?=.{1,120}$)(?:acquire|wait(?:ing)?(?: for)?|obtain|take|enter)?[ ._:-]*(?![ ._:-])(?:\w+\.){0,3}(?:[\w-]+[ .:-])?(?:\w*(?<!(?<!d)b|(?<!n)c|un|dead)lock|\w*mutex|(?:\w*_)?(?:semaphore\w*|latch))(?:[ ._:-](?:acquire|wait(?:async)?|lock|enter|try_?lock))?$/i,
    example: 'acquire lock',
    source: CUSTOMARY,
  },
  {
    by: '.NET SemaphoreSlim',
    says: /^semaphoreslim\.waitasync$/i,
    example: 'SemaphoreSlim.WaitAsync',
    source: 'https://learn.microsoft.com/dotnet/api/system.threading.semaphoreslim.waitasync',
  },
  {
    by: 'JDK Flight Recorder',
    says: /\bjdk\.JavaMonitorEnter$/i,
    example: 'jdk.JavaMonitorEnter',
    source: 'https://docs.oracle.com/en/java/javase/21/jfapi/',
  },
]);

/** The same, even where the span is a call: clients of locks that a store keeps. */
export const LOCK_CALLS = signList(/lock|mutex/i, [
  {
    by: 'etcd',
    says: /\bv3lockpb\.Lock\/Lock$/i,
    example: 'v3lockpb.Lock/Lock',
    source: 'https://etcd.io/docs/v3.5/dev-guide/api_concurrency_reference_v3/',
  },
  {
    by: 'Redlock',
    says: /\bredlock\b(?!.{0,40}\b(?:un_?lock|release|extend|using|with))/i,
    example: 'redlock.acquire locks:order:7',
    source: 'https://redis.io/docs/latest/develop/use/patterns/distributed-locks/',
  },
  {
    by: 'Redisson',
    says: /\b(?:redisson|RLock|RedissonLock|RFairLock)\.(?:try)?lock(?:Async|Interruptibly)?(?:$|[ :])/i,
    example: 'RedissonLock.tryLock',
    source: 'https://redisson.org/docs/data-and-services/locks-and-synchronizers/',
  },
  {
    by: 'Curator (ZooKeeper)',
    says: /\bInterProcess(?:\w{0,20})(?:Mutex|Lock|Semaphore\w{0,5})\.acquire$/i,
    example: 'InterProcessMutex.acquire',
    source: 'https://curator.apache.org/docs/recipes-shared-reentrant-lock',
  },
  {
    by: 'Consul',
    says: /\bconsul[ ._](?:lock|session[ ._]lock)(?:[ ._]acquire)?$/i,
    example: 'consul.lock.acquire',
    source: 'https://developer.hashicorp.com/consul/docs/dynamic-app-config/sessions',
  },
]);

/** Attributes that measure the wait. The group captures the unit. */
export const LOCK_DURATIONS = signList<DurationSign>(/lock|mutex|latch/i, [
  {
    by: 'services',
    says: /(?:lock|mutex|latch).{0,60}wait[\w.]{0,40}?(?:[._](ns|us|ms|milliseconds|s|seconds)|(ms|milliseconds|seconds))$/i,
    example: 'db.lock.wait_ms',
    source: CUSTOMARY,
  },
  {
    by: 'MongoDB profiler',
    says: /\btimeAcquiring(Micros)\b/i,
    example: 'locks.Collection.timeAcquiringMicros',
    source: 'https://www.mongodb.com/docs/manual/reference/database-profiler/',
  },
  {
    by: 'MySQL slow log',
    says: /^(?:db\.|mysql\.)?lock_time(?:_(ms|us|s|seconds))$/i,
    example: 'mysql.lock_time_ms',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html',
  },
]);

/** Attributes of an event that mentions a lock already. */
export const LOCK_EVENT_DURATIONS = signList<DurationSign>(/wait|acquire|elapsed|duration|took/i, [
  {
    by: 'services',
    says: /(?:wait|acquire|elapsed|duration|took)[\w.]{0,40}?(?:[._](ns|us|ms|s|seconds)|(ms|seconds))$/i,
    example: 'waited_ms',
    source: CUSTOMARY,
  },
]);

/** Values of the attributes that name what a database session waits for. */
export const LOCK_WAIT_EVENTS = signList(/lock|transactionid|tuple|virtualxid|relation|LCK_|latch|mutex|enq|pin/i, [
  {
    by: 'PostgreSQL',
    says: /^(?:(?:LW)?lock(?:: ?\w{1,40})?|transactionid|tuple|virtualxid|relation|buffer_content)$/i,
    example: 'Lock',
    source: 'https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE',
  },
  {
    by: 'MySQL Performance Schema',
    says: /^wait\/(?:lock|synch\/(?:mutex|rwlock|sxlock|prlock))\/[\w/]{1,100}$/i,
    example: 'wait/lock/table/sql/handler',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/performance-schema-instrument-naming.html',
  },
  {
    by: 'MySQL thread states',
    says: /^waiting for (?:the )?[\w ]{0,40}\block$/i,
    example: 'Waiting for table metadata lock',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/general-thread-states.html',
  },
  {
    by: 'SQL Server',
    says: /^(?:LCK_\w+|(?:PAGE|ACCESS_METHODS_\w{1,40})?LATCH_\w+)$/i,
    example: 'LCK_M_X',
    source:
      'https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-os-wait-stats-transact-sql',
  },
  {
    by: 'Oracle',
    says: /^(?:enq: [A-Z]{2}\b.*|latch(?: free|: .+)?|(?:library cache|row cache) (?:lock|pin|mutex).*|cursor: (?:pin|mutex)\b.*)$/i,
    example: 'enq: TX - row lock contention',
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/descriptions-of-wait-events.html',
  },
]);

/** Lines in which a store measures the wait of one statement. The number shows whether it was long. */
export const LOCK_LINES = signList<AmountSign>(/timeAcquiringMicros|LCK_M_|enq: |lock_wait|waitresource/i, [
  {
    // With fewer than five digits the wait took less than 10 ms.
    by: 'MongoDB slow operations',
    says: /\btimeAcquiringMicros["']?: ?\{[^}]{0,120}?: ?\d{5,12}\b/i,
    reads: /\btimeAcquiringMicros["']?: ?\{[^}]{0,120}?: ?(?<amount>\d{5,12})\b/i,
    unit: 'us',
    example:
      '{"msg":"Slow query","attr":{"locks":{"Collection":{"acquireWaitCount":{"w":1},"timeAcquiringMicros":{"w":2410000}}},"durationMillis":2500}}',
    source: 'https://www.mongodb.com/docs/manual/reference/log-messages/#slow-operations',
  },
  {
    by: 'SQL Server waits',
    says: /\bLCK_M_\w{1,20}\b.{0,80}?\bwait_?(?:time|duration)(?:_?ms)?["']?[=:, ]{1,3}\d/i,
    reads: /\bLCK_M_\w{1,20}\b.{0,80}?\bwait_?(?:time|duration)(?:_?ms)?["']?[=:, ]{1,3}(?<amount>\d{1,12})/i,
    unit: 'ms',
    example: 'session_id=61 wait_type=LCK_M_U wait_time=2430 blocking_session_id=58 command=UPDATE',
    source:
      'https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-requests-transact-sql',
  },
  {
    by: 'SQL Server waits (sentences)',
    says: /\b\d{1,12} ?ms\b.{0,40}\bLCK_M_\w/i,
    reads: /\b(?<amount>\d{1,12}) ?ms\b.{0,40}\bLCK_M_\w/i,
    unit: 'ms',
    example: 'session 61 waited 2430 ms, wait type LCK_M_U, blocked by session 58',
    source: CUSTOMARY,
  },
  {
    by: 'SQL Server blocked process reports',
    says: /\bwaitresource="(?:KEY|PAGE|RID|OBJECT|EXTENT|DATABASE): [^"]{1,200}"[^>]{0,200}\bwaittime="\d/i,
    reads: /\bwaittime="(?<amount>\d{1,12})"/i,
    unit: 'ms',
    example: '<process id="process1" waitresource="KEY: 6:72057594043 (b9a3)" waittime="2430" lockMode="U">',
    source: 'https://learn.microsoft.com/sql/relational-databases/event-classes/blocked-process-report-event-class',
  },
  {
    by: 'Oracle event 10046',
    says: /\bnam='enq: T[XM]\b[^']{0,60}' ela= ?\d/i,
    reads: /\bnam='enq: T[XM]\b[^']{0,60}' ela= ?(?<amount>\d{1,12})/i,
    unit: 'us',
    example: "WAIT #140: nam='enq: TX - row lock contention' ela= 2431876 name|mode=1415053318",
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/19/tgsql/performing-application-tracing.html',
  },
  {
    by: 'Oracle V$SESSION',
    says: /\benq: T[XM]\b.{0,60}?\bseconds_in_wait["']?\s{0,3}[=: ]\s{0,3}[1-9]/i,
    reads: /\bseconds_in_wait["']?\s{0,3}[=: ]\s{0,3}(?<amount>\d{1,9})/i,
    unit: 's',
    example: 'sid=881 event="enq: TX - row lock contention" seconds_in_wait=12 blocking_session=402',
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-SESSION.html',
  },
  {
    by: 'Db2 monitor elements',
    says: /\block_wait_time["']?\s{0,3}[=:]\s{0,3}\d/i,
    reads: /\block_wait_time["']?\s{0,3}[=:]\s{0,3}(?<amount>\d{1,12})/i,
    unit: 'ms',
    example: 'LOCK_WAIT_TIME = 2431',
    source: 'https://www.ibm.com/docs/en/db2/11.5?topic=reference-lock-wait-time',
  },
]);

/** An event or a line: somebody waits. */
export const LOCK_WAITING = signList(
  /lock|mutex|latch|row\b|record\b|tuple|aggregate|semaphore|monitor|GIL\b|GVL\b|busy|writer|timeAcquiringMicros|LCK_M_|enq: |waitresource/i,
  [
    ...LOCK_LINES.signs,
    {
      by: 'PostgreSQL log_lock_waits, MySQL',
      // Java's LockSupport.park stands below any wait: for a future, a queue, a thread of a pool.
      says: /(?<!\b(?:no|without) (?:\w{1,20} )?)\b(?:wait(?:s|ed|ing)?|blocked)\b.{0,40}\b(?:\w*(?<!b|c|un|dead)locks?(?!\.LockSupport)|\w{0,40}mutex|latch|semaphore)\b/i,
      example: 'process 4711 still waiting for ShareLock on transaction 678 after 1000.123 ms',
      source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LOCK-WAITS',
    },
    {
      by: 'InnoDB',
      says: /(?<!\b(?:no|0|zero|without) )\block wait(?:s|ing)?\b(?![:=]? ?(?:0|none)\b)/i,
      example: '---TRANSACTION 421, LOCK WAIT 2 lock struct(s)',
      source: 'https://dev.mysql.com/doc/refman/8.4/en/innodb-standard-monitor.html',
    },
    {
      by: 'MySQL slow log',
      says: /\block_time: (?:[1-9]|0\.\d?[1-9])/i,
      example: '# Query_time: 4.215  Lock_time: 4.108 Rows_sent: 0  Rows_examined: 1',
      source: 'https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html',
    },
    {
      by: 'SQL Server',
      says: /\bblocked[ -]process[ -]report\b|\bblocking (?:spid|session)\b/i,
      example:
        'Blocked process report: waitresource="KEY: 7:72057594043" waittime="5001" lockMode="U" blocking spid="58"',
      source: 'https://learn.microsoft.com/sql/relational-databases/event-classes/blocked-process-report-event-class',
    },
    {
      by: 'databases',
      says: /\bblocked by (?:pid|transaction|session|query)\b/i,
      example: 'blocked by pid 4711',
      source: 'https://wiki.postgresql.org/wiki/Lock_Monitoring',
    },
    {
      by: 'Java Flight Recorder',
      says: /\bJavaMonitorEnter\b|\bJava Monitor Blocked\b/i,
      example:
        'jdk.JavaMonitorEnter { duration = 2.81 s monitorClass = com.shop.PriceCache previousOwner = "refresh-1" }',
      source: 'https://docs.oracle.com/en/java/javase/21/troubleshoot/troubleshoot-performance-issues-using-jfr.html',
    },
    {
      by: 'JVM, services',
      says: /\b(?:wait(?:s|ed|ing)?|blocked)\b.{0,40}\b(?:(?:object|class)? ?monitor)\b(?! ?(?:ing|ed|service|agent|job|check))/i,
      example: 'waited 2810 ms to enter the monitor of com.shop.PriceCache, held by refresh-1',
      source: 'https://docs.oracle.com/en/java/javase/21/troubleshoot/diagnostic-tools.html',
    },
    {
      by: 'services',
      says: /\b(?:\w{0,40}(?<!b|c|un|dead)lock|\w{0,40}mutex|latch|semaphore)\b[^\n]{0,60}\b(?:wait(?:s|ed|ing)?|blocked|busy|contended)(?: for)?:? \d/i,
      example: 'row lock on lot 118 waited for 8.19 s, held by session 5501',
      source: CUSTOMARY,
    },
    {
      by: 'services (by what is locked)',
      says: /\b(?:wait(?:s|ed|ing)?|blocked|hung|stuck) (?:for )?(?:about |over |~)?\d{1,7}(?:\.\d{1,6})? ?(?:ms|milliseconds|s|secs?|seconds|min|minutes)\b (?:for|on) (?:the |its |a |that |this )?(?:(?!next)\w{1,20} )?(?:row|record|tuple|document lock|aggregate)\b(?! ?(?:s\b|sets?|counts?|to (?:arrive|come|be|appear)|from|of the (?:answer|result)))/i,
      example: 'waited 4.2 s for the row of order 12, the report was holding it',
      source: CUSTOMARY,
    },
    {
      by: 'interpreters with one lock (Python, Ruby)',
      // Threads that compute wait for a processor: `cpu-starvation.ts`.
      says: /\b(?:GIL|GVL|global (?:interpreter|VM) lock)\b(?![^\n]{0,120}\b(?:cpu|comput(?:es?|ing|ations?))\b)[^\n]{0,40}\b(?:held|wait(?:s|ed|ing)?|contention|starved)\b[^\n]{0,20}\d/i,
      example: 'GIL held for 3.0 s by thread pandas-export, request thread starved',
      source: 'https://docs.python.org/3/glossary.html#term-global-interpreter-lock',
    },
    {
      by: 'SQLite, embedded stores',
      says: /\b(?:database|table|file|store|index) (?:is |was )?(?:locked|busy)\b[^\n]{0,60}\b(?:retr(?:y|ied|ying)|wait(?:s|ed|ing)?)\b[^\n]{0,20}\d/i,
      example: 'database is locked, retried for 3.1 s (SQLITE_BUSY), writer is the backup',
      source: 'https://www.sqlite.org/rescode.html#busy',
    },
    {
      by: 'event stores, services',
      says: /\bwait(?:s|ed|ing)?\b[^\n]{0,40}\b(?:other|concurrent|earlier|ahead of it) writers?\b|\bbehind (?:\d{1,4} |\w{3,5} )?(?:other |concurrent )?writers?\b/i,
      example: 'append waited 3.2 s, three other writers',
      source: CUSTOMARY,
    },
    {
      by: 'services',
      says: /\b(?:acquiring|obtaining|requesting)\b.{0,40}\b(?:\w*(?<!b|c|un|dead)lock|mutex|latch|semaphore)\b/i,
      example: 'acquiring table mutex',
      source: CUSTOMARY,
    },
  ],
);

/** An event or a line: the wait is over. */
export const LOCK_ACQUIRED = signList(/lock|mutex|latch|semaphore/i, [
  {
    by: 'PostgreSQL log_lock_waits',
    says: /\b(?:acquired|got|obtained|granted|released)\b.{0,20}\b(?:\w*lock|mutex|latch|semaphore)\b/i,
    example: 'process 4711 acquired ShareLock on transaction 678 after 2345.678 ms',
    source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LOCK-WAITS',
  },
  {
    by: 'services',
    says: /(?:\b(?:\w{1,60}(?<!un|b|c|dead))?lock|\b\w{0,60}mutex|\bsemaphore|\blatch)_? (?:was |is )?(?:acquired|obtained|granted)\b/i,
    example: 'cart_mutex_ acquired after 2345 ms',
    source: CUSTOMARY,
  },
  {
    by: 'services (with the lock’s name)',
    says: /(?:\b(?:\w{1,60}(?<!un|b|c|dead))?lock|\b\w{0,60}mutex|\bsemaphore|\blatch) \\?['"“([]?[\w:./-]{1,80}\\?['"”)\]]? (?:was |is )?(?<!not )(?:acquired|obtained|granted)\b/i,
    example: 'row lock nightly:invoices acquired after 2345 ms',
    source: CUSTOMARY,
  },
]);

/** A lock that made the call fail. */
export const LOCK_FAILED = signList(
  /lock|mutex|latch|ORA-|nowait|write ?conflict|contention|quorum|Pessimistic|SQLCODE|SQL09|TransactionConflict/i,
  [
    {
      by: 'Firestore, Datastore',
      says: /\btoo much contention on these (?:documents|datastore entities)\b|\baborted due to (?:\S{1,30} )?contention\b/i,
      example: '10 ABORTED: Too much contention on these documents. Please try again.',
      source: 'https://firebase.google.com/docs/firestore/transaction-data-contention',
    },
    {
      by: 'MySQL 1205',
      says: /lock wait timeout exceeded/i,
      example: 'Lock wait timeout exceeded; try restarting transaction',
      source: 'https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html#error_er_lock_wait_timeout',
    },
    {
      by: 'MySQL 1213, PostgreSQL 40P01',
      says: /deadlock ?(?:found|detected)/i,
      example: 'Deadlock found when trying to get lock; try restarting transaction',
      source: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    },
    {
      by: 'Neo4j',
      says: /\bNeo\.TransientError\.Transaction\.(?:DeadlockDetected|LockClientStopped|LockAcquisitionTimeout)\b/i,
      example: 'Neo.TransientError.Transaction.DeadlockDetected: ForsetiClient[3] can’t acquire ExclusiveLock',
      source: 'https://neo4j.com/docs/status-codes/current/errors/all-errors/',
    },
    {
      by: 'databases and their drivers',
      says: /\bdeadlock victim\b|\bdetected deadlock\b|\b(?:because of|due to) (?:a )?deadlock\b|\bER_LOCK_(?:DEADLOCK|WAIT_TIMEOUT)\b|\bdeadlock; update conflicts\b/i,
      example: 'Transaction (Process ID 61) has been chosen as the deadlock victim. Rerun the transaction.',
      source: 'https://learn.microsoft.com/sql/relational-databases/sql-server-deadlocks-guide',
    },
    {
      by: 'Spring, Sequel, Sequelize, Entity Framework',
      says: /\bDeadlockLoserDataAccessException\b|\b(?:\w{1,30}::)?(?:SerializationFailure|Deadlock(?:ed|Error|Exception))\b(?=.{0,200}\bdeadlock)|\bDeadlockException\b/i,
      example: 'org.springframework.dao.DeadlockLoserDataAccessException',
      source:
        'https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/dao/DeadlockLoserDataAccessException.html',
    },
    {
      by: 'SQL Server 1205',
      says: /was deadlocked on lock/i,
      example: 'Transaction (Process ID 52) was deadlocked on lock resources with another process',
      source:
        'https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-1205-database-engine-error',
    },
    {
      by: 'SQL Server 1222',
      says: /lock request time ?out/i,
      example: 'Lock request time out period exceeded.',
      source:
        'https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-1222-database-engine-error',
    },
    {
      by: 'PostgreSQL 55P03',
      says: /could not obtain lock|due to lock timeout|nowait is set/i,
      example: 'canceling statement due to lock timeout',
      source: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    },
    {
      by: 'SQLite',
      says: /database (?:table )?is locked/i,
      example: 'database is locked',
      source: 'https://www.sqlite.org/rescode.html#busy',
    },
    {
      by: 'Oracle',
      says: /\bORA-(?:000(?:54|60)|02049|30006)\b/i,
      example: 'ORA-02049: timeout: distributed transaction waiting for lock',
      source: 'https://docs.oracle.com/error-help/db/ora-00060/',
    },
    {
      by: 'MongoDB',
      says: /\bwrite ?conflict\b/i,
      example: 'WriteConflict error: this operation conflicted with another operation.',
      source: 'https://www.mongodb.com/docs/manual/core/transactions/',
    },
    {
      by: 'MongoDB',
      says: /\bLockTimeout\b|\bunable to acquire [A-Z]{1,2} lock on\b/i,
      example: "LockTimeout: Unable to acquire IX lock on '{7: Collection, orders}' within 5ms.",
      source:
        'https://www.mongodb.com/docs/manual/reference/parameter/#mongodb-parameter-param.maxTransactionLockRequestTimeoutMillis',
    },
    {
      by: 'Db2',
      says: /\bSQL091[13]N\b|\bSQLCODE[=: ]{1,3}-91[13]\b/i,
      example: 'DB2 SQL Error: SQLCODE=-911, SQLSTATE=40001, SQLERRMC=68',
      source: 'https://www.ibm.com/docs/en/db2/11.5?topic=messages-sql0911n',
    },
    {
      by: 'ArangoDB, H2',
      says: /\btimeout (?:trying|waiting) to lock\b/i,
      example: 'Timeout trying to lock table "STOCK"; SQL statement:',
      source: 'https://www.h2database.com/javadoc/org/h2/api/ErrorCode.html#LOCK_TIMEOUT_1',
    },
    {
      by: 'DynamoDB',
      says: /\bTransactionConflict(?:Exception)?\b|\bLockNotGrantedException\b/i,
      example: 'TransactionConflictException: Transaction is ongoing for the item',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html',
    },
    {
      by: 'Elasticsearch, Lucene',
      says: /\b(?:Shard)?LockObtainFailedException\b|\bfailed to obtain in-memory shard lock\b/i,
      example: 'ShardLockObtainFailedException[[orders][0]: obtaining shard lock timed out after 5000ms]',
      source: 'https://lucene.apache.org/core/9_11_0/core/org/apache/lucene/store/LockObtainFailedException.html',
    },
    {
      by: 'redsync',
      says: /\block already taken\b/i,
      example: 'lock already taken, locked nodes: [0 1 2]',
      source: 'https://pkg.go.dev/github.com/go-redsync/redsync/v4#ErrTaken',
    },
    {
      by: 'ActiveRecord',
      says: /\bActiveRecord::(?:Deadlocked|LockWaitTimeout)\b/i,
      example: 'ActiveRecord::LockWaitTimeout',
      source: 'https://api.rubyonrails.org/classes/ActiveRecord/LockWaitTimeout.html',
    },
    {
      by: 'Hibernate, Spring',
      says: /\b(?:PessimisticLock(?:ing(?:Failure)?)?|LockAcquisition|LockTimeout|CannotAcquireLock)Exception\b/i,
      example: 'org.springframework.dao.CannotAcquireLockException',
      source:
        'https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/dao/CannotAcquireLockException.html',
    },
    {
      by: 'Redlock',
      says: /\bunable to achieve a quorum during its retry window|\bexceeded \d{1,6} attempts to lock the resource/i,
      example: 'The operation was unable to achieve a quorum during its retry window.',
      source: 'https://github.com/mike-marcacci/node-redlock',
    },
    {
      by: 'Redlock, with_advisory_lock, etcd3',
      says: /\bRedlock::LockError\b|\bResourceLockedError\b|\bFailedToAcquireLock\b|\bEtcdLockFailedError\b/i,
      example: 'Redlock::LockError',
      source: 'https://rubydoc.info/gems/redlock/Redlock/LockError',
    },
    {
      by: 'redis-py, services',
      says: /lock timeout|(?:failed|unable) to (?:acquire|obtain|get|take) (?:the |an? )?(?:\w{1,20} ){0,2}lock\b|\btime(?:d )?[- ]?out (?:while )?(?:waiting (?:for|on)|acquiring|obtaining|getting) (?:the |an? )?(?:[\w-]{1,30} ){0,2}(?:lock|mutex|latch)\b|\block (?:was )?not (?:acquired|obtained|granted)\b|could not acquire (?:the |a )?lock|lock acquisition (?:failed|timed? ?out)/i,
      example: 'Unable to acquire lock within the time specified',
      source: 'https://redis.readthedocs.io/en/stable/lock.html',
    },
  ],
);

/** Statements that take a lock before they read. A slow one was waiting. */
export const LOCKING_STATEMENTS = signList(/for |lock/i, [
  {
    by: 'SQL',
    says: /\bfor (?:no key )?update\b|\bfor (?:key )?share\b|\block table|\block in share mode\b/i,
    example: 'SELECT * FROM stock WHERE id = 7 FOR UPDATE',
    source: 'https://www.postgresql.org/docs/current/explicit-locking.html',
  },
  {
    by: 'PostgreSQL advisory locks',
    says: /\bpg_advisory_(?:xact_)?lock\b/i,
    example: 'SELECT pg_advisory_lock(7)',
    source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS',
  },
  {
    by: 'MySQL',
    says: /\bget_lock ?\(/i,
    example: "SELECT GET_LOCK('jobs', 10)",
    source: 'https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html',
  },
  {
    by: 'SQL Server',
    says: /\bwith ?\([^)]{0,80}\b(?:updlock|xlock|tablockx|holdlock)\b/i,
    example: 'SELECT * FROM stock WITH (UPDLOCK)',
    source: 'https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table',
  },
]);

/**
 * Statements and clients of a lock that the code itself named: it stands for a turn, and not for rows. PostgreSQL's
 * advisory locks, MySQL's and MariaDB's GET_LOCK, SQL Server's sp_getapplock, Oracle's DBMS_LOCK.
 */
export const NAMED_LOCK = /\bpg_advisory_(?:xact_)?lock(?:_shared)?\b|\bget_lock ?\(|\bsp_getapplock\b|\bdbms_lock\./i;

/** Such statements take what is free, or fail at once. */
export const WAITS_FOR_NONE = /\b(?:skip locked|nowait)\b/i;

/**
 * Words only for a statement that asked to fail at once. PostgreSQL: https://www.postgresql.org/docs/current/sql-select.html
 * (a wait that took too long is `canceling statement due to lock timeout`). MySQL's error 3572.
 */
export const REFUSED_AT_ONCE =
  /\bcould not obtain lock on (?:row in )?relation\b|\bcould not be acquired immediately and NOWAIT is set\b/i;

/**
 * Codes of an error that ended a wait for a lock: MySQL's server errors, SQLSTATE's class 55 and 40 in PostgreSQL, ORA-00054 and
 * ORA-00060, SQL Server's messages, SAP HANA, Db2, Informix.
 */
const LOCK_CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  mysql: new Set(['1205', '1213', '3572']),
  mariadb: new Set(['1205', '1213', '1412']),
  postgresql: new Set(['55P03', '40P01']),
  cockroachdb: new Set(['55P03', '40P01']),
  'oracle.db': new Set(['54', '60', '00054', '00060', 'ORA-00054', 'ORA-00060']),
  'microsoft.sql_server': new Set(['1205', '1222']),
  'sap.hana': new Set(['131', '133']),
  hanadb: new Set(['131', '133']),
  'ibm.db2': new Set(['-911', '-913']),
  'ibm.informix': new Set(['-244', '-143']),
};

/** `code`: `db.response.status_code` of a failed call to this database. */
export function isLockCode(system: string, code: string): boolean {
  return LOCK_CODES[system]?.has(code) ?? false;
}
