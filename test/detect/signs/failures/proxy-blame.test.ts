import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { circuitOpen } from '#detect/trace/circuit-open.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { swallowedError } from '#detect/trace/swallowed-error.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, server, traceOf } from '#test/trace.ts';

function findingsOf(detector: Parameters<typeof runDetector>[0], trace: Trace) {
  const outcome = runDetector(detector, { trace });
  return outcome.kind === 'found' ? outcome.findings : [];
}

/** A request that a sidecar's call ended. */
function flagged(flags: string, code: number, answered = 500) {
  const attributes = {
    component: 'proxy',
    'http.response.status_code': code,
    response_flags: flags,
    upstream_cluster: 'outbound|9080||reviews.shop.svc.cluster.local',
    'peer.address': '10.4.0.1',
  };
  return traceOf(
    server('page', 'GET /page', { ms: 640, attributes: { 'http.response.status_code': answered } }, [
      call('sidecar', '', 'reviews:9080/*', { at: 5, ms: 600, attributes }),
    ]),
  );
}

test.each([
  ['UH', 503, 'reviews', '`reviews` has no healthy host'],
  ['UF,URX', 503, 'reviews', '`reviews` accepts no connection'],
  ['UC', 503, 'reviews', '`reviews` closed the connection too early'],
  ['LH', 503, 'reviews', '`reviews` fails its health check'],
  ['NR', 404, 'sidecar', '`sidecar` has no route for this request'],
  ['NFCF', 404, 'sidecar', '`sidecar` lacks the configuration of a filter'],
  ['DF', 503, 'sidecar', '`sidecar` cannot resolve the address of `reviews`'],
  ['RLSE', 500, 'sidecar', 'the rate limit service of `sidecar` failed'],
  ['FI', 503, 'sidecar', '`sidecar` injects a fault on purpose'],
])('%s with %i blames %s', (flags, code, service, why) => {
  const [finding] = findingsOf(errorOrigin, flagged(flags, code));
  expect(finding).toMatchObject({ service, headline: { why } });
  expect(finding?.title).toMatch(/^GET \/page of page fails because /);
});

test('a circuit breaker of a proxy counts however long its attempts took', () => {
  const [finding] = findingsOf(circuitOpen, flagged('UO', 503));
  expect(finding).toMatchObject({ service: 'sidecar', facts: { target: 'reviews' } });
});

test('a missing route below a request that succeeded is a swallowed failure', () => {
  const [finding] = findingsOf(swallowedError, flagged('NR', 404, 200));
  expect(finding?.headline?.why).toBe('`sidecar` has no route for this request');
});

/** A request that Envoy answered at the edge, where nothing shows who asked. */
function atEdge(flags: string, code: number, more: Record<string, string> = {}) {
  const attributes = { component: 'proxy', 'http.response.status_code': code, response_flags: flags, ...more };
  return traceOf(server('edge', 'shop.example:443/*', { ms: 3, attributes }));
}

test('a missing route at the edge is one of two things', () => {
  for (const cluster of [{}, { upstream_cluster: '-' }]) {
    const [finding] = findingsOf(errorOrigin, atEdge('NR', 404, { 'url.path': '/pay', ...cluster }));
    expect(finding).toMatchObject({ service: 'edge', inferred: true });
    expect(finding?.couldBe).toHaveLength(2);
  }
  expect(findingsOf(errorOrigin, atEdge('NR', 404, { 'url.path': '/wp-login.php' }))).toEqual([]);
  expect(findingsOf(errorOrigin, atEdge('-', 404, { 'url.path': '/pay' }))).toEqual([]);
});

/** A service calls through its sidecar, which answers in place of the callee. */
function throughSidecar(flags: string, code: number, answered: number, more: Record<string, string> = {}) {
  const attributes = { component: 'proxy', 'http.response.status_code': code, response_flags: flags, ...more };
  return traceOf(
    server('shop', 'GET /pay', { ms: 20, attributes: { 'http.response.status_code': answered } }, [
      call('shop', 'payments', 'GET', { at: 2, ms: 15, attributes: { 'http.response.status_code': code } }, [
        call('shop-mesh', '', 'payments:80/*', { at: 3, ms: 10, attributes }),
      ]),
    ]),
  );
}

test.each([404, 500])('a call of a service that finds no route is a fault where the service answers %i', (answered) => {
  const [finding] = findingsOf(errorOrigin, throughSidecar('NR', 404, answered));
  expect(finding).toMatchObject({
    service: 'shop-mesh',
    headline: { why: '`shop-mesh` has no route for this request' },
  });
  expect(finding?.inferred).toBeUndefined();
});

test('a request that breaks the protocol is the fault of its client', () => {
  const [finding] = findingsOf(errorOrigin, throughSidecar('DPE', 400, 500));
  expect(finding).toMatchObject({ service: 'shop', headline: { why: '`shop` broke the protocol' } });
});

test.each([
  [403, 'ext_authz_denied', 'the authorization service of `edge` denied the request', true],
  [403, 'ext_authz_error', 'the authorization service of `edge` gave no verdict', false],
  [503, '', 'the authorization service of `edge` gave no verdict', false],
])('%i with the detail “%s” means: %s', (code, details, why, refused) => {
  const [finding] = findingsOf(errorOrigin, atEdge('UAEX', code, { response_code_details: details }));
  expect(finding).toMatchObject({ headline: { why }, facts: { refused } });
});

test('a refusal below which the call of the authorization service failed stays open', () => {
  const attributes = { component: 'proxy', 'http.response.status_code': 403, response_flags: 'UAEX' };
  const failed = {
    component: 'proxy',
    'http.response.status_code': 503,
    response_flags: 'UF',
    upstream_cluster: 'authz',
  };
  const trace = traceOf(
    server('edge', 'GET /pay', { ms: 3, attributes }, [
      call('edge', '', 'async authz egress', { at: 1, ms: 1, attributes: failed }),
    ]),
  );
  expect(findingsOf(errorOrigin, trace)[0]).toMatchObject({ inferred: true, facts: { refused: true } });
});
