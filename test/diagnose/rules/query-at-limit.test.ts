/** A query that ran when a time limit ended the request. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, server, traceOf } from '#test/trace.ts';

const failed = { failed: true };

const gaveUpOn = (attributes: Readonly<Record<string, string>> = {}) =>
  diagnosed(
    traceOf(
      server('web', 'GET /list', { ms: 3010, ...failed }, [
        call('web', 'stock', 'GET /stock', { at: 5, ms: 3000, ...failed, statusText: 'context deadline exceeded' }, [
          server('stock', 'GET /stock', { at: 6, ms: 4100 }, [
            query('stock', 'SELECT * FROM stock WHERE sku = $1', { at: 10, ms: 4080, attributes }),
          ]),
        ]),
      ]),
    ),
  ).diagnosis;

test('the timeout leads and names the query where nothing shows why the query took so long', () => {
  const diagnosis = gaveUpOn();
  expect(diagnosis?.kind).toBe('timeout-cascade');
  expect(diagnosis?.service).toBe('stock');
  expect(diagnosis?.verdict).toContain('SELECT stock of stock was still working');
});

test('a query whose plan shows the reason explains the timeout', () => {
  expect(gaveUpOn({ 'db.query.plan': 'Seq Scan on stock (cost=0.00..48213.00)' })?.kind).toBe('slow-query');
});

test('the timeout of a statement leads, too', () => {
  const { diagnosis } = diagnosed(
    traceOf(
      server('reports', 'GET /sheet', { ms: 15_010, ...failed }, [
        query('reports', 'SELECT * FROM labels WHERE id = $1', {
          at: 5,
          ms: 15_000,
          ...failed,
          statusText: 'canceling statement due to statement timeout',
        }),
      ]),
    ),
  );
  expect(diagnosis?.kind).toBe('timeout-cascade');
  expect(diagnosis?.service).toBe('reports');
});
