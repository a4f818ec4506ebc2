/**
 * Lines that decide: requests whose spans leave open what a line says in the words of its instrument. Each case is
 * judged with its lines and without them; without them the verdict has to be another one, or less sure.
 */
import { describe, expect, test } from 'vitest';
import { happening, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';
import { call, DRAWN_AT_US, query, type SpanNode, server, span } from '#test/trace.ts';

type Line = Readonly<{ service: string; at: number; text: string; level?: string; ofProcess?: true }>;
type Case = Readonly<{ root: SpanNode; lines: readonly Line[]; expected: Readonly<Record<string, unknown>> }>;

const FAILED = { failed: true, attributes: { 'http.response.status_code': 500 } };
const SQL = 'SELECT id FROM ledger WHERE account = 7';

/** Nothing but the time of the request. */
const silent = (service: string, ms: number) => server(service, 'GET /reports/:id', { ms });
const failing = (service: string, ms: number) =>
  server(service, 'POST /orders', { ms, ...FAILED }, [
    query(service, 'UPDATE orders SET state = $1 WHERE id = $2', { at: 10, ms: ms - 20, failed: true }),
  ]);
const slow = (text: string, level = 'warn'): Case => ({
  root: silent('reports', 4300),
  lines: [{ service: 'reports', at: 4240, text, level }],
  expected: { kind: 'slow-query', service: 'reports', status: 'confirmed' },
});
const full = (ms: number, text: string): Case => ({
  root: failing('orders', ms),
  lines: [{ service: 'orders', at: ms - 5, text, level: 'error' }],
  expected: { kind: 'pool-exhaustion', service: 'orders', status: 'confirmed' },
});
const locked = (ms: number, text: string): Case => ({
  root: failing('orders', ms),
  lines: [{ service: 'orders', at: ms - 5, text, level: 'error' }],
  expected: { kind: 'lock-contention', service: 'orders', status: 'confirmed' },
});
const monitor = (text: string): Case => ({
  root: server('pricing', 'GET /price', { ms: 2900 }, [span('pricing', 'PriceCache.get', { at: 20, ms: 2850 })]),
  lines: [{ service: 'pricing', at: 2860, text, level: 'warn' }],
  expected: { kind: 'lock-contention', service: 'pricing', status: 'confirmed' },
});
const blocked = (text: string, ofProcess?: true): Case => ({
  root: server('feed', 'GET /feed', { ms: 2700 }, [query('feed', SQL, { at: 20, ms: 2500 })]),
  lines: [{ service: 'feed', at: 2480, text, level: 'warn', ...(ofProcess && { ofProcess }) }],
  expected: { kind: 'bottleneck', service: 'feed', verdict: expect.stringContaining('event loop was blocked') },
});
const killed = (service: string, text: string): Case => ({
  root: server('web', 'POST /checkout', { ms: 420, ...FAILED }, [
    call('web', 'inventory', 'POST /reserve', { at: 30, ms: 380, failed: true, statusText: 'read ECONNRESET' }),
  ]),
  lines: [{ service, at: 400, text, level: 'error', ofProcess: true }],
  expected: { kind: 'resource-exhausted', service: 'inventory', status: 'confirmed' },
});

/** Oban's row as text in the row of a logger, without an id of the trace. */
const queuedInRow = (queueUs: number, durationUs: number): Case => ({
  ...queued(queueUs),
  lines: [
    {
      service: 'mails',
      at: 401,
      text: JSON.stringify({
        severity: 'info',
        message: JSON.stringify({
          duration: durationUs,
          event: 'job:stop',
          queue_time: queueUs,
          source: 'oban',
          worker: 'Mails.Send',
        }),
      }),
      level: 'info',
      ofProcess: true,
    },
  ],
});

/** A caller that got 502, and the work of a further service that ran until the limit. */
const limited = (ms: number, text: string, at = ms + 16): Case => ({
  root: server('web', 'POST /month', { ms: ms + 30, failed: true, attributes: { 'http.response.status_code': 502 } }, [
    call('web', 'reports', 'POST /reports', { at: 10, ms: ms + 10, failed: true, statusText: '502 Bad Gateway' }, [
      server('reports', 'POST /reports', { at: 5, ms, failed: true }, [
        query('reports', 'SELECT id FROM customers WHERE id = $1', { at: 10, ms: 12 }),
        call('reports', 'pdf', 'POST /render', { at: 30, ms: ms - 40 }, [
          server('pdf', 'POST /render', { at: 3, ms: ms - 46 }),
        ]),
      ]),
    ]),
  ]),
  lines: [{ service: 'reports', at, text, level: 'error', ofProcess: true }],
  expected: { kind: 'timeout-cascade', service: 'reports', verdict: expect.stringContaining('POST /render of pdf') },
});
const limitedJob = (ms: number, text: string): Case => ({
  root: span('mails', 'mails.send', { ms, failed: true, kind: 'consumer' }, [
    query('mails', 'SELECT id FROM customers WHERE id = $1', { at: 10, ms: 12 }),
    call('mails', 'smtp', 'POST /send', { at: 30, ms: ms - 40 }),
  ]),
  lines: [{ service: 'mails', at: ms + 3, text, level: 'error' }],
  expected: { kind: 'timeout-cascade', service: 'mails', verdict: expect.stringContaining('POST /send') },
});
const ofFunction = (ms: number, text: string, expected: Case['expected']): Case => ({
  root: server('web', 'POST /month', { ms: ms + 30, failed: true, attributes: { 'http.response.status_code': 502 } }, [
    call('web', 'thumbs', 'POST /resize', { at: 10, ms: ms + 10, ...FAILED }),
  ]),
  lines: [{ service: 'thumbs', at: ms + 16, text, level: '', ofProcess: true }],
  expected: { service: 'thumbs', ...expected },
});
const UPDATE = 'UPDATE orders SET state = $1 WHERE id = $2';
const waiting = (system: string, text: string): Case => ({
  root: server('orders', 'PUT /order', { ms: 2560 }, [
    query('orders', UPDATE, { at: 20, ms: 2500, attributes: { 'db.system.name': system } }),
  ]),
  lines: [{ service: system, at: 2515, text, level: '', ofProcess: true }],
  expected: { kind: 'lock-contention', service: 'orders' },
});
const unpooled = (ms: number, text: string): Case => ({
  root: server('orders', 'PUT /order', { ms: ms + 60, ...FAILED }, [
    query('orders', SQL, { at: 20, ms, failed: true, statusText: 'server closed the connection unexpectedly' }),
  ]),
  lines: [{ service: 'pgbouncer', at: ms + 22, text, level: '', ofProcess: true }],
  expected: { kind: 'pool-exhaustion', service: 'orders' },
});
const pooled = (text: string): Case => ({
  root: server('orders', 'GET /order', { ms: 2560 }, [query('orders', SQL, { at: 20, ms: 2500 })]),
  lines: [{ service: 'pgbouncer', at: 2560, text, level: '', ofProcess: true }],
  expected: { kind: 'pool-exhaustion', service: 'orders' },
});
const paused = (ms: number, text: string): Case => ({
  root: server('pricing', 'GET /price', { ms }, [
    query('pricing', 'SELECT id FROM price WHERE id = $1', { at: 5, ms: 8 }),
    query('pricing', 'SELECT id FROM tax WHERE id = $1', { at: ms - 40, ms: 8 }),
  ]),
  lines: [{ service: 'pricing', at: ms - 50, text, level: '', ofProcess: true }],
  expected: { kind: 'gc-pause', service: 'pricing' },
});
const polled = (text: string): Case => ({
  root: span('billing', 'orders process', { ms: 412_000, kind: 'consumer' }, [
    query('billing', 'SELECT id FROM rates WHERE id = $1', { at: 10, ms: 12 }),
    span('billing', 'RateTable.rebuild', { at: 100, ms: 410_000 }),
  ]),
  lines: [{ service: 'billing', at: 300_100, text, level: 'warn', ofProcess: true }],
  expected: { kind: 'timeout-cascade', service: 'billing', verdict: expect.stringContaining('RateTable.rebuild') },
});

const queued = (queueUs: number): Case => ({
  root: span('mails', 'Mails.Send process', { ms: 400, kind: 'consumer' }, [
    query('mails', 'SELECT id FROM rates WHERE id = $1', { at: 10, ms: 12 }),
  ]),
  lines: [
    {
      service: 'mails',
      at: 399,
      text: `{"source":"oban","event":"job:stop","queue":"mails","duration":400123,"queue_time":${queueUs}}`,
      level: 'info',
    },
  ],
  expected: { kind: 'consumer-lag', service: 'mails' },
});

const CASES: Readonly<Record<string, Case>> = {
  'Rack::Timeout': limited(
    15_000,
    'source=rack-timeout id=7f wait=3ms timeout=15000ms service=15000ms state=timed_out',
  ),
  'Rack::Timeout’s exception': limited(
    15_000,
    'Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms )',
  ),
  'GenServer.call': limited(
    5003,
    '** (exit) exited in: GenServer.call(Reports.Renderer, {:render, 7}, 5000)\n    ** (EXIT) time out',
  ),
  'AWS Lambda’s timeout': limited(6000, '2026-07-30T11:49:30.162Z 5d0ce1f2 Task timed out after 6.00 seconds'),
  'AWS Lambda’s report of a timeout': ofFunction(
    6000,
    'REPORT RequestId: 5d0ce1f2 Duration: 6000.00 ms Billed Duration: 6000 ms Memory Size: 256 MB Max Memory Used: 98 MB Status: timeout',
    { kind: 'timeout-cascade', status: 'likely' },
  ),
  'AWS Lambda’s report of a full memory': ofFunction(
    2400,
    'REPORT RequestId: 5d0ce1f2 Duration: 2400.00 ms Memory Size: 256 MB Max Memory Used: 256 MB Status: error Error Type: Runtime.ExitError',
    { kind: 'resource-exhausted' },
  ),
  Gunicorn: limited(30_000, '[CRITICAL] WORKER TIMEOUT (pid:42)'),
  uWSGI: limited(30_000, '*** HARAKIRI ON WORKER 2 (pid: 42, try: 1) ***'),
  PHP: limited(
    30_000,
    'PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/app/report.php on line 88',
  ),
  Puma: limited(60_000, '[41] ! Terminating timed out worker (Worker 2 failed to check in within 60 seconds): 4177'),
  Unicorn: limited(60_000, 'ERROR -- : worker=2 PID:4177 timeout (61s > 60s), killing'),
  'Azure Functions': limited(
    300_000,
    "Timeout value of 00:05:00 exceeded by function 'Functions.Thumbs' (Id: '5d0c').",
  ),
  'Cloud Run': limited(300_000, 'The request has been terminated because it has reached the maximum request timeout.'),
  'Celery’s hard limit': limitedJob(300_010, 'Task handler raised error: TimeLimitExceeded(300,)'),
  'Celery’s soft limit': limitedJob(300_010, 'Task mails.send[a33b0be1] raised unexpected: SoftTimeLimitExceeded()'),
  'Kubernetes’ activeDeadlineSeconds': limitedJob(
    600_000,
    'DeadlineExceeded: Job was active longer than specified deadline',
  ),
  Temporal: limitedJob(30_000, 'activity StartToClose timeout (type: StartToClose)'),
  Oban: limitedJob(30_000, '** (Oban.TimeoutError) Mails.Send timed out after 30000ms'),
  BullMQ: {
    ...limitedJob(30_000, 'Error: job stalled more than allowable limit'),
    expected: { kind: 'poison-message', service: 'mails' },
  },
  'Kafka’s consumer': polled(
    '[Consumer clientId=c1, groupId=billing] consumer poll timeout has expired. This means the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms',
  ),
  'Oban’s queue time': queued(45_000_123),
  'Oban’s queue time without an id': queuedInRow(45_000_123, 398_211),
  'MongoDB’s slow operation': waiting(
    'mongodb',
    '{"s":"I","c":"COMMAND","msg":"Slow query","attr":{"type":"update","ns":"shop.orders","locks":{"Collection":{"acquireWaitCount":{"w":1},"timeAcquiringMicros":{"w":2410000}}},"durationMillis":2500}}',
  ),
  'SQL Server’s wait type': waiting(
    'microsoft.sql_server',
    'session_id=61 wait_type=LCK_M_U wait_time=2430 blocking_session_id=58 command=UPDATE',
  ),
  'SQL Server’s wait type after the time': waiting(
    'microsoft.sql_server',
    'session 61 waited 2430 ms, wait type LCK_M_U, blocked by session 58',
  ),
  'SQL Server’s report of blocked processes': waiting(
    'microsoft.sql_server',
    '<blocked-process><process id="process1" waitresource="KEY: 6:72057594043 (b9a3)" waittime="2430" lockMode="U" status="suspended"/></blocked-process>',
  ),
  'Oracle’s event 10046': waiting(
    'oracle.db',
    "WAIT #140: nam='enq: TX - row lock contention' ela= 2431876 name|mode=1415053318",
  ),
  Db2: waiting('ibm.db2', 'LOCK_WAIT_TIME = 2431'),
  'MySQL’s slow log': waiting('mysql', '# Query_time: 2.498213  Lock_time: 2.431021 Rows_sent: 0  Rows_examined: 1'),
  'PgBouncer’s query_wait_timeout': unpooled(
    120_005,
    'C-0x55: shop/orders@10.0.0.7:41822 closing because: query_wait_timeout (age=120s)',
  ),
  'PgBouncer’s stats': pooled(
    'stats: 84 xacts/s, 91 queries/s, in 8120 B/s, out 16240 B/s, xact 98000 us, query 3000 us, wait 2400000 us',
  ),
  ProxySQL: full(10_005, 'ERROR 9001 (HY000): Max connect timeout reached while reaching hostgroup 1 after 10000ms'),
  'RDS Proxy': full(120_005, 'Timed-out waiting to acquire database connection'),
  'CMS, whose concurrent mode failed': paused(
    3800,
    '(concurrent mode failure): 1744832K->1610201K(1744832K), 3.3012 secs] 2010001K->1610201K(2051520K), 3.6101 secs] [Times: user=3.90 sys=0.02, real=3.61 secs]',
  ),
  ParNew: paused(
    1500,
    '812.1: [GC (Allocation Failure) 812.1: [ParNew: 306688K->34048K(306688K), 1.3101 secs] 1410201K->1170201K(2051520K), 1.3104 secs] [Times: user=3.90 sys=0.02, real=1.31 secs]',
  ),
  'G1 without space to copy to': paused(
    1500,
    '812.1: [GC pause (G1 Evacuation Pause) (young) (to-space exhausted), 1.3101231 secs]',
  ),
  ZGC: paused(1500, '[12.3s][info][gc] Allocation Stall (http-nio-8080-exec-3) 1312.412ms'),
  'Ecto: the queue of DBConnection': full(
    3010,
    '** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2986ms.',
  ),
  'Ecto, as a row of JSON': full(
    3010,
    JSON.stringify({
      severity: 'error',
      message:
        '** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2986ms',
    }),
  ),
  HikariCP: full(
    30_050,
    'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=21)',
  ),
  'PostgreSQL’s max_connections': full(50, 'FATAL: sorry, too many clients already'),
  sqlx: slow(
    `slow statement: execution time exceeded alert threshold summary="SELECT id …" db.statement="\\n\\n${SQL}\\n" rows_returned=12 elapsed=4.187213502s`,
  ),
  'sqlx, as a row of JSON': slow(
    JSON.stringify({
      level: 'WARN',
      fields: {
        message: 'slow statement: execution time exceeded alert threshold',
        'db.statement': SQL,
        elapsed: '4.187213502s',
      },
      target: 'sqlx::query',
    }),
  ),
  Hibernate: slow(`Slow query took 4187 milliseconds [${SQL}]`, 'info'),
  GORM: slow(`/app/ledger.go:42 SLOW SQL >= 200ms [4187.213ms] [rows:12] ${SQL}`),
  ActiveRecord: slow(`Ledger Load (4187.2ms)  ${SQL}`, 'debug'),
  'PostgreSQL’s log_min_duration_statement': slow(`LOG:  duration: 4187.213 ms  statement: ${SQL}`, 'info'),
  'Entity Framework Core': slow(
    `Executed DbCommand (4,187ms) [Parameters=[], CommandType='Text', CommandTimeout='30'] ${SQL}`,
    'info',
  ),
  'MySQL 1205': locked(50_050, 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction'),
  'PostgreSQL’s lock_timeout': locked(3050, 'ERROR: canceling statement due to lock timeout'),
  'Java Flight Recorder': monitor('jdk.JavaMonitorEnter { duration = 2.81 s monitorClass = com.shop.PriceCache }'),
  'a service that waits for a monitor': monitor('waited 2810 ms to enter the monitor of com.shop.PriceCache'),
  'Vert.x': blocked(
    'Thread Thread[vert.x-eventloop-thread-3,5,main] has been blocked for 2441 ms, time limit is 2000 ms',
    true,
  ),
  'a watch of Node’s event loop': blocked('event loop blocked for 2,441 ms'),
  asyncio: blocked("Executing <Task pending name='Task-12' coro=<render()>> took 2.441 seconds", true),
  'the kernel, under the name of the caller': killed(
    'web',
    'kernel: Out of memory: Killed process 4121 (inventory) total-vm:2345678kB',
  ),
  'the kernel, with the whole of its line': killed(
    'inventory',
    'Memory cgroup out of memory: Killed process 4121 (java) total-vm:2345678kB, anon-rss:524288kB, UID:1000 oom_score_adj:986',
  ),
};

async function reports(name: string, { root, lines }: Case) {
  const happened = happening({ name, title: '', what: '', roots: [root], logs: [], expected: undefined });
  const logs = lines.map(({ service, at, text, level = '', ofProcess }) =>
    JSON.stringify({
      ts: `${DRAWN_AT_US + at * 1000}000`,
      labels: { service, level, ...(ofProcess ? {} : { trace_id: happened.traceId }) },
      line: text,
    }),
  );
  const trace = JSON.stringify(otlpOf(happened));
  return { withLines: await reportOf(trace, { logs: logs.join('\n') }), without: await reportOf(trace) };
}

/** The same instruments, where nothing was reached: the line changes nothing. */
const INNOCENT: Readonly<Record<string, Case>> = {
  'Rack::Timeout, completed': limited(
    15_000,
    'source=rack-timeout id=7f timeout=20000ms service=15000ms state=completed',
  ),
  'a limit of another length': limited(15_000, 'Task timed out after 6.00 seconds'),
  'a limit that another request reached before': limited(15_000, '[CRITICAL] WORKER TIMEOUT (pid:42)', 13_000),
  'AWS Lambda, a success with all of its memory': ofFunction(
    2400,
    'REPORT RequestId: 5d0ce1f2 Duration: 2400.00 ms Memory Size: 256 MB Max Memory Used: 256 MB Status: success',
    {},
  ),
  'Celery, the setting of a limit': {
    ...limitedJob(300_010, ''),
    lines: [{ service: 'mails', at: 5, text: 'task_time_limit = 300, task_soft_time_limit = 280', level: 'info' }],
  },
  'Kafka, the setting of the interval': polled('max.poll.interval.ms = 300000'),
  'Oban, 2 ms in the queue': queued(2000),
  'Oban, another run of the job': queuedInRow(45_000_123, 98_211),
  'MongoDB, 2 ms': waiting(
    'mongodb',
    '{"msg":"Slow query","attr":{"locks":{"Collection":{"timeAcquiringMicros":{"w":2000}}},"durationMillis":2500}}',
  ),
  'SQL Server, 2 ms': waiting('microsoft.sql_server', 'session_id=61 wait_type=LCK_M_U wait_time=2 command=UPDATE'),
  'Oracle, 2 ms': waiting('oracle.db', "WAIT #140: nam='enq: TX - row lock contention' ela= 2011 name|mode=1415053318"),
  'Db2, 2 ms': waiting('ibm.db2', 'LOCK_WAIT_TIME = 2'),
  'PgBouncer, 35 us': pooled(
    'stats: 759 xacts/s, 759 queries/s, in 402370 B/s, out 1802318 B/s, xact 5603 us, query 5601 us, wait 35 us',
  ),
  'PgBouncer, slow queries': pooled(
    'stats: 9 xacts/s, 9 queries/s, in 812 B/s, out 1624 B/s, xact 2400000 us, query 2300000 us, wait 2400000 us',
  ),
  'CMS, 8 ms': paused(
    1500,
    '812.1: [GC (CMS Final Remark) 3K(4K), 0.0080 secs] [Times: user=0.02 sys=0.00, real=0.01 secs]',
  ),
  'CMS, a concurrent phase': paused(
    1500,
    '[CMS-concurrent-mark: 1.3/1.4 secs] [Times: user=1.0 sys=0.0, real=1.40 secs]',
  ),
};

const SURER = ['inconclusive', 'likely', 'confirmed'];

describe('the line decides', () => {
  test.each(Object.entries(CASES))('%s', async (name, drawn) => {
    const { withLines, without } = await reports(name, drawn);
    expect(withLines.diagnosis).toMatchObject(drawn.expected);
    const [now, before] = [withLines.diagnosis, without.diagnosis];
    const isOther = now?.kind !== before?.kind || now?.service !== before?.service;
    const isSurer = SURER.indexOf(now?.status ?? '') > SURER.indexOf(before?.status ?? '');
    expect(isOther || isSurer).toBe(true);
  });
});

describe('the line is innocent', () => {
  test.each(Object.entries(INNOCENT))('%s', async (name, drawn) => {
    const { withLines, without } = await reports(name, drawn);
    const [now, before] = [withLines.diagnosis, without.diagnosis];
    expect([now?.kind, now?.service, now?.status]).toEqual([before?.kind, before?.service, before?.status]);
  });
});

/** What the limit of a runtime leads to, and what it follows from. */
describe('a limit that a runtime reached', () => {
  const ofFunctionOf = (statusText: string, below: SpanNode) =>
    server('quotes', 'quotes', { ms: 6010, failed: true }, [
      call('quotes', 'rates', 'GET /rates', { at: 30, ms: 5970, failed: true, statusText }, [below]),
    ]);
  const decided = async (name: string, root: SpanNode, text: string) => {
    const at = root.span.durationUs / 1000;
    const line = { service: root.span.service, at, text, level: 'error' };
    return (await reports(name, { root, lines: [line], expected: {} })).withLines;
  };

  test('leads to the failure of the call that was running, and its callee is at work', async () => {
    const rates = server('rates', 'GET /rates', { at: 5, ms: 9500 });
    const said = 'Task timed out after 6.00 seconds';
    const { diagnosis, findings } = await decided('leads', ofFunctionOf(said, rates), said);
    expect(diagnosis).toMatchObject({
      kind: 'timeout-cascade',
      service: 'rates',
      verdict: expect.stringMatching(/^quotes reached its time limit of 6 s while GET \/rates of rates was running/),
    });
    expect(findings.filter(({ detector }) => detector === 'timeout-cascade')).toHaveLength(1);
  });

  test('is not the fault of a callee that ended with it', async () => {
    const rates = server('rates', 'GET /rates', { at: 3, ms: 5960 });
    const said = 'Task timed out after 6.00 seconds';
    const { diagnosis } = await decided('ended', ofFunctionOf(said, rates), said);
    expect(diagnosis).toMatchObject({ kind: 'timeout-cascade', service: 'quotes' });
  });

  test('is not the limit of a database whose call the exception ended', async () => {
    const root = server('stats', 'GET /stats', { ms: 15_020, ...FAILED }, [
      query('stats', 'SELECT kind, count(*) FROM events GROUP BY kind', {
        at: 8,
        ms: 15_000,
        failed: true,
        statusText: 'Request ran for longer than 15000ms',
      }),
    ]);
    const said = 'source=rack-timeout id=7f timeout=15000ms service=15000ms state=timed_out';
    const { diagnosis, findings } = await decided('query', root, said);
    expect(diagnosis).toMatchObject({ kind: 'timeout-cascade', service: 'stats', status: 'confirmed' });
    expect(findings.map(({ service }) => service)).not.toContain('postgresql');
  });

  test('is the callee’s, if a process of another service was called', async () => {
    const tracker = server('presence', 'Presence/List', { at: 2, ms: 7400 }, [
      span('presence', 'Presence.Tracker.handle_call', { at: 2, ms: 7390 }),
    ]);
    const root = server('chat', 'GET /room', { ms: 5030, ...FAILED }, [
      call('chat', 'presence', 'Presence/List', { at: 12, ms: 5000, failed: true, statusText: '** (EXIT) time out' }, [
        tracker,
      ]),
    ]);
    const said = '** (exit) exited in: GenServer.call(Presence.Tracker, {:list, 7}, 5000) ** (EXIT) time out';
    const { diagnosis } = await decided('process', root, said);
    expect(diagnosis).toMatchObject({ kind: 'timeout-cascade', service: 'presence' });
  });
});

describe('the largest part comes first', () => {
  test('four calls one after another outweigh a cold start of a quarter of the time', async () => {
    const calls = ['a', 'b', 'c', 'd'].map((name, at) =>
      call('web', name, `GET /${name}`, { at: 1010 + at * 780, ms: 770 }, [
        server(name, `GET /${name}`, { at: 3, ms: 760 }),
      ]),
    );
    const start = span('web', 'lambda init', { at: 0, ms: 1000, attributes: { 'faas.coldstart': true } });
    const drawn: Case = { root: server('web', 'GET /home', { ms: 4200 }, [start, ...calls]), lines: [], expected: {} };
    const { diagnosis, findings } = (await reports('both', drawn)).without;
    expect(diagnosis).toMatchObject({ kind: 'sequential-calls', service: 'web' });
    expect(findings.map(({ detector }) => detector)).toContain('cold-start');
  });
});

describe('the message is quoted, never the row', () => {
  const rows = Object.entries(CASES).filter(([, { lines }]) => lines.some(({ text }) => text.startsWith('{')));
  test.each(rows)('%s', async (name, drawn) => {
    const { findings, diagnosis, methods } = (await reports(name, drawn)).withLines;
    expect(JSON.stringify({ findings, diagnosis, methods })).not.toMatch(/[“"]\{\\+"/);
  });
});
