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

const CASES: Readonly<Record<string, Case>> = {
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

describe('the message is quoted, never the row', () => {
  const rows = Object.entries(CASES).filter(([, { lines }]) => lines.some(({ text }) => text.startsWith('{')));
  test.each(rows)('%s', async (name, drawn) => {
    const { findings, diagnosis, methods } = (await reports(name, drawn)).withLines;
    expect(JSON.stringify({ findings, diagnosis, methods })).not.toMatch(/[“"]\{\\+"/);
  });
});
