/** A line of the caller that calls the answer of a callee that of a copy. */
import { expect, test } from 'vitest';
import { answersNobody } from '#detect/signs/calls/unread-answers.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const isUnread = (line: string, { failed = false, level = 'info' } = {}) => {
  const trace = traceOf(
    server('shop', 'GET /sweets', { ms: 120, failed }, [
      call('shop', 'recipes', 'GET', { at: 5, ms: 70 }, [server('recipes', 'GET /recipes', { at: 6, ms: 60 })]),
      call('shop', 'recipes-next', 'GET', { at: 6, ms: 90, failed: true }, [
        server('recipes-next', 'GET /recipes', { at: 8, ms: 80, failed: true }),
      ]),
    ]),
  );
  const logs = [{ ...logLine('shop', 110, line, { level }), rung: 'trace-id' as const }];
  const failedSpan = Array.from({ length: trace.spanCount }, (_, span) => span).findLast((span) => trace.failed(span));
  return answersNobody(trace, failedSpan ?? 0, logs);
};

test.each([
  'mirror: recipes-next answered 500, recipes 200; the answer of the mirror is never used',
  'shadow call to recipes-next failed (500), result ignored',
  'dark launch of recipes-next: only compared, differs (500 vs 200)',
])('%s', (line) => {
  expect(isUnread(line)).toBe(true);
});

test('not of another callee, not as an error, and not where the caller failed', () => {
  const line = 'shadow call to recipes-next failed (500), result ignored';
  expect(isUnread('shadow call to taxes failed (500), result ignored')).toBe(false);
  expect(isUnread('recipes-next answered 500')).toBe(false);
  expect(isUnread(line, { level: 'error' })).toBe(false);
  expect(isUnread(line, { failed: true })).toBe(false);
});
