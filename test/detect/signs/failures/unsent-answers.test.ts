/** A callee that did its work and could not hand over the answer is the origin of its caller's failure. */
import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

function originOf(text: string, { level = 'error', failed = false } = {}) {
  const trace = traceOf(
    server('api', 'GET /offers', { ms: 2400, failed: true, attributes: { 'http.response.status_code': 502 } }, [
      call('api', 'offers', 'Invoke offers', { at: 20, ms: 2380, failed: true }, [
        server('offers', 'offers', { at: 30, ms: 2270, failed, attributes: { 'http.response.status_code': 200 } }),
      ]),
    ]),
  );
  const logs = [{ ...logLine('offers', 2290, text, { level }), rung: 'trace-id' as const }];
  const outcome = runDetector(errorOrigin, { trace, logs });
  return 'findings' in outcome ? outcome.findings[0]?.service : undefined;
}

test.each([
  '[ERROR] [LAMBDA_RUNTIME] Failed to post handler success response. Http response code: 413.',
  'rpc error: trying to send message larger than max (6291556 vs. 4194304)',
  'could not serialize the response: circular structure',
])('it is the callee: %s', (text) => {
  expect(originOf(text)).toBe('offers');
});

test.each([
  ['only complains', 'retrying in 2 s', {}],
  ['says so in passing', 'Failed to post handler success response', { level: 'info' }],
])('it is the caller where the callee %s', (_, text, options) => {
  expect(originOf(text, options)).toBe('api');
});
