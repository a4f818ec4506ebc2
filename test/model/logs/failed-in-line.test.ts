import { expect, test } from 'vitest';
import { withFailedSpan } from '#model/logs/failed-in-line.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

function spanOf(line: string, { ms, at = ms, service = 'coupons' }: { ms: number; at?: number; service?: string }) {
  const trace = traceOf(
    server('coupons', 'POST /redeem', { ms: ms + 30, failed: true }, [
      span('coupons', 'CouponService.redeem', { at: 10, ms, failed: true }),
    ]),
  );
  const { spanId, level } = withFailedSpan(trace, { ...logLine(service, at, line), level: '' });
  return spanId === trace.spanId(1) ? level : spanId;
}

test.each([
  'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=23)',
  'Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:100; busy:100; idle:0; lastwait:30000].',
  'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  '5d0ce1f2 Task timed out after 30.03 seconds',
  'Soft time limit (30s) exceeded for mails.send[a33b0be1]',
  'Timeout value of 00:00:30 was exceeded by function: Functions.Thumbs',
  '[CRITICAL] WORKER TIMEOUT (pid:42)',
])('the innermost span that failed at that moment after that wait: %s', (line) => {
  expect(spanOf(line, { ms: 30_020 })).toBe('error');
});

test('not at another time, after another wait, or in another service', () => {
  const line = 'Task timed out after 30.03 seconds';
  expect(spanOf(line, { ms: 30_020, at: 29_000 })).toBe('');
  expect(spanOf(line, { ms: 5000 })).toBe('');
  expect(spanOf(line, { ms: 30_020, service: 'stock' })).toBe('');
});

test('a function that cannot begin fails at once, and its runtime names no request', () => {
  const CANNOT = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'";
  expect(spanOf(CANNOT, { ms: 20 })).toBe('error');
  const began = traceOf(
    server('coupons', 'POST /redeem', { ms: 40, failed: true }, [call('coupons', 'stock', 'GET /stock', { ms: 20 })]),
  );
  expect(withFailedSpan(began, logLine('coupons', 40, CANNOT)).spanId).toBe('');
});

test('other lines stay as they are', () => {
  expect(spanOf('cache refreshed in 30000ms', { ms: 30_020 })).toBe('');
});

/** A pool that says no limit: r2d2 (https://docs.rs/r2d2/latest/r2d2/struct.Error.html), Prisma. */
const DRY = 'timed out waiting for connection: pool exhausted';

test('a dry pool without its limit fits the span that did nothing else', () => {
  const idle = server('coupons', 'POST /redeem', { ms: 10_020, failed: true });
  const error = { ...logLine('coupons', 10_015, DRY), level: 'error' };
  const trace = traceOf(idle);
  expect(withFailedSpan(trace, error).spanId).toBe(trace.spanId(0));
  expect(withFailedSpan(trace, { ...error, level: 'info' }).spanId).toBe('');
});

test('a dry pool without its limit does not fit a span whose time went into other work', () => {
  const busy = traceOf(
    server('coupons', 'POST /redeem', { ms: 10_020, failed: true }, [span('coupons', 'price', { at: 10, ms: 9_000 })]),
  );
  expect(withFailedSpan(busy, { ...logLine('coupons', 10_015, DRY), level: 'error' }).spanId).toBe('');
});
