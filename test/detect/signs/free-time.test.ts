import { expect, test } from 'vitest';
import { callName, gapsOf, neighbours } from '#detect/signs/free-time.ts';
import { query, server, traceOf } from '#test/trace.ts';

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
