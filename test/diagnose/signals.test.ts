import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
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
