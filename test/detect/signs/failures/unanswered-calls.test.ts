import { expect, test } from 'vitest';
import { inversionIn, stillWorking, waitOf } from '#detect/signs/failures/unanswered-calls.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { call, type SpanOptions, server, traceOf } from '#test/trace.ts';

function waitIn(options: SpanOptions, calleeMs = 0) {
  const below = calleeMs === 0 ? [] : [server('slow', 'GET /slow', { at: 1, ms: calleeMs })];
  const waiting = call('web', 'slow', 'GET /slow', { failed: true, ...options }, below);
  const trace = traceOf(server('web', 'GET /', { ms: (options.ms ?? 0) + 5, failed: true }, [waiting]));
  const [origin] = errorOrigins(trace);
  return { trace, wait: origin && waitOf(trace, origin, NO_LINES) };
}

test('a message about a timeout is a sign', () => {
  expect(waitIn({ ms: 1234, statusText: 'timeout exceeded' }).wait).toMatchObject({
    sign: 'said',
    limitUs: 0,
    item: { text: 'timeout exceeded' },
  });
});

test.each([
  'Local: Message timed out (msg_timed_out)',
  'TimeoutException: Expiring 5 record(s) for mails-0:120000 ms has passed since batch creation',
  'Not enough nodes responded to the write request in time to satisfy required consistency level',
])('an answer that a broker or a store gave up is no wait of its caller: %s', (statusText) => {
  expect(waitIn({ ms: 120_000, statusText }).wait).toBeUndefined();
});

test('a message of a producer that timed out by its own words is a wait', () => {
  expect(waitIn({ ms: 120_000, statusText: 'Message could not be sent: timed out' }).wait).toBeDefined();
});

test('524 is Cloudflare’s word for an origin that took too long', () => {
  const { wait } = waitIn({ ms: 100_130, attributes: { 'http.response.status_code': 524 } });
  expect(wait).toMatchObject({ sign: 'said', item: { text: '524 A Timeout Occurred' } });
  expect(waitIn({ ms: 97_130, attributes: { 'http.response.status_code': 520 } }).wait).toBeUndefined();
});

test('a failure after a round limit is a guess', () => {
  expect(waitIn({ ms: 3002 }).wait).toMatchObject({ sign: 'guessed', limitUs: 3_000_000 });
  expect(waitIn({ ms: 3300 }).wait).toBeUndefined();
});

test('a callee that outlives its caller is a sign', () => {
  const { trace, wait } = waitIn({ ms: 700 }, 2000);
  expect(wait).toMatchObject({ sign: 'outlived' });
  expect(wait && inversionIn(trace, wait)).toMatchObject({ caller: 'web', callee: 'slow', gaveUpUs: 700_000 });
});

test('nothing was still working where the callee recorded nothing, or ended before its caller gave up', () => {
  const none = waitIn({ ms: 3002 });
  const ended = waitIn({ ms: 3002, statusText: 'timed out' }, 1000);
  for (const { trace, wait } of [none, ended]) expect(wait && stillWorking(trace, wait.wait)).toBeUndefined();
});

test('a call that threw without a status timed out where its callee went on', () => {
  const threw = (calleeMs: number, text: string) => {
    const trace = traceOf(
      server('web', 'POST /buy', { ms: 30_010, failed: true }, [
        call('web', 'stock', 'Take', { ms: 30_004, events: [thrownAt(30_003, text)] }, [
          server('stock', 'Take', { at: 1, ms: calleeMs }),
        ]),
      ]),
    );
    const [origin] = errorOrigins(trace);
    return origin && waitOf(trace, origin, NO_LINES);
  };
  expect(threw(44_000, 'Response did not arrive on time in 00:00:30')).toMatchObject({ wait: 1, sign: 'outlived' });
  expect(threw(20_000, 'The request timed out')).toMatchObject({ wait: 1, sign: 'said' });
  expect(threw(20_000, 'The stock is locked')).toBeUndefined();
});

test('a call that broke as the function around it reached its limit is a timeout', () => {
  const killed = (text: string, broke = 'socket hang up', ms = 14_980) => {
    const trace = traceOf(
      server('api', 'POST /burn', { ms: 15_005, failed: true }, [
        call('api', 'fn', 'Invoke', { ms: 15_002, failed: true, statusText: text }, [
          server('fn', 'fn', { at: 1, ms: 15_000, failed: true }, [
            call('fn', 'render', 'POST', { at: 20, ms, failed: true, statusText: broke }),
          ]),
        ]),
      ]),
    );
    const [origin] = errorOrigins(trace);
    return origin && waitOf(trace, origin, NO_LINES);
  };
  const limit = 'Task timed out after 15.00 seconds';
  expect(killed(limit)).toMatchObject({ wait: 3, sign: 'said', item: { text: limit } });
  expect(killed(limit, 'bad gateway: no film')).toBeUndefined();
  expect(killed('Unhandled', 'socket hang up', 14_234)).toBeUndefined();
});

test('a gateway’s trace may begin with the call that timed out', () => {
  const trace = traceOf(
    call(
      'edge',
      'quotes',
      'quotes:80/*',
      { ms: 5000, failed: true, attributes: { response_flags: 'UT', 'http.response.status_code': 504 } },
      [server('quotes', 'GET /quote', { at: 1, ms: 7800 })],
    ),
  );
  const [origin] = errorOrigins(trace);
  expect(origin && waitOf(trace, origin, NO_LINES)).toMatchObject({ wait: 0, sign: 'said', above: [] });
});

function thrownAt(at: number, text: string) {
  return { at, name: 'exception', attributes: { 'exception.message': text } };
}
