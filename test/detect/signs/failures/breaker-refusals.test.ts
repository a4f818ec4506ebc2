import { expect, test } from 'vitest';
import { historyOf, refusalsOf } from '#detect/signs/failures/breaker-refusals.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { call, type SpanOptions, server, times, traceOf } from '#test/trace.ts';

const LIMITS = { maxRefusalMs: 20, minFailuresBefore: 2, minRefusals: 3 };
const get = (at: number, ms: number, options: SpanOptions = {}) =>
  call('shop', 'cart', 'GET /cart', { at, ms, failed: true, ...options });
const shop = (...children: readonly ReturnType<typeof get>[]) =>
  traceOf(server('shop', 'GET /', { ms: 5000 }, children));
const open = { statusText: 'CircuitBreaker is open' };

test('a message makes a quick failure a refusal', () => {
  const trace = shop(get(0, 900), get(1000, 1, open), get(1010, 900, open));
  const refusals = refusalsOf(trace, NO_LINES, LIMITS);
  expect(refusals).toMatchObject([{ halfOpen: false, item: { text: 'CircuitBreaker is open' } }]);
  const [first] = refusals;
  expect(historyOf(trace, first?.span ?? 0, new Set([first?.span ?? 0]))).toMatchObject({
    failedBefore: { length: 1 },
    state: 'reopened',
  });
});

test('without a message, quick failures need slower ones before them', () => {
  const quick = times(3, (i) => get(2000 + i * 10, 1));
  expect(refusalsOf(shop(get(0, 900), get(1000, 900), ...quick), NO_LINES, LIMITS)).toHaveLength(3);
  expect(refusalsOf(shop(get(0, 900), ...quick), NO_LINES, LIMITS)).toEqual([]);
});

const thrown = (type: string, message: string, more: Record<string, string> = {}) => ({
  failed: true,
  events: [{ at: 1, name: 'exception', attributes: { 'exception.type': type, 'exception.message': message, ...more } }],
});

test('the exception of a breaker on the span of the request counts, however long the request took', () => {
  const trace = traceOf(server('shop', 'GET /', { ms: 900, ...thrown('CircuitBreakerError', 'breaker is open') }));
  expect(refusalsOf(trace, NO_LINES, LIMITS)).toMatchObject([{ span: trace.root, halfOpen: false }]);
});

test('a half-open breaker of gobreaker counts requests, which is no limit of a rate', () => {
  const refusal = (type: string, stack = '') =>
    refusalsOf(shop(get(0, 1, thrown(type, 'too many requests', { 'exception.stacktrace': stack }))), NO_LINES, LIMITS);
  expect(refusal('gobreaker.Error')).toMatchObject([{ halfOpen: true }]);
  expect(refusal('*errors.errorString', 'github.com/sony/gobreaker.(*CircuitBreaker)')).toMatchObject([
    { halfOpen: true, item: { text: 'gobreaker: too many requests' } },
  ]);
  expect(refusal('*errors.errorString')).toEqual([]);
});
