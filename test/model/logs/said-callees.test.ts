import { expect, test } from 'vitest';
import { saidCalls, saysCallee } from '#model/logs/said-callees.ts';
import { logLine } from '#test/log-line.ts';

test.each([
  'connect ECONNREFUSED 10.0.3.7:8080 while calling parcels',
  'Get "http://parcels:8080/v1/parcels/7": context deadline exceeded',
  'dial tcp: lookup parcels.depot.svc.cluster.local on 10.96.0.10:53: no such host',
  'jwt not active (iss=parcels iat=1770655455)',
  'call to parcels failed: 503',
  'GET parcels -> 200 but unexpected payload',
])('names its callee: %s', (text) => {
  expect(saysCallee(text, 'parcels')).toBe(true);
});

test.each([
  ['Feign, service in brackets', 'feign.FeignException: [parcels] status 500'],
  ['Feign, with the request', '[500] during [GET] to [http://parcels/v1/7] [ParcelsClient#byId(Long)]: []'],
  ['Feign, only the client', 'feign.FeignException: status 500 reading ParcelsClient#byId(Long)'],
  ['node, an error class', 'POST /orders failed HttpError: parcels answered 500'],
  ['axios', 'AxiosError: Request failed with status code 503 POST http://parcels:3000/v1'],
  ['Go, status', 'parcels: unexpected status 503'],
  ['gRPC', 'rpc error: parcels: unexpected HTTP status 503'],
  ['gRPC, target', 'UNAVAILABLE: io exception, target dns:///parcels:50051'],
  ['requests, own words', 'requests.exceptions.HTTPError: error from parcels: 500'],
  ['requests', '500 Server Error: Internal Server Error for url: http://parcels/v1/7'],
  ['urllib3', "HTTPConnectionPool(host='parcels', port=8080): Max retries exceeded"],
  ['.NET', 'System.Net.Http.HttpRequestException: Connection refused (parcels:8080)'],
  ['WebClient', '500 Internal Server Error from GET http://parcels/v1/7'],
  ['Faraday', 'Faraday::ServerError: the server responded with status 500 for GET http://parcels/v1/7'],
  ['Guzzle', 'cURL error 7: Failed to connect to parcels port 80: Connection refused'],
  ['Envoy', 'upstream_reset cluster=outbound|8080||parcels.depot.svc.cluster.local'],
  ['Envoy, own cluster', 'upstream_cluster: "parcels", response_flags UF'],
  ['Envoy, with the name that a client puts before it', 'Error: parcels: no healthy upstream'],
  ['Go, a wrapped error', 'list shelves: parcels: connection refused'],
  ['Java, an address', 'java.net.ConnectException: Connection refused: parcels/10.0.4.7:8080'],
  ['JDBC', 'Connection to jdbc:postgresql://parcels:5432/main refused'],
])('names its callee in the words of a client: %s', (_, text) => {
  expect(saysCallee(text, 'parcels')).toBe(true);
});

test('a caller that goes on warns of a call that failed', () => {
  const names = new Set(['depot', 'parcels']);
  const warned = (text: string) => saidCalls([logLine('depot', 1, text, { level: 'warn' })], names);
  expect(warned('GET /parcels/7 failed: parcels answered 502')).toEqual([{ caller: 'depot', callee: 'parcels' }]);
  expect(warned('calling parcels took 4 s')).toEqual([]);
});

test('a user of a database is nobody who is called', () => {
  expect(saysCallee('app@parcels ERROR:  could not extend file', 'parcels')).toBe(false);
  expect(saysCallee('amqp://app@parcels:5672 refused', 'parcels')).toBe(true);
});

test('the class of a client joins the words of the name', () => {
  expect(saysCallee('status 500 reading ParcelDepotClient#find(Long)', 'parcel-depot')).toBe(true);
  expect(saysCallee('status 500 reading ParcelDepotClient#find(Long)', 'parcel-depot-service')).toBe(true);
  expect(saysCallee('status 500 reading OldParcelDepotClient#find(Long)', 'parcel-depot')).toBe(false);
});

test.each([
  '40 parcels were sorted before the belt stopped',
  'parcels-archive refused the upload',
  'relation "parcels" does not exist',
  'no rows from parcels: the belt stopped',
  '[parcels] 40 sorted, 500 left',
  'parcels: 503 sorted',
])('only has the word: %s', (text) => {
  expect(saysCallee(text, 'parcels')).toBe(false);
});

test('failing lines say who calls whom', () => {
  const failing = logLine('depot', 0, 'connect ECONNREFUSED while calling parcels', { level: 'error' });
  const usual = logLine('front', 0, 'calling parcels');
  expect(saidCalls([failing, usual], new Set(['parcels', 'depot']))).toEqual([{ caller: 'depot', callee: 'parcels' }]);
});
