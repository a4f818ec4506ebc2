import { expect, test } from 'vitest';
import { confidenceOf } from '#diagnose/first-contact.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, traceOf } from '#test/trace.ts';

const grounds = (...roots: SpanNode[]) => diagnosed(traceOf(...roots)).diagnosis?.grounds;

const slowQuery = (ms: number) =>
  server('web', 'GET /orders', { ms }, [query('web', 'SELECT * FROM orders', { at: 5, ms: ms - 10 })]);

test('a slow query has a reason, and nothing says so in words', () => {
  expect(grounds(slowQuery(2000))).toMatchObject({ reason: 1, said: 0, awaited: 1, watched: 1, most: 1, backed: 0 });
});

test('time alone gives no reason', () => {
  const quiet = server('web', 'GET /', { ms: 2000 }, [query('web', 'SELECT 1', { at: 0, ms: 5 })]);
  expect(grounds(quiet)).toMatchObject({ reason: 0 });
});

test('few people watch a request for more than ten seconds, unless it fails', () => {
  expect(grounds(slowQuery(12_000))).toMatchObject({ watched: 0 });
  const failing = server('web', 'GET /', { ms: 12_000, failed: true }, [
    call('web', 'stock', 'GET /stock', { at: 5, ms: 11_990, failed: true }, [
      server('stock', 'GET /stock', { at: 10, ms: 11_980, failed: true }),
    ]),
  ]);
  expect(grounds(failing)).toMatchObject({ watched: 1 });
});

test('what is about the trace data has no grounds, and its number is that of such verdicts', () => {
  const { diagnosis } = diagnosed(
    traceOf(server('web', 'GET /', { ms: 20 }), server('stock', 'GET /stock', { at: 3, ms: 5 })),
  );
  expect(diagnosis).toMatchObject({ kind: 'broken-trace', grounds: undefined, confidence: confidenceOf(undefined) });
});
