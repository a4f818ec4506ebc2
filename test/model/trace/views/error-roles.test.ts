import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorRole } from '#model/trace/views/error-roles.ts';
import { spanSoup } from '#test/span-soup.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const roles = (trace: Trace) =>
  Object.fromEntries(
    Array.from({ length: trace.spanCount }, (_, each) => [trace.operation(each), errorRole(trace, each)]),
  );

test('a failure begins where nothing below failed, passes through failed spans, and stops at a successful one', () => {
  const trace = traceOf(
    server('web', 'GET /cart', { ms: 100 }, [
      call('web', 'price', 'GET /price', { at: 10, ms: 80, failed: true }, [
        query('price', 'SELECT 1', { at: 20, ms: 60, failed: true }),
      ]),
      call('web', 'stock', 'GET /stock', { at: 90, ms: 5 }),
    ]),
  );
  expect(roles(trace)).toEqual({
    'GET /cart': 'stopped',
    'GET /price': 'propagated',
    SELECT: 'origin',
    'GET /stock': undefined,
  });
});

test("failures of a later consumer, and of a call after its caller's end, have no stopping span", () => {
  const trace = traceOf(
    server('web', 'publish', { ms: 10 }, [
      span('mail', 'consume', { at: 5, ms: 5, kind: 'consumer', failed: true }),
      span('web', 'clean up', { at: 11, ms: 5, failed: true }),
    ]),
  );
  expect(roles(trace)).toEqual({ publish: undefined, consume: 'origin', 'clean up': 'origin' });
});

test('in any spans exactly the failed ones are an origin or passed it on, and a stopping span has a failed child', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const trace = traceFrom(spans);
      for (let each = 0; each < trace.spanCount; each += 1) {
        const role = errorRole(trace, each);
        expect(role === 'origin' || role === 'propagated').toBe(trace.failed(each));
        if (role === 'stopped' || role === 'propagated')
          expect([...trace.children(each)].some((child) => trace.failed(child))).toBe(true);
      }
    }),
  );
});
