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
  '40 parcels were sorted before the belt stopped',
  'parcels-archive refused the upload',
  'relation "parcels" does not exist',
])('only has the word: %s', (text) => {
  expect(saysCallee(text, 'parcels')).toBe(false);
});

test('failing lines say who calls whom', () => {
  const failing = logLine('depot', 0, 'connect ECONNREFUSED while calling parcels', { level: 'error' });
  const usual = logLine('front', 0, 'calling parcels');
  expect(saidCalls([failing, usual], new Set(['parcels', 'depot']))).toEqual([{ caller: 'depot', callee: 'parcels' }]);
});
