import { expect, test } from 'vitest';
import { silentCalls } from '#detect/signs/calls/silent-calls.ts';
import { call, server, traceOf } from '#test/trace.ts';

test('a call without a callee counts if the service records spans elsewhere', () => {
  const answered = call('web', 'stock', 'GET /a', { ms: 50 }, [server('stock', 'GET /a', { ms: 40 })]);
  const silent = call('web', 'stock', 'GET /b', { at: 100, ms: 50 });
  const unknown = call('web', 'mail', 'POST /', { at: 200, ms: 50 });
  const trace = traceOf(server('web', 'GET /', { ms: 500 }, [answered, silent, unknown]));
  expect(
    silentCalls(trace, 1000).map(([service, calls]) => [service, calls.map((span) => trace.operation(span))]),
  ).toEqual([['stock', ['GET /b']]]);
  expect(silentCalls(trace, 60_000)).toEqual([]);
});
