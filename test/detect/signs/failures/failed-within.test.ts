import { expect, test } from 'vitest';
import { failedWithin } from '#detect/signs/failures/failed-within.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

/** The operation where a request of 900 ms failed. */
const failedAt = (...below: SpanNode[]) => {
  const trace = traceOf(server('shop', 'GET /offers', { ms: 900, failed: true }, below));
  const at = failedWithin(trace, 0, NO_LINES);
  return at === undefined ? undefined : trace.operation(at);
};

test('the innermost code of the service that failed with it', () => {
  expect(failedAt()).toBe('GET /offers');
  expect(failedAt(span('shop', 'Offers.find', { ms: 890, failed: true, statusText: 'no transaction' }))).toBe(
    'Offers.find',
  );
});

test('a call that says why, several failures and the sending of the error page tell nothing', () => {
  expect(failedAt(query('shop', 'SELECT 1', { ms: 890, failed: true, statusText: 'no such table' }))).toBeUndefined();
  expect(
    failedAt(call('shop', 'stock', 'GET', { ms: 890, failed: true }, [server('stock', 'GET', { ms: 880 })])),
  ).toBeUndefined();
  const step = (at: number) => span('shop', 'step', { at, ms: 440, failed: true });
  expect(failedAt(step(0), step(450))).toBeUndefined();
  expect(failedAt(span('shop', 'http send', { at: 898, ms: 1, failed: true }))).toBeUndefined();
});
