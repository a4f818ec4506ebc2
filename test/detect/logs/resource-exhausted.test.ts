import { describe, expect, test } from 'vitest';
import { resourceExhausted } from '#detect/logs/resource-exhausted.ts';
import { runDetector } from '#detect/run.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import { logLine } from '#test/log-line.ts';
import { span, traceOf } from '#test/trace.ts';
import { every, said, testLogDetector } from '#test/window.ts';

const LATE_HEARTBEAT =
  'As of "11/02/2026 14:30:07 +00:00", the heartbeat has been running for "00:00:01.9201" which is longer than "00:00:01". This could be caused by thread pool starvation.';

testLogDetector(resourceExhausted, {
  found: {
    'a process that stands still for minutes, and guesses that threads are short': {
      lines: every(12, 0, 600, (at) => said(at, 'rooms', 'warn', LATE_HEARTBEAT)),
      sightings: [{ service: 'rooms', title: /thread/, lines: 12 }],
    },
    'a broker that lets nobody send to a full address': {
      lines: [
        said(
          40,
          'artemis',
          'warn',
          "AMQ222183: Blocking message production on address 'seats'; size is currently: 10485900 bytes; max-size-bytes on address: 10485760",
        ),
      ],
      sightings: [{ service: 'artemis', title: /memory/ }],
    },
    'a broker that blocks those who publish, where only they say so': {
      lines: [said(40, 'seats', 'warn', 'no confirm in 3 s: connection is blocked by the broker: low on memory')],
      sightings: [{ service: 'rabbitmq', title: /memory/ }],
    },
    'a broker that blocks those who publish, and says so in its own log': {
      lines: [
        said(38, 'seat-mq', 'warn', 'memory resource limit alarm set on node rabbit@seat-mq-0.'),
        said(40, 'seats', 'warn', 'no confirm in 3 s: connection is blocked by the broker: low on memory'),
      ],
      sightings: [{ service: 'seat-mq', title: /memory/ }],
    },
    'a channel of the own process that nobody empties': {
      lines: [said(40, 'seats', 'error', 'outgoing channel full (capacity 32), dropping seat update')],
      sightings: [{ service: 'seats', title: /queue/ }],
    },
    'a model server whose cache of keys and values is full': {
      lines: [
        said(
          40,
          'writer',
          'error',
          'Sequence group 9 is preempted by PreemptionMode.SWAP mode because there is not enough KV cache space.',
        ),
      ],
      sightings: [{ service: 'writer', title: /memory/ }],
    },
    'a worker that was killed while another one reached its time limit': {
      lines: [
        said(40, 'essays', 'fatal', '[CRITICAL] WORKER TIMEOUT (pid:73)'),
        said(41, 'essays', 'error', 'Worker (pid:99) was sent SIGKILL! Perhaps out of memory?'),
      ],
      sightings: [{ service: 'essays', title: /killed \(SIGKILL\)/ }],
    },
    'a function that was killed, and its report says that it used all of its memory': {
      lines: [
        said(40, 'thumbs', 'error', 'RequestId: 7 Error: Runtime exited with error: signal: killed Runtime.ExitError'),
        said(40, 'thumbs', 'info', 'REPORT RequestId: 7 Duration: 2137 ms Memory Size: 256 MB Max Memory Used: 256 MB'),
      ],
      sightings: [{ service: 'thumbs', title: /^thumbs: out of memory$/ }],
    },
    'an instance of Cloud Run above its memory limit': {
      lines: [
        said(
          40,
          'thumbs',
          'error',
          'Memory limit of 512 MiB exceeded with 527 MiB used. Consider increasing the memory limit',
        ),
      ],
      sightings: [{ service: 'thumbs', title: /^thumbs: out of memory$/ }],
    },
    'a function that was killed with memory to spare': {
      lines: [
        said(40, 'thumbs', 'error', 'RequestId: 7 Error: Runtime exited with error: signal: killed Runtime.ExitError'),
        said(40, 'thumbs', 'info', 'REPORT RequestId: 7 Duration: 2137 ms Memory Size: 256 MB Max Memory Used: 91 MB'),
      ],
      sightings: [{ service: 'thumbs', title: /killed \(SIGKILL\)/ }],
    },
    'a node of OpenSearch that collects garbage in most of the time, and still answers': {
      lines: [
        said(
          40,
          'catalog',
          'warn',
          '[WARN ][o.o.m.j.JvmGcMonitorService] [n1] [gc][88] overhead, spent [640ms] collecting in the last [1s]',
        ),
        said(
          41,
          'catalog',
          'warn',
          '[WARN ][o.o.m.j.JvmGcMonitorService] [n1] [gc][89] overhead, spent [1.2s] collecting in the last [2s]',
        ),
      ],
      sightings: [{ service: 'catalog', title: /^catalog: it spends 62 % of its time in garbage collection$/ }],
    },
    'a node that collects much, and then has no memory left': {
      lines: [
        said(
          40,
          'catalog',
          'warn',
          '[WARN ][o.o.m.j.JvmGcMonitorService] [n1] [gc][88] overhead, spent [640ms] collecting in the last [1s]',
        ),
        said(41, 'catalog', 'error', 'java.lang.OutOfMemoryError: Java heap space'),
      ],
      sightings: [{ service: 'catalog', title: /^catalog: out of memory$/ }],
    },
    'a request whose time in the queue of HAProxy ended': {
      lines: [
        said(
          40,
          'lb',
          'warn',
          '10.0.0.7:4112 [07/Nov/2026:15:37:26.670] fe bills/<NOSRV> 0/3001/-1/-1/3001 503 212 - - sQ-- 80/80/40/20/0 0/4 "GET /bills HTTP/1.1"',
        ),
      ],
      sightings: [{ service: 'lb', title: /no connections left/ }],
    },
    'a server whose words its client repeats: what is short is short there': {
      lines: [
        said(40, 'ledger', 'error', 'PSQLException: FATAL: sorry, too many clients already at Driver.connect'),
        said(41, 'ledger-db', 'error', 'app@ledger FATAL:  sorry, too many clients already'),
      ],
      sightings: [{ service: 'ledger-db', title: /^ledger-db: no connections left$/ }],
    },
    'a server that says something else than its client': {
      lines: [
        said(40, 'ledger', 'error', 'java.io.IOException: No space left on device'),
        said(41, 'ledger-db', 'error', 'FATAL:  sorry, too many clients already'),
      ],
      sightings: [
        { service: 'ledger', title: /^ledger: no space left/ },
        { service: 'ledger-db', title: /^ledger-db: no connections left/ },
      ],
    },
    'the guide’s pool: 21 connections in use of 20': {
      lines: [
        said(
          45,
          'user-service',
          'error',
          '{"error":{"type":"DatabaseError","code":"ECONNREFUSED","message":"connect ECONNREFUSED 10.0.1.5:5432","context":{"service":"user-service","retries":3,"database_pool_size":20,"active_connections":21}}}',
        ),
      ],
      sightings: [{ service: 'user-service', title: /^user-service: no connections left \(21 of 20 in use\)$/ }],
    },
    'a pool that fills up, from the line at which it is full': {
      lines: [
        ...every(10, 0, 10, (at, n) => said(at, 'shop', 'info', `pool status: ${n}/100 connections active`)),
        said(12, 'shop', 'error', 'pool status: 100/100 connections active'),
        said(13, 'shop', 'error', 'could not acquire connection from pool after 30s'),
      ],
      sightings: [{ lines: 2, title: /100 of 100 in use/, explanation: /pool status: 100\/100/ }],
    },
    'two resources of one service, and one of two services': {
      lines: [
        said(0, 'shop', 'error', 'accept4: too many open files'),
        said(1, 'shop', 'error', 'write /var/data: no space left on device'),
        said(2, 'cart', 'error', 'open /tmp/x: too many open files'),
      ],
      sightings: [
        { service: 'shop', title: /too many open files/ },
        { service: 'shop', title: /no space left on disk/ },
        { service: 'cart', title: /too many open files/ },
      ],
    },
    'the guide’s pool, said a thousand times: still one finding': {
      lines: every(1000, 0, 60, (at) => said(at, 'shop', 'warn', 'Connection pool exhausted')),
      sightings: [{ lines: 1000, title: /^shop: no connections left$/ }],
    },
  },
  clear: {
    'late heartbeats while the pods of a rollout start': {
      lines: every(12, 0, 120, (at) => said(at, 'rooms', 'warn', LATE_HEARTBEAT)),
    },
    'a limit that refuses one client, as agreed': {
      lines: every(1, 0, 60, (at) => said(at, 'phones', 'warn', 'rate limit exceeded client=partner-7 limit=50/s')),
    },
    'a quota that sends the service to its second choice, in a line of information': {
      lines: [said(9, 'guide', 'info', 'ThrottlingException: Too many tokens. Falling back to the small model')],
    },
    'a text of a user in a line of information': {
      lines: [said(9, 'notes', 'info', 'stored note about "no space left on device, pool exhausted"')],
    },
    'an instance of Cloud Run with memory to spare': {
      lines: [said(40, 'thumbs', 'info', 'instance started with a memory limit of 512 MiB, 91 MiB used')],
    },
    'a function that uses all of its memory and is not killed': {
      lines: [
        said(40, 'thumbs', 'info', 'REPORT RequestId: 7 Duration: 2137 ms Memory Size: 256 MB Max Memory Used: 256 MB'),
      ],
    },
    'a worker that its master ends at its time limit': {
      lines: [
        said(40, 'essays', 'fatal', '[CRITICAL] WORKER TIMEOUT (pid:73)'),
        said(41, 'essays', 'error', 'Worker (pid:73) was sent SIGKILL! Perhaps out of memory?'),
      ],
    },
    'a pool with room': {
      lines: every(100, 0, 60, (at, n) => said(at, 'shop', 'info', `pool status: ${n}/100 connections active`)),
    },
    'a resource that is only spoken of': {
      lines: [
        'Starting with -XX:+HeapDumpOnOutOfMemoryError -XX:+ExitOnOutOfMemoryError',
        'oom_score_adj set to -998',
        'Increase the limit to avoid too many open files',
        'This setting prevents the process from running out of memory if out of memory is likely',
        'disk usage 71 %, 120 GB free',
        'connection pool created: max_size=20, active=0',
        'connected to database, pool size 20',
        'GET /docs/quota HTTP/1.1 200',
        'recovered from out of memory',
        'thread pool started with 8 workers',
        'the container runs with a read-only file system',
        'writes will be refused if no space left on the volume',
      ].map((line, at) => said(at, 'shop', 'info', line)),
    },
    'what only a debug line counts': {
      lines: [said(0, 'shop', 'debug', 'Pool stats (total=10, active=10, idle=0, waiting=5) connection pool')],
    },
    'one line fewer than is asked for': {
      lines: [said(0, 'shop', 'error', 'No space left on device')],
      thresholds: { minLines: 2 },
    },
  },
});

