import { expect, test } from 'vitest';
import { proxyFlags, serviceOfCluster } from '#model/trace/proxy-flags.ts';
import { call, server, traceOf } from '#test/trace.ts';

test.each([
  ['outbound|9080||reviews.shop.svc.cluster.local', 'reviews'],
  ['outbound|9080|v2|reviews.shop.svc.cluster.local', 'reviews'],
  ['outbound_.9080_.v2_.reviews.shop.svc.cluster.local;', 'reviews'],
  ['outbound|443||api.stripe.com', 'api.stripe.com'],
  ['outbound-9080-reviews', 'reviews'],
  ['outbound_9080__reviews.shop.svc.cluster.local', 'reviews'],
  ['outbound_9080_v2_reviews.shop.svc.cluster.local', 'reviews'],
  ['outbound_mail', 'outbound_mail'],
  ['outbound-9080--reviews.shop.svc.cluster.local', 'reviews'],
  ['outbound-mail', 'outbound-mail'],
  ['inbound|9080||', ''],
  ['PassthroughCluster', ''],
  ['payments', 'payments'],
  ['', ''],
  ['-', ''],
])('the cluster %s stands for the service “%s”', (cluster, service) => {
  expect(serviceOfCluster(cluster)).toBe(service);
});

test('of several flags the one that says most comes first, in the short form or the long one', () => {
  expect(proxyFlags('URX,UF').map(({ flag }) => flag)).toEqual(['UF', 'URX']);
  expect(proxyFlags('NoRouteFound')[0]?.flag).toBe('NR');
  expect(proxyFlags('-')).toEqual([]);
  expect(proxyFlags('RFCF')).toEqual([]);
});

const ENVOY = {
  component: 'proxy',
  'peer.address': '10.4.0.1',
  upstream_cluster: 'outbound|80||reviews.a.svc.cluster.local',
};

test('the address of a proxy’s client is not its callee', () => {
  const of = (attributes: Record<string, string>) => {
    const trace = traceOf(call('front', '', 'egress', { attributes }));
    return trace.peer(trace.root);
  };
  expect(of(ENVOY)).toBe('reviews');
  expect(of({ component: 'proxy', 'peer.address': '10.4.0.1' })).toBe('');
  expect(of({ component: 'proxy', 'peer.address': '10.4.0.1', upstream_host: '10.4.0.9:80' })).toBe('10.4.0.9:80');
  expect(of({ 'peer.address': '10.4.0.9' })).toBe('10.4.0.9');
});

test('a 404 of a proxy that knows no way to a service is a failure, and other 404s are answers', () => {
  const failed = (flags: string, more: Record<string, string> = ENVOY) => {
    const attributes = { ...more, 'http.response.status_code': 404, response_flags: flags };
    const trace = traceOf(server('ingress', 'GET /pay', { attributes }));
    return trace.failed(trace.root);
  };
  expect(failed('NR')).toBe(true);
  expect(failed('NFCF')).toBe(true);
  expect(failed('-')).toBe(false);
  expect(failed('NR', {})).toBe(false);
  expect(failed('NR', { upstream_cluster: '-' })).toBe(false);
});

test('a state of HAProxy is no flag of Envoy, and its case counts', () => {
  expect(proxyFlags('haproxy:sC--').map(({ says }) => says)).toEqual(['connect timeout']);
  expect(proxyFlags('haproxy:SC--').map(({ says }) => says)).toEqual(['the server refused the connection']);
  expect(proxyFlags('haproxy:PR--')[0]?.blames).toBe('refusal');
  expect(proxyFlags('haproxy:cD')[0]?.blames).toBe('client');
  expect(proxyFlags('haproxy:----')).toEqual([]);
  expect(proxyFlags('SH')).toEqual([]);
});
