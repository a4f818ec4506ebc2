import { expect, test } from 'vitest';
import { inversionIn, stillWorking, waitOf } from '#detect/signs/unanswered-calls.ts';
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
