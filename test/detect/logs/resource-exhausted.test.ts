import { describe, expect, test } from 'vitest';
import { resourceExhausted } from '#detect/logs/resource-exhausted.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import { every, said, testLogDetector } from '#test/window.ts';

testLogDetector(resourceExhausted, {
  found: {
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
  ],
  threads: [
    'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory',
    "RuntimeError: can't start new thread",
    'bash: fork: retry: Resource temporarily unavailable',
    'WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
    'AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting',
    '1024 worker_connections are not enough while connecting to upstream',
    'java.util.concurrent.RejectedExecutionException: Task rejected from ThreadPoolExecutor',
  ],
  connections: [
    'FATAL:  sorry, too many clients already',
    'FATAL: remaining connection slots are reserved for non-replication superuser connections',
    'ERROR 1040 (HY000): Too many connections',
    'ERR max number of clients reached',
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
  quota: [
    'rpc error: code = ResourceExhausted desc = grpc: received message larger than max',
    'pods "web" is forbidden: exceeded quota: compute, requested: cpu=1',
    'com.amazonaws.services.dynamodbv2.model.ProvisionedThroughputExceededException: too fast',
    '0/3 nodes are available: 3 Insufficient memory.',
  ],
};

describe.each(Object.entries(WRITTEN))('%s', (resource, lines) => {
  test.each(lines)('%s', (line) => {
    expect(reachedLimit(line)?.resource).toBe(resource);
  });
});
