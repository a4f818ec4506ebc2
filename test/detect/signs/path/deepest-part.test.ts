import { expect, test } from 'vitest';
import { deepestPart } from '#detect/signs/path/deepest-part.ts';
import { call, query, server, traceOf } from '#test/trace.ts';

test('the span that takes most of the time of its callers', () => {
  const deepest = (ms: number) => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 1000 }, [
        call('web', 'shop', 'GET /a', { ms: 1000 }, [
          server('shop', 'GET /a', { ms: 990 }, [query('shop', 'SELECT a FROM orders', { ms })]),
        ]),
      ]),
    );
    return trace.operation(deepestPart(trace, trace.root));
  };
  expect(deepest(950)).toBe('SELECT');
  expect(deepest(500)).toBe('GET /a');
});
