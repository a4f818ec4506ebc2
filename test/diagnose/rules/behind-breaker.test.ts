/** A breaker is open because its callee took no connection: the callee is to be looked at. */
import { expect, test } from 'vitest';
import { behindBreaker } from '#diagnose/rules/behind-breaker.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const answer = { failed: true, attributes: { 'http.response.status_code': 503 } };
const trace = traceOf(
  server('members', 'POST /contracts', { ms: 60, ...answer }, [
    call('members', 'billing', 'BillingClient.setup', {
      at: 30,
      ms: 2,
      failed: true,
      statusText: 'CircuitBreakerOpenException: BillingClient#setup circuit breaker is open',
    }),
  ]),
);

function blamed(text: string, { at = -9_000, level = 'warn', service = 'members' } = {}) {
  const lines = [logLine(service, at, text, { level })];
  return behindBreaker(diagnosed(trace), trace, lines).diagnosis;
}

test.each([
  'BillingClient#setup: Connection refused: billing/10.4.0.18:8080 (12 of the last 12 calls)',
  'call to billing failed: connect ECONNREFUSED 10.4.0.18:8080',
  'billing: connection refused',
])('a callee that refused before: %s', (text) => {
  const found = blamed(text);
  expect(found).toMatchObject({ kind: 'circuit-open', service: 'billing' });
  expect(found?.verdict).toContain('before, billing had refused its connections');
});

test.each<[string, string, Parameters<typeof blamed>[1]]>([
  ['the line is of an hour before', 'billing: connection refused', { at: -3_600_000 }],
  ['another service wrote it', 'billing: connection refused', { service: 'gate' }],
  ['somebody else refused', 'stock: connection refused', {}],
  ['the callee was only slow', 'call to billing failed: timeout', {}],
  ['it is a remark', 'billing: connection refused', { level: 'info' }],
])('the service of the breaker where %s', (_, text, options) => {
  expect(blamed(text, options)).toMatchObject({ kind: 'circuit-open', service: 'members' });
});
