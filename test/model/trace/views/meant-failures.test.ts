import { expect, test } from 'vitest';
import { isOfManyWays, isOptional } from '#model/trace/views/meant-failures.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const failedCall = (attributes: Record<string, boolean | string>) =>
  traceOf(
    server('shop', 'GET /', { ms: 300 }, [call('shop', 'ads', 'GET /ads', { ms: 150, failed: true, attributes })]),
  );

test('a call may be marked as one that may fail', () => {
  expect(isOptional(failedCall({ 'ads.optional': true }), 1)).toBe(true);
  expect(isOptional(failedCall({ 'call.required': 'false' }), 1)).toBe(true);
  expect(isOptional(failedCall({ 'call.required': true }), 1)).toBe(false);
  expect(isOptional(failedCall({}), 1)).toBe(false);
});

const lookup = (name: string, at: number, failed = false) => span('shop', name, { at, ms: 3, failed });

test('another way to a connection was taken', () => {
  const ways = (...steps: Parameters<typeof server>[3] & object) =>
    isOfManyWays(traceOf(server('shop', 'GET /', { ms: 300 }, steps)), 1);
  expect(ways(lookup('dns.lookup AAAA ads', 5, true), lookup('dns.lookup A ads', 10))).toBe(true);
  expect(ways(lookup('dns.lookup AAAA ads', 5, true), lookup('dns.lookup A ads', 10, true))).toBe(false);
  expect(ways(lookup('price A', 5, true), lookup('price B', 10))).toBe(false);
});