/** As each of them writes it. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  memory: [
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    'java.lang.OutOfMemoryError: GC overhead limit exceeded',
    'fatal error: runtime: out of memory',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'MemoryError: Unable to allocate 2.00 GiB for an array',
    'System.OutOfMemoryException: Exception of type was thrown.',
    'NoMemoryError: failed to allocate memory',
    'PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)',
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'Out of memory: Killed process 4242 (java) total-vm:8123456kB',
    'Memory cgroup out of memory: Killed process 77 (node)',
    'node invoked oom-killer: gfp_mask=0xcc0, order=0',
    'Last State: Terminated Reason: OOMKilled Exit Code: 137',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'ERROR:  out of memory DETAIL:  Failed on request of size 1024',
    'Cannot allocate memory (errno 12)',
    '[parent] Data too large, data for [<http_request>] would be [1021/1gb]',
    'The node was low on resource: memory. Threshold quantity: 100Mi',
    'memory resource limit alarm set on node rabbit@mq-2.',
    '[2026-03-01T09:12:00,104][WARN ][o.o.m.j.JvmGcMonitorService] [search-1] [gc][4711] overhead, spent [2.1s] collecting in the last [2.9s]',
    'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 55.91 GiB',
    'ORA-04031: unable to allocate 4096 bytes of shared memory',
  ],
  'open files': [
    'accept4() failed (24: Too many open files)',
    'Error: EMFILE: too many open files, open /etc/hosts',
    'OSError: [Errno 24] Too many open files',
    'http: Accept error: accept tcp [::]:8080: accept4: too many open files; retrying in 5ms',
    'Error: ENOSPC: System limit for number of file watchers reached',
  ],
  'disk space': [
    'write error: No space left on device',
    'could not extend file "base/16384/2619": No space left on device',
    "The table 'orders' is full",
    'high disk watermark [90%] exceeded on [abc][node-1]',
    'System.IO.IOException: There is not enough space on the disk.',
    'java.io.IOException: Disk quota exceeded',
    'flood stage disk watermark [95%] exceeded on [k2][data-1][/data] free: 3gb[4%], all indices on this node will be marked read-only',
    'cluster_block_exception: index [logs] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block]',
    'disk resource limit alarm set on node rabbit@mq-2. Publishers will be blocked until this alarm clears',
    'rpc error: code = ResourceExhausted desc = etcdserver: mvcc: database space exceeded',
    "The transaction log for database 'sales' is full due to 'LOG_BACKUP'.",
    'ORA-01653: unable to extend table SHOP.ORDERS by 128 in tablespace USERS',
    'DB2 SQL Error: SQLCODE=-964, SQLSTATE=57011, SQLERRMC=null, DRIVER=4.32.28',
    'SQL0289N  Unable to allocate new pages in table space "USERSPACE1".',
    'DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)',
  ],
  'disk writes': [
    "OSError: [Errno 30] Read-only file system: '/data/spool'",
    'EROFS: read-only file system, open /var/lib/app/state.json',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk',
    'Shutdown broker because all log dirs in /var/lib/kafka/data-0 have failed (kafka.log.LogManager)',
  ],
  threads: [
    'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory',
    "RuntimeError: can't start new thread",
    'bash: fork: retry: Resource temporarily unavailable',
    'WARN All threads (12) are currently busy, waiting. Increase maxThreads (12) or check the servlet status',
    'WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
    'AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting',
    '1024 worker_connections are not enough while connecting to upstream',
    'java.util.concurrent.RejectedExecutionException: Task rejected from ThreadPoolExecutor',
    'WARNING:  Exceeded concurrency limit.',
    'runtime: program exceeds 10000-thread limit',
    'puma stats: backlog=41 running=5 pool_capacity=0 max_threads=5',
    'The request was aborted because there was no available instance.',
  ],
  connections: [
    'FATAL:  sorry, too many clients already',
    'FATAL: remaining connection slots are reserved for non-replication superuser connections',
    'ERROR 1040 (HY000): Too many connections',
    'ERR max number of clients reached',
    'mssql: login error: Resource ID : 1. The logins limit for the database is 120 and has been reached.',
    'Resource ID: 2. The session limit for the elastic pool is 2400 and has been reached.',
    'HikariPool-1 - Connection is not available, request timed out after 30000ms.',
    'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30',
    'Timeout expired. The timeout period elapsed prior to obtaining a connection from the pool.',
    'could not obtain a connection from the pool within 5.000 seconds',
    'Knex: Timeout acquiring a connection. The pool is probably full.',
    'ORA-12516: TNS:listener could not find available handler',
    'nf_conntrack: nf_conntrack: table full, dropping packet',
    'connect: cannot assign requested address',
    'Connection pool exhausted: max_size=256, active=256, idle=0',
  ],
  queue: [
    'sending queue is full, dropping data',
    'org.apache.kafka.clients.producer.BufferExhaustedException: Failed to allocate 16384 bytes',
  ],
  numbers: [
    'ERROR: nextval: reached maximum value of sequence "tickets_id_seq" (2147483647)',
    'Error 1467: Failed to read auto-increment value from storage engine',
    'Arithmetic overflow error converting IDENTITY to data type int.',
    'ORA-08004: sequence TICKETS_SEQ.NEXTVAL exceeds MAXVALUE and cannot be instantiated',
    'ActiveModel::RangeError: 2147483648 is out of range for ActiveModel::Type::Integer with limit 4 bytes',
  ],
  quota: [
    'rpc error: code = ResourceExhausted desc = grpc: received message larger than max',
    'pods "web" is forbidden: exceeded quota: compute, requested: cpu=1',
    'com.amazonaws.services.dynamodbv2.model.ProvisionedThroughputExceededException: too fast',
    '0/3 nodes are available: 3 Insufficient memory.',
  ],
};

test('a line at info that quotes, counts or announces an error of memory reports none', () => {
  const found = (level: string, line: string) => {
    const outcome = runDetector(resourceExhausted, { logs: [said(0, 'shop', level, line)] });
    return outcome.kind === 'found';
  };
  expect(found('info', 'kept the message: "java.lang.OutOfMemoryError: Java heap space"')).toBe(false);
  expect(found('info', 'received 20 errors, 2 OutOfMemoryError from tenant 4')).toBe(false);
  expect(found('info', 'OutOfMemoryError handler installed')).toBe(false);
  expect(found('info', 'query="OOMKilled exit 137" hits=3 took=14ms')).toBe(false);
  expect(found('info', 'msg="java.lang.OutOfMemoryError: Java heap space" thread=main')).toBe(true);
  expect(found('info', 'java.lang.OutOfMemoryError: Java heap space')).toBe(true);
  expect(found('error', 'worker ended with "java.lang.OutOfMemoryError: Java heap space"')).toBe(true);
});

test('the service whose pod waits for a node is at its limit, and not the scheduler that says so', () => {
  const trace = traceOf(
    span('reports', 'cronjob report', { ms: 900, failed: true, attributes: { 'k8s.job.name': 'report-2963' } }),
  );
  const line = 'FailedScheduling pod/report-2963-x8k2p 0/6 nodes are available: 6 Insufficient memory.';
  const logs = [logLine('kube-scheduler', 10, line, { level: 'warn' })];
  expect(runDetector(resourceExhausted, { trace, logs })).toMatchObject({ findings: [{ service: 'reports' }] });
});

test('Puma with a free thread, or without a queue, reports none', () => {
  for (const text of [
    'puma stats: backlog=3 running=5 pool_capacity=2 max_threads=5',
    'puma stats: backlog=0 running=5 pool_capacity=0 max_threads=5',
  ])
    expect(reachedLimit(text)).toBeUndefined();
});

test('a counter of full queues in a statistic reports none', () => {
  const statistic =
    "Multi-threaded replica statistics for channel '': seconds elapsed = 122; worker queues filled over overrun level = 7; waited due a Worker queue full = 3";
  expect(reachedLimit(statistic)).toBeUndefined();
  expect(reachedLimit('worker queue full: 64 requests waiting')?.resource).toBe('queue');
});

describe.each(Object.entries(WRITTEN))('%s', (resource, lines) => {
  test.each(lines)('%s', (line) => {
    expect(reachedLimit(line)?.resource).toBe(resource);
  });
});

describe('what brokers and gateways say of their limits', () => {
  test.each([
    ["reason '2053' ('MQRC_Q_FULL')", 'queue'],
    ['nats: maximum messages exceeded', 'queue'],
    ['AWS.SimpleQueueService.OverLimit: Too many messages in flight for queue bills', 'queue'],
    ['An error occurred (OverLimit) when calling the ReceiveMessage operation: too many messages in flight', 'queue'],
    ["disk resource limit alarm set on node 'rabbit@b-1'.", 'disk space'],
    ['connection blocked: low on memory', 'memory'],
    ['Usage Manager Memory Limit (67108864) reached on queue://bills', 'memory'],
    ['Persistent store is Full, 100% of 1073741824. Stopping producer', 'disk space'],
    ['rate limit exceeded for key=ip:10.0.0.1', 'quota'],
    ['TooManyRequests (429); Substatus: 3200 (store-cosmos, orders)', 'quota'],
    ['OverloadedException: Queried host was overloaded', 'quota'],
    ['googleapi: Error 429: rateLimitExceeded', 'quota'],
    ['es_rejected_execution_exception: rejected execution of coordinating operation', 'quota'],
  ])('%s', (line, resource) => {
    expect(reachedLimit(line)?.resource).toBe(resource);
  });

  test.each([
    'put 2053 messages to BILLS',
    "disk resource limit alarm cleared on node 'rabbit@b-1'.",
    'rate limit is 600 a minute',
    'maximum messages: 100000',
  ])('%s is no limit that was reached', (line) => {
    expect(reachedLimit(line)).toBeUndefined();
  });
});

function resourcesIn(logs: readonly LogLine[]): readonly unknown[] {
  const outcome = runDetector(resourceExhausted, { logs });
  return outcome.kind === 'found' ? outcome.findings.map(({ facts }) => facts.resource) : [];
}

describe('a key that is the largest number of its type', () => {
  const refused = (count: number, number: string) =>
    Array.from({ length: count }, (_, at) =>
      said(at, 'tickets', 'error', `1062 (23000): Duplicate entry '${number}' for key 'tickets.PRIMARY'`),
    );
  const found = (count: number, number: string) => resourcesIn(refused(count, number));

  test.each(['127', '32767', '2147483647', '4294967295', '9223372036854775807'])(
    '%s: no number is left for the next row',
    (number) => expect(found(5, number)).toEqual(['numbers']),
  );

  test('one row may be inserted twice, and other numbers have a next one', () => {
    expect(found(4, '127')).toEqual([]);
    expect(found(9, '2147483646')).toEqual([]);
  });
});

test('a worker that is killed at its time limit lacks no memory, however often that happens', () => {
  const logs = Array.from({ length: 300 }, (_, at) => [
    said(2 * at, 'essays', 'fatal', `[CRITICAL] WORKER TIMEOUT (pid:${at + 10})`),
    said(2 * at + 1, 'essays', 'error', `Worker (pid:${at + 10}) was sent SIGKILL! Perhaps out of memory?`),
  ]).flat();
  expect(resourcesIn(logs)).toEqual([]);
});
