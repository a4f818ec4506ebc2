/** Lines without ids belong to the span that did nothing else for as long as they say. */
import { expect, test } from 'vitest';
import { withWaitingSpan } from '#model/logs/waited-in-line.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, traceOf } from '#test/trace.ts';

const trace = traceOf(
  server('prices', 'GET /prices', { ms: 3260 }, [query('prices', 'SELECT * FROM price', { at: 3200, ms: 40 })]),
);
const spanOf = (line: string, at = 3190, service = 'prices') =>
  withWaitingSpan(trace, logLine(service, at, line)).spanId;

test.each([
  'waited 3.1 s for advisory lock 4411 held by job nightly-rebuild',
  'lock "stock:118" acquired after 3120 ms, holder was importer',
  'request waited 3100 ms for a free worker',
])('%s', (line) => {
  expect(spanOf(line)).toBe(trace.spanId(0));
});

test('not after another wait, at another time, in another service, or without a wait', () => {
  const line = 'waited 3.1 s for advisory lock 4411';
  expect(spanOf('waited 1.1 s for advisory lock 4411')).toBe('');
  expect(spanOf(line, 1500)).toBe('');
  expect(spanOf(line, 3190, 'stock')).toBe('');
  expect(spanOf('rebuilt the index in 3.1 s')).toBe('');
});
