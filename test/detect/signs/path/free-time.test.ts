import { expect, test } from 'vitest';
import { callName, gapsOf, neighbours } from '#detect/signs/path/free-time.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const trace = traceOf(
  server('shop', 'GET /', { ms: 1000 }, [
    query('shop', 'SELECT a FROM orders', { ms: 100 }),
    query('shop', 'SELECT b FROM stock', { at: 700, ms: 300 }),
  ]),
);

test('time between two children is a gap with neighbours', () => {
  const [gap] = gapsOf(trace, 200_000);
  expect(gap).toEqual({ span: trace.root, startUs: 100_000, endUs: 700_000 });
  if (gap === undefined) return;
  const { after, before } = neighbours(trace, gap);
  expect([after, before].map((span) => span !== undefined && callName(trace, span))).toEqual([
    'SELECT orders',
    'SELECT stock',
  ]);
});

test('a shorter gap does not count', () => {
  expect(gapsOf(trace, 700_000)).toEqual([]);
});

test('a call that only orders work, which begins later, has no gap', () => {
  const ordered = traceOf(
    server('shop', 'POST /orders', { ms: 900 }, [
      call('shop', 'workflows', 'POST', { at: 20, ms: 860 }, [span('workflows', 'run', { at: 1000, ms: 4000 })]),
    ]),
  );
  expect(gapsOf(ordered, 200_000)).toEqual([]);
});
