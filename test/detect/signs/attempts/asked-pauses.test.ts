import { describe, expect, test } from 'vitest';
import { isAnnounced, isAskedPause, isSetTime, keepsBudget } from '#detect/signs/attempts/asked-pauses.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const isAsked = (pauseMs: number, attributes: Record<string, string | number>, said: readonly string[] = []) => {
  const first = call('pay', 'bank', 'POST', { at: 5, ms: 50, failed: true, attributes });
  const next = call('pay', 'bank', 'POST', { at: 55 + pauseMs, ms: 90 });
  const trace = traceOf(server('pay', 'POST /payouts', { ms: 200 + pauseMs }, [first, next]));
  return isAskedPause(trace, { span: 0, startUs: trace.endUs(1), endUs: trace.startUs(2) }, said);
};

test('the caller came back when the callee had asked it to', () => {
  expect(isAsked(500, { 'http.response.header.retry-after': '0.5' })).toBe(true);
  expect(isAsked(600, { 'http.response.header.retry-after-ms': 500 })).toBe(true);
});

test('it waited without being asked, for much longer, or for longer than people put up with', () => {
  expect(isAsked(500, {})).toBe(false);
  expect(isAsked(1500, { 'http.response.header.retry-after': '0.5' })).toBe(false);
  expect(isAsked(30_000, { 'http.response.header.retry-after': '30' })).toBe(false);
});

test.each([
  'Retrying request to /chat/completions in 0.9 seconds',
  'Response received to retry, sleeping for 0.9 seconds',
  'Retrying get in 0.9 seconds as it raised RateLimitError',
  'backing off for 900 ms',
  'Retry attempt #0. Sleeping 900ms before the next attempt',
  'attempt 1 failed, waiting 0.9s',
])('the caller announces how long it waits: %s', (line) => {
  expect(isAsked(920, {}, [line])).toBe(true);
  expect(isAsked(1900, {}, [line])).toBe(false);
});

test('the first request with the key is still at work, for a second', () => {
  expect(isAsked(500, { 'http.response.status_code': 409 })).toBe(true);
  expect(isAsked(1500, { 'http.response.status_code': 409 })).toBe(false);
  expect(isAsked(500, { 'http.response.status_code': 404 })).toBe(false);
});

/** gRPC's retry design (A6) calls UNAVAILABLE retryable, and AWS's SDKs wait up to a second before the second attempt. */
test('a client asks again soon after its callee was unavailable or limited it, and not after a failure that stays', () => {
  expect(isAsked(300, { 'rpc.grpc.status_code': 14 })).toBe(true);
  expect(isAsked(300, { 'http.response.status_code': 503 })).toBe(true);
  expect(isAsked(900, { 'rpc.grpc.status_code': 14 })).toBe(true);
  expect(isAsked(900, { 'http.response.status_code': 429 })).toBe(true);
  expect(isAsked(900, { 'http.response.status_code': 400, 'error.type': 'ThrottlingException' })).toBe(true);
  expect(isAsked(900, { 'http.response.status_code': 400, 'error.type': 'ValidationException' })).toBe(false);
  expect(isAsked(1100, { 'rpc.grpc.status_code': 14 })).toBe(false);
  expect(isAsked(300, { 'http.response.status_code': 500 })).toBe(false);
});

test('an execution strategy of Entity Framework announces its delay', () => {
  const line = 'A transient exception occurred during execution. The operation will be retried after 512ms.';
  expect(isAsked(520, {}, [line])).toBe(true);
  expect(isAsked(1400, {}, [line])).toBe(false);
});

test('a time that was set on purpose fills the gap, and a longer gap is more than that', () => {
  const lasts = (ms: number, line: string) => isSetTime({ startUs: 0, endUs: ms * 1000 }, [line]);
  expect(lasts(4100, 'cancellation window of 4 s is over, booking')).toBe(true);
  expect(lasts(4100, 'grace period 4 seconds elapsed')).toBe(true);
  expect(lasts(9000, 'cancellation window of 4 s is over, booking')).toBe(false);
  expect(lasts(4100, 'worker was busy for 4 s')).toBe(false);
  expect(lasts(4100, 'window of 4 s without an answer')).toBe(false);
});

describe('a line that says before how long something will take', () => {
  const announced = (text: string, { at = 60, level = 'info', service = 'kiln' } = {}) => {
    const trace = traceOf(
      server('kiln', 'POST /fire', { ms: 9200 }, [
        span('kiln', 'light', { at: 10, ms: 30 }),
        span('kiln', 'store', { at: 9100, ms: 40 }),
      ]),
    );
    const stretch = { span: trace.root, startUs: 40_000, endUs: 9_100_000 };
    const line = { ...logLine(service, at, text, { spanId: '0', level }), rung: 'trace-id' as const };
    return isAnnounced(trace, stretch, 9_060_000, [line]);
  };

  test.each(['heating for 9 s', 'cools from 900 to 60 degrees, expected 9 s', 'search limited to 9 seconds'])(
    'accounts for as much: %s',
    (text) => {
      expect(announced(text)).toBe(true);
    },
  );

  test.each([
    ['another time', 'heating for 2 s', {}],
    ['a limit of a call', 'reading the sensor, timeout 9 s', {}],
    ['a wait for others', 'waiting 9 s for a free connection', {}],
    ['what was measured afterwards', 'heated for 9 s', { at: 9050 }],
    ['a warning', 'heating takes 9 s', { level: 'warn' }],
    ['a line of another service', 'heating for 9 s', { service: 'oven' }],
  ])('is none: %s', (_, text, options) => {
    expect(announced(text, options)).toBe(false);
  });
});

describe('a budget of time that a line names', () => {
  const trace = traceOf(server('planner', 'POST /plans', { ms: 48_000 }, [span('planner', 'solve', { ms: 47_900 })]));
  const keeps = (text: string, { service = 'planner', level = 'info' } = {}) =>
    keepsBudget(trace, { span: 1 }, 47_900_000, [
      { ...logLine(service, 47_950, text, { level }), rung: 'trace-id' as const },
    ]);

  test.each([
    'plan solved within its budget of 60s, optimal',
    'finished inside the time limit: 1 min',
    'plan solved after 47.9 s (hard case, limit 1 min)',
    'plan solved in 48 s (budget: 60 s)',
  ])('was kept: %s', (text) => {
    expect(keeps(text)).toBe(true);
  });

  test.each([
    ['it took longer', 'plan solved within its budget of 30 s', {}],
    ['it says so, and took longer', 'plan solved after 47.9 s (hard case, limit 30 s)', {}],
    ['it is no budget', 'plan solved within 60 s', {}],
    ['a warning', 'barely within the budget of 60 s', { level: 'warn' }],
    ['another service', 'solved within its budget of 60 s', { service: 'mail' }],
  ])('was not, or nobody knows: %s', (_, text, options) => {
    expect(keeps(text, options)).toBe(false);
  });
});
