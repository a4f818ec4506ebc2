/** A wait or a refusal whose words say why: what was waited for leads, and the timeout or the attempts follow from it. */
import { describe, expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, rowsOf, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const answer = (status: number) => ({ failed: true, attributes: { 'http.response.status_code': status } });

/** `outer` asks `inner`, whose own spans stand below; everything ends with 500 after about `ms`. */
function asked(ms: number, below: readonly SpanNode[], status = 500) {
  return traceOf(
    server('outer', 'GET /lamps', { ms: ms + 30, ...answer(status) }, [
      call('outer', 'inner', 'GET', { at: 8, ms: ms + 14, ...answer(status) }, [
        server('inner', 'GET /lamp', { at: 12, ms: ms + 6, ...answer(status) }, below),
      ]),
    ]),
  );
}

/** The span of `inner` in that tree. */
const INNER = '0.0.0';
const said = (text: string, at: number, spanId = INNER) => logLine('inner', at, text, { level: 'error', spanId });

describe('a call that waited in vain', () => {
  test.each(['pgxpool.Acquire', 'connectionPool.acquire'])('for a connection: %s', (name) => {
    const trace = asked(4000, [
      span('inner', name, { at: 15, ms: 4000, failed: true, statusText: 'context deadline exceeded' }),
    ]);
    expect(diagnosed(trace, []).diagnosis).toMatchObject({ kind: 'pool-exhaustion', service: 'inner' });
  });

  test('for a lock that its own line names', () => {
    const put = call('inner', 'store', 'document.replace', {
      at: 15,
      ms: 2000,
      failed: true,
      attributes: { 'db.system.name': 'arangodb', 'db.query.text': 'PUT /_api/document/lamps/9' },
    });
    const judged = (text: string) => diagnosed(asked(2000, [put]), [said(text, 2016)]).diagnosis;
    expect(judged('ArangoError: timeout waiting to lock collection lamps')).toMatchObject({
      kind: 'lock-contention',
      service: 'inner',
    });
    expect(judged('ArangoError: timeout in cluster operation')?.kind).not.toBe('lock-contention');
  });

  test('for threads of the caller, as the client counts them', () => {
    const get = query('inner', 'GET lamp:9', {
      at: 15,
      ms: 3000,
      failed: true,
      attributes: { 'db.system.name': 'redis' },
    });
    const counts = (busy: number) =>
      `RedisTimeoutException: Timeout awaiting response (3004ms elapsed, timeout is 3000ms), qs: 3, in: 812, WORKER: (Busy=${busy},Free=32000,Min=4,Max=32767), POOL: (Threads=90,QueuedItems=55,CompletedItems=9)`;
    const judged = (busy: number) => diagnosed(asked(3000, [get]), [said(counts(busy), 3016)]).diagnosis;
    expect(judged(90)).toMatchObject({ kind: 'pool-exhaustion', service: 'inner' });
    expect(judged(2)?.kind).toBe('timeout-cascade');
  });

  test('until a worker of the callee took it', () => {
    const trace = traceOf(
      server('outer', 'GET /lamps', { ms: 20_040, ...answer(504) }, [
        call(
          'outer',
          'inner',
          'GET',
          { at: 10, ms: 20_010, failed: true, statusText: 'Read timed out. (read timeout=20)' },
          [server('inner', 'GET /lamp', { at: 19_700, ms: 120 })],
        ),
      ]),
    );
    const full = logLine('inner', 9000, '*** uWSGI listen queue of socket ":9000" (fd: 5) full !!! (51/50) ***');
    expect(diagnosed(trace, [full]).diagnosis).toMatchObject({ kind: 'pool-exhaustion', service: 'inner' });
    expect(diagnosed(trace, []).diagnosis?.kind).not.toBe('pool-exhaustion');
  });

  test('only for its own processor', () => {
    const trace = traceOf(
      server('outer', 'POST /lamps', { ms: 2560, ...answer(502) }, [
        call('outer', 'edge', 'POST /functions/v1/inner', { at: 8, ms: 2530, ...answer(546) }, [
          server('inner', 'POST /inner', { at: 14, ms: 2500, failed: true }),
        ]),
      ]),
    );
    const line = (text: string) => logLine('inner', 2513, text, { level: 'error', spanId: INNER });
    expect(diagnosed(trace, [line('CPU time hard limit reached: isolate: 77')]).diagnosis).toMatchObject({
      kind: 'error-origin',
      service: 'inner',
    });
  });
});

describe('attempts that were refused each time', () => {
  const attempts = (count: number, attributes: Readonly<Record<string, string | number>>) =>
    asked(
      count * 100,
      times(count, (i) =>
        call('inner', 'store.example', 'Commit', { at: 15 + i * 100, ms: 80, failed: true, attributes }),
      ),
    );

  test.each([
    ['a conflict', { 'rpc.system': 'grpc', 'rpc.service': 'store.Rows', 'rpc.grpc.status_code': 10 }],
    ['a quota', { 'db.system.name': 'azure.cosmosdb', 'db.response.status_code': '429' }],
  ])('for %s', (_, attributes) => {
    expect(diagnosed(attempts(6, attributes), []).diagnosis?.kind).toBe('error-origin');
  });

  test('are a storm where nothing names such a refusal', () => {
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': 'store.Rows', 'rpc.grpc.status_code': 13 };
    expect(diagnosed(attempts(6, attributes), []).diagnosis?.kind).toBe('retry-storm');
  });

  test('for a row that many write', () => {
    const trace = attempts(5, { 'rpc.system': 'grpc', 'rpc.service': 'store.Rows', 'rpc.grpc.status_code': 10 });
    const line = said('10 ABORTED: Too much contention on these documents, gave up', 505);
    expect(diagnosed(trace, [line]).diagnosis?.kind).toBe('lock-contention');
  });
});

test('a process that ran out of memory collected before, and that is not the cause', () => {
  const judged = (end: string) => {
    const trace = traceOf(
      server('outer', 'GET /map.png', { ms: 3000, ...answer(502) }, [
        call('outer', 'inner', 'GET', { at: 8, ms: 2980, failed: true, statusText: 'socket hang up' }, [
          server('inner', 'GET /map', { at: 12, ms: 2960, failed: true }),
        ]),
      ]),
    );
    const lines = [
      logLine(
        'inner',
        2960,
        '[1:0x5] 9123 ms: Mark-Compact (reduce) 1980.1 (2048.0) -> 1979.2 (2050.0) MB, 812.4 / 0.0 ms',
      ),
      logLine('inner', 2975, end, { level: 'error' }),
    ];
    return diagnosed(trace, lines).diagnosis?.kind;
  };
  expect(
    judged('FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory'),
  ).not.toBe('gc-pause');
  expect(judged('stopping')).toBe('gc-pause');
});

describe('threads that share one interpreter', () => {
  const judged = (text: string) =>
    diagnosed(
      traceOf(server('inner', 'POST /trace', { ms: 4000 }, [span('inner', 'trace rays', { at: 20, ms: 3960 })])),
      [logLine('inner', 3985, text, { level: 'warn', spanId: '0.0' })],
    ).diagnosis?.kind;

  test('and compute wait for a processor, for no lock', () => {
    expect(judged('GIL wait 3.2 s of 3.9 s, 7 threads computing, cpu 100 %')).not.toBe('lock-contention');
    expect(judged('GIL held for 3.2 s by thread backup-1')).toBe('lock-contention');
  });
});

test('a message that its broker took back, and that nobody got again, failed by itself', () => {
  const trace = traceOf(
    span('shop', 'posters publish', { ms: 12, kind: 'producer' }, [
      span('printer', 'posters process', { at: 40, ms: 1_801_000, kind: 'consumer', failed: true }),
    ]),
  );
  const text = 'PRECONDITION_FAILED - delivery acknowledgement on channel 3 timed out. Timeout value used: 1800000 ms.';
  const line = logLine('printer', 1_801_020, text, { level: 'error', spanId: '0.0' });
  expect(diagnosed(trace, [line]).diagnosis).toMatchObject({ kind: 'error-origin', service: 'printer' });
});

test('a caller that looked up a name itself is to be looked at, whatever its callee warns of', () => {
  const judged = (text: string) => {
    const trace = traceOf(
      server('outer', 'PUT /lamps', { ms: 4100 }, [
        call('outer', 'inner', 'PUT', { at: 10, ms: 4080 }, [server('inner', 'PUT /lamp', { at: 4030, ms: 50 })]),
      ]),
    );
    return diagnosed(trace, [
      { ...logLine('inner', 3500, 'the option lamp.old is deprecated', { level: 'warn' }), rung: 'time' as const },
      { ...logLine('outer', 4026, text, { level: 'warn', traceId: 'drawn' }), rung: 'trace-id' as const },
    ]).diagnosis?.service;
  };
  expect(judged('resolving inner took 4003 ms')).toBe('outer');
  expect(judged('resolving inner took 3 ms')).toBe('inner');
});

test('a service whose own request was lost hid the failure of its call', () => {
  const rows = rowsOf(
    server('outer', 'GET /lamps', { ms: 900, attributes: { 'http.response.status_code': 200 } }, [
      call('outer', 'inner', 'GET', { at: 10, ms: 880, attributes: { 'http.response.status_code': 200 } }),
    ]),
  );
  const lost = rowsOf(call('inner', 'rates.example', 'GET', { at: 40, ms: 500, failed: true })).map((row) => ({
    ...row,
    id: 'late',
    parentId: 'lost',
  }));
  const { diagnosis } = diagnosed(traceFrom([...rows, ...lost], 'drawn'), []);
  expect(diagnosis).toMatchObject({ kind: 'swallowed-error', service: 'inner' });
  expect(diagnosis?.verdict).toMatch(/^outer: GET \/lamps answered 200 although a call of inner failed/);
});
