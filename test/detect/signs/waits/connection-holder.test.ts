import { expect, test } from 'vitest';
import { longestQuery } from '#detect/signs/waits/connection-holder.ts';
import { query, server, traceOf } from '#test/trace.ts';

const holder = (ms: number) =>
  longestQuery(
    traceOf(
      server('shop', 'GET /', { ms: 1000 }, [
        query('shop', 'SELECT a FROM orders', { ms }),
        query('shop', 'SELECT b FROM stock', { at: 500, ms: 20 }),
        query('other', 'SELECT c FROM other', { at: 500, ms: 400 }),
      ]),
    ),
    'shop',
    [],
  );

test('the longest query of the service holds a connection', () => {
  expect(holder(300)).toMatchObject({ label: 'SELECT orders', heldUs: 300_000 });
});

test('a quick query makes nobody wait', () => {
  expect(holder(90)).toBeUndefined();
});
