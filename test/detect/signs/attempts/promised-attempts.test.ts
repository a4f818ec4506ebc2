/** What gave the answer in place of a failed call may have no span: a line promises it, or a proxy has nothing else to give. */
import { expect, test } from 'vitest';
import { passedToNext, promisesAttempt } from '#detect/signs/attempts/promised-attempts.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });

function isPromised(text: string, { ms = 400, at = 102, level = 'warn', later = '' } = {}) {
  const trace = traceOf(
    server('sales', 'POST /payments', { ms, attributes: status(200) }, [
      call('sales', 'payhouse.example', 'POST', { at: 20, ms: 80, failed: true, attributes: status(429) }),
    ]),
  );
  const lines = [
    logLine('sales', at, text, { level }),
    ...(later === '' ? [] : [logLine('sales', 390, later, { level })]),
  ];
  return promisesAttempt(
    trace,
    0,
    1,
    lines.map((line) => ({ ...line, rung: 'trace-id' as const })),
  );
}

test.each([
  'retry: got response with status 429, will retry in 100ms, 3 attempts left',
  'P2034 Transaction failed due to a write conflict or a deadlock. Please retry your transaction (attempt 1 of 3)',
  'Reason 2009 (CONNECTION_BROKEN), reconnecting to QM2',
  'session 41 was closed after 30 min without use, opening another',
  'Marking task as UP_FOR_RETRY. retry_delay 180 s',
])('a line promises another attempt, and no span fills the time after it: %s', (text) => {
  expect(isPromised(text)).toBe(true);
});

test.each<[string, string, Parameters<typeof isPromised>[1]]>([
  ['there was no time for it', 'will retry in 100ms', { ms: 150 }],
  ['the line is of another moment', 'will retry in 100ms', { at: 300 }],
  ['it was the last one', 'attempt 3 of 3 failed, giving up', {}],
  ['the line only complains', 'payhouse answered 429', {}],
  ['another warning follows', 'will retry in 100ms', { later: 'payment not stored' }],
])('nothing is promised where %s', (_, text, options) => {
  expect(isPromised(text, options)).toBe(false);
});

const wentOn = (code: number, text: string) => {
  const trace = traceOf(
    server('edge', 'edge', { ms: 80, attributes: status(code) }, [
      call('edge', 'shelves', 'balancer', { at: 4, ms: 10, failed: true }),
    ]),
  );
  return passedToNext(trace, 0, 1, linesBySpan([logLine('edge', 14, text, { level: 'error', spanId: '0.0' })]));
};
const REFUSED =
  'connect() failed (111: Connection refused) while connecting to upstream, request: "GET /a/8 HTTP/1.1", upstream: "http://10.4.0.7:8080/a/8"';

test('a proxy that answers well got it from the next upstream', () => {
  expect(wentOn(200, REFUSED)).toBe(true);
  expect(wentOn(502, REFUSED)).toBe(false);
  expect(wentOn(200, 'shelves refused, empty list instead')).toBe(false);
});
