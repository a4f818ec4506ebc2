import { expect, test } from 'vitest';
import { reportsProxyFailure, upstreamIn, withProxiedCall } from '#model/logs/proxied-calls.ts';
import { logLine } from '#test/log-line.ts';
import { call, type SpanNode, server, traceOf } from '#test/trace.ts';

const NGINX =
  '2026/01/06 14:30:00 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.4, server: _, request: "GET /prices/8?full=1 HTTP/1.1", upstream: "http://prices:8080/prices/8", host: "edge"';
const ENVOY =
  '[2026-01-06T14:30:00.016Z] "GET /prices/8 HTTP/1.1" 503 UO upstream_reset_before_response_started{overflow} - "-" 0 91 0 - "10.0.0.9" "node" "2802ef9a" "prices:8080" "-" outbound|8080||prices.shop.svc.cluster.local 10.0.4.8:41522';

const asked = (at: number, status: number, address: string, children: readonly SpanNode[] = []): SpanNode =>
  call(
    'web',
    '',
    'GET',
    {
      at,
      ms: 20,
      failed: true,
      attributes: { 'http.method': 'GET', 'http.url': address, 'http.status_code': status },
    },
    children,
  );

/** Which call a line at 25 ms is about. */
function placeOf(line: string, calls: readonly SpanNode[], at = 25): string {
  const placed = withProxiedCall(traceOf(server('web', 'GET /', { ms: 900, failed: true }, calls)), {
    ...logLine('edge', at, line),
  });
  return `${placed.spanId} ${placed.level}`.trim();
}

const ADDRESS = 'http://edge/prices/8';

test('a line is about the failed call with its method, path and status at that time', () => {
  expect(placeOf(NGINX, [asked(10, 502, ADDRESS)])).toBe('0.0 error');
  expect(placeOf(ENVOY, [asked(10, 503, 'http://prices:8080/prices/8?full=1')])).toBe('0.0 error');
});

test('a proxy that knows no route answers 404 itself, and passes on the 404 of its upstream', () => {
  const unrouted = ENVOY.replace('503 UO upstream_reset_before_response_started{overflow}', '404 NR route_not_found');
  expect(placeOf(unrouted, [asked(10, 404, ADDRESS)])).toBe('0.0 error');
  expect(placeOf(unrouted.replace('NR route_not_found', '- via_upstream'), [asked(10, 404, ADDRESS)])).toBe('info');
});

test('not about a call with another path or status, at another time, or with a span of its callee', () => {
  expect(placeOf(NGINX, [asked(10, 502, 'http://edge/prices/9')])).toBe('info');
  expect(placeOf(ENVOY, [asked(10, 502, ADDRESS)])).toBe('info');
  expect(placeOf(NGINX, [asked(10, 502, ADDRESS)], 400)).toBe('info');
  expect(placeOf(NGINX, [asked(10, 502, ADDRESS, [server('prices', 'GET', { at: 11, ms: 5 })])])).toBe('info');
});

test('not about one of two calls that fit', () => {
  expect(placeOf(NGINX, [asked(10, 502, ADDRESS), asked(12, 502, ADDRESS)])).toBe('info');
});

test('about the call that has only the upstream in its name', () => {
  const named = (operation: string) =>
    call('web', '', operation, { at: 10, ms: 20, failed: true, attributes: { 'http.status_code': 503 } });
  expect(placeOf(ENVOY, [named('prices.shop.svc.cluster.local:8080/*')])).toBe('0.0 error');
  expect(placeOf(ENVOY, [named('stock.shop.svc.cluster.local:8080/*')])).toBe('info');
  expect(placeOf(ENVOY, [named('prices.shop.svc.cluster.local:9090/*')])).toBe('info');
});

test('not a line of another kind', () => {
  expect(placeOf('"GET /prices/8 HTTP/1.1" 200 - via_upstream', [asked(10, 502, ADDRESS)])).toBe('info');
});

test('the upstream that a line names', () => {
  expect(upstreamIn({ line: NGINX })).toBe('prices');
  expect(upstreamIn({ line: ENVOY })).toBe('prices');
  expect(upstreamIn({ line: 'upstream: "http://prices:8080/"' })).toBe('');
});

test('a line of the access log reports a failure where the proxy answered itself', () => {
  expect(reportsProxyFailure({ line: ENVOY })).toBe(true);
  expect(reportsProxyFailure({ line: ENVOY.replace('503 UO', '200 -') })).toBe(false);
  expect(reportsProxyFailure({ line: ENVOY.replace('503 UO', '503 -') })).toBe(false);
});

/** A proxy with a span for the request, and one without a path for each call. */
const ownPlace = (line: string, calls: readonly (readonly [string, number])[], path = '/prices/8') => {
  const attributes = { 'http.request.method': 'GET', 'url.path': path };
  const trace = traceOf(
    server('edge', 'edge', { ms: 100, attributes }, [
      ...calls.map(([address, at]) =>
        call('edge', 'prices', 'proxy_pass', { at, ms: 10, failed: true, attributes: { 'server.address': address } }, [
          server('prices', 'GET /prices/{id}', { at: 1, ms: 6 }),
        ]),
      ),
    ]),
  );
  return withProxiedCall(trace, logLine('edge', 25, line)).spanId;
};
const TOO_BIG = NGINX.replace(
  'connect() failed (111: Connection refused) while connecting to',
  'upstream sent too big header while reading response header from',
);

test('a line about an answer that the proxy could not take is about its call below that request', () => {
  expect(ownPlace(TOO_BIG, [['prices', 14]])).toBe('0.0');
  expect(ownPlace(TOO_BIG, [['prices', 14]], '/stock/8')).toBe('');
  expect(ownPlace(TOO_BIG, [['prices', 60]])).toBe('0.0');
});

test('the address of the upstream tells two calls of one request apart', () => {
  expect(
    ownPlace(NGINX.replace('http://prices:', 'http://10.4.0.9:'), [
      ['10.4.0.7', 10],
      ['10.4.0.9', 20],
    ]),
  ).toBe('0.1');
  expect(
    ownPlace(NGINX.replace('http://prices:', 'http://10.4.0.5:'), [
      ['10.4.0.7', 10],
      ['10.4.0.9', 20],
    ]),
  ).toBe('');
});
