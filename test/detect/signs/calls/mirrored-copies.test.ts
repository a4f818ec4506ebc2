import { expect, test } from 'vitest';
import { isMirrored } from '#detect/signs/calls/mirrored-copies.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { call, server, traceOf } from '#test/trace.ts';

/** The call of a proxy, and the work of the service behind it. */
const copy = (operation: string, attributes: Attributes = {}) => {
  const trace = traceOf(
    server('proxy', 'GET /prices', { ms: 60 }, [
      call('proxy', 'prices', operation, { ms: 50, attributes }, [server('prices', 'GET /prices', { at: 1, ms: 40 })]),
    ]),
  );
  return [isMirrored(trace, 1), isMirrored(trace, 2)];
};

test('a copy is known by its host or its mark, with all below it', () => {
  expect(copy('prices-shadow.prod.svc:8080/*')).toEqual([true, true]);
  expect(copy('GET', { 'url.full': 'http://prices-mirror:8080/prices' })).toEqual([true, true]);
  expect(copy('GET', { 'request.mirrored': true })).toEqual([true, true]);
});

test('a public host is none, whatever its name', () => {
  expect(copy('GET', { 'url.full': 'https://ecb-mirror.example/daily' })).toEqual([false, false]);
});

test('while the request itself is none', () => {
  expect(copy('GET /shadow-prices')).toEqual([false, false]);
  expect(copy('GET', { 'request.mirrored': false })).toEqual([false, false]);
});

test('the server of a copy knows it by its host or its mark', () => {
  const copied = (attributes: Attributes, service = 'prices') => {
    const trace = traceOf(
      server('proxy', 'GET /prices', { ms: 60 }, [
        call('proxy', 'prices', 'GET', { ms: 50 }),
        server(service, 'GET /prices', { at: 61, ms: 40, failed: true, attributes }),
      ]),
    );
    return isMirrored(trace, 2);
  };
  expect(copied({ 'http.request.header.host': 'prices-shadow' })).toBe(true);
  expect(copied({ 'envoy.request_mirror': true })).toBe(true);
  expect(copied({ 'traffic.type': 'shadow' })).toBe(true);
  expect(copied({ shadow_traffic: 'true' })).toBe(true);
  expect(copied({ 'traffic.type': 'live' })).toBe(false);
  expect(copied({})).toBe(false);
});

test('a span that sends the copy is named so', () => {
  expect(copy('mirror GET /prices')).toEqual([true, true]);
  expect(copy('mirrors.list')).toEqual([false, false]);
});

test('what is named a mirror and gives the only answer is no copy', () => {
  const trace = traceOf(
    server('builder', 'POST /images', { ms: 60, failed: true }, [
      call('builder', 'registry-mirror', 'GET', {
        ms: 50,
        failed: true,
        attributes: { 'url.full': 'http://registry-mirror:5000/v2/base' },
      }),
    ]),
  );
  expect(isMirrored(trace, 1)).toBe(false);
});

test('a call and the server that it reached are one copy', () => {
  const trace = traceOf(
    server('edge', 'GET /fees', { ms: 60 }, [
      call('edge', 'fees', 'GET', { ms: 50 }),
      call('edge', 'fees-shadow', 'GET', { ms: 50, failed: true, attributes: { 'request.mirrored': true } }, [
        server('fees', 'GET /fees', { at: 2, ms: 9, failed: true, attributes: { 'http.host': 'fees-shadow' } }),
      ]),
    ]),
  );
  expect(isMirrored(trace, 3)).toBe(true);
});
