import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, traceOf } from '#test/trace.ts';

const signals = (...roots: SpanNode[]) => diagnosed(traceOf(...roots)).diagnosis?.signals;

const ANSWERED = server('stock', 'GET /stock', { at: 10, ms: 1880 });

test('a verdict rests on spans where the callee sent its own, and not where it sent none', () => {
  const web = (...below: SpanNode[]) =>
    server('web', 'GET /', { ms: 2000 }, [call('web', 'stock', 'GET /stock', { at: 5, ms: 1890 }, below)]);
  expect(signals(web(ANSWERED))).toMatchObject({ shown: 1 });
  expect(signals(web())).toMatchObject({ shown: 0 });
});

test('a query is its own witness: databases send no spans', () => {
  const slow = query('web', 'SELECT * FROM stock WHERE sku = $1', { at: 5, ms: 1890 });
  expect(signals(server('web', 'GET /', { ms: 2000 }, [slow]))).toMatchObject({ shown: 1 });
});

test('time without spans proves little in a trace that lost some', () => {
  const quiet = server('web', 'GET /', { ms: 2000 }, [query('web', 'SELECT 1', { at: 0, ms: 5 })]);
  expect(signals(quiet)).toMatchObject({ shown: 1, intact: 1 });
  expect(signals(quiet, server('stock', 'GET /stock', { at: 100, ms: 50 }))).toMatchObject({ shown: 0, intact: 0 });
});

test.each([
  [
    'its own line names the request',
    logLine('thumbs', 5990, '[CRITICAL] WORKER TIMEOUT (pid:42)', { traceId: '1' }),
    1,
  ],
  ['its own line states the time that the call took', logLine('thumbs', 5990, 'Task timed out after 6.00 seconds'), 1],
  ['its own line has only the moment', logLine('thumbs', 5990, '[CRITICAL] WORKER TIMEOUT (pid:42)'), 0],
  ['only the caller repeats the words', undefined, 0],
])('a callee without spans is a witness of its limit: %s', (_, line, shown) => {
  const statusText = line === undefined ? 'Task timed out after 6.00 seconds' : '502';
  const trace = traceOf(
    server('web', 'POST /month', { ms: 6020, failed: true }, [
      call('web', 'thumbs', 'POST /resize', { at: 5, ms: 6000, failed: true, statusText }),
    ]),
  );
  const { diagnosis } = diagnosed(trace, line === undefined ? [] : [line]);
  expect(diagnosis).toMatchObject({ kind: 'timeout-cascade', service: 'thumbs', signals: { shown } });
});

test('a callee’s line and the words of its caller are two signs', () => {
  const said = 'Task timed out after 6.00 seconds';
  const trace = traceOf(
    server('web', 'POST /month', { ms: 6020, failed: true }, [
      call('web', 'thumbs', 'POST /resize', { at: 5, ms: 6000, failed: true, statusText: said }),
    ]),
  );
  const { diagnosis, findings } = diagnosed(trace, [logLine('thumbs', 5990, said)]);
  expect(diagnosis?.signals).toMatchObject({ said: 1, shown: 1 });
  expect(findings[0]?.evidence?.map(({ kind }) => kind)).toEqual(['span', 'log']);
});
