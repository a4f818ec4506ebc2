import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { type WorkKind, workOf, workShares } from '#model/trace/views/work-kinds.ts';
import { spanSoup } from '#test/span-soup.ts';
import { call, query, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

test('a request is taken apart by kind of work, and the kinds sum to it', () => {
  const trace = traceOf(
    server('web', 'GET /cart', { ms: 100 }, [
      span('web', 'pool.acquire', { at: 5, ms: 10 }),
      query('web', 'SELECT 1', { at: 15, ms: 20 }),
      call('web', 'price', 'GET /price', { at: 35, ms: 40 }, [server('price', 'GET /price', { at: 40, ms: 30 })]),
      call('web', 'payments.example', 'POST /pay', { at: 80, ms: 15 }),
    ]),
  );
  expect(workShares(trace)).toEqual([
    { kind: 'processing', selfUs: 45_000, share: 0.45 },
    { kind: 'database', selfUs: 20_000, share: 0.2 },
    { kind: 'remote', selfUs: 15_000, share: 0.15 },
    { kind: 'network', selfUs: 10_000, share: 0.1 },
    { kind: 'pool-wait', selfUs: 10_000, share: 0.1 },
  ]);
});

describe('a span is recognised by its attributes, else by its name', () => {
  const workOfSpan = (operation: string, options: SpanOptions) => workOf(traceOf(span('web', operation, options)), 0);

  test.each<[WorkKind, string, SpanOptions]>([
    ['cache', 'GET', { kind: 'client', attributes: { 'db.system.name': 'redis' } }],
    ['database', 'find', { kind: 'client', attributes: { 'db.system.name': 'mongodb' } }],
    ['pool-wait', 'HikariPool.getConnection', { kind: 'client', attributes: { 'db.system.name': 'postgresql' } }],
    ['lock-wait', 'acquire inventory lock', {}],
    ['lock-wait', 'mutex.lock', {}],
    ['lock-wait', 'waiting for lock', {}],
    ['processing', 'unlock account', {}],
    ['processing', 'locksmith search', {}],
    ['queueing', 'orders publish', { kind: 'producer' }],
    ['queueing', 'orders poll', { kind: 'client', attributes: { 'messaging.operation.type': 'receive' } }],
    ['queueing', 'orders', { kind: 'consumer', attributes: { 'messaging.operation.type': 'receive' } }],
    ['processing', 'orders', { kind: 'consumer', attributes: { 'messaging.operation.type': 'process' } }],
    ['queueing', 'queue.wait', {}],
    ['queueing', 'wait for worker', {}],
    ['processing', 'list queues', {}],
    ['serialization', 'JSON.stringify', {}],
    ['serialization', 'deserialize response', {}],
    ['processing', 'encode video', {}],
    ['remote', 'GET', { kind: 'client' }],
    ['processing', 'GET /cart', { kind: 'server' }],
  ])('%s: %s %o', (kind, operation, options) => {
    expect(workOfSpan(operation, options)).toBe(kind);
  });

  test('a client with only its own wrapper below reached no instrumented callee', () => {
    const trace = traceOf(call('web', 'stock', 'GET', { ms: 10 }, [span('web', 'tls.connect', { at: 1, ms: 2 })]));
    expect(workOf(trace, 0)).toBe('remote');
  });
});

test('of any spans the kinds sum to the root’s duration, largest first', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const trace = traceFrom(spans);
      const times = workShares(trace).map(({ selfUs }) => selfUs);
      expect(times.reduce((sum, us) => sum + us, 0)).toBe(trace.durationOfUs(trace.root));
      expect(times).toEqual([...times].sort((a, b) => b - a));
      if (times.length > 0) expect(workShares(trace).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }),
  );
});
