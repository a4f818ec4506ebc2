import { describe, expect, test } from 'vitest';
import { lacksVerdict } from '#model/trace/views/lost-verdicts.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, type SpanOptions, server, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });
const rpc = (code: number) => ({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': code });
const answered = (code: number, ...children: readonly SpanNode[]) =>
  traceOf(server('gate', 'GET /seats', { ms: 260, failed: true, attributes: status(code) }, children));
const check = (options: SpanOptions, peer = 'authz', operation = 'envoy.service.auth.v3.Authorization/Check') =>
  call('gate', peer, operation, { at: 3, ms: 250, failed: true, ...options });

describe('a refusal without a verdict', () => {
  test.each<[string, SpanNode]>([
    ['the check ran into its time-out', check({ attributes: rpc(4) })],
    ['nobody answered it', check({ attributes: rpc(14) })],
    ['it answered with a fault', check({ attributes: status(503) }, 'policy-engine', 'POST /v1/data')],
    ['its connection was refused', check({ statusText: 'connect ECONNREFUSED 10.0.0.4:8181' }, 'opa', 'POST')],
    ['the token could not be examined', check({ statusText: 'i/o timeout' }, 'sso', 'POST /oauth2/introspect')],
  ])('%s', (_, node) => {
    expect(lacksVerdict(answered(403, node), 0)).toBe(true);
    expect(lacksVerdict(answered(401, node), 0)).toBe(true);
    expect(lacksVerdict(answered(409, node), 0)).toBe(false);
  });

  test.each<[string, readonly SpanNode[]]>([
    ['the check said no', [check({ attributes: rpc(7) })]],
    ['the check said no in time, without an error', [check({ failed: false, attributes: rpc(0) })]],
    ['the token was wrong', [check({ attributes: status(401) })]],
    ['its client left during the check', [check({ attributes: rpc(1) })]],
    ['another call failed', [check({ attributes: status(503) }, 'catalog', 'GET /items')]],
    ['a store failed', [query('gate', 'SELECT permissions', { at: 3, ms: 9, failed: true, statusText: 'timeout' })]],
    [
      'a second check gave the verdict',
      [check({ ms: 90, attributes: rpc(14) }), check({ at: 99, failed: false, attributes: rpc(0) })],
    ],
  ])('not where %s', (_, nodes) => {
    expect(lacksVerdict(answered(403, ...nodes), 0)).toBe(false);
  });
});

test('the verdict names who owed the answer, while a refusal that was meant is none', () => {
  const late = diagnosed(answered(403, check({ attributes: rpc(4) }))).diagnosis;
  expect(late).toMatchObject({ service: 'authz' });
  expect(diagnosed(answered(403, check({ attributes: rpc(7) }))).diagnosis).toBeUndefined();
});
